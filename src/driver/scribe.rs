//! Writes a call into the ledger without making the call wait for the disk.
//!
//! One task a call takes the writes in order. What must be on the disk before something else
//! happens (the attempt before the phone rings, the end before it is told) is awaited.

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::campaign::AttemptId;
use crate::phone::PhoneNumber;
use crate::store::{Conclusion, EventRow, Ledger, StoreError, TurnRow};

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
    /// What the talk comes to.
    Concluded(Box<Conclusion>),
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
            Note::Concluded(conclusion) => ledger.conclude_attempt(attempt, &conclusion)?,
            Note::DoNotCall(number, at) => {
                ledger.forbid(&number, "asked for in a call", Some(attempt), at)?;
            }
        }
    }
    ledger.record_events(attempt, &events)
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
