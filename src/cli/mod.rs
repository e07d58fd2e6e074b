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
pub use calls::{CallsCommand, CallsListArgs};
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
pub use house::{CompletionsArgs, InitArgs, ManArgs};
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
    disable_help_subcommand = true,
    after_help = "\
Examples:
  novodial campaign run leads.csv --rehearse   rehearse a campaign; nobody is rung
  novodial init                                write settings, a scenario and a lead list
  novodial call +79000000001                   ring one number and print the talk

Exit codes: 0 done, 1 the answer is no, 2 usage, 3 settings, scenario or leads invalid,
4 something outside refuses, 5 paused, 6 another process holds the ledger, 70 a defect,
75 already running; `novodial call -h` lists those of a call."
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
    #[command(subcommand)]
    Campaign(CampaignCommand),
    /// Look at the calls of the past, end one that is live.
    #[command(subcommand)]
    Calls(CallsCommand),
    /// Check everything that calls need, and mend what is safe to mend.
    Doctor(DoctorArgs),
    /// Check and configure your Asterisk.
    #[command(subcommand)]
    Asterisk(AsteriskCommand),
    /// Try voices, prepare prompts, check the speech service.
    #[command(subcommand)]
    Speech(SpeechCommand),
    /// Ask your provider NovoFon: is the line ready, what is left, what was charged.
    #[command(subcommand, name = "novofon")]
    NovoFon(NovoFonCommand),
    /// Run the exchange of the rehearsals as a process of its own.
    Exchange(ExchangeArgs),
    /// Write, test and prove scenarios before anybody is rung.
    #[command(subcommand)]
    Scenario(ScenarioCommand),
    /// Tell people from machines: measure how well, and choose the setting.
    #[command(subcommand)]
    Amd(AmdCommand),
    /// Keep the list of numbers that are never rung.
    #[command(subcommand)]
    DoNotCall(DoNotCallCommand),
    /// Know where numbers live: the numbering register, regions, time zones.
    #[command(subcommand)]
    Numbering(NumberingCommand),
    /// Write settings, a scenario and a lead list to start from.
    Init(InitArgs),
    /// Print a completion script for your shell.
    Completions(CompletionsArgs),
    /// Print the manual page, or write those of all commands.
    Man(ManArgs),
}
