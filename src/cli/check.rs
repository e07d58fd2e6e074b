//! `novodial asterisk`

use clap::Subcommand;

use super::{AsteriskConfigArgs, RehearsalArgs};

/// Check and configure your Asterisk.
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
    /// Write a complete configuration of Asterisk from the settings.
    Config(AsteriskConfigArgs),
}
