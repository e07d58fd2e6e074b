//! Prompt templates: `{{ name }}` and what minijinja offers around it.
//!
//! A variable that nobody set is an error, never an empty place in a sentence that a person hears.
//! `{% if name %}` and `{{ name | default("…") }}` are the ways to say that it may be absent.

use std::collections::BTreeMap;

use minijinja::{Environment, UndefinedBehavior, Value};

/// The lead's fields and the slots filled in the talk.
pub type Variables = BTreeMap<String, String>;

/// A template that cannot be read or rendered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TemplateError(pub String);

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    environment
}

fn explain(error: &minijinja::Error) -> TemplateError {
    let detail = error.detail().unwrap_or_default();
    let kind = error.kind();
    let text = if kind == minijinja::ErrorKind::UndefinedError {
        format!("a variable has no value {detail}")
            .trim()
            .to_owned()
    } else {
        format!("{kind}: {detail}")
            .trim_end_matches(": ")
            .to_owned()
    };
    TemplateError(text)
}

/// Checks that a text is a template, and names the variables it asks for.
///
/// # Errors
/// The text is no template: what is wrong with it.
pub(super) fn variables_of(text: &str) -> Result<Vec<String>, TemplateError> {
    let environment = environment();
    let template = environment
        .template_from_str(text)
        .map_err(|error| explain(&error))?;
    let mut names: Vec<String> = template.undeclared_variables(false).into_iter().collect();
    names.sort();
    Ok(names)
}

/// Renders a prompt; runs of blanks become one, so that an absent name leaves no hole.
///
/// # Errors
/// A variable without a value, or a filter that refuses its input.
pub(super) fn render(text: &str, variables: &Variables) -> Result<String, TemplateError> {
    let present = variables
        .iter()
        .filter(|(_, value)| !value.trim().is_empty())
        .map(|(name, value)| (name.as_str(), Value::from(value.as_str())));
    let rendered = environment()
        .render_str(text, Value::from_pairs(present))
        .map_err(|error| explain(&error))?;
    let joined = rendered.split_whitespace().collect::<Vec<_>>().join(" ");
    Ok(joined
        .replace(" ,", ",")
        .replace(" .", ".")
        .replace(" !", "!")
        .replace(" ?", "?"))
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
        let text = render("Здравствуйте, {{ name }}!", &variables(&[("name", "Анна")])).unwrap();
        assert_eq!(text, "Здравствуйте, Анна!");
    }

    #[test]
    fn an_absent_field_is_an_error_unless_the_text_allows_for_it() {
        assert!(render("Здравствуйте, {{ name }}!", &variables(&[("name", " ")])).is_err());
        let text = "Здравствуйте{% if name %}, {{ name }}{% endif %}!";
        assert_eq!(render(text, &variables(&[])).unwrap(), "Здравствуйте!");
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
