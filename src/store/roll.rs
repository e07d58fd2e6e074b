//! What a run asks of a campaign's leads as a whole, before it begins and while more come in.

use std::collections::BTreeSet;

use super::aside::NO_VALUE;
use super::{Ledger, StoreError};
use crate::campaign::CampaignId;

impl Ledger {
    /// The scenarios that leads have for themselves, as the list names them.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn own_scenarios(&self, campaign: CampaignId) -> Result<BTreeSet<String>, StoreError> {
        self.read(|tx| {
            let mut query = tx.prepare_cached(
                "SELECT DISTINCT terms ->> '$.scenario' FROM leads
                 WHERE campaign = ?1 AND state <> 'done' AND terms ->> '$.scenario' IS NOT NULL",
            )?;
            let names = query.query_map([campaign], |row| row.get(0))?;
            Ok(names.collect::<Result<_, _>>()?)
        })
    }

    /// The variables that at least one lead still to be rung brings with a value.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn variables_of_any(&self, campaign: CampaignId) -> Result<BTreeSet<String>, StoreError> {
        self.read(|tx| {
            let mut query = tx.prepare_cached(
                "SELECT field.key FROM leads l, json_each(l.fields) field
                     WHERE l.campaign = ?1 AND l.state <> 'done' AND trim(field.value) <> ''
                 UNION
                 SELECT 'name' FROM leads
                     WHERE campaign = ?1 AND state <> 'done' AND trim(name) <> ''",
            )?;
            let names = query.query_map([campaign], |row| row.get(0))?;
            Ok(names.collect::<Result<_, _>>()?)
        })
    }

    /// The variables that every lead still to be rung brings with a value; those that were put aside
    /// for want of one are not asked.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn variables_of_all(&self, campaign: CampaignId) -> Result<BTreeSet<String>, StoreError> {
        self.read(|tx| {
            let mut query = tx.prepare_cached(&format!(
                "SELECT key FROM (
                     SELECT field.key FROM leads l, json_each(l.fields) field
                         WHERE l.campaign = ?1 AND l.state <> 'done' AND trim(field.value) <> ''
                             AND l.why IS NOT {NO_VALUE}
                     UNION ALL
                     SELECT 'name' FROM leads
                         WHERE campaign = ?1 AND state <> 'done' AND trim(name) <> ''
                             AND why IS NOT {NO_VALUE})
                 GROUP BY key HAVING count(*) =
                     (SELECT count(*) FROM leads
                      WHERE campaign = ?1 AND state <> 'done' AND why IS NOT {NO_VALUE})",
            ))?;
            let names = query.query_map([campaign], |row| row.get(0))?;
            Ok(names.collect::<Result<_, _>>()?)
        })
    }
}
