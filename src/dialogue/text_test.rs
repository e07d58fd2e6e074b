//! Dialogues as text files, held against a scenario.
//!
//! ```text
//! now: 2026-11-23T10:00
//! lead: name=Анна
//!
//! == consent at once
//! bot: Здравствуйте, Анна! …
//! callee: да
//! state: offer
//! callee: [1]
//! outcome: agreed
//! ```
//!
//! `…` stands for any text. A callee says something, presses a key `[1]`, or does nothing
//! `(silence)`; `(nobody takes the call)` is a transfer that failed.

use std::sync::Arc;

use jiff::civil::DateTime;

use super::machine::{Action, Dialogue, Heard, Reply};
use super::scenario::Scenario;
use super::template::Variables;
use names::Names;

mod coverage;
mod names;
mod read;

pub use coverage::Coverage;
pub use read::{Case, Dialogues, Step, TextError, heard};

/// A line of a dialogue that was not as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The dialogue.
    pub case: String,
    /// The line of the file, counted from one.
    pub line: usize,
    /// What was expected.
    pub expected: String,
    /// What there was.
    pub found: String,
}

/// Holds every dialogue of a file; what was not as written, one failure a dialogue. What they
/// went through is added to `coverage`.
pub fn hold(
    scenario: &Arc<Scenario>,
    dialogues: &Dialogues,
    coverage: &mut Coverage,
) -> Vec<Failure> {
    let names = Names::of(scenario);
    let cases = dialogues.cases.iter();
    cases
        .filter_map(|case| {
            let unknown = names.unknown(case);
            unknown.or_else(|| Talk::run(scenario, case, coverage).err())
        })
        .collect()
}

struct Talk<'a> {
    dialogue: Dialogue,
    reply: Reply,
    /// How many prompts of the reply were held against lines.
    heard: usize,
    /// Everything done since the last line of the callee.
    coverage: &'a mut Coverage,
}

impl<'a> Talk<'a> {
    fn run(
        scenario: &Arc<Scenario>,
        case: &'a Case,
        coverage: &'a mut Coverage,
    ) -> Result<(), Failure> {
        let lead: Variables = case.lead.clone();
        let dialogue = Dialogue::new(Arc::clone(scenario), &lead).map_err(|error| Failure {
            case: case.name.clone(),
            line: case.line,
            expected: if error.missing {
                "every column that is asked for, as lead: NAME=VALUE".to_owned()
            } else {
                "a talk".to_owned()
            },
            found: error.to_string(),
        })?;
        let now: DateTime = case.now;
        let mut dialogue = dialogue.at(now);
        let reply = dialogue.begin();
        coverage.add(&reply, &dialogue);
        let mut talk = Talk {
            dialogue,
            reply,
            heard: 0,
            coverage,
        };
        for (line, step) in &case.steps {
            let held = talk.step(step);
            let answers = matches!(step, Step::Callee(_));
            let held = held.and_then(|()| if answers { talk.spoken() } else { Ok(()) });
            held.map_err(|(expected, found)| Failure {
                case: case.name.clone(),
                line: *line,
                expected,
                found,
            })?;
        }
        Ok(())
    }

    fn step(&mut self, step: &Step) -> Result<(), (String, String)> {
        match step {
            Step::Bot(pattern) => self.bot(pattern),
            Step::Callee(heard) => self.callee(heard),
            Step::State(name) => same(name, &self.dialogue.state().0, "state"),
            Step::Intent(name) => {
                let found = self.reply.evidence.as_ref().map(|e| e.intent.as_str());
                same(name, found.unwrap_or("none"), "intent")
            }
            Step::Outcome(name) => same(name, self.dialogue.outcome().unwrap_or("none"), "outcome"),
            Step::Value(name, value) => {
                let data = self.dialogue.data();
                let text = |value: &serde_json::Value| match value.as_str() {
                    Some(text) => text.to_owned(),
                    None => value.to_string(),
                };
                let found = data.get(name).map(text);
                same(value, found.as_deref().unwrap_or("none"), name)
            }
            Step::Tag(tag) => self.done(&Action::Tag(tag.clone()), "the tag"),
            Step::Deed(deed) => {
                let found: Vec<String> = self.reply.actions.iter().map(shown).collect();
                if found.contains(deed) {
                    return Ok(());
                }
                Err((format!("the action `{deed}`"), none_or(&found)))
            }
        }
    }

    /// Whoever waits for an answer must have said something, and what is written.
    fn spoken(&self) -> Result<(), (String, String)> {
        let expected = || "a prompt, as it is written".to_owned();
        if let Some(fault) = self.reply.faults.first() {
            return Err((expected(), fault.clone()));
        }
        let plays = |action: &Action| matches!(action, Action::PlayFile { .. });
        let heard = !self.reply.say.is_empty() || self.reply.actions.iter().any(plays);
        if !heard && self.dialogue.outcome().is_none() {
            return Err((expected(), "silence".to_owned()));
        }
        Ok(())
    }

    fn done(&self, action: &Action, what: &str) -> Result<(), (String, String)> {
        let tags = self.dialogue.data();
        let tags = tags.get("tags").map(ToString::to_string);
        if let Action::Tag(tag) = action
            && let Some(tags) = &tags
            && tags.contains(&format!("\"{tag}\""))
        {
            return Ok(());
        }
        Err((
            format!("{what} `{}`", shown(action)),
            tags.unwrap_or_else(|| "none".to_owned()),
        ))
    }

    fn bot(&mut self, pattern: &str) -> Result<(), (String, String)> {
        let said = self.reply.say.get(self.heard);
        self.heard += 1;
        if said.is_some_and(|prompt| matches(pattern, &prompt.text)) {
            return Ok(());
        }
        let said = said.map_or("(nothing more)", |prompt| prompt.text.as_str());
        Err((format!("bot: {pattern}"), format!("bot: {said}")))
    }

    fn callee(&mut self, heard: &Heard) -> Result<(), (String, String)> {
        let over = self.dialogue.outcome().map(str::to_owned);
        if let Some(outcome) = over.filter(|_| *heard != Heard::TransferFailed) {
            let found = format!("the talk is over with the outcome {outcome}");
            return Err(("an answer is waited for".to_owned(), found));
        }
        self.reply = self.dialogue.hear(heard);
        self.heard = 0;
        self.coverage.add(&self.reply, &self.dialogue);
        Ok(())
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "line {}, “{}”: expected {}, found {}",
            self.line, self.case, self.expected, self.found
        )
    }
}

fn same(wanted: &str, found: &str, what: &str) -> Result<(), (String, String)> {
    if wanted == found {
        Ok(())
    } else {
        Err((format!("{what} {wanted}"), format!("{what} {found}")))
    }
}

fn none_or(found: &[String]) -> String {
    if found.is_empty() {
        "none".to_owned()
    } else {
        found.join(", ")
    }
}

/// An action as it is written in a text file, and shown to people.
pub fn shown(action: &Action) -> String {
    match action {
        Action::Set { name, value } => format!("set {name} = {value}"),
        Action::SlotFilled { slot, value, .. } => format!("slot {slot} = {value}"),
        Action::Tag(tag) => format!("tag {tag}"),
        Action::DoNotCall => "do_not_call".to_owned(),
        Action::CallBack { at: Some(at) } => format!("call_back {at}"),
        Action::CallBack { at: None } => "call_back".to_owned(),
        Action::Transfer { to, .. } => format!("transfer {to}"),
        Action::PlayFile { file, .. } => format!("play {file}"),
        Action::SendKeys { keys, .. } => format!("send_keys {keys}"),
    }
}

/// Whether a text is as a pattern says, where `…` stands for anything.
fn matches(pattern: &str, text: &str) -> bool {
    let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (pattern, text) = (squeezed(pattern), squeezed(text));
    let mut parts = pattern.split('…').map(str::trim);
    let Some(first) = parts.next() else {
        return false;
    };
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        let Some((_, after)) = rest.split_once(part) else {
            return false;
        };
        rest = after;
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests;
