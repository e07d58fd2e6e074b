//! `novodial numbering`: the regulator's register, and where a number lives.

use std::path::PathBuf;

use anyhow::Context;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::written::counted;
use super::{Desk, written};
use crate::cli::NumberingCommand;
use crate::driver;
use crate::output::{Envelope, ExitStatus, Format, Table, UserError};
use crate::phone::{NumberRules, Numbering, PhoneNumber, PlaceSource, Range, read_register};
use crate::settings::Settings;

pub(super) fn run(command: &NumberingCommand, desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    match command {
        NumberingCommand::Import { files } => import(files, desk),
        NumberingCommand::Show => show(desk),
        NumberingCommand::Find { numbers } => find(numbers, desk),
    }
}

/// A file of the register.
#[derive(Debug, Serialize)]
struct FileReport {
    file: String,
    ranges: u64,
    imported_at: Option<String>,
}

/// Reads every file before the first is taken over: a web page among them changes nothing.
fn import(files: &[PathBuf], desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    let settings = desk.settings()?;
    let mut read: Vec<(String, Vec<Range>)> = Vec::new();
    for typed in files {
        let shown = typed.display().to_string();
        let bytes = std::fs::read(desk.path(typed)).map_err(|error| {
            let message = format!("{shown}: cannot be read: {error}");
            UserError::new(ExitStatus::Invalid, "bad_register", message).hint("check the path")
        })?;
        let ranges = read_register(&bytes).with_context(|| shown.clone())?;
        let name = typed.file_name().unwrap_or_default().to_string_lossy();
        read.push((name.into_owned(), ranges));
    }
    let ledger = desk.ledger(&settings)?;
    let mut reports = Vec::new();
    for (file, ranges) in read {
        ledger.import_numbering(&file, &ranges, driver::now())?;
        let ranges = ranges.len() as u64;
        desk.printer.message(&format!(
            "{file}: {}, neighbours of one region joined",
            counted(ranges, "range")
        ));
        reports.push(FileReport {
            file,
            ranges,
            imported_at: None,
        });
    }
    if desk.printer.is_json() {
        let body = serde_json::json!({ "files": reports });
        desk.printer
            .json(&Envelope::new("novodial.numbering_import/1", body))?;
    }
    Ok(ExitStatus::Success)
}

fn show(desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    let settings = desk.settings()?;
    let zone = &settings.policy.default_timezone;
    let files = desk.ledger(&settings)?.numbering_files()?;
    let printer = desk.printer;
    if printer.is_json() {
        let files: Vec<FileReport> = files
            .into_iter()
            .map(|file| FileReport {
                file: file.name,
                ranges: file.ranges,
                imported_at: Some(written::rfc3339(file.imported_at, zone)),
            })
            .collect();
        let body = serde_json::json!({ "files": files });
        printer.json(&Envelope::new("novodial.numbering/1", body))?;
    } else if files.is_empty() {
        printer.message("no register was imported; the codes that are shipped are used");
    } else {
        let mut table = Table::new(["file", "ranges", "imported"]);
        for file in files {
            let imported = written::moment(file.imported_at, zone);
            table.row([file.name, file.ranges.to_string(), imported]);
        }
        printer.table(table)?;
    }
    Ok(ExitStatus::Success)
}

/// Where a number lives.
#[derive(Debug, Serialize)]
struct Found {
    number: PhoneNumber,
    region: Option<String>,
    told_by: &'static str,
    zones: Vec<ZoneNow>,
    allotted: Option<bool>,
}

#[derive(Debug, Serialize)]
struct ZoneNow {
    name: String,
    now: String,
}

fn find(typed: &[String], desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    let settings = desk.settings()?;
    // A look leaves nothing behind: no ledger is made for it.
    let numbering = if settings.storage.database.exists() {
        desk.ledger(&settings)?.numbering()?
    } else {
        Numbering::default()
    };
    let rules = NumberRules {
        premium: true,
        ..settings.policy.numbers.clone()
    };
    let found = typed
        .iter()
        .map(|typed| Ok(place(desk.number(typed, &rules)?, &numbering, &settings)))
        .collect::<anyhow::Result<Vec<_>>>()?;
    match desk.printer.format() {
        Format::Text => {
            let mut table = Table::new(["number", "region", "zone", "time there", "told by"]);
            for found in &found {
                let list = |part: fn(&ZoneNow) -> &str| {
                    found.zones.iter().map(part).collect::<Vec<_>>().join(", ")
                };
                table.row([
                    found.number.e164().to_owned(),
                    found.region.clone().unwrap_or_default(),
                    list(|zone| &zone.name),
                    list(|zone| &zone.now),
                    found.told_by.to_owned(),
                ]);
            }
            desk.printer.table(table)?;
        }
        Format::Json => {
            let body = serde_json::json!({ "numbers": found });
            desk.printer
                .json(&Envelope::new("novodial.numbering_find/1", body))?;
        }
        Format::Jsonl => {
            for found in &found {
                desk.printer
                    .json(&Envelope::new("novodial.numbering_place/1", found))?;
            }
        }
    }
    Ok(ExitStatus::Success)
}

fn place(number: PhoneNumber, numbering: &Numbering, settings: &Settings) -> Found {
    let place = numbering.place(&number);
    let mut zones: Vec<TimeZone> = place
        .zones
        .iter()
        .filter_map(|name| TimeZone::get(name).ok())
        .collect();
    if zones.is_empty() {
        zones.push(settings.policy.default_timezone.clone());
    }
    let zones = zones.into_iter().map(|zone| ZoneNow {
        now: driver::now()
            .to_zoned(zone.clone())
            .strftime("%H:%M")
            .to_string(),
        name: zone.iana_name().unwrap_or("UTC").to_owned(),
    });
    Found {
        region: place.region,
        told_by: told_by(place.source),
        zones: zones.collect(),
        allotted: numbering.is_allotted(&number),
        number,
    }
}

/// The word for what told where a number lives.
pub(super) fn told_by(source: PlaceSource) -> &'static str {
    match source {
        PlaceSource::Register => "register",
        PlaceSource::Codes => "codes",
        PlaceSource::Country => "country",
        PlaceSource::Unknown => "default",
    }
}
