//! The leads of a campaign that are still to be rung, for a forecast: read in pages, given away one
//! by one.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::{Connection, params};

use super::areas::{Areas, zones_of};
use super::case::attempts_of;
use super::claim::PARKED;
use super::import::typed;
use super::sql::At;
use super::{Ledger, StoreError};
use crate::campaign::{CampaignId, LeadId, LeadPolicy, LeadState, PastAttempt, Terms};
use crate::phone::{CellNumber, PhoneNumber};

/// Leads that are read at once.
const PAGE: u32 = 5_000;

/// A lead that is still to be rung.
#[derive(Debug, Clone)]
pub struct LeftLead {
    /// Its number.
    pub number: PhoneNumber,
    /// What its list says.
    pub terms: Terms,
    /// Where its number lives: leads of an area share their zones.
    pub area: i64,
    /// Its other numbers, in their order, and where those live.
    pub others: Vec<(CellNumber, i64)>,
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
        self.read(|tx| zones_of(tx, area, policy))
    }
}

fn page(
    tx: &Connection,
    campaign: CampaignId,
    after: LeadId,
) -> Result<Vec<(LeadId, LeftLead)>, StoreError> {
    let mut query = tx.prepare_cached(
        "SELECT l.id, l.number, l.alternates, l.terms, l.area, l.areas, l.state, l.promised_at
         FROM leads l
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
        let (areas, next): (_, i64) = (Areas::read(row)?, row.get("area")?);
        let area = |number: &PhoneNumber| areas.get(number).unwrap_or(next);
        let number: PhoneNumber = row.get("number")?;
        let others: Vec<CellNumber> = typed(row, "alternates")?.unwrap_or_default();
        let others = others.into_iter().map(|other| {
            let area = area(&other.number);
            (other, area)
        });
        let others = others.collect();
        let lead = LeftLead {
            area: area(&number),
            others,
            number,
            terms: typed(row, "terms")?.unwrap_or_default(),
            attempts,
            promised_at: row.get::<_, Option<At>>("promised_at")?.map(|at| at.0),
        };
        page.push((id, lead));
    }
    Ok(page)
}
