//! What every command takes.

use std::path::PathBuf;

use clap::{ArgAction, Args};

use crate::output::{ColorChoice, Format, Verbosity};

/// What every command takes.
#[derive(Debug, Args)]
pub struct GlobalArgs {
    /// The form of the data on stdout
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "FORM",
        help_heading = "Output"
    )]
    pub format: Format,
    /// Tell more: -v milestones, -vv every transition
    #[arg(short, long, global = true, action = ArgAction::Count, help_heading = "Output")]
    pub verbose: u8,
    /// Tell errors only
    #[arg(
        short,
        long,
        global = true,
        conflicts_with = "verbose",
        help_heading = "Output"
    )]
    pub quiet: bool,
    /// Show no progress
    #[arg(long, global = true, help_heading = "Output")]
    pub no_progress: bool,
    /// When to use colours
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "WHEN",
        help_heading = "Output"
    )]
    pub color: ColorChoice,
    /// Write logs as JSON to this file
    #[arg(long, global = true, value_name = "FILE", help_heading = "Output")]
    pub log_file: Option<PathBuf>,
    /// Settings to use instead of ./novodial.toml
    #[arg(long, global = true, value_name = "FILE", help_heading = "Settings")]
    pub config: Option<PathBuf>,
    /// The ledger to use ([storage] database)
    #[arg(long, global = true, value_name = "FILE", help_heading = "Settings")]
    pub database: Option<PathBuf>,
    /// How the audio travels ([asterisk] media)
    #[arg(long, global = true, value_parser = ["auto", "websocket", "rtp"], value_name = "WAY", help_heading = "Settings")]
    pub media: Option<String>,
}

impl GlobalArgs {
    /// How much is to be told.
    pub fn verbosity(&self) -> Verbosity {
        match (self.quiet, self.verbose) {
            (true, _) => Verbosity::Quiet,
            (false, 0) => Verbosity::Normal,
            (false, 1) => Verbosity::Verbose,
            (false, _) => Verbosity::Debug,
        }
    }
}
