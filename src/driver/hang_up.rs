//! Calls of this run that are ended from another shell (`calls hangup`): the wish stands in the
//! ledger, and the call is stopped as Ctrl-C stops it, so that its history says who ended it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::clock;
use super::run_lock::RunLock;
use super::scribe::on_ledger;
use crate::campaign::{AttemptId, RunId};
use crate::store::{Ledger, StoreError};

/// How often the ledger is asked.
const LOOK: Duration = Duration::from_millis(250);
/// Asterisk has 6 s to confirm a hang-up; then the call counts as gone, and is recorded.
const ASKED: Duration = Duration::from_secs(8);

/// The calls of this run that go on.
#[derive(Debug, Clone, Default)]
pub(super) struct LiveCalls(Arc<Mutex<HashMap<AttemptId, CancellationToken>>>);

impl LiveCalls {
    /// Takes a call; it is stopped with the run, or alone.
    pub(super) fn begin(&self, attempt: AttemptId, stop: &CancellationToken) -> LiveCall {
        let stop = stop.child_token();
        self.all().insert(attempt, stop.clone());
        LiveCall {
            stop,
            attempt,
            calls: self.clone(),
        }
    }

    /// Looks into the ledger for as long as the guard is kept.
    pub(super) fn watch(&self, ledger: Ledger, run: RunId) -> DropGuard {
        let over = CancellationToken::new();
        let calls = self.clone();
        tokio::spawn(over.clone().run_until_cancelled_owned(async move {
            let mut tick = interval(LOOK);
            tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                tick.tick().await;
                if !calls.all().is_empty() {
                    calls.look(&ledger, run).await;
                }
            }
        }));
        over.drop_guard()
    }

    async fn look(&self, ledger: &Ledger, run: RunId) {
        match on_ledger(ledger, move |ledger| ledger.hangups_asked(run)).await {
            Ok(asked) => asked.into_iter().for_each(|attempt| self.stop(attempt)),
            Err(error) => tracing::debug!(%error, "it is not known whose end was asked for"),
        }
    }

    fn stop(&self, attempt: AttemptId) {
        if let Some(stop) = self.all().get(&attempt).filter(|stop| !stop.is_cancelled()) {
            tracing::info!(%attempt, "the call is ended from another shell");
            stop.cancel();
        }
    }

    fn all(&self) -> MutexGuard<'_, HashMap<AttemptId, CancellationToken>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One call that goes on, until this is dropped.
#[derive(Debug)]
pub(super) struct LiveCall {
    /// Somebody wants it ended.
    pub(super) stop: CancellationToken,
    attempt: AttemptId,
    calls: LiveCalls,
}

impl Drop for LiveCall {
    fn drop(&mut self) {
        self.calls.all().remove(&self.attempt);
    }
}

/// Whether any run of this ledger goes on, in this process or another.
///
/// # Errors
/// The ledger cannot be read.
pub fn somebody_runs(ledger: &Ledger) -> Result<bool, StoreError> {
    let runs = ledger.unfinished_runs()?;
    let mut held = runs
        .iter()
        .map(|run| RunLock::is_held(ledger.path(), run.id));
    Ok(held.any(|held| held))
}

/// What became of the wish that a call end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// It has ended.
    Ended,
    /// Its process does not heed it.
    Unheeded,
    /// Its process is gone.
    Orphaned,
}

/// Asks the process that makes a call to end it, and waits until it has.
///
/// # Errors
/// The call is over by now, or the ledger cannot be read or written.
pub async fn ask_hangup(ledger: &Ledger, attempt: AttemptId, run: RunId) -> anyhow::Result<Asked> {
    if !RunLock::is_held(ledger.path(), run) {
        return Ok(Asked::Orphaned);
    }
    let now = clock::now();
    on_ledger(ledger, move |ledger| ledger.ask_hangup(attempt, now)).await?;
    let ended = async {
        let mut tick = interval(LOOK);
        loop {
            tick.tick().await;
            let open = on_ledger(ledger, move |ledger| ledger.open_attempts(Some(run))).await?;
            if open.iter().all(|other| other.id != attempt) {
                return anyhow::Ok(Asked::Ended);
            }
        }
    };
    tokio::time::timeout(ASKED, ended)
        .await
        .unwrap_or(Ok(Asked::Unheeded))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_call_is_stopped_without_the_others_and_all_with_the_run() {
        let (calls, run) = (LiveCalls::default(), CancellationToken::new());
        let first = calls.begin(AttemptId(1), &run);
        let second = calls.begin(AttemptId(2), &run);
        calls.stop(AttemptId(1));
        calls.stop(AttemptId(3));
        assert!(first.stop.is_cancelled() && !second.stop.is_cancelled());
        assert!(!run.is_cancelled());
        drop(first);
        assert_eq!(calls.all().len(), 1);
        run.cancel();
        assert!(second.stop.is_cancelled());
    }
}
