//! `novodial do-not-call`

use std::path::PathBuf;

use clap::Subcommand;

/// Keep the list of numbers that are never rung.
#[derive(Debug, Subcommand)]
pub enum DoNotCallCommand {
    /// Put numbers on the list.
    #[command(after_help = "\
Examples:
  novodial do-not-call add +79000000007
  novodial do-not-call add 89000000007 89000000008 --reason 'asked by letter'")]
    Add {
        /// The numbers
        #[arg(value_name = "NUMBER", required = true)]
        numbers: Vec<String>,
        /// Why, for whoever reads the list later
        #[arg(long, value_name = "TEXT", default_value = "by hand")]
        reason: String,
    },
    /// Put all numbers of a file on the list.
    #[command(after_help = "\
Examples:
  novodial do-not-call import refused.csv --reason 'asked by letter'
  novodial do-not-call import - < numbers.txt

A number a line, or a CSV like a lead list; its column `reason` says why. Numbers that are on the
list already stay as they are. Rows that cannot be used are told; exits with 1 if there are any.")]
    Import {
        /// The file, or - for standard input
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Why, where the file does not say it [default: imported from FILE]
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
        /// The column of the numbers, if it cannot be told from the header
        #[arg(long, value_name = "NAME")]
        phone_column: Option<String>,
    },
    /// Take a number off the list.
    #[command(after_help = "\
Examples:
  novodial do-not-call remove +79000000007
  novodial do-not-call remove '8 900 000-00-07' --format json")]
    Remove {
        /// The number
        number: String,
    },
    /// Print the list.
    #[command(after_help = "\
Examples:
  novodial do-not-call list
  novodial do-not-call list --format jsonl")]
    List,
    /// Tell whether a number is on the list; exits with 1 if it is.
    #[command(after_help = "\
Examples:
  novodial do-not-call check +79000000007
  novodial do-not-call check +79000000007 --quiet && echo may be rung")]
    Check {
        /// The number
        number: String,
    },
}
