//! Writes a call into the ledger without making the call wait for the disk.
//!
//! One task a call takes the writes in order. What must be on the disk before something else
//! happens (the attempt before the phone rings, the end before it is told) is awaited. Another
//! process may hold the ledger for longer than SQLite waits: what must not be lost is tried again.

mod patience;

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
use patience::{Passing, TRIES, pause};

pub(super) use patience::{firmly, is_locked, on_ledger, patiently};

/// Writes that may wait: a talk makes a few a second, and must not wait for a ledger that another
/// process holds.
const QUEUE: usize = 16_384;
/// Writes that are taken at once.
const BATCH: usize = 64;
/// What was said and what happened is gathered for so long: a commit for each of a hundred calls
/// and each of their words costs more than all else that the disk is for.
const GATHER: Duration = Duration::from_secs(1);
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
            // The batches of a call share them: nobody waits ten minutes for each.
            let mut tried = 0;
            loop {
                let batch = gather(&mut queue).await;
                if batch.is_empty() {
                    break;
                }
                keep(&ledger, attempt, batch, &mut tried).await;
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

/// Writes notes; those that another process keeps from the ledger are tried again. `tried` counts
/// the tries in vain since something was written last.
async fn keep(ledger: &Ledger, attempt: AttemptId, mut notes: Vec<Note>, tried: &mut u32) {
    // Whoever asked not to be called again comes before all history.
    notes.sort_by_key(|note| !matches!(note, Note::DoNotCall(..)));
    loop {
        let ledger = ledger.clone();
        let written = tokio::task::spawn_blocking(move || write(&ledger, attempt, notes)).await;
        let why;
        (notes, why) = match written {
            Ok(Unwritten { why: None, .. }) => {
                *tried = 0;
                return;
            }
            Ok(Unwritten {
                notes,
                why: Some(why),
            }) => (notes, why),
            Err(error) => {
                tracing::error!(%attempt, %error, "the writer of the ledger panicked");
                return;
            }
        };
        if *tried == 0 {
            why.tell();
        }
        *tried += 1;
        if *tried >= TRIES {
            tracing::error!(%attempt, "the ledger cannot be written: the history of a call is incomplete");
            return;
        }
        sleep(pause(*tried - 1, why)).await;
    }
}

/// Notes that are not in the ledger yet.
#[derive(Debug, Default)]
struct Unwritten {
    notes: Vec<Note>,
    /// Why the last of them is not; `None`: all of them are written.
    why: Option<Passing>,
}

impl Unwritten {
    fn push(&mut self, note: Note, why: Passing) {
        self.notes.push(note);
        self.why = Some(why);
    }
}

/// Writes notes, each by itself but the talk, which goes together: one that fails takes no other with
/// it. Those that found the ledger locked, or its disk full, come back.
fn write(ledger: &Ledger, attempt: AttemptId, notes: Vec<Note>) -> Unwritten {
    let (talk, notes): (Vec<_>, Vec<_>) = notes.into_iter().partition(Note::is_talk);
    let mut left = Unwritten::default();
    for note in notes {
        // One that found it locked has waited for all of them.
        if let Some(why) = left.why {
            left.push(note, why);
            continue;
        }
        if let Err(error) = write_note(ledger, attempt, &note) {
            match Passing::of(&error) {
                Some(why) => left.push(note, why),
                None => lost(attempt, &note, &error),
            }
        }
    }
    if left.why.is_none() {
        return write_talk(ledger, attempt, talk);
    }
    left.notes.extend(talk);
    left
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
fn write_talk(ledger: &Ledger, attempt: AttemptId, talk: Vec<Note>) -> Unwritten {
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
    let Err(error) = ledger.record_talk(attempt, &turns, &events) else {
        return Unwritten::default();
    };
    let turns = turns.into_iter().map(Note::Turn);
    let notes = turns.chain(events.into_iter().map(Note::Event));
    if let Some(why) = Passing::of(&error) {
        return Unwritten {
            notes: notes.collect(),
            why: Some(why),
        };
    }
    // One of them is at fault; the others are not to go with it.
    let mut left = Unwritten::default();
    for note in notes {
        if let Err(error) = write_note(ledger, attempt, &note) {
            match Passing::of(&error) {
                Some(why) => left.push(note, why),
                None => lost(attempt, &note, &error),
            }
        }
    }
    left
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
        let left = write(&ledger, attempt, vec![ringing, opt_out]);
        assert_eq!((left.notes.len(), left.why), (0, None));
        assert!(ledger.is_forbidden(&number()).unwrap().is_some());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_pieces_of_a_talk_share_the_tries_of_a_call() {
        let (_folder, ledger, attempt, other) = ledger();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        // The last try but one of a piece before.
        let mut tried = TRIES - 1;
        keep(&ledger, attempt, vec![turn("да")], &mut tried).await;
        assert_eq!(tried, TRIES);
        other.execute_batch("COMMIT").unwrap();
        // Each is tried once all the same, and what goes through gives the others their time back.
        keep(&ledger, attempt, vec![turn("нет")], &mut tried).await;
        assert_eq!(tried, 0);
        let call = ledger.call(CallRef::Id(attempt)).unwrap();
        assert_eq!(call.turns.len(), 1, "{call:?}");
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
        assert_eq!(left.why, Some(Passing::Locked));
        let left = left.notes;
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
