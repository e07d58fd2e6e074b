//! `novodial scenario check`: each fault of a scenario with its place.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Serialize;

use super::source::{open, place_of, written};
use crate::commands::Desk;
use crate::commands::written::counted;
use crate::dialogue::{Finding, Place, ScenarioError, lint};
use crate::output::{Envelope, ExitStatus, Paint, plain};

#[derive(Debug, Serialize)]
struct Remark {
    fatal: bool,
    message: String,
    hint: String,
    file: Option<String>,
    line: Option<usize>,
    column: Option<usize>,
}

#[derive(Debug, Serialize)]
struct Report {
    scenario: String,
    states: usize,
    findings: Vec<Remark>,
}

pub(super) fn check(file: &Path, given: &[String], desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    let opened = open(file, desk)?;
    let (shown, texts) = (opened.shown, opened.texts);
    let (name, states, findings, status) = match opened.read {
        Ok(scenario) => {
            let given: BTreeSet<String> = given.iter().cloned().collect();
            let findings = lint(&scenario, &given);
            // What no call may be placed with is as bad as what cannot be read.
            let status = if findings.iter().any(|finding| finding.fatal) {
                ExitStatus::Invalid
            } else if findings.is_empty() {
                ExitStatus::Success
            } else {
                ExitStatus::No
            };
            (scenario.name, scenario.states.len(), findings, status)
        }
        Err(error) => {
            let findings = error.all().map(mistake).collect();
            (shown.clone(), 0, findings, ExitStatus::Invalid)
        }
    };
    if desk.printer.is_json() {
        let findings = findings.into_iter().map(|f| remark(&shown, f)).collect();
        let report = Report {
            scenario: name,
            states,
            findings,
        };
        desk.printer
            .json(&Envelope::new("novodial.scenario_check/1", report))?;
    } else {
        for finding in &findings {
            let marked = finding.place.as_ref().and_then(|place| {
                let file = place.file.as_ref().map(ToString::to_string);
                marked(texts.get(&file)?, place)
            });
            desk.printer.data(&text(&shown, finding, marked, desk))?;
        }
        if findings.is_empty() {
            desk.printer.data(&format!(
                "{shown}: {}, nothing to remark",
                counted(states, "state")
            ))?;
        }
    }
    Ok(status)
}

fn mistake(error: &ScenarioError) -> Finding {
    Finding {
        fatal: true,
        message: error.message.clone(),
        hint: error.hint.clone().unwrap_or_default(),
        place: Some(place_of(error)),
    }
}

fn text(
    shown: &str,
    finding: &Finding,
    marked: Option<(String, String)>,
    desk: &Desk<'_>,
) -> String {
    let (kind, paint) = if finding.fatal {
        ("failure", Paint::Bad)
    } else {
        ("warning", Paint::Strong)
    };
    let place = written(shown, finding.place.as_ref().unwrap_or(&Place::default()));
    let kind = desk.printer.paint(paint, kind);
    let mut text = format!("{kind}  {place}: {}", plain(&finding.message));
    if let Some((line, mark)) = marked {
        text = format!("{text}\n         | {}\n         | {mark}", plain(&line));
    }
    if !finding.hint.is_empty() {
        text = format!("{text}\n         {}", plain(&finding.hint));
    }
    text
}

/// So much of a line is shown, in characters: what an old terminal holds beside the margin.
const SHOWN: usize = 66;

/// The line of a place, or the part of it around the place, and a mark to stand under it.
fn marked(text: &str, place: &Place) -> Option<(String, String)> {
    let line = text.lines().nth(place.line.checked_sub(1)?)?;
    let column = place.column.checked_sub(1)?;
    let whole = line.chars().count();
    let start = if whole <= SHOWN {
        0
    } else {
        column.saturating_sub(SHOWN / 3).min(whole - SHOWN)
    };
    let blank = |c: char| if c == '\t' { ' ' } else { c };
    let mut part: String = line.chars().skip(start).take(SHOWN).map(blank).collect();
    let mut before = column.saturating_sub(start);
    if start > 0 {
        part.insert(0, '…');
        before += 1;
    }
    if start + SHOWN < whole {
        part.push('…');
    }
    Some((part, format!("{}^", " ".repeat(before))))
}

fn remark(shown: &str, finding: Finding) -> Remark {
    let place = finding.place.filter(|place| place.line > 0);
    let file = place.as_ref().map(|place| {
        let whole = Place {
            line: 0,
            ..place.clone()
        };
        written(shown, &whole)
    });
    Remark {
        fatal: finding.fatal,
        message: finding.message,
        hint: finding.hint,
        file,
        line: place.as_ref().map(|place| place.line),
        column: place.as_ref().map(|place| place.column),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(line: usize, column: usize) -> Place {
        Place {
            file: None,
            line,
            column,
        }
    }

    #[test]
    fn a_mark_stands_under_the_place() {
        let text = "a = 1\non = { yes = \"ende\" }\n";
        let (line, mark) = marked(text, &place(2, 14)).unwrap();
        assert_eq!(line, "on = { yes = \"ende\" }");
        assert_eq!(mark.chars().count(), 14);
        assert_eq!(line.chars().nth(13), Some('"'));
        assert_eq!(marked(text, &place(9, 1)), None);
        assert_eq!(marked(text, &Place::default()), None);
    }

    #[test]
    fn of_a_long_line_the_part_around_the_place_is_shown() {
        let text = format!("say = \"{}X{}\"", "ж".repeat(200), "ш".repeat(100));
        let (line, mark) = marked(&text, &place(1, 208)).unwrap();
        let at = mark.chars().count() - 1;
        assert_eq!(line.chars().nth(at), Some('X'), "{line}");
        assert!(line.chars().count() <= SHOWN + 2);
    }
}
