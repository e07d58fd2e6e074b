//! Whether a scenario can be spoken with what is known of a lead, told before anybody is rung.

use std::collections::BTreeSet;

use super::super::scenario::{OWN_NAMES, Put, Scenario};
use super::super::slot::SlotKind;
use super::super::template::{self, TemplateError, Variables};
use super::Facts;
use crate::language::Language;

/// Renders every prompt, with stand-ins for what the talk itself will bring.
///
/// # Errors
/// The first text that lacks a variable, or whose filter refuses the lead's value.
pub(super) fn speakable(scenario: &Scenario, known: &Facts) -> Result<(), TemplateError> {
    let missing = |name: &&String| {
        let value = known.variables.get(*name);
        value.is_none_or(|value| value.trim().is_empty())
    };
    if let Some(name) = scenario.fields.iter().find(missing) {
        return Err(TemplateError::missing(format!(
            "the lead brings no `{name}`"
        )));
    }
    let mut facts = known.clone();
    let later = stand_ins(scenario);
    facts.now = facts
        .now
        .or_else(|| Some(jiff::civil::date(2026, 1, 1).at(12, 0, 0, 0)));
    for (name, value) in &later {
        facts
            .variables
            .entry(name.clone())
            .or_insert_with(|| value.clone());
    }
    for (name, state) in &scenario.states {
        for text in state.say.all().chain(state.again.all()) {
            let Err(error) = facts.render(scenario, &text.text) else {
                continue;
            };
            // A stand-in may be refused where the real value will not be.
            let names = template::variables_of(&text.text)?;
            let missing = names.iter().find(|name| {
                let set = facts.variables.get(*name);
                let optional = text.text.contains(&format!("if {name}"));
                set.is_none_or(String::is_empty) && !optional && !OWN_NAMES.contains(&name.as_str())
            });
            if let (true, Some(name)) = (error.missing, missing) {
                let message = format!("`{name}` has no value, and “{}” needs it", text.text);
                return Err(TemplateError::missing(message));
            }
            if error.missing || !names.iter().any(|name| later.contains_key(name)) {
                let line = text.place.line;
                let message = format!("state `{name}`, line {line}: {}", error.message);
                return Err(TemplateError { message, ..error });
            }
        }
    }
    Ok(())
}

/// A value for each variable that the talk will bring: slots by their kind, counters a number.
pub(in crate::dialogue) fn stand_ins(scenario: &Scenario) -> Variables {
    let ways = scenario.all_ways().flat_map(|way| &way.changes);
    let states = scenario.states.values();
    let changes = states.flat_map(|state| &state.deeds.changes).chain(ways);
    let mut variables: Variables = changes
        .map(|change| {
            let value = match &change.put {
                Put::Set(text) if !text.text.contains('{') => text.text.clone(),
                Put::Set(_) | Put::Add(_) => "1".to_owned(),
            };
            (change.name.clone(), value)
        })
        .collect();
    for (name, slot) in &scenario.slots {
        let value = match &slot.kind {
            SlotKind::Number | SlotKind::Money => "100",
            SlotKind::Date => "2026-01-01",
            SlotKind::Time => "12:00",
            SlotKind::Moment => "2026-01-01T12:00",
            SlotKind::Phone => "+79000000000",
            SlotKind::Email => "a@example.org",
            SlotKind::YesNo => "yes",
            SlotKind::Choice(options) => options.first().map_or("", |option| &option.value),
            SlotKind::Name => "Анна",
            SlotKind::Text => "…",
        };
        variables.insert(name.clone(), value.to_owned());
    }
    variables
}

/// Variables that prompts ask for and nothing in the scenario sets: columns of the leads.
pub(in crate::dialogue) fn asked_of_leads(scenario: &Scenario) -> BTreeSet<String> {
    let later = stand_ins(scenario);
    let asked = texts(scenario).flat_map(|text| template::variables_of(text).unwrap_or_default());
    asked
        .filter(|name| {
            !later.contains_key(name)
                && !scenario.defaults.contains_key(name)
                && !OWN_NAMES.contains(&name.as_str())
        })
        .collect()
}

/// A value that a column may have, told by the filter it is said with.
pub(in crate::dialogue) fn example(scenario: &Scenario, name: &str) -> String {
    let filter = texts(scenario).find_map(|text| {
        let (_, after) = text.split_once(name)?;
        let after = after.trim_start().strip_prefix('|')?.trim_start();
        Some(
            after
                .split(|c: char| !c.is_alphanumeric())
                .next()?
                .to_owned(),
        )
    });
    let value = match filter.as_deref() {
        Some("number" | "ordinal" | "count" | "plural" | "money" | "round" | "int") => "1500",
        Some("date" | "weekday") => "2026-01-20",
        Some("time" | "moment") => "2026-01-20T12:00",
        Some("phone") => "+79000000000",
        _ if scenario.language == Language::English => "Anna",
        _ => "Анна",
    };
    value.to_owned()
}

fn texts(scenario: &Scenario) -> impl Iterator<Item = &str> {
    let states = scenario.states.values();
    let texts = states.flat_map(|state| state.say.all().chain(state.again.all()));
    texts.map(|text| text.text.as_str())
}
