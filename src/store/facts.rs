//! The bare facts of the attempts of a campaign, for statistics and forecasts: read in pages, given
//! away one by one, so that memory stays flat.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::{Connection, Row, params};

use super::sql::{At, Count, Json};
use super::{Ledger, StoreError};
use crate::campaign::{AttemptId, CampaignId, Money, Zone};
use crate::report::{AttemptFact, SoundFact};

/// Attempts that are read at once.
const PAGE: u32 = 5_000;

impl Ledger {
    /// Gives every ended attempt of a campaign to `take`, in the order in which they were made, as
    /// far as they were made at `since` or later. Hours are counted in the callee's zone, or in
    /// `default` where none is known.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn each_fact(
        &self,
        campaign: CampaignId,
        since: Option<Timestamp>,
        default: &TimeZone,
        take: &mut dyn FnMut(&AttemptFact),
    ) -> Result<(), StoreError> {
        let mut areas = BTreeMap::new();
        let mut after = AttemptId(0);
        loop {
            let page = self.read(|tx| page(tx, (campaign, since, after), default, &mut areas))?;
            let Some((last, _)) = page.last() else {
                return Ok(());
            };
            after = *last;
            for (_, fact) in &page {
                take(fact);
            }
        }
    }

    /// How many leads of a campaign were rung, and how many of them answered in person.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn leads_reached(
        &self,
        campaign: CampaignId,
        since: Option<Timestamp>,
    ) -> Result<(u64, u64), StoreError> {
        self.read(|tx| {
            let mut query = tx.prepare_cached(
                "SELECT count(*), count(*) FILTER (WHERE reached) FROM
                     (SELECT max(disposition = 'answered') AS reached FROM attempts
                      WHERE campaign = ?1 AND lead IS NOT NULL AND dialled_at IS NOT NULL
                          AND ended_at IS NOT NULL AND (?2 IS NULL OR created_at >= ?2)
                      GROUP BY lead)",
            )?;
            let row = query.query_row(params![campaign, since.map(At)], |row| {
                Ok((row.get::<_, Count>(0)?.0, row.get::<_, Count>(1)?.0))
            })?;
            Ok(row)
        })
    }
}

/// Zones of areas that were met.
type Areas = BTreeMap<i64, TimeZone>;

fn page(
    tx: &Connection,
    (campaign, since, after): (CampaignId, Option<Timestamp>, AttemptId),
    default: &TimeZone,
    areas: &mut Areas,
) -> Result<Vec<(AttemptId, AttemptFact)>, StoreError> {
    let mut query = tx.prepare_cached(
        "SELECT a.id, a.ordinal, a.caller_id, a.created_at, a.dialled_at, a.answered_at, a.ended_at,
             a.disposition, a.outcome, a.cost, k.ring_ms, k.talk_ms, k.data,
             coalesce(l.areas ->> a.number, l.area) AS area
         FROM attempts a LEFT JOIN calls k ON k.attempt = a.id LEFT JOIN leads l ON l.id = a.lead
         WHERE a.campaign = ?1 AND a.id > ?2 AND a.ended_at IS NOT NULL
             AND (?3 IS NULL OR a.created_at >= ?3)
         ORDER BY a.id LIMIT ?4",
    )?;
    let mut rows = query.query(params![campaign, after, since.map(At), PAGE])?;
    let mut page = Vec::new();
    while let Some(row) = rows.next()? {
        let area: Option<i64> = row.get("area")?;
        let zone = match area {
            None => default,
            Some(area) => {
                if let std::collections::btree_map::Entry::Vacant(place) = areas.entry(area) {
                    place.insert(zone_of(tx, area, default)?);
                }
                areas.get(&area).unwrap_or(default)
            }
        };
        page.push((row.get("id")?, fact(row, zone)?));
    }
    Ok(page)
}

fn zone_of(tx: &Connection, area: i64, default: &TimeZone) -> Result<TimeZone, StoreError> {
    let mut query = tx.prepare_cached("SELECT zones FROM areas WHERE id = ?1")?;
    let zones: String = query.query_row([area], |row| row.get(0))?;
    let first = zones.split_ascii_whitespace().next();
    let known = first.and_then(|name| Zone::parse(name).ok());
    Ok(known.map_or_else(|| default.clone(), |zone| zone.time_zone().clone()))
}

fn fact(row: &Row<'_>, zone: &TimeZone) -> rusqlite::Result<AttemptFact> {
    let time = |column| row.get::<_, Option<At>>(column).map(|at| at.map(|at| at.0));
    let dialled_at = time("dialled_at")?;
    let at = dialled_at.unwrap_or(row.get::<_, At>("created_at")?.0);
    let (answered_at, ended_at) = (time("answered_at")?, time("ended_at")?);
    // What was said may have been deleted; that it was said was not.
    let talk_ms: Option<i64> = row.get("talk_ms")?;
    let until_end = |from: Timestamp| {
        let length = ended_at?.duration_since(from).as_millis();
        i64::try_from(length).ok()
    };
    let talked = answered_at.and_then(until_end);
    Ok(AttemptFact {
        at,
        hour: at.to_zoned(zone.clone()).hour().unsigned_abs(),
        ordinal: row.get("ordinal")?,
        caller_id: row.get("caller_id")?,
        dialled: dialled_at.is_some(),
        disposition: row.get("disposition")?,
        outcome: row.get("outcome")?,
        ring_ms: row.get("ring_ms")?,
        talk_ms: talk_ms.or(talked),
        lasted_ms: dialled_at.and_then(until_end),
        cost: row.get::<_, Option<i64>>("cost")?.map(Money),
        sound: SoundFact::read(&row.get::<_, Json>("data")?.0),
    })
}
