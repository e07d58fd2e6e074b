//! How the leads of a campaign stand.

use rusqlite::{OptionalExtension, params};

use super::claim::PARKED;
use super::import::lead_of;
use super::sql::Count;
use super::view::STANDING;
use super::{LeadCounts, Ledger, StoreError};
use crate::campaign::{CampaignId, Lead, LeadId};

impl Ledger {
    /// What the list said of a lead; `None` if there is none of this id.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn listed(&self, lead: LeadId) -> Result<Option<Lead>, StoreError> {
        self.read(|tx| {
            let mut query = tx.prepare_cached("SELECT * FROM leads WHERE id = ?1")?;
            Ok(query.query_row([lead], lead_of).optional()?)
        })
    }

    /// How the leads of a campaign stand.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn lead_counts(&self, campaign: CampaignId) -> Result<LeadCounts, StoreError> {
        self.read(|tx| {
            let mut query = tx.prepare_cached(&format!(
                "SELECT {STANDING}, count(*)
                 FROM leads l LEFT JOIN do_not_call d ON d.number = l.number
                 WHERE l.campaign = ?1 GROUP BY 1"
            ))?;
            let mut counts = LeadCounts::default();
            let mut rows = query.query(params![campaign, PARKED])?;
            while let Some(row) = rows.next()? {
                let state: String = row.get(0)?;
                let Count(count) = row.get(1)?;
                match state.as_str() {
                    "new" => counts.new = count,
                    "in_call" => counts.in_call = count,
                    "done" => counts.done = count,
                    "retry" => counts.retry = count,
                    "exhausted" => counts.exhausted = count,
                    "refused" => counts.refused = count,
                    _ => counts.forbidden = count,
                }
            }
            Ok(counts)
        })
    }
}
