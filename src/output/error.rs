//! An error as the user reads it: `error: what: cause` and `hint: what to do now`.

use std::io::{self, ErrorKind};

use serde::Serialize;

use super::ExitStatus;

/// An error that the user can do something about. Commands return it inside `anyhow`; any other
/// error at the edge counts as a defect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct UserError {
    /// A word that scripts can rely on, like `bad_number`.
    pub code: &'static str,
    /// One line: what, and its cause.
    pub message: String,
    /// What to do now.
    pub hint: Option<String>,
    /// How the run ends.
    pub status: ExitStatus,
}

impl UserError {
    /// An error without a hint.
    pub fn new(status: ExitStatus, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            hint: None,
            status,
        }
    }

    /// The same error with a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// The form of an error in JSON; always on stderr.
#[derive(Debug, Serialize)]
pub(super) struct Report<'a> {
    schema: &'static str,
    code: &'a str,
    message: &'a str,
    hint: Option<&'a str>,
}

impl<'a> Report<'a> {
    pub(super) fn of(error: &'a UserError) -> Self {
        Self {
            schema: "novodial.error/1",
            code: error.code,
            message: &error.message,
            hint: error.hint.as_deref(),
        }
    }
}

/// What stands in front of an error of the output.
pub(super) const UNWRITTEN: &str = "the output cannot be written";

/// The user's error in a chain, with the contexts round it in front of its message; a file or a
/// disk that does not do as it should is outside, anything else the report of a defect.
pub(super) fn user_error(error: &anyhow::Error) -> UserError {
    let message = format!("{error:#}");
    let found = error
        .chain()
        .find_map(|cause| cause.downcast_ref::<UserError>());
    let mut causes = error.chain();
    let file = causes.find_map(|cause| cause.downcast_ref::<io::Error>());
    match (found, file) {
        (Some(found), _) => UserError {
            message,
            ..found.clone()
        },
        (None, Some(file)) => {
            UserError::new(ExitStatus::Outside, "file", message).hint(remedy(file.kind()))
        }
        (None, None) => UserError::new(ExitStatus::Bug, "bug", message)
            .hint("this is a defect of novodial; run again with -vv and report what it says"),
    }
}

/// What to do about a file that cannot be read or written.
fn remedy(kind: ErrorKind) -> &'static str {
    let full = [ErrorKind::StorageFull, ErrorKind::QuotaExceeded];
    let closed = [ErrorKind::PermissionDenied, ErrorKind::ReadOnlyFilesystem];
    let wrong = [
        ErrorKind::NotFound,
        ErrorKind::NotADirectory,
        ErrorKind::IsADirectory,
    ];
    if full.contains(&kind) {
        "make room on the disk"
    } else if closed.contains(&kind) {
        "choose a place that is yours, or let yourself write there"
    } else if wrong.contains(&kind) {
        "check the path"
    } else {
        "check the disk, and who may read and write there"
    }
}

/// Whether the reader of our output went away (`novodial calls list | head`).
pub fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use anyhow::Context;

    use super::*;

    #[test]
    fn a_users_error_keeps_its_code_under_contexts() {
        let inner =
            UserError::new(ExitStatus::Usage, "bad_number", "`12`: too short").hint("add digits");
        let outer = Err::<(), _>(inner).context("line 3").unwrap_err();
        let shown = user_error(&outer);
        assert_eq!(shown.message, "line 3: `12`: too short");
        assert_eq!(
            (shown.code, shown.status),
            ("bad_number", ExitStatus::Usage)
        );
        assert_eq!(shown.hint.as_deref(), Some("add digits"));
    }

    #[test]
    fn an_error_nobody_expected_is_a_defect() {
        assert_eq!(user_error(&anyhow::anyhow!("boom")).status, ExitStatus::Bug);
    }

    #[test]
    fn a_full_disk_is_no_defect_of_ours() {
        let full = io::Error::from(ErrorKind::StorageFull);
        let shown = user_error(&anyhow::Error::from(full).context(UNWRITTEN));
        assert_eq!(shown.status, ExitStatus::Outside);
        assert_eq!(
            shown.message,
            "the output cannot be written: no storage space"
        );
        assert_eq!(shown.hint.as_deref(), Some("make room on the disk"));
    }

    #[test]
    fn a_broken_pipe_is_found_in_the_chain() {
        let pipe = std::io::Error::from(std::io::ErrorKind::BrokenPipe);
        assert!(is_broken_pipe(&anyhow::Error::from(pipe).context("list")));
        assert!(!is_broken_pipe(&anyhow::anyhow!("pipe")));
    }
}
