//! One process a campaign: the second one is told, and rings nobody.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::campaign::CampaignId;

/// So often, and so long, one waits for somebody who may only be looking.
const LOOKS: u32 = 3;
const LOOK: Duration = Duration::from_millis(5);

/// Held for as long as a process runs a campaign; the system gives it back when it ends.
#[derive(Debug)]
pub struct CampaignLock {
    path: PathBuf,
    _file: File,
}

impl Drop for CampaignLock {
    fn drop(&mut self) {
        // Still locked: whoever opened it meanwhile finds that it is no longer the file.
        if let Err(error) = std::fs::remove_file(&self.path) {
            tracing::debug!(path = %self.path.display(), %error, "a lock file stays behind");
        }
    }
}

/// Why the lock cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum LockRefused {
    /// This process has it, if it is known.
    #[error("being run by another process")]
    Running(Option<u32>),
    /// The file cannot be made.
    #[error(transparent)]
    File(#[from] std::io::Error),
}

impl CampaignLock {
    /// Takes the lock, and writes into its file whose it is.
    ///
    /// # Errors
    /// [`LockRefused`].
    pub fn take(ledger: &Path, campaign: CampaignId) -> Result<Self, LockRefused> {
        let path = path(ledger, campaign);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(&path)?;
        let mut looks = 0..LOOKS;
        loop {
            match file.try_lock() {
                Ok(()) if is_at(&file, &path) => break,
                // Its owner has just ended and removed it.
                Ok(()) => file = options.open(&path)?,
                // Somebody may only be looking.
                Err(TryLockError::WouldBlock) if looks.next().is_some() => {
                    std::thread::sleep(LOOK);
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(LockRefused::Running(owner(&mut file)));
                }
                Err(TryLockError::Error(error)) => return Err(error.into()),
            }
        }
        file.set_len(0)?;
        file.rewind()?;
        writeln!(file, "{}", std::process::id())?;
        Ok(Self { path, _file: file })
    }
}

/// Whether the file is still the one of this name.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (file.metadata(), std::fs::metadata(path)) {
        (Ok(open), Ok(named)) => (open.dev(), open.ino()) == (named.dev(), named.ino()),
        (Ok(_) | Err(_), _) => false,
    }
}

/// A file that is open cannot be removed here.
#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}

/// Who runs a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Runner {
    /// The process, if it is known.
    pub pid: Option<u32>,
}

/// Whether a process runs a campaign now, and which. A look at the lock, which is
/// given back at once.
///
/// # Errors
/// The file cannot be read.
pub fn campaign_runner(
    ledger: &Path,
    campaign: CampaignId,
) -> Result<Option<Runner>, std::io::Error> {
    let mut file = match File::open(path(ledger, campaign)) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    match file.try_lock_shared() {
        Ok(()) => Ok(None),
        Err(TryLockError::WouldBlock) => Ok(Some(Runner {
            pid: owner(&mut file),
        })),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// The process that has the lock; on some systems a locked file cannot be read.
fn owner(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

fn path(ledger: &Path, campaign: CampaignId) -> PathBuf {
    let mut name = ledger.file_name().unwrap_or_default().to_os_string();
    name.push(format!("-campaign-{campaign}.lock"));
    ledger.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_campaign_is_run_by_one_process_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = folder.path().join("novodial.db");
        let first = CampaignLock::take(&ledger, CampaignId(1)).unwrap();
        let second = CampaignLock::take(&ledger, CampaignId(1)).unwrap_err();
        let own = Some(std::process::id());
        assert!(matches!(second, LockRefused::Running(owner) if owner == own));
        assert!(CampaignLock::take(&ledger, CampaignId(2)).is_ok());
        let runner = |campaign| campaign_runner(&ledger, CampaignId(campaign)).unwrap();
        assert_eq!(runner(1), Some(Runner { pid: own }));
        assert_eq!((runner(2), runner(3)), (None, None), "over, and never run");
        drop(first);
        assert_eq!(runner(1), None);
        assert!(CampaignLock::take(&ledger, CampaignId(1)).is_ok());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_lock_file_that_its_owner_removed_gives_out_no_second_lock() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = folder.path().join("novodial.db");
        let takers: Vec<_> = (0..4)
            .map(|_| {
                let ledger = ledger.clone();
                std::thread::spawn(move || {
                    (0..30)
                        .filter_map(|_| {
                            let lock = CampaignLock::take(&ledger, CampaignId(1)).ok()?;
                            // Nobody else may have it now.
                            let alone = CampaignLock::take(&ledger, CampaignId(1)).is_err();
                            drop(lock);
                            Some(alone)
                        })
                        .all(|alone| alone)
                })
            })
            .collect();
        assert!(takers.into_iter().all(|taker| taker.join().unwrap()));
    }
}
