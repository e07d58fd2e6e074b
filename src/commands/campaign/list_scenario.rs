//! The scenario of a campaign, held against the list that it is for: what it says of a lead must
//! stand in every row.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use super::list_report::{ListReport, Rows, misspelt, tell_misspelt};
use super::replaced::{Samples, tell_replaced};
use crate::campaign::Misspelt;
use crate::commands::{Desk, talk_plan};
use crate::dialogue::{Scenario, lint, not_brought};
use crate::output::{ExitStatus, UserError, plain};
use crate::settings::{Settings, nearest};

/// So many lines are told by their numbers.
const TOLD: usize = 10;

/// What the leads of a campaign bring.
#[derive(Debug, Default)]
pub(super) struct Brings {
    /// The list, as it is shown; `None`: the leads are in the ledger already.
    pub(super) list: Option<String>,
    /// The variables that every lead brings with a value.
    pub(super) variables: BTreeSet<String>,
    /// Columns that some rows have no value in.
    pub(super) empty: BTreeMap<String, Rows>,
    /// Columns that are written nearly like reserved ones.
    pub(super) misspelt: Vec<Misspelt>,
    /// What stands in the columns.
    pub(super) samples: Samples,
}

/// A column that the scenario needs, and what the list has of it.
#[derive(Debug)]
pub(super) struct Lacking {
    pub(super) column: String,
    /// The rows without a value; `None`: there is no such column.
    pub(super) rows: Option<Rows>,
}

impl Lacking {
    /// The same in JSON: `rows` is `null` where there is no such column.
    pub(super) fn json(&self) -> serde_json::Value {
        let rows = self.rows.as_ref();
        serde_json::json!({
            "column": self.column,
            "rows": rows.map(|rows| rows.count),
            "lines": rows.map(|rows| &rows.lines),
        })
    }
}

impl Brings {
    /// What a list brings.
    pub(super) fn of(list: &ListReport) -> Self {
        Self {
            list: Some(list.shown.clone()),
            variables: list.variables.clone(),
            empty: list.empty.clone(),
            misspelt: list.misspelt.clone(),
            samples: list.samples.clone(),
        }
    }

    /// The columns that the scenario needs, as far as rows have no value in them.
    pub(super) fn lacking(&self, scenario: &Scenario) -> Vec<Lacking> {
        if self.list.is_none() {
            return Vec::new();
        }
        let mut all = self.variables.clone();
        all.extend(self.empty.keys().cloned());
        let absent = not_brought(scenario, &all).into_iter();
        let absent = absent.map(|name| Lacking {
            column: name.to_owned(),
            rows: None,
        });
        let sound = |given: &BTreeSet<String>| {
            not_brought(scenario, given).len()
                + lint(scenario, given).iter().filter(|f| f.fatal).count()
        };
        let with_all = sound(&all);
        let needed = |column: &String| {
            let mut rest = all.clone();
            rest.remove(column);
            sound(&rest) > with_all
        };
        let empty = self.empty.iter().filter(|(column, _)| needed(column));
        let empty = empty.map(|(column, rows)| Lacking {
            column: column.clone(),
            rows: Some(rows.clone()),
        });
        absent.chain(empty).collect()
    }

    /// Refuses a list some rows of which lack what the scenario says.
    ///
    /// # Errors
    /// The columns, and the lines without a value.
    pub(super) fn refuse(&self, shown: &str, lacking: &[Lacking]) -> anyhow::Result<()> {
        let list = self.list.as_deref().unwrap_or_default();
        if lacking.is_empty() {
            return Ok(());
        }
        let each: Vec<String> = lacking.iter().map(ToString::to_string).collect();
        let message = format!(
            "{list}: not every lead has what the scenario `{shown}` needs: {}",
            each.join("; ")
        );
        let absent = lacking.iter().filter(|lacking| lacking.rows.is_none());
        let columns = self.variables.iter().chain(self.empty.keys());
        let columns: Vec<&str> = columns.map(String::as_str).collect();
        let near = absent.filter_map(|lacking| {
            let near = nearest(&lacking.column, columns.iter().copied())?;
            Some(format!(
                "rename the column `{near}` to `{}`; ",
                lacking.column
            ))
        });
        let first = lacking
            .first()
            .map_or("", |lacking| lacking.column.as_str());
        let hint = format!(
            "{}fill the rows in, or give `{first}` a value for all under [variables] of the scenario",
            near.collect::<String>()
        );
        Err(UserError::new(
            ExitStatus::Invalid,
            "bad_leads",
            plain(&message).into_owned(),
        )
        .hint(plain(&hint).into_owned())
        .into())
    }
}

/// Reads the scenario that the list is for, and refuses a list that does not go with it.
///
/// # Errors
/// The scenario is wrong, or there is none; rows lack what it says.
pub(super) fn scenario_of(
    named: Option<&Path>,
    brings: &Brings,
    settings: &Settings,
    desk: &Desk<'_>,
) -> anyhow::Result<Arc<Scenario>> {
    let (shown, scenario) = talk_plan::read(named, settings, desk)?;
    let slips = misspelt(&brings.misspelt, &brings.variables, Some(&scenario));
    tell_misspelt(&slips, desk);
    let replaced = brings.samples.replacing(&scenario);
    tell_replaced(&replaced, brings.list.as_deref(), desk);
    brings.refuse(&shown, &brings.lacking(&scenario))?;
    talk_plan::refuse_without((&shown, &scenario), &brings.variables, ways_to_give)?;
    talk_plan::judge((&shown, scenario), &brings.variables, settings, desk)
}

/// How the leads of a campaign are given what they lack.
fn ways_to_give(name: &str) -> String {
    format!(
        "a column `{name}` of the list, added again (novodial campaign add), or a value under [variables] of the scenario"
    )
}

impl std::fmt::Display for Lacking {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let column = &self.column;
        match &self.rows {
            None => write!(f, "there is no column `{column}`"),
            Some(rows) => write!(f, "no `{column}` in {rows}"),
        }
    }
}

impl std::fmt::Display for Rows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let told: Vec<String> = self.lines.iter().take(TOLD).map(u64::to_string).collect();
        let lines = told.join(", ");
        let word = if told.len() == 1 { "line" } else { "lines" };
        write!(f, "{word} {lines}")?;
        match self.count.saturating_sub(told.len() as u64) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}
