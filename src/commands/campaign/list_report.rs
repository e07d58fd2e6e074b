//! What was found in a lead list, beside its leads.

use std::collections::{BTreeMap, BTreeSet};

use super::replaced::Samples;
use crate::campaign::{Encoding, Misspelt, RejectedRow, RowNote};
use crate::commands::Desk;
use crate::commands::written::counted;
use crate::dialogue::{Scenario, lint, not_brought};
use crate::output::plain;

/// Rows of a list, by their lines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Rows {
    /// How many there are.
    pub(super) count: u64,
    /// The lines of the first of them.
    pub(super) lines: Vec<u64>,
}

/// What was found in a list, beside its leads.
#[derive(Debug)]
pub(super) struct ListReport {
    /// Its name for messages.
    pub(super) shown: String,
    pub(super) encoding: Encoding,
    pub(super) delimiter: u8,
    pub(super) titles: Vec<String>,
    /// The variables that every lead brings with a value.
    pub(super) variables: BTreeSet<String>,
    /// The other variables, and the rows that have no value for them.
    pub(super) empty: BTreeMap<String, Rows>,
    /// Rows that are leads, repeats among them.
    pub(super) leads: u64,
    /// The first of the rows that are none.
    pub(super) rejected: Vec<RejectedRow>,
    pub(super) rejected_count: u64,
    /// The first of what was mended.
    pub(super) notes: Vec<RowNote>,
    pub(super) notes_count: u64,
    /// Columns that are written nearly like reserved ones.
    pub(super) misspelt: Vec<Misspelt>,
    /// What stands in the columns.
    pub(super) samples: Samples,
}

/// Columns that were probably meant to be reserved ones: a variable that the scenario uses is not.
pub(super) fn misspelt<'a>(
    columns: &'a [Misspelt],
    variables: &BTreeSet<String>,
    scenario: Option<&Scenario>,
) -> Vec<&'a Misspelt> {
    let mut given = variables.clone();
    given.extend(columns.iter().map(|slip| slip.column.clone()));
    let found = |given: &BTreeSet<String>| -> Vec<String> {
        let findings = scenario.map(|scenario| lint(scenario, given));
        let findings = findings.into_iter().flatten();
        let needed = scenario.map_or_else(Vec::new, |scenario| not_brought(scenario, given));
        findings
            .map(|finding| finding.message)
            .chain(needed.into_iter().map(str::to_owned))
            .collect()
    };
    let with_all = found(&given);
    let used = |column: &str| {
        let mut rest = given.clone();
        rest.remove(column);
        found(&rest) != with_all
    };
    columns.iter().filter(|slip| !used(&slip.column)).collect()
}

/// Warns of columns that were probably meant to be reserved ones.
pub(super) fn tell_misspelt(columns: &[&Misspelt], desk: &Desk<'_>) {
    for slip in columns {
        desk.printer.warning(&plain(&slip.to_string()));
    }
}

/// The same in JSON.
pub(super) fn misspelt_json(columns: &[&Misspelt]) -> Vec<serde_json::Value> {
    let columns = columns.iter();
    columns
        .map(|slip| serde_json::json!({ "column": slip.column, "meant": slip.meant }))
        .collect()
}

impl ListReport {
    pub(super) fn new(shown: &str) -> Self {
        Self {
            shown: shown.to_owned(),
            encoding: Encoding::Utf8,
            delimiter: b',',
            titles: Vec::new(),
            variables: BTreeSet::new(),
            empty: BTreeMap::new(),
            leads: 0,
            rejected: Vec::new(),
            rejected_count: 0,
            notes: Vec::new(),
            notes_count: 0,
            misspelt: Vec::new(),
            samples: Samples::default(),
        }
    }

    /// Says on stderr what a person should look at.
    pub(super) fn tell(&self, desk: &Desk<'_>) {
        let shown = &self.shown;
        if self.leads + self.rejected_count == 0 {
            desk.printer
                .warning(&format!("{shown}: the list has no rows, only a header"));
        }
        for row in &self.rejected {
            let text = plain(&row.to_string()).into_owned();
            desk.printer.warning(&format!("{shown}: {text}"));
        }
        let told = self.rejected.len() as u64;
        if self.rejected_count > told {
            let more = self.rejected_count - told;
            desk.printer.warning(&format!(
                "{shown}: and {} that cannot be used",
                counted(more, "more row")
            ));
        }
        if self.notes_count > 0 {
            let count = self.notes_count;
            desk.printer.message(&format!(
                "{shown}: {} mended; `novodial campaign check` lists what",
                counted(count, "number")
            ));
        }
    }
}
