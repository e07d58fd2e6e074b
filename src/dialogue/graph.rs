//! A scenario as a picture: states and what leads from one to the next.
//!
//! What is valid in every state stands apart, under "at any time", since arrows from everywhere
//! to everywhere show nothing. Drawn as SVG by ourselves, or written as DOT or Mermaid.

use std::collections::{BTreeMap, BTreeSet};

use super::scenario::{Scenario, State, StateName, Target, Way};

mod curve;
mod layout;
mod svg;
mod traffic;
mod written;

pub use traffic::{Seen, Traffic};

/// What kind of state a box stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It asks and waits.
    Question,
    /// It speaks and goes on.
    Passing,
    /// The talk ends in it.
    End,
}

/// A state of the picture.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) name: String,
    pub(super) kind: Kind,
    /// What is said in it, the first wording.
    pub(super) text: String,
    /// The outcome, actions, and where a passing state returns to.
    pub(super) notes: Vec<String>,
    /// Whether only global ways lead to it.
    pub(super) apart: bool,
    /// How often calls entered it.
    pub(super) entered: u64,
}

/// An arrow.
#[derive(Debug, Clone)]
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    /// What leads along it.
    pub(super) labels: Vec<String>,
    /// How many calls went along it.
    pub(super) calls: u64,
    /// Whether it is seen in calls and not in the scenario.
    pub(super) foreign: bool,
}

/// Something valid in every state.
#[derive(Debug, Clone)]
pub(super) struct Anytime {
    pub(super) label: String,
    pub(super) to: usize,
    pub(super) calls: u64,
}

/// A scenario as boxes and arrows.
#[derive(Debug, Clone)]
pub struct Graph {
    pub(super) title: String,
    pub(super) start: usize,
    pub(super) nodes: Vec<Node>,
    pub(super) edges: Vec<Edge>,
    pub(super) anytime: Vec<Anytime>,
    /// How many calls the figures are from.
    pub(super) calls: Option<u64>,
}

impl Graph {
    /// The picture of a scenario.
    pub fn of(scenario: &Scenario) -> Self {
        let names: Vec<&StateName> = scenario.states.keys().collect();
        let index: BTreeMap<&StateName, usize> = names
            .iter()
            .enumerate()
            .map(|(at, name)| (*name, at))
            .collect();
        let mut drawing = Drawing {
            scenario,
            index: &index,
            edges: BTreeMap::new(),
        };
        for (name, state) in &scenario.states {
            drawing.state(name, state);
        }
        let edges: Vec<Edge> = drawing
            .edges
            .into_iter()
            .map(|((from, to), labels)| Edge {
                from,
                to,
                labels,
                calls: 0,
                foreign: false,
            })
            .collect();
        let anytime = anytime(scenario, &index);
        let led_to: BTreeSet<usize> = edges.iter().map(|edge| edge.to).collect();
        let start = index.get(&scenario.start).copied().unwrap_or_default();
        let nodes = scenario
            .states
            .iter()
            .enumerate()
            .map(|(at, (name, state))| {
                let apart =
                    at != start && !led_to.contains(&at) && anytime.iter().any(|any| any.to == at);
                node(scenario, name, state, apart)
            });
        Self {
            title: scenario.name.clone(),
            start,
            nodes: nodes.collect(),
            edges,
            anytime,
            calls: None,
        }
    }

    /// As SVG.
    pub fn svg(&self) -> String {
        svg::svg(self)
    }

    /// In the language of Graphviz.
    pub fn dot(&self) -> String {
        written::dot(self)
    }

    /// In the language of Mermaid.
    pub fn mermaid(&self) -> String {
        written::mermaid(self)
    }
}

fn node(scenario: &Scenario, name: &StateName, state: &State, apart: bool) -> Node {
    let language = scenario.language;
    let first = state.say.of(language).first();
    let mut notes = Vec::new();
    if let Some(outcome) = &state.outcome {
        notes.push(format!("outcome {outcome}"));
    }
    let deeds = &state.deeds;
    for (done, note) in [
        (deeds.do_not_call, "do not call"),
        (deeds.call_back.is_some(), "call back"),
        (deeds.transfer.is_some(), "transfer"),
    ] {
        notes.extend(done.then(|| note.to_owned()));
    }
    for way in &state.next {
        match way.target {
            Target::Back => notes.push("back to the question".to_owned()),
            Target::Return => notes.push("return".to_owned()),
            Target::State(_) | Target::Call { .. } => {}
        }
    }
    notes.dedup();
    Node {
        name: name.0.clone(),
        kind: match (state.is_final(), state.listens()) {
            (true, _) => Kind::End,
            (_, true) => Kind::Question,
            _ => Kind::Passing,
        },
        text: first.map_or_else(String::new, |text| shown(&text.text)),
        notes,
        apart,
        entered: 0,
    }
}

/// A template without its conditions: only what is said in any case, and the names of variables.
fn shown(template: &str) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{%") {
        text.push_str(before);
        rest = after.split_once("%}").map_or("", |(_, after)| after);
        // What hangs on the condition is left out, up to its end.
        if let Some((_, after)) = rest.split_once("{% endif %}") {
            rest = after;
        }
    }
    text.push_str(rest);
    let text = named(&text);
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}

/// Variables by their names, without the filters that say them.
fn named(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let (inside, after) = after.split_once("}}").unwrap_or((after, ""));
        let name = inside.split('|').next().unwrap_or_default().trim();
        shown.extend([before, "‹", name, "›"]);
        rest = after;
    }
    shown + rest
}

fn anytime(scenario: &Scenario, index: &BTreeMap<&StateName, usize>) -> Vec<Anytime> {
    let global = &scenario.global;
    let intents = global.on.iter().map(|(name, ways)| (name.clone(), ways));
    let keys = global
        .keys
        .iter()
        .map(|(key, ways)| (format!("[{key}]"), ways));
    let misses = [
        ("silence".to_owned(), &global.no_input),
        ("not understood".to_owned(), &global.no_match),
    ];
    let mut found = Vec::new();
    for (label, ways) in intents.chain(keys).chain(misses) {
        for way in ways {
            for state in way.target.states() {
                let Some(to) = index.get(state) else { continue };
                let label = labelled(&label, way);
                found.push(Anytime {
                    label,
                    to: *to,
                    calls: 0,
                });
            }
        }
    }
    found
}

fn labelled(label: &str, way: &Way) -> String {
    match &way.guard {
        Some(guard) if label.is_empty() => guard.text().to_owned(),
        Some(guard) => format!("{label} if {}", guard.text()),
        None => label.to_owned(),
    }
}

struct Drawing<'a> {
    scenario: &'a Scenario,
    index: &'a BTreeMap<&'a StateName, usize>,
    edges: BTreeMap<(usize, usize), Vec<String>>,
}

impl Drawing<'_> {
    fn state(&mut self, name: &StateName, state: &State) {
        for (intent, ways) in &state.on {
            self.ways(name, intent, ways);
        }
        for (key, ways) in &state.keys {
            self.ways(name, &format!("[{key}]"), ways);
        }
        for (slot, ways) in &state.slots {
            self.ways(name, &format!("{slot} ="), ways);
        }
        self.ways(name, "", &state.next);
        if state.listens() {
            let global = &self.scenario.global;
            let own = |ways: &[Way], global: &[Way]| {
                ways.first().map(|way| &way.place) != global.first().map(|way| &way.place)
            };
            if own(&state.no_input, &global.no_input) {
                self.ways(name, "silence", &state.no_input);
            }
            if own(&state.no_match, &global.no_match) {
                self.ways(name, "not understood", &state.no_match);
            }
        }
        let transfer = state.deeds.transfer.as_ref();
        if let Some(failed) = transfer.and_then(|transfer| transfer.failed.as_ref()) {
            self.edge(name, failed, "nobody takes the call".to_owned());
        }
    }

    fn ways(&mut self, from: &StateName, label: &str, ways: &[Way]) {
        for way in ways {
            let label = labelled(label, way);
            match &way.target {
                Target::State(to) => self.edge(from, to, label),
                Target::Call { state, then } => {
                    self.edge(from, state, format!("{label} (call)").trim().to_owned());
                    if let Some(then) = then {
                        self.edge(from, then, format!("{label} (then)").trim().to_owned());
                    }
                }
                Target::Back | Target::Return => {}
            }
        }
    }

    fn edge(&mut self, from: &StateName, to: &StateName, label: String) {
        let (Some(from), Some(to)) = (self.index.get(from), self.index.get(to)) else {
            return;
        };
        let labels = self.edges.entry((*from, *to)).or_default();
        if !label.is_empty() && !labels.contains(&label) {
            labels.push(label);
        }
    }
}

#[cfg(test)]
mod tests;
