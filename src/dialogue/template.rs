//! Prompt templates: `{{ name }}` and what minijinja offers around it.
//!
//! A variable that nobody set is an error, never an empty place in a sentence that a person hears.
//! `{% if name %}` and `{{ name | default("…") }}` are the ways to say that it may be absent.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use minijinja::{Environment, UndefinedBehavior, Value};

use crate::language::Language;

pub(super) mod filters;
mod mend;

pub(super) use mend::mend;

/// The lead's fields and the slots filled in the talk.
pub type Variables = BTreeMap<String, String>;

/// A template that cannot be read or rendered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TemplateError {
    /// What is wrong.
    pub message: String,
    /// A variable has no value; else the text or a filter's input is wrong.
    pub missing: bool,
}

impl TemplateError {
    pub(super) fn missing(message: String) -> Self {
        Self {
            message,
            missing: true,
        }
    }
}

// Made once: an environment holds some sixty filters, and a scenario hundreds of prompts.
static RUSSIAN: LazyLock<Environment<'static>> = LazyLock::new(|| environment(Language::Russian));
static ENGLISH: LazyLock<Environment<'static>> = LazyLock::new(|| environment(Language::English));

static LENIENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Chainable);
    filters::add_none(&mut environment);
    environment
});

fn environment_of(language: Language) -> &'static Environment<'static> {
    match language {
        Language::Russian => &RUSSIAN,
        Language::English => &ENGLISH,
    }
}

fn environment(language: Language) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    filters::add(&mut environment, language);
    environment
}

fn explain(error: &minijinja::Error) -> TemplateError {
    let detail = error.detail().unwrap_or_default();
    let kind = error.kind();
    let missing = kind == minijinja::ErrorKind::UndefinedError;
    let message = if missing {
        format!("a variable has no value {detail}")
            .trim()
            .to_owned()
    } else {
        format!("{kind}: {detail}")
            .trim_end_matches(": ")
            .to_owned()
    };
    TemplateError { message, missing }
}

/// Checks that a text is a template, and names the variables it asks for.
///
/// # Errors
/// The text is no template: what is wrong with it.
pub(super) fn variables_of(text: &str) -> Result<Vec<String>, TemplateError> {
    if !text.contains('{') {
        return Ok(Vec::new());
    }
    if let Some(name) = filters::unknown_filter(text) {
        let hint = filters::nearest_filter(&name);
        return Err(TemplateError {
            message: format!("no such filter: `{name}`; {hint}"),
            missing: false,
        });
    }
    // The names are the same in every language.
    let template = RUSSIAN
        .template_from_str(text)
        .map_err(|error| explain(&error))?;
    let mut names: Vec<String> = template.undeclared_variables(false).into_iter().collect();
    names.sort();
    Ok(names)
}

/// A word in single braces: a variable that was meant, and would be spoken as it is written.
pub(super) fn single_brace(text: &str) -> Option<&str> {
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        let from = rest.get(at..)?;
        let tag = [("{{", "}}"), ("{%", "%}"), ("{#", "#}")]
            .into_iter()
            .find(|(open, _)| from.starts_with(open));
        let Some((_, close)) = tag else {
            let end = from.find('}')?;
            return from.get(..=end);
        };
        rest = from.split_once(close)?.1;
    }
    None
}

/// The names of states in `visits.…` of a template.
pub(super) fn visits_of(text: &str) -> Vec<String> {
    let nested = RUSSIAN
        .template_from_str(text)
        .map(|template| template.undeclared_variables(true))
        .unwrap_or_default();
    let states = nested
        .iter()
        .filter_map(|name| name.strip_prefix("visits."));
    let mut states: Vec<String> = states.map(str::to_owned).collect();
    states.sort();
    states
}

/// Renders a prompt; runs of blanks become one, so that an absent name leaves no hole.
///
/// # Errors
/// A variable without a value, or a filter that refuses its input.
pub(super) fn render(
    language: Language,
    text: &str,
    variables: &Variables,
) -> Result<String, TemplateError> {
    render_with(language, text, &values(variables))
}

/// Renders with values that [`values`] made, and others.
///
/// # Errors
/// As [`render`].
pub(super) fn render_with(
    language: Language,
    text: &str,
    values: &BTreeMap<String, Value>,
) -> Result<String, TemplateError> {
    if !text.contains('{') {
        return Ok(tidy(text));
    }
    let rendered = environment_of(language)
        .render_str(text, values)
        .map_err(|error| explain(&error))?;
    Ok(tidy(&rendered))
}

/// Renders what [`render_with`] refuses, rather than say nothing to a person who waits: values as
/// they are where a filter refuses them, and nothing where there is no value.
pub(super) fn render_anyhow(text: &str, values: &BTreeMap<String, Value>) -> String {
    let rendered = LENIENT.render_str(text, values);
    tidy(&rendered.unwrap_or_else(|_| filters::outside_tags(text)))
}

/// Variables as templates see them: an empty one is absent, and what is written as a whole number
/// can be reckoned with.
pub(super) fn values(variables: &Variables) -> BTreeMap<String, Value> {
    let present = variables
        .iter()
        .filter(|(_, value)| !value.trim().is_empty());
    present
        .map(|(name, value)| (name.clone(), typed(value)))
        .collect()
}

/// A number only where it would be written the same: `007` and `+7…` stay texts.
fn typed(value: &str) -> Value {
    match value.parse::<i64>() {
        Ok(number) if number.to_string() == value => Value::from(number),
        _ => Value::from(value),
    }
}

fn tidy(text: &str) -> String {
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let joined = joined
        .replace(" ,", ",")
        .replace(" .", ".")
        .replace(" !", "!")
        .replace(" ?", "?");
    if joined.contains("..") {
        return without_double_points(&joined);
    }
    joined
}

/// A value that ends with a point, at the end of a sentence: "three p.m.." has one too many. Three
/// points are meant.
fn without_double_points(text: &str) -> String {
    let mut said = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("..") {
        let (before, points) = rest.split_at(at);
        let after = points.trim_start_matches('.');
        let count = points.len() - after.len();
        said.push_str(before);
        said.push_str(if count == 2 { "." } else { "..." });
        rest = after;
    }
    said.push_str(rest);
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(pairs: &[(&str, &str)]) -> Variables {
        pairs
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect()
    }

    #[test]
    fn a_field_of_the_lead_is_spoken() {
        let text = render(
            Language::Russian,
            "Здравствуйте, {{ name }}!",
            &variables(&[("name", "Анна")]),
        )
        .unwrap();
        assert_eq!(text, "Здравствуйте, Анна!");
    }

    #[test]
    fn an_absent_field_is_an_error_unless_the_text_allows_for_it() {
        assert!(
            render(
                Language::Russian,
                "Здравствуйте, {{ name }}!",
                &variables(&[("name", " ")])
            )
            .is_err()
        );
        let text = "Здравствуйте{% if name %}, {{ name }}{% endif %}!";
        assert_eq!(
            render(Language::Russian, text, &variables(&[])).unwrap(),
            "Здравствуйте!"
        );
    }

    #[test]
    fn values_are_said_as_people_say_them() {
        let known = variables(&[
            ("sum", "1500.20"),
            ("days", "3"),
            ("when", "2026-11-24T15:00"),
            ("now", "2026-11-23T10:00"),
            ("phone", "+79000000001"),
            ("name", "Анна"),
        ]);
        for (text, said) in [
            ("{{ sum | money }}", "тысяча пятьсот рублей двадцать копеек"),
            ("{{ days | count('день', 'дня', 'дней') }}", "три дня"),
            ("{{ days | plural('день', 'дня', 'дней') }}", "дня"),
            ("{{ when | moment }}", "завтра в пятнадцать часов"),
            (
                "{{ when | date(case='genitive') }}",
                "двадцать четвёртого ноября",
            ),
            ("в {{ when | weekday(case='accusative') }}", "в вторник"),
            ("{{ when | time }}", "пятнадцать часов"),
            ("{{ name | name(case='dative') }}", "Анне"),
            ("{{ days | ordinal(gender='f') }}", "третья"),
            ("{{ days | number(case='genitive') }}", "трёх"),
        ] {
            assert_eq!(
                render(Language::Russian, text, &known).unwrap(),
                said,
                "{text}"
            );
        }
        let text = "Is {{ when | time }}. {{ days }}... good?";
        let said = render(Language::English, text, &known).unwrap();
        assert_eq!(said, "Is three p.m. 3... good?");
        let text = "{{ days | count('day', 'days') }} {{ when | moment }}";
        let said = render(Language::English, text, &known).unwrap();
        assert!(said.starts_with("three days tomorrow"), "{said}");
    }

    #[test]
    fn a_filter_that_is_misspelt_or_refuses_its_value_is_an_error() {
        let error = variables_of("{{ sum | mony }}").unwrap_err();
        assert_eq!(
            error.message,
            "no such filter: `mony`; did you mean `money`?"
        );
        assert_eq!(variables_of("{{ a | default('x | y') }}").unwrap(), ["a"]);
        let known = variables(&[("sum", "много")]);
        let error = render(Language::Russian, "{{ sum | money }}", &known).unwrap_err();
        assert!(error.message.contains("`много` is not a number"), "{error}");
        let error =
            render(Language::Russian, "{{ 5 | number(case='dativ') }}", &known).unwrap_err();
        assert!(error.message.contains("did you mean `dative`?"), "{error}");
    }

    #[test]
    fn what_cannot_be_said_as_written_is_said_somehow() {
        let known = values(&variables(&[("n", "1.5"), ("day", "soon")]));
        for (text, said) in [
            ("Вы {{ n | ordinal }} в очереди.", "Вы 1.5 в очереди."),
            (
                "Ждите {{ day | date(case='genitive') }}, {{ name }}!",
                "Ждите soon,!",
            ),
            ("Это {{ day - 2 }} рублей.", "Это рублей."),
        ] {
            assert!(
                render_with(Language::Russian, text, &known).is_err(),
                "{text}"
            );
            assert_eq!(render_anyhow(text, &known), said);
        }
    }

    #[test]
    fn a_fraction_is_counted_and_what_was_reckoned_is_rounded() {
        let known = variables(&[("hours", "1.5"), ("cups", "2.5"), ("price", "1999")]);
        for (text, said) in [
            (
                "{{ hours | count('час', 'часа', 'часов') }}",
                "полтора часа",
            ),
            (
                "{{ cups | count('час', 'часа', 'часов') }}",
                "две целых пять десятых часа",
            ),
            ("{{ cups | plural('час', 'часа', 'часов') }}", "часа"),
            (
                "{{ (price * 0.85) | money }}",
                "тысяча шестьсот девяносто девять рублей пятнадцать копеек",
            ),
        ] {
            let rendered = render(Language::Russian, text, &known).unwrap();
            assert_eq!(rendered, said, "{text}");
        }
    }

    #[test]
    fn numbers_are_reckoned_with_and_still_written_as_they_came() {
        let known = variables(&[("price", "300"), ("phone", "+79000000001"), ("code", "007")]);
        let text = "{{ price * 2 }} {{ price }} {{ phone }} {{ code }}";
        let rendered = render(Language::Russian, text, &known).unwrap();
        assert_eq!(rendered, "600 300 +79000000001 007");
    }

    #[test]
    fn a_broken_template_is_refused_and_a_good_one_names_its_variables() {
        assert!(variables_of("{{ name").is_err());
        assert_eq!(
            variables_of("{{ b }} {% if a %}{% endif %}").unwrap(),
            ["a", "b"]
        );
    }
}
