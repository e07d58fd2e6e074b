//! The state machine of the talk.
//!
//! One event in, one reply out. A reply says what to say next and whether that is the end; the
//! call room decides when it is said and whether the callee may interrupt.

use std::collections::BTreeMap;

use super::intent::Evidence;
use super::scenario::{BACK, Listen, Scenario, State, StateName};
use super::template::{self, TemplateError, Variables};

/// What the callee did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// Said something.
    Words(String),
    /// Pressed a key.
    Key(char),
    /// Kept silent past the limit.
    Silence,
}

/// Something to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// The state whose wording it is; not the one that waits for the answer where states follow
    /// one another.
    pub state: StateName,
    /// The words.
    pub text: String,
}

/// What to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The state that the callee's words were heard in.
    pub from: StateName,
    /// The intent found in them, with its evidence.
    pub evidence: Option<Evidence>,
    /// The state the dialogue is in now.
    pub state: StateName,
    /// What to say. Several where states follow one another without waiting.
    pub say: Vec<Prompt>,
    /// Whether the callee may interrupt it.
    pub barge_in: bool,
    /// How long to listen afterwards.
    pub listen: Listen,
    /// The conclusion, where the dialogue is over once the prompt is heard out.
    pub outcome: Option<String>,
    /// The number is never to be called again; valid at once, whatever happens to the prompt.
    pub do_not_call: bool,
}

/// A dialogue under way.
#[derive(Debug, Clone)]
pub struct Dialogue {
    scenario: std::sync::Arc<Scenario>,
    variables: Variables,
    state: StateName,
    /// The question in hand, which `back` returns to.
    question: StateName,
    asked: BTreeMap<StateName, usize>,
    misses: u32,
    outcome: Option<String>,
}

impl Dialogue {
    /// A dialogue at its beginning. The lead's fields stand over the scenario's defaults.
    ///
    /// # Errors
    /// A prompt of the scenario cannot be rendered with these variables.
    pub fn new(
        scenario: std::sync::Arc<Scenario>,
        fields: &Variables,
    ) -> Result<Self, TemplateError> {
        let mut variables = scenario.defaults.clone();
        variables.extend(
            fields
                .iter()
                .filter(|(_, value)| !value.trim().is_empty())
                .map(|(name, value)| (name.clone(), value.clone())),
        );
        let state = scenario.start.clone();
        let dialogue = Self {
            question: state.clone(),
            scenario,
            variables,
            state,
            asked: BTreeMap::new(),
            misses: 0,
            outcome: None,
        };
        for text in dialogue
            .scenario
            .states
            .values()
            .flat_map(|s| s.say.iter().chain(&s.again))
        {
            template::render(text, &dialogue.variables)?;
        }
        Ok(dialogue)
    }

    /// The state it is in.
    pub fn state(&self) -> &StateName {
        &self.state
    }

    /// The conclusion, once a final state was entered.
    pub fn outcome(&self) -> Option<&str> {
        self.outcome.as_deref()
    }

    /// Every prompt that may be said, those that come first first: to be prepared before the phone
    /// rings and while it does.
    pub fn prompts(&self) -> Vec<String> {
        let mut texts: Vec<String> = Vec::new();
        for state in self.scenario.by_distance() {
            for text in state.say.iter().chain(&state.again) {
                if let Ok(text) = template::render(text, &self.variables)
                    && !texts.contains(&text)
                {
                    texts.push(text);
                }
            }
        }
        texts
    }

    /// Opens the talk.
    pub fn begin(&mut self) -> Reply {
        let start = self.scenario.start.clone();
        self.enter(start.clone(), start, None)
    }

    /// The intent that an utterance carries in the present state.
    pub fn understand(&self, utterance: &str) -> Option<Evidence> {
        let state = self.scenario.states.get(&self.state);
        self.scenario.intents.classify(utterance, |name| {
            self.scenario.global.contains_key(name)
                || name == "repeat"
                || state.is_some_and(|state| state.on.contains_key(name))
        })
    }

    /// Takes what the callee did and answers it.
    pub fn hear(&mut self, heard: &Heard) -> Reply {
        let from = self.state.clone();
        match heard {
            Heard::Words(text) => {
                let evidence = self.understand(text);
                match evidence.as_ref().and_then(|e| self.transition(&e.intent)) {
                    Some(target) => self.enter(from, target, evidence),
                    None if evidence.is_some() => self.ask_again(from, evidence),
                    None => self.miss(from, |state| state.no_match.clone()),
                }
            }
            Heard::Key(key) => {
                let target = self
                    .present()
                    .and_then(|state| state.keys.get(key))
                    .cloned();
                match target {
                    Some(target) => self.enter(from, target, None),
                    None => self.miss(from, |state| state.no_match.clone()),
                }
            }
            Heard::Silence => self.miss(from, |state| state.no_input.clone()),
        }
    }

    /// Asks the question in hand again, as if nothing had been said.
    pub fn again(&mut self) -> Reply {
        self.ask_again(self.state.clone(), None)
    }

    /// Whether an utterance is a wish to be called no more, in whatever state.
    pub fn opts_out(&self, utterance: &str) -> bool {
        self.scenario
            .intents
            .classify(utterance, |name| name == "do_not_call")
            .is_some()
    }

    /// Whether the dialogue is in a state that grants such a wish.
    pub fn has_opted_out(&self) -> bool {
        self.present().is_some_and(|state| state.do_not_call)
    }

    /// Ends a talk that cannot be held on: with the scenario's words for not understanding, where
    /// it has them, and with this outcome.
    pub fn cut_short(&mut self, outcome: &str) -> Reply {
        let from = self.state.clone();
        let target = self.present().and_then(|state| state.no_match.clone());
        let mut reply = match target {
            Some(target) => self.enter(from, target, None),
            None => self.give_up(from),
        };
        self.outcome = Some(outcome.to_owned());
        reply.outcome.clone_from(&self.outcome);
        reply
    }

    fn present(&self) -> Option<&State> {
        self.scenario.states.get(&self.state)
    }

    fn transition(&self, intent: &str) -> Option<StateName> {
        let own = self.present().and_then(|state| state.on.get(intent));
        own.or_else(|| self.scenario.global.get(intent)).cloned()
    }

    /// Silence or something not understood: ask again, and after `attempts` of it give up.
    fn miss(&mut self, from: StateName, way_out: impl Fn(&State) -> Option<StateName>) -> Reply {
        self.misses += 1;
        let target = self.present().and_then(way_out);
        match target {
            Some(target) if self.misses > self.scenario.attempts => self.enter(from, target, None),
            None if self.misses > self.scenario.attempts + 2 => self.give_up(from),
            _ => self.ask_again(from, None),
        }
    }

    /// No way out was written for endless silence: end the call rather than ask for ever.
    fn give_up(&mut self, from: StateName) -> Reply {
        self.outcome = Some("no_input".to_owned());
        let listen = self.present().map(|state| state.listen).unwrap_or_default();
        Reply {
            from,
            evidence: None,
            state: self.state.clone(),
            say: Vec::new(),
            barge_in: false,
            listen,
            outcome: self.outcome.clone(),
            do_not_call: false,
        }
    }

    fn ask_again(&mut self, from: StateName, evidence: Option<Evidence>) -> Reply {
        let state = self.state.clone();
        let say = self.wording(&state, true).into_iter().collect();
        self.reply(from, evidence, say, false)
    }

    fn enter(&mut self, from: StateName, target: StateName, evidence: Option<Evidence>) -> Reply {
        self.misses = 0;
        let mut say = Vec::new();
        let mut do_not_call = false;
        let mut target = target;
        // A chain of states that do not wait is followed to the one that does; its length is
        // bounded by the number of states, since a circle of them would never wait.
        for _ in 0..=self.scenario.states.len() {
            let again = target.0 == BACK;
            if again {
                target = self.question.clone();
            }
            self.state = target.clone();
            say.extend(self.wording(&target, again));
            let Some(state) = self.scenario.states.get(&target) else {
                break;
            };
            do_not_call |= state.do_not_call;
            self.outcome.clone_from(&state.outcome);
            match &state.next {
                Some(next) if !again => target = next.clone(),
                _ => {
                    self.question = target;
                    break;
                }
            }
        }
        self.reply(from, evidence, say, do_not_call)
    }

    fn reply(
        &self,
        from: StateName,
        evidence: Option<Evidence>,
        say: Vec<Prompt>,
        do_not_call: bool,
    ) -> Reply {
        let state = self.present();
        Reply {
            from,
            evidence,
            state: self.state.clone(),
            say,
            barge_in: state.is_none_or(|state| state.barge_in && !state.is_final()),
            listen: state.map(|state| state.listen).unwrap_or_default(),
            outcome: self.outcome.clone(),
            do_not_call,
        }
    }

    /// The next wording of a state, rendered. `again` prefers the wording for a repetition.
    fn wording(&mut self, name: &StateName, again: bool) -> Option<Prompt> {
        let count = self.asked.entry(name.clone()).or_default();
        let state = self.scenario.states.get(name)?;
        let wordings = if again && !state.again.is_empty() {
            &state.again
        } else {
            &state.say
        };
        let text = wordings.get(*count % wordings.len().max(1))?;
        *count += 1;
        // Every prompt was rendered when the dialogue was made, and variables only grow.
        let text = template::render(text, &self.variables).ok()?;
        Some(Prompt {
            state: name.clone(),
            text,
        })
    }
}

#[cfg(test)]
mod tests;
