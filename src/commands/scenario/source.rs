//! Finds and reads scenarios, with the files they include.

use std::path::Path;

use super::shipped::{self, SHIPPED, Shipped, part};
use crate::audio::{FRAME_MS, wav_read};
use crate::commands::Desk;
use crate::dialogue::{Place, Scenario, ScenarioError, Sound};
use crate::output::{ExitStatus, UserError};

/// The scenario that a folder holds for all its calls.
const USUAL_FILE: &str = "scenario.toml";

/// A scenario and where it is from.
#[derive(Debug)]
pub(in crate::commands) struct Opened {
    /// As the user named it.
    pub(in crate::commands) shown: String,
    pub(in crate::commands) read: Result<Scenario, ScenarioError>,
}

impl Opened {
    /// The scenario, or its mistakes in the user's words.
    pub(in crate::commands) fn scenario(self) -> anyhow::Result<(String, Scenario)> {
        let scenario = self.read.map_err(|error| broken(&self.shown, &error))?;
        Ok((self.shown, scenario))
    }
}

/// Reads the scenario named: a file, or one that is shipped.
///
/// # Errors
/// There is no such file, and none of this name is shipped.
pub(in crate::commands) fn open(named: &Path, desk: &Desk<'_>) -> anyhow::Result<Opened> {
    open_in(named, &desk.path(Path::new("")))
}

/// The same, seen from a folder.
///
/// # Errors
/// There is no such file, and none of this name is shipped.
pub(in crate::commands) fn open_in(named: &Path, folder: &Path) -> anyhow::Result<Opened> {
    let shown = named.display().to_string();
    let path = folder.join(named);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Opened {
            read: load(&text, &path),
            shown,
        }),
        Err(error) => match shipped::shipped(&shown, "ru") {
            Some(found) => Ok(of_shipped(found)),
            None => Err(unreadable(&shown, &error).into()),
        },
    }
}

/// Reads `scenario.toml` of the working folder, else the offer that is shipped in this language.
///
/// # Errors
/// The file is there and cannot be read.
pub(in crate::commands) fn open_usual(language: &str, desk: &Desk<'_>) -> anyhow::Result<Opened> {
    let usual = Path::new(USUAL_FILE);
    match shipped::shipped("offer", language) {
        Some(offer) if !desk.path(usual).exists() => Ok(Opened {
            shown: "the offer".to_owned(),
            ..of_shipped(offer)
        }),
        _ => open(usual, desk),
    }
}

fn of_shipped(found: &Shipped) -> Opened {
    Opened {
        shown: found.name.to_owned(),
        read: Scenario::load(found.text, &mut |path| {
            let text = part(path).map(str::to_owned);
            text.ok_or_else(|| "it is not shipped".to_owned())
        }),
    }
}

/// Reads a scenario; what it includes is looked for beside it, then among what is shipped.
fn load(text: &str, path: &Path) -> Result<Scenario, ScenarioError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut scenario = Scenario::load(text, &mut |included| {
        let error = match std::fs::read_to_string(folder.join(included)) {
            Ok(text) => return Ok(text),
            Err(error) => error.to_string(),
        };
        part(included).map(str::to_owned).ok_or(error)
    })?;
    scenario.read_sounds(&mut |file| sound(&folder.join(file)))?;
    Ok(scenario)
}

/// Reads a file that a scenario plays.
fn sound(path: &Path) -> Result<Sound, String> {
    let wav = std::fs::read(path).map_err(|error| error.to_string())?;
    let frames = wav_read::frames_of(&wav).map_err(|error| error.to_string())?;
    Ok(Sound {
        wav: wav.into(),
        ms: frames.len() as u64 * u64::from(FRAME_MS),
    })
}

fn unreadable(shown: &str, error: &std::io::Error) -> UserError {
    let message = format!("the scenario `{shown}` cannot be read: {error}");
    let names: Vec<&str> = SHIPPED.iter().map(|shipped| shipped.name).collect();
    let hint = format!("name a file, or one that is shipped: {}", names.join(", "));
    UserError::new(ExitStatus::Invalid, "bad_scenario", message).hint(&hint)
}

/// The first mistake of a scenario, with its place.
fn broken(shown: &str, error: &ScenarioError) -> anyhow::Error {
    let place = place_of(error);
    let message = format!("{}: {}", written(shown, &place), error.message);
    let more = match error.more.len() {
        0 => String::new(),
        more => format!("; {more} more: novodial scenario check {shown}"),
    };
    let user = UserError::new(ExitStatus::Invalid, "bad_scenario", message);
    let hint = format!("{}{more}", error.hint.as_deref().unwrap_or_default());
    match hint.trim_start_matches("; ") {
        "" => user,
        hint => user.hint(hint),
    }
    .into()
}

pub(super) fn place_of(error: &ScenarioError) -> Place {
    Place {
        file: error.file.clone(),
        line: error.line,
        column: error.column,
    }
}

/// `scenario.toml:12:5`, or the file alone.
pub(in crate::commands) fn written(shown: &str, place: &Place) -> String {
    let file = match &place.file {
        Some(file) => Path::new(shown).parent().map_or_else(
            || file.to_string(),
            |folder| folder.join(&**file).display().to_string(),
        ),
        None => shown.to_owned(),
    };
    if place.line == 0 {
        return file;
    }
    format!("{file}:{}:{}", place.line, place.column)
}
