//! Logs: compact on stderr by `-v` or `RUST_LOG`, and as JSON in `--log-file`.
//!
//! Telephone numbers are masked by their own type wherever they are shown, secrets by theirs;
//! nothing is masked here. Lines step aside for progress bars.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use tracing_subscriber::filter::{EnvFilter, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

use super::printer::{Printer, Verbosity};
use super::{ExitStatus, UserError};
use crate::phone::mask_numbers;

/// What only the file is told: on stderr the error stands already.
const ENDED: &str = "novodial::ended";

/// Tells the log how the command ended.
pub fn log_end(status: ExitStatus, error: Option<&anyhow::Error>) {
    let code = status.code();
    let Some(error) = error else {
        tracing::info!(target: ENDED, code, "the command ended");
        return;
    };
    // What was typed may stand in it.
    let error = mask_numbers(&format!("{error:#}"));
    tracing::error!(target: ENDED, code, error, "the command failed");
}

/// Starts the logs of this process.
///
/// # Errors
/// A `UserError` if `RUST_LOG` is no filter or the file cannot be opened.
pub fn start_logging(
    printer: &Printer,
    rust_log: Option<&str>,
    file: Option<&Path>,
) -> anyhow::Result<()> {
    let level = match printer.verbosity() {
        Verbosity::Quiet => "error",
        Verbosity::Normal => "warn",
        Verbosity::Verbose => "warn,novodial=info",
        Verbosity::Debug => "info,novodial=trace",
    };
    let filter = EnvFilter::try_new(rust_log.unwrap_or(level)).map_err(|error| {
        UserError::new(
            ExitStatus::Usage,
            "bad_log_filter",
            format!("RUST_LOG: {error}"),
        )
        .hint("write for example RUST_LOG=novodial=debug")
    })?;
    let stderr = fmt::layer()
        .compact()
        .with_ansi(false)
        .with_target(false)
        .with_writer(Beside(printer.clone()))
        .with_filter(filter)
        .with_filter(filter_fn(|line| line.target() != ENDED));
    let file = file.map(open).transpose()?.map(|file| {
        fmt::layer()
            .json()
            .with_writer(std::sync::Arc::new(file))
            .with_filter(EnvFilter::new("info,novodial=debug"))
    });
    tracing_subscriber::registry()
        .with(stderr)
        .with(file)
        .try_init()?;
    Ok(())
}

fn open(path: &Path) -> anyhow::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    // What callees say stands in it: a new file is nobody else's to read.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    Ok(options.open(path).map_err(|error| {
        let message = format!("{}: cannot be written: {error}", path.display());
        UserError::new(ExitStatus::Usage, "log_file", message)
            .hint("give --log-file a path in a folder that exists and is yours")
    })?)
}

/// Writes log lines to stderr beside the bars.
struct Beside(Printer);

/// One log line, written when it is complete.
struct Line<'a> {
    printer: &'a Printer,
    text: Vec<u8>,
}

impl<'a> MakeWriter<'a> for Beside {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line {
            printer: &self.0,
            text: Vec::new(),
        }
    }
}

impl Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        if !self.text.is_empty() {
            self.printer
                .say(String::from_utf8_lossy(&self.text).trim_end());
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_log_is_its_owner_s_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("novodial.log");
        let file = super::open(&path).unwrap();
        let mode = file.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
