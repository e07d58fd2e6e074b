//! `novodial init`, `docs`, `completions` and `man`

use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;

/// Write settings, a scenario and a lead list to start from.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  novodial init
  novodial init my-campaign --scenario survey.ru

Writes novodial.toml (every setting, in comments), scenario.toml and leads.csv, a list of two made-up
people with the columns that the scenario needs: a first rehearsal shows how they are talked to. A
file that exists is left as it is.")]
pub struct InitArgs {
    /// The folder; made if it does not exist
    #[arg(value_name = "DIR", default_value = ".")]
    pub folder: PathBuf,
    /// Which of the scenarios that are shipped to begin with (novodial scenario show lists them)
    #[arg(long, value_name = "NAME", default_value = "offer.ru")]
    pub scenario: String,
}

/// Read the documents.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  novodial docs
  novodial docs scenario | less")]
pub struct DocsArgs {
    /// Which; without it: which there are
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
}

/// Print a completion script for your shell.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  novodial completions bash > ~/.local/share/bash-completion/completions/novodial
  novodial completions zsh > ~/.zfunc/_novodial")]
pub struct CompletionsArgs {
    /// The shell
    pub shell: Shell,
}

/// Print the manual page, or write those of all commands.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  novodial man | man -l -
  novodial man --out ~/.local/share/man/man1")]
pub struct ManArgs {
    /// Write a page for every command into this folder
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}
