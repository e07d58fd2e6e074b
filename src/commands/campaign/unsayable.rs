//! Columns whose names no prompt can hold: a variable has Latin letters, digits and `_`.

use std::fmt;

use serde::Serialize;

use super::list_report::ListReport;
use crate::language::{in_latin, latin_meant};

/// A column that no prompt can say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Unsayable {
    column: String,
    /// A name under which it could be said.
    rename: String,
}

impl fmt::Display for Unsayable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (column, rename) = (&self.column, &self.rename);
        write!(f, "`{column}`: rename it in Latin letters, `{rename}`")
    }
}

/// The columns of the list that no prompt can say.
pub(super) fn unsayable(list: &ListReport) -> Vec<Unsayable> {
    let columns = list.variables.iter().chain(list.empty.keys());
    columns.filter_map(|column| of(column)).collect()
}

fn of(column: &str) -> Option<Unsayable> {
    let part = |sign: char| sign.is_ascii_alphanumeric() || sign == '_';
    let begins = |name: &str| !name.starts_with(|sign: char| sign.is_ascii_digit());
    if column.chars().all(part) && begins(column) {
        return None;
    }
    let rename = latin_meant(column).unwrap_or_else(|| in_latin(column));
    let mut words = rename.split('_').filter(|word| !word.is_empty());
    let first = words.next().unwrap_or("column").to_owned();
    let rename = words.fold(first, |name, word| format!("{name}_{word}"));
    let rename = if begins(&rename) {
        rename
    } else {
        format!("column_{rename}")
    };
    Some(Unsayable {
        column: column.to_owned(),
        rename,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_that_no_prompt_can_say_is_told_with_a_name_that_would_do() {
        for (column, rename) in [
            ("город", Some("gorod")),
            ("имя_клиента", Some("imya_klienta")),
            ("сompany", Some("company")),
            ("цена,_руб", Some("tsena_rub")),
            ("2nd_phone", Some("column_2nd_phone")),
            ("№", Some("column")),
            ("company", None),
            ("phone2", None),
        ] {
            let found = of(column).map(|found| found.rename);
            assert_eq!(found.as_deref(), rename, "{column}");
        }
    }

    #[test]
    fn columns_with_and_without_a_value_in_each_row_are_looked_at() {
        let mut list = ListReport::new("leads.csv");
        list.variables.extend(["name", "город"].map(str::to_owned));
        list.empty.insert(
            "улица".to_owned(),
            super::super::list_report::Rows::default(),
        );
        let told: Vec<_> = unsayable(&list).iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "`город`: rename it in Latin letters, `gorod`",
                "`улица`: rename it in Latin letters, `ulitsa`",
            ]
        );
    }
}
