//! The handle on the database file: opening it, and the two kinds of access to it.
//!
//! WAL lets readers and one writer of several processes work at once; `synchronous=FULL` makes a
//! commit survive a power cut, not only a crash of ours.

use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::group::Writer;
use super::{StoreError, schema};

/// Statements that are kept ready; there are fewer of them.
const STATEMENTS: usize = 128;
/// How long to wait for another process's transaction.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// The ledger. Clones share its two connections: one writes, the other reads what is committed
/// without waiting for the disk.
#[derive(Clone)]
pub struct Ledger {
    writer: Arc<Writer>,
    reader: Arc<Mutex<Connection>>,
    path: Arc<PathBuf>,
}

impl std::fmt::Debug for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ledger")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl Ledger {
    /// Opens the database, makes it (readable by its owner alone) where there is none, and brings
    /// it up to date.
    ///
    /// # Errors
    /// Each way in which the file cannot serve has its own variant.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        make_folder(path)?;
        make_file(path).map_err(|source| cannot_open(path, &source))?;
        let mut writer = connect(path)?;
        prepare(&mut writer, path).map_err(|error| named(error, path))?;
        let reader = connect(path)?;
        reader.pragma_update(None, "query_only", true)?;
        Ok(Self {
            writer: Arc::new(Writer::new(writer)),
            reader: Arc::new(Mutex::new(reader)),
            path: Arc::new(path.to_owned()),
        })
    }

    /// The file it is kept in.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Runs `work` in a transaction that has the write lock from its start; it is on the disk when
    /// this returns.
    pub(super) fn write<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.writer.write(work)
    }

    /// Runs `work` on the connection that writes, outside of every transaction.
    pub(super) fn alone<T>(&self, work: impl FnOnce(&Connection) -> T) -> T {
        self.writer.alone(work)
    }

    /// Waits no longer than this for another process, so that tests need not.
    #[cfg(test)]
    pub(crate) fn wait_at_most(&self, time: Duration) {
        self.alone(|writer| writer.busy_timeout(time)).unwrap();
        let reader = self.reader.lock().unwrap();
        reader.busy_timeout(time).unwrap();
    }

    /// Runs `work` on one consistent view of the data.
    pub(super) fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        // A panic in another thread rolled its transaction back; the connection is sound.
        let mut connection = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = connection.transaction()?;
        let value = work(&transaction)?;
        transaction.finish()?;
        Ok(value)
    }
}

fn connect(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection =
        Connection::open_with_flags(path, flags).map_err(|error| cannot_open(path, &error))?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

fn make_folder(path: &Path) -> Result<(), StoreError> {
    let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) else {
        return Ok(());
    };
    std::fs::create_dir_all(folder).map_err(|source| StoreError::Directory {
        path: folder.to_owned(),
        source,
    })
}

/// Numbers and talks are personal data: a new file is nobody else's to read.
fn make_file(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

fn prepare(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    schema::recognise(connection, path)?;
    use_wal(connection)?;
    // The tables of a new file need not be on the disk before the first thing that is kept in them,
    // which takes them there.
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let is_new = version == 0;
    connection.pragma_update(None, "synchronous", if is_new { "NORMAL" } else { "FULL" })?;
    // What is deleted is overwritten.
    connection.pragma_update(None, "secure_delete", true)?;
    // A table that is made anew is dropped first, and dropping would follow the references.
    connection.pragma_update(None, "foreign_keys", false)?;
    schema::migrate(connection, path)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    Ok(())
}

/// Of several who open a new file at once one turns it to WAL; SQLite does not let the others wait.
fn use_wal(connection: &Connection) -> Result<(), StoreError> {
    let mut turned = connection.pragma_update(None, "journal_mode", "WAL");
    for _ in 0..100 {
        let busy = turned.as_ref().is_err_and(|error| {
            matches!(
                error.sqlite_error_code(),
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
            )
        });
        if !busy {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
        turned = connection.pragma_update(None, "journal_mode", "WAL");
    }
    Ok(turned?)
}

fn cannot_open(path: &Path, cause: &impl ToString) -> StoreError {
    StoreError::Open {
        path: path.to_owned(),
        cause: cause.to_string(),
    }
}

/// Puts the file's name to what SQLite said while opening.
fn named(error: StoreError, path: &Path) -> StoreError {
    if matches!(error, StoreError::Damaged(_)) {
        return StoreError::NotADatabase {
            path: path.to_owned(),
        };
    }
    let unopened = matches!(&error, StoreError::Sql(cause)
        if cause.sqlite_error_code() == Some(ErrorCode::CannotOpen));
    if unopened || matches!(error, StoreError::ReadOnly) {
        return cannot_open(path, &error);
    }
    error
}
