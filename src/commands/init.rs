//! `novodial init`: settings, a scenario and a lead list to start from. Never overwrites.

mod leads;

use std::fs::OpenOptions;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use jiff::tz::TimeZone;
use serde::Serialize;

use super::{Desk, scenario};
use crate::cli::InitArgs;
use crate::driver;
use crate::output::{Envelope, ExitStatus, UserError};
use crate::settings::template;

/// What became of one file.
#[derive(Debug, Serialize)]
struct Written {
    path: String,
    written: bool,
}

#[derive(Serialize)]
struct Report {
    files: Vec<Written>,
}

pub(super) fn init(arguments: &InitArgs, desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    let (scenario, read) = scenario::whole_of(&arguments.scenario)?;
    let folder = desk.path(&arguments.folder);
    std::fs::create_dir_all(&folder).map_err(|error| not_writable(&arguments.folder, &error))?;
    let settings = template();
    let today = driver::now().to_zoned(TimeZone::UTC).date();
    let leads = leads::for_scenario(&read, today);
    let files = [
        ("novodial.toml", settings.as_str()),
        ("scenario.toml", scenario),
        ("leads.csv", leads.as_str()),
    ];
    let mut report = Report { files: Vec::new() };
    for (name, text) in files {
        let shown = arguments.folder.join(name);
        let written =
            write_new(&folder.join(name), text).map_err(|error| not_writable(&shown, &error))?;
        let shown = shown
            .strip_prefix(".")
            .unwrap_or(&shown)
            .display()
            .to_string();
        if !desk.printer.is_json() {
            let what = if written {
                "written"
            } else {
                "left as it is: it exists already"
            };
            desk.printer.message(&format!("{shown}: {what}"));
        }
        report.files.push(Written {
            path: shown,
            written,
        });
    }
    if desk.printer.is_json() {
        desk.printer
            .json(&Envelope::new("novodial.init/1", report))?;
    } else {
        desk.printer.message(&rehearsal(&arguments.folder));
        desk.printer.message("to ring people: set NOVODIAL_ASTERISK_PASSWORD and ELEVENLABS_API_KEY in .env, choose a voice_id (novodial speech voices), then run `novodial doctor`");
    }
    Ok(ExitStatus::Success)
}

/// What to do next: a rehearsal needs nothing but these files.
fn rehearsal(folder: &Path) -> String {
    let there = match folder.to_str() {
        Some(".") | None => String::new(),
        Some(folder) if folder.contains(|sign: char| !is_plain(sign)) => {
            format!("cd '{folder}' && ")
        }
        Some(folder) => format!("cd {folder} && "),
    };
    format!(
        "next: {there}novodial campaign run leads.csv --rehearse (the callees are made up, nobody is rung)"
    )
}

/// Whether a shell takes the sign as it stands.
fn is_plain(sign: char) -> bool {
    sign.is_alphanumeric() || matches!(sign, '/' | '.' | '_' | '-')
}

/// Writes a file that does not exist yet; `false` if it does.
fn write_new(path: &Path, text: &str) -> io::Result<bool> {
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(mut file) => file.write_all(text.as_bytes()).map(|()| true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

fn not_writable(path: &Path, error: &io::Error) -> UserError {
    let message = format!("{}: cannot be written: {error}", path.display());
    UserError::new(ExitStatus::Outside, "not_writable", message).hint("give a folder that is yours")
}
