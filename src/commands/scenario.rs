//! `novodial scenario check`: each fault of a scenario with its place.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Serialize;

use super::{Desk, talk_plan};
use crate::dialogue::{Scenario, lint};
use crate::output::{Envelope, ExitStatus, UserError};

#[derive(Debug, Serialize)]
struct Remark {
    fatal: bool,
    message: String,
    hint: String,
}

#[derive(Debug, Serialize)]
struct Report {
    scenario: String,
    states: usize,
    findings: Vec<Remark>,
}

pub(super) fn check(file: &Path, desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    let shown = file.display().to_string();
    let source = std::fs::read_to_string(desk.path(file)).map_err(|error| {
        let message = format!("the scenario `{shown}` cannot be read: {error}");
        UserError::new(ExitStatus::Invalid, "bad_scenario", message).hint("check the path")
    })?;
    let scenario = Scenario::parse(&source).map_err(|error| talk_plan::broken(&shown, &error))?;
    // The lead's name is the one field that a list usually brings.
    let findings = lint(&scenario, &BTreeSet::from(["name".to_owned()]));
    let clean = findings.is_empty();
    if desk.printer.is_json() {
        let findings = findings
            .into_iter()
            .map(|f| Remark {
                fatal: f.fatal,
                message: f.message,
                hint: f.hint,
            })
            .collect();
        let states = scenario.states.len();
        let report = Report {
            scenario: scenario.name,
            states,
            findings,
        };
        desk.printer
            .json(&Envelope::new("novodial.scenario_check/1", report))?;
    } else {
        for finding in &findings {
            let kind = if finding.fatal { "failure" } else { "warning" };
            desk.printer.data(&format!(
                "{kind}  {}\n         {}",
                finding.message, finding.hint
            ))?;
        }
        if clean {
            desk.printer.data(&format!(
                "{shown}: {} states, nothing to remark",
                scenario.states.len()
            ))?;
        }
    }
    Ok(if clean {
        ExitStatus::Success
    } else {
        ExitStatus::No
    })
}
