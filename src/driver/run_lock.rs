//! Tells live runs from dead ones.
//!
//! Each run holds a lock on a file of its own beside the ledger. The system gives the lock back
//! when the process ends, however it ends, so a lock that can be had belongs to a dead run. A
//! process id would lie once it is given out again.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use crate::campaign::RunId;

/// The lock of a live run, or of a dead one that is being cleaned up; gone with the process.
#[derive(Debug)]
pub(super) struct RunLock {
    path: PathBuf,
    _file: File,
}

/// Whose a run is.
#[derive(Debug)]
pub(super) enum Owner {
    /// Its process lives, or somebody else cleans up after it.
    Alive,
    /// Its process died. While this lock is held nobody else cleans up after it.
    Dead(RunLock),
    /// It has no lock: it is about to take it, or somebody took it away.
    Unknown,
}

fn path(ledger: &Path, run: RunId) -> PathBuf {
    let mut name = ledger.file_name().unwrap_or_default().to_os_string();
    name.push(format!("-run-{run}.lock"));
    ledger.with_file_name(name)
}

impl RunLock {
    /// Takes the lock of a run that was just begun. The file gets its name when it is locked
    /// already: whoever finds it unlocked knows that the run is dead.
    ///
    /// # Errors
    /// The file cannot be made, or somebody has the lock.
    pub(super) fn take(ledger: &Path, run: RunId) -> std::io::Result<Self> {
        let path = path(ledger, run);
        let unnamed = path.with_extension("lock.new");
        let file = File::create(&unnamed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(std::io::ErrorKind::WouldBlock.into()),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        if path.exists() {
            remove(&unnamed);
            return Err(std::io::ErrorKind::WouldBlock.into());
        }
        std::fs::rename(&unnamed, &path)?;
        Ok(Self { path, _file: file })
    }

    /// Whether the process of a run is still there.
    pub(super) fn owner(ledger: &Path, run: RunId) -> Owner {
        let path = path(ledger, run);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Owner::Unknown,
            Err(error) => return cannot_tell(run, &error),
        };
        match file.try_lock() {
            Ok(()) => Owner::Dead(Self { path, _file: file }),
            Err(TryLockError::WouldBlock) => Owner::Alive,
            Err(TryLockError::Error(error)) => cannot_tell(run, &error),
        }
    }

    /// Whether a run that has its lock is alive. A look that claims nothing.
    pub(super) fn is_held(ledger: &Path, run: RunId) -> bool {
        match File::open(path(ledger, run)).map(|file| file.try_lock_shared()) {
            Ok(Ok(())) => false,
            Ok(Err(TryLockError::WouldBlock)) => true,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
            Ok(Err(TryLockError::Error(error))) | Err(error) => {
                matches!(cannot_tell(run, &error), Owner::Alive)
            }
        }
    }
}

/// Whether a run left its lock behind unlocked, or none at all; nothing is taken or removed.
pub(super) fn is_abandoned(ledger: &Path, run: RunId) -> bool {
    match File::open(path(ledger, run)) {
        Ok(file) => file.try_lock_shared().is_ok(),
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    }
}

/// Whether a run has, or left, the file of its lock: one that has is begun, however young.
pub(super) fn has_lock(ledger: &Path, run: RunId) -> bool {
    path(ledger, run).exists()
}

/// What cannot be known must not be swept.
fn cannot_tell(run: RunId, error: &std::io::Error) -> Owner {
    tracing::warn!(%run, %error, "it cannot be told whether a run is alive");
    Owner::Alive
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
        assert!(matches!(RunLock::owner(&ledger, run), Owner::Unknown));
        let lock = RunLock::take(&ledger, run).unwrap();
        assert!(matches!(RunLock::owner(&ledger, run), Owner::Alive));
        assert!(RunLock::is_held(&ledger, run));
        assert!(RunLock::take(&ledger, run).is_err());
        drop(lock);
        assert!(!RunLock::is_held(&ledger, run));
        assert!(matches!(RunLock::owner(&ledger, run), Owner::Unknown));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn one_process_cleans_up_after_a_dead_run() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = folder.path().join("novodial.db");
        let run = RunId(8);
        // What a process leaves that is killed: the file, and nobody's lock on it.
        File::create(path(&ledger, run)).unwrap();
        assert!(
            !RunLock::is_held(&ledger, run),
            "dead, and still to be cleaned up"
        );
        let Owner::Dead(lock) = RunLock::owner(&ledger, run) else {
            panic!("nobody has its lock");
        };
        assert!(matches!(RunLock::owner(&ledger, run), Owner::Alive));
        drop(lock);
        assert!(matches!(RunLock::owner(&ledger, run), Owner::Unknown));
    }
}
