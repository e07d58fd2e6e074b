//! `novodial calls delete` of more than one: all of a number, all that are old enough.

use jiff::Timestamp;

use super::delete::{delete, not_confirmed, remove};
use super::since;
use crate::cli::CallsDeleteArgs;
use crate::commands::history::{self, History};
use crate::commands::written::counted;
use crate::commands::{Desk, written};
use crate::output::{Envelope, ExitStatus};
use crate::settings::Settings;
use crate::store::{CallFilter, CallSummary, Ledger};

/// Calls that are deleted in one go: a ledger that is written to is not held for long.
const AT_ONCE: usize = 200;

pub(in crate::commands) fn delete_calls(
    arguments: &CallsDeleteArgs,
    desk: &Desk<'_>,
) -> anyhow::Result<ExitStatus> {
    for id in &arguments.ids {
        delete(id, arguments.yes, desk)?;
    }
    if arguments.ids.is_empty() {
        return delete_found(arguments, desk);
    }
    Ok(ExitStatus::Success)
}

fn delete_found(arguments: &CallsDeleteArgs, desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    let settings = desk.settings()?;
    let history = History::open(&settings, desk)?;
    let mut ledgers = history.ledgers();
    let Some((ledger, _)) = ledgers.find(|(_, rehearsal)| *rehearsal == arguments.rehearsed) else {
        return told(&[], arguments, desk);
    };
    let calls = found(arguments, (ledger, &settings), desk)?;
    // Oldest last.
    if let (Some(newest), Some(oldest)) = (calls.first(), calls.last()) {
        let at = |call: &CallSummary| {
            written::moment(call.created_at, &settings.policy.default_timezone)
        };
        let question = format!(
            "Delete {}, from {} to {}, with all that was said?",
            counted(calls.len(), "call"),
            at(oldest),
            at(newest)
        );
        if !arguments.yes && !desk.printer.confirm(&question)? {
            return Err(not_confirmed("nothing is deleted", desk).into());
        }
    }
    for some in calls.chunks(AT_ONCE) {
        // The files first: if one cannot be removed the ledger still knows where it is.
        for call in some {
            remove(call.recording.as_deref())?;
        }
        let ids: Vec<_> = some.iter().map(|call| call.attempt).collect();
        ledger.delete_calls(&ids, Timestamp::now())?;
    }
    told(&calls, arguments, desk)
}

/// Finished calls that are meant, the newest first.
fn found(
    arguments: &CallsDeleteArgs,
    (ledger, settings): (&Ledger, &Settings),
    desk: &Desk<'_>,
) -> anyhow::Result<Vec<CallSummary>> {
    let zone = &settings.policy.default_timezone;
    let before = arguments.older_than.as_deref();
    let before = before.map(|typed| since::parse(typed, Timestamp::now(), zone));
    let before = before.transpose()?;
    let rules = settings.policy.numbers.without_limits();
    let number = arguments.number.as_deref();
    let number = number.map(|typed| desk.number(typed, &rules)).transpose()?;
    let mut calls = ledger.calls(&CallFilter {
        number,
        ..CallFilter::default()
    })?;
    calls.retain(|call| before.is_none_or(|before| call.created_at < before));
    let all = calls.len();
    calls.retain(|call| call.ended_at.is_some());
    if calls.len() < all {
        let left = counted(all - calls.len(), "call");
        desk.printer.warning(&format!(
            "{left} without an end left as it is: novodial calls list"
        ));
    }
    Ok(calls)
}

fn told(
    calls: &[CallSummary],
    arguments: &CallsDeleteArgs,
    desk: &Desk<'_>,
) -> anyhow::Result<ExitStatus> {
    if desk.printer.is_json() {
        let ids = calls.iter();
        let ids: Vec<String> = ids
            .map(|call| history::id(call.attempt, arguments.rehearsed))
            .collect();
        let body = serde_json::json!({ "rehearsal": arguments.rehearsed, "deleted": ids });
        desk.printer
            .json(&Envelope::new("novodial.deleted_calls/1", body))?;
    } else if calls.is_empty() {
        desk.printer.message("no such calls");
    } else {
        let counted = counted(calls.len(), "call");
        desk.printer.message(&format!("{counted} deleted"));
    }
    Ok(ExitStatus::Success)
}
