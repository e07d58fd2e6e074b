//! `novodial calls hangup`: ends a live call, also one of another process.

use crate::ari::{Ari, AriConfig};
use crate::commands::Desk;
use crate::commands::history::{History, Wanted};
use crate::driver;
use crate::output::{Envelope, ExitStatus, UserError};

pub(in crate::commands) fn hangup(id: &str, desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    let wanted: Wanted = id.parse()?;
    let settings = desk.settings()?;
    let history = History::open(&settings, desk)?;
    let found = history.call(wanted)?;
    let call = &found.call.call;
    if call.ended_at.is_some() {
        return Err(crate::commands::call::no_such_live_call(&found.id()));
    }
    if found.rehearsal {
        return Err(inside(&found.id()));
    }
    let password = settings.require_asterisk_password()?;
    // An application of its own: the call's belongs to the process that runs it.
    let app = format!("{}-hangup-{}", settings.asterisk.app, std::process::id());
    let username = settings.require_asterisk_username()?;
    let config = AriConfig::new(settings.asterisk.url.clone(), username, password, &app);
    desk.block_on(async {
        let ari = Ari::connect(config).await?;
        driver::hang_up_channel(&ari, &call.channel_id).await?;
        ari.close().await;
        Ok(())
    })?;
    if desk.printer.is_json() {
        let body = serde_json::json!({ "attempt_id": call.attempt.0, "hung_up": true });
        desk.printer
            .json(&Envelope::new("novodial.hangup/1", body))?;
    } else {
        desk.printer
            .message(&format!("call {} is being hung up", call.attempt));
    }
    Ok(ExitStatus::Success)
}

/// A rehearsal's exchange lives inside of the process that rehearses.
fn inside(id: &str) -> anyhow::Error {
    UserError::new(
        ExitStatus::No,
        "rehearsal",
        format!("call {id} is a rehearsal of another process"),
    )
    .hint("stop that process: Ctrl-C")
    .into()
}
