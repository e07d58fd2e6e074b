//! Tells live runs from dead ones.
//!
//! Each run holds a lock on a file of its own beside the ledger. The system gives the lock back
//! when the process ends, however it ends, so a lock that can be had belongs to a dead run. A
//! process id would lie once it is given out again.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use crate::campaign::RunId;

/// The lock of a live run; gone with the process.
#[derive(Debug)]
pub(super) struct RunLock {
    path: PathBuf,
    _file: File,
}

/// What the lock of a run tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Liveness {
    Alive,
    Dead,
}

fn path(ledger: &Path, run: RunId) -> PathBuf {
    let mut name = ledger.file_name().unwrap_or_default().to_os_string();
    name.push(format!("-run-{run}.lock"));
    ledger.with_file_name(name)
}

impl RunLock {
    /// Takes the lock of a run that was just begun.
    ///
    /// # Errors
    /// The file cannot be made, or somebody has the lock.
    pub(super) fn take(ledger: &Path, run: RunId) -> std::io::Result<Self> {
        let path = path(ledger, run);
        let file = File::create(&path)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { path, _file: file }),
            Err(TryLockError::WouldBlock) => Err(std::io::ErrorKind::WouldBlock.into()),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Whether the process of a run is still there.
    pub(super) fn liveness(ledger: &Path, run: RunId) -> Liveness {
        match File::open(path(ledger, run)).map(|file| file.try_lock()) {
            Ok(Err(TryLockError::WouldBlock)) => Liveness::Alive,
            Ok(Ok(())) => Liveness::Dead,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Liveness::Dead,
            // What cannot be known must not be swept.
            Ok(Err(TryLockError::Error(error))) | Err(error) => {
                tracing::warn!(%run, %error, "it cannot be told whether a run is alive");
                Liveness::Alive
            }
        }
    }

    /// Removes the file of a dead run.
    pub(super) fn forget(ledger: &Path, run: RunId) {
        remove(&path(ledger, run));
    }
}

impl Drop for RunLock {
    fn drop(&mut self) {
        remove(&self.path);
    }
}

fn remove(path: &Path) {
    match std::fs::remove_file(path) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => tracing::warn!(path = %path.display(), %error, "a lock file stays behind"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_alive_as_long_as_its_lock_is_held() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = folder.path().join("novodial.db");
        let run = RunId(7);
        assert_eq!(RunLock::liveness(&ledger, run), Liveness::Dead);
        let lock = RunLock::take(&ledger, run).unwrap();
        assert_eq!(RunLock::liveness(&ledger, run), Liveness::Alive);
        assert!(RunLock::take(&ledger, run).is_err());
        drop(lock);
        assert_eq!(RunLock::liveness(&ledger, run), Liveness::Dead);
    }
}
