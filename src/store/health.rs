//! How the file itself is doing: whole, of what size, with how much air in it.

use jiff::Timestamp;
use rusqlite::Connection;

use super::sql::At;
use super::{Ledger, StoreError};

/// Faults that are told; a broken file has thousands.
const MOST_FAULTS: u32 = 5;

/// What a look at the file tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerHealth {
    /// What `SQLite` finds wrong, a line each; empty for a file that is whole.
    pub faults: Vec<String>,
    /// Bytes of the database, without its log.
    pub bytes: u64,
    /// Bytes of the write-ahead log.
    pub log_bytes: u64,
    /// Bytes inside the file that nothing uses.
    pub free_bytes: u64,
    /// When the last attempt was begun, by the clock of that time.
    pub newest_attempt: Option<Timestamp>,
}

impl Ledger {
    /// Looks at the file; takes seconds for a large one.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn health(&self) -> Result<LedgerHealth, StoreError> {
        let mut log = self.path().as_os_str().to_owned();
        log.push("-wal");
        let log_bytes = std::fs::metadata(log).map_or(0, |file| file.len());
        self.read(|tx| {
            let number = |pragma: &str| -> rusqlite::Result<u64> {
                let number: i64 =
                    tx.query_row(&format!("PRAGMA {pragma}"), [], |row| row.get(0))?;
                Ok(number.unsigned_abs())
            };
            let page = number("page_size")?;
            Ok(LedgerHealth {
                faults: faults(tx)?,
                bytes: page * number("page_count")?,
                log_bytes,
                free_bytes: page * number("freelist_count")?,
                newest_attempt: tx.query_row(
                    "SELECT max(created_at) FROM attempts",
                    [],
                    |row| Ok(row.get::<_, Option<At>>(0)?.map(|at| at.0)),
                )?,
            })
        })
    }

    /// Writes the log into the file; with `compact`, the file is written anew without air. Waits for
    /// nobody: with another process at work it does what can be done.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn tidy(&self, compact: bool) -> Result<(), StoreError> {
        self.alone(|connection| {
            if compact {
                connection.execute_batch("VACUUM")?;
            }
            connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
            Ok(())
        })
    }
}

fn faults(tx: &Connection) -> Result<Vec<String>, StoreError> {
    let mut faults = Vec::new();
    let mut check = tx.prepare(&format!("PRAGMA quick_check({MOST_FAULTS})"))?;
    for line in check.query_map([], |row| row.get::<_, String>(0))? {
        let line = line?;
        if line != "ok" {
            faults.push(line);
        }
    }
    let mut check = tx.prepare("PRAGMA foreign_key_check")?;
    let mut rows = check.query([])?;
    let mut lost = 0_u32;
    while rows.next()?.is_some() {
        lost += 1;
    }
    if lost > 0 {
        faults.push(format!("{lost} rows belong to nothing"));
    }
    Ok(faults)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_ledger_is_tidied_and_stays_whole() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(&folder.path().join("novodial.db")).unwrap();
        let at: Timestamp = "2026-11-22T09:00:00Z".parse().unwrap();
        for _ in 0..50 {
            ledger.begin_run("novodial", 1, "here", at).unwrap();
        }
        let before = ledger.health().unwrap();
        assert_eq!(before.faults, Vec::<String>::new());
        assert!(before.bytes > 0 && before.log_bytes > 0, "{before:?}");
        assert_eq!(before.newest_attempt, None);
        ledger.tidy(true).unwrap();
        let after = ledger.health().unwrap();
        assert_eq!((after.log_bytes, after.free_bytes), (0, 0), "{after:?}");
        assert_eq!(ledger.unfinished_runs().unwrap().len(), 50);
    }

    #[test]
    fn a_row_that_belongs_to_nothing_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("novodial.db");
        let ledger = Ledger::open(&path).unwrap();
        let other = rusqlite::Connection::open(&path).unwrap();
        other
            .execute_batch("PRAGMA foreign_keys=OFF; INSERT INTO calls (attempt) VALUES (77);")
            .unwrap();
        let faults = ledger.health().unwrap().faults;
        assert!(
            faults.iter().any(|fault| fault.contains("belong")),
            "{faults:?}"
        );
    }
}
