//! Summaries of what happened: counts by disposition and outcome, and percentiles.

mod latency;
mod stats;
mod summary;

pub use latency::Percentiles;
pub use stats::{AttemptFact, CampaignStats, Rate, Tally};
pub use summary::{DispositionShare, OutcomeCount, OutcomeShare, Summary};
