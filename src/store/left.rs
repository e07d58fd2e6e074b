//! The leads of a campaign that are still to be rung, for a forecast: read in pages, given away one
//! by one.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::{Connection, params};

use super::case::{attempts_of, zones};
use super::claim::PARKED;
use super::import::typed;
use super::sql::At;
use super::{Ledger, StoreError};
use crate::campaign::{CampaignId, LeadId, LeadPolicy, LeadState, PastAttempt, Terms};
use crate::phone::PhoneNumber;

/// Leads that are read at once.
const PAGE: u32 = 5_000;

/// A lead that is still to be rung.
#[derive(Debug, Clone)]
pub struct LeftLead {
    /// Its number.
    pub number: PhoneNumber,
    /// What its list says.
    pub terms: Terms,
    /// Where it lives: leads of an area share their zones.
    pub area: i64,
    /// What was done, the oldest first.
    pub attempts: Vec<PastAttempt>,
    /// The hour that it was promised and that is still to be kept.
    pub promised_at: Option<Timestamp>,
}

impl Ledger {
    /// Gives every lead of a campaign that is still to be rung to `take`.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn each_left(
        &self,
        campaign: CampaignId,
        take: &mut dyn FnMut(LeftLead),
    ) -> Result<(), StoreError> {
        let mut after = LeadId(0);
        loop {
            let page = self.read(|tx| page(tx, campaign, after))?;
            let Some((last, _)) = page.last() else {
                return Ok(());
            };
            after = *last;
            for (_, lead) in page {
                take(lead);
            }
        }
    }

    /// The zones of an area.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn area_zones(&self, area: i64, policy: &LeadPolicy) -> Result<Vec<TimeZone>, StoreError> {
        self.read(|tx| {
            let mut query = tx.prepare_cached("SELECT zones FROM areas WHERE id = ?1")?;
            let names: String = query.query_row([area], |row| row.get(0))?;
            Ok(zones(&names, policy))
        })
    }
}

fn page(
    tx: &Connection,
    campaign: CampaignId,
    after: LeadId,
) -> Result<Vec<(LeadId, LeftLead)>, StoreError> {
    let mut query = tx.prepare_cached(
        "SELECT l.id, l.number, l.terms, l.area, l.state, l.promised_at FROM leads l
         WHERE +l.campaign = ?1 AND l.id > ?2 AND l.state <> 'done'
             AND (l.due_at IS NULL OR l.due_at < ?3)
             AND NOT EXISTS (SELECT 1 FROM do_not_call d WHERE d.number = l.number)
         ORDER BY l.id LIMIT ?4",
    )?;
    let mut rows = query.query(params![campaign, after, PARKED, PAGE])?;
    let mut page = Vec::new();
    while let Some(row) = rows.next()? {
        let id: LeadId = row.get("id")?;
        let attempts = match row.get("state")? {
            LeadState::New => Vec::new(),
            LeadState::Retry | LeadState::InCall | LeadState::Done => attempts_of(tx, id)?,
        };
        let lead = LeftLead {
            number: row.get("number")?,
            terms: typed(row, "terms")?.unwrap_or_default(),
            area: row.get("area")?,
            attempts,
            promised_at: row.get::<_, Option<At>>("promised_at")?.map(|at| at.0),
        };
        page.push((id, lead));
    }
    Ok(page)
}
