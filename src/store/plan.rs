//! The plan of a campaign: areas, ranks and due times, made anew when the rules behind them change.

use std::hash::{DefaultHasher, Hash, Hasher};

use rusqlite::{Connection, OptionalExtension, params};

use super::areas::{AreaIds, move_lead, numbers_in};
use super::aside::NO_VALUE;
use super::import::typed;
use super::sql::At;
use super::{ImportRules, Ledger, StoreError};
use crate::campaign::{CampaignId, LeadId, LeadPolicy, Terms};
use crate::phone::{CellNumber, Numbering};

/// Leads that are planned in one transaction, so that others get their turn in between.
const PIECE: u32 = 20_000;

impl Ledger {
    /// Brings the plan of a campaign up to the policy and the numbering of today. What was done
    /// stays done; what the old rules put off is judged again.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn plan_campaign(
        &self,
        campaign: CampaignId,
        policy: &LeadPolicy,
        numbering: &Numbering,
    ) -> Result<(), StoreError> {
        let mark = self.plan_mark(policy)?;
        let known: Option<String> = self.read(|tx| {
            let mut query = tx.prepare_cached("SELECT planned FROM campaigns WHERE id = ?1")?;
            Ok(query
                .query_row([campaign], |row| row.get(0))
                .optional()?
                .flatten())
        })?;
        if known.as_deref() == Some(&mark) {
            return Ok(());
        }
        let rules = ImportRules {
            numbering: Some(numbering),
            priority_step: policy.priority_step,
        };
        let (mut after, until) = self.span_of(campaign)?;
        while let Some(last) = self.write(|tx| plan_piece(tx, campaign, &rules, (after, until)))? {
            after = last;
        }
        self.set_planned(campaign, &mark)
    }

    /// The ids between which the leads of a campaign lie: behind the first, up to the second.
    fn span_of(&self, campaign: CampaignId) -> Result<(LeadId, LeadId), StoreError> {
        self.read(|tx| {
            let mut query = tx.prepare_cached(
                "SELECT coalesce(min(id), 1) - 1, coalesce(max(id), 0) FROM leads
                 WHERE campaign = ?1",
            )?;
            Ok(query.query_row([campaign], |row| Ok((row.get(0)?, row.get(1)?)))?)
        })
    }

    /// Says that an import was made with these rules, if nothing else was imported before it.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn imported_with(
        &self,
        campaign: CampaignId,
        policy: &LeadPolicy,
    ) -> Result<(), StoreError> {
        let mark = self.plan_mark(policy)?;
        self.write(|tx| {
            tx.execute(
                "UPDATE campaigns SET planned = ?2
                 WHERE id = ?1 AND planned IS NULL AND imports <= 1",
                params![campaign, mark],
            )?;
            Ok(())
        })
    }

    /// What a plan was made with, as a mark to compare.
    fn plan_mark(&self, policy: &LeadPolicy) -> Result<String, StoreError> {
        let imported: Option<i64> = self.read(|tx| {
            let query = "SELECT max(imported_at) FROM numbering_files";
            Ok(tx.query_row(query, [], |row| row.get(0))?)
        })?;
        let mut hasher = DefaultHasher::new();
        (format!("{policy:?}"), imported).hash(&mut hasher);
        Ok(format!("{:016x}", hasher.finish()))
    }

    fn set_planned(&self, campaign: CampaignId, mark: &str) -> Result<(), StoreError> {
        self.write(|tx| {
            tx.execute(
                "UPDATE campaigns SET planned = ?2 WHERE id = ?1",
                params![campaign, mark],
            )?;
            Ok(())
        })
    }
}

/// The leads of a piece in the order of their ids: read along the table. With the index of the
/// campaign each piece would be sorted out of all leads, while nobody else can write.
const OF_PIECE: &str = "SELECT id, number, extension, alternates, terms, added_at FROM leads
    WHERE +campaign = ?1 AND id > ?2 AND id <= ?3 AND state <> 'done' ORDER BY id LIMIT ?4";

/// Plans some leads; the last of them, or `None` when no more are left.
fn plan_piece(
    tx: &Connection,
    campaign: CampaignId,
    rules: &ImportRules<'_>,
    (after, until): (LeadId, LeadId),
) -> Result<Option<LeadId>, StoreError> {
    let mut query = tx.prepare_cached(OF_PIECE)?;
    let leads = query.query_map(params![campaign, after, until, PIECE], |row| {
        let terms: Terms = typed(row, "terms")?.unwrap_or_default();
        let rank = rules.rank(row.get::<_, At>("added_at")?.0, terms.priority);
        Ok((row.get("id")?, numbers_in(row)?, terms, rank))
    })?;
    let leads: Vec<(LeadId, Vec<CellNumber>, Terms, i64)> = leads.collect::<Result<_, _>>()?;
    let mut update = tx.prepare_cached(&format!(
        "UPDATE leads SET area = ?2, rank = ?3, areas = ?4, due_at = promised_at,
             why = iif(why = {NO_VALUE}, why, NULL) WHERE id = ?1"
    ))?;
    let mut ids = AreaIds::new(tx);
    let more = leads.len() >= PIECE as usize;
    let last = leads.last().map(|(id, ..)| *id).filter(|_| more);
    for (id, numbers, terms, rank) in leads {
        let (area, areas) = ids.of(&numbers, &terms, rules)?;
        update.execute(params![id, area, rank, areas.to_json()])?;
        if !areas.is_empty() {
            move_lead(tx, id)?;
        }
    }
    Ok(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sql::plan_of;

    #[test]
    fn a_piece_is_read_in_order_and_not_sorted() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(&folder.path().join("novodial.db")).unwrap();
        let plan = ledger.read(|tx| plan_of(tx, OF_PIECE)).unwrap();
        assert!(plan.contains("INTEGER PRIMARY KEY"), "{plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{plan}");
    }
}
