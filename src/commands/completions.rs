//! `novodial completions`: the script for a shell, made from the definition of the command line.

use clap::CommandFactory;

use super::Desk;
use crate::cli::{Cli, CompletionsArgs};
use crate::output::ExitStatus;

pub(super) fn completions(
    arguments: &CompletionsArgs,
    desk: &Desk<'_>,
) -> anyhow::Result<ExitStatus> {
    // Into memory first: the generator panics when its writer fails, as a closed pipe does.
    let mut script = Vec::new();
    clap_complete::generate(
        arguments.shell,
        &mut Cli::command(),
        "novodial",
        &mut script,
    );
    desk.printer.raw(&script)?;
    Ok(ExitStatus::Success)
}
