//! Where the numbers of a lead live. Its area, by which the queue asks for an open window, is that of
//! the number that comes next; whoever changes what comes next brings it up to date.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::case::{attempts_of, zones};
use super::import::typed;
use super::sql::Json;
use super::{ImportRules, StoreError};
use crate::campaign::{Lead, LeadId, LeadPolicy, Terms, next_number};
use crate::phone::{CellNumber, Extension, PhoneNumber};

/// The areas of a lead's numbers, by their E.164; empty where all of them live in one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Areas(BTreeMap<String, i64>);

impl Areas {
    /// The areas of several numbers; nothing to keep where they are all the same.
    pub(super) fn of<'a>(areas: impl IntoIterator<Item = (&'a PhoneNumber, i64)>) -> Self {
        let areas = areas.into_iter();
        let areas: BTreeMap<String, i64> = areas
            .map(|(number, area)| (number.e164().to_owned(), area))
            .collect();
        let mut all = areas.values();
        let first = all.next();
        if all.all(|area| Some(area) == first) {
            return Self::default();
        }
        Self(areas)
    }

    /// Those of a row of `leads`.
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self(typed(row, "areas")?.unwrap_or_default()))
    }

    /// The area of a number; `None`: that of the lead.
    pub(super) fn get(&self, number: &PhoneNumber) -> Option<i64> {
        self.0.get(number.e164()).copied()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As it is kept.
    pub(super) fn to_json(&self) -> Json {
        if self.0.is_empty() {
            return Json(serde_json::Value::Null);
        }
        let object = self.0.iter();
        Json(object.map(|(key, area)| (key.clone(), *area)).collect())
    }
}

/// The areas that a piece of leads lives in, each looked up once.
pub(super) struct AreaIds<'a> {
    tx: &'a Connection,
    by_zones: BTreeMap<String, i64>,
}

impl<'a> AreaIds<'a> {
    pub(super) fn new(tx: &'a Connection) -> Self {
        Self {
            tx,
            by_zones: BTreeMap::new(),
        }
    }

    /// The area of a lead's own number, and those of all of them where they differ.
    pub(super) fn of(
        &mut self,
        numbers: &[CellNumber],
        terms: &Terms,
        rules: &ImportRules<'_>,
    ) -> Result<(i64, Areas), StoreError> {
        let mut found = Vec::with_capacity(numbers.len());
        for cell in numbers {
            let area = self.id(rules.zones(&cell.number, terms))?;
            found.push((&cell.number, area));
        }
        let own = found.first().map_or(0, |(_, area)| *area);
        Ok((own, Areas::of(found)))
    }

    /// The id of an area; made if there is none.
    fn id(&mut self, zones: String) -> Result<i64, StoreError> {
        if let Some(&id) = self.by_zones.get(&zones) {
            return Ok(id);
        }
        let insert = "INSERT INTO areas (zones) VALUES (?1) ON CONFLICT (zones) DO NOTHING";
        self.tx.prepare_cached(insert)?.execute([&zones])?;
        let mut query = self
            .tx
            .prepare_cached("SELECT id FROM areas WHERE zones = ?1")?;
        let id = query.query_row([&zones], |row| row.get(0))?;
        self.by_zones.insert(zones, id);
        Ok(id)
    }
}

/// Every number of a lead, the list's first one first.
pub(super) fn numbers_of(lead: &Lead) -> Vec<CellNumber> {
    let own = CellNumber {
        number: lead.number.clone(),
        extension: lead.extension.clone(),
    };
    std::iter::once(own)
        .chain(lead.alternates.iter().cloned())
        .collect()
}

/// The same of a row of `leads`.
pub(super) fn numbers_in(row: &Row<'_>) -> rusqlite::Result<Vec<CellNumber>> {
    let extension: String = row.get("extension")?;
    let own = CellNumber {
        number: row.get("number")?,
        extension: Extension::parse(&extension),
    };
    let rest: Vec<CellNumber> = typed(row, "alternates")?.unwrap_or_default();
    Ok(std::iter::once(own).chain(rest).collect())
}

/// The zones of an area.
pub(super) fn zones_of(
    connection: &Connection,
    area: i64,
    policy: &LeadPolicy,
) -> Result<Vec<jiff::tz::TimeZone>, StoreError> {
    let mut query = connection.prepare_cached("SELECT zones FROM areas WHERE id = ?1")?;
    let names: String = query.query_row([area], |row| row.get(0))?;
    Ok(zones(&names, policy))
}

/// Puts a lead among those of the area of its next number, after an attempt or another list may have
/// changed which one that is.
pub(super) fn move_lead(tx: &Connection, lead: LeadId) -> Result<(), StoreError> {
    let mut query = tx.prepare_cached(
        "SELECT number, extension, alternates, areas FROM leads
         WHERE id = ?1 AND areas IS NOT NULL",
    )?;
    let several = query
        .query_row([lead], |row| Ok((numbers_in(row)?, Areas::read(row)?)))
        .optional()?;
    let Some((numbers, areas)) = several else {
        return Ok(());
    };
    let next = next_number(&numbers, &attempts_of(tx, lead)?);
    let next = next.and_then(|index| numbers.get(index));
    if let Some(area) = next.and_then(|next| areas.get(&next.number)) {
        tx.prepare_cached("UPDATE leads SET area = ?2 WHERE id = ?1")?
            .execute(params![lead, area])?;
    }
    Ok(())
}
