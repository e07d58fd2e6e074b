//! What was said and what happened in a call: turns and events, written as they come.

use rusqlite::{Connection, Row, params};
use serde_json::Value;

use super::sql::Json;
use super::{Ledger, StoreError};
use crate::campaign::AttemptId;

/// Who spoke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Speaker {
    /// We did.
    Bot,
    /// The callee did, also by a key.
    Callee,
}

/// One turn of the talk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TurnRow {
    /// Its place in the talk, from 0. The same place again replaces the turn.
    pub seq: u32,
    /// Who spoke.
    pub speaker: Speaker,
    /// What was said.
    pub text: String,
    /// The state of the dialogue.
    pub state: Option<String>,
    /// The intent that was understood.
    pub intent: Option<String>,
    /// A model understood it, where the rules found nothing.
    pub advised: bool,
    /// When it began, in milliseconds since originate.
    pub at_ms: i64,
    /// How long it took.
    pub duration_ms: Option<i64>,
    /// From the end of the callee's speech to the first sound of ours.
    pub latency_ms: Option<i64>,
    /// Where a barge-in cut it, in milliseconds since originate.
    pub cut_at_ms: Option<i64>,
}

/// One line of a call's event log.
#[derive(Debug, Clone, PartialEq)]
pub struct EventRow {
    /// Milliseconds since originate.
    pub at_ms: i64,
    /// The kind of event.
    pub kind: String,
    /// The event itself; `Null` for nothing.
    pub detail: Value,
}

impl Ledger {
    /// Records a turn; the same `seq` again replaces it (a prompt cut by the callee).
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn record_turn(&self, attempt: AttemptId, turn: &TurnRow) -> Result<(), StoreError> {
        self.record_talk(attempt, std::slice::from_ref(turn), &[])
    }

    /// Records turns and events of a call in one transaction, each in the order given.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn record_talk(
        &self,
        attempt: AttemptId,
        turns: &[TurnRow],
        events: &[EventRow],
    ) -> Result<(), StoreError> {
        if turns.is_empty() && events.is_empty() {
            return Ok(());
        }
        self.write(|tx| {
            insert_turns(tx, attempt, turns)?;
            insert_events(tx, attempt, events)
        })
    }

    /// Records events of a call in one transaction, in the order given.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn record_events(&self, attempt: AttemptId, events: &[EventRow]) -> Result<(), StoreError> {
        self.record_talk(attempt, &[], events)
    }
}

fn insert_turns(tx: &Connection, attempt: AttemptId, turns: &[TurnRow]) -> Result<(), StoreError> {
    if turns.is_empty() {
        return Ok(());
    }
    let mut insert = tx.prepare_cached(
        "INSERT OR REPLACE INTO turns (attempt, seq, speaker, text, state, intent, at_ms,
                                       duration_ms, latency_ms, cut_at_ms, advised)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?;
    for turn in turns {
        insert.execute(params![
            attempt,
            turn.seq,
            turn.speaker,
            turn.text,
            turn.state,
            turn.intent,
            turn.at_ms,
            turn.duration_ms,
            turn.latency_ms,
            turn.cut_at_ms,
            turn.advised,
        ])?;
    }
    Ok(())
}

fn insert_events(
    tx: &Connection,
    attempt: AttemptId,
    events: &[EventRow],
) -> Result<(), StoreError> {
    if events.is_empty() {
        return Ok(());
    }
    let mut insert = tx.prepare_cached(
        "INSERT INTO events (attempt, at_ms, kind, detail) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for event in events {
        let detail = Json(event.detail.clone());
        insert.execute(params![attempt, event.at_ms, event.kind, detail])?;
    }
    Ok(())
}

pub(super) fn turns_of(
    connection: &Connection,
    attempt: AttemptId,
) -> Result<Vec<TurnRow>, StoreError> {
    let mut query =
        connection.prepare_cached("SELECT * FROM turns WHERE attempt = ?1 ORDER BY at_ms, seq")?;
    let turns = query
        .query_map([attempt], turn)?
        .collect::<Result<_, _>>()?;
    Ok(turns)
}

pub(super) fn events_of(
    connection: &Connection,
    attempt: AttemptId,
) -> Result<Vec<EventRow>, StoreError> {
    let mut query =
        connection.prepare_cached("SELECT * FROM events WHERE attempt = ?1 ORDER BY id")?;
    let events = query
        .query_map([attempt], event)?
        .collect::<Result<_, _>>()?;
    Ok(events)
}

fn turn(row: &Row<'_>) -> rusqlite::Result<TurnRow> {
    Ok(TurnRow {
        seq: row.get("seq")?,
        speaker: row.get("speaker")?,
        text: row.get("text")?,
        state: row.get("state")?,
        intent: row.get("intent")?,
        at_ms: row.get("at_ms")?,
        duration_ms: row.get("duration_ms")?,
        latency_ms: row.get("latency_ms")?,
        cut_at_ms: row.get("cut_at_ms")?,
        advised: row.get("advised")?,
    })
}

fn event(row: &Row<'_>) -> rusqlite::Result<EventRow> {
    Ok(EventRow {
        at_ms: row.get("at_ms")?,
        kind: row.get("kind")?,
        detail: row.get::<_, Json>("detail")?.0,
    })
}
