//! What is allowed and still a mistake: found before the first call.

use std::collections::BTreeSet;

use super::scenario::{Place, Scenario};

mod disclosure;
mod reach;
mod values;
mod wording;

pub use disclosure::discloses;
pub(super) use disclosure::spoken_ms;
pub(super) use reach::{accepted, reachable};

/// A remark about a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Whether a call must not be placed with it.
    pub fatal: bool,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: String,
    /// Where, if it stands somewhere.
    pub place: Option<Place>,
}

impl Finding {
    fn warning(place: &Place, message: String, hint: impl Into<String>) -> Self {
        Self {
            fatal: false,
            message,
            hint: hint.into(),
            place: Some(place.clone()),
        }
    }

    fn failure(place: &Place, message: String, hint: impl Into<String>) -> Self {
        Self {
            fatal: true,
            ..Self::warning(place, message, hint)
        }
    }
}

/// The columns that every lead must bring, and that neither the leads nor the scenario give a value.
/// [`lint`] takes them for given: it looks at a scenario without a list.
pub fn not_brought<'a>(scenario: &'a Scenario, given: &BTreeSet<String>) -> Vec<&'a str> {
    let by_itself = |name: &String| {
        let value = scenario.defaults.get(name);
        value.is_some_and(|value| !value.trim().is_empty())
    };
    let wanted = scenario.fields.iter();
    wanted
        .filter(|name| !given.contains(*name) && !by_itself(name))
        .map(String::as_str)
        .collect()
}

/// Looks for states that nothing leads to or that nothing leads out of, a missing opt-out or
/// disclosure, variables that nobody sets, slots that are never filled, and words that contradict
/// one another. `given` are the names that every lead brings.
pub fn lint(scenario: &Scenario, given: &BTreeSet<String>) -> Vec<Finding> {
    let mut findings = reach::findings(scenario);
    findings.extend(disclosure::findings(scenario));
    findings.extend(values::findings(scenario, given));
    findings.extend(wording::findings(scenario));
    findings.sort_by(|a, b| (!a.fatal, &a.place).cmp(&(!b.fatal, &b.place)));
    findings.dedup();
    findings
}
