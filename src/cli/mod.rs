//! The words of the command line: clap types and help texts, no logic.
//!
//! What is typed is only recorded here. Numbers, files and names are read by the commands, so that
//! their errors look like all others. The names are fixed: operators have scripts.

mod amd;
mod asterisk_config;
mod call;
mod calls;
mod campaign;
mod campaign_desk;
mod check;
mod do_not_call;
mod doctor;
mod global;
mod house;
mod novofon;
mod numbering;
mod pacing;
mod parse;
mod plan;
mod policy;
mod rehearsal;
mod scenario;
mod simulate;
mod speech;

pub use amd::{AmdCommand, AmdTuneArgs};
pub use asterisk_config::{AsteriskConfigArgs, CodecChoice};
pub use call::CallArgs;
pub use calls::{CallsCommand, CallsDeleteArgs, CallsListArgs};
pub use campaign::{
    CampaignAddArgs, CampaignCheckArgs, CampaignCommand, CampaignRunArgs, IfRunning,
};
pub use campaign_desk::{
    CampaignCancelArgs, CampaignExportArgs, CampaignLeadsArgs, CampaignPauseArgs,
    CampaignResumeArgs, CampaignShowArgs, CampaignStatsArgs, CampaignWhyArgs,
};
pub use check::AsteriskCommand;
pub use do_not_call::DoNotCallCommand;
pub use doctor::{DoctorArea, DoctorArgs};
pub use global::GlobalArgs;
pub use house::{CompletionsArgs, DocsArgs, InitArgs, ManArgs};
pub use novofon::{NovoFonCallsArgs, NovoFonCommand, NovoFonReconcileArgs, NovoFonTariffArgs};
pub use numbering::NumberingCommand;
pub use pacing::PacingArgs;
pub use parse::parse;
pub use plan::CampaignPlanArgs;
pub use policy::PolicyArgs;
pub use rehearsal::{ExchangeArgs, RehearsalArgs};
pub use scenario::{
    GraphForm, ScenarioBacktestArgs, ScenarioCommand, ScenarioGraphArgs, ScenarioTalkArgs,
    ScenarioTestArgs, ScenarioVerifyArgs,
};
pub use simulate::{CampaignSimulateArgs, PacingMode};
pub use speech::{SpeechCommand, SpeechSayArgs};

use clap::{Parser, Subcommand};

/// Rings people from your own Asterisk and talks with them along a scenario.
#[derive(Debug, Parser)]
#[command(
    name = "novodial",
    version,
    propagate_version = true,
    after_help = "\
Examples:
  novodial campaign run leads.csv --rehearse   rehearse a campaign; nobody is rung
  novodial init                                write settings, a scenario and a lead list
  novodial call +79000000001                   ring one number and print the talk

Exit codes: 0 done, 1 the answer is no, 2 usage, 3 settings, scenario or leads invalid,
4 something outside refuses, 5 paused, 6 another process holds the ledger, 70 a defect,
75 already running, 130 and 143 stopped by Ctrl-C and SIGTERM; `novodial call -h` lists those of a call."
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// What every command takes.
    #[command(flatten)]
    pub global: GlobalArgs,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Ring one number and print the talk as it happens.
    Call(CallArgs),
    /// Work through a lead list.
    #[command(
        subcommand,
        disable_help_subcommand = true,
        after_help = "\
Examples:
  novodial campaign check leads.csv --scenario scenario.toml
  novodial campaign run leads.csv --rehearse
  novodial campaign show leads

More of it: novodial docs campaigns"
    )]
    Campaign(CampaignCommand),
    /// Look at the calls of the past, end one that is live.
    #[command(
        subcommand,
        disable_help_subcommand = true,
        after_help = "\
Examples:
  novodial calls list
  novodial calls show last"
    )]
    Calls(CallsCommand),
    /// Check everything that calls need, and mend what is safe to mend.
    Doctor(DoctorArgs),
    /// Check and configure your Asterisk.
    #[command(
        subcommand,
        disable_help_subcommand = true,
        after_help = "\
Examples:
  novodial asterisk check
  novodial asterisk config --line 0012345"
    )]
    Asterisk(AsteriskCommand),
    /// Try voices, prepare prompts, check the speech service.
    #[command(
        subcommand,
        disable_help_subcommand = true,
        after_help = "\
Examples:
  novodial speech check
  novodial speech warm scenario.toml"
    )]
    Speech(SpeechCommand),
    /// Ask your provider NovoFon: is the line ready, what is left, what was charged.
    #[command(
        subcommand,
        disable_help_subcommand = true,
        name = "novofon",
        after_help = "\
Examples:
  novodial novofon check
  novodial novofon balance"
    )]
    NovoFon(NovoFonCommand),
    /// Run the exchange of the rehearsals as a process of its own.
    Exchange(ExchangeArgs),
    /// Write, test and prove scenarios before anybody is rung.
    #[command(
        subcommand,
        disable_help_subcommand = true,
        after_help = "\
Examples:
  novodial scenario check scenario.toml
  novodial scenario talk offer.ru

How scenarios are written: novodial docs scenario"
    )]
    Scenario(ScenarioCommand),
    /// Tell people from machines: measure how well, and choose the setting.
    #[command(
        subcommand,
        disable_help_subcommand = true,
        after_help = "\
Examples:
  novodial amd tune recordings
  novodial amd tune recordings --format json"
    )]
    Amd(AmdCommand),
    /// Keep the list of numbers that are never rung.
    #[command(
        subcommand,
        disable_help_subcommand = true,
        after_help = "\
Examples:
  novodial do-not-call add +79000000007 --reason 'asked by letter'
  novodial do-not-call list"
    )]
    DoNotCall(DoNotCallCommand),
    /// Know where numbers live: the numbering register, regions, time zones.
    #[command(
        subcommand,
        disable_help_subcommand = true,
        after_help = "\
Examples:
  novodial numbering import DEF-9xx.csv
  novodial numbering find +79000000001"
    )]
    Numbering(NumberingCommand),
    /// Write settings, a scenario and a lead list to start from.
    Init(InitArgs),
    /// Read the documents: scenarios, campaigns, rehearsals, pacing, the doctor.
    Docs(DocsArgs),
    /// Print a completion script for your shell.
    Completions(CompletionsArgs),
    /// Print the manual page, or write those of all commands.
    Man(ManArgs),
}
