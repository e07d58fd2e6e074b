//! Opening: new files, files of others, files from the future.

use std::fs;
use std::path::Path;

use rusqlite::Connection;

use super::*;

fn refused(path: &Path) -> StoreError {
    let error = Ledger::open(path).unwrap_err();
    assert!(error.hint().is_some(), "{error}");
    error
}

#[test]
fn a_new_ledger_makes_its_folder_and_belongs_to_its_owner() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/er/novodial.db");
    let ledger = Ledger::open(&path).unwrap();
    assert_eq!(ledger.path(), path);
    assert!(format!("{ledger:?}").contains("novodial.db"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{mode:o}");
    }
}

#[test]
fn it_writes_ahead_and_waits_for_the_disk() {
    let house = House::with_leads(&[]);
    let pragma = |name: &str| -> String {
        let value = house.ledger.alone(|connection| {
            connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0))
        });
        match value.unwrap() {
            rusqlite::types::Value::Integer(number) => number.to_string(),
            rusqlite::types::Value::Text(text) => text,
            other @ (rusqlite::types::Value::Null
            | rusqlite::types::Value::Real(_)
            | rusqlite::types::Value::Blob(_)) => panic!("{other:?}"),
        }
    };
    let values = [
        "journal_mode",
        "synchronous",
        "foreign_keys",
        "secure_delete",
    ]
    .map(pragma);
    assert_eq!(values, ["wal", "2", "1", "1"]);
}

#[test]
fn a_file_that_is_no_database_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("leads.csv");
    let text = "phone,name\n+79000000001,A\n".repeat(100);
    fs::write(&path, &text).unwrap();
    assert!(matches!(refused(&path), StoreError::NotADatabase { .. }));
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn a_database_of_another_program_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.db");
    let other = Connection::open(&path).unwrap();
    other
        .execute_batch("CREATE TABLE notes (text TEXT)")
        .unwrap();
    drop(other);
    assert!(matches!(refused(&path), StoreError::ForeignDatabase { .. }));
    let other = Connection::open(&path).unwrap();
    let tables: i64 = other
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .unwrap();
    assert_eq!(tables, 1);
}

#[test]
fn a_database_of_a_newer_version_is_refused() {
    let house = House::with_leads(&[1]);
    let newer = Connection::open(house.path()).unwrap();
    newer.pragma_update(None, "user_version", 99).unwrap();
    let error = refused(&house.path());
    assert!(matches!(error, StoreError::NewerSchema { .. }), "{error}");
}

#[test]
fn a_place_that_cannot_hold_a_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let error = refused(folder.path());
    assert!(matches!(error, StoreError::Open { .. }), "{error}");
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let error = refused(&file.join("novodial.db"));
    assert!(matches!(error, StoreError::Directory { .. }), "{error}");
    assert!(error.to_string().contains(&file.display().to_string()));
}

#[test]
fn opening_again_keeps_what_is_there() {
    let house = House::with_leads(&[1, 2]);
    let again = house.reopened();
    assert_eq!(again.lead_counts(house.campaign.id).unwrap().new, 2);
    assert_eq!(
        again.unfinished_runs().unwrap(),
        std::slice::from_ref(&house.run)
    );
}

#[test]
fn many_may_open_a_new_file_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("novodial.db");
    let runs: Vec<_> = std::thread::scope(|scope| {
        let openers: Vec<_> = (0..8)
            .map(|pid| {
                let path = &path;
                scope.spawn(move || {
                    let ledger = Ledger::open(path).unwrap();
                    ledger.begin_run("novodial", pid, "host", at(0)).unwrap()
                })
            })
            .collect();
        openers.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let apps: std::collections::BTreeSet<_> = runs.iter().map(|run| &run.app).collect();
    assert_eq!(apps.len(), 8);
}

#[test]
fn a_ledger_of_the_first_schema_keeps_everything() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("novodial.db");
    let mut old = Connection::open(&path).unwrap();
    super::super::schema::MIGRATIONS
        .to_version(&mut old, 1)
        .unwrap();
    old.execute_batch(
        "INSERT INTO runs (id, app, pid, host, started_at) VALUES (1, 'a-1', 7, 'host', 5);
         INSERT INTO campaigns (id, name, source, created_at) VALUES (3, 'spring', '/s.csv', 9);
         INSERT INTO leads (id, campaign, number, name, fields, line, state, claimed_by)
             VALUES (4, 3, '+79000000001', 'A', '{\"x\":\"1\"}', 2, 'done', 1),
                    (5, 3, '+79000000002', NULL, '{}', 3, 'in_call', 1);
         INSERT INTO attempts (run, campaign, lead, ordinal, channel_id, number, created_at)
             VALUES (1, 3, 5, 1, 'c-1', '+79000000002', 6);",
    )
    .unwrap();
    drop(old);
    let ledger = Ledger::open(&path).unwrap();
    let campaign = ledger.campaign("spring").unwrap();
    let counts = ledger.lead_counts(campaign.id).unwrap();
    assert_eq!((counts.done, counts.in_call, counts.total()), (1, 1, 2));
    let open = ledger.open_attempts(None).unwrap();
    assert_eq!(
        open[0].lead.map(|lead| lead.0),
        Some(5),
        "attempts still know their leads"
    );
    let number: String = ledger.alone(|connection| {
        let query = "SELECT claimed_number FROM leads WHERE id = 5";
        connection.query_row(query, [], |row| row.get(0)).unwrap()
    });
    assert_eq!(number, "+79000000002");
}
