//! What an exchange reports about one line: events, causes, and how they are classified.
//!
//! Pure words shared by the adapter that speaks to Asterisk, the machine of a call and the ledger.

mod cause;
mod classify;
mod disposition;
mod event;

pub use cause::{Cause, Release};
pub use classify::{EarlyMedia, EndedBy, LineFacts, classify};
pub use disposition::Disposition;
pub use event::{HangupReason, LineEvent};
