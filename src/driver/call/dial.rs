//! The moment before the phone rings: the channel is made with its media, the ledger is told, and
//! `dial` is sent, once.

use std::sync::Arc;

use crate::ari::{AriError, CallLine, CallOrder, DialError};
use crate::campaign::{AttemptId, LeadPolicy};
use crate::driver::clock;
use crate::driver::scribe::{is_locked, on_ledger, patiently};
use crate::driver::station::Station;
use crate::store::{Ledger, StoreError};

/// How often the ledger is asked to mark the dial; it waits ten seconds each time.
const MARK_TRIES: u32 = 2;

/// A call that nobody was rung for.
pub(super) struct NotPlaced {
    pub(super) trunk: bool,
    pub(super) error: String,
}

/// Makes the channel with its media, and dials.
pub(super) async fn place(
    station: &Station,
    order: &CallOrder,
    (attempt, policy): (AttemptId, Option<Arc<LeadPolicy>>),
) -> Result<CallLine, NotPlaced> {
    let line = station
        .ari
        .prepare(order)
        .await
        .map_err(|error| NotPlaced {
            // Also where Asterisk itself is at a limit: it lets no call through, and is waited for.
            trunk: matches!(
                error.cause(),
                AriError::TrunkUnavailable { .. } | AriError::ChannelRefused { .. }
            ),
            error: error.to_string(),
        })?;
    let Err(error) = dial(station, &line, attempt, policy).await else {
        return Ok(line);
    };
    if let Err(error) = line.control.cleanup().await {
        tracing::warn!(%attempt, %error, "a channel may be left in Asterisk");
    }
    take_back(&station.ledger, attempt, &error).await;
    Err(NotPlaced {
        trunk: false,
        error: format!("{error:#}"),
    })
}

/// Dials, once, after the ledger knows of it.
async fn dial(
    station: &Station,
    line: &CallLine,
    attempt: AttemptId,
    policy: Option<Arc<LeadPolicy>>,
) -> anyhow::Result<()> {
    let mark = move |ledger: &Ledger| match &policy {
        None => ledger.mark_dialled(attempt, clock::now()),
        Some(policy) => ledger.mark_dialled_under(attempt, policy, clock::now()),
    };
    briefly(&station.ledger, mark).await?;
    match line.control.dial().await {
        Ok(()) => Ok(()),
        // It may ring: the events of the line tell, and its watchdog.
        Err(DialError::OutcomeUnknown(error)) => {
            tracing::warn!(%attempt, %error, "it is not known whether the phone rings");
            Ok(())
        }
        Err(error @ (DialError::NotRung(_) | DialError::Already)) => Err(error.into()),
    }
}

/// Does work on the ledger for which a channel waits: one that another process holds is tried
/// again, though not for long.
///
/// # Errors
/// What the work returns; [`StoreError::Locked`] only after [`MARK_TRIES`].
async fn briefly<T: Send + 'static>(
    ledger: &Ledger,
    work: impl Fn(&Ledger) -> Result<T, StoreError> + Clone + Send + 'static,
) -> anyhow::Result<T> {
    let mut tries = 1..MARK_TRIES;
    loop {
        match on_ledger(ledger, work.clone()).await {
            Err(error) if is_locked(&error) && tries.next().is_some() => {}
            done => return done,
        }
    }
}

/// Nobody was rung though the ledger says so: it takes it back, and the lead keeps its attempt.
async fn take_back(ledger: &Ledger, attempt: AttemptId, error: &anyhow::Error) {
    if !matches!(error.downcast_ref(), Some(DialError::NotRung(_))) {
        return;
    }
    let unmark = move |ledger: &Ledger| ledger.unmark_dialled(attempt);
    if let Err(error) = patiently(ledger, unmark).await {
        tracing::warn!(%attempt, %error, "nobody was rung, and the history says otherwise");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phone::PhoneNumber;
    use crate::store::NewAttempt;

    fn dialled() -> (tempfile::TempDir, Ledger, AttemptId) {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(&folder.path().join("novodial.db")).unwrap();
        let run = ledger.begin_run("novodial", 7, "host", clock::now());
        let attempt = NewAttempt {
            run: run.unwrap().id,
            lead: None,
            campaign: None,
            channel_id: "channel".to_owned(),
            number: PhoneNumber::from_e164("+79000000001").unwrap(),
            extension: None,
            caller_id: None,
            trunk: None,
            scenario: None,
            at: clock::now(),
        };
        let attempt = ledger.begin_attempt(&attempt).unwrap();
        ledger.mark_dialled(attempt, clock::now()).unwrap();
        (folder, ledger, attempt)
    }

    #[tokio::test]
    async fn a_dial_that_rang_nobody_is_taken_back_and_one_that_may_have_is_not() {
        let cause = AriError::NotSent {
            url: String::new(),
            cause: String::new(),
        };
        let (_folder, ledger, attempt) = dialled();
        let is_dialled = || {
            let open = ledger.open_attempts(None).unwrap();
            open.iter().any(|open| open.dialled_at.is_some())
        };
        let unknown = DialError::OutcomeUnknown(cause.clone()).into();
        take_back(&ledger, attempt, &unknown).await;
        take_back(
            &ledger,
            attempt,
            &StoreError::AlreadyDialled(attempt).into(),
        )
        .await;
        assert!(is_dialled());
        take_back(&ledger, attempt, &DialError::NotRung(cause).into()).await;
        assert!(!is_dialled());
    }

    #[tokio::test]
    async fn a_channel_waits_for_a_ledger_that_another_process_holds_and_not_for_ever() {
        let (_folder, ledger, _) = dialled();
        let tried = Arc::new(std::sync::atomic::AtomicU32::new(0));
        let held = |times| {
            let tried = Arc::clone(&tried);
            tried.store(0, std::sync::atomic::Ordering::Relaxed);
            move |_: &Ledger| match tried.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
                before if before < times => Err(StoreError::Locked),
                _ => Ok(()),
            }
        };
        briefly(&ledger, held(1)).await.unwrap();
        let error = briefly(&ledger, held(u32::MAX)).await.unwrap_err();
        assert!(is_locked(&error), "{error}");
        assert_eq!(tried.load(std::sync::atomic::Ordering::Relaxed), MARK_TRIES);
    }
}
