//! Campaigns: leads, lists, calling windows, pacing and the planner.
//!
//! Pure: lists come in as bytes, the hour as a timestamp, counts as numbers; what to do now comes
//! out. The ledger keeps what happened, the driver does what is decided here.

mod id;
mod lead;

pub use id::{AttemptId, BadId, CampaignId, LeadId, RunId};
pub use lead::{Lead, LeadState};
