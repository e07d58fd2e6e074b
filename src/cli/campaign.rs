//! `novodial campaign`

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::campaign_desk::{
    CampaignCancelArgs, CampaignExportArgs, CampaignLeadsArgs, CampaignPauseArgs,
    CampaignResumeArgs, CampaignShowArgs, CampaignStatsArgs, CampaignWhyArgs,
};
use super::{CampaignPlanArgs, CampaignSimulateArgs, PacingArgs, PolicyArgs, RehearsalArgs};

/// What to do when the campaign is being run already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum IfRunning {
    /// Exit with 75.
    Fail,
    /// Exit with 0, for cron.
    Skip,
}

/// Work through a lead list.
#[derive(Debug, Subcommand)]
pub enum CampaignCommand {
    /// Ring every lead of a list, and go on with it day by day.
    Run(Box<CampaignRunArgs>),
    /// Put a lead list into the ledger without ringing anybody.
    Add(CampaignAddArgs),
    /// Check a lead list and explain every row that cannot be used.
    Check(CampaignCheckArgs),
    /// Live a campaign through on a virtual clock: when would the list be exhausted?
    Simulate(CampaignSimulateArgs),
    /// List the campaigns of this ledger.
    #[command(after_help = "\
Examples:
  novodial campaign list
  novodial campaign list --format jsonl | jq .name")]
    List,
    /// Show how far a campaign is and what waits for when.
    Show(CampaignShowArgs),
    /// Tell how well the calls of a campaign do.
    Stats(CampaignStatsArgs),
    /// List the leads of a campaign, what was done and when each is rung next.
    Leads(CampaignLeadsArgs),
    /// Tell in one line why a lead was, is not, or will be rung, and when.
    Why(CampaignWhyArgs),
    /// Export the calls of a campaign with transcripts, or its leads with results.
    Export(CampaignExportArgs),
    /// Tell when a campaign will be exhausted at these limits, and what it will cost.
    Plan(CampaignPlanArgs),
    /// Begin no new calls in a campaign until it is resumed.
    Pause(CampaignPauseArgs),
    /// Let a campaign that is paused or cancelled go on.
    Resume(CampaignResumeArgs),
    /// End a campaign: nobody of it is rung any more.
    Cancel(CampaignCancelArgs),
}

/// Ring every lead of a list, and go on with it day by day.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  novodial campaign run leads.csv --rehearse
  novodial campaign run leads.csv --dry-run
  novodial campaign run leads.csv --scenario scenario.toml --max-calls 10 --cps 0.5 --yes
  novodial campaign run leads.csv --mode adaptive --max-conversations 10 --max-calls 60
  novodial campaign run spring --no-wait --until 18:00 --if-running skip --yes
  tail -n +1 -f leads.csv | novodial campaign run - --campaign live --watch --yes --format jsonl

A number that is done in a campaign is never rung again by it; retries that fall due today are
waited for. Exits with 0 when all is finished, 1 when leads are left for another day or were put
aside unrung (no value for what the scenario says, no words that the speech service takes), 5 when
the trunk took no calls, 6 when another process held the ledger for too long, 75 when the campaign
is being run already. In a rehearsal the column `callee` of the list names who has the number;
without it that is drawn; and leads that wait for another day do not count (0).")]
pub struct CampaignRunArgs {
    /// The lead list (CSV with a header), - for standard input, or the name of a campaign
    #[arg(value_name = "LEADS.csv|NAME")]
    pub leads: PathBuf,
    /// The campaign's name, if not the stem of the file
    #[arg(long, value_name = "NAME", help_heading = "Campaign")]
    pub campaign: Option<String>,
    /// The scenario to talk along, a file or one that is shipped [default: scenario.toml]
    #[arg(long, value_name = "FILE", help_heading = "Campaign")]
    pub scenario: Option<PathBuf>,
    /// The column of the numbers, if it cannot be told from the header
    #[arg(long, value_name = "NAME", help_heading = "Campaign")]
    pub phone_column: Option<String>,
    /// How many lines ring, and with which numbers.
    #[command(flatten)]
    pub pacing: PacingArgs,
    /// Make at most so many calls in this run, repeats counted
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), help_heading = "Pacing")]
    pub limit: Option<u64>,
    /// End when nobody is due, without waiting for retries
    #[arg(long, help_heading = "Run")]
    pub no_wait: bool,
    /// Begin no call from this hour on, such as 18:00
    #[arg(long, value_name = "HH:MM", help_heading = "Run")]
    pub until: Option<String>,
    #[arg(
        long,
        help = "Begin no call that might make this run cost more ([tariff])",
        value_name = "AMOUNT",
        help_heading = "Run"
    )]
    pub max_cost: Option<String>,
    /// Go on reading the list as it grows, or standard input until it ends
    #[arg(long, conflicts_with_all = ["rehearse", "dry_run"], help_heading = "Run")]
    pub watch: bool,
    /// What to do when the campaign is being run already
    #[arg(
        long,
        value_name = "WORD",
        default_value = "fail",
        help_heading = "Run"
    )]
    pub if_running: IfRunning,
    /// Do not ask before ringing
    #[arg(long, short, help_heading = "Run")]
    pub yes: bool,
    /// Check list, policy, scenario and settings, and ring nobody
    #[arg(long, conflicts_with = "rehearse", help_heading = "Run")]
    pub dry_run: bool,
    /// Rehearsing
    #[command(flatten)]
    pub rehearsal: RehearsalArgs,
    /// The policy.
    #[command(flatten)]
    pub policy: PolicyArgs,
}

/// Check a lead list and explain every row that cannot be used.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  novodial campaign check leads.csv
  novodial campaign check leads.csv --scenario scenario.toml
  novodial campaign check - --format json < leads.csv | jq '.rejected[]'

Rings nobody and writes nothing. With a scenario (--scenario, or the scenario.toml of the folder)
each row must have what it says. Exits with 1 if any row cannot be used, if the column `callee`
names somebody whom no rehearsal knows, or if there are no rows; with 3 if the list or the scenario
cannot be used, or they do not go together.")]
pub struct CampaignCheckArgs {
    /// The lead list, or - for standard input
    #[arg(value_name = "LEADS.csv")]
    pub leads: PathBuf,
    /// The scenario to talk along: which rows lack what it says?
    #[arg(long, value_name = "FILE")]
    pub scenario: Option<PathBuf>,
    /// A folder with callees of your own, whom the column `callee` may name
    #[arg(long, value_name = "DIR")]
    pub callees: Option<PathBuf>,
    /// The column of the numbers, if it cannot be told from the header
    #[arg(long, value_name = "NAME")]
    pub phone_column: Option<String>,
    /// The policy.
    #[command(flatten)]
    pub policy: PolicyArgs,
}

/// Put a lead list into the ledger without ringing anybody.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  novodial campaign add leads.csv --scenario scenario.toml
  novodial campaign add - --campaign spring < export.csv

Columns with a meaning of their own: phone, name, priority, timezone, not_before, not_after, scenario,
caller_id, consent, consent_date, callee (novodial docs campaigns). All others are variables.
Adding again adds new leads and updates changed ones; what was done stays done.
Rows that cannot be used go to LEADS.rejected.csv; exits with 1 if there are any.")]
pub struct CampaignAddArgs {
    /// The lead list, or - for standard input (with --campaign)
    #[arg(value_name = "LEADS.csv")]
    pub leads: PathBuf,
    /// The campaign's name, if not the stem of the file
    #[arg(long, value_name = "NAME")]
    pub campaign: Option<String>,
    /// The scenario to talk along
    #[arg(long, value_name = "FILE")]
    pub scenario: Option<PathBuf>,
    /// The column of the numbers, if it cannot be told from the header
    #[arg(long, value_name = "NAME")]
    pub phone_column: Option<String>,
    /// The policy.
    #[command(flatten)]
    pub policy: PolicyArgs,
}
