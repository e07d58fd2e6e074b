//! One file a command, and the dispatcher that calls them.
//!
//! A command takes its arguments and the [`Desk`], uses the rooms below, and returns how the run
//! ends. Errors travel up as they are; [`explain`] turns those the user can mend into the user's
//! words, in one place.

mod amd;
mod asterisk;
mod call;
pub mod calls;
pub mod campaign;
mod check_lines;
mod completions;
mod desk;
mod do_not_call;
mod docs;
mod doctor;
mod exchange;
mod explain;
mod history;
mod init;
mod man;
mod novofon;
mod numbering;
mod private;
mod rehearsal;
mod scenario;
mod speech;
mod talk_plan;
mod written;

pub use desk::Desk;

use crate::cli::{AsteriskCommand, CallsCommand, CampaignCommand, Cli, Command};
use crate::output::{ExitStatus, Printer};
use crate::settings::Environment;

/// Does what the command line asks for.
///
/// # Errors
/// A `UserError` where the user can do something about it; anything else is a defect.
pub fn run(cli: Cli, environment: &Environment, printer: &Printer) -> anyhow::Result<ExitStatus> {
    let desk = Desk::new(cli.global, environment, printer);
    dispatch(cli.command, &desk).map_err(explain::explain)
}

/// The table of contents. What rings people or reaches out runs in `desk.block_on`; the rest
/// starts no runtime.
fn dispatch(command: Command, desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    match command {
        Command::Call(arguments) => call::call(&arguments, desk),
        Command::Campaign(command) => match command {
            CampaignCommand::Add(arguments) => campaign::add(&arguments, desk),
            CampaignCommand::Check(arguments) => campaign::check(&arguments, desk),
            CampaignCommand::Run(arguments) => campaign::run(&arguments, desk),
            CampaignCommand::Simulate(arguments) => campaign::simulate(&arguments, desk),
            CampaignCommand::List => campaign::list(desk),
            CampaignCommand::Show(arguments) => campaign::show(&arguments.name, desk),
            CampaignCommand::Stats(arguments) => campaign::stats(&arguments, desk),
            CampaignCommand::Leads(arguments) => campaign::leads(&arguments, desk),
            CampaignCommand::Why(arguments) => campaign::why(&arguments, desk),
            CampaignCommand::Export(arguments) => campaign::export(&arguments, desk),
            CampaignCommand::Plan(arguments) => campaign::plan(&arguments, desk),
            CampaignCommand::Pause(arguments) => campaign::pause(&arguments.name, desk),
            CampaignCommand::Resume(arguments) => campaign::resume(&arguments.name, desk),
            CampaignCommand::Cancel(arguments) => campaign::cancel(&arguments.name, desk),
        },
        Command::Calls(command) => match command {
            CallsCommand::List(arguments) => calls::list(&arguments, desk),
            CallsCommand::Show { id } => calls::show(&id, desk),
            CallsCommand::Replay {
                id,
                scenario,
                events,
            } => calls::replay(&id, scenario.as_deref(), events, desk),
            CallsCommand::Hangup { id } => calls::hangup(&id, desk),
            CallsCommand::Delete(arguments) => calls::delete_calls(&arguments, desk),
        },
        Command::Asterisk(AsteriskCommand::Check { call, rehearsal }) => {
            asterisk::check(call.as_deref(), &rehearsal, desk)
        }
        Command::Asterisk(AsteriskCommand::Config(arguments)) => asterisk::config(&arguments, desk),
        Command::Doctor(arguments) => doctor::doctor(&arguments, desk),
        Command::Speech(command) => speech::run(&command, desk),
        Command::NovoFon(command) => novofon::run(&command, desk),
        Command::Exchange(arguments) => exchange::exchange(&arguments, desk),
        Command::Scenario(command) => scenario::run(&command, desk),
        Command::Amd(command) => amd::run(&command, desk),
        Command::DoNotCall(command) => do_not_call::run(&command, desk),
        Command::Numbering(command) => numbering::run(&command, desk),
        Command::Init(arguments) => init::init(&arguments, desk),
        Command::Docs(arguments) => docs::docs(&arguments, desk),
        Command::Completions(arguments) => completions::completions(&arguments, desk),
        Command::Man(arguments) => man::man(&arguments, desk),
    }
}
