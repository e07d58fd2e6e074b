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
    let shown = opened.shown;
    let (name, states, findings, status) = match opened.read {
        Ok(scenario) => {
            let given: BTreeSet<String> = given.iter().cloned().collect();
            let findings = lint(&scenario, &given);
            let status = if findings.is_empty() {
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
            desk.printer.data(&text(&shown, finding, desk))?;
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

fn text(shown: &str, finding: &Finding, desk: &Desk<'_>) -> String {
    let (kind, paint) = if finding.fatal {
        ("failure", Paint::Bad)
    } else {
        ("warning", Paint::Strong)
    };
    let place = written(shown, finding.place.as_ref().unwrap_or(&Place::default()));
    let kind = desk.printer.paint(paint, kind);
    let mut text = format!("{kind}  {place}: {}", plain(&finding.message));
    if !finding.hint.is_empty() {
        text = format!("{text}\n         {}", plain(&finding.hint));
    }
    text
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
