//! Campaigns: leads, lists, calling windows, pacing and the planner.
//!
//! Pure: lists come in as bytes, the hour as a timestamp, counts as numbers; what to do now comes
//! out. The ledger keeps what happened, the driver does what is decided here.

mod adaptive;
mod bound;
mod breaker;
mod caller_ids;
mod calling_window;
mod id;
mod lead;
mod lead_file;
mod pacing;
mod planner;
mod policy;
pub mod simulation;
mod terms;

pub use bound::Bound;
pub use breaker::{Breaker, BreakerLimits, BreakerState, Sign, Trouble};
pub use caller_ids::{CallerIdKey, CallerIdLimits, CallerIds};
pub use calling_window::{BadZone, Zone};
pub use id::{AttemptId, BadId, CampaignId, LeadId, RunId};
pub use lead::{Lead, LeadState};
pub use lead_file::{
    Duplicate, Encoding, LeadFile, LeadFileError, LeadReader, RejectedRow, RejectedRows, RowFault,
    RowNote, RowRead,
};
pub use pacing::{BadRate, Pacer, Ramp};
pub use planner::{
    CallEnded, DrainReason, Mode, PastCall, Plan, Planner, PlannerLimits, Pulse, Seat, Situation,
    Supply, WaitReason,
};
pub use policy::{BadHours, CallingHours, NextOpening, Policy};
pub use terms::{Consent, Terms};
