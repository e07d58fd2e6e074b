//! Summaries of what happened: counts by disposition and outcome, and percentiles.

mod charge;
mod check;
mod habits;
mod latency;
pub mod reconcile;
mod stats;
mod summary;

pub use charge::ProviderLeg;
pub use check::{CheckLine, Level};
pub use habits::Habits;
pub use latency::Percentiles;
pub use stats::{AttemptFact, CampaignStats, Rate, Tally};
pub use summary::{DispositionShare, OutcomeCount, OutcomeShare, Summary};
