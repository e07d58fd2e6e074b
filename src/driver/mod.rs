//! Joins the pure machines and the adapters: one task a call, the campaign loop, signals.
//!
//! `call.rs` makes one call from the ledger's first word to its last; `talk.rs` is its loop, the
//! only `select!`; `ear.rs`, `mouth.rs` and `recorder.rs` carry its audio; `scribe.rs` its history.

mod call;
mod clock;
mod ear;
mod event_log;
mod mouth;
mod recorder;
mod scribe;
mod station;
mod talk;

pub use call::{CallJob, CallNews, CallReport, NotBegun, hang_up_channel, make_call};
pub use clock::now;
pub use station::{LinePlan, Shelf, Station};
