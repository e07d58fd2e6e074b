//! `novodial scenario`: scenarios checked, proved, drawn, talked to and tested, without a call.

mod backtest;
mod check;
mod classify;
mod graph;
mod past;
mod shipped;
mod source;
mod talk;
mod test;
mod verify;

pub(super) use source::{Opened, open, open_in, open_usual};

use super::Desk;
use crate::cli::ScenarioCommand;
use crate::dialogue::schema;
use crate::output::ExitStatus;

pub(super) fn run(command: &ScenarioCommand, desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    match command {
        ScenarioCommand::Check { file, given } => check::check(file, given, desk),
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
