//! `novodial asterisk check`: is this Asterisk ready to dial, line by line, each with its mend.

use super::console;
use crate::ari::check::{CheckLine, CheckPlan, Level, check as look};
use crate::ari::{AriConfig, MediaKind};
use crate::cli::RehearsalArgs;
use crate::commands::rehearsal::{self, Callees};
use crate::commands::{Desk, check_lines, talk_plan};
use crate::driver;
use crate::language::Language;
use crate::line::Disposition;
use crate::output::{ExitStatus, UserError};
use crate::phone::PhoneNumber;
use crate::settings::{MediaChoice, Settings};
use crate::store::Ledger;

/// Checks; 1 if anything failed. Rings nobody, but for the number of `--call`.
pub(in crate::commands) fn check(
    call: Option<&str>,
    arguments: &RehearsalArgs,
    desk: &Desk<'_>,
) -> anyhow::Result<ExitStatus> {
    let settings = rehearsal::settings(arguments, Vec::new(), desk)?;
    let callees = Callees::of(arguments, Language::Russian, desk)?;
    let number = call
        .map(|typed| may_ring(typed, &settings, desk))
        .transpose()?;
    let rehearsed = settings.rehearsal;
    let lines = desk.block_on(async {
        let (rehearsal, settings) = rehearsal::begin(callees, settings, desk).await?;
        let mut lines = look_at(&settings).await?;
        let sound = lines.iter().all(|line| line.level != Level::Failure);
        if let Some((number, ledger)) = number.filter(|_| sound) {
            lines.push(ring(number, &ledger, &settings).await?);
        }
        rehearsal::end(rehearsal).await;
        Ok(lines)
    })?;
    let schemas = (
        "novodial.asterisk_check/1",
        "novodial.asterisk_check_line/1",
    );
    let also = serde_json::json!({ "rehearsal": rehearsed });
    check_lines::report(&lines, schemas, also, desk.printer)
}

/// All that can be told of the Asterisk of the settings without ringing anybody.
///
/// # Errors
/// Login or password are missing.
pub(in crate::commands) async fn look_at(settings: &Settings) -> anyhow::Result<Vec<CheckLine>> {
    let asterisk = &settings.asterisk;
    let plan = CheckPlan {
        trunk: asterisk.trunk.clone(),
        media: match asterisk.media {
            MediaChoice::Auto => None,
            MediaChoice::WebSocket => Some(MediaKind::WebSocket),
            MediaChoice::Rtp => Some(MediaKind::Rtp),
        },
        dial: asterisk.dial.clone(),
        caller_id: asterisk.caller_id.clone(),
        max_calls: settings.campaign.max_calls,
    };
    let mut lines = look(&config(settings)?, &plan).await;
    if lines
        .iter()
        .any(|line| line.found.starts_with("registers at"))
    {
        lines.extend(console::registration(settings).await);
    }
    Ok(lines)
}

/// The number of `--call`, if policy lets it ring.
fn may_ring(
    typed: &str,
    settings: &Settings,
    desk: &Desk<'_>,
) -> anyhow::Result<(PhoneNumber, Ledger)> {
    let number = desk.number(typed, &settings.policy.numbers)?;
    let ledger = desk.ledger(settings)?;
    if let Some(entry) = ledger.is_forbidden(&number)? {
        return Err(crate::store::StoreError::Forbidden(Box::new(entry)).into());
    }
    let zones = talk_plan::zones(&number, &ledger.numbering()?, settings);
    talk_plan::within_hours(&zones, settings)?;
    Ok((number, ledger))
}

/// Rings the number, and hangs up when it is answered.
async fn ring(
    number: PhoneNumber,
    ledger: &Ledger,
    settings: &Settings,
) -> anyhow::Result<CheckLine> {
    let stop = talk_plan::listen(false)?;
    let opening = Box::pin(driver::open_line(settings, ledger.clone()));
    let line = talk_plan::unless_stopped(&stop, opening).await?;
    let ended = line.test_call(number, settings, &stop.hang_up).await;
    line.close().await?;
    let (disposition, release) = ended?;
    if let Some(status) = talk_plan::signal_status(&stop) {
        return Err(UserError::new(status, "stopped", "the test call was stopped").into());
    }
    let code = release.and_then(|release| release.sip);
    let found = code.map_or_else(
        || disposition.to_string(),
        |sip| format!("{disposition} (SIP {sip})"),
    );
    let mend = mend(disposition);
    let level = if mend.is_some() {
        Level::Failure
    } else {
        Level::Ok
    };
    Ok(CheckLine {
        what: "test call".to_owned(),
        level,
        found,
        mend: mend.map(ToOwned::to_owned),
    })
}

/// What a refusal of the trunk usually means.
fn mend(disposition: Disposition) -> Option<&'static str> {
    Some(match disposition {
        Disposition::TrunkRefused => {
            "the provider refuses: check login and password of the line (leading zeros!), that it may \
             call out, that the caller id is yours, and that the account has money"
        }
        Disposition::TrunkUnreachable => {
            "the provider does not answer: check server and firewall in pjsip.conf and local.conf"
        }
        Disposition::InvalidNumber => {
            "the provider does not know this number: try [asterisk] number_format \"plus\" or \"eight\""
        }
        Disposition::Congestion => {
            "the provider has no free channel: are more calls live than the line has channels?"
        }
        Disposition::Failed => "see the log of Asterisk: the call failed inside it",
        Disposition::Answered
        | Disposition::Machine
        | Disposition::Busy
        | Disposition::NoAnswer
        | Disposition::Rejected
        | Disposition::Unreachable
        | Disposition::Blocked
        | Disposition::Interrupted => return None,
    })
}

/// An application of its own, so that a run under way is not disturbed.
fn config(settings: &Settings) -> anyhow::Result<AriConfig> {
    let app = format!("{}-check-{}", settings.asterisk.app, std::process::id());
    settings.require_asterisk()?;
    let username = settings.require_asterisk_username()?;
    let password = settings.require_asterisk_password()?;
    let url = settings.asterisk.url.clone();
    Ok(AriConfig::new(url, username, password, &app))
}
