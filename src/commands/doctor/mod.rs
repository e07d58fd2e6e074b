//! `novodial doctor`: everything that calls need, line by line, each with what mends it.
//!
//! Rings nobody, speaks nothing, and changes nothing without `--fix`. What one part finds out and
//! another needs (the clock of the speech service) is handed on here.

mod clock;
mod fix;
mod outside;
mod preferences;
mod report;
mod scenario;
mod storage;

use crate::cli::{DoctorArea, DoctorArgs};
use crate::commands::Desk;
use crate::output::ExitStatus;
use crate::report::CheckLine;
use crate::settings::Settings;
use report::Part;

/// Every area, in the order in which one is mended after the other.
const AREAS: [DoctorArea; 7] = [
    DoctorArea::Settings,
    DoctorArea::Clock,
    DoctorArea::Storage,
    DoctorArea::Asterisk,
    DoctorArea::Novofon,
    DoctorArea::Speech,
    DoctorArea::Scenario,
];

pub(super) fn doctor(arguments: &DoctorArgs, desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    let settings = match desk.settings() {
        Ok(settings) => settings,
        // Nothing else can be looked at: this one is mended first.
        Err(error) => {
            let line = report::failed("settings", error);
            let part = Part::new(DoctorArea::Settings, vec![line]);
            return report::report(&[part], &[], desk.printer);
        }
    };
    let fixed = if arguments.fix {
        desk.block_on(async { Ok(fix::fix(&settings, desk).await) })?
    } else {
        Vec::new()
    };
    let parts = desk.block_on(async { Ok(look(arguments, &settings, desk).await) })?;
    report::report(&parts, &fixed, desk.printer)
}

async fn look(arguments: &DoctorArgs, settings: &Settings, desk: &Desk<'_>) -> Vec<Part> {
    let wanted = |area: DoctorArea| arguments.only.is_empty() || arguments.only.contains(&area);
    // The slow ones first, at the same time: each waits for somebody else.
    let (speech, asterisk) = tokio::join!(
        async {
            let needed = wanted(DoctorArea::Speech) || wanted(DoctorArea::Clock);
            if needed {
                outside::speech(settings).await
            } else {
                (Vec::new(), None)
            }
        },
        async {
            if wanted(DoctorArea::Asterisk) {
                outside::asterisk(settings, desk).await
            } else {
                Vec::new()
            }
        },
    );
    let (speech, date) = speech;
    let mut asterisk = Some(asterisk);
    let mut speech = Some(speech);
    let mut parts = Vec::new();
    for area in AREAS.into_iter().filter(|area| wanted(*area)) {
        let lines: Vec<CheckLine> = match area {
            DoctorArea::Settings => preferences::lines(settings, desk),
            DoctorArea::Clock => clock::lines(settings, date.as_deref(), desk),
            DoctorArea::Storage => storage::lines(settings, desk),
            DoctorArea::Asterisk => asterisk.take().unwrap_or_default(),
            DoctorArea::Novofon => outside::novofon(settings).await,
            DoctorArea::Speech => speech.take().unwrap_or_default(),
            DoctorArea::Scenario => {
                scenario::lines(arguments.scenario.as_deref(), settings, desk).await
            }
        };
        parts.push(Part::new(area, lines));
    }
    parts
}
