//! The schema and its history. Migrations are only ever appended; `user_version` counts them.

use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;

use rusqlite::Connection;
use rusqlite_migration::{M, MigrationDefinitionError, Migrations};

use super::StoreError;

/// "NVOD": tells our databases from those of other programs.
pub(super) const APPLICATION_ID: i64 = 0x4E56_4F44;

/// How often to look again when another process migrates the same new file.
const TRIES: u32 = 100;
/// Between two looks: the other needs some milliseconds for the whole of it.
const PAUSE: Duration = Duration::from_millis(20);

pub(super) static MIGRATIONS: LazyLock<Migrations<'static>> = LazyLock::new(|| {
    Migrations::new(vec![
        M::up(include_str!("migrations/001_ledger.sql")),
        M::up(include_str!("migrations/002_policy.sql")).foreign_key_check(),
        M::up(include_str!("migrations/003_afresh.sql")),
        M::up(include_str!("migrations/004_caller_ids.sql")),
        M::up(include_str!("migrations/005_charges.sql")),
        M::up(include_str!("migrations/006_advised.sql")),
        M::up(include_str!("migrations/007_hangup.sql")),
        M::up(include_str!("migrations/008_areas.sql")),
    ])
});

/// Refuses a database that is not ours, before anything in it is touched.
pub(super) fn recognise(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let number = |sql| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    let tables = number("SELECT count(*) FROM sqlite_schema")?;
    let application = number("PRAGMA application_id")?;
    if tables > 0 && application != APPLICATION_ID {
        return Err(StoreError::ForeignDatabase {
            path: path.to_owned(),
        });
    }
    Ok(())
}

/// Brings the schema up to date.
///
/// The crate reads the version before it locks, so of two processes that open a new file at once
/// one fails on tables that exist by then; looking again finds the work done.
pub(super) fn migrate(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    for last in (0..TRIES).map(|round| round + 1 == TRIES) {
        match MIGRATIONS.to_latest(connection) {
            Ok(()) => return Ok(()),
            Err(rusqlite_migration::Error::MigrationDefinition(
                MigrationDefinitionError::DatabaseTooFarAhead,
            )) => {
                return Err(StoreError::NewerSchema {
                    path: path.to_owned(),
                });
            }
            Err(rusqlite_migration::Error::RusqliteError { err, .. }) if last => {
                return Err(err.into());
            }
            Err(error) if last => {
                return Err(StoreError::Open {
                    path: path.to_owned(),
                    cause: error.to_string(),
                });
            }
            Err(error) => {
                tracing::debug!(%error, "migration raced with another process");
                std::thread::sleep(PAUSE);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_migrations_are_valid_sql() {
        MIGRATIONS.validate().unwrap();
    }
}
