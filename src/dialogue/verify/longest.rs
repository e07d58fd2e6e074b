//! The longest call: in minutes, in characters to be synthesised, and in money.
//!
//! The longest path of at most `turns` steps through the situations, each step weighed by what is
//! said in it and how long the callee takes. It is a bound: every answer takes two and a half
//! seconds, every prompt its longest wording, a synthetic voice says 14 characters a second.

use super::super::lint::spoken_ms;
use super::super::machine::{Action, Reply};
use super::super::scenario::{KEYS_LATE_MS, Scenario, keys_ms};
use super::Line;
use super::explore::{Explored, Step, lines_of, said};

/// What calls cost.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Tariff {
    /// A minute of a call, begun ones counted whole.
    pub minute: f64,
    /// An attempt, answered or not: the fee for a label, for one.
    pub attempt: f64,
    /// A thousand characters of speech.
    pub thousand_characters: f64,
}

impl Tariff {
    /// What a call costs.
    pub fn cost(&self, ms: u64, characters: u64) -> f64 {
        let minutes = ms.div_ceil(60_000) as f64;
        self.attempt
            + self.minute * minutes
            + self.thousand_characters * characters as f64 / 1_000.0
    }
}

/// For each situation the best way there: its weight, and the step it comes by.
type Layer = Vec<Option<(f64, usize)>>;

/// One call and how long it is.
#[derive(Debug, Clone, Default)]
pub struct LongCall {
    /// In milliseconds.
    pub ms: u64,
    /// Characters said.
    pub characters: u64,
    /// Answers of the callee, with the one that the limit of turns cuts off.
    pub turns: usize,
    /// The dialogue.
    pub dialogue: Vec<Line>,
}

/// The longest calls.
#[derive(Debug, Clone, Default)]
pub struct Longest {
    /// The one that takes longest.
    pub by_time: LongCall,
    /// The one with the most characters.
    pub by_characters: LongCall,
    /// The one that costs most, and its cost.
    pub by_cost: (LongCall, f64),
}

pub(super) fn longest(scenario: &Scenario, explored: &Explored, tariff: &Tariff) -> Longest {
    let by = |weigh: &dyn Fn(u64, u64) -> f64| path(scenario, explored, weigh);
    let cost = |ms: u64, characters: u64| {
        let minutes = ms as f64 / 60_000.0;
        tariff.minute * minutes + tariff.thousand_characters * characters as f64 / 1_000.0
    };
    let dearest = by(&cost);
    let price = tariff.cost(dearest.ms, dearest.characters);
    Longest {
        by_time: by(&|ms, _| ms as f64),
        by_characters: by(&|_, characters| characters as f64),
        by_cost: (dearest, price),
    }
}

/// How long a step takes: the callee's part, then ours.
pub(super) fn size(scenario: &Scenario, explored: &Explored, step: &Step) -> (u64, u64) {
    let (ms, characters) = ours(scenario, &step.reply);
    let listen = explored.listen(step.from);
    (ms + step.act.takes_ms(listen), characters)
}

/// How long our part of a reply takes, and its characters.
fn ours(scenario: &Scenario, reply: &Reply) -> (u64, u64) {
    let beside: u64 = reply.actions.iter().map(|it| beside_ms(scenario, it)).sum();
    let texts = reply.say.iter().map(|prompt| &prompt.text);
    texts.fold((beside, 0), |(ms, characters), text| {
        (
            ms + spoken_ms(text),
            characters + text.chars().count() as u64,
        )
    })
}

/// How long what is played and pressed takes.
fn beside_ms(scenario: &Scenario, action: &Action) -> u64 {
    match action {
        Action::PlayFile { file, .. } => scenario.sounds.get(file).map_or(0, |sound| sound.ms),
        Action::SendKeys { keys, .. } => keys_ms(keys) + KEYS_LATE_MS,
        Action::Set { .. }
        | Action::SlotFilled { .. }
        | Action::Tag(_)
        | Action::DoNotCall
        | Action::CallBack { .. }
        | Action::Transfer { .. } => 0,
    }
}

/// The heaviest path: for each number of steps and each situation the best way there.
fn path(scenario: &Scenario, explored: &Explored, weigh: &dyn Fn(u64, u64) -> f64) -> LongCall {
    let most = usize::try_from(scenario.turns)
        .unwrap_or(usize::MAX)
        .min(500);
    let weights: Vec<f64> = explored
        .steps
        .iter()
        .map(|step| {
            let (ms, characters) = size(scenario, explored, step);
            weigh(ms, characters)
        })
        .collect();
    let mut layers = vec![first_layer(scenario, explored, weigh)];
    let mut best: Option<(f64, usize, usize)> = None;
    for depth in 0..=most {
        let Some(layer) = layers.last() else { break };
        let mut next: Layer = vec![None; explored.situations.len()];
        for (index, step) in explored.steps.iter().enumerate() {
            let Some((before, _)) = layer.get(step.from).copied().flatten() else {
                continue;
            };
            let total = before + weights.get(index).copied().unwrap_or_default();
            match step.to {
                // After the last answer only the goodbye is left.
                Some(to) if depth < most => {
                    if let Some(place) = next.get_mut(to)
                        && place.is_none_or(|(known, _)| total > known)
                    {
                        *place = Some((total, index));
                    }
                }
                None if best.is_none_or(|(known, ..)| total > known) => {
                    best = Some((total, depth, index));
                }
                Some(_) | None => {}
            }
        }
        layers.push(next);
    }
    best.map_or_else(LongCall::default, |(_, depth, last)| {
        call(scenario, explored, (&layers, depth), last)
    })
}

/// What is said at the beginning, for the situations that talks begin in.
fn first_layer(scenario: &Scenario, explored: &Explored, weigh: &dyn Fn(u64, u64) -> f64) -> Layer {
    let situations = explored.situations.iter();
    situations
        .map(|situation| {
            let (ms, characters) = ours(scenario, situation.opening()?);
            Some((weigh(ms, characters), usize::MAX))
        })
        .collect()
}

/// Walks the best path back from its last step.
fn call(
    scenario: &Scenario,
    explored: &Explored,
    (layers, depth): (&[Layer], usize),
    last: usize,
) -> LongCall {
    let mut steps = Vec::new();
    let mut first = 0;
    let mut step = last;
    let mut depth = depth;
    while let Some(found) = explored.steps.get(step) {
        steps.push(found);
        first = found.from;
        let before = layers.get(depth).and_then(|layer| layer.get(found.from));
        let Some((_, by)) = before.copied().flatten() else {
            break;
        };
        step = by;
        depth = depth.saturating_sub(1);
    }
    steps.reverse();
    told(scenario, explored, first, &steps)
}

/// A call that begins in a situation and takes these steps.
pub(super) fn told(
    scenario: &Scenario,
    explored: &Explored,
    first: usize,
    steps: &[&Step],
) -> LongCall {
    let opening = explored.situations.get(first).and_then(|s| s.opening());
    let (mut ms, mut characters) = opening.map_or((0, 0), |reply| ours(scenario, reply));
    let mut dialogue: Vec<Line> = opening.into_iter().flat_map(said).collect();
    for step in steps {
        let size = size(scenario, explored, step);
        ms += size.0;
        characters += size.1;
        dialogue.extend(lines_of(step));
    }
    LongCall {
        ms,
        characters,
        turns: steps.len(),
        dialogue,
    }
}
