//! What `--fix` does: nothing that loses data, costs money or changes what the user wrote.

use std::path::Path;
use std::time::Duration;

use crate::commands::Desk;
use crate::commands::private::{close_to_others, is_open_to_others, private_files};
use crate::driver;
use crate::settings::Settings;
use crate::store::Ledger;

/// A half-written prompt this old is nobody's any more.
const STALE: Duration = Duration::from_hours(1);
/// Air worth a rewrite of the file.
const AIR: u64 = 10_000_000;

/// Mends; what was done, a line each. What cannot be mended stays for the look that follows.
pub(super) async fn fix(settings: &Settings, desk: &Desk<'_>) -> Vec<String> {
    let mut done = Vec::new();
    folders(settings, &mut done);
    for path in private_files(settings, desk) {
        if is_open_to_others(&path) {
            note(
                &mut done,
                format!("{} is the owner's alone", path.display()),
                close_to_others(&path),
            );
        }
    }
    half_prompts(&settings.storage.prompt_cache, &mut done);
    if settings.storage.database.exists()
        && let Ok(ledger) = desk.ledger(settings)
    {
        dead_runs(settings, &ledger, &mut done).await;
        tidy(&ledger, &mut done);
    }
    done
}

fn note<E: std::fmt::Display>(done: &mut Vec<String>, deed: String, result: Result<(), E>) {
    match result {
        Ok(()) => done.push(deed),
        Err(error) => tracing::warn!(deed, %error, "could not be mended"),
    }
}

fn folders(settings: &Settings, done: &mut Vec<String>) {
    let storage = &settings.storage;
    let record = settings.call.record.then_some(storage.recordings.as_path());
    let wanted = [
        storage.database.parent(),
        record,
        Some(storage.prompt_cache.as_path()),
    ];
    for folder in wanted
        .into_iter()
        .flatten()
        .filter(|folder| !folder.exists())
    {
        let deed = format!("{} is made", folder.display());
        // Recordings and prompts tell who was rung and what was said.
        let mut own = std::fs::DirBuilder::new();
        std::os::unix::fs::DirBuilderExt::mode(own.recursive(true), 0o700);
        note(done, deed, own.create(folder));
    }
}

/// Prompts that a killed process left half written.
fn half_prompts(cache: &Path, done: &mut Vec<String>) {
    let Ok(entries) = std::fs::read_dir(cache) else {
        return;
    };
    let stale = |entry: &std::fs::DirEntry| {
        let is_part = entry.path().extension().is_some_and(|kind| kind == "part");
        let age = entry.metadata().and_then(|file| file.modified());
        let age = age.ok().and_then(|at| at.elapsed().ok());
        is_part && age.is_some_and(|age| age > STALE)
    };
    let halves = entries.filter_map(Result::ok).filter(stale);
    let removed = halves
        .filter(|entry| std::fs::remove_file(entry.path()).is_ok())
        .count();
    if removed > 0 {
        done.push(format!("{removed} half-written prompts are removed"));
    }
}

/// Ends what dead runs left behind, as the next call would.
async fn dead_runs(settings: &Settings, ledger: &Ledger, done: &mut Vec<String>) {
    let count = driver::dead_runs(ledger).map_or(0, |dead| dead.len());
    if count == 0 {
        return;
    }
    let swept = async {
        let line = driver::open_line(settings, ledger.clone()).await?;
        line.close().await
    };
    let deed = format!("{count} dead runs are ended, and what they left in Asterisk");
    note(done, deed, swept.await);
}

fn tidy(ledger: &Ledger, done: &mut Vec<String>) {
    let Ok(health) = ledger.health() else {
        return;
    };
    let compact = health.free_bytes > AIR;
    if health.log_bytes == 0 && !compact {
        return;
    }
    // With a campaign under way it is left alone: calls come first.
    let busy = ledger.unfinished_runs().is_ok_and(|runs| !runs.is_empty());
    if !busy && health.faults.is_empty() {
        let deed = if compact {
            "the ledger is compacted"
        } else {
            "the log of the ledger is written back"
        };
        note(done, deed.to_owned(), ledger.tidy(compact));
    }
}
