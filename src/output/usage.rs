//! What clap has to say: help and version on stdout, wrong usage on stderr.

use std::io::{self, Write};

use super::error::Report;
use super::{ExitStatus, UserError};

/// A command line that leads to no command.
#[derive(Debug)]
pub struct Usage {
    /// What clap says.
    pub error: clap::Error,
    /// The user asked for JSON.
    pub json: bool,
}

/// Prints help, version or what is wrong with the command line, and says how the run ends.
pub fn report_usage(usage: &Usage) -> ExitStatus {
    let is_error = usage.error.use_stderr();
    let printed = if is_error && usage.json {
        print_json(&usage.error)
    } else {
        usage.error.print()
    };
    if let Err(error) = printed {
        tracing::debug!(%error, "the usage could not be printed");
    }
    if is_error {
        ExitStatus::Usage
    } else {
        ExitStatus::Success
    }
}

/// The first paragraph of clap's text is the message, the rest of it the hint.
fn print_json(error: &clap::Error) -> io::Result<()> {
    let text = error.render().to_string();
    let text = text.trim().trim_start_matches("error: ");
    let (message, rest) = text.split_once("\n\n").unwrap_or((text, ""));
    let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut error = UserError::new(ExitStatus::Usage, "usage", message);
    if !rest.is_empty() {
        error = error.hint(rest.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    let line = serde_json::to_string(&Report::of(&error))?;
    io::stderr()
        .lock()
        .write_all(format!("{line}\n").as_bytes())
}
