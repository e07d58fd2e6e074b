//! Summaries of what happened: counts by disposition and outcome, and percentiles.

mod charge;
mod check;
mod greetings;
mod habits;
mod latency;
mod limit;
pub mod reconcile;
mod sound;
mod stats;
mod summary;

pub use charge::ProviderLeg;
pub use check::{CheckLine, Level};
pub use greetings::{Judged, TradeOff, best};
pub use habits::Habits;
pub use latency::Percentiles;
pub use limit::{Limit, LimitError, METRICS, Metric};
pub use sound::{SoundFact, SoundTally};
pub use stats::{AttemptFact, CampaignStats, Rate, Tally};
pub use summary::{DispositionShare, OutcomeCount, OutcomeShare, Summary};
