//! Which intent an utterance carries.
//!
//! An intent is a list of phrases. A phrase is found where its stems stand in the utterance in
//! order, next to one another or with fillers between. Words inside other words never match. The
//! phrase of most words wins, so «не интересно» beats «интересно»; a single word under a negation
//! counts for nothing; among equals the higher priority wins, and a refusal beats a consent.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::language::{Language, Token, tokenize};

const RUSSIAN: &str = include_str!("intents.ru.toml");
const ENGLISH: &str = include_str!("intents.en.toml");

/// The intents that every scenario may use without defining them.
pub const STANDARD_INTENTS: [&str; 13] = [
    "do_not_call",
    "wrong_person",
    "human",
    "call_later",
    "robot",
    "who_is_calling",
    "price",
    "too_expensive",
    "repeat",
    "no",
    "yes",
    "greeting",
    "goodbye",
];

/// Words that carry no meaning of their own and may stand inside a phrase.
const FILLERS: &[&str] = &[
    "ну",
    "вот",
    "это",
    "э",
    "эм",
    "мм",
    "ммм",
    "так",
    "как",
    "бы",
    "же",
    "то",
    "там",
    "уж",
    "мне",
    "пожалуйста",
    "вообще",
    "просто",
    "сюда",
    "нам",
    "um",
    "uh",
    "well",
    "er",
    "please",
    "just",
    "like",
    "me",
    "really",
    "ever",
];

/// Words that turn a following single word into its opposite.
const NEGATIONS: &[&str] = &[
    "не", "ни", "без", "not", "don't", "dont", "never", "isn't", "no",
];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    priority: u8,
    phrases: Vec<String>,
}

/// Why an intent was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The intent's name.
    pub intent: String,
    /// The phrase of the list that was found.
    pub phrase: String,
    /// How many words of the utterance speak for it.
    pub words: usize,
    priority: u8,
}

impl Evidence {
    /// What was found by other means than phrases: a slot's value in these words.
    pub(super) fn certain(name: &str, words: &str) -> Self {
        Self {
            intent: name.to_owned(),
            phrase: words.to_owned(),
            words: tokenize(words).len(),
            priority: 45,
        }
    }
}

#[derive(Debug, Clone)]
struct Phrase {
    intent: usize,
    text: String,
    tokens: Vec<Token>,
}

/// A set of intents to listen for.
#[derive(Debug, Clone, Default)]
pub struct IntentSet {
    names: Vec<(String, u8)>,
    phrases: Vec<Phrase>,
}

impl IntentSet {
    /// The standard intents of a language.
    ///
    /// # Errors
    /// Never for the bundled lists: a test reads both.
    pub fn standard(language: Language) -> Result<Self, toml::de::Error> {
        let source = match language {
            Language::Russian => RUSSIAN,
            Language::English => ENGLISH,
        };
        let listed: BTreeMap<String, Listed> = toml::from_str(source)?;
        let mut set = Self::default();
        for (name, intent) in listed {
            set.add(&name, intent.priority, &intent.phrases);
        }
        Ok(set)
    }

    /// Adds phrases to an intent, making it if it is new. A scenario's own intents stand above
    /// plain consent and refusal (priority 45 by default), below an opt-out.
    pub fn add(&mut self, name: &str, priority: u8, phrases: &[String]) {
        let known = self.names.iter().position(|(known, _)| known == name);
        let index = known.unwrap_or_else(|| {
            self.names.push((name.to_owned(), priority));
            self.names.len() - 1
        });
        self.phrases.extend(phrases.iter().map(|text| Phrase {
            intent: index,
            text: text.clone(),
            tokens: tokenize(text),
        }));
    }

    /// The intents' names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|(name, _)| name.as_str())
    }

    /// The strongest intent of an utterance among those that `expected` accepts.
    pub fn classify(&self, utterance: &str, expected: impl Fn(&str) -> bool) -> Option<Evidence> {
        let heard = tokenize(utterance);
        self.phrases
            .iter()
            .filter_map(|phrase| {
                let (name, priority) = self.names.get(phrase.intent)?;
                if !expected(name) {
                    return None;
                }
                let words = found(&phrase.tokens, &heard)?;
                Some(Evidence {
                    intent: name.clone(),
                    phrase: phrase.text.clone(),
                    words,
                    priority: *priority,
                })
            })
            .max_by_key(rank)
    }
}

/// Opt-outs and wrong numbers outrank everything that is longer; for the rest length decides
/// first, so that «не против» is a consent although «не» is a refusal.
fn rank(evidence: &Evidence) -> (u8, usize, u8) {
    let class = u8::from(evidence.priority >= 70) + u8::from(evidence.priority >= 90);
    (class, evidence.words, evidence.priority)
}

/// Whether the phrase stands in the utterance; the number of words that matched.
fn found(phrase: &[Token], heard: &[Token]) -> Option<usize> {
    if phrase.is_empty() {
        return None;
    }
    (0..heard.len()).find_map(|start| matches_at(phrase, heard, start))
}

fn matches_at(phrase: &[Token], heard: &[Token], start: usize) -> Option<usize> {
    let first = phrase.first()?;
    if !same(first, heard.get(start)?) {
        return None;
    }
    if phrase.len() == 1 && !is_negation(&first.word) && negated(heard, start) {
        return None;
    }
    let mut at = start + 1;
    for wanted in phrase.iter().skip(1) {
        loop {
            let token = heard.get(at)?;
            at += 1;
            if same(wanted, token) {
                break;
            }
            if !is_filler(&token.word) {
                return None;
            }
        }
    }
    Some(phrase.len())
}

/// Whether the word at `at` stands under a negation, fillers between them disregarded.
fn negated(heard: &[Token], at: usize) -> bool {
    heard
        .get(..at)
        .unwrap_or_default()
        .iter()
        .rev()
        .find(|token| !is_filler(&token.word))
        .is_some_and(|token| is_negation(&token.word))
}

fn is_filler(word: &str) -> bool {
    FILLERS.contains(&word)
}

fn is_negation(word: &str) -> bool {
    NEGATIONS.contains(&word)
}

/// Equal by stem, or one slip of the recogniser apart in a long word.
fn same(wanted: &Token, heard: &Token) -> bool {
    if wanted.word == heard.word || wanted.stem == heard.stem {
        return true;
    }
    let long = wanted.word.chars().count().min(heard.word.chars().count()) >= 8;
    let (first, other) = (wanted.word.chars().next(), heard.word.chars().next());
    long && first == other && strsim::damerau_levenshtein(&wanted.word, &heard.word) <= 1
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn classify(language: Language, text: &str) -> String {
        IntentSet::standard(language)
            .unwrap()
            .classify(text, |name| name != "greeting")
            .map_or_else(|| "none".to_owned(), |evidence| evidence.intent)
    }

    #[test]
    fn both_lists_hold_every_standard_intent() {
        for language in [Language::Russian, Language::English] {
            let set = IntentSet::standard(language).unwrap();
            for name in STANDARD_INTENTS {
                assert!(
                    set.names().any(|known| known == name),
                    "{language:?} {name}"
                );
            }
        }
    }

    #[rstest]
    #[case("не интересно", "no")]
    #[case("нет не интересно", "no")]
    #[case("не согласен", "no")]
    #[case("никогда", "no")]
    #[case("это не хорошо", "no")]
    #[case("неинтересно", "no")]
    #[case("да нет не надо", "no")]
    #[case("конечно", "yes")]
    #[case("ага", "yes")]
    #[case("да хорошо", "yes")]
    #[case("почему бы и нет", "yes")]
    #[case("ну я да согласен", "yes")]
    #[case("я не против", "yes")]
    #[case("неудобно", "call_later")]
    #[case("мне сейчас неудобно", "call_later")]
    #[case("перезвоните завтра", "call_later")]
    #[case("отстаньте", "do_not_call")]
    #[case("больше мне не звоните", "do_not_call")]
    #[case("больше сюда не звоните пожалуйста", "do_not_call")]
    #[case("вы ошиблись номером", "wrong_person")]
    #[case("а кто это звонит", "who_is_calling")]
    #[case("сколько это стоит", "price")]
    #[case("это дорого", "too_expensive")]
    #[case("куда", "none")]
    #[case("правда", "none")]
    #[case("продажа", "none")]
    #[case("какие данные", "none")]
    #[case("застрахуйте", "none")]
    fn russian(#[case] text: &str, #[case] intent: &str) {
        assert_eq!(classify(Language::Russian, text), intent, "{text}");
    }

    #[rstest]
    #[case("yes", "yes")]
    #[case("not interested", "no")]
    #[case("i am not interested", "no")]
    #[case("why not", "yes")]
    #[case("please do not call me again", "do_not_call")]
    #[case("who is this", "who_is_calling")]
    #[case("how much does it cost", "price")]
    #[case("that is too expensive", "too_expensive")]
    #[case("call me back tomorrow", "call_later")]
    #[case("you have the wrong number", "wrong_person")]
    #[case("yesterday", "none")]
    #[case("what did you say", "repeat")]
    #[case("sorry what was that", "repeat")]
    fn english(#[case] text: &str, #[case] intent: &str) {
        assert_eq!(classify(Language::English, text), intent, "{text}");
    }

    #[test]
    fn only_expected_intents_compete() {
        let set = IntentSet::standard(Language::Russian).unwrap();
        assert_eq!(set.classify("да", |name| name == "no"), None);
    }
}
