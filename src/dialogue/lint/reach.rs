//! States that nothing leads to, states without an end, and the way to opt out.

use std::collections::BTreeSet;

use super::Finding;
use crate::dialogue::machine::REPEAT;
use crate::dialogue::scenario::{Place, Scenario, State, StateName, Target, Way};

/// The intent of a wish to be called no more.
const OPT_OUT: &str = "do_not_call";

pub(super) fn findings(scenario: &Scenario) -> Vec<Finding> {
    let reached = reachable(scenario);
    let mut findings = Vec::new();
    for (name, state) in &scenario.states {
        if !reached.contains(name) {
            findings.push(Finding::warning(
                &state.place,
                format!("state `{name}` cannot be reached"),
                "lead to it from another state, or remove it",
            ));
        }
    }
    if scenario.states.values().any(State::is_final) {
        findings.extend(traps(scenario, &reached));
    } else {
        findings.push(Finding::failure(
            &Place::default(),
            "no state has an `outcome`: the dialogue never ends".to_owned(),
            "give a state `outcome = \"…\"`",
        ));
    }
    findings.extend(circles(scenario, &reached));
    findings.extend(opt_outs(scenario, &reached));
    findings
}

/// The states that can be reached from the first.
pub(in crate::dialogue) fn reachable(scenario: &Scenario) -> BTreeSet<&StateName> {
    let mut seen = BTreeSet::new();
    let mut open: Vec<&StateName> = vec![&scenario.start];
    while let Some(name) = open.pop() {
        let Some((name, state)) = scenario.states.get_key_value(name) else {
            continue;
        };
        if !seen.insert(name) {
            continue;
        }
        open.extend(state.targets());
        if state.listens() {
            let global = scenario.global.ways();
            open.extend(global.flat_map(|way| way.target.states()));
        }
    }
    seen
}

/// The intents that a state answers.
pub(in crate::dialogue) fn accepted<'a>(
    scenario: &'a Scenario,
    state: &'a State,
) -> BTreeSet<&'a str> {
    let own = state.on.keys().chain(scenario.global.on.keys());
    own.map(String::as_str).chain([REPEAT]).collect()
}

/// The ways of an intent in a state: its own, then the global ones.
pub(super) fn ways_of<'a>(
    scenario: &'a Scenario,
    state: &'a State,
    intent: &str,
) -> impl Iterator<Item = &'a Way> {
    let own = state.on.get(intent).into_iter().flatten();
    own.chain(scenario.global.on.get(intent).into_iter().flatten())
}

/// States whose every way leads round and round, and never to an outcome.
fn traps(scenario: &Scenario, reached: &BTreeSet<&StateName>) -> Vec<Finding> {
    let mut ending: BTreeSet<&StateName> = BTreeSet::new();
    loop {
        let more: Vec<&StateName> = reached
            .iter()
            .copied()
            .filter(|name| !ending.contains(name))
            .filter(|name| may_end(scenario, name, &ending))
            .collect();
        if more.is_empty() {
            break;
        }
        ending.extend(more);
    }
    let trapped = reached.iter().filter(|name| !ending.contains(*name));
    let trapped = trapped.filter_map(|name| Some((name, scenario.states.get(*name)?)));
    trapped
        .map(|(name, state)| {
            Finding::warning(
                &state.place,
                format!("no way leads out of state `{name}` to an outcome"),
                "lead on to a state with an `outcome`",
            )
        })
        .collect()
}

/// Whether a state ends the talk or leads to one that does; a question that `back` or `return`
/// leads to is judged by itself.
fn may_end(scenario: &Scenario, name: &StateName, ending: &BTreeSet<&StateName>) -> bool {
    let Some(state) = scenario.states.get(name) else {
        return false;
    };
    let leads_out = |way: &Way| {
        let returns = matches!(way.target, Target::Back | Target::Return);
        (returns && !state.listens())
            || way.target == Target::Return
            || way.target.states().any(|target| ending.contains(target))
    };
    state.is_final()
        || state.ways().any(leads_out)
        || (state.listens() && scenario.global.ways().any(leads_out))
}

/// States that follow one another without waiting, for ever.
fn circles(scenario: &Scenario, reached: &BTreeSet<&StateName>) -> Vec<Finding> {
    // Where no condition holds the last way is taken.
    let follows = |state: &State| match &state.next.last()?.target {
        Target::State(next) | Target::Call { state: next, .. } => {
            scenario.states.get_key_value(next)
        }
        Target::Back | Target::Return => None,
    };
    let mut findings = Vec::new();
    for start in reached {
        let Some(first) = scenario.states.get(*start) else {
            continue;
        };
        let mut round = vec![(*start, first)];
        while let Some((_, last)) = round.last()
            && let Some((next, state)) = follows(last)
        {
            if next == *start {
                findings.extend(circle(start, &round));
                break;
            }
            // Said once, of the first of its names.
            if next < *start || round.iter().any(|(known, _)| *known == next) {
                break;
            }
            round.push((next, state));
        }
    }
    findings
}

/// What is wrong with a circle: nothing, where going round makes one of its conditions hold.
fn circle(start: &StateName, round: &[(&StateName, &State)]) -> Option<Finding> {
    let states = round.iter().map(|(_, state)| state);
    let ways = states.clone().flat_map(|state| &state.next);
    let guards: Vec<_> = ways.filter_map(|way| way.guard.as_ref()).collect();
    let taken = states.clone().filter_map(|state| state.next.last());
    let on_the_way = taken.flat_map(|way| &way.changes);
    let changes = states
        .flat_map(|state| &state.deeds.changes)
        .chain(on_the_way);
    let mut changing: BTreeSet<String> = changes.map(|change| change.name.clone()).collect();
    changing.extend(round.iter().map(|(name, _)| format!("visits.{name}")));
    let mut asked = guards.iter().flat_map(|guard| guard.names());
    if asked.any(|name| changing.contains(name)) {
        return None;
    }
    let place = &round.first()?.1.place;
    let message = format!("from state `{start}` the way leads round and round without waiting");
    let hint = "let one of the states ask something, or end";
    Some(if guards.is_empty() {
        Finding::failure(place, message, hint)
    } else {
        Finding::warning(place, format!("{message}, where no condition holds"), hint)
    })
}

fn opt_outs(scenario: &Scenario, reached: &BTreeSet<&StateName>) -> Vec<Finding> {
    if scenario.global.on.get(OPT_OUT).is_none_or(Vec::is_empty) {
        let message = "no way to opt out in every state".to_owned();
        let hint =
            "add `do_not_call = \"…\"` under [global.on], to a state with `do_not_call = true`";
        return vec![Finding::warning(&Place::default(), message, hint)];
    }
    let states = reached
        .iter()
        .filter_map(|name| Some((*name, scenario.states.get(*name)?)));
    states
        .filter(|(_, state)| state.listens() && opt_out_fault(scenario, state))
        .map(|(name, state)| {
            Finding::warning(
                &state.place,
                format!("who opts out in state `{name}` is not written down"),
                "lead `do_not_call` to a state with `do_not_call = true`",
            )
        })
        .collect()
}

/// Whether a wish to be called no more may lead from a state to one that does not grant it.
fn opt_out_fault(scenario: &Scenario, state: &State) -> bool {
    let mut ways = ways_of(scenario, state, OPT_OUT).peekable();
    ways.peek().is_none() || ways.any(|way| !grants(scenario, &way.target))
}

/// Whether a way leads to a state with `do_not_call = true` before anything else is asked.
fn grants(scenario: &Scenario, target: &Target) -> bool {
    let mut target = target;
    for _ in 0..=scenario.states.len() {
        let (Target::State(name) | Target::Call { state: name, .. }) = target else {
            return false;
        };
        let Some(state) = scenario.states.get(name) else {
            return false;
        };
        if state.deeds.do_not_call {
            return true;
        }
        match state.next.as_slice() {
            [only] => target = &only.target,
            _ => return false,
        }
    }
    false
}
