//! What is allowed and still a mistake: found before the first call.

use std::collections::BTreeSet;

use super::scenario::{BACK, Scenario, StateName};
use super::template;

/// A remark about a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Whether a call must not be placed with it.
    pub fatal: bool,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

/// Looks for states that nothing leads to, missing ends, a missing opt-out, and variables that
/// neither the scenario nor the lead sets. `given` are the names that every lead brings.
pub fn lint(scenario: &Scenario, given: &BTreeSet<String>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for name in unreachable(scenario) {
        findings.push(Finding {
            fatal: false,
            message: format!("state `{name}` cannot be reached"),
            hint: "lead to it from another state, or remove it".to_owned(),
        });
    }
    if !scenario.states.values().any(super::State::is_final) {
        findings.push(Finding {
            fatal: true,
            message: "no state has an `outcome`: the dialogue never ends".to_owned(),
            hint: "give a state `outcome = \"…\"`".to_owned(),
        });
    }
    let opt_out = scenario
        .global
        .get("do_not_call")
        .and_then(|name| scenario.states.get(name));
    if !opt_out.is_some_and(|state| state.do_not_call) {
        findings.push(Finding {
            fatal: false,
            message: "no way to opt out in every state".to_owned(),
            hint:
                "add `do_not_call = \"…\"` under [global.on], to a state with `do_not_call = true`"
                    .to_owned(),
        });
    }
    findings.extend(unset_variables(scenario, given));
    findings
}

fn unreachable(scenario: &Scenario) -> Vec<StateName> {
    let mut seen = BTreeSet::new();
    let mut open: Vec<&StateName> = vec![&scenario.start];
    open.extend(scenario.global.values());
    while let Some(name) = open.pop() {
        if name.0 == BACK || !seen.insert(name.clone()) {
            continue;
        }
        if let Some(state) = scenario.states.get(name) {
            open.extend(state.ways());
        }
    }
    scenario
        .states
        .keys()
        .filter(|name| !seen.contains(*name))
        .cloned()
        .collect()
}

/// Variables without a value, told by rendering each prompt with what is known: a template that
/// allows for the absence is fine.
fn unset_variables(scenario: &Scenario, given: &BTreeSet<String>) -> Vec<Finding> {
    let mut variables = scenario.defaults.clone();
    for name in given {
        variables.insert(name.clone(), "x".to_owned());
    }
    let mut findings = Vec::new();
    for (name, state) in &scenario.states {
        for text in state.say.iter().chain(&state.again) {
            if template::render(text, &variables).is_err() {
                let wanted: Vec<String> = template::variables_of(text)
                    .unwrap_or_default()
                    .into_iter()
                    .filter(|wanted| !variables.contains_key(wanted))
                    .collect();
                findings.push(Finding {
                    fatal: true,
                    message: format!(
                        "state `{name}` asks for a variable nobody sets: {}",
                        wanted.join(", ")
                    ),
                    hint:
                        "give it a value under [variables], by --var, or as a column of the leads"
                            .to_owned(),
                });
            }
        }
    }
    findings
}
