//! Waiting for a ledger that another process holds, or whose disk is full.

use std::time::Duration;

use tokio::time::sleep;

use crate::store::{Ledger, StoreError};

/// How often a ledger is tried that is locked, or whose disk is full: ten minutes, since a locked one
/// has waited ten seconds each time, and a full disk is soon tried every ten seconds.
pub(super) const TRIES: u32 = 60;
/// After the first try, and after each that found the ledger locked: whoever may write waits in it.
const PAUSE: Duration = Duration::from_millis(200);
/// Between two tries of a full disk at most.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Why a write may go through later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Passing {
    /// Another process holds the ledger.
    Locked,
    /// Its disk is full.
    DiskFull,
}

impl Passing {
    pub(super) fn of(error: &StoreError) -> Option<Self> {
        if matches!(error, StoreError::Locked) {
            Some(Self::Locked)
        } else {
            matches!(error, StoreError::DiskFull).then_some(Self::DiskFull)
        }
    }

    /// Says what is waited for, and for how long.
    pub(super) fn tell(self) {
        match self {
            Self::Locked => tracing::warn!(
                "another process holds the ledger: what is to be kept is tried for ten minutes"
            ),
            Self::DiskFull => tracing::warn!(
                "the disk of the ledger is full: what is to be kept is tried for ten minutes; free some space"
            ),
        }
    }
}

/// How long to wait after a try: where the disk is full, twice as long each time.
pub(super) fn pause(tried: u32, why: Passing) -> Duration {
    match why {
        Passing::Locked => PAUSE,
        Passing::DiskFull => PAUSE.saturating_mul(1 << tried.min(6)).min(LONGEST_PAUSE),
    }
}

/// Does work on the ledger that must not be lost: while another process holds it, it is tried
/// again.
///
/// # Errors
/// What the work returns; [`StoreError::Locked`] only after [`TRIES`].
pub(in crate::driver) async fn patiently<T: Send + 'static>(
    ledger: &Ledger,
    work: impl Fn(&Ledger) -> Result<T, StoreError> + Clone + Send + 'static,
) -> anyhow::Result<T> {
    while_passing(ledger, work, &[Passing::Locked]).await
}

/// The same for what became of a call, which nobody knows but us: a disk that is full is waited for,
/// too.
///
/// # Errors
/// What the work returns; [`StoreError::Locked`] and [`StoreError::DiskFull`] only after [`TRIES`].
pub(in crate::driver) async fn firmly<T: Send + 'static>(
    ledger: &Ledger,
    work: impl Fn(&Ledger) -> Result<T, StoreError> + Clone + Send + 'static,
) -> anyhow::Result<T> {
    while_passing(ledger, work, &[Passing::Locked, Passing::DiskFull]).await
}

async fn while_passing<T: Send + 'static>(
    ledger: &Ledger,
    work: impl Fn(&Ledger) -> Result<T, StoreError> + Clone + Send + 'static,
    passes: &[Passing],
) -> anyhow::Result<T> {
    let passing = |error: &anyhow::Error| {
        let why = error.downcast_ref().and_then(Passing::of);
        why.filter(|why| passes.contains(why))
    };
    for tried in 0..TRIES.saturating_sub(1) {
        let done = on_ledger(ledger, work.clone()).await;
        match done.as_ref().err().and_then(passing) {
            None => return done,
            Some(why) => {
                if tried == 0 {
                    why.tell();
                }
                sleep(pause(tried, why)).await;
            }
        }
    }
    on_ledger(ledger, work).await
}

/// Whether another process holds the ledger.
pub(in crate::driver) fn is_locked(error: &anyhow::Error) -> bool {
    let error = error.downcast_ref::<StoreError>();
    matches!(error, Some(StoreError::Locked))
}

/// Runs a piece of work on the ledger off the async threads.
///
/// # Errors
/// What the work returns; a panic in it becomes [`StoreError`]-free failure of the caller.
pub(in crate::driver) async fn on_ledger<T: Send + 'static>(
    ledger: &Ledger,
    work: impl FnOnce(&Ledger) -> Result<T, StoreError> + Send + 'static,
) -> anyhow::Result<T> {
    let ledger = ledger.clone();
    Ok(tokio::task::spawn_blocking(move || work(&ledger)).await??)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locked_ledger_and_a_full_disk_are_both_tried_for_ten_minutes() {
        // What SQLite waits for another process by itself.
        let of = |why, waited: u64| -> Duration {
            let pauses = (0..TRIES).map(|tried| pause(tried, why) + Duration::from_secs(waited));
            pauses.sum()
        };
        let minutes = |whole: Duration| (whole.as_secs() + 30) / 60;
        assert_eq!(minutes(of(Passing::Locked, 10)), 10);
        assert!((9..=10).contains(&minutes(of(Passing::DiskFull, 0))));
        // An opt-out that waits behind a lock is written as soon as that is gone.
        assert!(pause(TRIES, Passing::Locked) <= Duration::from_millis(200));
    }
}
