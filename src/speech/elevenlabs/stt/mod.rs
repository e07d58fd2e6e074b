//! Realtime recognition over one WebSocket a call (reference §1 and §8).
//!
//! `wire` has the words of the protocol, `hearing` decides without a socket what to send and
//! what to report (`segment`, `answers` are its parts), `session` is the task that joins the two.

mod answers;
mod hearing;
mod segment;
mod session;
mod wire;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use tokio::sync::mpsc;

use super::link::Link;
use crate::speech::{RecognizerSession, SpeechError};
use session::Session;

/// Room for five seconds of frames while the network stalls.
const COMMANDS: usize = 256;
const EVENTS: usize = 256;

/// Starts the ear of one call.
pub(super) fn open(link: &Arc<Link>, model: &str, language: &str) -> RecognizerSession {
    let (commands, command_receiver) = mpsc::channel(COMMANDS);
    let (event_sender, events) = mpsc::channel(EVENTS);
    let address = wire::address(link, model, language);
    tracing::debug!(%address, "opening recognition");
    let session = Session::new(Arc::clone(link), address, command_receiver, event_sender);
    tokio::spawn(session.run());
    RecognizerSession { commands, events }
}

/// Opens one session and closes it again.
pub(super) async fn check(link: &Link, model: &str, language: &str) -> Result<(), SpeechError> {
    let address = wire::address(link, model, language);
    let socket = session::dial(link, &address, link.timing.connect).await?;
    socket.close().await;
    Ok(())
}
