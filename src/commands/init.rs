//! `novodial init`: settings, a scenario and a lead list to start from. Never overwrites.

use std::fs::OpenOptions;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use serde::Serialize;

use super::{Desk, scenario};
use crate::cli::InitArgs;
use crate::output::{Envelope, ExitStatus, UserError};
use crate::settings::template;

/// Two leads with numbers that belong to nobody.
const LEADS: &str = "phone,name\n+79000000001,Анна\n+79000000002,Борис\n";

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
    let scenario = scenario::whole_text_of(&arguments.scenario)?;
    let folder = desk.path(&arguments.folder);
    std::fs::create_dir_all(&folder).map_err(|error| not_writable(&arguments.folder, &error))?;
    let settings = template();
    let files = [
        ("novodial.toml", settings.as_str()),
        ("scenario.toml", scenario),
        ("leads.csv", LEADS),
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
        desk.printer.message("next: set NOVODIAL_ASTERISK_PASSWORD and ELEVENLABS_API_KEY in .env, choose a voice_id (novodial speech voices), then run `novodial doctor`");
    }
    Ok(ExitStatus::Success)
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
