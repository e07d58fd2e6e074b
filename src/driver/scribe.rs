//! Writes a call into the ledger without making the call wait for the disk.
//!
//! One task a call takes the writes in order. What must be on the disk before something else
//! happens (the attempt before the phone rings, the end before it is told) is awaited. Another
//! process may hold the ledger for longer than SQLite waits: what must not be lost is tried again.

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::call::Turn;
use crate::campaign::AttemptId;
use crate::phone::PhoneNumber;
use crate::store::{Conclusion, EventRow, Ledger, Speaker, StoreError, TurnRow};

/// Writes that may wait: a talk makes a few a second, and must not wait for a ledger that another
/// process holds.
const QUEUE: usize = 16_384;
/// Writes that are taken at once.
const BATCH: usize = 64;
/// What was said and what happened is gathered for so long: a commit for each of a hundred calls
/// and each of their words costs more than all else that the disk is for.
const GATHER: Duration = Duration::from_secs(1);
/// How often a ledger is tried that is locked, where it has waited ten seconds each time, or whose
/// disk is full: ten minutes.
const TRIES: u32 = 60;
/// After the first try.
const PAUSE: Duration = Duration::from_millis(200);
/// Between two tries at most.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Something to keep.
#[derive(Debug)]
pub(super) enum Note {
    Ringing(Timestamp),
    Answered(Timestamp),
    /// Where the call is being recorded.
    Recorded(PathBuf),
    Turn(TurnRow),
    Event(EventRow),
    DoNotCall(PhoneNumber, Timestamp),
    /// What the talk comes to.
    Concluded(Box<Conclusion>),
}

impl Note {
    /// Whether it only tells what is said; nothing else depends on it.
    fn is_talk(&self) -> bool {
        match self {
            Self::Turn(_) | Self::Event(_) => true,
            Self::Ringing(_)
            | Self::Answered(_)
            | Self::Recorded(_)
            | Self::DoNotCall(..)
            | Self::Concluded(_) => false,
        }
    }
}

/// The pen of one call.
#[derive(Debug)]
pub(super) struct Scribe {
    notes: mpsc::Sender<Note>,
    task: JoinHandle<()>,
}

impl Scribe {
    /// Begins to write for an attempt.
    pub(super) fn begin(ledger: Ledger, attempt: AttemptId) -> Self {
        let (notes, mut queue) = mpsc::channel(QUEUE);
        let task = tokio::spawn(async move {
            loop {
                let batch = gather(&mut queue).await;
                if batch.is_empty() {
                    break;
                }
                keep(&ledger, attempt, batch).await;
            }
        });
        Self { notes, task }
    }

    /// Hands over something to keep.
    pub(super) async fn note(&self, note: Note) {
        if self.notes.send(note).await.is_err() {
            tracing::error!("the writer of the ledger is gone");
        }
    }

    /// Waits until everything is on the disk.
    pub(super) async fn finish(self) {
        drop(self.notes);
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the writer of the ledger panicked");
        }
    }
}

/// The next notes to write, at once where one of them is more than a part of the talk; none when no
/// more will come.
async fn gather(queue: &mut mpsc::Receiver<Note>) -> Vec<Note> {
    let mut batch = Vec::new();
    let first = queue.recv_many(&mut batch, BATCH).await;
    let enough = |batch: &[Note]| batch.len() >= BATCH || !batch.iter().all(Note::is_talk);
    if first == 0 || enough(&batch) {
        return batch;
    }
    let more = async {
        while !enough(&batch) {
            let room = BATCH - batch.len();
            if queue.recv_many(&mut batch, room).await == 0 {
                break;
            }
        }
    };
    tokio::select! {
        () = more => {}
        () = sleep(GATHER) => {}
    }
    batch
}

/// Writes notes; those that another process keeps from the ledger are tried again.
async fn keep(ledger: &Ledger, attempt: AttemptId, mut notes: Vec<Note>) {
    // Whoever asked not to be called again comes before all history.
    notes.sort_by_key(|note| !matches!(note, Note::DoNotCall(..)));
    for tried in 0..TRIES {
        let ledger = ledger.clone();
        let written = tokio::task::spawn_blocking(move || write(&ledger, attempt, notes)).await;
        notes = match written {
            Ok(left) if left.is_empty() => return,
            Ok(left) => left,
            Err(error) => {
                tracing::error!(%attempt, %error, "the writer of the ledger panicked");
                return;
            }
        };
        sleep(pause(tried)).await;
    }
    tracing::error!(%attempt, "the ledger cannot be written: the history of a call is incomplete");
}

/// How long to wait after a try: twice as long each time.
fn pause(tried: u32) -> Duration {
    PAUSE.saturating_mul(1 << tried.min(6)).min(LONGEST_PAUSE)
}

/// Writes notes, each by itself but the talk, which goes together: one that fails takes no other with
/// it. Those that found the ledger locked, or its disk full, come back.
fn write(ledger: &Ledger, attempt: AttemptId, notes: Vec<Note>) -> Vec<Note> {
    let (talk, notes): (Vec<_>, Vec<_>) = notes.into_iter().partition(Note::is_talk);
    let mut left = Vec::new();
    for note in notes {
        // One that found it locked has waited for all of them.
        let written = if left.is_empty() {
            write_note(ledger, attempt, &note)
        } else {
            Err(StoreError::Locked)
        };
        match written {
            Ok(()) => {}
            Err(error) if may_pass(&error) => left.push(note),
            Err(error) => lost(attempt, &note, &error),
        }
    }
    if left.is_empty() {
        write_talk(ledger, attempt, talk)
    } else {
        left.extend(talk);
        left
    }
}

fn write_note(ledger: &Ledger, attempt: AttemptId, note: &Note) -> Result<(), StoreError> {
    match note {
        Note::Ringing(at) => ledger.mark_ringing(attempt, *at),
        Note::Answered(at) => ledger.mark_answered(attempt, *at),
        Note::Recorded(path) => ledger.mark_recorded(attempt, path),
        Note::Turn(turn) => ledger.record_turn(attempt, turn),
        Note::Event(event) => ledger.record_events(attempt, std::slice::from_ref(event)),
        Note::Concluded(conclusion) => ledger.conclude_attempt(attempt, conclusion),
        Note::DoNotCall(number, at) => ledger.opt_out(number, attempt, *at),
    }
}

/// Writes turns and events in one go.
fn write_talk(ledger: &Ledger, attempt: AttemptId, talk: Vec<Note>) -> Vec<Note> {
    let (mut turns, mut events) = (Vec::new(), Vec::new());
    for note in talk {
        match note {
            Note::Turn(turn) => turns.push(turn),
            Note::Event(event) => events.push(event),
            Note::Ringing(_)
            | Note::Answered(_)
            | Note::Recorded(_)
            | Note::DoNotCall(..)
            | Note::Concluded(_) => {}
        }
    }
    match ledger.record_talk(attempt, &turns, &events) {
        Ok(()) => Vec::new(),
        Err(error) if may_pass(&error) => {
            let turns = turns.into_iter().map(Note::Turn);
            turns.chain(events.into_iter().map(Note::Event)).collect()
        }
        Err(_) => {
            // One of them is at fault; the others are not to go with it.
            let turns = turns.into_iter().map(Note::Turn);
            let notes = turns.chain(events.into_iter().map(Note::Event));
            notes
                .filter(|note| match write_note(ledger, attempt, note) {
                    Ok(()) => false,
                    Err(error) if may_pass(&error) => true,
                    Err(error) => {
                        lost(attempt, note, &error);
                        false
                    }
                })
                .collect()
        }
    }
}

fn lost(attempt: AttemptId, note: &Note, error: &StoreError) {
    if matches!(note, Note::DoNotCall(..)) {
        tracing::error!(
            %attempt,
            %error,
            "an opt-out could not be written; it is written again with the end of the call"
        );
    } else {
        tracing::error!(%attempt, %error, "the history of a call is incomplete");
    }
}

/// Does work on the ledger that must not be lost: while another process holds it, it is tried
/// again.
///
/// # Errors
/// What the work returns; [`StoreError::Locked`] only after [`TRIES`].
pub(super) async fn patiently<T: Send + 'static>(
    ledger: &Ledger,
    work: impl Fn(&Ledger) -> Result<T, StoreError> + Clone + Send + 'static,
) -> anyhow::Result<T> {
    while_passing(ledger, work, |error| matches!(error, StoreError::Locked)).await
}

/// The same for what became of a call, which nobody knows but us: a disk that is full is waited for,
/// too.
///
/// # Errors
/// What the work returns; [`StoreError::Locked`] and [`StoreError::DiskFull`] only after [`TRIES`].
pub(super) async fn firmly<T: Send + 'static>(
    ledger: &Ledger,
    work: impl Fn(&Ledger) -> Result<T, StoreError> + Clone + Send + 'static,
) -> anyhow::Result<T> {
    while_passing(ledger, work, may_pass).await
}

async fn while_passing<T: Send + 'static>(
    ledger: &Ledger,
    work: impl Fn(&Ledger) -> Result<T, StoreError> + Clone + Send + 'static,
    passes: fn(&StoreError) -> bool,
) -> anyhow::Result<T> {
    for tried in 1..TRIES {
        match on_ledger(ledger, work.clone()).await {
            Err(error) if error.downcast_ref().is_some_and(passes) => {
                tracing::warn!(%error, "waiting for the ledger");
                sleep(pause(tried)).await;
            }
            done => return done,
        }
    }
    on_ledger(ledger, work).await
}

/// Whether a write may go through later: another process holds the ledger, or its disk is full.
fn may_pass(error: &StoreError) -> bool {
    matches!(error, StoreError::Locked | StoreError::DiskFull)
}

/// Whether another process holds the ledger.
pub(super) fn is_locked(error: &anyhow::Error) -> bool {
    let error = error.downcast_ref::<StoreError>();
    matches!(error, Some(StoreError::Locked))
}

/// A turn as the ledger keeps it.
pub(super) fn turn_row(seq: usize, turn: &Turn) -> TurnRow {
    let ms = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    TurnRow {
        seq: u32::try_from(seq).unwrap_or(u32::MAX),
        speaker: match turn.speaker {
            crate::call::Speaker::Bot => Speaker::Bot,
            crate::call::Speaker::Callee => Speaker::Callee,
        },
        text: turn.text.clone(),
        state: turn.state.clone(),
        intent: turn.intent.clone(),
        advised: turn.advised,
        at_ms: ms(turn.at.0),
        duration_ms: Some(ms(turn.duration_ms)),
        latency_ms: turn.latency_ms.map(ms),
        cut_at_ms: turn.cut.then(|| ms(turn.at.0 + turn.duration_ms)),
    }
}

/// Runs a piece of work on the ledger off the async threads.
///
/// # Errors
/// What the work returns; a panic in it becomes [`StoreError`]-free failure of the caller.
pub(super) async fn on_ledger<T: Send + 'static>(
    ledger: &Ledger,
    work: impl FnOnce(&Ledger) -> Result<T, StoreError> + Send + 'static,
) -> anyhow::Result<T> {
    let ledger = ledger.clone();
    Ok(tokio::task::spawn_blocking(move || work(&ledger)).await??)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::clock;
    use crate::line::Disposition;
    use crate::store::{AttemptEnd, CallRef, NewAttempt, Speaker};

    /// A ledger with an attempt, and somebody else's connection to it.
    fn ledger() -> (tempfile::TempDir, Ledger, AttemptId, rusqlite::Connection) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("novodial.db");
        let ledger = Ledger::open(&path).unwrap();
        ledger.wait_at_most(Duration::from_millis(20));
        let run = ledger.begin_run("novodial", 7, "host", clock::now());
        let attempt = NewAttempt {
            run: run.unwrap().id,
            lead: None,
            campaign: None,
            channel_id: "channel".to_owned(),
            number: number(),
            extension: None,
            caller_id: None,
            trunk: None,
            scenario: None,
            at: clock::now(),
        };
        let attempt = ledger.begin_attempt(&attempt).unwrap();
        (
            folder,
            ledger,
            attempt,
            rusqlite::Connection::open(path).unwrap(),
        )
    }

    fn number() -> PhoneNumber {
        PhoneNumber::from_e164("+79000000001").unwrap()
    }

    fn turn(text: &str) -> Note {
        Note::Turn(TurnRow {
            seq: 0,
            speaker: Speaker::Callee,
            text: text.to_owned(),
            state: None,
            intent: None,
            advised: false,
            at_ms: 0,
            duration_ms: None,
            latency_ms: None,
            cut_at_ms: None,
        })
    }

    #[test]
    fn an_opt_out_behind_a_note_that_fails_is_written() {
        let (_folder, ledger, attempt, _other) = ledger();
        let end = AttemptEnd::new(attempt, Disposition::Answered, clock::now());
        ledger.end_attempt(&end).unwrap();
        // The attempt is over: it rings no more.
        let ringing = Note::Ringing(clock::now());
        let opt_out = Note::DoNotCall(number(), clock::now());
        assert!(write(&ledger, attempt, vec![ringing, opt_out]).is_empty());
        assert!(ledger.is_forbidden(&number()).unwrap().is_some());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_meets_a_locked_ledger_is_written_when_it_is_free() {
        let (_folder, ledger, attempt, other) = ledger();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let opt_out = Note::DoNotCall(number(), clock::now());
        let left = write(
            &ledger,
            attempt,
            vec![Note::Ringing(clock::now()), turn("не звоните"), opt_out],
        );
        assert_eq!(left.len(), 3, "all of them, in their order: {left:?}");
        let scribe = Scribe::begin(ledger.clone(), attempt);
        for note in left {
            scribe.note(note).await;
        }
        let written = tokio::spawn(scribe.finish());
        let patient = tokio::spawn({
            let ledger = ledger.clone();
            async move {
                let work = move |ledger: &Ledger| ledger.mark_answered(attempt, clock::now());
                patiently(&ledger, work).await
            }
        });
        // Both have met the lock by the time that somebody else has.
        let third = ledger.clone();
        let locked = tokio::task::spawn_blocking(move || third.allow(&number())).await;
        assert!(matches!(locked.unwrap(), Err(StoreError::Locked)));
        assert!(!written.is_finished() && !patient.is_finished());
        other.execute_batch("COMMIT").unwrap();
        written.await.unwrap();
        patient.await.unwrap().unwrap();
        let call = ledger.call(CallRef::Id(attempt)).unwrap();
        assert_eq!(call.turns.len(), 1, "{call:?}");
        assert!(ledger.is_forbidden(&number()).unwrap().is_some());
    }
}
