//! Joins the pure machines and the adapters: one task a call, the campaign loop, signals.
//!
//! `call.rs` makes one call from the ledger's first word to its last; `talk.rs` is its loop, the
//! only `select!`; `ear.rs`, `mouth.rs` and `recorder.rs` carry its audio; `scribe.rs` its history.

mod adviser;
mod call;
mod campaign;
mod campaign_lock;
mod clock;
mod ear;
mod event_log;
mod hang_up;
mod meter;
mod mouth;
mod news;
mod open;
mod operator;
mod pace;
mod record;
mod recorder;
mod recovery;
mod rehearsal;
mod run_lock;
mod scribe;
mod seat;
mod station;
mod stop;
mod talk;
mod test_call;
mod trunk_keys;

pub use adviser::Advice;
pub use call::{CallJob, CallReport, Called, NotBegun, hang_up_channel, make_call, prepare};
pub use campaign::{CampaignEnd, CampaignJob, Halt, ListNews, Scenarios, Stay, run_campaign};
pub use campaign_lock::{CampaignLock, LockRefused, Runner, campaign_runner};
pub use clock::now;
pub use ear::heard_in;
pub use event_log::event_of;
pub use hang_up::{Asked, ask_hangup, somebody_runs};
pub use meter::Meter;
pub use news::{CallBegun, CallNews, CallStep, CampaignNews, CampaignStep};
pub use open::{
    OpenLine, OpenStation, SPOKEN, account, call_rules, open_line, open_station, speech,
};
pub use pace::runtime;
pub use recovery::{abandoned_calls, dead_runs, end_abandoned};
pub use rehearsal::{Rehearsal, RehearsalPlan, rehearsal_settings};
pub use seat::{SeatDoor, Seating};
pub use station::{LinePlan, Shelf, Station};
pub use stop::{Signal, Stop};
