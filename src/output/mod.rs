//! The only code that prints: data on stdout, messages on stderr, errors, tables, progress, logs.
//!
//! Commands hand over values and texts and never write themselves, so that `--quiet`, `--format`,
//! colours, broken pipes and progress bars are decided in one place. Text from outside (a callee, a
//! CSV, an exchange) loses its control characters before it reaches a terminal.

mod clean;
mod error;
mod exit_status;
mod json;
mod live;
mod logging;
mod printer;
mod progress;
mod stream;
mod table;
mod terminal;
mod usage;

pub use clean::{clean, plain};
pub use error::{UserError, is_broken_pipe};
pub use exit_status::ExitStatus;
pub use json::Envelope;
pub use live::LiveCall;
pub use logging::{log_end, start_logging};
pub use printer::{ColorChoice, Format, Look, Paint, Printer, Verbosity};
pub use progress::{Progress, Snapshot};
pub use stream::{JsonList, Stream};
pub use table::Table;
pub use usage::{Usage, report_usage};
