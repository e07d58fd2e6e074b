//! Leads that a run put aside: nobody can be spoken to with what the list tells of them.
//!
//! The policy has nothing against them, so they would stand at the head of the queue for ever. Each
//! run tries them once more, since the scenario may be another by then; a row that is mended in the
//! list comes back by itself.

use rusqlite::params;

use super::claim::{PARKED, release, settle};
use super::{Ledger, StoreError};
use crate::campaign::{CampaignId, LeadId, Verdict, WhyNever};

/// The word of [`WhyNever::NoValue`] in SQL.
pub(super) const NO_VALUE: &str = "'no_value'";
/// The word of [`WhyNever::TextRefused`] in SQL.
const TEXT_REFUSED: &str = "'text_refused'";

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
                     AND why IN ({NO_VALUE}, {TEXT_REFUSED})"
            ))?;
            Ok(update.execute(params![campaign, PARKED])?)
        })
    }
}
