//! `novodial asterisk` and `novodial scenario`

use std::path::PathBuf;

use clap::Subcommand;

use super::RehearsalArgs;

/// Check your Asterisk.
#[derive(Debug, Subcommand)]
pub enum AsteriskCommand {
    /// Check everything a call needs of Asterisk, each line with its mend.
    #[command(after_help = "\
Examples:
  novodial asterisk check
  novodial asterisk check --rehearse
  novodial asterisk check --call +79000000001

Exits with 1 if anything failed.")]
    Check {
        /// Also ring this number, and hang up when it is answered
        #[arg(long, value_name = "NUMBER")]
        call: Option<String>,
        /// Rehearsing
        #[command(flatten)]
        rehearsal: RehearsalArgs,
    },
}

/// Check a scenario.
#[derive(Debug, Subcommand)]
pub enum ScenarioCommand {
    /// Check a scenario and name each fault with its line.
    #[command(after_help = "\
Examples:
  novodial scenario check scenario.toml
  novodial scenario check scenario.toml --format json")]
    Check {
        /// The scenario
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}
