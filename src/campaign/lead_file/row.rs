//! From the fields of a row to a lead: each reserved column has its type.

use std::collections::BTreeMap;

use super::columns::{Columns, Meaning, Reserved};
use super::error::RowFault;
use crate::campaign::bound::{self, Bound};
use crate::campaign::{Consent, Lead, Terms, Zone};
use crate::phone::{CellNote, NumberCell, NumberRules, PhoneNumber};

const PRIORITIES: std::ops::RangeInclusive<i32> = -100..=100;

/// The lead of a row and what was mended in its number; `None` for a row without content.
pub(super) fn lead(
    columns: &Columns,
    rules: &NumberRules,
    line: u64,
    fields: &[String],
) -> Result<Option<(Lead, Vec<CellNote>)>, RowFault> {
    if fields.iter().all(|field| field.trim().is_empty()) {
        return Ok(None);
    }
    columns.check_count(fields)?;
    let mut number = "";
    let mut name = None;
    let mut terms = Terms::default();
    let mut variables = BTreeMap::new();
    for (meaning, value) in columns.meanings.iter().zip(fields) {
        let value = value.trim();
        match meaning {
            Meaning::Number => number = value,
            Meaning::Name => name = Some(value.to_owned()).filter(|name| !name.is_empty()),
            Meaning::Reserved(_) if value.is_empty() => {}
            Meaning::Reserved(column) => set(&mut terms, *column, value, rules)?,
            Meaning::Variable(key) => {
                variables.insert(key.clone(), value.to_owned());
            }
            Meaning::Nothing => {}
        }
    }
    check_order(&terms)?;
    let cell = NumberCell::parse(number, rules).map_err(RowFault::Number)?;
    let lead = Lead {
        number: cell.first.number,
        extension: cell.first.extension,
        alternates: cell.rest,
        name,
        terms,
        fields: variables,
        line,
    };
    Ok(Some((lead, cell.notes)))
}

/// Sets what one reserved column says.
fn set(
    terms: &mut Terms,
    column: Reserved,
    value: &str,
    rules: &NumberRules,
) -> Result<(), RowFault> {
    match column {
        Reserved::Priority => terms.priority = priority(value)?,
        Reserved::Timezone => {
            let zone = Zone::parse(value).map_err(|bad| {
                RowFault::value(
                    column,
                    bad.to_string(),
                    "write one like Europe/Moscow or UTC+5",
                )
            })?;
            terms.timezone = Some(zone);
        }
        Reserved::NotBefore => terms.not_before = Some(bound(column, value)?),
        Reserved::NotAfter => terms.not_after = Some(bound(column, value)?),
        Reserved::Scenario => terms.scenario = Some(value.to_owned()),
        Reserved::CallerId => terms.caller_id = Some(caller_id(value, rules)?),
        Reserved::Consent => terms.consent = Consent::parse(value),
        Reserved::ConsentDate => {
            let date = bound::date(value).ok_or_else(|| {
                let complaint = format!("`{value}` is not a date");
                RowFault::value(column, complaint, "write 2026-11-25 or 25.11.2026")
            })?;
            terms.consent_date = Some(date);
        }
        Reserved::Callee => terms.callee = Some(callee(value)?),
    }
    Ok(())
}

fn priority(value: &str) -> Result<i32, RowFault> {
    let number = value.strip_suffix(".0").unwrap_or(value).parse().ok();
    number
        .filter(|number| PRIORITIES.contains(number))
        .ok_or_else(|| {
            let complaint = format!("`{value}` is not a whole number from -100 to 100");
            RowFault::value(
                Reserved::Priority,
                complaint,
                "leave it empty for 0; higher comes first",
            )
        })
}

fn bound(column: Reserved, value: &str) -> Result<Bound, RowFault> {
    Bound::parse(value).ok_or_else(|| {
        let complaint = format!("`{value}` is neither an hour nor a day");
        RowFault::value(
            column,
            complaint,
            "write 10:00, 2026-11-25 or 2026-11-25 10:00",
        )
    })
}

/// Our own number may be a toll-free one, whatever we may ring.
fn caller_id(value: &str, rules: &NumberRules) -> Result<PhoneNumber, RowFault> {
    let rules = NumberRules {
        premium: true,
        ..rules.clone()
    };
    PhoneNumber::parse(value, &rules).map_err(|error| {
        RowFault::value(
            Reserved::CallerId,
            error.to_string(),
            "write a number of your own trunk, or leave it empty",
        )
    })
}

fn callee(value: &str) -> Result<String, RowFault> {
    let fits = |sign: char| sign.is_alphanumeric() || matches!(sign, '_' | '-');
    if value.chars().all(fits) && value.chars().count() <= 64 {
        return Ok(value.to_owned());
    }
    let complaint = format!("`{value}` is not the name of a part");
    Err(RowFault::value(
        Reserved::Callee,
        complaint,
        "write a part of the rehearsal, such as busy, or leave it empty",
    ))
}

/// What is to begin after its end would never be rung.
fn check_order(terms: &Terms) -> Result<(), RowFault> {
    let later = match (terms.not_before, terms.not_after) {
        (Some(Bound::Day(first)), Some(Bound::Day(last))) => first > last,
        (Some(Bound::Local(first)), Some(Bound::Local(last))) => first >= last,
        (Some(Bound::Instant(first)), Some(Bound::Instant(last))) => first >= last,
        (Some(Bound::Daily(first)), Some(Bound::Daily(last))) => first >= last,
        _ => false,
    };
    if !later {
        return Ok(());
    }
    Err(RowFault::value(
        Reserved::NotAfter,
        "it ends before not_before begins".to_owned(),
        "write a later not_after or an earlier not_before",
    ))
}
