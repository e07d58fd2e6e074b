//! A scenario: states, what is said in them, and where each answer leads.
//!
//! Read from TOML. Whatever is unknown or misspelt is an error with line and column, since a
//! scenario talks to people: nothing of it is guessed.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use toml::Spanned;

use super::intent::IntentSet;
use super::template;
use crate::language::Language;

/// The name of a state.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StateName(pub String);

impl fmt::Display for StateName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The state that a question in the middle returns to.
pub(super) const BACK: &str = "back";

/// A scenario that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct ScenarioError {
    /// Counted from one.
    pub line: usize,
    /// Counted from one, in characters.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What to write instead, where it can be guessed.
    pub hint: Option<String>,
}

/// How long to listen, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Listen {
    /// Silence after a prompt that counts as no input.
    pub no_input_ms: u32,
    /// Silence after speech that ends the callee's turn.
    pub endpoint_ms: u32,
    /// The longest turn of the callee.
    pub max_turn_ms: u32,
}

impl Default for Listen {
    fn default() -> Self {
        Self {
            no_input_ms: 6_000,
            endpoint_ms: 380,
            max_turn_ms: 20_000,
        }
    }
}

/// One state of the dialogue.
#[derive(Debug, Clone)]
pub struct State {
    /// Wordings of the prompt; taken in turn.
    pub say: Vec<String>,
    /// Wordings for asking again: after silence, after something not understood, after `back`.
    pub again: Vec<String>,
    /// Intent to state.
    pub on: BTreeMap<String, StateName>,
    /// Key to state.
    pub keys: BTreeMap<char, StateName>,
    /// Where to go when silence was asked about `attempts` times.
    pub no_input: Option<StateName>,
    /// Where to go when not understood `attempts` times.
    pub no_match: Option<StateName>,
    /// Where to go without waiting for an answer; `back` returns to the question in hand.
    pub next: Option<StateName>,
    /// The conclusion; the state is final: its prompt is heard out, then we hang up.
    pub outcome: Option<String>,
    /// The number is never to be called again.
    pub do_not_call: bool,
    /// Whether the callee may interrupt the prompt.
    pub barge_in: bool,
    /// Time limits.
    pub listen: Listen,
}

impl State {
    /// The states that this one leads to.
    pub(super) fn ways(&self) -> impl Iterator<Item = &StateName> {
        let others = [&self.no_input, &self.no_match, &self.next]
            .into_iter()
            .flatten();
        self.on.values().chain(self.keys.values()).chain(others)
    }

    /// Whether the dialogue ends here.
    pub fn is_final(&self) -> bool {
        self.outcome.is_some()
    }
}

/// A scenario, checked.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// Its name, for the history.
    pub name: String,
    /// The language it is held in.
    pub language: Language,
    /// Where the dialogue begins.
    pub start: StateName,
    /// Values for variables that a lead does not bring.
    pub defaults: template::Variables,
    /// What is listened for.
    pub intents: IntentSet,
    /// The states.
    pub states: BTreeMap<StateName, State>,
    /// Transitions valid in every state that does not have its own.
    pub global: BTreeMap<String, StateName>,
    /// How often to ask again after silence or something not understood.
    pub attempts: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    scenario: RawHead,
    #[serde(default)]
    variables: BTreeMap<String, String>,
    #[serde(default)]
    intents: BTreeMap<String, RawIntent>,
    #[serde(default)]
    listen: Listen,
    #[serde(default)]
    global: RawGlobal,
    states: BTreeMap<String, Spanned<RawState>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHead {
    name: String,
    language: Spanned<String>,
    start: Spanned<String>,
    #[serde(default = "two")]
    attempts: u32,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawGlobal {
    on: BTreeMap<Spanned<String>, Spanned<String>>,
    no_input: Option<Spanned<String>>,
    no_match: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawIntent {
    phrases: Vec<String>,
    #[serde(default = "own_priority")]
    priority: u8,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Wordings {
    One(String),
    Many(Vec<String>),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawState {
    say: Spanned<Wordings>,
    again: Option<Spanned<Wordings>>,
    #[serde(default)]
    on: BTreeMap<Spanned<String>, Spanned<String>>,
    #[serde(default)]
    keys: BTreeMap<Spanned<String>, Spanned<String>>,
    no_input: Option<Spanned<String>>,
    no_match: Option<Spanned<String>>,
    next: Option<Spanned<String>>,
    outcome: Option<String>,
    #[serde(default)]
    do_not_call: bool,
    #[serde(default = "yes")]
    barge_in: bool,
    listen: Option<Listen>,
}

fn two() -> u32 {
    2
}
fn own_priority() -> u8 {
    45
}
fn yes() -> bool {
    true
}

impl Scenario {
    /// Reads a scenario.
    ///
    /// # Errors
    /// The first mistake, with its place.
    pub fn parse(source: &str) -> Result<Self, ScenarioError> {
        let raw: Raw = toml::from_str(source).map_err(|error| toml_error(source, &error))?;
        Reader { source, raw: &raw }.read()
    }

    /// The prompts that are the same for every lead, those that come first first.
    pub fn constant_prompts(&self) -> Vec<String> {
        let constant = |text: &&String| {
            template::variables_of(text)
                .is_ok_and(|names| names.iter().all(|name| self.defaults.contains_key(name)))
        };
        self.by_distance()
            .into_iter()
            .flat_map(|state| state.say.iter().chain(&state.again))
            .filter(constant)
            .filter_map(|text| template::render(text, &self.defaults).ok())
            .collect()
    }

    /// The states by the number of turns it takes to reach them.
    pub(super) fn by_distance(&self) -> Vec<&State> {
        let mut order: Vec<&StateName> = vec![&self.start];
        let mut at = 0;
        while let Some(state) = order.get(at).map(|name| self.states.get(*name)) {
            at += 1;
            let ways = state.into_iter().flat_map(State::ways);
            let global = self.global.values().filter(|_| at == 1);
            for name in ways.chain(global) {
                if self.states.contains_key(name) && !order.contains(&name) {
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

fn toml_error(source: &str, error: &toml::de::Error) -> ScenarioError {
    let message = error.message().trim().replace('\n', " ");
    let (line, column) = position(source, error.span().map_or(0, |span| span.start));
    let hint = message
        .contains("unknown field")
        .then(|| nearest_field(&message))
        .flatten();
    ScenarioError {
        line,
        column,
        message,
        hint,
    }
}

/// The field that an unknown one was probably meant to be, from serde's own list of those expected.
fn nearest_field(message: &str) -> Option<String> {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let written = quoted.next()?;
    let best = quoted.max_by(|a, b| {
        strsim::jaro_winkler(written, a).total_cmp(&strsim::jaro_winkler(written, b))
    })?;
    Some(format!("did you mean `{best}`?"))
}

fn position(source: &str, offset: usize) -> (usize, usize) {
    let before = source.get(..offset.min(source.len())).unwrap_or(source);
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .map_or(0, |rest| rest.chars().count())
        + 1;
    (line, column)
}

struct Reader<'a> {
    source: &'a str,
    raw: &'a Raw,
}

impl Reader<'_> {
    fn read(&self) -> Result<Scenario, ScenarioError> {
        let head = &self.raw.scenario;
        let language = Language::parse(head.language.get_ref()).ok_or_else(|| {
            let written = head.language.get_ref();
            self.error(
                &head.language,
                format!("no such language: `{written}`"),
                "write `ru` or `en`",
            )
        })?;
        let mut intents = IntentSet::standard(language).map_err(|e| toml_error("", &e))?;
        for (name, intent) in &self.raw.intents {
            intents.add(name, intent.priority, &intent.phrases);
        }
        let mut states = BTreeMap::new();
        for (name, state) in &self.raw.states {
            states.insert(StateName(name.clone()), self.state(name, state, &intents)?);
        }
        Ok(Scenario {
            name: head.name.clone(),
            language,
            start: self.target(&head.start, false)?,
            defaults: self.raw.variables.clone(),
            global: self.transitions(&self.raw.global.on, &intents)?,
            intents,
            states,
            attempts: head.attempts,
        })
    }

    fn state(
        &self,
        name: &str,
        spanned: &Spanned<RawState>,
        intents: &IntentSet,
    ) -> Result<State, ScenarioError> {
        let raw = spanned.get_ref();
        let state = State {
            say: self.wordings(&raw.say)?,
            again: raw
                .again
                .as_ref()
                .map_or(Ok(Vec::new()), |again| self.wordings(again))?,
            on: self.transitions(&raw.on, intents)?,
            keys: self.keys(&raw.keys)?,
            no_input: self.optional(raw.no_input.as_ref().or(self.raw.global.no_input.as_ref()))?,
            no_match: self.optional(raw.no_match.as_ref().or(self.raw.global.no_match.as_ref()))?,
            next: raw
                .next
                .as_ref()
                .map(|next| self.target(next, true))
                .transpose()?,
            outcome: raw.outcome.clone(),
            do_not_call: raw.do_not_call,
            barge_in: raw.barge_in,
            listen: raw.listen.unwrap_or(self.raw.listen),
        };
        let answers = !state.on.is_empty() || !state.keys.is_empty();
        let ways = usize::from(state.outcome.is_some()) + usize::from(state.next.is_some());
        if ways > 1 || (ways == 1 && answers) {
            let message =
                format!("state `{name}` has more than one of `on`/`keys`, `next`, `outcome`");
            return Err(self.error(spanned, message, "keep one of them"));
        }
        if ways == 0 && !answers {
            let message = format!("state `{name}` leads nowhere");
            return Err(self.error(
                spanned,
                message,
                "give it `on`, `keys`, `next` or `outcome`",
            ));
        }
        Ok(state)
    }

    fn wordings(&self, raw: &Spanned<Wordings>) -> Result<Vec<String>, ScenarioError> {
        let texts = match raw.get_ref() {
            Wordings::One(text) => vec![text.clone()],
            Wordings::Many(texts) => texts.clone(),
        };
        if texts.is_empty() || texts.iter().any(|text| text.trim().is_empty()) {
            return Err(self.error(raw, "an empty prompt".to_owned(), "write what to say"));
        }
        for text in &texts {
            template::variables_of(text).map_err(|error| {
                let message = format!("the prompt is no template: {error}");
                self.error(raw, message, "variables are written {{ name }}")
            })?;
        }
        Ok(texts)
    }

    fn transitions(
        &self,
        raw: &BTreeMap<Spanned<String>, Spanned<String>>,
        intents: &IntentSet,
    ) -> Result<BTreeMap<String, StateName>, ScenarioError> {
        raw.iter()
            .map(|(intent, target)| {
                let name = intent.get_ref();
                if !intents.names().any(|known| known == name) {
                    let message = format!("no such intent: `{name}`");
                    let known: Vec<&str> = intents.names().collect();
                    return Err(self.misspelt(intent, message, name, &known));
                }
                Ok((name.clone(), self.target(target, false)?))
            })
            .collect()
    }

    fn keys(
        &self,
        raw: &BTreeMap<Spanned<String>, Spanned<String>>,
    ) -> Result<BTreeMap<char, StateName>, ScenarioError> {
        raw.iter()
            .map(|(key, target)| {
                let mut chars = key.get_ref().chars();
                if let (Some(c @ ('0'..='9' | '*' | '#')), None) = (chars.next(), chars.next()) {
                    return Ok((c, self.target(target, false)?));
                }
                let message = format!("no such key: `{}`", key.get_ref());
                Err(self.error(key, message, "keys are 0 to 9, * and #"))
            })
            .collect()
    }

    fn optional(&self, name: Option<&Spanned<String>>) -> Result<Option<StateName>, ScenarioError> {
        name.map(|name| self.target(name, false)).transpose()
    }

    fn target(&self, name: &Spanned<String>, back: bool) -> Result<StateName, ScenarioError> {
        let text = name.get_ref();
        if self.raw.states.contains_key(text) || (back && text == BACK) {
            return Ok(StateName(text.clone()));
        }
        let known: Vec<&str> = self.raw.states.keys().map(String::as_str).collect();
        Err(self.misspelt(name, format!("no such state: `{text}`"), text, &known))
    }

    fn misspelt<T>(
        &self,
        at: &Spanned<T>,
        message: String,
        written: &str,
        known: &[&str],
    ) -> ScenarioError {
        let best = known.iter().max_by(|a, b| {
            strsim::jaro_winkler(written, a).total_cmp(&strsim::jaro_winkler(written, b))
        });
        let hint = best.map_or_else(String::new, |best| format!("did you mean `{best}`?"));
        self.error(at, message, &hint)
    }

    fn error<T>(&self, at: &Spanned<T>, message: String, hint: &str) -> ScenarioError {
        let (line, column) = position(self.source, at.span().start);
        let hint = (!hint.is_empty()).then(|| hint.to_owned());
        ScenarioError {
            line,
            column,
            message,
            hint,
        }
    }
}
