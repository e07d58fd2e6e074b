//! How the lines of a check are told: by `asterisk check`, `novofon check` and all that look at
//! something outside, in the same form.

use serde::Serialize;
use serde_json::{Value, json};

use crate::output::{Envelope, ExitStatus, Format, Paint, Printer, plain};
use crate::report::{CheckLine, Level};

/// One line in JSON.
#[derive(Debug, Serialize)]
pub(super) struct Line<'a> {
    what: &'a str,
    level: &'static str,
    found: &'a str,
    mend: Option<&'a str>,
}

/// Tells the lines; [`ExitStatus::No`] if anything failed. `whole` and `single` are the schemas of
/// the report and of one line; `also` are fields of the report beside its lines.
pub(super) fn report(
    lines: &[CheckLine],
    (whole, single): (&'static str, &'static str),
    also: Value,
    printer: &Printer,
) -> anyhow::Result<ExitStatus> {
    match printer.format() {
        Format::Text => lines.iter().try_for_each(|line| print(line, printer))?,
        Format::Json => {
            let mut body = also;
            if let Some(fields) = body.as_object_mut() {
                let lines: Vec<Line<'_>> = lines.iter().map(Line::of).collect();
                fields.insert("lines".to_owned(), json!(lines));
            }
            printer.json(&Envelope::new(whole, body))?;
        }
        Format::Jsonl => lines
            .iter()
            .try_for_each(|line| printer.json(&Envelope::new(single, Line::of(line))))?,
    }
    let failed = lines.iter().any(|line| line.level == Level::Failure);
    Ok(if failed {
        ExitStatus::No
    } else {
        ExitStatus::Success
    })
}

/// `ok       version: 22.10.1`, and below it the mend.
pub(super) fn print(line: &CheckLine, printer: &Printer) -> anyhow::Result<()> {
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
    pub(super) fn of(line: &'a CheckLine) -> Self {
        Self {
            what: &line.what,
            level: word(line.level),
            found: &line.found,
            mend: line.mend.as_deref(),
        }
    }
}
