//! Prompts as they are written: several wordings, by language where they differ.

use super::place::Place;
use crate::language::Language;

/// A template and where it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The template.
    pub text: String,
    /// Its place.
    pub place: Place,
}

/// The wordings of one prompt.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wordings {
    /// Valid in every language that has none of its own.
    any: Vec<Text>,
    by_language: Vec<(Language, Vec<Text>)>,
}

impl Wordings {
    pub(super) fn for_all(texts: Vec<Text>) -> Self {
        Self {
            any: texts,
            by_language: Vec::new(),
        }
    }

    pub(super) fn by_language(by_language: Vec<(Language, Vec<Text>)>) -> Self {
        Self {
            any: Vec::new(),
            by_language,
        }
    }

    /// The wordings of a language.
    pub fn of(&self, language: Language) -> &[Text] {
        self.by_language
            .iter()
            .find(|(known, _)| *known == language)
            .map_or(self.any.as_slice(), |(_, texts)| texts.as_slice())
    }

    /// Whether nothing is said in any language.
    pub fn is_empty(&self) -> bool {
        self.any.is_empty() && self.by_language.iter().all(|(_, texts)| texts.is_empty())
    }

    /// Every wording of every language.
    pub fn all(&self) -> impl Iterator<Item = &Text> {
        let by_language = self.by_language.iter().flat_map(|(_, texts)| texts);
        self.any.iter().chain(by_language)
    }
}
