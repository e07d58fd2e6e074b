//! `novodial asterisk config`: a complete configuration, tailored, and how the installed one differs.

use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::config_plan::{Planned, planned};
use super::difference::{Compared, Standing};
use super::dotenv;
use crate::ari::configuration::{ConfigFile, PlanFault, render};
use crate::cli::AsteriskConfigArgs;
use crate::commands::Desk;
use crate::commands::written::counted;
use crate::output::{Envelope, ExitStatus, Paint, UserError, plain};

/// The variable that holds the ARI password.
const VARIABLE: &str = "NOVODIAL_ASTERISK_PASSWORD";
/// The group, Asterisk's as a rule, may read; passwords stand there.
const MODE: u32 = 0o640;

pub(in crate::commands) fn config(
    arguments: &AsteriskConfigArgs,
    desk: &Desk<'_>,
) -> anyhow::Result<ExitStatus> {
    let settings = desk.settings()?;
    let shown = arguments.diff.as_deref().unwrap_or(&arguments.folder);
    let folder = desk.path(shown);
    let installed = installed(&folder, shown, "local.conf")?;
    let planned = planned(arguments, installed.as_deref(), &settings, desk)?;
    let files = render(&planned.plan).map_err(|fault| cannot_stand(&fault))?;
    let compared = compared(&files, &folder, shown)?;
    if arguments.diff.is_some() {
        return difference(&compared, shown, desk);
    }
    let overwrites = compared
        .iter()
        .any(|file| file.standing == Standing::Differs);
    if overwrites && !arguments.yes {
        print_lines(&compared, desk)?;
        return Err(refused(&compared, shown).into());
    }
    write(&files, &folder).map_err(|error| not_written(shown, &error))?;
    let told = tell_password(&planned, arguments, desk)?;
    report(&compared, &planned, (shown, told), desk)
}

fn cannot_stand(fault: &PlanFault) -> UserError {
    UserError::new(ExitStatus::Invalid, "bad_value", fault.to_string())
        .hint("change the setting or the flag; asterisk_configs/README.md explains each value")
}

fn compared(files: &[ConfigFile], folder: &Path, shown: &Path) -> anyhow::Result<Vec<Compared>> {
    files
        .iter()
        .map(|file| {
            let installed = installed(folder, shown, file.name)?;
            Ok(Compared::of(file, installed.as_deref()))
        })
        .collect()
}

/// A file that is there already.
fn installed(folder: &Path, shown: &Path, name: &str) -> anyhow::Result<Option<String>> {
    match std::fs::read(folder.join(name)) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => {
            let message = format!("{}: cannot be read: {error}", shown.join(name).display());
            Err(UserError::new(ExitStatus::Outside, "unreadable", message)
                .hint("run it as a user who may read the configuration of Asterisk")
                .into())
        }
    }
}

/// Shows how the installed files differ; 1 where they do.
fn difference(compared: &[Compared], shown: &Path, desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    let differs = compared.iter().any(|file| file.standing != Standing::Same);
    if desk.printer.is_json() {
        desk.printer.json(&Envelope::new(
            "novodial.asterisk_config/1",
            json!({ "folder": shown, "written": false, "files": files_json(compared), "password": null, "notes": [] }),
        ))?;
    } else {
        print_lines(compared, desk)?;
        if !differs {
            desk.printer
                .data(&format!("{}: nothing differs", shown.display()))?;
        }
    }
    Ok(if differs {
        ExitStatus::No
    } else {
        ExitStatus::Success
    })
}

fn print_lines(compared: &[Compared], desk: &Desk<'_>) -> anyhow::Result<()> {
    let printer = desk.printer;
    if printer.is_json() {
        return Ok(());
    }
    for file in compared {
        match file.standing {
            Standing::Same => {}
            Standing::Missing => printer.data(&format!("{}: missing", file.name))?,
            Standing::Differs => {
                printer.data(&printer.paint(Paint::Strong, &format!("{}:", file.name)))?;
                for line in &file.lines {
                    let paint = if line.starts_with('+') {
                        Paint::Good
                    } else {
                        Paint::Bad
                    };
                    printer.data(&printer.paint(paint, &format!("  {}", plain(line))))?;
                }
            }
        }
    }
    Ok(())
}

fn files_json(compared: &[Compared]) -> Value {
    compared
        .iter()
        .map(|file| {
            json!({ "name": file.name, "standing": file.standing.as_str(), "difference": file.lines })
        })
        .collect()
}

fn refused(compared: &[Compared], shown: &Path) -> UserError {
    let names: Vec<&str> = compared
        .iter()
        .filter(|file| file.standing == Standing::Differs)
        .map(|file| file.name)
        .collect();
    let message = format!(
        "{}: {} would be overwritten: {}",
        shown.display(),
        names.len(),
        names.join(", ")
    );
    UserError::new(ExitStatus::No, "would_overwrite", message)
        .hint("look at the difference, then say --yes; or name another folder")
}

fn write(files: &[ConfigFile], folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    for file in files {
        let mut out = std::fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(MODE)
            .open(folder.join(file.name))?;
        out.write_all(file.text.as_bytes())?;
    }
    Ok(())
}

fn not_written(shown: &Path, error: &io::Error) -> UserError {
    let message = format!("{}: cannot be written: {error}", shown.display());
    UserError::new(ExitStatus::Outside, "not_writable", message)
        .hint("give a folder that is yours, or run it as root")
}

/// Tells a password that was made, once, or writes it where novodial looks for it. What of it
/// belongs into a report.
fn tell_password(
    planned: &Planned,
    arguments: &AsteriskConfigArgs,
    desk: &Desk<'_>,
) -> anyhow::Result<Option<String>> {
    let Some(made) = &planned.made else {
        return Ok(None);
    };
    if arguments.env {
        let path = Path::new(".env");
        dotenv::set(&desk.path(path), VARIABLE, made.expose_secret())
            .map_err(|error| not_written(path, &error))?;
        desk.printer.message(&format!(
            ".env: {VARIABLE} is written; Asterisk has its hash alone"
        ));
        return Ok(None);
    }
    Ok(Some(made.expose_secret().to_owned()))
}

fn report(
    compared: &[Compared],
    planned: &Planned,
    (shown, password): (&Path, Option<String>),
    desk: &Desk<'_>,
) -> anyhow::Result<ExitStatus> {
    if desk.printer.is_json() {
        let body = json!({
            "folder": shown, "written": true, "files": files_json(compared),
            "password": password, "notes": planned.notes,
        });
        desk.printer
            .json(&Envelope::new("novodial.asterisk_config/1", body))?;
        return Ok(ExitStatus::Success);
    }
    let changed = compared
        .iter()
        .filter(|file| file.standing != Standing::Same);
    desk.printer.data(&format!(
        "{}: {}, {} of them new or changed",
        shown.display(),
        counted(compared.len(), "file"),
        changed.count()
    ))?;
    if let Some(password) = password {
        desk.printer.data(&format!("{VARIABLE}={password}"))?;
        desk.printer.message(
            "the line above is told this once: keep it in .env; Asterisk has its hash alone",
        );
    }
    for note in &planned.notes {
        desk.printer.warning(note);
    }
    desk.printer.message(
        "next: copy the folder to /etc/asterisk if it is not there, restart Asterisk, and run `novodial asterisk check`",
    );
    Ok(ExitStatus::Success)
}
