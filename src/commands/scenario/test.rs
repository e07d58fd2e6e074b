//! `novodial scenario test`: dialogues written as text, held against a scenario.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;

use super::source::{open, written};
use crate::cli::ScenarioTestArgs;
use crate::commands::Desk;
use crate::commands::written::counted;
use crate::dialogue::text_test::{Coverage, Dialogues, Failure, hold};
use crate::output::{Envelope, ExitStatus, Paint, UserError, plain};

/// The folder beside a scenario that holds its dialogues.
const FOLDER: &str = "dialogues";

/// One file of dialogues and what came of it.
struct Held {
    file: PathBuf,
    cases: usize,
    failures: Vec<Failure>,
}

pub(super) fn test(arguments: &ScenarioTestArgs, desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    let (shown, scenario) = open(&arguments.file, desk)?.scenario()?;
    let scenario = Arc::new(scenario);
    let mut coverage = Coverage::of(&scenario);
    let mut held = Vec::new();
    for file in files(arguments, desk)? {
        let dialogues = read(&file, desk)?;
        held.push(Held {
            cases: dialogues.cases.len(),
            failures: hold(&scenario, &dialogues, &mut coverage),
            file,
        });
    }
    if desk.printer.is_json() {
        print_json(&scenario.name, &held, &coverage, desk)?;
    } else {
        print(&shown, &held, &coverage, desk)?;
    }
    let failed = held.iter().any(|held| !held.failures.is_empty());
    let gaps = arguments.all && coverage.missed_transitions().next().is_some();
    Ok(if failed || gaps {
        ExitStatus::No
    } else {
        ExitStatus::Success
    })
}

/// The files named, else those in `dialogues/` beside the scenario that begin with its name.
fn files(arguments: &ScenarioTestArgs, desk: &Desk<'_>) -> anyhow::Result<Vec<PathBuf>> {
    if !arguments.dialogues.is_empty() {
        return Ok(arguments.dialogues.clone());
    }
    let folder = arguments
        .file
        .parent()
        .unwrap_or(Path::new(""))
        .join(FOLDER);
    let stem = arguments.file.file_stem().and_then(|stem| stem.to_str());
    let stem = stem.unwrap_or_default();
    let entries = std::fs::read_dir(desk.path(&folder));
    let mut files: Vec<PathBuf> = entries
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| folder.join(entry.file_name()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .filter(|path| {
            let name = path.file_stem().and_then(|name| name.to_str());
            name.is_some_and(|name| name.starts_with(stem))
        })
        .collect();
    files.sort();
    if files.is_empty() {
        let message = format!("no dialogues: {}/{stem}*.txt", folder.display());
        let error = UserError::new(ExitStatus::Usage, "no_dialogues", message);
        return Err(error
            .hint("write some, or name the files; `novodial scenario test -h` shows one")
            .into());
    }
    Ok(files)
}

fn read(file: &Path, desk: &Desk<'_>) -> anyhow::Result<Dialogues> {
    let shown = file.display();
    let text = std::fs::read_to_string(desk.path(file)).map_err(|error| {
        let message = format!("the dialogues `{shown}` cannot be read: {error}");
        UserError::new(ExitStatus::Invalid, "bad_dialogues", message).hint("check the path")
    })?;
    Dialogues::parse(&text).map_err(|error| {
        let message = format!("{shown}:{}: {}", error.line, error.message);
        let user = UserError::new(ExitStatus::Invalid, "bad_dialogues", message);
        user.hint(&error.hint).into()
    })
}

fn print(shown: &str, held: &[Held], coverage: &Coverage, desk: &Desk<'_>) -> anyhow::Result<()> {
    let printer = desk.printer;
    let failed = printer.paint(Paint::Bad, "failure");
    for Held { file, failures, .. } in held {
        for failure in failures {
            let place = format!("{}:{}", file.display(), failure.line);
            printer.data(&plain(&format!("{failed}  {place}: {}", failure.case)))?;
            printer.data(&plain(&format!("         expected  {}", failure.expected)))?;
            printer.data(&plain(&format!("         found     {}", failure.found)))?;
        }
    }
    for (what, place) in coverage.missed_transitions() {
        printer.data(&plain(&format!(
            "uncovered  {}: {what}",
            written(shown, place)
        )))?;
    }
    for name in coverage.missed_states() {
        printer.data(&plain(&format!("uncovered  state {name}")))?;
    }
    let (cases, failures) = totals(held);
    let (states, of_states) = coverage.states();
    let (ways, of_ways) = coverage.transitions();
    printer.data(&format!(
        "{}, {failures} failed; states {states} of {of_states} ({}), transitions \
         {ways} of {of_ways} ({})",
        counted(cases, "dialogue"),
        percent(states, of_states),
        percent(ways, of_ways)
    ))
}

fn totals(held: &[Held]) -> (usize, usize) {
    let cases = held.iter().map(|held| held.cases).sum();
    let failures = held.iter().map(|held| held.failures.len()).sum();
    (cases, failures)
}

/// Rounded down: 100 % is all of them.
fn percent(part: usize, whole: usize) -> String {
    format!("{} %", (part * 100).checked_div(whole).unwrap_or(100))
}

fn print_json(
    scenario: &str,
    held: &[Held],
    coverage: &Coverage,
    desk: &Desk<'_>,
) -> anyhow::Result<()> {
    let failures: Vec<_> = held
        .iter()
        .flat_map(|held| {
            held.failures
                .iter()
                .map(move |failure| (&held.file, failure))
        })
        .map(|(file, failure)| {
            json!({
                "file": file.display().to_string(),
                "line": failure.line,
                "dialogue": failure.case,
                "expected": failure.expected,
                "found": failure.found,
            })
        })
        .collect();
    let states: Vec<&str> = coverage
        .missed_states()
        .map(|name| name.0.as_str())
        .collect();
    let ways: Vec<&str> = coverage
        .missed_transitions()
        .map(|(what, _)| what)
        .collect();
    let body = json!({
        "scenario": scenario,
        "dialogues": totals(held).0,
        "failures": failures,
        "states": { "covered": coverage.states().0, "all": coverage.states().1, "missed": states },
        "transitions": {
            "covered": coverage.transitions().0,
            "all": coverage.transitions().1,
            "missed": ways,
        },
    });
    desk.printer
        .json(&Envelope::new("novodial.scenario_test/1", body))
}
