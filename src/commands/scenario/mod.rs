//! `novodial scenario`: scenarios checked, proved, drawn, talked to and tested, without a call.

mod backtest;
mod check;
mod classify;
mod graph;
mod past;
mod shipped;
mod show;
mod source;
mod talk;
mod test;
mod unreadable;
mod verify;

#[cfg(test)]
pub(super) use shipped::SHIPPED;
pub(super) use show::whole_of;
pub(super) use source::{
    Opened, find_by_name, none_named, of_kept, open, open_in, open_offer, open_usual, to_keep,
};

use super::Desk;
use crate::cli::ScenarioCommand;
use crate::dialogue::schema;
use crate::output::ExitStatus;

pub(super) fn run(command: &ScenarioCommand, desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    match command {
        ScenarioCommand::Check { file, given } => check::check(file, given, desk),
        ScenarioCommand::Show { name } => show::show(name.as_deref(), desk),
        ScenarioCommand::Verify(arguments) => verify::verify(arguments, desk),
        ScenarioCommand::Graph(arguments) => graph::graph(arguments, desk),
        ScenarioCommand::Talk(arguments) => talk::talk(arguments, desk),
        ScenarioCommand::Test(arguments) => test::test(arguments, desk),
        ScenarioCommand::Classify { file, state } => {
            classify::classify(file, state.as_deref(), desk)
        }
        ScenarioCommand::Backtest(arguments) => backtest::backtest(arguments, desk),
        ScenarioCommand::Schema => {
            desk.printer.data(&format!("{:#}", schema()))?;
            Ok(ExitStatus::Success)
        }
    }
}
