//! `do_not_call`: the numbers never to ring. Written at once, asked before every attempt.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::claim::PARKED;
use super::sql::At;
use super::{DoNotCallEntry, Ledger, StoreError};
use crate::campaign::{AttemptId, CampaignId};
use crate::phone::PhoneNumber;

/// Entries that are read at once: the list has no index by time, so each page is a look at all.
const PAGE: u32 = 50_000;

const SELECT: &str = "SELECT number, reason, attempt, added_at FROM do_not_call";

impl Ledger {
    /// Puts a number on the list, committed when this returns. `false`: it was there already, and
    /// keeps its first reason.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn forbid(
        &self,
        number: &PhoneNumber,
        reason: &str,
        attempt: Option<AttemptId>,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write(|tx| forbid(tx, (number, reason), attempt, at))
    }

    /// Puts a number on the list because its callee asked for it in a call; committed when this
    /// returns.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn opt_out(
        &self,
        number: &PhoneNumber,
        attempt: AttemptId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|tx| opt_out(tx, number, attempt, at))
    }

    /// Puts numbers on the list, each with its reason, all or none; how many were not there before.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn forbid_all(
        &self,
        numbers: &[(PhoneNumber, String)],
        at: Timestamp,
    ) -> Result<u64, StoreError> {
        self.write(|tx| {
            let mut insert = tx.prepare_cached(
                "INSERT INTO do_not_call (number, reason, added_at) VALUES (?1, ?2, ?3)
                 ON CONFLICT (number) DO NOTHING",
            )?;
            let mut added = 0;
            for (number, reason) in numbers {
                added += insert.execute(params![number, reason, At(at)])? as u64;
            }
            Ok(added)
        })
    }

    /// The entry of a number, if it is on the list.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn is_forbidden(&self, number: &PhoneNumber) -> Result<Option<DoNotCallEntry>, StoreError> {
        self.read(|tx| entry_of(tx, number))
    }

    /// Gives the whole list to `take`, the newest entry first, read in pages.
    ///
    /// # Errors
    /// The ledger cannot be read, or what `take` returns.
    pub fn each_forbidden<E: From<StoreError>>(
        &self,
        take: &mut dyn FnMut(DoNotCallEntry) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut after = None;
        loop {
            let page = self.forbidden_page(after.as_ref())?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            after = Some((last.added_at, last.number.clone()));
            for entry in page {
                take(entry)?;
            }
        }
    }

    fn forbidden_page(
        &self,
        after: Option<&(Timestamp, PhoneNumber)>,
    ) -> Result<Vec<DoNotCallEntry>, StoreError> {
        self.read(|tx| {
            let mut query = tx.prepare_cached(&format!(
                "{SELECT} WHERE ?1 IS NULL OR (added_at, ?2) < (?1, number)
                 ORDER BY added_at DESC, number LIMIT ?3"
            ))?;
            let (at, number) = after.map(|(at, number)| (At(*at), number)).unzip();
            let entries = query
                .query_map(params![at, number, PAGE], entry)?
                .collect::<Result<_, _>>()?;
            Ok(entries)
        })
    }

    /// Takes a number off the list. `false`: it was not on it.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn allow(&self, number: &PhoneNumber) -> Result<bool, StoreError> {
        self.write(|tx| {
            let removed = tx.execute("DELETE FROM do_not_call WHERE number = ?1", [number])?;
            if removed > 0 {
                judge_again(tx)?;
            }
            Ok(removed > 0)
        })
    }
}

/// Leads that waited for nothing but a shorter list are looked at again.
fn judge_again(tx: &Connection) -> Result<(), StoreError> {
    let mut campaigns = tx.prepare_cached("SELECT id FROM campaigns")?;
    let campaigns = campaigns.query_map([], |row| row.get(0))?;
    for campaign in campaigns.collect::<Result<Vec<CampaignId>, _>>()? {
        tx.prepare_cached(
            "UPDATE leads SET due_at = promised_at, why = NULL
             WHERE campaign = ?1 AND state IN ('new', 'retry') AND due_at = ?2
                 AND why = 'do_not_call'",
        )?
        .execute(params![campaign, PARKED])?;
    }
    Ok(())
}

/// Puts a number on the list, inside a transaction of the caller.
pub(super) fn opt_out(
    tx: &Connection,
    number: &PhoneNumber,
    attempt: AttemptId,
    at: Timestamp,
) -> Result<(), StoreError> {
    forbid(tx, (number, "asked for in a call"), Some(attempt), at).map(drop)
}

fn forbid(
    tx: &Connection,
    (number, reason): (&PhoneNumber, &str),
    attempt: Option<AttemptId>,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let added = tx
        .prepare_cached(
            "INSERT INTO do_not_call (number, reason, attempt, added_at)
             VALUES (?1, ?2, ?3, ?4) ON CONFLICT (number) DO NOTHING",
        )?
        .execute(params![number, reason, attempt, At(at)])?;
    Ok(added > 0)
}

/// The entry of a number, inside a transaction of the caller.
pub(super) fn entry_of(
    connection: &Connection,
    number: &PhoneNumber,
) -> Result<Option<DoNotCallEntry>, StoreError> {
    let mut query = connection.prepare_cached(&format!("{SELECT} WHERE number = ?1"))?;
    Ok(query.query_row([number], entry).optional()?)
}

fn entry(row: &Row<'_>) -> rusqlite::Result<DoNotCallEntry> {
    Ok(DoNotCallEntry {
        number: row.get("number")?,
        reason: row.get("reason")?,
        attempt: row.get("attempt")?,
        added_at: row.get::<_, At>("added_at")?.0,
    })
}
