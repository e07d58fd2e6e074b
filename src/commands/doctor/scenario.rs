//! The scenario, and its prompts in the cache.

use std::collections::BTreeSet;
use std::path::Path;

use super::report::failed;
use crate::commands::written::counted;
use crate::commands::{Desk, speech, talk_plan};
use crate::dialogue::{Scenario, lint};
use crate::driver;
use crate::report::CheckLine;
use crate::settings::Settings;

pub(super) async fn lines(
    named: Option<&Path>,
    settings: &Settings,
    desk: &Desk<'_>,
) -> Vec<CheckLine> {
    let what = "scenario";
    let (shown, scenario) = match talk_plan::read_any(named, desk) {
        Ok(Some(read)) => read,
        Ok(None) => return vec![none()],
        Err(error) => return vec![failed(what, error)],
    };
    let mut lines = vec![judged(&shown, &scenario)];
    lines.extend(cache(&shown, &scenario, settings).await);
    lines
}

/// Calls are refused until one is named: that is no fault of what is there.
fn none() -> CheckLine {
    CheckLine::warning(
        "scenario",
        "there is no scenario.toml here: each call and campaign must name one (--scenario)",
        "novodial init",
    )
}

fn judged(shown: &str, scenario: &Scenario) -> CheckLine {
    let what = "scenario";
    // Leads have a name more often than not.
    let usual = BTreeSet::from(["name".to_owned()]);
    let findings = lint(scenario, &usual);
    let mend = format!("novodial scenario check {shown} --given name");
    if let Some(fault) = findings.iter().find(|finding| finding.fatal) {
        return CheckLine::failure(what, format!("{shown}: {}", fault.message), mend);
    }
    match findings.first() {
        Some(first) => CheckLine::warning(
            what,
            format!(
                "{shown}: {}, the first: {}",
                counted(findings.len(), "remark"),
                first.message
            ),
            mend,
        ),
        None => CheckLine::ok(
            what,
            format!(
                "{shown}: {}, nothing to remark",
                counted(scenario.states.len(), "state")
            ),
        ),
    }
}

/// Nothing without a key and a voice: another line tells of them.
async fn cache(shown: &str, scenario: &Scenario, settings: &Settings) -> Option<CheckLine> {
    let what = "prompts";
    let account = driver::speech(settings, scenario.language).ok()?;
    let prepared = speech::prepared(scenario, &account).await;
    let missing = prepared.missing.len();
    Some(if missing == 0 {
        CheckLine::ok(
            what,
            format!(
                "all {} that are the same for everybody are cached",
                prepared.prompts
            ),
        )
    } else {
        CheckLine::warning(
            what,
            format!(
                "{missing} of {} are not cached, {} characters: the first calls wait for them",
                prepared.prompts,
                prepared.characters()
            ),
            format!("novodial speech warm {shown}"),
        )
    })
}
