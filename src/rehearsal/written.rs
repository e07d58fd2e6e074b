//! Files that people write for a rehearsal: TOML, whose mistakes are told with their place.

use std::ops::Range;

use serde::de::{DeserializeOwned, Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, de};
use toml::Spanned;

/// Names whose beginnings are less alike than this, of 1, are not taken for one another …
const ALIKE: f64 = 0.85;
/// … unless this share of their letters agrees.
const AGREEING: f64 = 0.65;

/// A mistake in a file, and what to write instead where that can be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {message}")]
pub struct WrittenError {
    /// The file as the user knows it.
    pub file: String,
    /// Counted from one.
    pub line: usize,
    /// Counted from one, in characters.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub hint: Option<String>,
}

/// A file's name and text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Written<'a> {
    pub(super) file: &'a str,
    pub(super) text: &'a str,
}

impl Written<'_> {
    /// Reads the text as a table of this form.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, WrittenError> {
        toml::from_str(self.text).map_err(|error| {
            let message = error.message().trim().replace('\n', " ");
            let hint = hint_of_serde(&message);
            self.at(error.span().unwrap_or_default(), message, hint)
        })
    }

    /// A mistake at a value.
    pub(super) fn error<T>(
        &self,
        at: &Spanned<T>,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> WrittenError {
        self.at(at.span(), message.into(), Some(hint.into()))
    }

    /// A name that is none of those known; `what` is what it names.
    pub(super) fn unknown<'n>(
        &self,
        at: &Spanned<String>,
        what: &str,
        known: impl IntoIterator<Item = &'n str>,
    ) -> WrittenError {
        let name = at.get_ref();
        self.error(at, format!("no such {what}: `{name}`"), meant(name, known))
    }

    pub(super) fn at(
        &self,
        place: Range<usize>,
        message: String,
        hint: Option<String>,
    ) -> WrittenError {
        let before = self.text.get(..place.start).unwrap_or(self.text);
        let last_line = before.rsplit('\n').next().unwrap_or_default();
        WrittenError {
            file: self.file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: last_line.chars().count() + 1,
            message,
            hint,
        }
    }
}

/// The hint for a name that is none of those known: the nearest of them, or all.
pub(super) fn meant<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    let name = name.trim().to_lowercase();
    let likeness = |other: &str| {
        // The first forgives endings, the second a slip in a short word.
        let begins = strsim::jaro_winkler(&name, other);
        let agrees = strsim::normalized_damerau_levenshtein(&name, other);
        (begins > ALIKE || agrees > AGREEING).then(|| begins.max(agrees))
    };
    let nearest = known
        .iter()
        .filter_map(|other| Some((likeness(other)?, other)))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    match nearest {
        Some((_, nearest)) => format!("did you mean `{nearest}`?"),
        None => format!("there are {}", known.join(", ")),
    }
}

/// Serde lists the fields it knows; the nearest of them was probably meant.
fn hint_of_serde(message: &str) -> Option<String> {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let written = quoted.next()?;
    (message.contains("unknown field") || message.contains("unknown variant"))
        .then(|| meant(written, quoted))
}

/// One text or a list of them, each with its place where it stands in a list.
#[derive(Debug, Clone, Default)]
pub(super) struct Texts(Vec<(Option<Range<usize>>, String)>);

impl Texts {
    /// The texts, each as a value to which an error may point; `whole` is the place of a text
    /// that stands alone.
    pub(super) fn spanned(&self, whole: &Range<usize>) -> Vec<Spanned<String>> {
        self.0
            .iter()
            .map(|(place, text)| Spanned::new(place.clone().unwrap_or(whole.clone()), text.clone()))
            .collect()
    }
}

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMany;

        impl<'de> Visitor<'de> for OneOrMany {
            type Value = Texts;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a text or a list of texts")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Texts, E> {
                Ok(Texts(vec![(None, text.to_owned())]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Texts, A::Error> {
                let mut texts = Vec::new();
                while let Some(text) = list.next_element::<Spanned<String>>()? {
                    texts.push((Some(text.span()), text.into_inner()));
                }
                Ok(Texts(texts))
            }
        }

        deserializer.deserialize_any(OneOrMany)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Form {
        say: Spanned<Texts>,
    }

    fn read(text: &str) -> Result<Form, WrittenError> {
        Written {
            file: "a.toml",
            text,
        }
        .read()
    }

    #[test]
    fn a_text_may_stand_alone_or_in_a_list_and_keeps_its_place() {
        let alone = read("say = \"да\"").unwrap().say;
        let texts = alone.get_ref().spanned(&alone.span());
        assert_eq!(
            (texts[0].get_ref().as_str(), texts[0].span().start),
            ("да", 6)
        );
        let list = read("say = [\"да\", \"нет\"]").unwrap().say;
        let texts = list.get_ref().spanned(&list.span());
        assert_eq!(
            (texts[1].get_ref().as_str(), texts[1].span().start),
            ("нет", 15)
        );
    }

    #[test]
    fn an_unknown_key_is_told_with_its_place_and_the_nearest() {
        let error = read("say = \"да\"\n  sya = 1\n").unwrap_err();
        assert_eq!((error.line, error.column), (2, 3));
        assert!(
            error
                .to_string()
                .starts_with("a.toml:2:3: unknown field `sya`")
        );
        assert_eq!(error.hint.as_deref(), Some("did you mean `say`?"));
    }

    #[test]
    fn a_name_unlike_all_is_answered_by_the_list() {
        assert_eq!(
            meant("agress", ["agrees", "refuses"]),
            "did you mean `agrees`?"
        );
        assert_eq!(
            meant("qqq", ["agrees", "refuses"]),
            "there are agrees, refuses"
        );
        assert_eq!(
            meant("nope", ["lost_speech", "phone_off"]),
            "there are lost_speech, phone_off"
        );
    }
}
