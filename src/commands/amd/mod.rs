//! `novodial amd`: telling people from machines.

mod corpus;
mod listen;
mod recogniser;
mod tune;
mod words;

use crate::cli::AmdCommand;
use crate::commands::Desk;
use crate::output::ExitStatus;

pub(super) fn run(command: &AmdCommand, desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    match command {
        AmdCommand::Tune(arguments) => tune::tune(arguments, desk),
    }
}
