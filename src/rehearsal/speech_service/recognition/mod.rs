//! Realtime recognition: one WebSocket a session, JSON text frames both ways.
//!
//! [`session`] is the state machine without socket and clock, [`settings`] reads and judges the
//! URL, [`ear`] turns the client's bytes into words, [`socket`] joins them to the network.

mod ear;
mod messages;
mod partials;
mod rate;
mod session;
mod settings;
mod socket;

#[cfg(test)]
mod tests;

pub use partials::Partials;
pub(super) use socket::{Admission, serve};
