//! Where something stands in the files of a scenario, and what is told about mistakes.

use std::fmt;
use std::sync::Arc;

use crate::language::told_apart;

/// A place in a scenario's text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Place {
    /// The included file; `None` for the scenario itself.
    pub file: Option<Arc<str>>,
    /// Counted from one.
    pub line: usize,
    /// Counted from one, in characters.
    pub column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{file}, ")?;
        }
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// A scenario that cannot be used: the first mistake, and those after it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}line {line}, column {column}: {message}", file.as_ref().map_or_else(String::new, |f| format!("{f}, ")))]
pub struct ScenarioError {
    /// The included file it stands in; `None` for the scenario itself.
    pub file: Option<Arc<str>>,
    /// Counted from one.
    pub line: usize,
    /// Counted from one, in characters.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What to write instead, where it can be guessed.
    pub hint: Option<String>,
    /// The mistakes after the first, by their place.
    pub more: Vec<Self>,
}

impl ScenarioError {
    pub(super) fn new(place: Place, message: String, hint: Option<String>) -> Self {
        Self {
            file: place.file,
            line: place.line,
            column: place.column,
            message,
            hint,
            more: Vec::new(),
        }
    }

    /// All mistakes, this one first.
    pub fn all(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(&self.more)
    }
}

/// The mistakes found so far.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<ScenarioError>);

impl Faults {
    pub(super) fn add(
        &mut self,
        place: Place,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        let hint = Some(hint.into()).filter(|hint: &String| !hint.is_empty());
        self.0.push(ScenarioError::new(place, message.into(), hint));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The mistakes as one error; `None` if there are none.
    pub(super) fn into_error(mut self) -> Option<ScenarioError> {
        self.0
            .sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
        self.0.dedup();
        let mut all = self.0.into_iter();
        let mut first = all.next()?;
        first.more = all.collect();
        Some(first)
    }
}

/// The nearest of the known names, as a hint; or the known names, where none is near.
pub(in crate::dialogue) fn nearest<'a>(
    written: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> String {
    let mut known: Vec<&str> = known.into_iter().collect();
    known.sort_unstable();
    let alike = known
        .iter()
        .find_map(|name| Some((name, told_apart(written, name)?)));
    if let Some((name, told)) = alike {
        return format!("did you mean `{name}`? {told}");
    }
    let written = written.to_lowercase();
    let likeness = |name: &str| {
        let name = name.to_lowercase();
        // Of short names one slip leaves little that is alike: `sya`.
        let slip = written.chars().count() > 2 && strsim::osa_distance(&written, &name) <= 1;
        if slip {
            1.0
        } else {
            strsim::jaro_winkler(&written, &name)
        }
    };
    let best = known
        .iter()
        .max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    match best {
        None => String::new(),
        Some(best) if likeness(best) > 0.7 || known.len() > 24 => format!("did you mean `{best}`?"),
        Some(_) => format!("there are: {}", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_in_a_short_name_is_understood() {
        let known = ["again", "say", "next", "on"];
        for slip in ["sya", "sey", "Say", "sayy"] {
            assert_eq!(nearest(slip, known), "did you mean `say`?", "{slip}");
        }
        assert_eq!(nearest("xy", known), "there are: again, next, on, say");
    }

    #[test]
    fn a_name_that_looks_the_same_is_told_by_its_letter() {
        let hint = nearest("bуe", ["bye", "human"]);
        assert!(
            hint.starts_with("did you mean `bye`? they look the same"),
            "{hint}"
        );
        assert!(
            hint.contains("the letter `у` in the one written here is Cyrillic"),
            "{hint}"
        );
    }
}
