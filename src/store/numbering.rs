//! The numbering register, imported once and preferred from then on.

use jiff::Timestamp;
use rusqlite::params;

use super::sql::{At, Count};
use super::{Ledger, NumberingFile, StoreError};
use crate::phone::{Numbering, Range};

impl Ledger {
    /// Takes over the ranges of one file of the register, all or none. What was known of the codes
    /// that begin with the same digits is replaced.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn import_numbering(
        &self,
        file: &str,
        ranges: &[Range],
        at: Timestamp,
    ) -> Result<(), StoreError> {
        const SPAN: u64 = 1_000_000_000;
        let mut digits: Vec<u64> = ranges.iter().map(|range| range.first / SPAN).collect();
        digits.sort_unstable();
        digits.dedup();
        self.write(|tx| {
            for digit in &digits {
                tx.execute(
                    "DELETE FROM numbering WHERE first >= ?1 AND first < ?2",
                    params![Count(digit * SPAN), Count((digit + 1) * SPAN)],
                )?;
            }
            let mut insert = tx.prepare_cached(
                "INSERT OR REPLACE INTO numbering (first, last, region) VALUES (?1, ?2, ?3)",
            )?;
            for range in ranges {
                insert.execute(params![Count(range.first), Count(range.last), range.region])?;
            }
            tx.execute(
                "INSERT OR REPLACE INTO numbering_files (name, imported_at, ranges)
                 VALUES (?1, ?2, ?3)",
                params![
                    file,
                    At(at),
                    i64::try_from(ranges.len()).unwrap_or(i64::MAX)
                ],
            )?;
            Ok(())
        })
    }

    /// The shipped tables with what was imported on top.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn numbering(&self) -> Result<Numbering, StoreError> {
        self.read(|tx| {
            let mut query =
                tx.prepare_cached("SELECT first, last, region FROM numbering ORDER BY first")?;
            let ranges = query.query_map([], |row| {
                Ok(Range {
                    first: row.get::<_, Count>(0)?.0,
                    last: row.get::<_, Count>(1)?.0,
                    region: row.get(2)?,
                })
            })?;
            Ok(Numbering::with_register(ranges.collect::<Result<_, _>>()?))
        })
    }

    /// The files that were imported, by name.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn numbering_files(&self) -> Result<Vec<NumberingFile>, StoreError> {
        self.read(|tx| {
            let mut query = tx.prepare_cached(
                "SELECT name, imported_at, ranges FROM numbering_files ORDER BY name",
            )?;
            let files = query.query_map([], |row| {
                Ok(NumberingFile {
                    name: row.get(0)?,
                    imported_at: row.get::<_, At>(1)?.0,
                    ranges: row.get::<_, Count>(2)?.0,
                })
            })?;
            Ok(files.collect::<Result<_, _>>()?)
        })
    }
}
