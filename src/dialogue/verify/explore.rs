//! Every situation of a scenario, and every step between them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::guard::Known;
use super::super::machine::{Action, Dialogue, Filled, Frame, Reply, asked_of_leads, example};
use super::super::scenario::{Listen, OWN_NAMES, Scenario, StateName};
use super::super::template::Variables;
use super::Line;
use super::stimulus::{Telling, moves};

/// More situations than any scenario of a few hundred states has.
const MOST: usize = 20_000;
/// Variants of leads that are tried.
const MOST_LEADS: usize = 256;

/// Something a callee does.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Move {
    Intent(String),
    IntentWith(String, Filled),
    Slot(Filled),
    Key(char),
    Silence,
    Nothing,
    TransferFailed,
}

/// What tells situations apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    state: StateName,
    question: StateName,
    frames: Vec<Frame>,
    misses: u32,
    over: bool,
    facts: Vec<String>,
}

/// One situation: a dialogue that came there, and by which step.
#[derive(Debug)]
pub(super) struct Situation {
    pub(super) dialogue: Dialogue,
    /// What was said on coming there, and after which step; `None` at the beginning.
    by: Option<usize>,
    reply: Reply,
}

impl Situation {
    /// What is said at the beginning, where a talk begins in this situation.
    pub(super) fn opening(&self) -> Option<&Reply> {
        self.by.is_none().then_some(&self.reply)
    }
}

/// One step from a situation.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) from: usize,
    pub(super) act: Move,
    pub(super) reply: Reply,
    /// The situation it leads to; `None` where the talk is over.
    pub(super) to: Option<usize>,
}

impl Step {
    /// Whether a person takes over: now, or by calling back, or since the talk ends with it: in a
    /// state of its own, and not where it ends for whoever says no or nothing.
    pub(super) fn reaches_person(&self, letting_go: &BTreeSet<StateName>) -> bool {
        let hands_over =
            |action: &Action| matches!(action, Action::Transfer { .. } | Action::CallBack { .. });
        let ends = self.reply.outcome.is_some() && !letting_go.contains(&self.reply.state);
        ends || self.reply.actions.iter().any(hands_over)
    }

    fn lets_go(&self) -> bool {
        let parting = match &self.act {
            Move::Silence | Move::Nothing => true,
            Move::Intent(intent) => ["no", "goodbye"].contains(&intent.as_str()),
            Move::IntentWith(..) | Move::Slot(_) | Move::Key(_) | Move::TransferFailed => false,
        };
        parting && self.reply.outcome.is_some()
    }
}

/// Everything that may happen.
#[derive(Debug, Default)]
pub(super) struct Explored {
    pub(super) situations: Vec<Situation>,
    pub(super) steps: Vec<Step>,
    pub(super) entered: BTreeSet<StateName>,
    pub(super) incomplete: bool,
    /// Why a talk could not begin with one of the leads.
    pub(super) refusal: Option<String>,
    /// What could not be done as written at the beginning, and what was said.
    pub(super) faults: Vec<(String, Vec<String>)>,
    /// Where the steps of each situation begin in `steps`.
    starts: Vec<usize>,
}

impl Explored {
    pub(super) fn state(&self, situation: usize) -> &StateName {
        static NOWHERE: StateName = StateName(String::new());
        let found = self.situations.get(situation);
        found.map_or(&NOWHERE, |situation| situation.dialogue.state())
    }

    /// How many situations were tried; those after them are known and no more.
    pub(super) fn left(&self) -> usize {
        self.starts.len()
    }

    /// Whether the talk has its outcome there, and waits for a transfer only.
    pub(super) fn is_over(&self, situation: usize) -> bool {
        let found = self.situations.get(situation);
        found.is_some_and(|situation| situation.dialogue.outcome().is_some())
    }

    /// The states in which talks end with those who refuse, or say nothing.
    pub(super) fn letting_go(&self) -> BTreeSet<StateName> {
        let ends = self.steps.iter().filter(|step| step.lets_go());
        ends.map(|step| step.reply.state.clone()).collect()
    }

    pub(super) fn listen(&self, situation: usize) -> Listen {
        let found = self.situations.get(situation);
        found.map_or_else(Listen::default, |situation| situation.dialogue.listen())
    }

    /// The steps of a situation, with their numbers.
    pub(super) fn numbered_steps_from(
        &self,
        situation: usize,
    ) -> impl Iterator<Item = (usize, &Step)> {
        let start = self.starts.get(situation).copied().unwrap_or_default();
        let steps = self.steps_from(situation).enumerate();
        steps.map(move |(index, step)| (start + index, step))
    }

    pub(super) fn steps_from(&self, situation: usize) -> impl Iterator<Item = &Step> {
        let start = self
            .starts
            .get(situation)
            .copied()
            .unwrap_or(self.steps.len());
        let steps = self.steps.get(start..).unwrap_or_default();
        steps.iter().take_while(move |step| step.from == situation)
    }

    /// The shortest dialogue that leads to a situation.
    pub(super) fn lines_to(&self, situation: usize) -> Vec<Line> {
        let mut steps = Vec::new();
        let mut at = situation;
        let mut lines = Vec::new();
        while let Some(found) = self.situations.get(at) {
            lines = said(&found.reply).collect();
            let Some(step) = found.by.and_then(|by| self.steps.get(by)) else {
                break;
            };
            steps.push(step);
            at = step.from;
        }
        for step in steps.into_iter().rev() {
            lines.extend(lines_of(step));
        }
        lines
    }

    /// The dialogue up to a step, and the step.
    pub(super) fn lines_with(&self, step: &Step) -> Vec<Line> {
        let mut lines = self.lines_to(step.from);
        lines.extend(lines_of(step));
        lines
    }
}

pub(super) fn lines_of(step: &Step) -> impl Iterator<Item = Line> {
    std::iter::once(Line::Callee(step.act.shown())).chain(said(&step.reply))
}

/// The words of a reply.
pub(super) fn said(reply: &Reply) -> impl Iterator<Item = Line> {
    let prompts = reply.say.iter();
    prompts.map(|prompt| Line::Bot(prompt.text.clone()))
}

/// Drives the machine through everything.
pub(super) fn explore(scenario: &Scenario) -> Explored {
    let telling = Telling::of(scenario);
    // Counted by the length of the path, not by the machine.
    let mut endless = scenario.clone();
    endless.turns = u32::MAX;
    let endless = Arc::new(endless);
    let mut seeker = Seeker {
        telling,
        known: BTreeMap::new(),
        explored: Explored::default(),
    };
    let (leads, more) = leads(scenario, &seeker.telling);
    seeker.explored.incomplete = more;
    for fields in leads {
        let dialogue = match Dialogue::new(Arc::clone(&endless), &fields) {
            Ok(dialogue) => dialogue,
            Err(refusal) => {
                let first = &mut seeker.explored.refusal;
                first.get_or_insert_with(|| refusal.to_string());
                continue;
            }
        };
        let now = jiff::civil::date(2026, 1, 12).at(12, 0, 0, 0);
        let mut dialogue = dialogue.at(now).longest_wordings();
        let reply = dialogue.begin();
        let said: Vec<String> = reply.say.iter().map(|p| p.text.clone()).collect();
        let faults = reply
            .faults
            .iter()
            .map(|fault| (fault.clone(), said.clone()));
        seeker.explored.faults.extend(faults);
        seeker.meet(dialogue, None, &reply);
    }
    let mut at = 0;
    while at < seeker.explored.situations.len() {
        seeker.leave(scenario, at);
        at += 1;
        if seeker.explored.situations.len() > MOST {
            seeker.explored.incomplete = true;
            break;
        }
    }
    seeker.explored
}

struct Seeker<'a> {
    telling: Telling<'a>,
    known: BTreeMap<Key, usize>,
    explored: Explored,
}

impl Seeker<'_> {
    /// Tries everything in one situation.
    fn leave(&mut self, scenario: &Scenario, at: usize) {
        self.explored.starts.push(self.explored.steps.len());
        let Some(situation) = self.explored.situations.get(at) else {
            return;
        };
        let dialogue = situation.dialogue.clone();
        let Some(state) = scenario.states.get(dialogue.state()) else {
            return;
        };
        let tried = if dialogue.outcome().is_some() {
            vec![Move::TransferFailed]
        } else {
            moves(scenario, state, &self.telling)
        };
        for act in tried {
            let mut next = dialogue.clone();
            let reply = next.take(act.meaning());
            let step = self.explored.steps.len();
            self.explored.steps.push(Step {
                from: at,
                act,
                reply: reply.clone(),
                to: None,
            });
            let to = self.meet(next, Some(step), &reply);
            if let Some(step) = self.explored.steps.get_mut(step) {
                step.to = to;
            }
        }
    }

    /// The number of a situation, new or known; `None` for an end.
    fn meet(&mut self, dialogue: Dialogue, by: Option<usize>, reply: &Reply) -> Option<usize> {
        let entered = reply.say.iter().map(|prompt| prompt.state.clone());
        self.explored.entered.extend(entered);
        let visited = dialogue.facts.visits.keys().cloned();
        self.explored.entered.extend(visited);
        let handed_over = |action: &Action| matches!(action, Action::Transfer { .. });
        let over = reply.outcome.is_some();
        if over && !reply.actions.iter().any(handed_over) {
            return None;
        }
        let key = self.key(&dialogue, over);
        if let Some(known) = self.known.get(&key) {
            return Some(*known);
        }
        let number = self.explored.situations.len();
        self.known.insert(key, number);
        self.explored.situations.push(Situation {
            dialogue,
            by,
            reply: reply.clone(),
        });
        Some(number)
    }

    fn key(&self, dialogue: &Dialogue, over: bool) -> Key {
        let facts = self.telling.names.keys().map(|name| {
            let value = dialogue.facts.value(name).unwrap_or_default();
            self.telling.seen(name, value)
        });
        Key {
            state: dialogue.state().clone(),
            question: dialogue.question.clone(),
            frames: dialogue.frames.clone(),
            misses: dialogue.facts.misses,
            over,
            facts: facts.collect(),
        }
    }
}

/// Leads that conditions tell apart: with and without each column they ask for, and with each
/// value they compare it with. Whether there are more than could be tried; then each value is tried
/// at least once.
fn leads(scenario: &Scenario, telling: &Telling<'_>) -> (Vec<Variables>, bool) {
    let mut usual: Variables = scenario
        .fields
        .iter()
        .map(|name| (name.clone(), example(scenario, name)))
        .collect();
    for name in asked_of_leads(scenario) {
        let value = example(scenario, &name);
        usual.entry(name).or_insert(value);
    }
    let changed = scenario.changed_names();
    let mut singles = vec![usual.clone()];
    let mut leads = vec![usual.clone()];
    let mut more = false;
    for (name, values) in &telling.names {
        let own = OWN_NAMES.contains(name) || name.contains('.') || changed.contains(name);
        if own || scenario.slots.contains_key(*name) {
            continue;
        }
        let absent = (!scenario.fields.contains(*name)).then_some(None);
        let variants: Vec<Option<&String>> = values.iter().map(Some).chain(absent).collect();
        let with = |lead: &Variables, value: Option<&String>| {
            let mut lead = lead.clone();
            match value {
                Some(value) => lead.insert((*name).to_owned(), value.clone()),
                None => lead.remove(*name),
            };
            lead
        };
        singles.extend(variants.iter().map(|value| with(&usual, *value)));
        let product = leads.iter();
        let product = product.flat_map(|lead| variants.iter().map(move |value| with(lead, *value)));
        let product: Vec<Variables> = product.take(MOST_LEADS + 1).collect();
        leads.extend(product);
        more |= leads.len() > MOST_LEADS;
        leads.truncate(MOST_LEADS);
    }
    let mut known = BTreeSet::new();
    singles.extend(leads);
    singles.retain(|lead| known.insert(lead.clone()));
    (singles, more)
}
