//! Columns of a list that take the place of words which the scenario has for everybody: where
//! `company` is our own name in the scenario, and the callee's in the list, the robot introduces
//! itself as the callee's.

use std::collections::BTreeMap;
use std::fmt;

use crate::commands::Desk;
use crate::dialogue::Scenario;
use crate::output::plain;

/// A value is told up to so many letters.
const TOLD: usize = 40;

/// The first two values of each column that differ from one another.
#[derive(Debug, Clone, Default)]
pub(super) struct Samples(BTreeMap<String, Vec<String>>);

impl Samples {
    /// Keeps a value, where it tells something new.
    pub(super) fn take(&mut self, column: &str, value: &str) {
        let value = value.trim();
        match self.0.get_mut(column) {
            None => {
                self.0.insert(column.to_owned(), vec![value.to_owned()]);
            }
            Some(known) if known.len() == 1 && known.iter().all(|one| one != value) => {
                known.push(value.to_owned());
            }
            Some(_) => {}
        }
    }

    /// The columns that stand over a value of the scenario's `[variables]` with another one. A name
    /// is everybody's own, and what is empty there waits for the list.
    pub(super) fn replacing(&self, scenario: &Scenario) -> Vec<Replaced> {
        let ours = scenario.defaults.iter();
        let ours = ours.filter(|(name, value)| *name != "name" && !value.trim().is_empty());
        ours.filter_map(|(column, ours)| {
            let theirs = self.0.get(column)?;
            let theirs = theirs.iter().find(|theirs| *theirs != ours.trim())?;
            Some(Replaced {
                column: column.clone(),
                ours: ours.clone(),
                theirs: theirs.clone(),
            })
        })
        .collect()
    }
}

/// A column that stands over a value of the scenario's.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Replaced {
    column: String,
    /// What the scenario has for everybody.
    ours: String,
    /// What the list has instead, for the first whom it concerns.
    theirs: String,
}

impl Replaced {
    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::json!({
            "column": self.column, "scenario": self.ours, "list": self.theirs,
        })
    }
}

impl fmt::Display for Replaced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (column, ours, theirs) = (&self.column, told(&self.ours), told(&self.theirs));
        write!(
            f,
            "the column `{column}` stands over the scenario's own `{column}`: callees hear \
             “{theirs}” in place of “{ours}” (if that is not meant, rename the column, for \
             instance to `lead_{column}`)"
        )
    }
}

fn told(value: &str) -> String {
    let mut letters = value.chars();
    let mut told: String = letters.by_ref().take(TOLD).collect();
    if letters.next().is_some() {
        told.push('…');
    }
    told
}

/// Warns of columns that stand over values of the scenario's.
pub(super) fn tell_replaced(columns: &[Replaced], list: Option<&str>, desk: &Desk<'_>) {
    for column in columns {
        let list = list.map_or_else(String::new, |list| format!("{list}: "));
        desk.printer.warning(&plain(&format!("{list}{column}")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replacing(column: &str, values: &[&str]) -> Vec<String> {
        let offer = include_str!("../../../scenarios/offer.ru.toml");
        let offer = offer.replace(
            "[variables]",
            "[variables]\nname = \"друг\"\ncity = \"\"\n#",
        );
        let scenario = Scenario::parse(&offer).unwrap();
        let mut samples = Samples::default();
        for value in values {
            samples.take(column, value);
        }
        let replaced = samples.replacing(&scenario);
        replaced.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_column_over_our_own_name_is_told_with_both_values() {
        assert_eq!(
            replacing("company", &["Ромашка", "ООО Вектор", "Тополь"]),
            [
                "the column `company` stands over the scenario's own `company`: callees hear \
              “ООО Вектор” in place of “Ромашка” (if that is not meant, rename the column, for \
              instance to `lead_company`)"
            ]
        );
    }

    #[test]
    fn what_says_the_same_or_was_to_be_brought_is_not_told() {
        for (column, values) in [
            ("company", &["Ромашка", " Ромашка "][..]),
            ("name", &["Анна"]),
            ("city", &["Тверь"]),
            ("street", &["Лесная"]),
            ("company", &[]),
        ] {
            assert_eq!(replacing(column, values), [""; 0], "{column}");
        }
    }
}
