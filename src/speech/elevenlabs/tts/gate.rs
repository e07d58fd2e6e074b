//! How many prompts are synthesised at once: as many as the account allows, less one that a live
//! call may need. The service says its limit in a header of each answer.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Until the service has said its limit: the smallest plan runs two.
const START: usize = 2;
/// More at once would only strain the machine.
const MOST: usize = 16;

/// A semaphore whose size is learnt.
#[derive(Debug)]
pub(super) struct Gate {
    permits: Arc<Semaphore>,
    size: Mutex<usize>,
    /// What the service said; 0 before it did.
    told: AtomicU32,
}

impl Gate {
    pub(super) fn new() -> Self {
        Self {
            permits: Arc::new(Semaphore::new(START)),
            size: Mutex::new(START),
            told: AtomicU32::new(0),
        }
    }

    /// Waits for a turn.
    pub(super) async fn enter(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.permits).acquire_owned().await.ok()
    }

    /// How many requests at once the account allows, once the service has said so.
    pub(super) fn told(&self) -> Option<u32> {
        Some(self.told.load(Ordering::Relaxed)).filter(|limit| *limit > 0)
    }

    /// The account allows `limit` requests at once.
    pub(super) fn learn(&self, limit: usize) {
        let told = u32::try_from(limit).unwrap_or(u32::MAX);
        self.told.store(told, Ordering::Relaxed);
        let wanted = if limit >= 3 { limit - 1 } else { limit };
        let wanted = wanted.clamp(1, MOST);
        let mut size = self.size.lock().unwrap_or_else(PoisonError::into_inner);
        if wanted > *size {
            self.permits.add_permits(wanted - *size);
            *size = wanted;
        } else {
            // Those in use are taken back with a later answer.
            *size -= self.permits.forget_permits(*size - wanted);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_grows_and_shrinks_to_what_the_account_allows() {
        let gate = Gate::new();
        assert_eq!(gate.permits.available_permits(), START);
        assert_eq!(gate.told(), None);
        gate.learn(5);
        assert_eq!(gate.told(), Some(5));
        assert_eq!(gate.permits.available_permits(), 4);
        let held = gate.enter().await;
        gate.learn(1);
        assert_eq!(gate.permits.available_permits(), 0);
        drop(held);
        gate.learn(2);
        assert_eq!(gate.permits.available_permits(), 2);
        gate.learn(1_000);
        assert_eq!(gate.permits.available_permits(), MOST);
        gate.learn(0);
        assert_eq!(gate.permits.available_permits(), 1);
    }
}
