//! `novodial calls delete`: what was said, and the recording. That the number was rung stays.

use std::io::ErrorKind;
use std::path::Path;

use jiff::Timestamp;

use crate::campaign::BadId;
use crate::commands::Desk;
use crate::commands::history::{Found, History, Wanted};
use crate::driver;
use crate::output::{Envelope, ExitStatus, UserError};
use crate::store::CallRef;

pub(super) fn delete(id: &str, yes: bool, desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    let wanted: Wanted = id.parse()?;
    if matches!(wanted, Wanted::Last | Wanted::Rehearsed(CallRef::Last)) {
        // What is deleted is named.
        return Err(BadId(id.to_owned()).into());
    }
    let settings = desk.settings()?;
    let history = History::open(&settings, desk)?;
    // Asked only about a call that exists.
    let found = history.call(wanted)?;
    let (call, id) = (&found.call.call, found.id());
    if call.ended_at.is_none() {
        return Err(still_open(&found)?.into());
    }
    let question = format!(
        "Delete call {id} to {} with all that was said?",
        call.number.e164()
    );
    if !yes && !desk.printer.confirm(&question)? {
        return Err(not_confirmed(&format!("call {id} is not deleted"), desk).into());
    }
    // The file first: if it cannot be removed the ledger still knows where it is.
    let recording = call.recording.as_deref();
    remove(recording)?;
    found.ledger.delete_call(call.attempt, Timestamp::now())?;
    if desk.printer.is_json() {
        let body = serde_json::json!({ "attempt_id": call.attempt.0, "id": id,
            "rehearsal": found.rehearsal, "recording": recording });
        desk.printer
            .json(&Envelope::new("novodial.deleted_call/1", body))?;
    } else {
        desk.printer.message(&format!("call {id} is deleted"));
    }
    Ok(ExitStatus::Success)
}

/// Nobody said yes. As everywhere: to say no is an answer, to leave out --yes where nobody is asked is
/// not.
pub(super) fn not_confirmed(what: &str, desk: &Desk<'_>) -> UserError {
    let status = if desk.printer.can_ask() {
        ExitStatus::No
    } else {
        ExitStatus::Usage
    };
    UserError::new(status, "not_confirmed", what).hint("confirm it, or give --yes")
}

/// Removes a recording; one that is gone is removed.
///
/// # Errors
/// It may not be removed.
pub(super) fn remove(recording: Option<&Path>) -> Result<(), UserError> {
    let Some(path) = recording else {
        return Ok(());
    };
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            let message = format!("{}: cannot be removed: {error}", path.display());
            Err(UserError::new(ExitStatus::Outside, "not_writable", message)
                .hint("check the rights on it; the call is still in the ledger"))
        }
        _ => Ok(()),
    }
}

/// A call without an end is not deleted: it goes on, or its process is gone.
fn still_open(found: &Found<'_>) -> anyhow::Result<UserError> {
    let (id, attempt) = (found.id(), found.call.call.attempt);
    let abandoned = driver::abandoned_calls(found.ledger)?;
    let what = if abandoned.iter().any(|call| call.id == attempt) {
        format!("call {id} has no end yet: the process that held it is gone")
    } else {
        format!("call {id} is still going on")
    };
    let error = UserError::new(ExitStatus::No, "call_still_open", what);
    Ok(error.hint(format!("end it first: novodial calls hangup {id}")))
}
