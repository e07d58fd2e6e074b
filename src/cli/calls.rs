//! `novodial calls`

use clap::{Args, Subcommand};

use crate::line::Disposition;

/// Look at the calls of the past, end one that is live.
#[derive(Debug, Subcommand)]
pub enum CallsCommand {
    /// List calls, the newest first.
    List(CallsListArgs),
    /// Show one call: the dialogue turn by turn, with times and latencies.
    #[command(after_help = "\
Examples:
  novodial calls show last
  novodial calls show 42 --format json
  novodial calls show r-3")]
    Show {
        /// The call's number in the ledger (r-3 of a rehearsal), or `last`
        #[arg(value_name = "ID|last")]
        id: String,
    },
    /// Replay a call: its recorded events once more through the machine of the call.
    #[command(after_help = "\
Examples:
  novodial calls replay last
  novodial calls replay 42 --scenario edited.toml --events

Exits with 1 if something is decided otherwise than it was.")]
    Replay {
        /// The call's number in the ledger, `r-` in front of a rehearsed one's, or `last`
        #[arg(value_name = "ID|last")]
        id: String,
        /// The scenario to replay it with; the one it was held along unless given
        #[arg(long, value_name = "FILE")]
        scenario: Option<std::path::PathBuf>,
        /// Print every event and what was done about it
        #[arg(long)]
        events: bool,
    },
    /// Hang up a call that is live.
    #[command(after_help = "\
Examples:
  novodial calls hangup 42
  novodial calls hangup last")]
    Hangup {
        /// The call's number in the ledger, or `last`
        #[arg(value_name = "ID|last")]
        id: String,
    },
    /// Delete calls: what was said, and their recordings.
    Delete(CallsDeleteArgs),
}

/// Delete calls: what was said, and their recordings.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  novodial calls delete 42
  novodial calls delete --older-than 90d --yes       # for cron
  novodial calls delete --number +79000000001

That a number was rung, when and how it ended stays, for the limits of the policy and for opt-outs.")]
pub struct CallsDeleteArgs {
    /// The calls' numbers in the ledger
    #[arg(value_name = "ID", required_unless_present_any = ["older_than", "number"], conflicts_with_all = ["older_than", "number"])]
    pub ids: Vec<String>,
    /// All that were made before then: 90d, 2026-08-01 or 2026-08-01T15:00
    #[arg(long, value_name = "WHEN", help_heading = "Filter")]
    pub older_than: Option<String>,
    /// All to this number
    #[arg(long, value_name = "NUMBER", help_heading = "Filter")]
    pub number: Option<String>,
    /// Those of rehearsals
    #[arg(long, conflicts_with = "ids", help_heading = "Filter")]
    pub rehearsed: bool,
    /// Do not ask
    #[arg(long, short)]
    pub yes: bool,
}

/// List calls, the newest first.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  novodial calls list --outcome agreed --since 7d
  novodial calls list --disposition busy --limit 100 --format jsonl")]
pub struct CallsListArgs {
    /// Only those that ended so on the line
    #[arg(long, value_name = "WORD", value_parser = dispositions(), help_heading = "Filter")]
    pub disposition: Option<String>,
    /// Only those that concluded so
    #[arg(long, value_name = "WORD", help_heading = "Filter")]
    pub outcome: Option<String>,
    /// Only those to this number
    #[arg(long, value_name = "NUMBER", help_heading = "Filter")]
    pub number: Option<String>,
    /// Only those of rehearsals
    #[arg(long, conflicts_with = "real", help_heading = "Filter")]
    pub rehearsed: bool,
    /// Only those to real people
    #[arg(long, help_heading = "Filter")]
    pub real: bool,
    /// Only those since then: 90m, 24h, 7d, 2026-11-20 or 2026-11-20T15:00
    #[arg(long, value_name = "WHEN", help_heading = "Filter")]
    pub since: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..), help_heading = "Filter")]
    pub limit: u32,
}

/// How calls end that were made: what the policy blocks leaves none.
fn dispositions() -> clap::builder::PossibleValuesParser {
    let made = Disposition::ALL.into_iter();
    let made = made.filter(|disposition| *disposition != Disposition::Blocked);
    clap::builder::PossibleValuesParser::new(made.map(Disposition::as_str))
}
