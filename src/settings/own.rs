//! Settings that belong to one campaign: from a file of its own or `--set`, kept with it.

use std::path::Path;

use serde_json::Value;

use super::environment::Environment;
use super::error::{SettingsError, SettingsFault, nearest};
use super::{KEYS, Key, Kind, Origin, file};

/// The sections that a campaign may set for itself: how it rings, not where.
const SECTIONS: [&str; 4] = ["policy", "campaign", "call", "tariff"];

/// One setting of a campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnSetting {
    pub(super) key: &'static Key,
    pub(super) text: String,
    pub(super) origin: Origin,
}

impl OwnSetting {
    /// Reads `policy.smallest_gap=1h`, as given after `--set`. Files that it names are looked for from
    /// the working folder, and kept with their full path: the next run may begin elsewhere.
    ///
    /// # Errors
    /// `UnknownKey`, `Syntax`.
    pub fn parse(argument: &str, environment: &Environment) -> Result<Self, SettingsError> {
        let origin = Origin::Flag { flag: "--set" };
        let Some((path, text)) = argument.split_once('=') else {
            return Err(SettingsError::new(
                SettingsFault::Syntax,
                format!("{origin}: `{argument}` has no value"),
                "write --set KEY=VALUE, such as --set policy.smallest_gap=1h",
            ));
        };
        let key = own_key(path.trim(), &origin)?;
        let text = full_path(key, text.trim(), &environment.working_folder);
        Ok(Self { key, text, origin })
    }

    /// Reads a campaign's file: sections and keys as in `novodial.toml`. Files that it names are
    /// looked for from its own folder.
    ///
    /// # Errors
    /// `Unreadable`, `Syntax`, `UnknownKey`.
    pub fn read(path: &Path, environment: &Environment) -> Result<Vec<Self>, SettingsError> {
        let full = environment.working_folder.join(path);
        let folder = full.parent().unwrap_or(&environment.working_folder);
        let mut settings = Vec::new();
        for (key, found) in file::parse(path, &file::read(&full, path)?)? {
            let key = own_key(&key.path(), &found.origin)?;
            let text = full_path(key, &found.text, folder);
            let origin = found.origin;
            settings.push(Self { key, text, origin });
        }
        Ok(settings)
    }

    /// The settings that a campaign keeps in the ledger.
    ///
    /// # Errors
    /// `UnknownKey`: a newer novodial has written them.
    pub fn kept(campaign: &str, settings: &Value) -> Result<Vec<Self>, SettingsError> {
        let origin = Origin::Campaign {
            name: campaign.to_owned(),
        };
        let kept = settings.as_object().into_iter().flatten();
        kept.filter_map(|(path, value)| Some((path, value.as_str()?)))
            .map(|(path, text)| {
                let key = own_key(path, &origin)?;
                let (text, origin) = (text.to_owned(), origin.clone());
                Ok(Self { key, text, origin })
            })
            .collect()
    }

    /// What to keep: those kept before with these on top.
    pub fn keep(before: &Value, settings: &[Self]) -> Value {
        let mut kept = before.as_object().cloned().unwrap_or_default();
        for setting in settings {
            kept.insert(setting.key.path(), Value::from(setting.text.as_str()));
        }
        if kept.is_empty() {
            return Value::Null;
        }
        Value::Object(kept)
    }
}

/// The value of a key; where it names a file of the folder, that file's full path.
fn full_path(key: &Key, text: &str, folder: &Path) -> String {
    let file = folder.join(text);
    if matches!(key.name, "preset" | "holidays") && file.is_file() {
        return file.display().to_string();
    }
    text.to_owned()
}

/// A key that a campaign may set.
fn own_key(path: &str, origin: &Origin) -> Result<&'static Key, SettingsError> {
    let key = KEYS.iter().find(|key| key.path() == path);
    let allowed = |key: &&Key| SECTIONS.contains(&key.section) && key.kind != Kind::Secret;
    if let Some(key) = key.filter(allowed) {
        return Ok(key);
    }
    let names: Vec<String> = KEYS.iter().filter(allowed).map(Key::path).collect();
    let near = nearest(path, names.iter().map(String::as_str));
    let message = match key {
        Some(_) => format!("{origin}: {path} is not a campaign's to set"),
        None => format!("{origin}: unknown key {path}"),
    };
    let hint = near.map_or_else(
        || format!("a campaign may set keys of {}", SECTIONS.join(", ")),
        |near| format!("write {near}"),
    );
    Err(SettingsError::new(SettingsFault::UnknownKey, message, hint))
}
