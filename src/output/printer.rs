//! The printer: who may write what where.
//!
//! stdout carries data, stderr carries messages, so that `novodial ... | jq` works while a person
//! reads along. Cheap to clone; all clones share one set of progress bars and one lock a stream.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, IsTerminal, Write};
use std::sync::Arc;

use anyhow::Context;
use indicatif::{MultiProgress, ProgressDrawTarget};
use serde::Serialize;

use super::error::{Report, UNWRITTEN, is_broken_pipe, user_error};
use super::{ExitStatus, Stream as DataStream, Table, clean, terminal};

/// The form of data on stdout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// One object.
    Json,
    /// One object a line.
    Jsonl,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How much is said on stderr.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Verbosity {
    /// Errors only.
    Quiet,
    /// Messages and warnings.
    #[default]
    Normal,
    /// Milestones of every call (`-v`).
    Verbose,
    /// Every transition (`-vv`).
    Debug,
}

/// What the user asked of the output.
#[derive(Debug, Clone, Copy, Default)]
pub struct Look {
    /// The form of data.
    pub format: Format,
    /// How much is said.
    pub verbosity: Verbosity,
    /// When to use colours.
    pub color: ColorChoice,
    /// The environment refuses colours (`NO_COLOR`, a dumb terminal).
    pub color_refused: bool,
    /// Progress may be shown: not `--no-progress`, and no log of our own is on stderr.
    pub progress: bool,
}

/// A colour with a meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    /// Names and headings.
    Strong,
    /// What matters less.
    Faint,
    /// Went well.
    Good,
    /// A person should look.
    Warning,
    /// Went wrong.
    Bad,
}

impl Paint {
    fn code(self) -> &'static str {
        match self {
            Self::Strong => "1",
            Self::Faint => "2",
            Self::Good => "32",
            Self::Warning => "33",
            Self::Bad => "1;31",
        }
    }
}

/// One of the two streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stream {
    Out,
    Err,
}

/// The one that prints.
#[derive(Clone)]
pub struct Printer {
    look: Look,
    bars: Arc<MultiProgress>,
    /// Whether stdout was a terminal when we began: one that goes away is none any more.
    on_terminal: bool,
}

impl fmt::Debug for Printer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Printer")
            .field("look", &self.look)
            .finish_non_exhaustive()
    }
}

impl Printer {
    /// A printer on the process's own streams.
    pub fn new(look: Look) -> Self {
        let shows_bars =
            look.progress && look.verbosity == Verbosity::Normal && io::stderr().is_terminal();
        let target = if shows_bars {
            terminal::target()
        } else {
            ProgressDrawTarget::hidden()
        };
        Self {
            look,
            bars: Arc::new(MultiProgress::with_draw_target(target)),
            on_terminal: io::stdout().is_terminal(),
        }
    }

    /// One that says nothing on stderr but errors, for what was told before.
    #[must_use]
    pub fn hushed(&self) -> Self {
        let mut hushed = self.clone();
        hushed.look.verbosity = Verbosity::Quiet;
        hushed
    }

    /// The form of data the user asked for.
    pub fn format(&self) -> Format {
        self.look.format
    }

    /// Whether data is to be JSON, in one object or a line each.
    pub fn is_json(&self) -> bool {
        self.look.format != Format::Text
    }

    /// How much is to be said on stderr.
    pub fn verbosity(&self) -> Verbosity {
        self.look.verbosity
    }

    /// Whether a question can be asked: a person sees it, and has a keyboard.
    pub fn can_ask(&self) -> bool {
        io::stderr().is_terminal() && (io::stdin().is_terminal() || keyboard().is_ok())
    }

    /// Writes a line of data.
    ///
    /// # Errors
    /// If stdout is closed; end the run, the status will be right.
    pub fn data(&self, line: &str) -> anyhow::Result<()> {
        self.write(Stream::Out, &format!("{line}\n"))
            .context(UNWRITTEN)
    }

    /// Writes bytes as they are: a completion script, a man page.
    ///
    /// # Errors
    /// If stdout is closed.
    pub fn raw(&self, bytes: &[u8]) -> anyhow::Result<()> {
        let mut out = io::stdout().lock();
        let written = out.write_all(bytes).and_then(|()| out.flush());
        let written = written.map_err(|error| reader_gone(error, self.on_terminal));
        written.context(UNWRITTEN)
    }

    /// Writes a value as JSON: indented for `json`, in one line for `jsonl`.
    ///
    /// # Errors
    /// If stdout is closed.
    pub fn json<T: Serialize>(&self, value: &T) -> anyhow::Result<()> {
        let text = match self.look.format {
            Format::Json => serde_json::to_string_pretty(value)?,
            Format::Text | Format::Jsonl => serde_json::to_string(value)?,
        };
        // Not through `data`: JSON escapes control characters itself.
        self.raw(format!("{text}\n").as_bytes())
    }

    /// Writes a table, as wide as the terminal.
    ///
    /// # Errors
    /// If stdout is closed.
    pub fn table(&self, table: Table) -> anyhow::Result<()> {
        self.data(&table.render(io::stdout().is_terminal()))
    }

    /// Begins data that comes bit by bit. Write nothing else to stdout before it is closed.
    pub fn stream(&self) -> DataStream {
        DataStream::stdout()
    }

    /// Says something on stderr; not with `--quiet`.
    pub fn message(&self, line: &str) {
        if self.look.verbosity > Verbosity::Quiet {
            self.say(line);
        }
    }

    /// Warns on stderr; not with `--quiet`.
    pub fn warning(&self, line: &str) {
        let label = self.paint_on(Stream::Err, Paint::Warning, "warning");
        self.message(&format!("{label}: {line}"));
    }

    /// Asks a question on stderr and waits for yes or no; no if nobody can answer.
    ///
    /// # Errors
    /// If the keyboard cannot be read.
    pub fn confirm(&self, question: &str) -> anyhow::Result<bool> {
        if !self.can_ask() {
            return Ok(false);
        }
        self.write(Stream::Err, &format!("{question} [y/N] "))?;
        let mut answer = String::new();
        if io::stdin().is_terminal() {
            io::stdin().read_line(&mut answer)?;
        } else {
            // Standard input is the lead list.
            io::BufReader::new(keyboard()?).read_line(&mut answer)?;
        }
        let answer = answer.trim().to_lowercase();
        Ok(["y", "yes", "д", "да"].contains(&answer.as_str()))
    }

    /// Reports an error and says how the run ends. A closed pipe is no error.
    pub fn failure(&self, error: &anyhow::Error) -> ExitStatus {
        if is_broken_pipe(error) {
            return ExitStatus::Success;
        }
        let error = user_error(error);
        if self.is_json() {
            match serde_json::to_string(&Report::of(&error)) {
                Ok(text) => self.say(&text),
                Err(_) => self.say(&error.message),
            }
            return error.status;
        }
        let label = self.paint_on(Stream::Err, Paint::Bad, "error");
        self.say(&format!("{label}: {}", error.message));
        if let Some(hint) = &error.hint {
            let label = self.paint_on(Stream::Err, Paint::Strong, "hint");
            self.say(&format!("{label}: {hint}"));
        }
        error.status
    }

    /// Colours text for stdout, if stdout shows colours; control characters are dropped.
    pub fn paint(&self, paint: Paint, text: &str) -> String {
        self.paint_on(Stream::Out, paint, text)
    }

    /// The bars that everything on stderr must step aside for.
    pub(super) fn bars(&self) -> &MultiProgress {
        &self.bars
    }

    /// Whether bars are drawn; if not, progress is a line now and then.
    pub(super) fn draws_bars(&self) -> bool {
        !self.bars.is_hidden()
    }

    /// Whether progress may be told at all.
    pub(super) fn tells_progress(&self) -> bool {
        self.look.progress && self.look.verbosity > Verbosity::Quiet
    }

    /// Whether a person may look on: one of the streams is a terminal, or more was asked for.
    pub fn is_watched(&self) -> bool {
        let terminal = Stream::Out.is_terminal() || Stream::Err.is_terminal();
        terminal || self.look.verbosity > Verbosity::Normal
    }

    /// Writes a line to stderr. A closed stderr leaves nobody to tell, and must not end calls.
    pub(super) fn say(&self, line: &str) {
        if let Err(error) = self.write(Stream::Err, &format!("{line}\n")) {
            tracing::trace!(%error, "stderr is closed");
        }
    }

    fn paint_on(&self, stream: Stream, paint: Paint, text: &str) -> String {
        let text = super::plain(text);
        let colored = match self.look.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => !self.look.color_refused && stream.is_terminal(),
        };
        if colored {
            format!("\u{1b}[{}m{text}\u{1b}[0m", paint.code())
        } else {
            text.into_owned()
        }
    }

    /// The last step of everything but JSON and raw bytes.
    fn write(&self, stream: Stream, text: &str) -> io::Result<()> {
        let text = if stream.is_terminal() {
            clean(text)
        } else {
            text.into()
        };
        self.bars.suspend(|| match stream {
            Stream::Out => {
                let mut out = io::stdout().lock();
                let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
                written.map_err(|error| reader_gone(error, self.on_terminal))
            }
            Stream::Err => io::stderr().lock().write_all(text.as_bytes()),
        })
    }
}

/// The error of a terminal that went away (a lost ssh) is that of a reader who did.
fn reader_gone(error: io::Error, on_terminal: bool) -> io::Error {
    /// `EIO`: where stdout is a file, its disk is broken.
    const HUNG_UP: i32 = 5;
    if on_terminal && error.raw_os_error() == Some(HUNG_UP) {
        return io::ErrorKind::BrokenPipe.into();
    }
    error
}

/// The keyboard of the terminal that the program was started from, whatever standard input is.
fn keyboard() -> io::Result<File> {
    File::open("/dev/tty")
}

impl Stream {
    fn is_terminal(self) -> bool {
        match self {
            Self::Out => io::stdout().is_terminal(),
            Self::Err => io::stderr().is_terminal(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_that_went_away_is_a_reader_who_did_and_a_broken_disk_is_not() {
        let kind = |on_terminal| reader_gone(io::Error::from_raw_os_error(5), on_terminal).kind();
        assert_eq!(kind(true), io::ErrorKind::BrokenPipe);
        assert_ne!(kind(false), io::ErrorKind::BrokenPipe);
    }
}
