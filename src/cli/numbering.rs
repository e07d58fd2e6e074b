//! `novodial numbering`

use std::path::PathBuf;

use clap::Subcommand;

/// Know where numbers live: the numbering register, regions, time zones.
#[derive(Debug, Subcommand)]
pub enum NumberingCommand {
    /// Take over the regulator's register of Russian numbers.
    #[command(after_help = "\
Examples:
  novodial numbering import ABC-3xx.csv ABC-4xx.csv ABC-8xx.csv DEF-9xx.csv
  novodial numbering import DEF-9xx.csv --format json

The files are on opendata.digital.gov.ru/downloads (open them with a browser). From then on the
region of a number, and so its time zone, is taken from them; a number in no range is refused.")]
    Import {
        /// The files
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
    },
    /// Tell what was imported, and when.
    #[command(after_help = "\
Examples:
  novodial numbering show
  novodial numbering show --format json")]
    Show,
    /// Tell where numbers live and what time it is there.
    #[command(after_help = "\
Examples:
  novodial numbering find +74230000001
  novodial numbering find 84950000001 +442079460000 --format jsonl")]
    Find {
        /// The numbers
        #[arg(value_name = "NUMBER", required = true)]
        numbers: Vec<String>,
    },
}
