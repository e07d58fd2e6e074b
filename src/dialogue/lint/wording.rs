//! Words that contradict one another, and slots that nothing fills.

use std::collections::{BTreeMap, BTreeSet};

use super::Finding;
use super::reach::{accepted, reachable, ways_of};
use crate::dialogue::scenario::{Scenario, State, Target};

pub(super) fn findings(scenario: &Scenario) -> Vec<Finding> {
    let mut findings = unfilled(scenario);
    findings.extend(contradictions(scenario));
    findings
}

/// Slots that no state listens for and no way collects.
fn unfilled(scenario: &Scenario) -> Vec<Finding> {
    let states = scenario.states.values();
    let listened = states.flat_map(|state| state.slots.iter().map(|(name, _)| name));
    let collected = scenario.all_ways().flat_map(|way| &way.collect);
    let filled: BTreeSet<&String> = listened.chain(collected).collect();
    let unfilled = scenario
        .slots
        .iter()
        .filter(|(name, _)| !filled.contains(name));
    unfilled
        .map(|(name, slot)| {
            Finding::warning(
                &slot.place,
                format!("slot `{name}` is never filled"),
                "list it under `slots` of the state that asks for it, or remove it",
            )
        })
        .collect()
}

/// Phrases of the scenario's own intents that are understood as something else where they count.
fn contradictions(scenario: &Scenario) -> Vec<Finding> {
    let reached = reachable(scenario);
    let states = reached.iter().filter_map(|name| scenario.states.get(*name));
    // States that accept the same answers contradict themselves in the same way.
    let mut kinds: BTreeMap<BTreeSet<&str>, &State> = BTreeMap::new();
    for state in states.filter(|state| state.listens()) {
        kinds.entry(accepted(scenario, state)).or_insert(state);
    }
    let mut findings = Vec::new();
    let mut told = BTreeSet::new();
    for (intents, state) in &kinds {
        for (phrase, meant, taken) in misread(scenario, intents) {
            if leads_to(scenario, state, &meant) != leads_to(scenario, state, &taken)
                && told.insert((phrase.clone(), taken.clone()))
            {
                findings.push(Finding::warning(
                    &state.place,
                    format!("“{phrase}” is a phrase of `{meant}`, and is understood as `{taken}`"),
                    "raise the intent's `priority`, or remove the phrase from it",
                ));
            }
        }
    }
    findings
}

/// Phrases of own intents that another intent wins: the phrase, its intent, the winner.
fn misread(scenario: &Scenario, intents: &BTreeSet<&str>) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    for (language, phrases) in &scenario.own_phrases {
        let Some(set) = scenario.intents_of(*language) else {
            continue;
        };
        // What is a pattern is no utterance.
        let plain = |phrase: &str| !phrase.contains(['(', '|', '<', '=', '^', '$', '.']);
        let listened = |(intent, phrase): &&(String, String)| {
            intents.contains(intent.as_str()) && plain(phrase)
        };
        for (intent, phrase) in phrases.iter().filter(listened) {
            let taken = set.classify(phrase, |name| intents.contains(name));
            if let Some(taken) = taken.filter(|taken| taken.intent != *intent) {
                found.push((phrase.clone(), intent.clone(), taken.intent));
            }
        }
    }
    found
}

fn leads_to<'a>(scenario: &'a Scenario, state: &'a State, intent: &str) -> Vec<&'a Target> {
    ways_of(scenario, state, intent)
        .map(|way| &way.target)
        .collect()
}
