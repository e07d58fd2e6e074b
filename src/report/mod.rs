//! Summaries of what happened: counts by disposition and outcome, and percentiles.

mod latency;
mod summary;

pub use latency::Percentiles;
pub use summary::{DispositionShare, OutcomeCount, OutcomeShare, Summary};
