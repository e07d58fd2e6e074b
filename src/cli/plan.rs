//! `novodial campaign plan`

use clap::Args;

use super::PacingArgs;

/// Tell when a campaign will be exhausted at these limits, and what it will cost.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  novodial campaign plan leads
  novodial campaign plan leads --max-calls 20 --cps 2 --format json | jq .exhausted

The leads that are left are rung on a virtual clock, from now on, many times: by the planner, the
policy and the hours of the campaign, among people such as its own calls have met. Where it made few
calls yet, a usual list is assumed. Every figure stands with the least and the most of all runs.
Exits with 1 if the list is not exhausted in time.")]
pub struct CampaignPlanArgs {
    /// The campaign: --campaign of its run, else the stem of its file (r-NAME of a rehearsal)
    pub name: String,
    /// How many lines ring
    #[command(flatten)]
    pub pacing: PacingArgs,
    /// Look so many days ahead
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u16).range(1..=366), help_heading = "Forecast")]
    pub days: u16,
    /// Runs, for the bands [default: 20; fewer for long lists]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000), help_heading = "Forecast")]
    pub runs: Option<u16>,
    /// Where chance begins; the same seed gives the same days
    #[arg(long, value_name = "N", default_value_t = 1, help_heading = "Forecast")]
    pub seed: u64,
}
