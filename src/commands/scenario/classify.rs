//! `novodial scenario classify`: a line of standard input in, a JSON line out.

use std::io::BufRead;
use std::path::Path;

use serde::Serialize;

use super::source::open;
use crate::commands::Desk;
use crate::dialogue::{Classifier, Evidence, StateName};
use crate::driver;
use crate::output::{ExitStatus, UserError};

#[derive(Debug, Serialize)]
struct Line<'a> {
    text: &'a str,
    intent: Option<&'a str>,
    score: f64,
    evidence: Option<&'a str>,
}

pub(super) fn classify(
    file: &Path,
    state: Option<&str>,
    desk: &Desk<'_>,
) -> anyhow::Result<ExitStatus> {
    let (_, scenario) = open(file, desk)?.scenario()?;
    let zone = desk.settings()?.policy.default_timezone;
    let now = driver::now().to_zoned(zone).datetime();
    let state = state.map(|name| StateName(name.to_owned()));
    if let Some(name) = state
        .as_ref()
        .filter(|name| !scenario.states.contains_key(*name))
    {
        let message = format!("no such state: `{name}`");
        let error = UserError::new(ExitStatus::Usage, "no_such_state", message);
        let states: Vec<&str> = scenario.states.keys().map(|name| name.0.as_str()).collect();
        return Err(error
            .hint(format!("there are: {}", states.join(", ")))
            .into());
    }
    let classifier = Classifier::new(scenario, state, now);
    for line in std::io::stdin().lock().lines() {
        let text = line?;
        let found = classifier.classify(&text);
        let found = found.as_ref();
        let line = Line {
            text: &text,
            intent: found.map(|evidence| evidence.intent.as_str()),
            score: found.map_or(0.0, Evidence::score),
            evidence: found.map(|evidence| evidence.phrase.as_str()),
        };
        desk.printer.data(&serde_json::to_string(&line)?)?;
    }
    Ok(ExitStatus::Success)
}
