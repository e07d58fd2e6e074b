//! Calls that somebody in another shell wants ended: written down by him, read by the process that
//! makes the call, so that the history says who ended it.

use jiff::Timestamp;
use rusqlite::params;

use super::attempts::Known;
use super::sql::At;
use super::{Ledger, StoreError};
use crate::campaign::{AttemptId, RunId};

impl Ledger {
    /// Asks for the end of a call that goes on.
    ///
    /// # Errors
    /// [`StoreError::AlreadyEnded`], [`StoreError::NoSuchCall`], or the ledger cannot be written.
    pub fn ask_hangup(&self, attempt: AttemptId, at: Timestamp) -> Result<(), StoreError> {
        self.write(|tx| {
            Known::find(tx, attempt)?;
            tx.execute(
                "UPDATE attempts SET hangup_at = coalesce(hangup_at, ?2) WHERE id = ?1",
                params![attempt, At(at)],
            )?;
            Ok(())
        })
    }

    /// The calls of a run that go on and whose end was asked for. A look at an index that is
    /// nearly always empty: it may be taken several times a second.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn hangups_asked(&self, run: RunId) -> Result<Vec<AttemptId>, StoreError> {
        self.read(|tx| {
            let mut query = tx.prepare_cached(
                "SELECT id FROM attempts INDEXED BY attempts_hangup
                 WHERE run = ?1 AND hangup_at IS NOT NULL AND ended_at IS NULL ORDER BY id",
            )?;
            let asked = query
                .query_map([run], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            Ok(asked)
        })
    }
}
