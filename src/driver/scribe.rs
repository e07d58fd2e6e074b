//! Writes a call into the ledger without making the call wait for the disk.
//!
//! One task a call takes the writes in order. What must be on the disk before something else
//! happens (the attempt before the phone rings, the end before it is told) is awaited.

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::call::Turn;
use crate::campaign::AttemptId;
use crate::phone::PhoneNumber;
use crate::store::{EventRow, Ledger, Speaker, StoreError, TurnRow};

/// Writes that may wait; a talk makes a few a second.
const QUEUE: usize = 512;

/// Something to keep.
#[derive(Debug)]
pub(super) enum Note {
    Ringing(Timestamp),
    Answered(Timestamp),
    Turn(TurnRow),
    Event(EventRow),
    DoNotCall(PhoneNumber, Timestamp),
    /// What the talk comes to, and the hour that was promised.
    Concluded(Option<String>, Option<Timestamp>),
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
            let mut batch = Vec::with_capacity(16);
            while queue.recv_many(&mut batch, 16).await > 0 {
                let (ledger, notes) = (ledger.clone(), std::mem::take(&mut batch));
                let written = tokio::task::spawn_blocking(move || write(&ledger, attempt, notes));
                match written.await {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => {
                        tracing::error!(%error, "the history of a call is incomplete");
                    }
                    Err(error) => tracing::error!(%error, "the writer of the ledger panicked"),
                }
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

fn write(ledger: &Ledger, attempt: AttemptId, notes: Vec<Note>) -> Result<(), StoreError> {
    let mut events = Vec::new();
    for note in notes {
        match note {
            Note::Ringing(at) => ledger.mark_ringing(attempt, at)?,
            Note::Answered(at) => ledger.mark_answered(attempt, at)?,
            Note::Turn(turn) => ledger.record_turn(attempt, &turn)?,
            Note::Event(event) => events.push(event),
            Note::Concluded(outcome, call_back_at) => {
                ledger.conclude_attempt(attempt, outcome.as_deref(), call_back_at)?;
            }
            Note::DoNotCall(number, at) => {
                ledger.forbid(&number, "asked for in a call", Some(attempt), at)?;
            }
        }
    }
    ledger.record_events(attempt, &events)
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
