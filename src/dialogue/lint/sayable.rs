//! Texts that cannot be rendered with the values they will have: a filter that does not know its
//! option, or that refuses what the slot holds.

use std::collections::BTreeMap;

use minijinja::Value;

use crate::dialogue::machine::{reckoned, stand_ins};
use crate::dialogue::scenario::{Scenario, SlotSpec};
use crate::dialogue::slot::SlotKind;
use crate::dialogue::template::{self, TemplateError, Variables};
use crate::language::Language;

/// What a column of the leads may hold. It suffices that a text can be said with one of them.
const COLUMNS: [&str; 7] = [
    "x",
    "1500",
    "21",
    "2026-01-20",
    "12:00",
    "2026-01-20T12:00",
    "+79000000000",
];
/// So many names are varied in one text; the others keep their example.
const MOST_VARIED: usize = 3;

/// Renders a text with all values that each of its names typically has; the first refusal.
pub(super) fn refused(
    scenario: &Scenario,
    text: &str,
    usual: &Variables,
) -> Result<(), TemplateError> {
    let names = template::variables_of(text)?;
    for language in scenario.languages() {
        for (name, value) in slot_values(scenario, &names) {
            let mut values = usual.clone();
            values.insert(name, value);
            some_column_does(scenario, language, text, &names, &values)?;
        }
        some_column_does(scenario, language, text, &names, usual)?;
    }
    Ok(())
}

/// Each slot of a text with each value that differs for a filter.
fn slot_values(scenario: &Scenario, names: &[String]) -> Vec<(String, String)> {
    let slots = names.iter().filter_map(|name| {
        let spec = scenario.slots.get(name)?;
        Some((name, spec))
    });
    slots
        .flat_map(|(name, spec)| {
            let values = typical(spec).into_iter();
            values.map(move |value| (name.clone(), value))
        })
        .collect()
}

/// Numbers of each grammatical kind, and the options of a choice; of other kinds one will do.
fn typical(spec: &SlotSpec) -> Vec<String> {
    match &spec.kind {
        SlotKind::Number | SlotKind::Money => {
            let within = |n: &f64| {
                spec.min.is_none_or(|min| *n >= min as f64)
                    && spec.max.is_none_or(|max| *n <= max as f64)
            };
            let fractions = [1.5, 2.5].into_iter().filter(|_| !spec.whole);
            let numbers = [1.0, 21.0].into_iter().chain(fractions);
            let bounds = spec.min.into_iter().chain(spec.max);
            numbers
                .filter(within)
                .map(|n| n.to_string())
                .chain(bounds.map(|n| n.to_string()))
                .collect()
        }
        SlotKind::Choice(options) => options.iter().map(|option| option.value.clone()).collect(),
        SlotKind::YesNo => ["yes", "no"].map(str::to_owned).into(),
        SlotKind::Date
        | SlotKind::Time
        | SlotKind::Moment
        | SlotKind::Name
        | SlotKind::Phone
        | SlotKind::Email
        | SlotKind::Text => Vec::new(),
    }
}

/// Whether a text can be said with some values of the columns in it, and of what the talk sets.
fn some_column_does(
    scenario: &Scenario,
    language: Language,
    text: &str,
    names: &[String],
    usual: &Variables,
) -> Result<(), TemplateError> {
    let first = rendered(scenario, language, text, usual);
    let Err(refusal) = first else {
        return Ok(());
    };
    if refusal.missing {
        return Ok(());
    }
    let unsure: Vec<&String> = names
        .iter()
        .filter(|name| is_unsure(scenario, name))
        .take(MOST_VARIED)
        .collect();
    let mut tried = vec![usual.clone()];
    for name in unsure {
        tried = tried
            .iter()
            .flat_map(|values| {
                COLUMNS.iter().map(move |column| {
                    let mut values = values.clone();
                    values.insert(name.clone(), (*column).to_owned());
                    values
                })
            })
            .collect();
    }
    let fine = |values: &Variables| {
        rendered(scenario, language, text, values).map_or_else(|error| error.missing, |_| true)
    };
    if tried.iter().any(fine) {
        return Ok(());
    }
    Err(refusal)
}

/// Whether nobody knows the value before the call: a column, or what a template sets.
fn is_unsure(scenario: &Scenario, name: &str) -> bool {
    if scenario.slots.contains_key(name) {
        return false;
    }
    reckoned(scenario).contains(name)
        || !(scenario.defaults.contains_key(name) || stand_ins(scenario).contains_key(name))
}

/// A text with these values, and with a count for each state under `visits`.
pub(super) fn rendered(
    scenario: &Scenario,
    language: Language,
    text: &str,
    variables: &Variables,
) -> Result<String, TemplateError> {
    let mut values: BTreeMap<String, Value> = template::values(variables);
    if text.contains("visits") {
        let counts = scenario.states.keys().map(|state| (state.0.clone(), 1));
        values.insert("visits".to_owned(), Value::from_pairs(counts));
    }
    template::render_with(language, text, &values)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::lint;
    use super::*;

    fn remarks(say: &str) -> Vec<String> {
        let text = format!(
            "[scenario]\nname = \"t\"\nlanguage = \"ru\"\nstart = \"start\"\ndisclosure = false\n\
             fields = [\"debt\", \"day\"]\n[variables]\nprice = 1999\n\
             [slots.n]\nkind = \"number\"\n[slots.k]\nkind = \"number\"\nmin = 1\n\
             [slots.when]\nkind = \"date\"\n[global.on]\ndo_not_call = \"no\"\n\
             [states.start]\nsay = \"?\"\nslots = {{ n = \"k\" }}\n\
             [states.k]\nsay = \"?\"\nslots = {{ k = \"when\" }}\n\
             [states.when]\nsay = \"?\"\nslots = {{ when = \"end\" }}\n\
             [states.no]\ndo_not_call = true\noutcome = \"no\"\n\
             [states.end]\nsay = \"{say}\"\noutcome = \"done\"\n"
        );
        let scenario = Scenario::parse(&text).unwrap();
        let found = lint(&scenario, &std::collections::BTreeSet::new());
        found.into_iter().map(|finding| finding.message).collect()
    }

    #[rstest]
    #[case("{{ when | date(case='genetive') }}", "no such case: `genetive`")]
    #[case("{{ n | date }}", "is not a date")]
    #[case("{{ n | count(gender=3) }}", "")]
    #[case("{{ n | ordinal }}", "`1.5` is not a whole number")]
    #[case("{{ price | money(curency='EUR') }}", "curency")]
    #[case("{% if n %}{{ when | weekday(cas='genitive') }}{% endif %}", "cas")]
    #[case("{{ debt | money(case='x') }}", "no such case")]
    fn what_a_filter_refuses_is_told_before_the_call(#[case] say: &str, #[case] told: &str) {
        let remarks = remarks(say);
        assert_eq!(remarks.len(), 1, "{remarks:?}");
        assert!(remarks[0].contains("cannot be said"), "{remarks:?}");
        assert!(remarks[0].contains(told), "{remarks:?}");
    }

    #[rstest]
    #[case("{{ k | ordinal }} {{ n | count('час', 'часа', 'часов') }} {{ n | number }}")]
    #[case("{{ (price * 0.85) | money }} {{ debt | money }} {{ day | date }}")]
    #[case("{{ visits.start }} {% if visits.k > 1 %}{{ when | date }}{% endif %}")]
    #[case("{{ today | date }} {{ now | moment }} {{ tomorrow | weekday }}")]
    #[case("{{ debt * 2 }}")]
    fn what_can_be_said_is_left_alone(#[case] say: &str) {
        assert_eq!(remarks(say), Vec::<String>::new());
    }
}
