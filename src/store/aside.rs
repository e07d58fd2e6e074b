//! Leads that a run put aside: nobody can be spoken to with what the list tells of them.
//!
//! The policy has nothing against them, so they would stand at the head of the queue for ever. Each
//! run tries them once more, since the scenario may be another by then; a row that is mended in the
//! list comes back by itself.

use rusqlite::params;

use super::claim::{PARKED, release, settle};
use super::sql::Count;
use super::view::STANDING;
use super::{Ledger, StoreError};
use crate::campaign::{CampaignId, LeadId, Verdict, WhyNever};

/// The word of [`WhyNever::NoValue`] in SQL.
pub(super) const NO_VALUE: &str = "'no_value'";
/// Why a run puts leads aside.
pub(super) const BY_A_RUN: [WhyNever; 3] = [
    WhyNever::NoValue,
    WhyNever::TextRefused,
    WhyNever::SpeechFault,
];

/// Their words in SQL.
fn by_a_run() -> String {
    let words = BY_A_RUN.map(|why| format!("'{}'", why.as_str()));
    words.join(", ")
}

impl Ledger {
    /// Gives a claimed lead back as one that is not to be rung as things stand, and why. A lead that
    /// is not claimed, or has an open attempt, is left alone.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn set_aside(&self, lead: LeadId, why: &WhyNever) -> Result<(), StoreError> {
        self.write(|tx| {
            if release(tx, lead)? {
                settle(tx, lead, &Verdict::Never(why.clone()))?;
            }
            Ok(())
        })
    }

    /// Lets the leads of a campaign that could not be spoken to be tried once more; how many.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn try_aside_again(&self, campaign: CampaignId) -> Result<usize, StoreError> {
        self.write(|tx| {
            let mut update = tx.prepare_cached(&format!(
                "UPDATE leads SET due_at = promised_at
                 WHERE campaign = ?1 AND state IN ('new', 'retry') AND due_at = ?2
                     AND why IN ({})",
                by_a_run()
            ))?;
            Ok(update.execute(params![campaign, PARKED])?)
        })
    }

    /// The leads of a campaign that the policy or the list refuses, by the reason, the most frequent
    /// first: one of each, and how many. Those that a run put aside are not among them.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn refused_by_reason(
        &self,
        campaign: CampaignId,
    ) -> Result<Vec<(LeadId, u64)>, StoreError> {
        self.read(|tx| {
            let mut query = tx.prepare_cached(&format!(
                "SELECT min(l.id), count(*)
                 FROM leads l LEFT JOIN do_not_call d ON d.number = l.number
                 WHERE l.campaign = ?1 AND {STANDING} = 'refused'
                     AND coalesce(l.why, '') NOT IN ({})
                 GROUP BY l.why ORDER BY 2 DESC, 1",
                by_a_run()
            ))?;
            let found = query.query_map(params![campaign, PARKED], |row| {
                Ok((row.get(0)?, row.get::<_, Count>(1)?.0))
            })?;
            Ok(found.collect::<Result<_, _>>()?)
        })
    }

    /// How many leads of a campaign are put aside, unrung by the last run, and tried by the next;
    /// those on the do-not-call list are not among them.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn leads_aside(&self, campaign: CampaignId) -> Result<u64, StoreError> {
        self.read(|tx| {
            let mut query = tx.prepare_cached(&format!(
                "SELECT count(*) FROM leads l
                 WHERE l.campaign = ?1 AND l.state IN ('new', 'retry') AND l.due_at = ?2
                     AND l.why IN ({})
                     AND NOT EXISTS (SELECT 1 FROM do_not_call d WHERE d.number = l.number)",
                by_a_run()
            ))?;
            let Count(count) = query.query_row(params![campaign, PARKED], |row| row.get(0))?;
            Ok(count)
        })
    }
}
