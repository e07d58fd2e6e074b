//! `novodial calls hangup`: ends a live call, also one of another process.
//!
//! The process that makes the call is asked to end it, through the ledger, so that the history says
//! who did. Only where there is no such process any more is Asterisk told directly, and the call gets
//! its end in the ledger from here.

use crate::ari::{Ari, AriConfig};
use crate::commands::Desk;
use crate::commands::history::{History, Wanted};
use crate::driver::{self, Asked};
use crate::output::{Envelope, ExitStatus};
use crate::settings::Settings;
use crate::store::StoreError;

pub(in crate::commands) fn hangup(id: &str, desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    let wanted: Wanted = id.parse()?;
    let settings = desk.settings()?;
    let history = History::open(&settings, desk)?;
    let found = history.call(wanted)?;
    let over = || crate::commands::call::no_such_live_call(&found.id());
    let (ledger, attempt) = (found.ledger, found.call.call.attempt);
    let open = ledger.open_attempts(None)?;
    let Some(open) = open.into_iter().find(|open| open.id == attempt) else {
        return Err(over());
    };
    let told = |error: anyhow::Error| match error.downcast_ref() {
        Some(StoreError::AlreadyEnded(_)) => over(),
        _ => error,
    };
    let asked = desk.block_on(driver::ask_hangup(ledger, attempt, open.run));
    let asked = asked.map_err(told)?;
    let done = match asked {
        Asked::Ended => "was hung up",
        Asked::Unheeded if found.rehearsal => "is to end: its own process does not answer yet",
        Asked::Unheeded => {
            in_asterisk(&settings, &open.channel_id, desk)?;
            "is being hung up: its own process does not answer"
        }
        Asked::Orphaned => {
            // A rehearsal's exchange lived inside of the process that rehearsed.
            if !found.rehearsal {
                in_asterisk(&settings, &open.channel_id, desk)?;
            }
            let ended = desk.block_on(driver::end_abandoned(ledger, &open));
            ended.map_err(told)?;
            "is ended: the process that held it is gone"
        }
    };
    if desk.printer.is_json() {
        let body = serde_json::json!({
            "id": found.id(), "attempt_id": attempt.0, "rehearsal": found.rehearsal,
            "hung_up": true, "ended": asked != Asked::Unheeded,
        });
        desk.printer
            .json(&Envelope::new("novodial.hangup/1", body))?;
    } else {
        desk.printer.message(&format!("call {} {done}", found.id()));
    }
    Ok(ExitStatus::Success)
}

/// Nobody else is there to end it.
fn in_asterisk(settings: &Settings, channel: &str, desk: &Desk<'_>) -> anyhow::Result<()> {
    settings.require_asterisk()?;
    let password = settings.require_asterisk_password()?;
    let username = settings.require_asterisk_username()?;
    // An application of its own: the call's belongs to the process that ran it.
    let app = format!("{}-hangup-{}", settings.asterisk.app, std::process::id());
    let config = AriConfig::new(settings.asterisk.url.clone(), username, password, &app);
    desk.block_on(async {
        let ari = Ari::connect(config).await?;
        driver::hang_up_channel(&ari, channel).await?;
        ari.close().await;
        Ok(())
    })
}
