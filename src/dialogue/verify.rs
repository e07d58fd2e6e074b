//! What holds for every talk that a scenario allows, shown by trying them all.
//!
//! The machine of the talk itself is driven: from each situation with everything a callee may do
//! there. Situations are told apart by state, question in hand, sub-dialogues, misses, and the
//! values that conditions ask for; so there are finitely many, and every path is among them.

use std::collections::BTreeMap;

use super::scenario::{Scenario, StateName};

mod explore;
mod longest;
mod once;
mod stimulus;

pub use longest::{LongCall, Longest, Tariff};

use explore::{Explored, Move};

/// One line of a dialogue that shows something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// We say this.
    Bot(String),
    /// The callee does this: an intent or a slot in brackets, a key, silence.
    Callee(String),
}

/// Something that does not hold, and the dialogue that shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: String,
    /// The dialogue up to there.
    pub dialogue: Vec<Line>,
}

/// What was found out about a scenario.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// Situations that were tried.
    pub situations: usize,
    /// Whether there were more than could be tried.
    pub incomplete: bool,
    /// What does not hold.
    pub problems: Vec<Problem>,
    /// Every outcome that can be reached, with the shortest dialogue that does.
    pub outcomes: BTreeMap<String, Vec<Line>>,
    /// The longest calls.
    pub longest: Longest,
    /// The longest talk in which each question is asked once, and its cost: what to reckon with,
    /// where the longest calls are bounds.
    pub once: (LongCall, f64),
    /// Rings of questions that only the limit of turns ends, as their states.
    pub rings: Vec<Vec<StateName>>,
    /// The limit of turns.
    pub turns: usize,
}

/// Tries every talk: whether each can come to an end, whether the callee can opt out and reach a
/// person from everywhere, and how long it can last.
pub fn verify(scenario: &Scenario, tariff: &Tariff) -> Verdict {
    let explored = explore::explore(scenario);
    let mut problems = unspoken(&explored);
    problems.extend(endless(&explored));
    problems.extend(unheeded(&explored, "do_not_call", |step| {
        step.reply.do_not_call
    }));
    let letting_go = explored.letting_go();
    problems.extend(unheeded(&explored, "human", |step| {
        step.reaches_person(&letting_go)
    }));
    problems.extend(never_entered(scenario, &explored));
    let mut outcomes = BTreeMap::new();
    for step in &explored.steps {
        if let Some(outcome) = &step.reply.outcome
            && !outcomes.contains_key(outcome)
        {
            outcomes.insert(outcome.clone(), explored.lines_with(step));
        }
    }
    let once = once::once(scenario, &explored);
    let cost = tariff.cost(once.ms, once.characters);
    Verdict {
        once: (once, cost),
        rings: once::rings(scenario, &explored),
        turns: usize::try_from(scenario.turns).unwrap_or(usize::MAX),
        situations: explored.situations.len(),
        incomplete: explored.incomplete,
        problems,
        outcomes,
        longest: longest::longest(scenario, &explored, tariff),
    }
}

/// That no talk can begin; else what the scenario asks for and cannot be done as written.
fn unspoken(explored: &Explored) -> Vec<Problem> {
    if let Some(refusal) = explored
        .refusal
        .as_ref()
        .filter(|_| explored.situations.is_empty())
    {
        return vec![Problem {
            message: format!("no talk can begin: {refusal}"),
            hint: "`novodial scenario check` tells where it stands".to_owned(),
            dialogue: Vec::new(),
        }];
    }
    let mut problems: BTreeMap<&str, Vec<Line>> = BTreeMap::new();
    for (fault, opening) in &explored.faults {
        let lines = opening.iter().cloned().map(Line::Bot).collect();
        problems.entry(fault).or_insert(lines);
    }
    for step in &explored.steps {
        for fault in &step.reply.faults {
            let lines = || explored.lines_with(step);
            problems.entry(fault).or_insert_with(lines);
        }
    }
    let problems = problems.into_iter();
    problems
        .map(|(fault, dialogue)| Problem {
            message: fault.to_owned(),
            hint: "mend the text, or the conditions of the ways; then verify again".to_owned(),
            dialogue,
        })
        .collect()
}

/// Situations that no end can be reached from, but by the limit of turns. Of those that were not
/// tried nothing is known.
fn endless(explored: &Explored) -> Vec<Problem> {
    let mut ends = vec![false; explored.situations.len()];
    for end in ends.iter_mut().skip(explored.left()) {
        *end = true;
    }
    loop {
        let mut changed = false;
        for step in &explored.steps {
            let over = step
                .to
                .is_none_or(|to| ends.get(to).copied().unwrap_or_default());
            if let Some(end) = ends.get_mut(step.from).filter(|end| over && !**end) {
                *end = true;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    let stuck = ends.iter().position(|end| !end);
    stuck
        .map(|at| Problem {
            message: format!(
                "from state `{}` no outcome can be reached",
                explored.state(at)
            ),
            hint: "lead on to a state with an `outcome`".to_owned(),
            dialogue: explored.lines_to(at),
        })
        .into_iter()
        .collect()
}

/// Situations where an intent is not answered as it must be; one for each state.
fn unheeded(
    explored: &Explored,
    intent: &str,
    heeded: impl Fn(&explore::Step) -> bool,
) -> Vec<Problem> {
    let mut states = BTreeMap::new();
    for at in 0..explored.left() {
        if explored.is_over(at) {
            continue;
        }
        let wish = Move::Intent(intent.to_owned());
        let mut answers = explored
            .steps_from(at)
            .filter(|step| step.act == wish)
            .peekable();
        let fine = answers.peek().is_some() && answers.all(&heeded);
        if !fine {
            states.entry(explored.state(at).clone()).or_insert(at);
        }
    }
    let what = if intent == "human" {
        (
            "a person cannot be reached",
            "lead `human` under [global.on] to a state with `transfer`, `call_back` or an `outcome` of its own",
        )
    } else {
        (
            "one cannot opt out",
            "lead `do_not_call` under [global.on] to a state with `do_not_call = true`",
        )
    };
    states
        .into_iter()
        .map(|(state, at)| Problem {
            message: format!("in state `{state}` {}", what.0),
            hint: what.1.to_owned(),
            dialogue: explored.lines_to(at),
        })
        .collect()
}

/// States that the drawing leads to and no talk ever enters, since conditions never hold.
fn never_entered(scenario: &Scenario, explored: &Explored) -> Vec<Problem> {
    if explored.incomplete || explored.situations.is_empty() {
        return Vec::new();
    }
    let reachable = super::lint::reachable(scenario);
    let unseen = reachable
        .into_iter()
        .filter(|name| !explored.entered.contains(*name));
    unseen
        .map(|name| Problem {
            message: format!("state `{name}` is never entered: no condition leads there"),
            hint: "mend the `if` of the ways that lead to it".to_owned(),
            dialogue: Vec::new(),
        })
        .collect()
}

#[cfg(test)]
mod tests;
