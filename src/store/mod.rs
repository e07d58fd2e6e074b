//! The ledger: SQLite with migrations.
//!
//! What must survive the death of this program is committed here before the world sees it: the
//! attempt before the originate, `dialled` before the dial, an opt-out at once. Two processes may
//! share one file: claims are made in immediate transactions, and a unique index lets no number
//! have two open attempts. All methods block; the driver calls them off its own threads.

mod afresh;
mod aside;
mod attempts;
mod board;
mod campaigns;
mod case;
mod charges;
mod claim;
mod error;
mod facts;
mod forbidden;
mod group;
mod hangup;
mod health;
mod history;
mod import;
mod leads;
mod ledger;
mod left;
mod numbering;
mod pacing;
mod plan;
mod refusals;
mod roll;
mod row;
mod runs;
mod schema;
mod scratch;
mod sql;
mod talk;
#[cfg(test)]
mod tests;
mod view;

pub use board::{CampaignPulse, SpeechUsed, Waits};
pub use charges::{AttemptToReconcile, ChargesRecorded};
pub use claim::{Refused, Waiting};
pub use error::StoreError;
pub use health::LedgerHealth;
pub use history::ExportedCall;
pub use import::{ImportId, ImportRules};
pub use ledger::Ledger;
pub use left::LeftLead;
pub use refusals::{AttemptRules, CallerDay};
pub use row::{
    AttemptEnd, CallDetail, CallFilter, CallRef, CallSummary, Campaign, CampaignEvent,
    CampaignState, Claim, Conclusion, DeletedCall, DoNotCallEntry, HungUpBy, ImportReport,
    LeadCounts, LeadRow, NewAttempt, NumberingFile, OpenAttempt, Repeat, Run,
};
pub use scratch::Scratch;
pub use talk::{EventRow, Speaker, TurnRow};
pub use view::{LeadPage, LeadView, NOT_GATHERED, Standing};
