//! `novodial exchange`: the exchange of the rehearsals, alone, for other processes.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::written::counted;
use super::{Desk, rehearsal, talk_plan};
use crate::campaign::LeadFile;
use crate::cli::ExchangeArgs;
use crate::driver::{Rehearsal, RehearsalPlan};
use crate::language::Language;
use crate::output::{Envelope, ExitStatus, Format, Printer, UserError, plain};
use crate::rehearsal::callee::Measured;
use crate::rehearsal::exchange::{Dialled, Ended};
use crate::rehearsal::people::{Cast, Everyone};
use crate::settings::Settings;

/// Runs it until a signal comes.
pub(super) fn exchange(arguments: &ExchangeArgs, desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    let settings = desk.settings()?;
    let plan = RehearsalPlan {
        everyone: everyone(arguments, &settings, desk)?,
        trouble: rehearsal::trouble(arguments.trouble.as_deref())?,
        seed: arguments.seed,
        trunk: settings.asterisk.trunk.clone(),
        listen: [arguments.listen, arguments.listen_speech],
    };
    desk.block_on(async {
        let stop = talk_plan::listen(false)?;
        let running = Rehearsal::start(plan).await.map_err(|error| {
            let message = format!("{error:#}");
            UserError::new(ExitStatus::Outside, "port_taken", message)
                .hint("leave --listen out, or name another port")
        })?;
        print(&running, desk)?;
        tokio::select! {
            () = stop.hang_up.cancelled() => {}
            told = tell(&running, desk) => told?,
        }
        let calls = running.calls().len();
        desk.printer
            .message(&format!("{} dialled", counted(calls, "call")));
        running.close().await;
        // It is meant to be ended so.
        Ok(ExitStatus::Success)
    })
}

fn everyone(
    arguments: &ExchangeArgs,
    settings: &Settings,
    desk: &Desk<'_>,
) -> anyhow::Result<Everyone> {
    let folder = arguments.callees.as_deref().map(|path| desk.path(path));
    let cast = Cast::load(folder.as_deref()).map_err(|error| rehearsal::unknown_callee(&error))?;
    let language = Language::parse(&arguments.language).unwrap_or(Language::Russian);
    let mut everyone =
        Everyone::new(Arc::new(cast), arguments.seed, language).in_haste(arguments.haste);
    if let Some(path) = &arguments.leads {
        let shown = path.display().to_string();
        let bytes = std::fs::read(desk.path(path)).map_err(|error| {
            let message = format!("the lead list `{shown}` cannot be read: {error}");
            UserError::new(ExitStatus::Invalid, "bad_leads", message).hint("check the path")
        })?;
        let list = LeadFile::parse(&shown, &bytes, None, &settings.policy.numbers)?;
        rehearsal::assign_leads(&mut everyone, &shown, &list.leads)?;
    }
    Ok(everyone)
}

/// Tells of each call when it has ended: what became of it, and what the callee heard.
async fn tell(running: &Rehearsal, desk: &Desk<'_>) -> anyhow::Result<()> {
    let mut told = BTreeSet::new();
    loop {
        running.ended_beyond(told.len()).await;
        let calls = running.calls();
        let ended = calls.iter().filter(|call| call.released.is_some());
        for call in ended {
            if told.insert(call.channel.clone()) {
                tell_call(call, desk.printer)?;
            }
        }
    }
}

fn tell_call(call: &Dialled, printer: &Printer) -> anyhow::Result<()> {
    match printer.format() {
        Format::Jsonl => printer.json(&Envelope::new("novodial.exchange_call/1", call)),
        Format::Json => Ok(()),
        Format::Text => {
            let end = match (&call.measured, call.released) {
                (Some(measured), _) => format!("{} heard: {}", measured.part, heard(measured)),
                (None, Some(Ended { sip: Some(sip), .. })) => format!("SIP {sip}"),
                (None, _) => "not answered".to_owned(),
            };
            let number = &call.number;
            printer.message(&format!("{}: {}", plain(number), plain(&end)));
            Ok(())
        }
    }
}

fn heard(measured: &Measured) -> String {
    measured.heard().join(" | ")
}

fn print(running: &Rehearsal, desk: &Desk<'_>) -> anyhow::Result<()> {
    let environment = running.environment();
    if desk.printer.is_json() {
        let variables: std::collections::BTreeMap<_, _> = environment.into_iter().collect();
        let body = serde_json::json!({ "environment": variables });
        return desk
            .printer
            .json(&Envelope::new("novodial.exchange/1", body));
    }
    for (name, value) in environment {
        desk.printer.data(&format!("export {name}={value}"))?;
    }
    desk.printer
        .message("the exchange runs; Ctrl-C ends it and its calls");
    Ok(())
}
