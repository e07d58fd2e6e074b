//! Everything outside: Asterisk, the provider, the speech service.

use super::report::failed;
use crate::commands::novofon::check as provider;
use crate::commands::{Desk, asterisk as exchange, speech as service};
use crate::driver;
use crate::report::CheckLine;
use crate::settings::{Secret, Settings};

/// All of `asterisk check`, and what dead runs left behind.
pub(super) async fn asterisk(settings: &Settings, desk: &Desk<'_>) -> Vec<CheckLine> {
    let mut lines = match exchange::look_at(settings).await {
        Ok(lines) => lines,
        Err(error) => return vec![failed("asterisk", error)],
    };
    lines.extend(leftovers(settings, desk));
    lines
}

/// Runs that died before they could clean up; the next one does it, or `--fix`.
fn leftovers(settings: &Settings, desk: &Desk<'_>) -> Option<CheckLine> {
    let what = "dead runs";
    if !settings.storage.database.exists() {
        return None;
    }
    let dead = desk
        .ledger(settings)
        .and_then(|ledger| Ok(driver::dead_runs(&ledger)?));
    match dead {
        Ok(dead) if dead.is_empty() => None,
        Ok(dead) => Some(CheckLine::warning(
            what,
            format!("{} died and may have left calls in Asterisk", dead.len()),
            "novodial doctor --fix",
        )),
        Err(error) => Some(failed(what, error)),
    }
}

/// The provider's account: all of `novofon check`; without keys, that it is not configured.
pub(super) async fn novofon(settings: &Settings) -> Vec<CheckLine> {
    let novofon = &settings.novofon;
    let keys = [&novofon.access_token, &novofon.key, &novofon.secret];
    // Another provider is no fault.
    if keys.iter().all(|key| matches!(key, Secret::Unset)) {
        return vec![CheckLine::ok(
            "novofon",
            "not configured; `novodial novofon check` tells which keys there are",
        )];
    }
    provider::check_lines(settings).await
}

/// All of `speech check`; the service's clock, if it was reached.
pub(super) async fn speech(settings: &Settings) -> (Vec<CheckLine>, Option<String>) {
    let (mut lines, date) = match service::look(settings).await {
        Ok(looked) => looked,
        Err(error) => (vec![failed("elevenlabs", error)], None),
    };
    // Told at once with a key that is missing: calls need both.
    if let Err(error) = settings.require_voice_id() {
        lines.push(failed("voice", error.into()));
    }
    (lines, date)
}
