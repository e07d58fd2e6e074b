//! `novodial calls`: what was said and how it ended, from the ledger.
//!
//! Numbers are shown in full here: it is the owner's own history on the owner's own machine. Logs
//! and errors mask them.

mod delete;
mod delete_many;
mod hangup;
mod list;
mod past;
mod replay;
mod report;
mod show;
pub(super) mod since;

pub(super) use delete_many::delete_calls;
pub(super) use hangup::hangup;
pub(super) use list::list;
pub(super) use past::{fields_of, past_call};
pub(super) use replay::replay;
pub use report::{CallReport, TurnReport};
pub(super) use show::show;
