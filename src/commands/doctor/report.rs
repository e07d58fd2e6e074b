//! What the doctor tells: lines under the name of their part, or JSON for monitoring.

use serde_json::json;

use crate::cli::DoctorArea;
use crate::commands::{check_lines, explain};
use crate::output::{Envelope, ExitStatus, Format, Paint, Printer, UserError};
use crate::report::{CheckLine, Level};

/// The lines of one area.
#[derive(Debug)]
pub(super) struct Part {
    area: DoctorArea,
    lines: Vec<CheckLine>,
}

impl Part {
    pub(super) fn new(area: DoctorArea, lines: Vec<CheckLine>) -> Self {
        Self { area, lines }
    }
}

/// An error as a line: its hint is the mend.
pub(super) fn failed(what: &str, error: anyhow::Error) -> CheckLine {
    let error = explain::explain(error);
    let user = error
        .chain()
        .find_map(|cause| cause.downcast_ref::<UserError>());
    let mend = user.and_then(|user| user.hint.clone());
    CheckLine::failure(
        what,
        format!("{error:#}"),
        mend.unwrap_or_else(|| "run again with -vv, and report what it says".to_owned()),
    )
}

fn name(area: DoctorArea) -> &'static str {
    match area {
        DoctorArea::Settings => "settings",
        DoctorArea::Clock => "clock",
        DoctorArea::Storage => "storage",
        DoctorArea::Asterisk => "asterisk",
        DoctorArea::Novofon => "novofon",
        DoctorArea::Speech => "speech",
        DoctorArea::Scenario => "scenario",
    }
}

fn word(level: Level) -> &'static str {
    match level {
        Level::Ok => "ok",
        Level::Warning => "warning",
        Level::Failure => "failure",
    }
}

/// Tells everything; 1 if anything failed.
pub(super) fn report(
    parts: &[Part],
    fixed: &[String],
    printer: &Printer,
) -> anyhow::Result<ExitStatus> {
    let count = |level: Level| {
        let lines = parts.iter().flat_map(|part| &part.lines);
        lines.filter(|line| line.level == level).count()
    };
    let (failures, warnings) = (count(Level::Failure), count(Level::Warning));
    match printer.format() {
        Format::Text => print(parts, fixed, (failures, warnings), printer)?,
        Format::Json => {
            let worst = parts
                .iter()
                .flat_map(|part| &part.lines)
                .map(|line| line.level)
                .max();
            let body = json!({
                "worst": word(worst.unwrap_or(Level::Ok)), "failures": failures,
                "warnings": warnings, "fixed": fixed,
                "lines": lines_json(parts),
            });
            printer.json(&Envelope::new("novodial.doctor/1", body))?;
        }
        Format::Jsonl => {
            for line in lines_json(parts) {
                printer.json(&Envelope::new("novodial.doctor_line/1", line))?;
            }
        }
    }
    Ok(if failures > 0 {
        ExitStatus::No
    } else {
        ExitStatus::Success
    })
}

fn lines_json(parts: &[Part]) -> Vec<serde_json::Value> {
    let lines = parts
        .iter()
        .flat_map(|part| part.lines.iter().map(|line| (part.area, line)));
    lines
        .map(|(area, line)| {
            json!({
                "area": name(area), "what": line.what, "level": word(line.level),
                "found": line.found, "mend": line.mend,
            })
        })
        .collect()
}

fn print(
    parts: &[Part],
    fixed: &[String],
    (failures, warnings): (usize, usize),
    printer: &Printer,
) -> anyhow::Result<()> {
    for deed in fixed {
        let label = printer.paint(Paint::Good, "mended ");
        printer.data(&format!("{label}  {deed}"))?;
    }
    for part in parts {
        printer.data(&printer.paint(Paint::Strong, name(part.area)))?;
        for line in &part.lines {
            check_lines::print(line, printer)?;
        }
    }
    printer.data(&match (failures, warnings) {
        (0, 0) => "all is well".to_owned(),
        (failures, warnings) => format!("{failures} failures, {warnings} warnings"),
    })
}
