//! `novodial campaign plan`

use clap::Args;

use super::PacingMode;
use super::simulate::share;

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
    #[arg(
        long,
        help = "Calls at once ([campaign] max_calls)",
        value_name = "N",
        help_heading = "Pacing"
    )]
    pub max_calls: Option<String>,
    #[arg(
        long = "cps",
        help = "New calls a second ([campaign] calls_per_second)",
        value_name = "RATE",
        help_heading = "Pacing"
    )]
    pub calls_per_second: Option<String>,
    /// Conversations at once [default: the calls at once]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000), help_heading = "Pacing")]
    pub slots: Option<u32>,
    /// How many lines ring beside the talks
    #[arg(long, value_enum, default_value_t = PacingMode::Progressive, help_heading = "Pacing")]
    pub mode: PacingMode,
    /// The share of answers that may be dropped, in the adaptive mode
    #[arg(long, value_name = "SHARE", default_value = "3%", value_parser = share, help_heading = "Pacing")]
    pub max_drop: f64,
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
