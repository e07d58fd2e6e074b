//! `novodial asterisk check`: is this Asterisk ready to dial, line by line, each with its mend.

use serde::Serialize;

use super::Desk;
use crate::ari::check::{CheckLine, CheckPlan, Level, check as look};
use crate::ari::{AriConfig, MediaKind};
use crate::output::{Envelope, ExitStatus, Format, Paint, Printer, plain};
use crate::settings::{MediaChoice, Settings};

/// One line in JSON.
#[derive(Debug, Serialize)]
struct Line<'a> {
    what: &'a str,
    level: &'static str,
    found: &'a str,
    mend: Option<&'a str>,
}

/// Checks without ringing anybody; 1 if anything failed.
pub(super) fn check(desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    let settings = desk.settings()?;
    let config = config(&settings)?;
    let plan = CheckPlan {
        trunk: settings.asterisk.trunk.clone(),
        media: match settings.asterisk.media {
            MediaChoice::Auto => None,
            MediaChoice::WebSocket => Some(MediaKind::WebSocket),
            MediaChoice::Rtp => Some(MediaKind::Rtp),
        },
    };
    let lines = desk.block_on(async { Ok(look(&config, &plan).await) })?;
    report(&lines, desk.printer)?;
    let failed = lines.iter().any(|line| line.level == Level::Failure);
    Ok(if failed {
        ExitStatus::No
    } else {
        ExitStatus::Success
    })
}

/// An application of its own, so that a run under way is not disturbed.
fn config(settings: &Settings) -> anyhow::Result<AriConfig> {
    let app = format!("{}-check-{}", settings.asterisk.app, std::process::id());
    let username = settings.require_asterisk_username()?;
    let password = settings.require_asterisk_password()?;
    let url = settings.asterisk.url.clone();
    Ok(AriConfig::new(url, username, password, &app))
}

fn report(lines: &[CheckLine], printer: &Printer) -> anyhow::Result<()> {
    match printer.format() {
        Format::Text => lines.iter().try_for_each(|line| print(line, printer)),
        Format::Json => {
            let lines: Vec<Line<'_>> = lines.iter().map(Line::of).collect();
            let body = serde_json::json!({ "lines": lines });
            printer.json(&Envelope::new("novodial.asterisk_check/1", body))
        }
        Format::Jsonl => lines.iter().try_for_each(|line| {
            printer.json(&Envelope::new(
                "novodial.asterisk_check_line/1",
                Line::of(line),
            ))
        }),
    }
}

/// `ok       version: 22.10.1`, and below it the mend.
fn print(line: &CheckLine, printer: &Printer) -> anyhow::Result<()> {
    let paint = match line.level {
        Level::Ok => Paint::Good,
        Level::Warning => Paint::Warning,
        Level::Failure => Paint::Bad,
    };
    let level = printer.paint(paint, &format!("{:<7}", word(line.level)));
    let (what, found) = (plain(&line.what), plain(&line.found));
    printer.data(&format!("{level}  {what}: {found}"))?;
    if let Some(mend) = &line.mend {
        printer.data(&format!("         mend: {}", plain(mend)))?;
    }
    Ok(())
}

fn word(level: Level) -> &'static str {
    match level {
        Level::Ok => "ok",
        Level::Warning => "warning",
        Level::Failure => "failure",
    }
}

impl<'a> Line<'a> {
    fn of(line: &'a CheckLine) -> Self {
        Self {
            what: &line.what,
            level: word(line.level),
            found: &line.found,
            mend: line.mend.as_deref(),
        }
    }
}
