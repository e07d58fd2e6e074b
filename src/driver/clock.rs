//! The one place that reads clocks.

use jiff::Timestamp;
use tokio::time::{Duration, Instant};

use crate::call::CallTime;

/// The time of day.
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// The clock of one call: milliseconds since it was begun.
#[derive(Debug, Clone, Copy)]
pub(super) struct CallClock {
    began: Instant,
}

impl CallClock {
    /// Starts now.
    pub(super) fn start() -> Self {
        Self {
            began: Instant::now(),
        }
    }

    /// Milliseconds since the start.
    pub(super) fn now(&self) -> CallTime {
        CallTime(u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX))
    }

    /// When a moment of the call is, for sleeping until it.
    pub(super) fn instant(&self, at: CallTime) -> Instant {
        self.began + Duration::from_millis(at.0)
    }
}
