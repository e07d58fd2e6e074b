//! `novodial campaign`: looking at campaigns and steering them

use std::path::PathBuf;

use clap::Args;

use crate::store::Standing;

/// The campaign, as all of these commands take it.
const NAME: &str =
    "The campaign: --campaign of its run, else the stem of its file (r-NAME of a rehearsal)";

/// Show how far a campaign is and what waits for when.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  novodial campaign show leads
  novodial campaign show leads --format json | jq .waiting")]
pub struct CampaignShowArgs {
    #[arg(help = NAME)]
    pub name: String,
}

/// Tell how well the calls of a campaign do.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  novodial campaign stats leads
  novodial campaign stats leads --since 24h --format json | jq .contact_rate
  novodial campaign stats leads --fail-if 'gap_p95_ms>900' --fail-if 'drop_rate>3%'

Answer-seizure ratio: calls answered by anybody, machines too, of those dialled. Contact rate: calls
answered by a person, of those dialled. A rate stands with the band in which the true one lies at
95 %. Hours are those of the callee's day.")]
pub struct CampaignStatsArgs {
    #[arg(help = NAME)]
    pub name: String,
    /// Only calls since then: 90m, 24h, 7d, 2026-11-20 or 2026-11-20T15:00
    #[arg(long, value_name = "WHEN")]
    pub since: Option<String>,
    /// Exit with 1 where this holds: metric, comparison, number; can be given several times
    #[arg(long, value_name = "LIMIT")]
    pub fail_if: Vec<String>,
}

/// Begin no new calls in a campaign until it is resumed.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  novodial campaign pause leads
  novodial campaign pause leads --format json

Works from any shell: a run of the campaign begins no call more and ends when the calls that are
live have come to their end. Until it is resumed the campaign is not run again.")]
pub struct CampaignPauseArgs {
    #[arg(help = NAME)]
    pub name: String,
}

/// Let a campaign that is paused or cancelled go on.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  novodial campaign resume leads
  novodial campaign resume leads --format json

Rings nobody by itself: novodial campaign run goes on with the leads that are left.")]
pub struct CampaignResumeArgs {
    #[arg(help = NAME)]
    pub name: String,
}

/// End a campaign: nobody of it is rung any more.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  novodial campaign cancel leads
  novodial campaign cancel leads --format json

Calls that are live come to their end, and a run of the campaign ends with them. What was done stays
in the history; `resume` takes it back.")]
pub struct CampaignCancelArgs {
    #[arg(help = NAME)]
    pub name: String,
}

/// List the leads of a campaign, what was done and when each is rung next.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  novodial campaign leads leads --state retry
  novodial campaign leads leads --format jsonl | jq -r 'select(.attempts > 2) | .number'

States: new (never tried), retry (waits for another attempt), in_call, done, forbidden (on the
do-not-call list), exhausted (rung as often as allowed), refused (not to be rung as list and policy
stand). In JSON all leads are given, one by one.")]
pub struct CampaignLeadsArgs {
    #[arg(help = NAME)]
    pub name: String,
    /// Only leads that stand so
    #[arg(long, value_name = "STATE", value_parser = standings())]
    pub state: Option<String>,
    /// At most so many [default: 100; all in JSON]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub limit: Option<u64>,
}

/// Tell in one line why a lead was, is not, or will be rung, and when.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  novodial campaign why +79000000001
  novodial campaign why 42 --format json
  novodial campaign why 89000000001 --campaign leads

Exits with 1 if no campaign has such a lead.")]
pub struct CampaignWhyArgs {
    /// The lead's id (r-42 of a rehearsal) or its number
    #[arg(value_name = "LEAD|NUMBER")]
    pub lead: String,
    /// Look in this campaign only
    #[arg(long, value_name = "NAME")]
    pub campaign: Option<String>,
}

/// Export the calls of a campaign with transcripts, or its leads with results.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  novodial campaign export leads > calls.csv
  novodial campaign export leads --leads --out done.csv
  novodial campaign export leads --format jsonl | jq -r '.turns[]?.text'

CSV, or JSON with --format json or jsonl. With --leads each lead has the columns of its list, then
what came of it: state, attempts, disposition, outcome, the next attempt and why, and a column for
each slot (slot_NAME).")]
pub struct CampaignExportArgs {
    #[arg(help = NAME)]
    pub name: String,
    /// The leads instead of the calls
    #[arg(long)]
    pub leads: bool,
    /// Write into this file instead of stdout; one that is there is replaced when all is written,
    /// a pipe is written into, and .json or .jsonl tells the form
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

fn standings() -> clap::builder::PossibleValuesParser {
    clap::builder::PossibleValuesParser::new(Standing::ALL.map(Standing::as_str))
}
