//! `novodial scenario show`: the scenarios that are shipped, to be copied and changed.

use serde::Serialize;

use super::shipped::{PARTS, SHIPPED, Shipped, shipped};
use super::source::of_shipped;
use crate::commands::Desk;
use crate::dialogue::Scenario;
use crate::output::{Envelope, ExitStatus, Table, UserError, plain};
use crate::settings::nearest;

/// The end of what a scenario says of itself.
const ENDS: [char; 4] = ['.', ';', ':', '\n'];

#[derive(Debug, Serialize)]
struct Entry {
    name: &'static str,
    about: String,
    /// Whether others include it, and nobody is called with it alone.
    part: bool,
}

#[derive(Debug, Serialize)]
struct Report {
    scenarios: Vec<Entry>,
}

pub(super) fn show(name: Option<&str>, desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    let Some(name) = name else {
        return list(desk);
    };
    desk.printer.data(text_of(name)?.trim_end())?;
    Ok(ExitStatus::Success)
}

/// The text of a scenario that is shipped, or of a part that others include.
///
/// # Errors
/// None has this name.
fn text_of(name: &str) -> Result<&'static str, UserError> {
    let bare = name.strip_suffix(".toml").unwrap_or(name);
    let part = || PARTS.iter().find(|part| part.name == bare);
    if let Some(found) = shipped(bare, "ru").or_else(part) {
        return Ok(found.text);
    }
    let names = || all().map(|(found, _)| found.name);
    let hint = nearest(bare, names()).map_or_else(
        || format!("there are: {}", names().collect::<Vec<_>>().join(", ")),
        |near| format!("did you mean {near}?"),
    );
    let message = format!("no scenario `{}` is shipped", plain(name));
    Err(UserError::new(ExitStatus::Usage, "no_such_scenario", message).hint(hint))
}

/// A scenario that is shipped and that calls can be held along, with its text.
///
/// # Errors
/// None has this name, or it is only a part.
pub(in crate::commands) fn whole_of(name: &str) -> anyhow::Result<(&'static str, Scenario)> {
    let text = text_of(name)?;
    if let Some(whole) = SHIPPED.iter().find(|whole| whole.text == text) {
        let (_, scenario) = of_shipped(whole).scenario()?;
        return Ok((text, scenario));
    }
    let wholes: Vec<&str> = SHIPPED.iter().map(|whole| whole.name).collect();
    let message = format!(
        "`{}` is a part that scenarios include: nobody can be called with it alone",
        plain(name)
    );
    let hint = format!("there are: {}", wholes.join(", "));
    Err(
        UserError::new(ExitStatus::Usage, "no_such_scenario", message)
            .hint(hint)
            .into(),
    )
}

fn all() -> impl Iterator<Item = (&'static Shipped, bool)> {
    let parts = PARTS.iter().map(|part| (part, true));
    SHIPPED.iter().map(|whole| (whole, false)).chain(parts)
}

fn list(desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    let entries = all().map(|(found, part)| Entry {
        name: found.name,
        about: about(found.text),
        part,
    });
    if desk.printer.is_json() {
        let scenarios = entries.collect();
        desk.printer
            .json(&Envelope::new("novodial.scenarios/1", Report { scenarios }))?;
        return Ok(ExitStatus::Success);
    }
    let mut table = Table::new(["scenario", "what it is"]);
    for entry in entries {
        table.row([entry.name.to_owned(), entry.about]);
    }
    desk.printer.table(table)?;
    Ok(ExitStatus::Success)
}

/// What its first comment says, up to the end of the sentence.
fn about(text: &str) -> String {
    let lines = text.lines().map_while(|line| line.strip_prefix('#'));
    let comment: Vec<&str> = lines
        .map(str::trim)
        .filter(|line| !line.starts_with(':'))
        .collect();
    let whole = comment.join(" ");
    whole
        .split(ENDS)
        .next()
        .unwrap_or_default()
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_that_is_shipped_can_be_shown_and_says_what_it_is() {
        for (found, _) in all() {
            assert_eq!(text_of(found.name), Ok(found.text));
            assert!(about(found.text).len() > 10, "{}", found.name);
        }
        assert_eq!(text_of("offer"), text_of("offer.ru.toml"));
        for (found, part) in all() {
            assert_eq!(whole_of(found.name).is_err(), part, "{}", found.name);
        }
        let error = text_of("survay.ru").unwrap_err();
        assert_eq!(error.hint.as_deref(), Some("did you mean survey.ru?"));
    }
}
