//! A scenario: states, what is said in them, and where each answer leads.
//!
//! Read from TOML. Whatever is unknown or misspelt is an error with file, line and column, since
//! a scenario talks to people: nothing of it is guessed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::guard::Guard;
use super::intent::IntentSet;
use super::slot::SlotKind;
use super::template::{self, Variables};
use crate::language::Language;

mod document;
pub(super) mod fields;
mod idle;
mod include;
mod listen;
pub(super) mod place;
mod read;
mod read_state;
mod read_way;
mod recorded;
mod sounds;
mod syntax;
mod wordings;

pub use include::Loader;
pub use listen::{Expect, Listen};
pub use place::{Place, ScenarioError};
pub use read::KEPT_BESIDE;
pub(super) use read::OWN_NAMES;
pub(super) use sounds::is_key;
pub use sounds::{KEYS_LATE_MS, Sound, keys_ms};
pub use wordings::{Text, Wordings};

/// The name of a state.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StateName(pub String);

impl fmt::Display for StateName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The word for the question in hand: to ask it again.
pub(super) const BACK: &str = "back";
/// The word for the end of a sub-dialogue.
pub(super) const RETURN: &str = "return";

/// Where a way leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// To a state.
    State(StateName),
    /// To the question in hand, which is asked again.
    Back,
    /// Out of the sub-dialogue, to where it was called.
    Return,
    /// Into a sub-dialogue.
    Call {
        /// Its first state.
        state: StateName,
        /// Where to go when it returns; `None`: to the question in hand.
        then: Option<StateName>,
    },
}

/// A variable that is set or raised.
#[derive(Debug, Clone)]
pub struct Change {
    /// The variable.
    pub name: String,
    /// What becomes of it.
    pub put: Put,
}

/// What becomes of a variable.
#[derive(Debug, Clone)]
pub enum Put {
    /// This template's text.
    Set(Text),
    /// So much more.
    Add(i64),
}

/// A transition.
#[derive(Debug, Clone)]
pub struct Way {
    /// Only where this holds.
    pub guard: Option<Guard>,
    /// Where it leads.
    pub target: Target,
    /// Slots to fill from the words that led here.
    pub collect: Vec<String>,
    /// Variables set on the way.
    pub changes: Vec<Change>,
    /// Marks for the lead.
    pub tags: Vec<String>,
    /// Where it is written.
    pub place: Place,
}

/// When another call is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallBack {
    /// Some time.
    Sometime,
    /// When this slot or variable says.
    At(String),
}

/// A call handed to a person.
#[derive(Debug, Clone)]
pub struct Transfer {
    /// To whom: a number or an endpoint, as a template.
    pub to: Text,
    /// Where to go when nobody takes it; `None`: an apology, and a call-back.
    pub failed: Option<StateName>,
    /// What the person hears before the callee, as a template; `None`: the lead's name, and what
    /// the callee said.
    pub whisper: Option<Text>,
    /// How long it may ring there, in seconds.
    pub ring_s: u32,
    /// Whether the callee hears music after the prompt until somebody takes the call.
    pub music: bool,
}

/// What is done on entering a state, beside speaking.
#[derive(Debug, Clone, Default)]
pub struct Deeds {
    /// Variables set before the prompt is made.
    pub changes: Vec<Change>,
    /// Marks for the lead.
    pub tags: Vec<String>,
    /// The number is never to be called again.
    pub do_not_call: bool,
    /// Another call is promised.
    pub call_back: Option<CallBack>,
    /// The call is handed over, after the prompt.
    pub transfer: Option<Transfer>,
    /// A file is played, after the prompt: its path, seen from the scenario's folder.
    pub play: Option<Text>,
    /// Keys are sent, after the prompt.
    pub send_keys: Option<Text>,
}

/// One state of the dialogue.
#[derive(Debug, Clone)]
pub struct State {
    /// Wordings of the prompt; taken in turn.
    pub say: Wordings,
    /// Wordings for asking again: after silence, after something not understood, after `back`.
    pub again: Wordings,
    /// Intent to ways; the first whose condition holds is taken.
    pub on: BTreeMap<String, Vec<Way>>,
    /// Key to ways.
    pub keys: BTreeMap<char, Vec<Way>>,
    /// Slots listened for, in the order written, and the ways once they are filled.
    pub slots: Vec<(String, Vec<Way>)>,
    /// Where to go when silence was asked about `attempts` times.
    pub no_input: Vec<Way>,
    /// Where to go when not understood `attempts` times.
    pub no_match: Vec<Way>,
    /// How often to ask again after silence or something not understood.
    pub attempts: u32,
    /// Where to go without waiting for an answer.
    pub next: Vec<Way>,
    /// The conclusion; the state is final: its prompt is heard out, then we hang up.
    pub outcome: Option<String>,
    /// What is kept with the conclusion.
    pub data: Vec<(String, Text)>,
    /// What is done on entering.
    pub deeds: Deeds,
    /// Whether the callee may interrupt the prompt.
    pub barge_in: bool,
    /// Time limits.
    pub listen: Listen,
    /// Where it is written.
    pub place: Place,
}

impl State {
    /// Whether the dialogue ends here.
    pub fn is_final(&self) -> bool {
        self.outcome.is_some()
    }

    /// Whether it waits for the callee.
    pub fn listens(&self) -> bool {
        !(self.on.is_empty() && self.keys.is_empty() && self.slots.is_empty())
    }

    /// Every way out of it that is written in it.
    pub(super) fn ways(&self) -> impl Iterator<Item = &Way> {
        let answers = self.on.values().chain(self.keys.values());
        let slots = self.slots.iter().map(|(_, ways)| ways);
        let misses = [&self.no_input, &self.no_match].into_iter();
        let misses = misses.filter(|_| self.listens());
        answers
            .chain(slots)
            .chain(misses)
            .chain([&self.next])
            .flatten()
    }

    /// The states that this one leads to, sub-dialogues and failed transfers among them.
    pub(super) fn targets(&self) -> impl Iterator<Item = &StateName> {
        let failed = self.deeds.transfer.as_ref().and_then(|t| t.failed.as_ref());
        self.ways()
            .flat_map(|way| way.target.states())
            .chain(failed)
    }
}

impl Target {
    /// The states it names.
    pub(super) fn states(&self) -> impl Iterator<Item = &StateName> {
        let (first, second) = match self {
            Self::State(state) => (Some(state), None),
            Self::Call { state, then } => (Some(state), then.as_ref()),
            Self::Back | Self::Return => (None, None),
        };
        first.into_iter().chain(second)
    }
}

/// Transitions valid in every state that does not have its own.
#[derive(Debug, Clone, Default)]
pub struct Global {
    /// Intent to ways.
    pub on: BTreeMap<String, Vec<Way>>,
    /// Key to ways.
    pub keys: BTreeMap<char, Vec<Way>>,
    /// Where to go after silence; states without their own have it too.
    pub no_input: Vec<Way>,
    /// Where to go when not understood; states without their own have it too.
    pub no_match: Vec<Way>,
}

impl Global {
    /// The ways of intents and keys.
    pub(super) fn ways(&self) -> impl Iterator<Item = &Way> {
        self.on.values().chain(self.keys.values()).flatten()
    }
}

/// Something to be gathered from the callee.
#[derive(Debug, Clone)]
pub struct SlotSpec {
    /// What to listen for.
    pub kind: SlotKind,
    /// The smallest number taken.
    pub min: Option<i64>,
    /// The largest number taken.
    pub max: Option<i64>,
    /// Whether only whole numbers are taken.
    pub whole: bool,
    /// Where it is written.
    pub place: Place,
}

/// What must be said in the first seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Disclosure {
    /// That a robot speaks, and for whom, where there is a variable `company`.
    Usual,
    /// These words.
    Words(Vec<String>),
    /// Nothing.
    Lifted,
}

/// A scenario, checked.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// Its name, for the history.
    pub name: String,
    /// The language it is held in, where the lead has no other.
    pub language: Language,
    /// What is listened for, by language; the first is `language`.
    pub intents: Vec<(Language, IntentSet)>,
    /// The phrases that the scenario itself brings, with their intents.
    pub own_phrases: Vec<(Language, Vec<(String, String)>)>,
    /// Where the dialogue begins.
    pub start: StateName,
    /// Values for variables that a lead does not bring.
    pub defaults: Variables,
    /// Columns that every lead must bring.
    pub fields: BTreeSet<String>,
    /// What is gathered.
    pub slots: BTreeMap<String, SlotSpec>,
    /// The states.
    pub states: BTreeMap<StateName, State>,
    /// Transitions valid in every state.
    pub global: Global,
    /// The most answers of the callee in one call.
    pub turns: u32,
    /// What must be said in the first seconds.
    pub disclosure: Disclosure,
    /// The files that states play, by their paths, once they were [read](Self::read_sounds).
    pub sounds: BTreeMap<String, Sound>,
}

impl Scenario {
    /// Reads a scenario that includes no other file.
    ///
    /// # Errors
    /// The mistakes, with their places.
    pub fn parse(source: &str) -> Result<Self, ScenarioError> {
        Self::load(source, &mut |_| {
            Err("nothing can be included here".to_owned())
        })
    }

    /// Reads a scenario; `loader` gives the text of an included file, by its path relative to the
    /// scenario's folder.
    ///
    /// # Errors
    /// The mistakes, with their places, those of included files among them.
    pub fn load(source: &str, loader: &mut Loader<'_>) -> Result<Self, ScenarioError> {
        read::read(source, loader)
    }

    /// The languages it can be held in.
    pub fn languages(&self) -> impl Iterator<Item = Language> {
        self.intents.iter().map(|(language, _)| *language)
    }

    /// What is listened for in a language.
    pub fn intents_of(&self, language: Language) -> Option<&IntentSet> {
        let own = self.intents.iter().find(|(known, _)| *known == language);
        own.or_else(|| self.intents.first()).map(|(_, set)| set)
    }

    /// The prompts that are the same for every lead, those that come first first.
    pub fn constant_prompts(&self) -> Vec<String> {
        let mut changing = self.changed_names();
        changing.extend(self.slots.keys().map(String::as_str));
        let constant = |text: &&Text| {
            let known = |name: &String| {
                self.defaults.contains_key(name) && !changing.contains(name.as_str())
            };
            template::variables_of(&text.text).is_ok_and(|names| names.iter().all(known))
        };
        self.by_distance()
            .into_iter()
            .flat_map(|state| {
                let of = |wordings: &'_ Wordings| wordings.of(self.language).to_vec();
                of(&state.say).into_iter().chain(of(&state.again))
            })
            .filter(|text| constant(&text))
            .filter_map(|text| template::render(self.language, &text.text, &self.defaults).ok())
            .filter(|text| !text.is_empty())
            .collect()
    }

    /// Variables that the scenario itself sets or raises.
    pub(super) fn changed_names(&self) -> BTreeSet<&str> {
        let of_states = self.states.values().flat_map(|state| &state.deeds.changes);
        let of_ways = self.all_ways().flat_map(|way| &way.changes);
        of_states
            .chain(of_ways)
            .map(|change| change.name.as_str())
            .collect()
    }

    /// Every way, of the states and the global ones.
    pub(super) fn all_ways(&self) -> impl Iterator<Item = &Way> {
        let of_states = self.states.values().flat_map(State::ways);
        of_states.chain(self.global.ways())
    }

    /// Whether a sub-dialogue that has come to this state may still return. What it calls itself
    /// returns to it, and `back` asks what was asked.
    pub(super) fn may_return(&self, from: &StateName) -> bool {
        let mut known = BTreeSet::from([from]);
        let mut open = vec![from];
        while let Some(state) = open.pop().and_then(|name| self.states.get(name)) {
            let misses = self.global.no_input.iter().chain(&self.global.no_match);
            let ways = state.ways().chain(self.global.ways()).chain(misses);
            let failed = state.deeds.transfer.as_ref();
            let mut next: Vec<&StateName> =
                failed.and_then(|t| t.failed.as_ref()).into_iter().collect();
            for way in ways {
                match &way.target {
                    Target::Return => return true,
                    Target::State(name) => next.push(name),
                    Target::Call { then, .. } => next.extend(then),
                    Target::Back => {}
                }
            }
            let named = next
                .into_iter()
                .filter(|name| self.states.contains_key(*name));
            open.extend(named.filter(|name| known.insert(*name)));
        }
        false
    }

    /// The states by the number of turns it takes to reach them.
    pub(super) fn by_distance(&self) -> Vec<&State> {
        let mut order: Vec<&StateName> = vec![&self.start];
        let mut known: BTreeSet<&StateName> = order.iter().copied().collect();
        let mut at = 0;
        while let Some(state) = order.get(at).map(|name| self.states.get(*name)) {
            at += 1;
            let of_state = state.into_iter().flat_map(State::targets);
            let global = self.global.ways().flat_map(|way| way.target.states());
            let global = global.filter(|_| at == 1);
            for name in of_state.chain(global) {
                if self.states.contains_key(name) && known.insert(name) {
                    order.push(name);
                }
            }
        }
        order
            .into_iter()
            .filter_map(|name| self.states.get(name))
            .collect()
    }
}

#[cfg(test)]
mod tests;
