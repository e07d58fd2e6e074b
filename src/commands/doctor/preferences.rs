//! The settings: where they are from, and who may read their secrets.

use std::path::{Path, PathBuf};

use crate::commands::private::{is_open_to_others, private_files};
use crate::commands::{Desk, campaign};
use crate::report::CheckLine;
use crate::settings::Settings;

const FIX: &str = "novodial doctor --fix";

pub(super) fn lines(settings: &Settings, desk: &Desk<'_>) -> Vec<CheckLine> {
    let mut lines = vec![file(settings.file.as_deref())];
    let open: Vec<PathBuf> = private_files(settings, desk)
        .into_iter()
        .filter(|path| is_open_to_others(path))
        .collect();
    lines.extend(open.iter().map(|path| {
        CheckLine::warning(
            "secrets",
            format!(
                "{} can be read by other users of this machine",
                path.display()
            ),
            FIX,
        )
    }));
    if open.is_empty() {
        lines.push(CheckLine::ok("secrets", "nobody else may read them"));
    }
    lines.push(tariff(settings));
    lines.extend(for_calls(settings));
    lines
}

/// What each setting allows by itself and calls do not go with: told here, before they are begun.
fn for_calls(settings: &Settings) -> Vec<CheckLine> {
    let mut lines = Vec::new();
    if let Some(warning) = campaign::nights(settings) {
        lines.push(CheckLine::warning("hours", warning, "mend [policy] hours"));
    }
    if let Err(error) = settings.require_machine_message() {
        let mend = "write [call] machine_message, or on_machine = \"hang_up\"";
        lines.push(CheckLine::failure("machines", error.to_string(), mend));
    }
    if let Err(error) = campaign::limits(settings, None) {
        let mend = error.hint.unwrap_or_default();
        lines.push(CheckLine::failure("pacing", error.message, mend));
    }
    lines
}

fn file(read: Option<&Path>) -> CheckLine {
    let what = "settings";
    match read {
        Some(path) => CheckLine::ok(what, path.display().to_string()),
        None => CheckLine::warning(
            what,
            "there is no novodial.toml here: the defaults and the environment count",
            "novodial init",
        ),
    }
}

fn tariff(settings: &Settings) -> CheckLine {
    let what = "tariff";
    if settings.tariff.is_set() {
        return CheckLine::ok(what, format!("prices in {}", settings.tariff.currency));
    }
    CheckLine::ok(
        what,
        "no prices, so costs are not told ([tariff] of novodial.toml)",
    )
}
