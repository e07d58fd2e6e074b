//! Where phrases stand in an utterance.

use std::collections::HashMap;

use super::lexicon::{Lexicon, Sense, Symbol};
use super::pattern::{Between, GAP, Reading, Wanted};
use super::utterance::{self, Heard};
use crate::language::tokenize;

/// How sure a phrase makes, by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    /// Only where it is nearly all that was said.
    Alone,
    /// Unless much else was said.
    Plain,
    /// Whatever else was said.
    Sure,
}

/// A phrase ready to be looked for.
#[derive(Debug, Clone)]
pub(super) struct Phrase {
    pub(super) intent: usize,
    pub(super) weight: Weight,
    places: Vec<Compiled>,
    at_start: bool,
    at_end: bool,
}

#[derive(Debug, Clone)]
struct Compiled {
    any: Vec<Symbol>,
    before: Between,
}

/// A phrase that stands in an utterance.
#[derive(Debug, Clone)]
pub(super) struct Match {
    pub(super) phrase: usize,
    /// The words that it is made of, in order.
    pub(super) at: Vec<usize>,
    /// What they were found as.
    pub(super) senses: Vec<Sense>,
}

/// Phrases by the word that they begin with.
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    pub(super) phrases: Vec<Phrase>,
    first: HashMap<Symbol, Vec<usize>>,
}

impl Index {
    /// Adds a reading of a phrase.
    pub(super) fn add(
        &mut self,
        intent: usize,
        weight: Weight,
        reading: &Reading,
        lexicon: &mut Lexicon,
    ) {
        let places = compile(reading, lexicon);
        let Some(first) = places.first() else { return };
        for symbol in &first.any {
            self.first
                .entry(*symbol)
                .or_default()
                .push(self.phrases.len());
        }
        self.phrases.push(Phrase {
            intent,
            weight,
            places,
            at_start: reading.at_start,
            at_end: reading.at_end,
        });
    }

    /// Every place where a phrase stands.
    pub(super) fn find(&self, heard: &[Heard]) -> Vec<Match> {
        let mut matches = Vec::new();
        for (start, word) in heard.iter().enumerate() {
            for sense in &word.senses {
                for phrase in self.first.get(&sense.symbol).into_iter().flatten() {
                    let found = self
                        .phrases
                        .get(*phrase)
                        .and_then(|p| p.stands_at(heard, start));
                    if let Some((at, senses)) = found {
                        matches.push(Match {
                            phrase: *phrase,
                            at,
                            senses,
                        });
                    }
                }
            }
        }
        matches
    }
}

/// Words in place of what is written: contractions and spellings become what they mean.
fn compile(reading: &Reading, lexicon: &mut Lexicon) -> Vec<Compiled> {
    let mut places = Vec::new();
    for place in &reading.places {
        let mut before = place.before;
        let mut any: Vec<Symbol> = Vec::new();
        for wanted in &place.any {
            let words = meant(wanted, lexicon);
            // Among alternatives a word that means several counts as it is written.
            if let ([_, _, ..], 1) = (words.as_slice(), place.any.len()) {
                for word in &words {
                    let any = vec![lexicon.symbol(word)];
                    places.push(Compiled { any, before });
                    before = Between::Fillers;
                }
            } else if let [word] = words.as_slice() {
                any.push(lexicon.symbol(word));
            } else {
                any.push(lexicon.symbol(wanted));
            }
        }
        any.sort_unstable();
        any.dedup();
        if !any.is_empty() {
            places.push(Compiled { any, before });
        }
    }
    places
}

fn meant(wanted: &Wanted, lexicon: &Lexicon) -> Vec<Wanted> {
    if wanted.word.starts_with('<') {
        return vec![wanted.clone()];
    }
    let tokens = tokenize(&wanted.word);
    let meant = tokens
        .iter()
        .flat_map(|token| utterance::meant(token, lexicon));
    meant
        .map(|token| Wanted {
            word: token.word,
            exact: wanted.exact,
        })
        .collect()
}

impl Phrase {
    /// The words that the phrase is made of if it begins here, and what they were found as.
    fn stands_at(&self, heard: &[Heard], start: usize) -> Option<(Vec<usize>, Vec<Sense>)> {
        if self.at_start && !heard.get(..start)?.iter().all(|word| word.hesitation) {
            return None;
        }
        let (first, rest) = self.places.split_first()?;
        let mut at = vec![start];
        let mut senses = vec![first.holds(heard.get(start)?)?];
        let mut next = start + 1;
        for place in rest {
            let (found, sense) = place.next(heard, next)?;
            at.push(found);
            senses.push(sense);
            next = found + 1;
        }
        let at_end = heard.get(next..)?.iter().all(|word| word.hesitation);
        (at_end || !self.at_end).then_some((at, senses))
    }
}

impl Compiled {
    /// The next word that will do here, fillers and what a gap allows for disregarded.
    fn next(&self, heard: &[Heard], from: usize) -> Option<(usize, Sense)> {
        let mut gap = if self.before == Between::Words {
            GAP
        } else {
            0
        };
        for (at, word) in heard.iter().enumerate().skip(from) {
            if let Some(sense) = self.holds(word) {
                return Some((at, sense));
            }
            if self.before == Between::Nothing {
                return None;
            }
            if !word.filler {
                gap = gap.checked_sub(1)?;
            }
        }
        None
    }

    /// Whether a word will do here, and as what.
    fn holds(&self, word: &Heard) -> Option<Sense> {
        let found = word
            .senses
            .iter()
            .find(|sense| self.any.binary_search(&sense.symbol).is_ok());
        found.copied()
    }
}
