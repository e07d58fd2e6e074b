//! Campaigns: leads, lists, calling windows, pacing and the planner.
//!
//! Pure: lists come in as bytes, the hour as a timestamp, counts as numbers; what to do now comes
//! out. The ledger keeps what happened, the driver does what is decided here.

mod id;
mod lead;
mod lead_file;
mod policy;

pub use id::{AttemptId, BadId, CampaignId, LeadId, RunId};
pub use lead::{Lead, LeadState};
pub use lead_file::{Duplicate, LeadFile, LeadFileError, RejectedRow, RowFault};
pub use policy::{BadHours, CallingHours, NextOpening, Policy};
