//! The state machine of the talk.
//!
//! One event in, one reply out. A reply says what to say next and whether that is the end; the
//! call room decides when it is said and whether the callee may interrupt.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::DateTime;

use super::intent::{Evidence, IntentSet};
use super::scenario::{Listen, Scenario, Sound, State, StateName, Text, Way};
use super::template::{TemplateError, Variables};
use crate::language::Language;

mod action;
mod advice;
mod answer;
mod check;
mod facts;
mod transfer;
mod travel;

pub use action::{Action, Prompt, Reply};
pub use advice::Question;
pub(super) use answer::{Filled, MARKS, Meaning};
pub(super) use check::{asked_of_leads, example, stand_ins};
pub(super) use facts::Facts;
pub(super) use travel::Frame;

use travel::Step;

/// What the callee did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// Said something.
    Words(String),
    /// Said something, of which a model was asked what it means; the rules go first.
    Advised {
        /// What was said.
        words: String,
        /// The model's answer.
        intent: String,
    },
    /// Pressed a key.
    Key(char),
    /// Kept silent past the limit.
    Silence,
    /// Nothing: but nobody took the call that was to be handed over.
    TransferFailed,
}

/// A dialogue under way.
#[derive(Debug, Clone)]
pub struct Dialogue {
    scenario: Arc<Scenario>,
    pub(super) facts: Facts,
    pub(super) state: StateName,
    /// The question in hand, which `back` returns to.
    pub(super) question: StateName,
    pub(super) frames: Vec<Frame>,
    /// Which wording comes next, by state and line.
    asked: BTreeMap<(StateName, usize), usize>,
    /// Whether the longest wording is taken instead, to measure with.
    longest: bool,
    tags: BTreeSet<String>,
    data: BTreeMap<String, String>,
    outcome: Option<String>,
}

impl Dialogue {
    /// A dialogue at its beginning. The lead's fields stand over the scenario's defaults.
    ///
    /// # Errors
    /// A prompt of the scenario cannot be rendered with these variables.
    pub fn new(scenario: Arc<Scenario>, fields: &Variables) -> Result<Self, TemplateError> {
        let mut variables = scenario.defaults.clone();
        variables.extend(
            fields
                .iter()
                .filter(|(_, value)| !value.trim().is_empty())
                .map(|(name, value)| (name.clone(), value.clone())),
        );
        let state = scenario.start.clone();
        let facts = Facts {
            variables,
            ..Facts::default()
        };
        check::speakable(&scenario, &facts)?;
        let dialogue = Self::standing_in(scenario, state);
        Ok(Self { facts, ..dialogue })
    }

    /// A dialogue in the middle of a state, to ask what it understands there.
    pub(super) fn standing_in(scenario: Arc<Scenario>, state: StateName) -> Self {
        let facts = Facts {
            variables: scenario.defaults.clone(),
            ..Facts::default()
        };
        Self {
            question: state.clone(),
            scenario,
            facts,
            state,
            frames: Vec::new(),
            asked: BTreeMap::new(),
            longest: false,
            tags: BTreeSet::new(),
            data: BTreeMap::new(),
            outcome: None,
        }
    }

    /// What is listened for in the language in hand.
    pub(super) fn intents(&self) -> Option<&IntentSet> {
        self.scenario.intents_of(self.language())
    }

    /// Tells the callee's local time, which «завтра» and `{{ today }}` are reckoned from.
    #[must_use]
    pub fn at(mut self, now: DateTime) -> Self {
        self.facts.now = Some(now);
        self
    }

    /// Takes the longest wording of each prompt instead of the next.
    pub(super) fn longest_wordings(mut self) -> Self {
        self.longest = true;
        self
    }

    /// How it listens now.
    pub(super) fn listen(&self) -> Listen {
        self.present().map(|state| state.listen).unwrap_or_default()
    }

    /// The state it is in.
    pub fn state(&self) -> &StateName {
        &self.state
    }

    /// The states it was in.
    pub(super) fn visited(&self) -> impl Iterator<Item = &StateName> {
        self.facts.visits.keys()
    }

    /// The language it is held in now.
    pub fn language(&self) -> Language {
        self.facts.language(&self.scenario)
    }

    /// The conclusion, once a final state was entered.
    pub fn outcome(&self) -> Option<&str> {
        self.outcome.as_deref()
    }

    /// What was gathered: slots by name, what the conclusion keeps, and `tags`. An empty object
    /// where there is nothing.
    pub fn data(&self) -> serde_json::Value {
        let slots = self.scenario.slots.keys().filter_map(|slot| {
            let value = self.facts.variables.get(slot)?;
            Some((slot.clone(), value.clone()))
        });
        let kept = self.data.clone();
        let mut data: serde_json::Map<String, serde_json::Value> = slots
            .chain(kept)
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (name, value.into()))
            .collect();
        if !self.tags.is_empty() {
            let tags: Vec<&str> = self.tags.iter().map(String::as_str).collect();
            data.insert("tags".to_owned(), tags.into());
        }
        data.into()
    }

    /// Every prompt that may be said and is known beforehand, those that come first first: to be
    /// prepared before the phone rings and while it does.
    pub fn prompts(&self) -> Vec<String> {
        let mut later = self.scenario.changed_names();
        later.extend(self.scenario.slots.keys().map(String::as_str));
        let language = self.language();
        let mut known = BTreeSet::new();
        let mut texts = Vec::new();
        for state in self.scenario.by_distance() {
            for text in state
                .say
                .of(language)
                .iter()
                .chain(state.again.of(language))
            {
                if let Some(text) = self.prompt(text, &later)
                    && known.insert(text.clone())
                {
                    texts.push(text);
                }
            }
        }
        texts.extend(self.apology());
        texts
    }

    /// A prompt that does not hang on what the callee will say.
    fn prompt(&self, text: &Text, later: &BTreeSet<&str>) -> Option<String> {
        let names = super::template::variables_of(&text.text).ok()?;
        if names.iter().any(|name| later.contains(name.as_str())) {
            return None;
        }
        let rendered = self.facts.render(&self.scenario, &text.text).ok()?;
        Some(rendered).filter(|text| !text.is_empty())
    }

    /// A text that is none of the scenario's, with the lead's values in it.
    ///
    /// # Errors
    /// A variable without a value, or a filter that refuses its input.
    pub fn render(&self, text: &str) -> Result<String, TemplateError> {
        self.facts.render(&self.scenario, text)
    }

    /// Opens the talk.
    pub fn begin(&mut self) -> Reply {
        let start = self.scenario.start.clone();
        let mut step = Step::new(start.clone(), None);
        self.travel(super::scenario::Target::State(start), &mut step);
        self.reply(step)
    }

    /// The intent or slot that an utterance carries in the present state.
    pub fn understand(&self, utterance: &str) -> Option<Evidence> {
        self.meaning(utterance).into_evidence()
    }

    /// Takes what the callee did and answers it.
    pub fn hear(&mut self, heard: &Heard) -> Reply {
        if let Heard::Words(text) = heard {
            self.facts.hear(text);
        }
        let meaning = match heard {
            Heard::Words(text) => self.meaning(text),
            Heard::Advised { words, intent } => self.advised(words, intent),
            Heard::Key(key) => Meaning::Key(*key),
            Heard::Silence => Meaning::Silence,
            Heard::TransferFailed => Meaning::TransferFailed,
        };
        self.take(meaning)
    }

    /// Takes what the callee meant and answers it.
    pub(super) fn take(&mut self, meaning: Meaning) -> Reply {
        let scenario = Arc::clone(&self.scenario);
        let from = self.state.clone();
        self.facts.turns += 1;
        if self.facts.turns > scenario.turns {
            return self.let_go(from);
        }
        let (way, filled, evidence) = match meaning {
            Meaning::Intent { evidence, filled } => {
                let told = self.told(&filled);
                let way = told.intent_way(&scenario, &evidence.intent);
                if way.is_none() && evidence.intent == REPEAT {
                    return self.ask_again(from, Some(evidence));
                }
                let collects =
                    |slot: &Filled| way.is_some_and(|way| way.collect.contains(&slot.slot));
                let filled = filled.into_iter().filter(collects).collect();
                (way, filled, Some(evidence))
            }
            Meaning::Slots { filled, evidence } => {
                let way = self.told(&filled).slot_way(&scenario, &filled);
                (way, filled, Some(evidence))
            }
            Meaning::Key(key) => (self.key_way(&scenario, key), Vec::new(), None),
            Meaning::TransferFailed => return self.transfer_failed(from),
            Meaning::Silence => return self.miss(from, |state| &state.no_input),
            Meaning::Nothing => return self.miss(from, |state| &state.no_match),
        };
        let Some(way) = way else {
            return self.miss(from, |state| &state.no_match);
        };
        let mut step = Step::new(from, evidence);
        self.fill(filled, &mut step);
        self.take_way(way, &mut step);
        self.reply(step)
    }

    /// Asks the question in hand again, as if nothing had been said.
    pub fn again(&mut self) -> Reply {
        self.ask_again(self.state.clone(), None)
    }

    /// Whether an utterance is a wish to be called no more, in whatever state.
    pub fn opts_out(&self, utterance: &str) -> bool {
        let intents = self.scenario.intents_of(self.language());
        intents.is_some_and(|set| {
            set.classify(utterance, |name| name == "do_not_call")
                .is_some()
        })
    }

    /// Whether the dialogue is in a state that grants such a wish.
    pub fn has_opted_out(&self) -> bool {
        self.present().is_some_and(|state| state.deeds.do_not_call)
    }

    /// Ends a talk that cannot be held on: with the scenario's words for not understanding, where
    /// it has them, and with this outcome.
    pub fn cut_short(&mut self, outcome: &str) -> Reply {
        let mut reply = self.let_go(self.state.clone());
        self.outcome = Some(outcome.to_owned());
        reply.outcome.clone_from(&self.outcome);
        reply
    }

    /// A file that the scenario plays, by its path.
    pub fn sound(&self, file: &str) -> Option<&Sound> {
        self.scenario.sounds.get(file)
    }

    fn present(&self) -> Option<&State> {
        self.scenario.states.get(&self.state)
    }

    fn intent_way<'a>(&self, scenario: &'a Scenario, intent: &str) -> Option<&'a Way> {
        let own = scenario.states.get(&self.state)?.on.get(intent);
        let own = own.and_then(|ways| self.open_way(ways));
        own.or_else(|| self.open_way(scenario.global.on.get(intent)?))
    }

    fn key_way<'a>(&self, scenario: &'a Scenario, key: char) -> Option<&'a Way> {
        let own = scenario.states.get(&self.state)?.keys.get(&key);
        let own = own.and_then(|ways| self.open_way(ways));
        own.or_else(|| self.open_way(scenario.global.keys.get(&key)?))
    }

    /// The way of the first filled slot, in the order of the state.
    fn slot_way<'a>(&self, scenario: &'a Scenario, filled: &[Filled]) -> Option<&'a Way> {
        let state = scenario.states.get(&self.state)?;
        let heard = |name: &str| filled.iter().any(|slot| slot.slot == name);
        let mut found = state.slots.iter().filter(|(name, _)| heard(name));
        found.find_map(|(_, ways)| self.open_way(ways))
    }

    /// The same dialogue, knowing what was just heard: conditions of ways are judged with it.
    fn told(&self, filled: &[Filled]) -> Self {
        let mut told = self.clone();
        for slot in filled {
            told.keep(slot);
        }
        told
    }

    /// Keeps the slots that a way asks for.
    fn fill(&mut self, filled: Vec<Filled>, step: &mut Step) {
        for slot in filled {
            self.keep(&slot);
            step.actions.push(Action::SlotFilled {
                slot: slot.slot,
                value: slot.value,
                said: slot.said,
            });
        }
    }

    /// Silence or something not understood: ask again, and after `attempts` of it give up.
    fn miss(&mut self, from: StateName, way_out: impl Fn(&State) -> &Vec<Way>) -> Reply {
        let scenario = Arc::clone(&self.scenario);
        self.facts.misses += 1;
        let Some(state) = scenario.states.get(&self.state) else {
            return self.give_up(from);
        };
        let ways = way_out(state);
        if self.facts.misses > state.attempts
            && let Some(way) = self.open_way(ways)
        {
            let mut step = Step::new(from, None);
            self.take_way(way, &mut step);
            return self.reply(step);
        }
        if self.facts.misses > state.attempts + 2 {
            return self.give_up(from);
        }
        self.ask_again(from, None)
    }

    /// No way out was written for endless silence: end the call rather than ask for ever.
    fn give_up(&mut self, from: StateName) -> Reply {
        self.outcome = Some("no_input".to_owned());
        self.reply(Step::new(from, None))
    }

    /// Ends the talk with the words for not understanding, where the state has them.
    fn let_go(&mut self, from: StateName) -> Reply {
        let scenario = Arc::clone(&self.scenario);
        let state = scenario.states.get(&self.state);
        let way = state.and_then(|state| self.open_way(&state.no_match));
        if let Some(way) = way {
            let mut step = Step::new(from.clone(), None);
            self.take_way(way, &mut step);
            if self.outcome.is_some() {
                return self.reply(step);
            }
        }
        self.give_up(from)
    }

    fn ask_again(&mut self, from: StateName, evidence: Option<Evidence>) -> Reply {
        let mut step = Step::new(from, evidence);
        self.say_again(&mut step);
        self.reply(step)
    }
}

/// The intent that every state answers by asking again.
pub(super) const REPEAT: &str = "repeat";

#[cfg(test)]
mod language_tests;
#[cfg(test)]
mod tests;
