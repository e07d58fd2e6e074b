//! The lists of phrases that come with the program.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::pattern::{self, Classes, PatternError};
use super::{DENIAL, DOUBT, IntentSet, Rules};
use crate::language::Language;

const RUSSIAN: &str = include_str!("intents.ru.toml");
const ENGLISH: &str = include_str!("intents.en.toml");

/// A list as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Library {
    /// Words that carry no meaning of their own.
    fillers: Vec<String>,
    /// Fillers of which any number may stand before the beginning and after the end.
    hesitations: Vec<String>,
    /// Words that mean themselves, however like a word of a phrase they sound.
    known: Vec<String>,
    /// Words that turn what follows into its opposite.
    negations: Vec<String>,
    /// Words between a negation and what it denies.
    carriers: Vec<String>,
    /// Phrases after which nothing is meant as it is said.
    denials: Vec<String>,
    /// Phrases after which neither consent nor a scenario's own intent is meant.
    doubts: Vec<String>,
    /// What a recogniser writes, to what was said.
    spelling: BTreeMap<String, String>,
    /// A word that was heard, to others that it may stand for.
    also: BTreeMap<String, String>,
    /// Classes of words that phrases name.
    classes: BTreeMap<String, String>,
    /// The intents.
    intents: BTreeMap<String, Rules>,
}

type Read = Result<IntentSet, toml::de::Error>;

/// The list of a language, read once.
pub(super) fn standard(language: Language) -> &'static Read {
    static RUSSIAN_SET: LazyLock<Read> = LazyLock::new(|| read(RUSSIAN));
    static ENGLISH_SET: LazyLock<Read> = LazyLock::new(|| read(ENGLISH));
    match language {
        Language::Russian => &RUSSIAN_SET,
        Language::English => &ENGLISH_SET,
    }
}

fn read(source: &str) -> Read {
    let library: Library = toml::from_str(source)?;
    let mut set = IntentSet::default();
    let split = |lines: &[String]| -> Vec<String> {
        let words = lines.iter().flat_map(|line| line.split_whitespace());
        words.map(str::to_owned).collect()
    };
    for word in split(&library.fillers) {
        set.lexicon.add_filler(&word);
    }
    for word in split(&library.hesitations) {
        set.lexicon.add_hesitation(&word);
    }
    for word in split(&library.known) {
        set.lexicon.add_known(&word);
    }
    set.negations = split(&library.negations);
    set.carriers = split(&library.carriers);
    for (written, meant) in &library.spelling {
        set.lexicon.add_spelling(written, meant);
    }
    for (heard, meant) in &library.also {
        for meant in meant.split_whitespace() {
            set.lexicon.add_also(heard, meant);
        }
    }
    let classes = library.classes.iter();
    set.classes = classes
        .map(|(name, words)| Ok((name.clone(), pattern::class(words)?)))
        .collect::<Result<Classes, PatternError>>()
        .map_err(serde::de::Error::custom)?;
    for (name, rules) in &library.intents {
        set.define(name, rules).map_err(serde::de::Error::custom)?;
    }
    for (name, phrases) in [(DENIAL, library.denials), (DOUBT, library.doubts)] {
        let rules = Rules {
            priority: Some(0),
            sure: phrases,
            ..Rules::default()
        };
        set.define(name, &rules).map_err(serde::de::Error::custom)?;
    }
    set.lexicon.complete();
    Ok(set)
}
