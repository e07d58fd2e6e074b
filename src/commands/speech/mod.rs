//! `novodial speech`: voices to try, prompts to prepare, the service to check.

mod check;
mod player;
mod say;
mod voices;
mod warm;

pub(super) use check::look;
pub(super) use warm::prepared;

use super::Desk;
use crate::cli::SpeechCommand;
use crate::output::ExitStatus;

pub(super) fn run(command: &SpeechCommand, desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    match command {
        SpeechCommand::Voices { search } => {
            voices::voices(search.as_deref().unwrap_or_default(), desk)
        }
        SpeechCommand::Say(arguments) => say::say(arguments, desk),
        SpeechCommand::Warm { scenario, yes } => warm::warm(scenario, *yes, desk),
        SpeechCommand::Check => check::check(desk),
    }
}
