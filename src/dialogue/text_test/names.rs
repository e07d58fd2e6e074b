//! The names that dialogues may use: a misspelt one would never fail as what it is.

use std::collections::BTreeSet;

use super::super::scenario::place::nearest;
use super::super::scenario::{CallBack, Put, Scenario, Text};
use super::super::template;
use super::{Case, Failure, Step};

/// Columns that lists have whatever the scenario asks for.
const USUAL_COLUMNS: [&str; 3] = ["name", "phone", "language"];
/// What a talk ends with that no state ends.
const OWN_OUTCOME: &str = "no_input";
const NONE: &str = "none";

/// What a scenario knows, by kind.
pub(super) struct Names {
    states: BTreeSet<String>,
    meanings: BTreeSet<String>,
    outcomes: BTreeSet<String>,
    kept: BTreeSet<String>,
    columns: BTreeSet<String>,
}

impl Names {
    pub(super) fn of(scenario: &Scenario) -> Self {
        let slots = || scenario.slots.keys().cloned();
        let intents = scenario.intents.iter().flat_map(|(_, set)| set.names());
        let states = scenario.states.values();
        let outcomes = states.clone().filter_map(|state| state.outcome.clone());
        let data = states.flat_map(|state| state.data.iter().map(|(name, _)| name.clone()));
        let own = [OWN_OUTCOME, NONE].map(str::to_owned);
        Self {
            states: scenario.states.keys().map(|name| name.0.clone()).collect(),
            meanings: intents
                .map(str::to_owned)
                .chain(slots())
                .chain([NONE.to_owned()])
                .collect(),
            outcomes: outcomes.chain(own).collect(),
            kept: slots().chain(data).chain(["tags".to_owned()]).collect(),
            columns: columns(scenario),
        }
    }

    /// The first name of a dialogue that the scenario does not know.
    pub(super) fn unknown(&self, case: &Case) -> Option<Failure> {
        let lead = case.lead.keys().find_map(|name| {
            let what = "a column that the scenario asks for";
            Some((case.line, misnamed(name, &self.columns, what)?))
        });
        let step = || {
            let mut steps = case.steps.iter();
            steps.find_map(|(line, step)| Some((*line, self.misnamed_in(step)?)))
        };
        let (line, (expected, found)) = lead.or_else(step)?;
        Some(Failure {
            case: case.name.clone(),
            line,
            expected,
            found,
        })
    }

    fn misnamed_in(&self, step: &Step) -> Option<(String, String)> {
        match step {
            Step::State(name) => misnamed(name, &self.states, "a state of the scenario"),
            Step::Intent(name) => {
                misnamed(name, &self.meanings, "an intent or a slot of the scenario")
            }
            Step::Outcome(name) => misnamed(name, &self.outcomes, "an outcome of the scenario"),
            Step::Value(name, _) => misnamed(name, &self.kept, "a slot, or what is kept"),
            Step::Bot(_) | Step::Callee(_) | Step::Tag(_) | Step::Deed(_) => None,
        }
    }
}

fn misnamed(name: &str, known: &BTreeSet<String>, what: &str) -> Option<(String, String)> {
    if known.contains(name) {
        return None;
    }
    let hint = nearest(name, known.iter().map(String::as_str));
    let found = format!("there is none: `{name}`; {hint}");
    Some((what.to_owned(), found.trim_end_matches("; ").to_owned()))
}

/// Every name that a text, a condition or a deed of the scenario asks for.
fn columns(scenario: &Scenario) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = scenario.fields.clone();
    names.extend(USUAL_COLUMNS.map(str::to_owned));
    names.extend(scenario.defaults.keys().cloned());
    let guards = scenario.all_ways().filter_map(|way| way.guard.as_ref());
    let globals = [&scenario.global.no_input, &scenario.global.no_match];
    let globals = globals.into_iter().flatten();
    let guards = guards.chain(globals.filter_map(|way| way.guard.as_ref()));
    names.extend(guards.flat_map(|guard| guard.names()).map(str::to_owned));
    let asked = texts(scenario);
    names.extend(asked.flat_map(|text| template::variables_of(&text.text).unwrap_or_default()));
    let deeds = scenario.states.values().map(|state| &state.deeds);
    names.extend(deeds.filter_map(|deeds| match &deeds.call_back {
        Some(CallBack::At(name)) => Some(name.clone()),
        Some(CallBack::Sometime) | None => None,
    }));
    names
}

fn texts(scenario: &Scenario) -> impl Iterator<Item = &Text> {
    let of_ways = scenario.all_ways().flat_map(|way| &way.changes);
    let of_states = scenario.states.values();
    let changes = of_states.clone().flat_map(|state| &state.deeds.changes);
    let set = changes
        .chain(of_ways)
        .filter_map(|change| match &change.put {
            Put::Set(text) => Some(text),
            Put::Add(_) => None,
        });
    let of_deeds = of_states.clone().flat_map(|state| {
        let transfer = state.deeds.transfer.as_ref();
        let to = transfer.map(|transfer| &transfer.to);
        let whisper = transfer.and_then(|transfer| transfer.whisper.as_ref());
        let files = [&state.deeds.play, &state.deeds.send_keys];
        to.into_iter()
            .chain(whisper)
            .chain(files.into_iter().flatten())
    });
    let said = of_states.flat_map(|state| {
        let data = state.data.iter().map(|(_, text)| text);
        state.say.all().chain(state.again.all()).chain(data)
    });
    said.chain(of_deeds).chain(set)
}
