//! The settings: where they are from, and who may read their secrets.

use std::path::{Path, PathBuf};

use crate::commands::Desk;
use crate::commands::private::{is_open_to_others, secret_files};
use crate::report::CheckLine;
use crate::settings::Settings;

const FIX: &str = "novodial doctor --fix";

pub(super) fn lines(settings: &Settings, desk: &Desk<'_>) -> Vec<CheckLine> {
    let mut lines = vec![file(settings.file.as_deref())];
    let open: Vec<PathBuf> = secret_files(settings, desk)
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
