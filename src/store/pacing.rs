//! What the pacing of a run wants to know of runs before it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{Row, params};

use super::sql::At;
use super::{Ledger, StoreError};
use crate::campaign::{CampaignId, DROPPED, PastCall};

impl Ledger {
    /// How many calls were sent to the trunk with each caller id since then, whatever the campaign.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn calls_by_caller_id(
        &self,
        since: Timestamp,
    ) -> Result<BTreeMap<String, u32>, StoreError> {
        self.read(|tx| {
            let mut query = tx.prepare_cached(
                "SELECT caller_id, count(*) FROM attempts
                 WHERE created_at >= ?1 AND dialled_at IS NOT NULL AND caller_id IS NOT NULL
                 GROUP BY caller_id",
            )?;
            let counts = query.query_map([At(since)], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(counts.collect::<Result<_, _>>()?)
        })
    }

    /// The last calls of a campaign that rang somebody and are over, the oldest first.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn past_calls(&self, campaign: CampaignId, most: u32) -> Result<Vec<PastCall>, StoreError> {
        self.read(|tx| {
            let mut query = tx.prepare_cached(
                "SELECT dialled_at, answered_at, ended_at, disposition, outcome FROM attempts
                 WHERE campaign = ?1 AND dialled_at IS NOT NULL AND ended_at IS NOT NULL
                 ORDER BY ended_at DESC LIMIT ?2",
            )?;
            let calls = query.query_map(params![campaign, most], past_call)?;
            let mut calls = calls.collect::<Result<Vec<_>, _>>()?;
            calls.reverse();
            Ok(calls)
        })
    }
}

fn past_call(row: &Row<'_>) -> rusqlite::Result<PastCall> {
    let answered: Option<At> = row.get("answered_at")?;
    let outcome: Option<String> = row.get("outcome")?;
    Ok(PastCall {
        placed: row.get::<_, At>("dialled_at")?.0,
        answered: answered.map(|at| at.0),
        ended: row.get::<_, At>("ended_at")?.0,
        disposition: row.get("disposition")?,
        dropped: outcome.as_deref() == Some(DROPPED),
    })
}
