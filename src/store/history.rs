//! What was: lists of calls, one call in full, counts for a summary, deletion.

use std::path::PathBuf;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::sql::{At, Count, Json};
use super::{
    CallDetail, CallFilter, CallRef, CallSummary, DeletedCall, Ledger, StoreError, TurnRow, talk,
};
use crate::campaign::{AttemptId, CampaignId, Money, RunId};
use crate::report::OutcomeCount;

const SELECT: &str =
    "SELECT a.*, r.app, c.name AS campaign_name, l.name AS lead_name, l.line AS lead_line,
        k.ring_ms, k.talk_ms, k.recording, k.data
    FROM attempts a JOIN runs r ON r.id = a.run
    LEFT JOIN campaigns c ON c.id = a.campaign
    LEFT JOIN leads l ON l.id = a.lead
    LEFT JOIN calls k ON k.attempt = a.id
    WHERE a.deleted_at IS NULL";

/// One call of an export.
#[derive(Debug, Clone, PartialEq)]
pub struct ExportedCall {
    /// The call.
    pub call: CallSummary,
    /// What was keyed in behind the number.
    pub extension: Option<String>,
    /// The line of its lead in the list.
    pub line: Option<u64>,
    /// The hour that the callee was promised.
    pub call_back_at: Option<Timestamp>,
    /// What it cost.
    pub cost: Option<Money>,
    /// What was said, in order.
    pub turns: Vec<TurnRow>,
}

impl Ledger {
    /// Calls that fit the filter, the newest first; calls that go on are among them.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn calls(&self, filter: &CallFilter) -> Result<Vec<CallSummary>, StoreError> {
        self.read(|tx| {
            let mut query = tx.prepare_cached(&format!(
                "{SELECT} AND (?1 IS NULL OR a.disposition = ?1)
                     AND (?2 IS NULL OR a.outcome = ?2)
                     AND (?3 IS NULL OR a.number = ?3)
                     AND (?4 IS NULL OR c.name = ?4)
                     AND (?5 IS NULL OR a.created_at >= ?5)
                     AND (?6 IS NULL OR a.scenario = ?6)
                 ORDER BY a.id DESC LIMIT ?7"
            ))?;
            let limit = filter.limit.map_or(-1, i64::from);
            let calls = query
                .query_map(
                    params![
                        filter.disposition,
                        filter.outcome,
                        filter.number,
                        filter.campaign,
                        filter.since.map(At),
                        filter.scenario,
                        limit,
                    ],
                    summary,
                )?
                .collect::<Result<_, _>>()?;
            Ok(calls)
        })
    }

    /// A page of the calls of a campaign with what was said in them, in the order in which they were
    /// made: those behind `after`, at most `size` of them.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn calls_with_turns(
        &self,
        campaign: CampaignId,
        after: AttemptId,
        size: u32,
    ) -> Result<Vec<ExportedCall>, StoreError> {
        self.read(|tx| {
            let mut query = tx.prepare_cached(&format!(
                "{SELECT} AND a.campaign = ?1 AND a.id > ?2 ORDER BY a.id LIMIT ?3"
            ))?;
            let calls = query.query_map(params![campaign, after, size], |row| {
                Ok(ExportedCall {
                    call: summary(row)?,
                    extension: row.get("extension")?,
                    line: row.get::<_, Option<Count>>("lead_line")?.map(|line| line.0),
                    call_back_at: row.get::<_, Option<At>>("call_back_at")?.map(|at| at.0),
                    cost: row.get::<_, Option<i64>>("cost")?.map(Money),
                    turns: Vec::new(),
                })
            })?;
            let mut calls: Vec<ExportedCall> = calls.collect::<Result<_, _>>()?;
            for call in &mut calls {
                call.turns = talk::turns_of(tx, call.call.attempt)?;
            }
            Ok(calls)
        })
    }

    /// One call with its turns and events.
    ///
    /// # Errors
    /// [`StoreError::NoSuchCall`], also for a deleted one; [`StoreError::NoCalls`] for the last of
    /// none.
    pub fn call(&self, call: CallRef) -> Result<CallDetail, StoreError> {
        self.read(|tx| {
            let call = find(tx, call)?;
            Ok(CallDetail {
                turns: talk::turns_of(tx, call.attempt)?,
                events: talk::events_of(tx, call.attempt)?,
                call,
            })
        })
    }

    /// Deletes what a finished call left: turns, events, recording's place, gathered data. The
    /// bare fact that the number was rung stays, for the limits of the policy.
    ///
    /// # Errors
    /// [`StoreError::NoSuchCall`], [`StoreError::StillOpen`].
    pub fn delete_call(&self, id: AttemptId, at: Timestamp) -> Result<DeletedCall, StoreError> {
        let recording = self.write(|tx| erase(tx, id, at))?;
        self.empty_log()?;
        Ok(DeletedCall {
            attempt: id,
            recording,
        })
    }

    /// The same of several calls: all of them, or none.
    ///
    /// # Errors
    /// As [`Ledger::delete_call`], for any of them.
    pub fn delete_calls(&self, ids: &[AttemptId], at: Timestamp) -> Result<(), StoreError> {
        self.write(|tx| {
            for id in ids {
                erase(tx, *id, at)?;
            }
            Ok(())
        })?;
        self.empty_log()
    }

    fn empty_log(&self) -> Result<(), StoreError> {
        // Empties the log, which still holds the deleted pages. Another process that reads at
        // this moment puts it off; SQLite then does it at a later commit.
        let busy: i64 = self.alone(|connection| {
            connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
        })?;
        tracing::debug!(busy, "checkpoint after deleting a call");
        Ok(())
    }

    /// Finished attempts by disposition and outcome, the most frequent first; of a campaign, a
    /// run, both or all.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn summary(
        &self,
        campaign: Option<CampaignId>,
        run: Option<RunId>,
    ) -> Result<Vec<OutcomeCount>, StoreError> {
        self.read(|tx| {
            let mut query = tx.prepare_cached(&summary_of((campaign, run)))?;
            let counts = query
                .query_map(params![campaign, run], |row| {
                    Ok(OutcomeCount {
                        disposition: row.get(0)?,
                        outcome: row.get(1)?,
                        count: row.get::<_, Count>(2)?.0,
                    })
                })?
                .collect::<Result<_, _>>()?;
            Ok(counts)
        })
    }

    /// Every latency of a turn, in milliseconds, in no order; of a campaign, a run, both or all.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn latencies(
        &self,
        campaign: Option<CampaignId>,
        run: Option<RunId>,
    ) -> Result<Vec<i64>, StoreError> {
        self.read(|tx| {
            let mut query = tx.prepare_cached(&latencies_of((campaign, run)))?;
            let latencies = query
                .query_map(params![campaign, run], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            Ok(latencies)
        })
    }
}

/// Whose attempts: of a campaign, a run, both or all.
type Whose = (Option<CampaignId>, Option<RunId>);

/// The condition on `attempts a`, in words that leave its indices usable: `?1` is the campaign, `?2`
/// the run.
fn whose(of: Whose) -> &'static str {
    match of {
        (_, Some(_)) => "a.run = ?2 AND (?1 IS NULL OR a.campaign = ?1)",
        (Some(_), None) => "a.campaign = ?1 AND ?2 IS NULL",
        (None, None) => "?1 IS NULL AND ?2 IS NULL",
    }
}

fn summary_of(of: Whose) -> String {
    format!(
        "SELECT a.disposition, a.outcome, count(*) FROM attempts a
         WHERE a.ended_at IS NOT NULL AND {}
         GROUP BY a.disposition, a.outcome ORDER BY 3 DESC, 1, 2",
        whose(of)
    )
}

fn latencies_of(of: Whose) -> String {
    format!(
        "SELECT t.latency_ms FROM attempts a JOIN turns t ON t.attempt = a.id
         WHERE t.latency_ms IS NOT NULL AND {}",
        whose(of)
    )
}

fn find(connection: &Connection, call: CallRef) -> Result<CallSummary, StoreError> {
    let (id, missing) = match call {
        CallRef::Id(id) => (Some(id), StoreError::NoSuchCall(id)),
        CallRef::Last => (None, StoreError::NoCalls),
    };
    let mut query = connection.prepare_cached(&format!(
        "{SELECT} AND (?1 IS NULL OR a.id = ?1) ORDER BY a.id DESC LIMIT 1"
    ))?;
    query.query_row([id], summary).optional()?.ok_or(missing)
}

fn summary(row: &Row<'_>) -> rusqlite::Result<CallSummary> {
    let time = |column| row.get::<_, Option<At>>(column).map(|at| at.map(|at| at.0));
    Ok(CallSummary {
        attempt: row.get("id")?,
        run: row.get("run")?,
        app: row.get("app")?,
        campaign: row.get("campaign_name")?,
        lead: row.get("lead")?,
        name: row.get("lead_name")?,
        ordinal: row.get("ordinal")?,
        channel_id: row.get("channel_id")?,
        number: row.get("number")?,
        caller_id: row.get("caller_id")?,
        trunk: row.get("trunk")?,
        scenario: row.get("scenario")?,
        created_at: row.get::<_, At>("created_at")?.0,
        dialled_at: time("dialled_at")?,
        ringing_at: time("ringing_at")?,
        answered_at: time("answered_at")?,
        ended_at: time("ended_at")?,
        disposition: row.get("disposition")?,
        outcome: row.get("outcome")?,
        cause: row.get("cause")?,
        sip: row.get("sip")?,
        hung_up_by: row.get("hung_up_by")?,
        ring_ms: row.get("ring_ms")?,
        talk_ms: row.get("talk_ms")?,
        recording: row
            .get::<_, Option<String>>("recording")?
            .map(PathBuf::from),
        data: row.get::<_, Json>("data")?.0,
        error: row.get("error")?,
    })
}

/// Deletes what a finished call left; where its recording is.
fn erase(tx: &Connection, id: AttemptId, at: Timestamp) -> Result<Option<PathBuf>, StoreError> {
    let call = find(tx, CallRef::Id(id))?;
    if call.ended_at.is_none() {
        return Err(StoreError::StillOpen(id));
    }
    tx.execute("DELETE FROM turns WHERE attempt = ?1", [id])?;
    tx.execute("DELETE FROM events WHERE attempt = ?1", [id])?;
    tx.execute("DELETE FROM calls WHERE attempt = ?1", [id])?;
    tx.execute(
        "UPDATE attempts SET deleted_at = ?2, error = NULL WHERE id = ?1",
        params![id, At(at)],
    )?;
    Ok(call.recording)
}
#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sql::plan_of;

    #[test]
    fn what_a_run_came_to_is_told_without_reading_all_that_ever_was() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(&folder.path().join("novodial.db")).unwrap();
        let (campaign, run) = (Some(CampaignId(1)), Some(RunId(1)));
        for of in [(campaign, run), (None, run), (campaign, None)] {
            for query in [summary_of(of), latencies_of(of)] {
                let plan = ledger.read(|tx| plan_of(tx, &query)).unwrap();
                assert!(!plan.contains("SCAN"), "{query}: {plan}");
            }
        }
    }
}
