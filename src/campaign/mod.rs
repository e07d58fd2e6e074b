//! Campaigns: leads, lists, calling windows, pacing and the planner.
//!
//! Pure: lists come in as bytes, the hour as a timestamp, counts as numbers; what to do now comes
//! out. The ledger keeps what happened, the driver does what is decided here.

mod adaptive;
mod bound;
mod breaker;
mod calibration;
mod caller_ids;
mod calling_window;
mod id;
mod lead;
mod lead_file;
mod lead_policy;
mod pacing;
mod planner;
mod policy;
mod preset;
pub mod simulation;
mod tariff;
mod terms;

pub use bound::Bound;
pub use breaker::{Breaker, BreakerLimits, BreakerState, Sign, Trouble};
pub use calibration::{Calibration, ChargedCall, Price};
pub use caller_ids::{CallerIdKey, CallerIdLimits, CallerIds};
pub use calling_window::{
    BadCalendar, BadWeek, BadZone, Calendar, CallingWindow, DayHours, DayKind, Narrowing,
    WeekHours, Zone,
};
pub use id::{AttemptId, BadId, CampaignId, LeadId, RunId};
pub use lead::{Lead, LeadState};
pub use lead_file::{
    Duplicate, Encoding, LeadFile, LeadFileError, LeadReader, Misspelt, OriginalColumns,
    RejectedRow, RejectedRows, RowFault, RowNote, RowRead,
};
pub use lead_policy::{
    AttemptLimits, CALL_LATER, DROPPED, Ending, LeadFacts, LeadHistory, LeadPolicy, NumberCall,
    PastAttempt, Quota, RetryRule, RetryRules, Span, Verdict, Whose, WhyLater, WhyNever,
    next_number,
};
pub use pacing::{BadRate, Pacer, Ramp};
pub use planner::{
    CallEnded, DrainReason, Mode, PastCall, Plan, Planner, PlannerLimits, Pulse, Seat, Situation,
    Supply, WaitReason,
};
pub use policy::{BadHours, CallingHours, NextOpening, Policy};
pub use preset::{BadPreset, Preset, Proposal, Purpose, Refusal};
pub use tariff::{Money, Tariff};
pub use terms::{Consent, Terms};
