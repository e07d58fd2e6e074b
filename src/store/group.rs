//! Writes that share a commit: whoever comes while a commit waits for the disk goes into the next
//! one together, so that a hundred calls at once do not wait for a hundred flushes one by one.
//!
//! Each piece of work runs in a savepoint of its own, and nobody is told that it is done before the
//! commit that holds it is on the disk. A lone writer commits at once, as if nothing of this existed.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode};

use super::StoreError;

/// The most pieces of work in one commit.
const LARGEST_BATCH: u32 = 256;
/// How long a commit waits for somebody who is on the way; longer only if that one does not come.
const PATIENCE: Duration = Duration::from_millis(2);
/// Failed commits that are remembered, for those who were in them to hear of it.
const REMEMBERED: usize = 64;

/// The one connection that writes.
pub(super) struct Writer {
    state: Mutex<State>,
    /// Somebody went into the open batch.
    joined: Condvar,
    /// A batch ended.
    ended: Condvar,
    /// Those who are on their way in.
    coming: AtomicUsize,
}

struct State {
    connection: Connection,
    /// The batch whose transaction is open.
    open: Option<u64>,
    /// How much work it holds.
    size: u32,
    /// The last batch that was begun, and the last that ended.
    begun: u64,
    ended: u64,
    /// Why the open batch is lost, where SQLite has rolled it back by itself.
    lost: Option<Failure>,
    failed: Vec<(u64, Failure)>,
}

/// Why a commit failed, for everybody who was in it.
#[derive(Clone)]
struct Failure {
    code: Option<ErrorCode>,
    message: String,
}

/// What became of a piece of work.
enum Worked<T> {
    Done(Result<T, StoreError>),
    Panicked(Box<dyn Any + Send>),
}

impl Writer {
    pub(super) fn new(connection: Connection) -> Self {
        Self {
            state: Mutex::new(State {
                connection,
                open: None,
                size: 0,
                begun: 0,
                ended: 0,
                lost: None,
                failed: Vec::new(),
            }),
            joined: Condvar::new(),
            ended: Condvar::new(),
            coming: AtomicUsize::new(0),
        }
    }

    /// Runs `work` with the write lock from its start, and returns once it is on the disk.
    pub(super) fn write<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.coming.fetch_add(1, Ordering::SeqCst);
        let mut state = self.lock();
        self.coming.fetch_sub(1, Ordering::SeqCst);
        let leads = state.open.is_none();
        if leads {
            state.begin()?;
        }
        let batch = state.begun;
        let worked = state.work(work);
        if !leads {
            // The one who began the batch counts who came.
            self.joined.notify_one();
        }
        if leads {
            self.end(state)?;
        } else if matches!(worked, Worked::Done(Ok(_))) {
            self.wait(state, batch)?;
        }
        match worked {
            Worked::Done(result) => result,
            Worked::Panicked(panic) => resume_unwind(panic),
        }
    }

    /// Runs `work` outside of every transaction: a checkpoint, a pragma.
    pub(super) fn alone<T>(&self, work: impl FnOnce(&Connection) -> T) -> T {
        let mut state = self.lock();
        while state.open.is_some() {
            state = rest(&self.ended, state, PATIENCE);
        }
        work(&state.connection)
    }

    /// Lets in whoever is on the way, and commits.
    fn end(&self, mut state: MutexGuard<'_, State>) -> Result<(), StoreError> {
        while self.coming.load(Ordering::SeqCst) > 0 && state.size < LARGEST_BATCH {
            let size = state.size;
            state = rest(&self.joined, state, PATIENCE);
            if state.size == size {
                break;
            }
        }
        let committed = state.commit();
        self.ended.notify_all();
        committed
    }

    /// Waits until a batch is on the disk.
    fn wait(&self, mut state: MutexGuard<'_, State>, batch: u64) -> Result<(), StoreError> {
        while state.ended < batch {
            state = rest(&self.ended, state, Duration::from_secs(1));
        }
        let failed = state.failed.iter().find(|(failed, _)| *failed == batch);
        failed.map_or(Ok(()), |(_, failure)| Err(failure.to_error()))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn rest<'a>(
    signal: &Condvar,
    state: MutexGuard<'a, State>,
    longest: Duration,
) -> MutexGuard<'a, State> {
    let waited = signal.wait_timeout(state, longest);
    waited.unwrap_or_else(PoisonError::into_inner).0
}

impl State {
    fn begin(&mut self) -> Result<(), StoreError> {
        self.connection.execute_batch("BEGIN IMMEDIATE")?;
        self.begun += 1;
        self.open = Some(self.begun);
        self.size = 0;
        Ok(())
    }

    fn work<T>(&mut self, work: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Worked<T> {
        self.size += 1;
        // Without a transaction round it a savepoint would commit by itself.
        if let Some(lost) = &self.lost {
            return Worked::Done(Err(lost.to_error()));
        }
        let worked = self.work_in_savepoint(work);
        // A full disk, a failing one: SQLite then rolls back all that the batch holds.
        if self.connection.is_autocommit() {
            self.lost = Some(Failure::behind(&worked));
        }
        worked
    }

    fn work_in_savepoint<T>(
        &mut self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Worked<T> {
        let savepoint = match self.connection.savepoint() {
            Ok(savepoint) => savepoint,
            Err(error) => return Worked::Done(Err(error.into())),
        };
        // Dropped without a commit, a savepoint is rolled back.
        match catch_unwind(AssertUnwindSafe(|| work(&savepoint))) {
            Ok(Ok(value)) => {
                let kept = savepoint.commit();
                Worked::Done(kept.map(|()| value).map_err(StoreError::from))
            }
            Ok(Err(error)) => Worked::Done(Err(error)),
            Err(panic) => Worked::Panicked(panic),
        }
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        let batch = self.begun;
        let committed = match self.lost.take() {
            Some(lost) => Err((lost.to_error(), lost)),
            None => self.connection.execute_batch("COMMIT").map_err(|error| {
                let failure = Failure::from(&error);
                (error.into(), failure)
            }),
        };
        self.open = None;
        self.ended = batch;
        let Err((error, failure)) = committed else {
            return Ok(());
        };
        // Some failures leave the transaction open, others have rolled it back.
        if !self.connection.is_autocommit()
            && let Err(error) = self.connection.execute_batch("ROLLBACK")
        {
            tracing::warn!(%error, "a transaction that failed cannot be rolled back");
        }
        if self.failed.len() == REMEMBERED {
            self.failed.remove(0);
        }
        self.failed.push((batch, failure));
        Err(error)
    }
}

impl From<&rusqlite::Error> for Failure {
    fn from(error: &rusqlite::Error) -> Self {
        Self {
            code: error.sqlite_error_code(),
            message: error.to_string(),
        }
    }
}

impl Failure {
    /// Why the batch of this piece of work was rolled back.
    fn behind<T>(worked: &Worked<T>) -> Self {
        let (code, message) = match worked {
            Worked::Done(Err(error)) => {
                let full = matches!(error, StoreError::DiskFull);
                (full.then_some(ErrorCode::DiskFull), error.to_string())
            }
            Worked::Done(Ok(_)) | Worked::Panicked(_) => {
                (None, "the transaction was rolled back".to_owned())
            }
        };
        Self { code, message }
    }

    fn to_error(&self) -> StoreError {
        match self.code {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Locked,
            Some(ErrorCode::DiskFull) => StoreError::DiskFull,
            Some(ErrorCode::ReadOnly) => StoreError::ReadOnly,
            _ => StoreError::NotCommitted(self.message.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn writer() -> (tempfile::TempDir, Arc<Writer>) {
        let folder = tempfile::tempdir().unwrap();
        let connection = Connection::open(folder.path().join("x.db")).unwrap();
        connection
            .execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE t (n INTEGER UNIQUE)")
            .unwrap();
        (folder, Arc::new(Writer::new(connection)))
    }

    fn insert(writer: &Writer, n: i64) -> Result<(), StoreError> {
        writer.write(|tx| Ok(tx.execute("INSERT INTO t (n) VALUES (?1)", [n]).map(drop)?))
    }

    fn count(writer: &Writer) -> i64 {
        writer.alone(|tx| {
            tx.query_row("SELECT count(*) FROM t", [], |row| row.get(0))
                .unwrap()
        })
    }

    #[test]
    fn writers_at_once_are_all_kept_and_share_commits() {
        let (_folder, writer) = writer();
        std::thread::scope(|scope| {
            for thread in 0..16 {
                let writer = &writer;
                scope.spawn(move || {
                    for n in 0..50 {
                        insert(writer, thread * 100 + n).unwrap();
                    }
                });
            }
        });
        assert_eq!(count(&writer), 800);
        let batches = writer.lock().ended;
        assert!(batches <= 800, "{batches}");
    }

    #[test]
    fn one_that_fails_or_panics_takes_nobody_with_it() {
        let (_folder, writer) = writer();
        insert(&writer, 1).unwrap();
        assert!(matches!(insert(&writer, 1), Err(StoreError::Sql(_))));
        let panicked = std::panic::catch_unwind(AssertUnwindSafe(|| {
            writer.write::<()>(|tx| {
                tx.execute("INSERT INTO t (n) VALUES (2)", []).unwrap();
                panic!("a bug");
            })
        }));
        assert!(panicked.is_err());
        insert(&writer, 3).unwrap();
        assert_eq!(count(&writer), 2, "what the panic had written is gone");
    }

    #[test]
    fn failures_and_successes_of_one_batch_are_told_apart() {
        let (_folder, writer) = writer();
        let kept: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..16)
                .map(|_| {
                    let writer = &writer;
                    scope.spawn(move || (0..50).filter(|n| insert(writer, *n).is_ok()).count())
                })
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .sum()
        });
        assert_eq!(kept, 50);
        assert_eq!(count(&writer), 50);
    }

    #[test]
    fn a_commit_that_fails_is_told_and_the_next_one_is_made() {
        let (_folder, writer) = writer();
        writer.alone(|tx| {
            tx.execute_batch(
                "PRAGMA foreign_keys = 1; CREATE TABLE child
                     (n INTEGER REFERENCES t (n) DEFERRABLE INITIALLY DEFERRED)",
            )
            .unwrap();
        });
        let orphan = writer.write(|tx| Ok(tx.execute("INSERT INTO child VALUES (9)", [])?));
        assert!(matches!(orphan, Err(StoreError::Sql(_))), "{orphan:?}");
        insert(&writer, 1).unwrap();
        assert_eq!(count(&writer), 1);
    }

    #[test]
    fn nobody_commits_in_a_batch_that_sqlite_has_rolled_back() {
        let (_folder, writer) = writer();
        insert(&writer, 1).unwrap();
        let mut state = writer.lock();
        let work = |state: &mut State, sql: &'static str| {
            let worked = state.work(|tx| Ok(tx.execute(sql, [])?));
            matches!(worked, Worked::Done(Ok(_)))
        };
        state.begin().unwrap();
        assert!(work(&mut state, "INSERT INTO t (n) VALUES (2)"));
        // As a full disk does: the whole transaction is gone.
        assert!(!work(
            &mut state,
            "INSERT OR ROLLBACK INTO t (n) VALUES (1)"
        ));
        assert!(!work(&mut state, "INSERT INTO t (n) VALUES (3)"));
        let failed = state.commit().unwrap_err();
        assert!(failed.to_string().contains("UNIQUE"), "{failed}");
        state.begin().unwrap();
        assert!(work(&mut state, "INSERT INTO t (n) VALUES (4)"));
        state.commit().unwrap();
        drop(state);
        assert_eq!(count(&writer), 2, "1 and 4");
    }

    #[test]
    fn a_file_locked_by_another_process_is_told() {
        let (folder, writer) = writer();
        insert(&writer, 1).unwrap();
        let other = Connection::open(folder.path().join("x.db")).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        assert!(matches!(insert(&writer, 2), Err(StoreError::Locked)));
        other.execute_batch("COMMIT").unwrap();
        insert(&writer, 2).unwrap();
    }
}
