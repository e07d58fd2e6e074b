//! Runs: who owns which ARI application name, and who died without saying so.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};

use super::sql::At;
use super::{Ledger, Run, StoreError};
use crate::campaign::RunId;

impl Ledger {
    /// Begins a run and gives it an application name that no other run has or had:
    /// `<prefix>-<ledger's tag>-<run>`. The tag keeps apart two ledgers that use one Asterisk.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn begin_run(
        &self,
        app_prefix: &str,
        pid: u32,
        host: &str,
        at: Timestamp,
    ) -> Result<Run, StoreError> {
        self.write(|tx| {
            tx.execute(
                "INSERT INTO runs (pid, host, started_at) VALUES (?1, ?2, ?3)",
                params![pid, host, At(at)],
            )?;
            let id = RunId(tx.last_insert_rowid());
            let tag: String = tx.query_row("SELECT tag FROM ledger", [], |row| row.get(0))?;
            let app = format!("{app_prefix}-{tag}-{id}");
            tx.execute("UPDATE runs SET app = ?2 WHERE id = ?1", params![id, app])?;
            Ok(Run {
                id,
                app,
                pid,
                host: host.to_owned(),
                started_at: at,
            })
        })
    }

    /// Ends a run and gives back the leads that it claimed and never rang. With open attempts it
    /// gets no end: they must be looked up in Asterisk and ended first, and whoever looks for
    /// [unfinished](Self::unfinished_runs) runs finds it.
    ///
    /// # Errors
    /// [`StoreError::NoSuchRun`], or the ledger cannot be written.
    pub fn end_run(&self, run: RunId, at: Timestamp) -> Result<(), StoreError> {
        self.write(|tx| {
            let known = tx.execute(
                "UPDATE runs SET ended_at = iif(
                     EXISTS (SELECT 1 FROM attempts WHERE run = ?1 AND ended_at IS NULL),
                     NULL, coalesce(ended_at, ?2))
                 WHERE id = ?1",
                params![run, At(at)],
            )?;
            if known == 0 {
                return Err(StoreError::NoSuchRun(run));
            }
            tx.execute(
                "UPDATE leads SET claimed_by = NULL, claimed_number = NULL, due_at = promised_at,
                     state = iif(EXISTS (SELECT 1 FROM attempts a WHERE a.lead = leads.id),
                                 'retry', 'new')
                 WHERE state = 'in_call' AND claimed_by = ?1 AND NOT EXISTS
                     (SELECT 1 FROM attempts a WHERE a.lead = leads.id AND a.ended_at IS NULL)",
                params![run],
            )?;
            Ok(())
        })
    }

    /// Runs without an end, or with an attempt that has none: those that go on, and those whose
    /// process died. Which is which is for the caller to find out.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn unfinished_runs(&self) -> Result<Vec<Run>, StoreError> {
        self.read(|tx| {
            let mut query = tx.prepare_cached(
                "SELECT id, app, pid, host, started_at FROM runs WHERE ended_at IS NULL
                     OR id IN (SELECT run FROM attempts WHERE ended_at IS NULL)
                 ORDER BY id",
            )?;
            let runs = query.query_map([], run)?.collect::<Result<_, _>>()?;
            Ok(runs)
        })
    }

    /// One run, ended or not.
    ///
    /// # Errors
    /// [`StoreError::NoSuchRun`], or the ledger cannot be read.
    pub fn run(&self, id: RunId) -> Result<Run, StoreError> {
        self.read(|tx| {
            tx.query_row(
                "SELECT id, app, pid, host, started_at FROM runs WHERE id = ?1",
                [id],
                run,
            )
            .optional()?
            .ok_or(StoreError::NoSuchRun(id))
        })
    }
}

fn run(row: &Row<'_>) -> rusqlite::Result<Run> {
    Ok(Run {
        id: row.get("id")?,
        app: row.get("app")?,
        pid: row.get("pid")?,
        host: row.get("host")?,
        started_at: row.get::<_, At>("started_at")?.0,
    })
}
