//! What dead runs left behind: their calls are ended, their attempts closed, their runs too.

use anyhow::Context;
use jiff::Timestamp;

use super::clock;
use super::run_lock::{Owner, RunLock, has_lock, is_abandoned};
use super::scribe::{on_ledger, patiently};
use super::station::Station;
use crate::ari::Ari;
use crate::campaign::{LeadId, WhyNever};
use crate::line::{Disposition, HangupReason};
use crate::store::{AttemptEnd, Ledger, OpenAttempt, Run, StoreError};

/// A run this young may not have its lock yet.
const YOUNG_SECONDS: i64 = 10;

/// Ends what dead runs of this ledger left behind, in Asterisk and in the ledger.
///
/// # Errors
/// Asterisk or the ledger cannot be asked.
pub(super) async fn recover(
    ari: &Ari,
    ledger: &Ledger,
    app: &str,
    own: &Run,
) -> anyhow::Result<()> {
    let runs = on_ledger(ledger, Ledger::unfinished_runs).await?;
    let mut dead = Vec::new();
    for run in runs {
        // Of whatever host: containers have another name each time, and a ledger in WAL mode has
        // all its processes on one machine, where the lock tells.
        let other = run.id != own.id;
        if let Some(claim) = other.then(|| claim(ledger, &run)).flatten() {
            let why = format!("the dialer (process {}) died during the call", run.pid);
            end_open_calls((ari, ledger), &run, |_| true, &why).await?;
            dead.push((run, claim));
        }
    }
    if dead.is_empty() {
        return Ok(());
    }
    let prefix = format!("{app}-");
    let gone = |run: &str| {
        dead.iter()
            .any(|(dead, _)| dead.app.strip_prefix(&prefix) == Some(run))
    };
    let swept = ari
        .sweep(&prefix, |run| !gone(run))
        .await
        .context("the leftovers of a dead run cannot be removed")?;
    for (run, claim) in dead {
        let id = run.id;
        patiently(ledger, move |ledger| ledger.end_run(id, clock::now())).await?;
        if let Claim::Locked(lock) = claim {
            drop(lock);
        }
    }
    if !swept.channels.is_empty() || !swept.bridges.is_empty() {
        tracing::info!(?swept, "leftovers of a dead run were removed");
    }
    Ok(())
}

/// Runs of this ledger and machine whose process died: what they left behind is removed by the next
/// run, or by [`open_line`](super::open_line).
///
/// # Errors
/// The ledger cannot be read.
pub fn dead_runs(ledger: &Ledger) -> Result<Vec<Run>, StoreError> {
    let host = super::open::hostname();
    let mut runs = ledger.unfinished_runs()?;
    runs.retain(|run| {
        run.host == host && is_old(run, clock::now()) && is_abandoned(ledger.path(), run.id)
    });
    Ok(runs)
}

/// Calls without an end whose process is gone. A look that claims nothing.
///
/// # Errors
/// The ledger cannot be read.
pub fn abandoned_calls(ledger: &Ledger) -> Result<Vec<OpenAttempt>, StoreError> {
    let mut runs = ledger.unfinished_runs()?;
    runs.retain(|run| {
        let has_begun = has_lock(ledger.path(), run.id) || is_old(run, clock::now());
        has_begun && is_abandoned(ledger.path(), run.id)
    });
    let mut open = ledger.open_attempts(None)?;
    open.retain(|call| runs.iter().any(|run| run.id == call.run));
    Ok(open)
}

/// Gives a call its end in the ledger that nobody is left to end: its process is gone, and it is no
/// longer in Asterisk.
///
/// # Errors
/// It has its end by now, or the ledger cannot be written.
pub async fn end_abandoned(ledger: &Ledger, call: &OpenAttempt) -> anyhow::Result<()> {
    let end = end_of(call, "the dialer died during the call");
    patiently(ledger, move |ledger| ledger.end_attempt(&end)).await
}

/// The right to clean up after a run.
enum Claim {
    /// Its lock is ours; nobody else cleans up meanwhile.
    Locked(RunLock),
    /// It left no lock behind.
    Bare,
}

/// Claims a run for the clean-up; `None` where it is not dead, or in other hands.
fn claim(ledger: &Ledger, run: &Run) -> Option<Claim> {
    match RunLock::owner(ledger.path(), run.id) {
        Owner::Alive => None,
        Owner::Dead(lock) => Some(Claim::Locked(lock)),
        Owner::Unknown => is_old(run, clock::now()).then_some(Claim::Bare),
    }
}

/// Whether a run must have its lock by now. One that begins in the future was begun before the
/// clock was set back.
fn is_old(run: &Run, now: Timestamp) -> bool {
    let age = now.duration_since(run.started_at).as_secs();
    age.abs() >= YOUNG_SECONDS
}

/// Ends calls of a run that nobody is left to end, in Asterisk and in the ledger.
///
/// # Errors
/// Asterisk or the ledger cannot be asked.
pub(super) async fn end_open_calls(
    (ari, ledger): (&Ari, &Ledger),
    run: &Run,
    which: impl Fn(&OpenAttempt) -> bool,
    why: &str,
) -> anyhow::Result<()> {
    let id = run.id;
    let open = patiently(ledger, move |ledger| ledger.open_attempts(Some(id))).await?;
    for attempt in open.into_iter().filter(which) {
        let alive = end_in_asterisk(ari, &attempt).await?;
        tracing::warn!(attempt = %attempt.id, alive, "a call that nobody held was ended");
        let end = end_of(&attempt, why);
        patiently(ledger, move |ledger| ledger.end_attempt(&end)).await?;
    }
    Ok(())
}

/// The end of a call that nobody held.
fn end_of(attempt: &OpenAttempt, why: &str) -> AttemptEnd {
    // What the callee was told holds, though nobody was left to hang up.
    let told = attempt.outcome.is_some() || attempt.call_back_at.is_some();
    let disposition = if told {
        Disposition::Answered
    } else {
        Disposition::Interrupted
    };
    let mut end = AttemptEnd::new(attempt.id, disposition, clock::now());
    end.outcome.clone_from(&attempt.outcome);
    end.call_back_at = attempt.call_back_at;
    end.error = Some(why.to_owned());
    end
}

/// Ends what a call's task left behind that panicked, and gives its lead back.
///
/// # Errors
/// Asterisk or the ledger cannot be asked: it is done when the run is closed.
pub(super) async fn end_orphan(station: &Station, lead: LeadId) -> anyhow::Result<()> {
    let line = (&station.ari, &station.ledger);
    let own = |attempt: &OpenAttempt| attempt.lead == Some(lead);
    end_open_calls(
        line,
        &station.run,
        own,
        "a defect of novodial ended the call",
    )
    .await?;
    give_back(&station.ledger, lead).await
}

/// Gives a lead back that was not rung after all.
///
/// # Errors
/// The ledger cannot be written: it is done when the run is closed.
pub(super) async fn give_back(ledger: &Ledger, lead: LeadId) -> anyhow::Result<()> {
    patiently(ledger, move |ledger| ledger.release_lead(lead)).await
}

/// Gives a lead back that is not to be rung as things stand.
///
/// # Errors
/// As of [`give_back`].
pub(super) async fn put_aside(ledger: &Ledger, lead: LeadId, why: WhyNever) -> anyhow::Result<()> {
    patiently(ledger, move |ledger| ledger.set_aside(lead, &why)).await
}

/// Hangs up the call of an attempt, if Asterisk still has it.
async fn end_in_asterisk(ari: &Ari, attempt: &OpenAttempt) -> anyhow::Result<bool> {
    let alive = ari.channel(&attempt.channel_id).await?.is_some();
    ari.remove(&attempt.channel_id, HangupReason::Failure)
        .await?;
    Ok(alive)
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;
    use crate::campaign::RunId;

    #[test]
    fn a_run_of_a_clock_that_was_set_back_is_not_young_for_ever() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let run = |started_at| Run {
            id: RunId(1),
            app: "novodial-a-1".to_owned(),
            pid: 7,
            host: "host".to_owned(),
            started_at,
        };
        let is_old = |started_at| is_old(&run(started_at), now);
        assert!(!is_old(now) && !is_old(now - 9.seconds()) && !is_old(now + 9.seconds()));
        assert!(is_old(now - 10.seconds()) && is_old(now + 1.hour()));
    }
}
