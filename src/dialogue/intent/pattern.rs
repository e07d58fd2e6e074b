//! Phrases as they are written in a list, and as they are compared.
//!
//! A phrase is words in order. Beyond plain words it may hold:
//!
//! - `(слово)` what may be missing;
//! - `одно|другое` one of several words;
//! - `=слово` this form only, no other of the word;
//! - `<класс>` one of a class of words that the list defines;
//! - `..` up to three words that do not matter;
//! - `+` between two words: nothing at all may stand between them;
//! - `^` and `$` the beginning and the end of the utterance.

use std::collections::BTreeMap;

use crate::language::tokenize;

/// The most words that `..` stands for, fillers not counted.
pub(super) const GAP: usize = 3;
/// The most readings of one phrase with its optional parts present and missing.
const MOST_READINGS: usize = 64;

/// A word that a phrase asks for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Wanted {
    pub(super) word: String,
    /// Whether only this form will do.
    pub(super) exact: bool,
}

/// One place of a phrase: any of these words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) any: Vec<Wanted>,
    /// What may stand between it and the place before.
    pub(super) before: Between,
}

/// What may stand between two words of a phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Between {
    Nothing,
    Fillers,
    Words,
}

/// A phrase with its optional parts decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) places: Vec<Place>,
    /// Whether it stands at the beginning of the utterance.
    pub(super) at_start: bool,
    /// Whether it stands at the end.
    pub(super) at_end: bool,
}

/// Classes of words: name to the words as they are listed.
pub(super) type Classes = BTreeMap<String, Vec<Wanted>>;

/// A phrase that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// `(` without `)`, or the other way round, or one within another.
    #[error("brackets do not match in the phrase `{0}`")]
    Brackets(String),
    /// `<name>` of a class that nobody defined.
    #[error("no class of words `{1}` for the phrase `{0}`")]
    NoClass(String, String),
    /// Too many optional parts.
    #[error("too many optional words in the phrase `{0}`")]
    TooMany(String),
    /// Of the alternatives of `a|b`, or of a class, each must be one word.
    #[error("`{1}` is not one word and cannot be one of several, in `{0}`")]
    Alternative(String, String),
    /// Nothing left to listen for.
    #[error("the phrase `{0}` has no words")]
    Empty(String),
}

/// Reads a class: words separated by blanks, all of them exact after a leading `=` on its own.
pub(super) fn class(words: &str) -> Result<Vec<Wanted>, PatternError> {
    let (exact, words) = match words.trim().strip_prefix("= ") {
        Some(rest) => (true, rest),
        None => (false, words),
    };
    words
        .split_whitespace()
        .map(|word| wanted(words, word, exact))
        .collect()
}

/// Every reading of a phrase.
pub(super) fn readings(text: &str, classes: &Classes) -> Result<Vec<Reading>, PatternError> {
    let mut readings: Vec<Vec<&str>> = vec![Vec::new()];
    for (part, optional) in parts(text)? {
        let words: Vec<&str> = part.split_whitespace().collect();
        let without = if optional {
            readings.clone()
        } else {
            Vec::new()
        };
        for reading in &mut readings {
            reading.extend(&words);
        }
        readings.extend(without);
        if readings.len() > MOST_READINGS {
            return Err(PatternError::TooMany(text.to_owned()));
        }
    }
    readings
        .into_iter()
        .map(|words| reading(text, &words, classes))
        .collect()
}

/// Cuts a phrase at its brackets: each part and whether it may be missing.
fn parts(text: &str) -> Result<Vec<(&str, bool)>, PatternError> {
    let wrong = || PatternError::Brackets(text.to_owned());
    let mut parts = Vec::new();
    for (index, piece) in text.split('(').enumerate() {
        match (index, piece.split_once(')')) {
            (0, None) => parts.push((piece, false)),
            (1.., Some((inside, after))) if !after.contains(')') => {
                parts.push((inside, true));
                parts.push((after, false));
            }
            _ => return Err(wrong()),
        }
    }
    Ok(parts)
}

fn reading(text: &str, words: &[&str], classes: &Classes) -> Result<Reading, PatternError> {
    let mut reading = Reading {
        places: Vec::new(),
        at_start: false,
        at_end: false,
    };
    let mut before = Between::Fillers;
    for word in words {
        match *word {
            ".." => before = Between::Words,
            "^" => reading.at_start = true,
            "$" => reading.at_end = true,
            words => {
                for word in words.split('+') {
                    for any in places(text, word, classes)? {
                        reading.places.push(Place { any, before });
                        before = Between::Fillers;
                    }
                    before = Between::Nothing;
                }
                before = Between::Fillers;
            }
        }
    }
    if reading.places.is_empty() {
        return Err(PatternError::Empty(text.to_owned()));
    }
    Ok(reading)
}

/// The places that one written word makes: several, where it is made of several («что-то»).
fn places(text: &str, word: &str, classes: &Classes) -> Result<Vec<Vec<Wanted>>, PatternError> {
    if !word.contains(['|', '<']) {
        let (exact, word) = match word.strip_prefix('=') {
            Some(rest) => (true, rest),
            None => (false, word),
        };
        return Ok(tokenize(word)
            .into_iter()
            .map(|token| {
                vec![Wanted {
                    word: token.word,
                    exact,
                }]
            })
            .collect());
    }
    let mut any = Vec::new();
    for option in word.split('|') {
        match option
            .strip_prefix('<')
            .and_then(|rest| rest.strip_suffix('>'))
        {
            Some(name) if super::lexicon::is_special(name) => {
                any.push(Wanted {
                    word: option.to_owned(),
                    exact: true,
                });
            }
            Some(name) => {
                let no_class = || PatternError::NoClass(text.to_owned(), name.to_owned());
                any.extend(classes.get(name).ok_or_else(no_class)?.iter().cloned());
            }
            None => any.push(wanted(text, option, false)?),
        }
    }
    Ok(vec![any])
}

fn wanted(text: &str, option: &str, exact: bool) -> Result<Wanted, PatternError> {
    let (exact, option) = match option.strip_prefix('=') {
        Some(rest) => (true, rest),
        None => (exact, option),
    };
    let mut tokens = tokenize(option).into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(token), None) => Ok(Wanted {
            word: token.word,
            exact,
        }),
        _ => Err(PatternError::Alternative(
            text.to_owned(),
            option.to_owned(),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(text: &str) -> Vec<String> {
        let classes = Classes::from([("нам".to_owned(), class("мне нам").unwrap())]);
        let mut shown: Vec<String> = readings(text, &classes)
            .unwrap()
            .into_iter()
            .map(|reading| {
                let places = reading.places.iter().map(|place| {
                    let words: Vec<String> = place
                        .any
                        .iter()
                        .map(|wanted| {
                            format!("{}{}", if wanted.exact { "=" } else { "" }, wanted.word)
                        })
                        .collect();
                    let before = match place.before {
                        Between::Nothing => "+",
                        Between::Fillers => "",
                        Between::Words => "..",
                    };
                    format!("{before}{}", words.join("|"))
                });
                places.collect::<Vec<_>>().join(" ")
            })
            .collect();
        shown.sort();
        shown
    }

    #[test]
    fn a_plain_phrase_is_its_words_whatever_the_punctuation() {
        assert_eq!(show("Сколько стоит?"), ["сколько стоит"]);
    }

    #[test]
    fn what_may_be_missing_gives_two_readings() {
        assert_eq!(show("не (надо) звоните"), ["не звоните", "не надо звоните"]);
    }

    #[test]
    fn alternatives_classes_forms_and_gaps_are_read() {
        assert_eq!(
            show("не|ни .. =звоните <нам>"),
            ["не|ни ..=звоните мне|нам"]
        );
        assert_eq!(show("да+нет наверное"), ["да +нет наверное"]);
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        let error = |text: &str| readings(text, &Classes::new()).unwrap_err();
        assert!(matches!(error("не (надо"), PatternError::Brackets(_)));
        assert!(matches!(error("не надо)"), PatternError::Brackets(_)));
        assert!(matches!(error("<кто>"), PatternError::NoClass(..)));
        assert!(matches!(error("что|как-то"), PatternError::Alternative(..)));
        assert!(matches!(error("..."), PatternError::Empty(_)));
        assert!(matches!(
            error("(а) (б) (в) (г) (д) (е) (ж) з"),
            PatternError::TooMany(_)
        ));
    }
}
