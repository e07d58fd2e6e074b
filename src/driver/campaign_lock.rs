//! One process a campaign: the second one is told, and rings nobody.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use crate::campaign::CampaignId;

/// Held for as long as a process runs a campaign; the system gives it back when it ends.
#[derive(Debug)]
pub struct CampaignLock {
    _file: File,
}

impl CampaignLock {
    /// Takes the lock.
    ///
    /// # Errors
    /// `WouldBlock` where another process has it; otherwise the file cannot be made.
    pub fn take(ledger: &Path, campaign: CampaignId) -> std::io::Result<Self> {
        let file = File::create(path(ledger, campaign))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(std::io::ErrorKind::WouldBlock.into()),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

// The file stays: removing a lock file while another process opens it would give out two locks.
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
        assert_eq!(second.kind(), std::io::ErrorKind::WouldBlock);
        assert!(CampaignLock::take(&ledger, CampaignId(2)).is_ok());
        drop(first);
        assert!(CampaignLock::take(&ledger, CampaignId(1)).is_ok());
    }
}
