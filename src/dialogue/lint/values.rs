//! Variables that are asked for and have no value: on some way, or on all.
//!
//! What certainly has a value in a state is what has one on every way that leads there. It is
//! found by assuming everything of everything, and taking away until nothing changes.

use std::collections::{BTreeMap, BTreeSet};

use super::Finding;
use super::sayable;
use crate::dialogue::machine::{MARKS, stand_ins};
use crate::dialogue::scenario::place::nearest;
use crate::dialogue::scenario::{
    CallBack, OWN_NAMES, Put, Scenario, State, StateName, Target, Text, Way,
};
use crate::dialogue::slot::SlotKind;
use crate::dialogue::template::{self, Variables};

type Names<'a> = BTreeSet<&'a str>;
type Known<'a> = BTreeMap<&'a StateName, Names<'a>>;

pub(super) fn findings(scenario: &Scenario, given: &BTreeSet<String>) -> Vec<Finding> {
    let known = known_on_entering(scenario, given);
    let mut seeker = Seeker {
        scenario,
        given,
        universe: universe(scenario, given),
        values: example_values(scenario, given),
        findings: Vec::new(),
    };
    for (name, names) in &known {
        if let Some(state) = scenario.states.get(*name) {
            seeker.state(name, state, names);
        }
    }
    seeker.findings
}

/// Every name that something gives a value.
fn universe<'a>(scenario: &'a Scenario, given: &'a BTreeSet<String>) -> Names<'a> {
    let mut names = first_known(scenario, given);
    names.extend(scenario.defaults.keys().map(String::as_str));
    names.extend(scenario.slots.keys().map(String::as_str));
    names.extend(scenario.changed_names());
    names
}

fn first_known<'a>(scenario: &'a Scenario, given: &'a BTreeSet<String>) -> Names<'a> {
    let written = scenario
        .defaults
        .iter()
        .filter(|(_, value)| !value.trim().is_empty());
    let mut names: Names<'a> = written.map(|(name, _)| name.as_str()).collect();
    names.extend(scenario.fields.iter().chain(given).map(String::as_str));
    names.extend(OWN_NAMES);
    names
}

fn example_values(scenario: &Scenario, given: &BTreeSet<String>) -> Variables {
    let mut values = stand_ins(scenario);
    for name in scenario.fields.iter().chain(given) {
        values.entry(name.clone()).or_insert_with(|| "x".to_owned());
    }
    values.insert("said".to_owned(), "…".to_owned());
    for (name, value) in &scenario.defaults {
        values.insert(name.clone(), value.clone());
    }
    for (name, value) in [
        ("now", "2026-01-01T12:00"),
        ("today", "2026-01-01"),
        ("tomorrow", "2026-01-02"),
    ] {
        values.insert(name.to_owned(), value.to_owned());
    }
    for name in ["misses", "turns"] {
        values.insert(name.to_owned(), "1".to_owned());
    }
    values
}

/// What certainly has a value when a state is entered; for states that can be reached.
fn known_on_entering<'a>(scenario: &'a Scenario, given: &'a BTreeSet<String>) -> Known<'a> {
    let mut known = Known::from([(&scenario.start, first_known(scenario, given))]);
    // What a sub-dialogue leaves may change with any state of it: whoever calls one is looked at
    // again after everything else.
    let calls = |state: &State| {
        let mut ways = state.ways().chain(scenario.global.ways());
        ways.any(|way| matches!(way.target, Target::Call { .. }))
    };
    let callers = scenario.states.iter().filter(|(_, state)| calls(state));
    let callers: Vec<&StateName> = callers.map(|(name, _)| name).collect();
    let mut open = BTreeSet::from([&scenario.start]);
    let mut changed = false;
    loop {
        let Some(name) = open.pop_first() else {
            if !changed || callers.is_empty() {
                break;
            }
            changed = false;
            open.extend(callers.iter().filter(|name| known.contains_key(*name)));
            continue;
        };
        let (Some(state), Some(names)) = (scenario.states.get(name), known.get(name)) else {
            continue;
        };
        // Every change takes names away or reaches a state; there are only so many of both.
        for (target, names) in led_to(scenario, state, names, &known) {
            if less_known(&mut known, target, names) {
                open.insert(target);
                changed = true;
            }
        }
    }
    known
}

/// Keeps of a state what is known on one more way to it; whether that is less than before.
fn less_known<'a>(known: &mut Known<'a>, target: &'a StateName, names: Names<'a>) -> bool {
    let Some(old) = known.get_mut(target) else {
        known.insert(target, names);
        return true;
    };
    let before = old.len();
    old.retain(|name| names.contains(name));
    old.len() < before
}

/// Where a state leads, and what certainly has a value then.
fn led_to<'a>(
    scenario: &'a Scenario,
    state: &'a State,
    names: &Names<'a>,
    known: &Known<'a>,
) -> Vec<(&'a StateName, Names<'a>)> {
    let here = after_changes(names, state.deeds.changes.iter().map(|c| c.name.as_str()));
    let mut found = Vec::new();
    for (way, names) in taken(scenario, state, &here) {
        match &way.target {
            Target::State(next) => found.push((next, names)),
            Target::Call { state, then } => {
                if let Some(then) = then
                    && let Some(returned) = known_on_return(scenario, state, known)
                {
                    found.push((then, names.union(&returned).copied().collect()));
                }
                found.push((state, names));
            }
            Target::Back | Target::Return => {}
        }
    }
    let failed = state
        .deeds
        .transfer
        .as_ref()
        .and_then(|t| t.failed.as_ref());
    found.extend(failed.map(|failed| (failed, here)));
    found
}

/// The ways out of a state, each with what certainly has a value at its end.
fn taken<'a>(
    scenario: &'a Scenario,
    state: &'a State,
    here: &Names<'a>,
) -> Vec<(&'a Way, Names<'a>)> {
    let mut lists: Vec<(Option<&str>, &[Way])> = Vec::new();
    let own = state.on.values().chain(state.keys.values());
    lists.extend(own.map(|ways| (None, ways.as_slice())));
    lists.extend(
        state
            .slots
            .iter()
            .map(|(slot, ways)| (Some(slot.as_str()), ways.as_slice())),
    );
    lists.push((None, &state.next));
    if state.listens() {
        lists.extend([(None, state.no_input.as_slice()), (None, &state.no_match)]);
        let global = scenario
            .global
            .on
            .values()
            .chain(scenario.global.keys.values());
        lists.extend(global.map(|ways| (None, ways.as_slice())));
    }
    let mut found = Vec::new();
    for (slot, ways) in lists {
        let mut before = after_changes(here, slot);
        for way in ways {
            let mut names = before.clone();
            if let Some(guard) = &way.guard {
                names.extend(guard.grants(true));
                before.extend(guard.grants(false));
            }
            let changed = way.changes.iter().map(|c| c.name.as_str());
            found.push((way, after_changes(&names, changed)));
        }
    }
    found
}

fn after_changes<'a>(names: &Names<'a>, changed: impl IntoIterator<Item = &'a str>) -> Names<'a> {
    names.iter().copied().chain(changed).collect()
}

/// What certainly has a value when the sub-dialogue of a state returns; `None` while no way to
/// its end is known.
fn known_on_return<'a>(
    scenario: &'a Scenario,
    first: &'a StateName,
    known: &Known<'a>,
) -> Option<Names<'a>> {
    let mut seen = BTreeSet::new();
    let mut open = vec![first];
    let mut found: Option<Names<'a>> = None;
    while let Some(name) = open.pop() {
        let (Some(state), true) = (scenario.states.get(name), seen.insert(name)) else {
            continue;
        };
        let Some(names) = known.get(name) else {
            continue;
        };
        let here = after_changes(names, state.deeds.changes.iter().map(|c| c.name.as_str()));
        for (way, names) in taken(scenario, state, &here) {
            match &way.target {
                Target::Return => match &mut found {
                    Some(found) => found.retain(|name| names.contains(name)),
                    None => found = Some(names),
                },
                Target::State(next) => open.push(next),
                Target::Call { then, .. } => open.extend(then),
                Target::Back => {}
            }
        }
    }
    found
}

struct Seeker<'a> {
    scenario: &'a Scenario,
    given: &'a BTreeSet<String>,
    universe: Names<'a>,
    values: Variables,
    findings: Vec<Finding>,
}

impl<'a> Seeker<'a> {
    fn state(&mut self, name: &StateName, state: &'a State, entering: &Names<'a>) {
        let mut here = entering.clone();
        for change in &state.deeds.changes {
            if let Put::Set(text) = &change.put {
                self.text(name, text, &here);
            }
            here.insert(&change.name);
        }
        let deeds = &state.deeds;
        let to = deeds.transfer.as_ref().map(|transfer| &transfer.to);
        let whisper = deeds.transfer.as_ref().and_then(|t| t.whisper.as_ref());
        let others = deeds.send_keys.iter().chain(whisper);
        let data = state.data.iter().map(|(_, text)| text);
        for text in state
            .say
            .all()
            .chain(state.again.all())
            .chain(to)
            .chain(others)
        {
            self.text(name, text, &here);
        }
        for text in data {
            self.unknown(name, text);
            self.refused(name, text);
        }
        if let Some(CallBack::At(slot)) = &deeds.call_back {
            self.name_known(name, slot, state);
        }
        for (way, names) in taken(self.scenario, state, &here) {
            self.way(name, way, &names);
        }
    }

    fn way(&mut self, name: &StateName, way: &'a Way, names: &Names<'a>) {
        for change in &way.changes {
            if let Put::Set(text) = &change.put {
                self.text(name, text, names);
            }
        }
        for asked in way.guard.iter().flat_map(|guard| guard.names()) {
            if asked.starts_with("visits.") || self.universe.contains(asked) || self.marks(asked) {
                continue;
            }
            self.findings.push(Finding::failure(
                &way.place,
                format!("the condition asks for a variable nobody sets: {asked}"),
                self.hint(asked),
            ));
        }
    }

    /// `when.timed`, where `when` is a slot that may hold a moment.
    fn marks(&self, name: &str) -> bool {
        name.split_once('.').is_some_and(|(slot, mark)| {
            let spec = self.scenario.slots.get(slot);
            MARKS.contains(&mark) && spec.is_some_and(|spec| spec.kind == SlotKind::Moment)
        })
    }

    fn name_known(&mut self, name: &StateName, asked: &str, state: &State) {
        if !self.universe.contains(asked) {
            let slots = self.scenario.slots.iter();
            let timed = [SlotKind::Moment, SlotKind::Date];
            let slots = slots.filter(|(_, spec)| timed.contains(&spec.kind));
            let slots: Vec<String> = slots.map(|(slot, _)| format!("`\"{slot}\"`")).collect();
            let hint = ["`true`, without quotes".to_owned()];
            let hint = hint
                .into_iter()
                .chain(slots)
                .collect::<Vec<_>>()
                .join(" or ");
            self.findings.push(Finding::failure(
                &state.place,
                format!("state `{name}` calls back at `{asked}`, which nobody sets"),
                format!("write {hint}"),
            ));
        }
    }

    /// A text that must be sayable with what is known; rendering tells, since a template may
    /// allow for an absence.
    fn text(&mut self, name: &StateName, text: &Text, known: &Names<'_>) {
        let wanted = template::variables_of(&text.text).unwrap_or_default();
        if !text.text.contains('{') {
            return;
        }
        let mut values = self.values.clone();
        values.retain(|name, _| known.contains(name.as_str()));
        let language = self.scenario.language;
        let rendered = sayable::rendered(self.scenario, language, &text.text, &values);
        if !rendered.is_err_and(|error| error.missing) {
            self.unknown(name, text);
            self.refused(name, text);
            return;
        }
        let missing: Vec<&str> = wanted
            .iter()
            .map(String::as_str)
            .filter(|wanted| !known.contains(wanted))
            .collect();
        let (later, never): (Vec<&str>, Vec<&str>) = missing
            .into_iter()
            .partition(|name| self.universe.contains(name));
        let (message, hint) = match never.first() {
            Some(first) => (
                format!(
                    "state `{name}` asks for a variable nobody sets: {}",
                    never.join(", ")
                ),
                self.hint(first),
            ),
            None => (
                format!(
                    "state `{name}` may be reached before this has a value: {}",
                    later.join(", ")
                ),
                "ask for it on every way there, or allow for its absence: {% if … %}".to_owned(),
            ),
        };
        self.findings
            .push(Finding::failure(&text.place, message, hint));
    }

    /// A filter that refuses its options, or what the slot holds. Every name has a value here: a
    /// slot may be filled where only a condition on its marks tells so.
    fn refused(&mut self, name: &StateName, text: &Text) {
        if let Err(error) = sayable::refused(self.scenario, &text.text, &self.values) {
            self.findings.push(Finding::failure(
                &text.place,
                format!("state `{name}` has a text that cannot be said: {error}"),
                "the filters and their options are in docs/scenario.md, under Values",
            ));
        }
    }

    /// Names in a text that may be absent, and that nothing ever gives a value: misspelt, likely.
    fn unknown(&mut self, name: &StateName, text: &Text) {
        for wanted in template::variables_of(&text.text).unwrap_or_default() {
            if !self.universe.contains(wanted.as_str()) {
                self.findings.push(Finding::warning(
                    &text.place,
                    format!("state `{name}` mentions a variable nobody sets: {wanted}"),
                    self.hint(&wanted),
                ));
            }
        }
    }

    fn hint(&self, name: &str) -> String {
        let near = nearest(name, self.universe.iter().copied());
        let usual = "give it a value under [variables], by --var, or as a column of the leads";
        let column = self
            .given
            .iter()
            .find(|given| near.contains(&format!("`{given}`")));
        if let Some(column) = column.filter(|column| !self.scenario.defaults.contains_key(*column))
        {
            return format!("the list has a column `{column}`: is that its name? Else {usual}");
        }
        if near.starts_with("did you mean") {
            format!("{near} Else {usual}")
        } else {
            usual.to_owned()
        }
    }
}
