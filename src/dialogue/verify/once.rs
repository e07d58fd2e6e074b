//! What a talk is like in which nothing is asked twice, to price with; and the rings that make
//! another of it.

use std::collections::{BTreeMap, BTreeSet};

use super::super::scenario::{Scenario, StateName};
use super::explore::{Explored, Move, Step};
use super::longest::{LongCall, size, told};

/// So many steps are looked at; a longer talk may be missed in a scenario of hundreds of states.
const MOST_STEPS: usize = 200_000;
/// So many rings are named.
const MOST_RINGS: usize = 5;

/// The longest talk, by time, in which each question is asked once and answered.
pub(super) fn once(scenario: &Scenario, explored: &Explored) -> LongCall {
    let mut seeker = Seeker {
        explored,
        onward: onward(scenario, explored),
        seen: BTreeSet::new(),
        path: Vec::new(),
        best: None,
        left: MOST_STEPS,
    };
    for (at, situation) in explored.situations.iter().enumerate() {
        if situation.opening().is_some() {
            seeker.seek(at, 0);
        }
    }
    let Some((_, steps)) = seeker.best else {
        return LongCall::default();
    };
    let steps: Vec<&Step> = steps
        .iter()
        .filter_map(|step| explored.steps.get(*step))
        .collect();
    let first = steps.first().map_or(0, |step| step.from);
    told(scenario, explored, first, &steps)
}

/// The steps of each situation that lead to another question, or to the end: of those with the
/// same target the longest.
fn onward(scenario: &Scenario, explored: &Explored) -> Vec<Vec<(u64, usize)>> {
    let mut onward = Vec::new();
    for at in 0..explored.situations.len() {
        let mut best: BTreeMap<Option<usize>, (u64, usize)> = BTreeMap::new();
        for (number, step) in explored.numbered_steps_from(at) {
            let stays = step
                .to
                .is_some_and(|to| explored.state(to) == explored.state(at));
            if stays || matches!(step.act, Move::Silence | Move::Nothing) {
                continue;
            }
            let (ms, _) = size(scenario, explored, step);
            let known = best.entry(step.to).or_insert((ms, number));
            if ms > known.0 {
                *known = (ms, number);
            }
        }
        onward.push(best.into_values().collect());
    }
    onward
}

struct Seeker<'a> {
    explored: &'a Explored,
    onward: Vec<Vec<(u64, usize)>>,
    seen: BTreeSet<&'a StateName>,
    path: Vec<usize>,
    best: Option<(u64, Vec<usize>)>,
    left: usize,
}

impl Seeker<'_> {
    fn seek(&mut self, at: usize, ms: u64) {
        let state = self.explored.state(at);
        if self.left == 0 || !self.seen.insert(state) {
            return;
        }
        for (more, number) in self.onward.get(at).cloned().unwrap_or_default() {
            self.left = self.left.saturating_sub(1);
            let total = ms + more;
            self.path.push(number);
            match self.explored.steps.get(number).and_then(|step| step.to) {
                Some(to) => self.seek(to, total),
                None if self.best.as_ref().is_none_or(|(best, _)| total > *best) => {
                    self.best = Some((total, self.path.clone()));
                }
                None => {}
            }
            self.path.pop();
        }
        self.seen.remove(state);
    }
}

/// Rings of questions that the callee may go round as often as the limit of turns allows; each
/// begins with the first of its names.
pub(super) fn rings(scenario: &Scenario, explored: &Explored) -> Vec<Vec<StateName>> {
    let onward = onward(scenario, explored);
    let target = |number: &usize| explored.steps.get(*number).and_then(|step| step.to);
    let next: Vec<Vec<usize>> = onward
        .iter()
        .map(|steps| {
            steps
                .iter()
                .filter_map(|(_, number)| target(number))
                .collect()
        })
        .collect();
    let turning = turning(&next);
    let mut rings = BTreeSet::new();
    for start in &turning {
        let mut walked = vec![*start];
        let mut at = *start;
        while let Some(to) = next
            .get(at)
            .and_then(|next| next.iter().find(|to| turning.contains(to)))
        {
            if let Some(begin) = walked.iter().position(|known| known == to) {
                rings.insert(names(explored, walked.get(begin..).unwrap_or_default()));
                break;
            }
            walked.push(*to);
            at = *to;
        }
        if rings.len() >= MOST_RINGS {
            break;
        }
    }
    rings.into_iter().collect()
}

/// The situations that one may leave and come to again and again: what leads nowhere is taken away
/// until all that is left leads on.
fn turning(next: &[Vec<usize>]) -> BTreeSet<usize> {
    let mut before: Vec<Vec<usize>> = vec![Vec::new(); next.len()];
    let mut ways: Vec<usize> = Vec::new();
    for (at, targets) in next.iter().enumerate() {
        ways.push(targets.len());
        for to in targets {
            if let Some(before) = before.get_mut(*to) {
                before.push(at);
            }
        }
    }
    let mut left: BTreeSet<usize> = (0..next.len()).collect();
    let mut dead: Vec<usize> = (0..next.len())
        .filter(|at| ways.get(*at) == Some(&0))
        .collect();
    while let Some(at) = dead.pop() {
        left.remove(&at);
        for from in before.get(at).into_iter().flatten() {
            if let Some(ways) = ways.get_mut(*from) {
                *ways -= 1;
                if *ways == 0 {
                    dead.push(*from);
                }
            }
        }
    }
    left
}

/// The states of a ring, the first of their names first.
fn names(explored: &Explored, ring: &[usize]) -> Vec<StateName> {
    let mut names: Vec<StateName> = ring.iter().map(|at| explored.state(*at).clone()).collect();
    let least = names.iter().enumerate().min_by(|a, b| a.1.cmp(b.1));
    let least = least.map_or(0, |(at, _)| at);
    names.rotate_left(least);
    names
}
