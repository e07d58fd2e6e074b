//! `novodial do-not-call import`: many numbers at once, from a file as people keep them.

use std::io::Read;
use std::path::Path;

use jiff::Timestamp;

use crate::campaign::{LeadFile, RejectedRow};
use crate::commands::Desk;
use crate::commands::written::counted;
use crate::output::{Envelope, ExitStatus, UserError, plain};
use crate::phone::{NumberRules, PhoneNumber};
use crate::settings::Settings;
use crate::store::Ledger;

/// Rows that cannot be used are told one by one up to so many.
const TOLD: usize = 10;
/// The first line that a plain list of numbers does not have.
const HEADING: &[u8] = b"phone\n";

pub(super) fn import(
    file: &Path,
    (reason, column): (Option<&str>, Option<&str>),
    (ledger, settings): (&Ledger, &Settings),
    desk: &Desk<'_>,
) -> anyhow::Result<ExitStatus> {
    let (shown, bytes) = read(file, desk)?;
    // Whoever must not be rung may stand on the list, whatever the policy is today.
    let rules = NumberRules {
        premium: true,
        ..settings.policy.numbers.clone()
    };
    let plain = column.is_none() && is_plain(&bytes, &rules);
    let bytes = if plain {
        [HEADING, bytes.as_slice()].concat()
    } else {
        bytes
    };
    let mut list = LeadFile::parse(&shown, &bytes, column, &rules)?;
    if plain {
        // Lines are counted as they stand in the file.
        list.rejected.iter_mut().for_each(|row| row.line -= 1);
    }
    let usual = reason.map_or_else(|| format!("imported from {shown}"), str::to_owned);
    let numbers = numbers(&list, &usual);
    let added = ledger.forbid_all(&numbers, Timestamp::now())?;
    let known = (numbers.len() as u64).saturating_sub(added);
    tell(&shown, &list.rejected, desk);
    if desk.printer.is_json() {
        let rejected = list.rejected.iter().take(TOLD);
        let rejected: Vec<_> = rejected
            .map(|row| serde_json::json!({ "line": row.line, "why": row.fault.to_string(), "hint": row.hint() }))
            .collect();
        let body = serde_json::json!({
            "file": shown, "added": added, "known": known,
            "rejected_count": list.rejected.len(), "rejected": rejected,
        });
        desk.printer
            .json(&Envelope::new("novodial.do_not_call_import/1", body))?;
    } else {
        let rejected = list.rejected.len();
        desk.printer.message(&format!(
            "{shown}: {} never rung from now on, {known} on the list already, {} not to be used",
            counted(added, "number"),
            counted(rejected, "row")
        ));
    }
    Ok(if list.rejected.is_empty() {
        ExitStatus::Success
    } else {
        ExitStatus::No
    })
}

/// The name for messages, and the bytes.
fn read(file: &Path, desk: &Desk<'_>) -> anyhow::Result<(String, Vec<u8>)> {
    let (shown, bytes) = if file == Path::new("-") {
        let mut bytes = Vec::new();
        let read = std::io::stdin().lock().read_to_end(&mut bytes);
        ("standard input".to_owned(), read.map(|_| bytes))
    } else {
        (file.display().to_string(), std::fs::read(desk.path(file)))
    };
    let bytes = bytes.map_err(|error| {
        let message = format!("`{shown}` cannot be read: {error}");
        UserError::new(ExitStatus::Invalid, "bad_list", message).hint("check the path")
    })?;
    Ok((shown, bytes))
}

/// Whether it is a plain list of numbers, without a first line that names columns.
fn is_plain(bytes: &[u8], rules: &NumberRules) -> bool {
    let first = bytes.split(|&byte| byte == b'\n').next();
    let first = String::from_utf8_lossy(first.unwrap_or_default());
    let first = first.trim_start_matches('\u{feff}').trim();
    PhoneNumber::parse(first, rules).is_ok()
}

/// Every number of every row, with its reason.
fn numbers(list: &LeadFile, usual: &str) -> Vec<(PhoneNumber, String)> {
    let mut numbers = Vec::new();
    for lead in &list.leads {
        let reason = lead.fields.get("reason").map(|reason| reason.trim());
        let reason = reason.filter(|reason| !reason.is_empty()).unwrap_or(usual);
        let others = lead.alternates.iter().map(|other| &other.number);
        for number in std::iter::once(&lead.number).chain(others) {
            numbers.push((number.clone(), reason.to_owned()));
        }
    }
    numbers.sort();
    numbers.dedup_by(|a, b| a.0 == b.0);
    numbers
}

fn tell(shown: &str, rejected: &[RejectedRow], desk: &Desk<'_>) {
    for row in rejected.iter().take(TOLD) {
        let text = plain(&row.to_string()).into_owned();
        desk.printer.warning(&format!("{shown}: {text}"));
    }
    if rejected.len() > TOLD {
        let more = rejected.len() - TOLD;
        desk.printer.warning(&format!(
            "{shown}: and {} that cannot be used",
            counted(more, "more row")
        ));
    }
}
