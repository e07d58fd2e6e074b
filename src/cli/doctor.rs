//! `novodial doctor`

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// What the doctor looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DoctorArea {
    /// The settings, and who may read their secrets
    Settings,
    /// The clock and the time zones
    Clock,
    /// The ledger, the disk, the folders
    Storage,
    /// Everything of `asterisk check`, and what dead runs left behind
    Asterisk,
    /// The provider
    Novofon,
    /// Everything of `speech check`
    Speech,
    /// The scenario and its prompts in the cache
    Scenario,
}

/// Check everything that calls need, and mend what is safe to mend.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  novodial doctor
  novodial doctor --fix
  novodial doctor --only asterisk,speech --format json

Rings nobody and speaks nothing. Each line that is not ok names the command or the setting that
mends it. --fix makes missing folders, takes secrets from other users' eyes, ends what dead runs
left in Asterisk and tidies the ledger; it deletes no call, overwrites no setting and pays for
nothing. Exits with 1 if anything failed.")]
pub struct DoctorArgs {
    /// Mend first what is safe to mend
    #[arg(long)]
    pub fix: bool,
    /// Look at these alone
    #[arg(long, value_enum, value_delimiter = ',', value_name = "AREA")]
    pub only: Vec<DoctorArea>,
    /// The scenario: a file, or the name of one that is shipped [default: scenario.toml]
    #[arg(long, value_name = "SCENARIO")]
    pub scenario: Option<PathBuf>,
}
