//! Past calls held along an edited scenario.
//!
//! What the callee said and did is done again. As long as the scenario answers as it did then, the
//! rest of the call is as good as real. Once it answers otherwise nobody knows what the callee
//! would have said to that: unless the talk ends right there, the outcome is unknown.

use std::sync::Arc;

use jiff::civil::DateTime;

use super::machine::{Dialogue, Heard, Prompt, Reply, asked_of_leads, example};
use super::scenario::Scenario;
use super::template::Variables;

/// One exchange of a past call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastStep {
    /// What the callee did.
    pub heard: Heard,
    /// The state it was heard in, where it is known.
    pub state: Option<String>,
    /// What we said then: the state and the words of each prompt; nothing, where the call ended
    /// before we spoke.
    pub said: Vec<(String, String)>,
}

/// A past call, as far as the dialogue is concerned.
#[derive(Debug, Clone)]
pub struct PastCall {
    /// The lead's fields; those that are not known any more are made up.
    pub fields: Variables,
    /// The callee's local time.
    pub now: DateTime,
    /// What we began with.
    pub opening: Vec<(String, String)>,
    /// The exchanges, in order.
    pub steps: Vec<PastStep>,
    /// How it ended.
    pub outcome: Option<String>,
}

/// Where an edited scenario goes another way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Divergence {
    /// The exchange, counted from one; 0 is the opening.
    pub step: usize,
    /// What the callee did.
    pub heard: Option<Heard>,
    /// The state then, and what was said.
    pub then: (String, String),
    /// The state now, and what would be said.
    pub now: (String, String),
    /// The outcome, where the talk ends right there; else nobody knows.
    pub outcome: Option<String>,
}

/// What an edited scenario makes of a past call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Retold {
    /// The same as then, with this outcome.
    Same(Option<String>),
    /// Something else.
    Diverged(Divergence),
    /// It cannot be spoken with what is known of the lead.
    Unspeakable(String),
}

impl Retold {
    /// The outcome there would be; `unknown` after a divergence.
    pub fn outcome(&self) -> Option<&str> {
        match self {
            Self::Same(outcome) => outcome.as_deref(),
            Self::Diverged(divergence) => Some(divergence.outcome.as_deref().unwrap_or("unknown")),
            Self::Unspeakable(_) => Some("unknown"),
        }
    }
}

/// The fields of a lead, and made-up ones for those that a scenario asks for and nobody knows any
/// more.
pub fn made_up(scenario: &Scenario, known: &Variables) -> Variables {
    let mut fields = known.clone();
    let needed = scenario.fields.iter().cloned();
    for name in asked_of_leads(scenario).into_iter().chain(needed) {
        let optional = name == "name";
        if !optional {
            let value = example(scenario, &name);
            fields.entry(name).or_insert(value);
        }
    }
    fields
}

/// Drives a scenario along a past call.
pub fn retell(scenario: &Arc<Scenario>, call: &PastCall) -> Retold {
    let fields = made_up(scenario, &call.fields);
    let mut dialogue = match Dialogue::new(Arc::clone(scenario), &fields) {
        Ok(dialogue) => dialogue.at(call.now),
        Err(error) => return Retold::Unspeakable(error.to_string()),
    };
    let reply = dialogue.begin();
    let after = |index: usize| call.steps.get(index).and_then(|step| step.state.as_deref());
    let found = divergence(0, None, &call.opening, &reply);
    if let Some(found) =
        found.or_else(|| goes_on(0, None, (call.opening.as_slice(), after(0)), &reply))
    {
        return Retold::Diverged(found);
    }
    for (index, step) in call.steps.iter().enumerate() {
        if dialogue.outcome().is_some() {
            break;
        }
        let reply = dialogue.hear(&step.heard);
        let (number, heard) = (index + 1, Some(&step.heard));
        let found = divergence(number, heard, &step.said, &reply);
        let then = (step.said.as_slice(), after(number));
        if let Some(found) = found.or_else(|| goes_on(number, heard, then, &reply)) {
            return Retold::Diverged(found);
        }
    }
    // A callee who hung up does so again.
    let ended = dialogue.outcome().map(str::to_owned);
    Retold::Same(ended.or_else(|| call.outcome.clone()))
}

/// The first prompt of a reply that is another than then: neither of the same state nor in the
/// same words. A state that was only renamed is no divergence; nor is what was said twice, since
/// the callee did not understand, or not at all, since the call was over.
fn divergence(
    step: usize,
    heard: Option<&Heard>,
    said: &[(String, String)],
    reply: &Reply,
) -> Option<Divergence> {
    let nothing = (reply.state.0.clone(), String::new());
    let shown = |prompt: &Prompt| (prompt.state.0.clone(), prompt.text.clone());
    let is = |prompt: &Prompt, then: &(String, String)| {
        prompt.state.0 == then.0 || prompt.text == then.1
    };
    let other = said.iter().enumerate().find(|(index, then)| {
        let now = reply.say.get(*index).or(reply.say.last());
        !now.is_some_and(|now| is(now, then) || reply.say.iter().any(|p| p.text == then.1))
    });
    let (index, then) = other?;
    Some(Divergence {
        step,
        heard: heard.cloned(),
        then: then.clone(),
        now: reply.say.get(index).map_or(nothing, shown),
        outcome: reply.outcome.clone(),
    })
}

/// A reply that says what was said then, and goes on to another question: the callee's next words
/// were an answer to the old one. Told by where they were heard then: who interrupts the first of
/// two prompts is heard in the state of the second.
fn goes_on(
    step: usize,
    heard: Option<&Heard>,
    (said, answered_in): (&[(String, String)], Option<&str>),
    reply: &Reply,
) -> Option<Divergence> {
    let then = said
        .last()
        .filter(|then| answered_in == Some(then.0.as_str()))?;
    let more = reply.say.get(said.len())?;
    let last = reply.say.get(said.len() - 1)?;
    if last.state == reply.state {
        return None;
    }
    Some(Divergence {
        step,
        heard: heard.cloned(),
        then: then.clone(),
        now: (more.state.0.clone(), more.text.clone()),
        outcome: reply.outcome.clone(),
    })
}

#[cfg(test)]
mod tests;
