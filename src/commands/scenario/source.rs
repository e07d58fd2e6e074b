//! Finds and reads scenarios, with the files they include.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::shipped::{self, SHIPPED, Shipped, part};
use super::unreadable::{self, read_text, why_not};
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
    /// The files it was read from, by the path of the included; that of `None` is its own.
    pub(super) texts: BTreeMap<Option<String>, String>,
    /// The one that is shipped, where it is from there.
    pub(super) shipped: Option<&'static Shipped>,
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
    match read_text(&path) {
        Ok(text) => {
            let mut texts = BTreeMap::new();
            let read = load(&text, &path, &mut texts);
            texts.insert(None, text);
            Ok(Opened {
                shown,
                read,
                texts,
                shipped: None,
            })
        }
        Err(error) => match shipped::shipped(&shown, "ru") {
            Some(found) => Ok(of_shipped(found)),
            None => Err(unreadable::told(&shown, &path, &error).into()),
        },
    }
}

/// Reads `scenario.toml` of the working folder, if there is one.
///
/// # Errors
/// It cannot be read.
pub(in crate::commands) fn open_usual(desk: &Desk<'_>) -> anyhow::Result<Option<Opened>> {
    let usual = Path::new(USUAL_FILE);
    let is_there = desk.path(usual).exists();
    is_there.then(|| open(usual, desk)).transpose()
}

/// The offer that is shipped in this language: a rehearsal may talk along it, nothing else.
///
/// # Errors
/// None is shipped.
pub(in crate::commands) fn open_offer(language: &str) -> anyhow::Result<Opened> {
    let offer = shipped::shipped("offer", language).map(of_shipped);
    offer.ok_or_else(|| none_named().into())
}

/// Nobody said what the callees are to be told.
pub(in crate::commands) fn none_named() -> UserError {
    let message = format!("no scenario is named, and there is no {USUAL_FILE} here");
    UserError::new(ExitStatus::Invalid, "no_scenario", message).hint(
        "write one: novodial init; or name one with --scenario: a file, or one that is shipped, like offer.ru",
    )
}

/// How a scenario is kept for the next time: the full path of a file, the name of a shipped one.
pub(in crate::commands) fn to_keep(named: &Path, desk: &Desk<'_>) -> String {
    let path = desk.path(named);
    let shown = named.display().to_string();
    match shipped::shipped(&shown, "ru").filter(|_| !path.exists()) {
        Some(found) => found.name.to_owned(),
        None => path.display().to_string(),
    }
}

/// A scenario that was kept, to be named again. Older builds kept a shipped one as if it lay in the
/// folder.
pub(in crate::commands) fn of_kept(kept: &str) -> PathBuf {
    let path = Path::new(kept);
    let name = path.file_name().filter(|_| !path.is_file());
    let found = name.and_then(|name| SHIPPED.iter().find(|shipped| name == shipped.name));
    found.map_or_else(|| path.to_owned(), |found| PathBuf::from(found.name))
}

/// The scenario that bears this name: among the files of the working folder, and what is shipped.
pub(in crate::commands) fn find_by_name(name: &str, desk: &Desk<'_>) -> Option<Opened> {
    let is_it = |opened: &Opened| matches!(&opened.read, Ok(read) if read.name == name);
    let usual = open_usual(desk).ok().flatten();
    if let Some(usual) = usual.filter(is_it) {
        return Some(usual);
    }
    let mut files = unreadable::scenarios_in(&desk.path(Path::new(".")));
    // The one that is called as it is named comes first.
    files.sort_by_key(|file| file.strip_suffix(".toml") != Some(name));
    let mut opened = files
        .iter()
        .filter_map(|file| open(Path::new(file), desk).ok());
    opened
        .find(is_it)
        .or_else(|| shipped::shipped(name, "ru").map(of_shipped))
        .filter(is_it)
}

pub(super) fn of_shipped(found: &'static Shipped) -> Opened {
    let mut texts = BTreeMap::from([(None, found.text.to_owned())]);
    let read = Scenario::load(found.text, &mut |path| {
        let text = part(path).map(str::to_owned);
        texts.extend(text.clone().map(|text| (Some(path.to_owned()), text)));
        text.ok_or_else(|| "it is not shipped".to_owned())
    });
    Opened {
        shown: found.name.to_owned(),
        read,
        texts,
        shipped: Some(found),
    }
}

/// Reads a scenario; what it includes is looked for beside it, then among what is shipped.
fn load(
    text: &str,
    path: &Path,
    texts: &mut BTreeMap<Option<String>, String>,
) -> Result<Scenario, ScenarioError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut scenario = Scenario::load(text, &mut |included| {
        let text = match read_text(&folder.join(included)) {
            Ok(text) => text,
            Err(error) => match part(included) {
                Some(text) => text.to_owned(),
                None => return Err(why_not(&folder.join(included), &error)),
            },
        };
        texts.insert(Some(included.to_owned()), text.clone());
        Ok(text)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shipped_scenario_that_was_kept_with_a_folder_is_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let kept = |name: &str| folder.path().join(name).display().to_string();
        assert_eq!(of_kept(&kept("survey.ru")), Path::new("survey.ru"));
        assert_eq!(of_kept("survey.ru"), Path::new("survey.ru"));
        // A file of one's own that is gone is missed, whatever its name is like.
        for name in ["survey", "survey.ru.toml", "own.toml"] {
            assert_eq!(of_kept(&kept(name)), Path::new(&kept(name)));
        }
        std::fs::write(folder.path().join("survey.ru"), "").unwrap();
        assert_eq!(of_kept(&kept("survey.ru")), Path::new(&kept("survey.ru")));
    }
}
