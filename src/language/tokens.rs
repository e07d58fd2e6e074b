//! Splits a text into words and reduces each to its stem.

use frostem::{Algorithm, Stemmer};

/// A language that dialogues are held in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// Russian (`ru`).
    Russian,
    /// English (`en`).
    English,
}

impl Language {
    /// The language of an ISO 639-1 code, if it is one we know.
    pub fn parse(code: &str) -> Option<Self> {
        match code {
            "ru" => Some(Self::Russian),
            "en" => Some(Self::English),
            _ => None,
        }
    }

    /// The language of a text by its letters: Russian where one of them is Cyrillic.
    pub fn of(text: &str) -> Self {
        let cyrillic = |c: char| ('а'..='я').contains(&c) || ('А'..='Я').contains(&c);
        if text.chars().any(cyrillic) {
            Self::Russian
        } else {
            Self::English
        }
    }

    /// The ISO 639-1 code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Russian => "ru",
            Self::English => "en",
        }
    }
}

/// A word as it was written and as it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The word in lower case, `ё` written as `е`.
    pub word: String,
    /// Its stem.
    pub stem: String,
}

/// Splits a text into its words. Cyrillic words are stemmed as Russian, others as English, since
/// brand names and English words stand in Russian speech too.
pub fn tokenize(text: &str) -> Vec<Token> {
    let russian = Stemmer::new(Algorithm::Russian);
    let english = Stemmer::new(Algorithm::English);
    let token = |word: String| {
        let cyrillic = word.chars().any(|c| ('а'..='я').contains(&c));
        let stemmer = if cyrillic { &russian } else { &english };
        let stem = stemmer.stem(&word).to_string();
        Token { word, stem }
    };
    words_of(text).into_iter().map(token).collect()
}

/// The words of a text without its punctuation, in lower case, `ё` written as `е`.
pub fn words_of(text: &str) -> Vec<String> {
    text.to_lowercase()
        .replace('ё', "е")
        .replace('’', "'")
        .split(|c: char| !(c.is_alphanumeric() || c == '\''))
        .map(|word| word.trim_matches('\''))
        .filter(|word| !word.is_empty())
        .map(ToOwned::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stems(text: &str) -> Vec<String> {
        tokenize(text).into_iter().map(|token| token.stem).collect()
    }

    #[test]
    fn forms_of_a_word_share_a_stem() {
        assert_eq!(
            stems("перезвонить перезвоните"),
            stems("перезвоните перезвонить")
        );
        assert_eq!(stems("interested interesting")[0], stems("interest")[0]);
    }

    #[test]
    fn punctuation_case_and_yo_do_not_matter() {
        assert_eq!(tokenize("Ещё, ПОЖАЛУЙСТА!"), tokenize("еще пожалуйста"));
        assert_eq!(tokenize("don’t")[0].word, "don't");
    }

    #[test]
    fn a_text_without_words_has_no_tokens() {
        assert!(tokenize(" … — !").is_empty());
    }
}
