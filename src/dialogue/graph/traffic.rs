//! What real calls did, to be shown on the arrows.

use std::collections::BTreeMap;

use super::{Anytime, Edge, Graph};

/// One turn of a recorded call, as far as the picture is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// We spoke in this state.
    Bot(String),
    /// The callee answered in this state, and this was understood.
    Callee(Option<String>, Option<String>),
}

/// Steps counted over many calls: from a state, by an intent, to a state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Traffic {
    calls: u64,
    entered: BTreeMap<String, u64>,
    steps: BTreeMap<(String, Option<String>, String), u64>,
}

impl Traffic {
    /// Adds a call.
    pub fn add(&mut self, turns: &[Seen]) {
        self.calls += 1;
        let mut at: Option<&str> = None;
        let mut meant: Option<&str> = None;
        for turn in turns {
            match turn {
                Seen::Callee(state, intent) => {
                    // Where the answer was heard is where we were, whatever was said there.
                    at = state.as_deref().or(at);
                    meant = intent.as_deref();
                }
                Seen::Bot(state) => {
                    if at != Some(state) {
                        *self.entered.entry(state.clone()).or_default() += 1;
                        if let Some(from) = at {
                            let step = (from.to_owned(), meant.map(str::to_owned), state.clone());
                            *self.steps.entry(step).or_default() += 1;
                        }
                    }
                    at = Some(state);
                    meant = None;
                }
            }
        }
    }
}

impl Graph {
    /// The picture with the traffic of real calls on its arrows.
    #[must_use]
    pub fn with(mut self, traffic: &Traffic) -> Self {
        self.calls = Some(traffic.calls);
        for node in &mut self.nodes {
            node.entered = traffic.entered.get(&node.name).copied().unwrap_or_default();
        }
        let place = |name: &str| self.nodes.iter().position(|node| node.name == name);
        let steps: Vec<_> = traffic
            .steps
            .iter()
            .filter_map(|((from, by, to), calls)| {
                Some((place(from)?, by.as_deref(), place(to)?, *calls))
            })
            .collect();
        for (from, by, to, calls) in steps {
            self.count(from, by, to, calls);
        }
        self
    }

    /// Puts calls on the arrow that they went along: that of the state, else the one that is
    /// valid everywhere, else a new one, since the scenario has changed.
    fn count(&mut self, from: usize, by: Option<&str>, to: usize, calls: u64) {
        let own = |edge: &&mut Edge| edge.from == from && edge.to == to && !edge.foreign;
        if let Some(edge) = self.edges.iter_mut().find(own) {
            edge.calls += calls;
            return;
        }
        let labelled = |any: &&mut Anytime| {
            any.to == to && by.is_none_or(|by| any.label.split(' ').next() == Some(by))
        };
        if let Some(any) = self.anytime.iter_mut().find(labelled) {
            any.calls += calls;
            return;
        }
        // A passing state goes back to a question that no arrow leads to.
        let returns = self.nodes.get(from).is_some_and(|node| {
            let back = ["back to the question", "return"];
            node.notes.iter().any(|note| back.contains(&note.as_str()))
        });
        if !returns {
            self.edges.push(Edge {
                from,
                to,
                labels: by.map(str::to_owned).into_iter().collect(),
                calls,
                foreign: true,
            });
        }
    }
}
