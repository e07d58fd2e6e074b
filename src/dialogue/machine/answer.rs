//! What an answer of the callee means in the present state: an intent, or slots, or nothing.
//!
//! A slot that the state listens for beats a mere yes, no or greeting beside it: «да, в три» is
//! an hour. An intent that would be there without the slot's words beats the slot: «перезвоните
//! завтра» is no date for a visit. In one's own words anything may occur, so there an intent must
//! be half of what was said, unless it is a wish to be left alone.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::super::intent::Evidence;
use super::super::scenario::{SlotSpec, State, Way};
use super::{Dialogue, REPEAT};
use crate::dialogue::slot::{self, SlotKind, SlotValue};
use crate::language::{tokenize, words_of};

/// Intents that say little beside a value.
const MERE: [&str; 5] = ["yes", "no", "greeting", "goodbye", REPEAT];
/// Intents that count wherever they are said.
const FIRM: [&str; 2] = ["do_not_call", "wrong_person"];

/// A slot with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::dialogue) struct Filled {
    pub(in crate::dialogue) slot: String,
    pub(in crate::dialogue) value: String,
    /// The words it was found in.
    pub(in crate::dialogue) said: String,
    /// What else is known of it, for conditions: `dated`, `timed`, `exact` of a moment.
    pub(in crate::dialogue) marks: Vec<&'static str>,
    /// The end of the span that a moment was said as; conditions compare with it.
    pub(in crate::dialogue) until: Option<String>,
}

/// What the callee meant.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::dialogue) enum Meaning {
    /// An intent, and the slots that its ways collect, found in the same words.
    Intent {
        evidence: Evidence,
        filled: Vec<Filled>,
    },
    /// Slots that the state listens for.
    Slots {
        filled: Vec<Filled>,
        evidence: Evidence,
    },
    Key(char),
    Silence,
    Nothing,
    TransferFailed,
}

impl Meaning {
    pub(super) fn into_evidence(self) -> Option<Evidence> {
        match self {
            Self::Intent { evidence, .. } | Self::Slots { evidence, .. } => Some(evidence),
            Self::Key(_) | Self::Silence | Self::Nothing | Self::TransferFailed => None,
        }
    }
}

impl Dialogue {
    /// What an utterance means here.
    pub(super) fn meaning(&self, utterance: &str) -> Meaning {
        let Some(state) = self.present() else {
            return Meaning::Nothing;
        };
        let intent = self.intent(utterance, state);
        let filled = self.slots_heard(utterance, state);
        match (intent, filled.first()) {
            (Some(evidence), Some(first)) if !self.outdoes(&evidence, first, utterance) => {
                let evidence = Evidence::certain(&first.slot, &first.said);
                Meaning::Slots { filled, evidence }
            }
            (Some(evidence), _) => {
                let filled = self.collected(utterance, state, &evidence.intent);
                Meaning::Intent { evidence, filled }
            }
            (None, Some(first)) => {
                let evidence = Evidence::certain(&first.slot, &first.said);
                Meaning::Slots { filled, evidence }
            }
            (None, None) => Meaning::Nothing,
        }
    }

    fn intent(&self, utterance: &str, state: &State) -> Option<Evidence> {
        let intents = self.scenario.intents_of(self.language())?;
        intents.classify_answer(utterance, |name| {
            self.scenario.global.on.contains_key(name)
                || name == REPEAT
                || state.on.contains_key(name)
        })
    }

    /// Whether an intent counts more than a slot found beside it.
    fn outdoes(&self, intent: &Evidence, slot: &Filled, utterance: &str) -> bool {
        if FIRM.contains(&intent.intent.as_str()) {
            return true;
        }
        let kind = self.scenario.slots.get(&slot.slot).map(|spec| &spec.kind);
        if matches!(kind, Some(SlotKind::Text)) {
            return intent.words * 2 >= tokenize(utterance).len();
        }
        if MERE.contains(&intent.intent.as_str()) {
            return false;
        }
        let Some(state) = self.present() else {
            return true;
        };
        if stands_in(state, &intent.intent, slot) {
            return false;
        }
        match without(utterance, &slot.said) {
            Some(rest) => self
                .intent(&rest, state)
                .is_some_and(|left| left.intent == intent.intent),
            None => intent.words > tokenize(&slot.said).len(),
        }
    }

    /// The slots that a state listens for, found in an utterance; those in one's own words only
    /// where there is none of another kind.
    fn slots_heard(&self, utterance: &str, state: &State) -> Vec<Filled> {
        let mut found: Vec<Filled> = state
            .slots
            .iter()
            .filter_map(|(name, _)| self.fill_from(utterance, name))
            .collect();
        found.retain(|slot| !(is_mark(state, slot) && counts_something(utterance, &slot.said)));
        self.drop_numbered_choices(&mut found);
        let is_open = |filled: &Filled| {
            let spec = self.scenario.slots.get(&filled.slot);
            spec.is_some_and(|spec| spec.kind == SlotKind::Text)
        };
        if found.iter().all(is_open) {
            return found;
        }
        found.into_iter().filter(|slot| !is_open(slot)).collect()
    }

    /// «Нас двое» is a number where a number is asked for too, and not the second of a list.
    fn drop_numbered_choices(&self, found: &mut Vec<Filled>) {
        let is_choice = |filled: &Filled| {
            let spec = self.scenario.slots.get(&filled.slot);
            spec.is_some_and(|spec| matches!(spec.kind, SlotKind::Choice(_)))
        };
        let others: Vec<String> = found
            .iter()
            .filter(|filled| !is_choice(filled))
            .map(|filled| filled.said.clone())
            .collect();
        found.retain(|filled| !is_choice(filled) || !others.contains(&filled.said));
    }

    /// The slots that the ways of an intent collect.
    pub(super) fn collected(&self, utterance: &str, state: &State, intent: &str) -> Vec<Filled> {
        let global = self.scenario.global.on.get(intent);
        let ways = state.on.get(intent).into_iter().chain(global).flatten();
        let mut names: Vec<&String> = ways.flat_map(|way: &Way| &way.collect).collect();
        names.sort();
        names.dedup();
        let found = names.into_iter();
        found
            .filter_map(|name| self.fill_from(utterance, name))
            .collect()
    }

    fn fill_from(&self, utterance: &str, name: &str) -> Option<Filled> {
        let spec = self.scenario.slots.get(name)?;
        // Without a clock there is no "tomorrow": such a slot stays empty.
        let timeless = !matches!(
            spec.kind,
            SlotKind::Date | SlotKind::Moment | SlotKind::Time
        );
        let now = match self.facts.now {
            Some(now) => now,
            None if timeless => jiff::civil::DateTime::constant(2000, 1, 1, 0, 0, 0, 0),
            None => return None,
        };
        let found = slot::parse(&spec.kind, utterance, now)?;
        if !within(spec, &found.value) {
            return None;
        }
        let mut marks = Vec::new();
        let mut until = None;
        if let SlotValue::Moment(moment) = &found.value {
            until = Some(moment.to.strftime("%Y-%m-%dT%H:%M").to_string());
            let known = [
                ("dated", moment.dated),
                ("timed", moment.timed),
                ("exact", moment.exact),
            ];
            marks.extend(
                known
                    .iter()
                    .filter(|(_, holds)| *holds)
                    .map(|(mark, _)| *mark),
            );
        }
        Some(Filled {
            slot: name.to_owned(),
            value: found.value.to_string(),
            said: found.evidence,
            marks,
            until,
        })
    }

    /// Keeps what was filled, as variables: the slot, and its marks as `slot.mark`.
    pub(super) fn keep(&mut self, filled: &Filled) {
        let variables = &mut self.facts.variables;
        for mark in MARKS {
            let marked = filled.marks.contains(&mark);
            let name = format!("{}.{mark}", filled.slot);
            if marked {
                variables.insert(name, "true".to_owned());
            } else {
                variables.remove(&name);
            }
        }
        let until = format!("{}.until", filled.slot);
        match &filled.until {
            Some(end) => variables.insert(until, end.clone()),
            None => variables.remove(&until),
        };
        variables.insert(filled.slot.clone(), filled.value.clone());
    }
}

/// What conditions may ask of a slot that holds a moment: whether a day was said, an hour or a
/// part of the day, an hour.
pub(in crate::dialogue) const MARKS: [&str; 3] = ["dated", "timed", "exact"];

/// Whether an intent only stands in for a slot: «отлично», where its way sets the mark to five.
fn stands_in(state: &State, intent: &str, slot: &Filled) -> bool {
    let ways = state.on.get(intent).map_or(&[][..], Vec::as_slice);
    let sets = |way: &Way| way.changes.iter().any(|change| change.name == slot.slot);
    !ways.is_empty() && ways.iter().all(sets)
}

/// Whether a slot is a mark: what is praise in words stands in for it.
fn is_mark(state: &State, slot: &Filled) -> bool {
    let mut intents = state.on.keys();
    intents.any(|intent| stands_in(state, intent, slot))
}

/// What is counted and no mark: «отлично, приехали за два часа».
static COUNTED: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let words = "секунда минута час день дня дней неделя недель месяц год лет раз человек мастер курьер \
                 ребенок ребенка детей заказ звонок звонка этаж комната рубль тысяча \
                 second minute hour day week month times people";
    tokenize(words)
        .into_iter()
        .map(|token| token.stem)
        .collect()
});

/// Whether the words of a slot count what stands after them.
fn counts_something(utterance: &str, said: &str) -> bool {
    let (all, said) = (tokenize(utterance), tokenize(said));
    let at = all
        .windows(said.len().max(1))
        .position(|window| window == said);
    let next = at.and_then(|at| all.get(at + said.len()));
    // «Раз пять заказывал».
    let before = at.and_then(|at| all.get(at.checked_sub(1)?));
    next.is_some_and(|token| COUNTED.contains(&token.stem))
        || before.is_some_and(|token| token.word == "раз")
}

fn within(spec: &SlotSpec, value: &SlotValue) -> bool {
    let Some(quantity) = value.quantity() else {
        return true;
    };
    if spec.whole && quantity.as_whole().is_none() {
        return false;
    }
    let thousandths = |bound: i64| bound.saturating_mul(1_000);
    spec.min
        .is_none_or(|min| quantity.thousandths() >= thousandths(min))
        && spec
            .max
            .is_none_or(|max| quantity.thousandths() <= thousandths(max))
}

/// An utterance without the words of a slot; `None` where they do not stand in it as they are.
fn without(utterance: &str, said: &str) -> Option<String> {
    let (all, said) = (words_of(utterance), words_of(said));
    if said.is_empty() {
        return None;
    }
    let at = all.windows(said.len()).position(|window| window == said)?;
    let (before, rest) = all.split_at_checked(at)?;
    let after = rest.get(said.len()..)?;
    Some([before, after].concat().join(" "))
}
