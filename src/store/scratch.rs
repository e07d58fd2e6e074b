//! A copy of the ledger to try something out on: what would happen, without its happening.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags, params};

use super::case::Case;
use super::claim::{WAITING, settle};
use super::{Ledger, StoreError};
use crate::campaign::{CampaignId, LeadId, LeadPolicy, Verdict};

/// Leads that are judged in one transaction.
const PIECE: u32 = 5_000;

/// A copy of a ledger; its file is gone with it.
#[derive(Debug)]
pub struct Scratch {
    /// The copy.
    pub ledger: Ledger,
    path: PathBuf,
}

impl Scratch {
    /// Copies the ledger in this file, of which nothing is written; one that is empty where there
    /// is none. It holds personal data: nobody else may read it.
    ///
    /// # Errors
    /// The file cannot be read, or no copy can be made.
    pub fn of(database: &Path) -> Result<Self, StoreError> {
        let path = make_file(&std::env::temp_dir(), database)?;
        let copied = copy(database, &path).and_then(|()| Ledger::open(&path));
        match copied {
            Ok(ledger) => {
                ledger.be_nameless(&path)?;
                Ok(Self { ledger, path })
            }
            Err(error) => {
                remove(&path);
                Err(error)
            }
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        remove(&self.path);
    }
}

fn make_file(folder: &Path, database: &Path) -> Result<PathBuf, StoreError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let id = std::process::id();
    let names = (0..).map(|n: u32| folder.join(format!("novodial-dry-run-{id}-{n}.db")));
    for path in names {
        match options.open(&path) {
            Ok(_) => return Ok(path),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => {
                return Err(StoreError::Open {
                    path: database.to_owned(),
                    cause: format!("no copy to try it on in {}: {error}", folder.display()),
                });
            }
        }
    }
    Err(StoreError::DiskFull)
}

fn copy(database: &Path, into: &Path) -> Result<(), StoreError> {
    if !database.exists() {
        return Ok(());
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let from = Connection::open_with_flags(database, flags)?;
    from.execute("VACUUM INTO ?1", params![into.to_string_lossy()])?;
    Ok(())
}

fn remove(path: &Path) {
    for ending in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        match std::fs::remove_file(Path::new(&name)) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => tracing::warn!(%error, "a copy of the ledger stays behind"),
        }
    }
}

impl Ledger {
    /// Takes its files' names away: however this process ends, they end with it. Both connections
    /// must have them open by then.
    fn be_nameless(&self, path: &Path) -> Result<(), StoreError> {
        if !cfg!(unix) {
            return Ok(());
        }
        self.read(|tx| Ok(tx.query_row("SELECT count(*) FROM runs", [], |_| Ok(()))?))?;
        remove(path);
        Ok(())
    }

    /// Judges every lead of a campaign that waits for its turn, as a claim does: whoever may not
    /// be rung now gets the time and the reason.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn judge_all(
        &self,
        campaign: CampaignId,
        policy: &LeadPolicy,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut after = LeadId(0);
        while let Some(last) = self.write(|tx| judge_piece(tx, (campaign, after), policy, now))? {
            after = last;
        }
        Ok(())
    }
}

/// Judges some leads; the last of them, or `None` when there were none.
fn judge_piece(
    tx: &Connection,
    (campaign, after): (CampaignId, LeadId),
    policy: &LeadPolicy,
    now: Timestamp,
) -> Result<Option<LeadId>, StoreError> {
    let mut query = tx.prepare_cached(&format!(
        "SELECT id FROM leads
         WHERE id > ?2 AND campaign = ?1 AND {WAITING} ORDER BY id LIMIT ?3"
    ))?;
    let ids = query.query_map(params![campaign, after, PIECE], |row| row.get(0))?;
    let ids: Vec<LeadId> = ids.collect::<Result<_, _>>()?;
    for id in &ids {
        if let Some(case) = Case::read(tx, *id, policy, now)? {
            match case.verdict(policy, now) {
                Verdict::May => make_ready(tx, *id)?,
                verdict @ (Verdict::NotBefore(..) | Verdict::Never(_)) => {
                    settle(tx, *id, &verdict)?;
                }
            }
        }
    }
    Ok(ids.last().copied())
}

fn make_ready(tx: &Connection, lead: LeadId) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE leads SET due_at = NULL, why = NULL WHERE id = ?1")?
        .execute([lead])?;
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_copy_needs_no_name_and_leaves_nothing_behind_however_it_ends() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("novodial.db");
        let at = Timestamp::UNIX_EPOCH;
        let ledger = Ledger::open(&database).unwrap();
        ledger.begin_run("novodial", 7, "host", at).unwrap();
        let copy = Scratch::of(&database).unwrap();
        for ending in ["", "-wal", "-shm"] {
            let name = format!("{}{ending}", copy.path.display());
            assert!(!Path::new(&name).exists(), "{name}");
        }
        copy.ledger.begin_run("novodial", 8, "host", at).unwrap();
        assert_eq!(copy.ledger.unfinished_runs().unwrap().len(), 2);
        assert_eq!(ledger.unfinished_runs().unwrap().len(), 1);
    }
}
