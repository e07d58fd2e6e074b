//! `novodial.toml`: where it is found, and its keys with their places.

use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::environment::Environment;
use super::error::{SettingsError, SettingsFault, nearest};
use super::keys::SECTIONS;
use super::layers::Found;
use super::{KEYS, Key, Kind, Origin};

/// The name looked for in a folder.
const FILE_NAME: &str = "novodial.toml";

/// The settings file of this run: the one asked for, else the working folder's, else the user's.
///
/// # Errors
/// `Unreadable` if the one asked for does not exist.
pub(super) fn find(
    asked: Option<&Path>,
    environment: &Environment,
) -> Result<Option<PathBuf>, SettingsError> {
    if let Some(path) = asked {
        let full = environment.working_folder.join(path);
        return if full.is_file() {
            Ok(Some(full))
        } else {
            Err(SettingsError::new(
                SettingsFault::Unreadable,
                format!("{}: no such settings file", path.display()),
                "check the path after --config, or run `novodial init` to write one",
            ))
        };
    }
    let user = environment
        .xdg("XDG_CONFIG_HOME", ".config")
        .map(|folder| folder.join("novodial").join(FILE_NAME));
    Ok(std::iter::once(environment.working_folder.join(FILE_NAME))
        .chain(user)
        .find(|path| path.is_file()))
}

/// A path as the user would write it: without the working folder in front.
pub(super) fn shown(path: &Path, environment: &Environment) -> PathBuf {
    path.strip_prefix(&environment.working_folder)
        .unwrap_or(path)
        .to_path_buf()
}

/// Reads a whole text file.
///
/// # Errors
/// `Unreadable`, with the path.
pub(super) fn read(path: &Path, shown: &Path) -> Result<String, SettingsError> {
    std::fs::read_to_string(path).map_err(|error| {
        SettingsError::new(
            SettingsFault::Unreadable,
            format!("{}: cannot be read: {error}", shown.display()),
            "make it a readable text file in UTF-8, or remove it",
        )
    })
}

/// Every key of the file's text, with its place.
///
/// # Errors
/// `Syntax`, `UnknownKey`, `BadValue` (a value of the wrong type).
pub(super) fn parse(path: &Path, text: &str) -> Result<Vec<(&'static Key, Found)>, SettingsError> {
    let places = Places { path, text };
    let document = DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        SettingsError::new(
            SettingsFault::Syntax,
            format!("{}: {}", places.origin(at), error.message()),
            "write key = value, with texts in double quotes",
        )
    })?;
    let mut found = Vec::new();
    for (section, value) in document.get_ref() {
        let origin = places.origin(section.span().start);
        let name = section.get_ref().as_ref();
        if !SECTIONS.iter().any(|(known, _)| *known == name) {
            return Err(unknown_section(name, &origin));
        }
        let Some(table) = value.get_ref().as_table() else {
            return Err(SettingsError::new(
                SettingsFault::BadValue,
                format!("{origin}: `{name}` is a section, not a value"),
                format!("write [{name}] on a line of its own and its keys below"),
            ));
        };
        for (key, value) in table {
            let origin = places.origin(key.span().start);
            let known = Key::find(name, key.get_ref())
                .ok_or_else(|| unknown_key(name, key.get_ref(), &origin))?;
            let origin = places.origin(value.span().start);
            let text = text_of(known, value.get_ref(), &origin)?;
            found.push((known, Found { text, origin }));
        }
    }
    Ok(found)
}

/// Turns byte offsets into lines and columns.
struct Places<'a> {
    path: &'a Path,
    text: &'a str,
}

impl Places<'_> {
    fn origin(&self, offset: usize) -> Origin {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Origin::File {
            path: self.path.to_path_buf(),
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).unwrap_or("").chars().count() + 1,
        }
    }
}

/// The value as text, if it has the type of its key.
fn text_of(key: &Key, value: &DeValue<'_>, origin: &Origin) -> Result<String, SettingsError> {
    let wanted = match (key.kind, value) {
        (Kind::Flag, DeValue::Boolean(flag)) => return Ok(flag.to_string()),
        (Kind::Flag, _) => "true or false",
        (Kind::Count | Kind::Rate, DeValue::Integer(number)) if number.radix() == 10 => {
            return Ok(number.as_str().replace('_', ""));
        }
        (Kind::Rate, DeValue::Float(number)) => return Ok(number.as_str().replace('_', "")),
        (Kind::Count, _) => "a whole number",
        (Kind::Rate, _) => "a number",
        (Kind::List, DeValue::Array(items)) => {
            let words: Option<Vec<&str>> =
                items.iter().map(|item| item.get_ref().as_str()).collect();
            if let Some(words) = words {
                return Ok(words.join(","));
            }
            "a list of texts"
        }
        (Kind::List, _) => "a list of texts",
        (_, DeValue::String(text)) => return Ok(text.clone().into_owned()),
        (_, _) => "a text in double quotes",
    };
    let complaint = format!("must be {wanted}, not {}", type_name(value));
    Err(SettingsError::bad_value(key, origin, &complaint))
}

fn type_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a section",
    }
}

fn unknown_section(name: &str, origin: &Origin) -> SettingsError {
    let names = || SECTIONS.iter().map(|(known, _)| *known);
    let hint = nearest(name, names()).map_or_else(
        || {
            format!(
                "the sections are {}",
                names().collect::<Vec<_>>().join(", ")
            )
        },
        |near| format!("write [{near}]"),
    );
    SettingsError::new(
        SettingsFault::UnknownKey,
        format!("{origin}: unknown section `{name}`"),
        hint,
    )
}

fn unknown_key(section: &str, name: &str, origin: &Origin) -> SettingsError {
    let names = || {
        KEYS.iter()
            .filter(|key| key.section == section)
            .map(|key| key.name)
    };
    let elsewhere = KEYS.iter().find(|key| key.name == name);
    let hint = match (nearest(name, names()), elsewhere) {
        (Some(near), _) => format!("write {near}"),
        (None, Some(key)) => format!("it belongs in [{}]", key.section),
        (None, None) => format!("[{section}] has {}", names().collect::<Vec<_>>().join(", ")),
    };
    SettingsError::new(
        SettingsFault::UnknownKey,
        format!("{origin}: unknown key `{name}` in [{section}]"),
        hint,
    )
}
