//! Which intent an utterance carries.
//!
//! An intent is a list of phrases. A phrase is found where its words stand in the utterance in
//! order, with nothing between them but fillers. Words are compared by their stems; words inside
//! other words never match; a slip of the recogniser is forgiven where the word is no other. A
//! longer phrase outdoes a shorter one inside it, so «не интересно» beats «интересно» and «почему
//! бы и нет» beats «нет»; a negation turns consent into refusal. Of what stands the intent of the
//! highest priority wins, if enough of the utterance speaks for it.
//!
//! The lists are `intents.ru.toml` and `intents.en.toml`; how phrases are written is told in
//! [`pattern`].

mod judge;
mod lexicon;
mod library;
mod matcher;
mod meaning;
mod pattern;
mod utterance;

use serde::Deserialize;

use crate::language::{Language, tokenize};
use lexicon::{Lexicon, Symbol};
use matcher::{Index, Weight};
use pattern::{Classes, Reading, Wanted};

pub(super) use pattern::PatternError;

/// The intents that every scenario may use without defining them.
pub const STANDARD_INTENTS: [&str; 16] = [
    "do_not_call",
    "voicemail",
    "wrong_person",
    "human",
    "call_later",
    "send_info",
    "where_number",
    "too_expensive",
    "price",
    "robot",
    "who_is_calling",
    "repeat",
    "no",
    "yes",
    "goodbye",
    "greeting",
];
/// What is no intent, and outdoes the phrases inside it: «не знаю».
const NOTHING: &str = "none";
/// What takes away the meaning of all that is said after it: «не сказал бы, что».
const DENIAL: &str = "denial";
/// What takes away the meaning of what a scenario defines itself: «вряд ли приду».
const DOUBT: &str = "doubt";
/// What is listened for and no intent.
const UNMEANT: [&str; 3] = [NOTHING, DENIAL, DOUBT];
/// So many words are judged together; nobody says more in one turn. Of a longer one the end is the
/// answer, and an opt-out counts wherever it stands.
const JUDGED: usize = 160;
/// So many words of one stretch are judged with the next one too.
const OVERLAP: usize = 20;
const CONSENT: &str = "yes";
const REFUSAL: &str = "no";
/// Where a scenario's own intents stand: above plain consent and refusal, below questions.
pub(super) const OWN_PRIORITY: u8 = 45;
/// What a scenario may give an intent: an opt-out stands above all.
pub(super) const HIGHEST_PRIORITY: u8 = 99;

/// What an intent listens for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rules {
    /// Which intent wins where several are found; 45 where nothing is said.
    pub priority: Option<u8>,
    /// A standard intent whose phrases it has too, and whose consent or refusal it is.
    pub extends: Option<String>,
    /// Phrases that are evidence unless much else was said.
    pub phrases: Vec<String>,
    /// Phrases that are evidence whatever else was said.
    pub sure: Vec<String>,
    /// Phrases that are evidence where they are nearly all that was said.
    pub alone: Vec<String>,
    /// Words that forbid it.
    pub unless: Vec<String>,
}

/// Who understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The lists of phrases, or the grammar of a slot.
    Rules,
    /// A model that was asked where the rules found nothing.
    Model,
}

impl By {
    /// The word used in JSON and in text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rules => "rules",
            Self::Model => "model",
        }
    }
}

/// How strong a model's answer counts: it gives no reasons.
const ADVISED_PERCENT: u8 = 50;

/// Why an intent was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The intent's name.
    pub intent: String,
    /// The phrase of the list that was found.
    pub phrase: String,
    /// How many words of the utterance speak for it.
    pub words: usize,
    /// Those words, as they were understood.
    pub heard: String,
    /// Who understood them so.
    pub by: By,
    percent: u8,
}

impl Evidence {
    /// What was found by other means than phrases: a slot's value in these words.
    pub(super) fn certain(name: &str, words: &str) -> Self {
        Self {
            intent: name.to_owned(),
            phrase: words.to_owned(),
            words: tokenize(words).len(),
            heard: words.to_owned(),
            by: By::Rules,
            percent: 100,
        }
    }

    /// What a model made of these words.
    pub(super) fn advised(name: &str, words: &str) -> Self {
        Self {
            by: By::Model,
            percent: ADVISED_PERCENT,
            ..Self::certain(name, words)
        }
    }

    /// How strong it is, from 0 to 1, in hundredths.
    pub fn score(&self) -> f64 {
        f64::from(self.percent) / 100.0
    }
}

/// What is known of an intent beside its phrases.
#[derive(Debug, Clone)]
struct Intent {
    name: String,
    priority: u8,
    /// The standard intent that it means, if it extends one.
    means: String,
    unless: Vec<Symbol>,
}

/// A set of intents to listen for.
#[derive(Debug, Clone, Default)]
pub struct IntentSet {
    intents: Vec<Intent>,
    index: Index,
    lexicon: Lexicon,
    negations: Vec<String>,
    /// Words that carry a negation on to what is wanted: «не надо отменять».
    carriers: Vec<String>,
    classes: Classes,
    /// What was defined, for intents that extend others.
    rules: Vec<(String, Rules)>,
}

impl IntentSet {
    /// The standard intents of a language.
    ///
    /// # Errors
    /// Never for the bundled lists: a test reads both.
    pub fn standard(language: Language) -> Result<Self, toml::de::Error> {
        Self::standard_ref(language).cloned()
    }

    /// The standard intents of a language, to be read and not added to.
    ///
    /// # Errors
    /// Never for the bundled lists: a test reads both.
    pub fn standard_ref(language: Language) -> Result<&'static Self, toml::de::Error> {
        library::standard(language).as_ref().map_err(Clone::clone)
    }

    /// An empty set for the choices of a list: it knows what denies one, «только не в питер».
    pub(super) fn of_choices() -> Self {
        let mut set = Self::default();
        for word in ["в", "во", "на", "из", "the", "in", "at", "to"] {
            set.lexicon.add_filler(word);
        }
        set.negations = ["не", "ни", "кроме", "not", "except"]
            .map(str::to_owned)
            .into();
        set
    }

    /// Adds plain phrases to an intent, making it if it is new.
    ///
    /// A phrase that cannot be read as a pattern is listened for word by word.
    pub fn add(&mut self, name: &str, priority: u8, phrases: &[String]) {
        let intent = self.intent_index(name, priority);
        for text in phrases {
            let readings = pattern::readings(text, &self.classes)
                .or_else(|_| pattern::readings(&plain(text), &self.classes));
            for reading in readings.into_iter().flatten() {
                self.index
                    .add(intent, Weight::Plain, &reading, &mut self.lexicon);
            }
        }
    }

    /// Adds an intent with all its rules, or rules to one that is there.
    ///
    /// # Errors
    /// A phrase that is no pattern.
    pub fn define(&mut self, name: &str, rules: &Rules) -> Result<(), PatternError> {
        let intent = self.intent_index(name, rules.priority.unwrap_or(OWN_PRIORITY));
        self.prefer(intent, rules.priority);
        if let Some(base) = &rules.extends {
            let inherited: Vec<Rules> = self
                .rules
                .iter()
                .filter(|(known, _)| known == base)
                .map(|(_, rules)| rules.clone())
                .collect();
            if let Some(intent) = self.intents.get_mut(intent) {
                intent.means.clone_from(base);
            }
            for rules in inherited {
                self.add_rules(intent, &rules)?;
            }
        }
        self.rules.push((name.to_owned(), rules.clone()));
        self.add_rules(intent, rules)
    }

    /// The intents' names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let names = self.intents.iter().map(|intent| intent.name.as_str());
        names.filter(|name| !UNMEANT.contains(name))
    }

    /// The strongest intent of an utterance among those that `expected` accepts. The parts of a
    /// turn are handed in as one text.
    pub fn classify(&self, utterance: &str, expected: impl Fn(&str) -> bool) -> Option<Evidence> {
        self.weigh(utterance, &expected, false)
    }

    /// The same, of an utterance that answers a question: what is said last says more, and less
    /// evidence will do.
    pub fn classify_answer(
        &self,
        utterance: &str,
        expected: impl Fn(&str) -> bool,
    ) -> Option<Evidence> {
        self.weigh(utterance, &expected, true)
    }

    fn weigh(
        &self,
        utterance: &str,
        expected: &dyn Fn(&str) -> bool,
        asked: bool,
    ) -> Option<Evidence> {
        let found = self.weigh_words(utterance, expected, asked);
        let Some(whole) = utterance::with_whole_no(utterance).filter(|_| found.is_none()) else {
            return found;
        };
        // The comma of «Не, звоните…» and «Не, хочу» may be the recogniser's own: it takes no opt-out
        // away, and makes neither one nor consent.
        let opts_out = |name: &str| self.stands_for(name, "do_not_call");
        if self.weigh_words(utterance, &opts_out, false).is_some() {
            return None;
        }
        let harmless = |evidence: &Evidence| {
            !["yes", "do_not_call"]
                .iter()
                .any(|name| self.stands_for(&evidence.intent, name))
        };
        self.weigh_words(&whole, expected, asked).filter(harmless)
    }

    fn weigh_words(
        &self,
        utterance: &str,
        expected: &dyn Fn(&str) -> bool,
        asked: bool,
    ) -> Option<Evidence> {
        let heard = utterance::read(utterance, &self.lexicon);
        let expected = |name: &str| !UNMEANT.contains(&name) && expected(name);
        let question = judge::Question {
            expected: &expected,
            asked,
        };
        let end = heard.len().saturating_sub(JUDGED);
        let (before, last) = heard.split_at_checked(end)?;
        if let Some(found) = self.opt_out_before(before, &heard, &expected) {
            return Some(found);
        }
        judge::judge(self, last, &question)
    }

    /// An opt-out in what was said before the last words that are judged together.
    fn opt_out_before(
        &self,
        before: &[utterance::Heard],
        all: &[utterance::Heard],
        expected: &dyn Fn(&str) -> bool,
    ) -> Option<Evidence> {
        let opts_out = |name: &str| expected(name) && self.stands_for(name, "do_not_call");
        let question = judge::Question {
            expected: &opts_out,
            asked: false,
        };
        let mut starts = (0..before.len()).step_by(JUDGED - OVERLAP);
        starts.find_map(|start| {
            let end = (start + JUDGED).min(all.len());
            judge::judge(self, all.get(start..end)?, &question)
        })
    }

    fn intent_index(&mut self, name: &str, priority: u8) -> usize {
        let known = self.intents.iter().position(|intent| intent.name == name);
        known.unwrap_or_else(|| {
            self.intents.push(Intent {
                name: name.to_owned(),
                priority,
                means: name.to_owned(),
                unless: Vec::new(),
            });
            self.intents.len() - 1
        })
    }

    /// Gives an intent the priority that a scenario wants; an opt-out stays above all.
    fn prefer(&mut self, index: usize, priority: Option<u8>) {
        let opts_out = self.is_opt_out(index);
        if let (Some(intent), Some(priority)) = (self.intents.get_mut(index), priority)
            && !opts_out
        {
            intent.priority = priority.min(HIGHEST_PRIORITY);
        }
    }

    fn add_rules(&mut self, intent: usize, rules: &Rules) -> Result<(), PatternError> {
        let weighed = [
            (Weight::Sure, &rules.sure),
            (Weight::Plain, &rules.phrases),
            (Weight::Alone, &rules.alone),
        ];
        for (weight, phrases) in weighed {
            for text in phrases {
                let readings = pattern::readings(text, &self.classes)?;
                // What may be missing lent the phrase its weight.
                let bare = readings.len() > 1;
                for reading in readings {
                    let weak = reading.places.len() == 1 || self.is_all_filler(&reading);
                    let weight = if bare && weak { Weight::Alone } else { weight };
                    self.index.add(intent, weight, &reading, &mut self.lexicon);
                }
            }
        }
        for words in &rules.unless {
            let wanted = pattern::class(words)?;
            let symbols: Vec<Symbol> = wanted.iter().map(|w| self.lexicon.symbol(w)).collect();
            if let Some(intent) = self.intents.get_mut(intent) {
                intent.unless.extend(symbols);
            }
        }
        Ok(())
    }

    /// Whether nothing of a phrase but fillers is left.
    fn is_all_filler(&self, reading: &Reading) -> bool {
        let filler = |wanted: &Wanted| self.lexicon.is_filler(&wanted.word);
        reading
            .places
            .iter()
            .all(|place| place.any.iter().all(filler))
    }

    fn intent(&self, index: usize) -> Option<&Intent> {
        self.intents.get(index)
    }

    fn means(&self, index: usize, standard: &str) -> bool {
        self.intent(index)
            .is_some_and(|intent| intent.means == standard)
    }

    fn is_consent(&self, index: usize) -> bool {
        self.means(index, CONSENT)
    }

    fn is_refusal(&self, index: usize) -> bool {
        self.means(index, REFUSAL)
    }

    fn is_opt_out(&self, index: usize) -> bool {
        self.means(index, "do_not_call")
    }

    fn is_nothing(&self, index: usize) -> bool {
        self.means(index, NOTHING)
    }

    fn is_denial(&self, index: usize) -> bool {
        self.means(index, DENIAL)
    }

    fn is_doubt(&self, index: usize) -> bool {
        self.means(index, DOUBT)
    }

    /// Whether a scenario has defined it.
    fn is_own(&self, index: usize) -> bool {
        self.intent(index).is_some_and(|intent| {
            let name = intent.name.as_str();
            !STANDARD_INTENTS.contains(&name) && !UNMEANT.contains(&name)
        })
    }

    fn is_carrier(&self, word: &str) -> bool {
        self.carriers.iter().any(|carrier| carrier == word)
    }

    /// Consent, greeting and farewell go with everything.
    fn is_courtesy(&self, index: usize) -> bool {
        [CONSENT, "greeting", "goodbye"]
            .iter()
            .any(|standard| self.means(index, standard))
    }

    fn refusal(&self) -> Option<usize> {
        self.intents
            .iter()
            .position(|intent| intent.name == REFUSAL)
    }

    /// Whether an intent of this name is, or extends, a standard one.
    pub(super) fn stands_for(&self, name: &str, standard: &str) -> bool {
        let mut intents = self.intents.iter();
        intents.any(|intent| intent.name == name && intent.means == standard)
    }

    /// Whether a word of an utterance denies something: «не», "not".
    pub(super) fn denies(&self, utterance: &str) -> bool {
        let heard = utterance::read(utterance, &self.lexicon);
        heard.iter().any(|word| self.is_negation(&word.word))
    }

    fn is_negation(&self, word: &str) -> bool {
        self.negations.iter().any(|negation| negation == word)
    }
}

/// A phrase without the signs that patterns are written with.
fn plain(text: &str) -> String {
    text.replace(['(', ')', '|', '<', '>', '=', '^', '$'], " ")
}

#[cfg(test)]
mod tests;
