//! Finds and reads scenarios, with the files they include.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

use super::shipped::{self, SHIPPED, Shipped, part};
use crate::audio::{FRAME_MS, wav_read};
use crate::commands::Desk;
use crate::dialogue::{Place, Scenario, ScenarioError, Sound};
use crate::output::{ExitStatus, UserError, plain};

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
    match std::fs::read_to_string(&path) {
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
            None => Err(unreadable(&shown, &path, &error).into()),
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

fn of_shipped(found: &'static Shipped) -> Opened {
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
        let text = match std::fs::read_to_string(folder.join(included)) {
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

fn unreadable(shown: &str, path: &Path, error: &std::io::Error) -> UserError {
    let why = why_not(path, error);
    let message = format!("the scenario `{}` cannot be read: {why}", plain(shown));
    let user = UserError::new(ExitStatus::Invalid, "bad_scenario", message);
    if error.kind() == ErrorKind::InvalidData {
        return user.hint("save it as UTF-8: in the editor's “Save as”, under “Encoding”");
    }
    user.hint(nearest_scenario(shown, path))
}

/// Why a file cannot be read, for a person.
fn why_not(path: &Path, error: &std::io::Error) -> String {
    if path.is_dir() {
        return "it is a folder".to_owned();
    }
    if error.kind() == ErrorKind::NotFound {
        return "there is no such file".to_owned();
    }
    if error.kind() != ErrorKind::InvalidData {
        return error.to_string();
    }
    let bytes = std::fs::read(path).unwrap_or_default();
    let wide = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    let encoding = if wide { "UTF-16" } else { "an old encoding" };
    format!("it is written in {encoding}, and not in UTF-8")
}

/// The file or the shipped scenario whose name is most like this one.
fn nearest_scenario(shown: &str, path: &Path) -> String {
    let folder = if path.is_dir() {
        path
    } else {
        path.parent().unwrap_or(Path::new("."))
    };
    let written = Path::new(shown).parent().filter(|_| !path.is_dir());
    let written = written.unwrap_or(Path::new(if path.is_dir() { shown } else { "" }));
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let files = files.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let files = files.filter(|name| {
        let is_toml = Path::new(name)
            .extension()
            .is_some_and(|kind| kind == "toml");
        is_toml && name != "novodial.toml"
    });
    let files = files.map(|name| written.join(name).display().to_string());
    let shipped: Vec<&str> = SHIPPED.iter().map(|shipped| shipped.name).collect();
    let likeness = |name: &str| strsim::jaro_winkler(name.trim_end_matches(".toml"), shown);
    let known = files.chain(shipped.iter().map(|name| (*name).to_owned()));
    let best = known.max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    match best.filter(|best| likeness(best) > 0.8) {
        Some(best) => format!("did you mean `{}`?", plain(&best)),
        None => format!(
            "name a file, or one that is shipped: {}",
            shipped.join(", ")
        ),
    }
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
