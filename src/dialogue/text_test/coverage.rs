//! Which states and transitions of a scenario dialogues went through.

use std::collections::{BTreeMap, BTreeSet};

use super::super::lint::reachable;
use super::super::machine::{Dialogue, Reply};
use super::super::scenario::{Place, Scenario, StateName, Target, Way};

/// What was gone through, and what there is.
#[derive(Debug, Clone, Default)]
pub struct Coverage {
    states: BTreeMap<StateName, bool>,
    /// Each way by where it is written: what it is, and whether it was taken.
    ways: BTreeMap<Place, (String, bool)>,
}

impl Coverage {
    /// Nothing of a scenario gone through yet.
    pub fn of(scenario: &Scenario) -> Self {
        let mut coverage = Self::default();
        let reached: BTreeSet<&StateName> = reachable(scenario);
        for name in &reached {
            coverage.states.insert((*name).clone(), false);
        }
        for (name, state) in &scenario.states {
            if !reached.contains(name) {
                continue;
            }
            for (intent, ways) in &state.on {
                coverage.list(&name.0, intent, ways);
            }
            for (key, ways) in &state.keys {
                coverage.list(&name.0, &format!("[{key}]"), ways);
            }
            for (slot, ways) in &state.slots {
                coverage.list(&name.0, &format!("{slot} ="), ways);
            }
            coverage.list(&name.0, "next", &state.next);
            if state.listens() {
                let global = &scenario.global;
                let own = |ways: &[Way], global: &[Way]| {
                    ways.first().map(|way| &way.place) != global.first().map(|way| &way.place)
                };
                for (label, ways, global) in [
                    ("silence", &state.no_input, &global.no_input),
                    ("not understood", &state.no_match, &global.no_match),
                ] {
                    let whose = if own(ways, global) {
                        &name.0
                    } else {
                        "any state"
                    };
                    coverage.list(whose, label, ways);
                }
            }
            if let Some(transfer) = &state.deeds.transfer
                && let Some(failed) = &transfer.failed
            {
                let what = format!("{name}: nobody takes the call → {failed}");
                coverage
                    .ways
                    .insert(transfer.to.place.clone(), (what, false));
            }
        }
        for (intent, ways) in &scenario.global.on {
            coverage.list("any state", intent, ways);
        }
        for (key, ways) in &scenario.global.keys {
            coverage.list("any state", &format!("[{key}]"), ways);
        }
        coverage
    }

    fn list(&mut self, state: &str, label: &str, ways: &[Way]) {
        for way in ways {
            let guard = way
                .guard
                .as_ref()
                .map(|guard| format!(" if {}", guard.text()));
            let to = match &way.target {
                Target::State(to) => to.0.clone(),
                Target::Back => "back".to_owned(),
                Target::Return => "return".to_owned(),
                Target::Call { state, .. } => format!("call {state}"),
            };
            let what = format!("{state}: {label}{} → {to}", guard.unwrap_or_default());
            self.ways.insert(way.place.clone(), (what, false));
        }
    }

    pub(super) fn add(&mut self, reply: &Reply, dialogue: &Dialogue) {
        for name in dialogue.visited() {
            if let Some(covered) = self.states.get_mut(name) {
                *covered = true;
            }
        }
        for place in &reply.taken {
            if let Some((_, covered)) = self.ways.get_mut(place) {
                *covered = true;
            }
        }
    }

    /// How many states were gone through, and how many there are.
    pub fn states(&self) -> (usize, usize) {
        let covered = self.states.values().filter(|covered| **covered).count();
        (covered, self.states.len())
    }

    /// How many transitions were taken, and how many there are.
    pub fn transitions(&self) -> (usize, usize) {
        let covered = self.ways.values().filter(|(_, covered)| *covered).count();
        (covered, self.ways.len())
    }

    /// The states that no dialogue entered.
    pub fn missed_states(&self) -> impl Iterator<Item = &StateName> {
        let missed = self.states.iter().filter(|(_, covered)| !**covered);
        missed.map(|(name, _)| name)
    }

    /// The transitions that no dialogue took: `offer: price → price`, with their places.
    pub fn missed_transitions(&self) -> impl Iterator<Item = (&str, &Place)> {
        let missed = self.ways.iter().filter(|(_, (_, covered))| !covered);
        missed.map(|(place, (what, _))| (what.as_str(), place))
    }
}
