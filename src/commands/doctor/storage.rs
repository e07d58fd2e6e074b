//! The ledger, the disk below it, and the folders of recordings and prompts.

use std::path::Path;

use super::report::failed;
use crate::commands::Desk;
use crate::report::CheckLine;
use crate::settings::Settings;
use crate::store::LedgerHealth;

const MEGABYTE: u64 = 1_000_000;
/// An hour of recorded talk is 115 MB.
const LITTLE_SPACE: u64 = 1_000 * MEGABYTE;
/// The ledger itself comes to a stop.
const NO_SPACE: u64 = 100 * MEGABYTE;
/// A log of this size was not written back for long.
const LONG_LOG: u64 = 64 * MEGABYTE;

pub(super) fn lines(settings: &Settings, desk: &Desk<'_>) -> Vec<CheckLine> {
    let storage = &settings.storage;
    let mut lines = vec![ledger(settings, desk)];
    let record = settings
        .call
        .record
        .then_some(("recordings", &storage.recordings));
    let folders = record
        .into_iter()
        .chain([("prompt cache", &storage.prompt_cache)]);
    for (what, path) in folders {
        lines.push(folder(what, path));
    }
    let places = [
        ("disk of the ledger", storage.database.parent()),
        ("disk of the recordings", Some(storage.recordings.as_path())),
    ];
    for (what, path) in places {
        lines.extend(path.and_then(|path| space(what, path)));
    }
    lines
}

fn ledger(settings: &Settings, desk: &Desk<'_>) -> CheckLine {
    let what = "ledger";
    let path = &settings.storage.database;
    if !path.exists() {
        return CheckLine::ok(
            what,
            format!("none yet; the first call makes {}", path.display()),
        );
    }
    let health = desk
        .ledger(settings)
        .and_then(|ledger| Ok(ledger.health()?));
    match health {
        Ok(health) => judge(what, path, &health),
        Err(error) => failed(what, error),
    }
}

fn judge(what: &str, path: &Path, health: &LedgerHealth) -> CheckLine {
    let megabytes = |bytes: u64| format!("{}.{} MB", bytes / MEGABYTE, bytes % MEGABYTE / 100_000);
    if let Some(fault) = health.faults.first() {
        return CheckLine::failure(
            what,
            format!("{} is damaged: {fault}", path.display()),
            format!(
                "end every novodial, keep a copy of it, then: sqlite3 {0} .recover | sqlite3 mended.db",
                path.display()
            ),
        );
    }
    let found = format!("{} is whole, {}", path.display(), megabytes(health.bytes));
    let half_empty = health.free_bytes > 10 * MEGABYTE && health.free_bytes * 3 > health.bytes;
    if health.log_bytes > LONG_LOG || half_empty {
        return CheckLine::warning(
            what,
            format!(
                "{found}, {} of it unused, and a log of {}",
                megabytes(health.free_bytes),
                megabytes(health.log_bytes)
            ),
            "novodial doctor --fix",
        );
    }
    CheckLine::ok(what, found)
}

/// A folder that is missing is made when it is needed; one that is not ours is a failure.
fn folder(what: &str, path: &Path) -> CheckLine {
    let shown = path.display();
    match std::fs::metadata(path) {
        Err(_) => CheckLine::warning(
            what,
            format!("the folder {shown} is missing"),
            "novodial doctor --fix",
        ),
        Ok(found) if !found.is_dir() => CheckLine::failure(
            what,
            format!("{shown} is no folder"),
            "novodial.toml, [storage]: name a folder",
        ),
        Ok(_) if rustix::fs::access(path, rustix::fs::Access::WRITE_OK).is_err() => {
            CheckLine::failure(
                what,
                format!("the folder {shown} cannot be written"),
                format!("chown it to yourself ({shown}), or name another in [storage]"),
            )
        }
        Ok(_) => CheckLine::ok(what, shown.to_string()),
    }
}

/// The space that is left where a file or folder is, or will be.
fn space(what: &str, path: &Path) -> Option<CheckLine> {
    let there = path.ancestors().find(|path| path.exists())?;
    let disk = rustix::fs::statvfs(there).ok()?;
    Some(judge_space(
        what,
        there,
        disk.f_bavail.saturating_mul(disk.f_frsize),
    ))
}

fn judge_space(what: &str, path: &Path, free: u64) -> CheckLine {
    let found = format!("{} MB free at {}", free / MEGABYTE, path.display());
    let mend =
        "make room, or name another place in [storage]; an hour of recorded talk takes 115 MB";
    if free < NO_SPACE {
        CheckLine::failure(what, found, mend)
    } else if free < LITTLE_SPACE {
        CheckLine::warning(what, found, mend)
    } else {
        CheckLine::ok(what, found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Level;

    const WHOLE: LedgerHealth = LedgerHealth {
        faults: Vec::new(),
        bytes: 30 * MEGABYTE,
        log_bytes: 0,
        free_bytes: 0,
        newest_attempt: None,
    };

    #[test]
    fn a_damaged_ledger_is_a_failure_and_an_untidy_one_a_warning() {
        let judged = |health: &LedgerHealth| judge("ledger", Path::new("a.db"), health).level;
        assert_eq!(judged(&WHOLE), Level::Ok);
        let faults = vec!["row 1 missing from index".to_owned()];
        assert_eq!(judged(&LedgerHealth { faults, ..WHOLE }), Level::Failure);
        let free_bytes = 15 * MEGABYTE;
        assert_eq!(
            judged(&LedgerHealth {
                free_bytes,
                ..WHOLE
            }),
            Level::Warning
        );
        let log_bytes = 100 * MEGABYTE;
        assert_eq!(judged(&LedgerHealth { log_bytes, ..WHOLE }), Level::Warning);
    }

    #[test]
    fn little_space_is_told_before_there_is_none() {
        let level = |free| judge_space("disk", Path::new("/"), free).level;
        assert_eq!(level(50 * MEGABYTE), Level::Failure);
        assert_eq!(level(500 * MEGABYTE), Level::Warning);
        assert_eq!(level(5_000 * MEGABYTE), Level::Ok);
        assert!(space("disk", Path::new("/no/such/folder")).is_some());
    }

    #[test]
    fn a_folder_that_is_a_file_is_no_folder() {
        let there = tempfile::NamedTempFile::new().unwrap();
        assert_eq!(folder("x", there.path()).level, Level::Failure);
        assert_eq!(folder("x", Path::new("/no/such")).level, Level::Warning);
        assert_eq!(folder("x", &std::env::temp_dir()).level, Level::Ok);
    }
}
