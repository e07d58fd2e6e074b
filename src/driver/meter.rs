//! What one call costs at the speech service, counted as it happens.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Characters that the service was paid for on behalf of one call; clones count together.
#[derive(Debug, Clone, Default)]
pub struct Meter(Arc<AtomicU64>);

impl Meter {
    pub(super) fn add(&self, characters: usize) {
        let characters = u64::try_from(characters).unwrap_or(u64::MAX);
        self.0.fetch_add(characters, Ordering::Relaxed);
    }

    /// So far.
    pub fn characters(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
