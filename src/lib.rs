//! novodial: an outbound voice dialer that one person runs from a shell.
//!
//! It rings people from one's own Asterisk, talks with them along a scenario file, and keeps
//! what was said in a local SQLite.
//!
//! ```text
//! leads.csv ──▶ campaign ──▶ call ──▶ dialogue        pure: no clock, no socket, no file
//!                  │          │          │
//!               planner    machine    machine
//!                  ▼          ▼          ▼
//!              ───────────── driver ─────────────      one task a call; the only `select!`
//!               store        ari        speech         novofon      adapters: one outside
//!               SQLite     Asterisk   ElevenLabs     the provider   thing each
//!                             └─ media WebSocket (or RTP): 20 ms of 8 kHz audio each way
//! ```
//!
//! # The rooms, from the ground up
//!
//! | room | holds | may use |
//! |---|---|---|
//! | [`phone`] | numbers, their normal form and their mask | nothing |
//! | [`line`] | what an exchange reports: events, causes, dispositions and the table that classifies | `phone` |
//! | [`audio`] | frames of 20 ms, G.711, voice detection, the playout queue, WAV | nothing |
//! | [`language`] | Russian and English words: tokens and stems | nothing |
//! | [`dialogue`] | scenarios, intents, prompt templates, the state machine of the talk | `language` |
//! | [`call`] | the state machine of one call: turn-taking, barge-in, time limits | `language`, `dialogue`, `line` |
//! | [`campaign`] | leads, lists, calling windows, pacing, the planner | `phone`, `line` |
//! | [`report`] | summaries and percentiles | the rooms above |
//! | [`ari`] [`speech`] [`model`] [`novofon`] [`store`] [`rehearsal`] | adapters: Asterisk, ElevenLabs, a language model, the provider, SQLite, and the doubles for rehearsing | pure rooms only, never each other |
//! | [`settings`] | flags over environment over file over defaults | pure rooms |
//! | [`driver`] | joins machines and adapters: one task a call, the campaign loop, signals | all of the above |
//! | [`output`] | the only code that prints | pure rooms |
//! | [`cli`] [`commands`] | the words of the command line, and a file for each command | all |
//!
//! The pure rooms read no clock and touch no file: time and facts are handed in, decisions come
//! out. `tests/it/architecture.rs` reads the sources and holds this ladder.

pub mod ari;
pub mod audio;
pub mod call;
pub mod campaign;
pub mod cli;
pub mod commands;
pub mod dialogue;
pub mod driver;
pub mod language;
pub mod line;
pub mod model;
pub mod novofon;
pub mod output;
pub mod phone;
pub mod rehearsal;
pub mod report;
pub mod settings;
pub mod speech;
pub mod store;

use std::ffi::OsString;

use cli::GlobalArgs;
use output::{ExitStatus, Look, Printer};
use settings::Environment;

/// Runs the program: reads the command line, starts output and logs, does the command.
///
/// The first argument is the program's name. Nothing here prints or exits by itself.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitStatus {
    let cli = match cli::parse(arguments) {
        Ok(cli) => cli,
        Err(usage) => return output::report_usage(&usage),
    };
    let environment = Environment::capture();
    let printer = Printer::new(look(&cli.global, &environment));
    let rust_log = environment.get("RUST_LOG");
    output::start_logging(&printer, rust_log, cli.global.log_file.as_deref())
        .and_then(|()| commands::run(cli, &environment, &printer))
        .inspect(|status| output::log_end(*status, None))
        .unwrap_or_else(|error| {
            let status = printer.failure(&error);
            output::log_end(status, Some(&error));
            status
        })
}

/// What the user asked of the output. Bars and logs do not share a terminal.
fn look(global: &GlobalArgs, environment: &Environment) -> Look {
    Look {
        format: global.format,
        verbosity: global.verbosity(),
        color: global.color,
        color_refused: environment.refuses_color(),
        progress: !global.no_progress && environment.get("RUST_LOG").is_none(),
    }
}
