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
    let opened = open(&arguments.file, desk)?;
    let shipped = opened.shipped;
    let (shown, scenario) = opened.scenario()?;
    let scenario = Arc::new(scenario);
    let mut coverage = Coverage::of(&scenario);
    let mut held = Vec::new();
    let texts = match shipped.filter(|_| arguments.dialogues.is_empty()) {
        Some(shipped) => vec![(
            PathBuf::from(format!("{}.txt", shipped.name)),
            shipped.dialogues.to_owned(),
        )],
        None => files(arguments, desk)?
            .into_iter()
            .map(|file| Ok((file.clone(), read(&file, desk)?)))
            .collect::<anyhow::Result<_>>()?,
    };
    for (file, text) in texts {
        let dialogues = parse(&file, &text)?;
        belongs(&file, &dialogues, &shown, &scenario.name)?;
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
    if gaps {
        let message = "--all: what is uncovered above is a failure; write a dialogue that takes it";
        desk.printer.message(message);
    }
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
    let scenarios = stems(&arguments.file, desk);
    let entries = std::fs::read_dir(desk.path(&folder));
    let mut files: Vec<PathBuf> = entries
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| folder.join(entry.file_name()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .filter(|path| {
            let name = path.file_stem().and_then(|name| name.to_str());
            name.is_some_and(|name| owner(name, &scenarios) == Some(stem))
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

/// The names of the scenarios beside this one, and its own.
fn stems(file: &Path, desk: &Desk<'_>) -> Vec<String> {
    let folder = desk.path(file.parent().unwrap_or(Path::new("")));
    let beside = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let beside = beside.map(|entry| PathBuf::from(entry.file_name()));
    let stem = |path: PathBuf| Some(path.file_stem()?.to_str()?.to_owned());
    beside
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .chain([file.to_owned()])
        .filter_map(stem)
        .collect()
}

/// The scenario that a file of dialogues is for: `offer_prices` is for `offer`, unless there is an
/// `offer_prices` of its own.
fn owner<'a>(dialogues: &str, scenarios: &'a [String]) -> Option<&'a str> {
    let begins = |stem: &&String| {
        let rest = dialogues.strip_prefix(stem.as_str());
        rest.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
    };
    let owners = scenarios.iter().filter(begins);
    owners.max_by_key(|stem| stem.len()).map(String::as_str)
}

fn read(file: &Path, desk: &Desk<'_>) -> anyhow::Result<String> {
    std::fs::read_to_string(desk.path(file)).map_err(|error| {
        let message = format!("the dialogues `{}` cannot be read: {error}", file.display());
        let user = UserError::new(ExitStatus::Invalid, "bad_dialogues", message);
        user.hint("check the path").into()
    })
}

fn parse(file: &Path, text: &str) -> anyhow::Result<Dialogues> {
    let shown = file.display();
    let dialogues = Dialogues::parse(text).map_err(|error| {
        let message = format!("{shown}:{}: {}", error.line, error.message);
        UserError::new(ExitStatus::Invalid, "bad_dialogues", message).hint(&error.hint)
    })?;
    if dialogues.cases.is_empty() {
        let message = format!("there is no dialogue in `{shown}`");
        let user = UserError::new(ExitStatus::Invalid, "bad_dialogues", message);
        return Err(user.hint("begin one with `== a name`").into());
    }
    Ok(dialogues)
}

/// Refuses dialogues that name another scenario at their top.
fn belongs(file: &Path, dialogues: &Dialogues, shown: &str, name: &str) -> anyhow::Result<()> {
    let Some(wanted) = &dialogues.scenario else {
        return Ok(());
    };
    let stem = |path: &str| {
        let name = Path::new(path).file_name().and_then(|name| name.to_str());
        name.unwrap_or(path).trim_end_matches(".toml").to_owned()
    };
    if [stem(shown), name.to_owned()].contains(&stem(wanted)) {
        return Ok(());
    }
    let message = format!(
        "`{}` is written for the scenario `{wanted}`",
        file.display()
    );
    let user = UserError::new(ExitStatus::Invalid, "bad_dialogues", message);
    Err(user
        .hint(format!(
            "test that one, or change its line `scenario: {wanted}`"
        ))
        .into())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dialogues_are_for_the_scenario_whose_name_they_begin_with() {
        let scenarios = ["offer", "offer_other", "offer.ru"].map(str::to_owned);
        for (file, whose) in [
            ("offer", Some("offer")),
            ("offer_prices", Some("offer")),
            ("offer_other", Some("offer_other")),
            ("offer_other-2", Some("offer_other")),
            ("offer.ru", Some("offer.ru")),
            ("offers", None),
            ("survey", None),
        ] {
            assert_eq!(owner(file, &scenarios), whose, "{file}");
        }
    }

    #[test]
    fn no_dialogues_and_those_of_another_scenario_are_refused() {
        let file = Path::new("dialogues/a.txt");
        assert!(parse(file, "# nothing\n").is_err());
        let dialogues = parse(file, "scenario: ../offer.ru.toml\n== a\ncallee: да\n").unwrap();
        assert!(belongs(file, &dialogues, "scenarios/offer.ru.toml", "x").is_ok());
        assert!(belongs(file, &dialogues, "b.toml", "offer.ru").is_ok());
        assert!(belongs(file, &dialogues, "b.toml", "b").is_err());
    }

    #[test]
    fn every_shipped_scenario_has_its_dialogues() {
        for shipped in crate::commands::scenario::shipped::SHIPPED {
            assert!(parse(Path::new(shipped.name), shipped.dialogues).is_ok());
        }
    }
}
