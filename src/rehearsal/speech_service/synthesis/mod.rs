//! Synthesis: HTTP requests, and the sockets `stream-input` and `multi-stream-input`.
//!
//! [`session`] and [`context`] are the state machine of the sockets without socket and clock,
//! [`utterance`] is the voice in the client's format, [`request`] the HTTP side.

mod context;
mod format;
mod messages;
mod parameters;
mod request;
mod session;
mod socket;
mod utterance;

#[cfg(test)]
mod tests;

pub(super) use parameters::Parameters;
pub(super) use request::{Form, answer};
pub(super) use session::Kind;
pub(super) use socket::{Opening, serve};
