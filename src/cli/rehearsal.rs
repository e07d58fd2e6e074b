//! `--rehearse` and what goes with it, and `novodial exchange`

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

/// Rehearsing instead of ringing.
#[derive(Debug, Clone, Default, Args)]
pub struct RehearsalArgs {
    /// Rehearse: ring made-up callees inside of this program, and nobody else
    #[arg(long, help_heading = "Rehearsal")]
    pub rehearse: bool,
    /// What a rehearsal draws, it draws from this number [default: 1]
    #[arg(
        long,
        value_name = "N",
        requires = "rehearse",
        help_heading = "Rehearsal"
    )]
    pub seed: Option<u64>,
    /// A folder with callees of your own
    #[arg(
        long,
        value_name = "DIR",
        requires = "rehearse",
        help_heading = "Rehearsal"
    )]
    pub callees: Option<PathBuf>,
    #[arg(
        long,
        help = "What goes wrong, parted by commas: packet_gaps, early_event, events_lost, congestion, trunk_away, late_speech, lost_speech, too_many, quota, slow_synthesis, bad_day, or files of your own (novodial docs rehearsal)",
        value_name = "LIST",
        requires = "rehearse",
        help_heading = "Rehearsal"
    )]
    pub trouble: Option<String>,
    /// Go on with the last rehearsal and its history instead of beginning anew
    #[arg(long = "continue", requires = "rehearse", help_heading = "Rehearsal")]
    pub go_on: bool,
}

/// Run the exchange of the rehearsals as a process of its own, until Ctrl-C.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  novodial exchange > exchange.env &
  . ./exchange.env && novodial call +79000000001 --scenario offer.ru
  novodial exchange --leads leads.csv --trouble packet_gaps --format json

It prints the variables that point novodial at it: Asterisk's side, callees behind the trunk, and
a speech service; then each call that has ended, with what the callee heard (all of it with
--format jsonl). Calls made through it are kept as real ones are.")]
pub struct ExchangeArgs {
    /// Where Asterisk's side listens; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub listen: SocketAddr,
    /// Where the speech service listens
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub listen_speech: SocketAddr,
    /// A lead list whose column `callee` says who has which number
    #[arg(long, value_name = "LEADS.csv")]
    pub leads: Option<PathBuf>,
    /// What the callees speak
    #[arg(long, value_name = "LANGUAGE", default_value = "ru", value_parser = ["ru", "en"])]
    pub language: String,
    /// Ring and wait so many times faster than in life
    #[arg(long, value_name = "TIMES", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub haste: u32,
    /// What is drawn is drawn from this number
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// A folder with callees of your own
    #[arg(long, value_name = "DIR")]
    pub callees: Option<PathBuf>,
    /// What goes wrong: names and files, parted by commas
    #[arg(long, value_name = "LIST")]
    pub trouble: Option<String>,
}
