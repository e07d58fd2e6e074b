//! Collects what was set where: a higher layer's text replaces a lower one's.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::environment::Environment;
use super::error::{SettingsError, SettingsFault, nearest};
use super::keys::SECTIONS;
use super::own::OwnSetting;
use super::policy::PresetReader;
use super::{KEYS, Key, Kind, Origin, dotenv, file, policy, reader};

/// A setting given by a flag of the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// The key it sets, as `section.name`.
    pub key: &'static str,
    /// The flag, with its dashes, for errors.
    pub flag: &'static str,
    /// The text given.
    pub text: String,
}

/// One text and its place. Not `Debug`: it may be a secret.
#[derive(Clone)]
pub(super) struct Found {
    pub(super) text: String,
    pub(super) origin: Origin,
}

/// Keys of which only one may be given.
const EXCLUSIVE: &[(&str, &str)] = &[
    ("asterisk.password", "asterisk.password_file"),
    ("elevenlabs.api_key", "elevenlabs.api_key_file"),
    ("novofon.access_token", "novofon.access_token_file"),
    ("novofon.key", "novofon.key_file"),
    ("novofon.secret", "novofon.secret_file"),
];

/// Everything that was set, and the file it came from.
#[derive(Default)]
pub(super) struct Layers {
    values: BTreeMap<String, Found>,
    pub(super) file: Option<PathBuf>,
}

impl Layers {
    /// Reads every layer from the lowest to the highest: `usual` below all that the user wrote,
    /// `flags` on top.
    ///
    /// # Errors
    /// Any [`SettingsFault`] but `Missing`.
    pub(super) fn collect(
        asked: Option<&Path>,
        environment: &Environment,
        (usual, own, flags): (&[Flag], &[OwnSetting], &[Flag]),
    ) -> Result<Self, SettingsError> {
        let mut layers = Self::default();
        layers.add_flags(usual)?;
        if let Some(path) = file::find(asked, environment)? {
            let shown = file::shown(&path, environment);
            for (key, found) in file::parse(&shown, &file::read(&path, &shown)?)? {
                layers.set(key, found)?;
            }
            layers.file = Some(path);
        }
        layers.add_dotenv(environment)?;
        for (variable, value) in &environment.variables {
            let origin = Origin::Environment {
                variable: variable.clone(),
            };
            layers.add_variable(variable, value, origin)?;
        }
        for setting in own {
            let text = setting.text.clone();
            let origin = setting.origin.clone();
            layers.set(setting.key, Found { text, origin })?;
        }
        layers.add_flags(flags)?;
        let file = layers.file.clone();
        let resolve = |found: &Found| reader::resolve(found, file.as_deref(), environment);
        policy::add_preset(&mut layers, &PresetReader { resolve: &resolve })?;
        Ok(layers)
    }

    /// Sets a key that nobody has set.
    pub(super) fn set_if_open(&mut self, key: &Key, found: Found) {
        self.values.entry(key.path()).or_insert(found);
    }

    fn add_flags(&mut self, flags: &[Flag]) -> Result<(), SettingsError> {
        for flag in flags {
            let key = KEYS.iter().find(|key| key.path() == flag.key);
            debug_assert!(key.is_some(), "a flag for {} which is no key", flag.key);
            if let Some(key) = key {
                let origin = Origin::Flag { flag: flag.flag };
                let text = flag.text.clone();
                self.set(key, Found { text, origin })?;
            }
        }
        Ok(())
    }

    /// What was set for a key.
    pub(super) fn get(&self, key: &Key) -> Option<&Found> {
        self.values.get(&key.path())
    }

    /// The files in which a secret stands as text.
    pub(super) fn secret_files(&self, environment: &Environment) -> Vec<PathBuf> {
        let secrets = KEYS.iter().filter(|key| key.kind == Kind::Secret);
        let files = secrets.filter_map(|key| match &self.get(key)?.origin {
            Origin::File { .. } => self.file.clone(),
            Origin::DotEnv { path, .. } => Some(environment.working_folder.join(path)),
            Origin::Default
            | Origin::Preset { .. }
            | Origin::Environment { .. }
            | Origin::Campaign { .. }
            | Origin::Flag { .. } => None,
        });
        files.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Reads `.env` beside the settings file, and over it the working folder's.
    fn add_dotenv(&mut self, environment: &Environment) -> Result<(), SettingsError> {
        let beside = self.file.as_deref().and_then(Path::parent);
        let mut folders: Vec<PathBuf> = beside.map(Path::to_path_buf).into_iter().collect();
        folders.push(environment.working_folder.clone());
        folders.dedup();
        for folder in folders {
            let path = folder.join(".env");
            if !path.is_file() {
                continue;
            }
            let shown = file::shown(&path, environment);
            for assignment in dotenv::parse(&shown, &file::read(&path, &shown)?)? {
                let origin = Origin::DotEnv {
                    path: shown.clone(),
                    line: assignment.line,
                    variable: assignment.variable.clone(),
                };
                self.add_variable(&assignment.variable, &assignment.value, origin)?;
            }
        }
        Ok(())
    }

    /// Takes a variable if it is ours. An empty one counts as not set.
    fn add_variable(
        &mut self,
        variable: &str,
        value: &str,
        origin: Origin,
    ) -> Result<(), SettingsError> {
        let key = if variable == "ELEVENLABS_API_KEY" {
            Key::find("elevenlabs", "api_key")
        } else {
            KEYS.iter().find(|key| key.variable() == variable)
        };
        let Some(key) = key else {
            return refuse_unknown(variable, &origin);
        };
        if value.is_empty() {
            return Ok(());
        }
        let text = value.trim().to_owned();
        self.set(key, Found { text, origin })
    }

    /// Sets a key; of an exclusive pair, the higher layer's wins and one layer may hold only one.
    fn set(&mut self, key: &Key, found: Found) -> Result<(), SettingsError> {
        let path = key.path();
        let other = EXCLUSIVE.iter().find_map(|(a, b)| match path.as_str() {
            p if p == *a => Some(*b),
            p if p == *b => Some(*a),
            _ => None,
        });
        if let Some(other) = other
            && let Some(there) = self.values.get(other)
        {
            if there.origin.rank() == found.origin.rank() {
                return Err(SettingsError::new(
                    SettingsFault::Conflict,
                    format!("{}: both {other} and {path} are set", found.origin),
                    "keep one of the two",
                ));
            }
            self.values.remove(other);
        }
        self.values.insert(path, found);
        Ok(())
    }
}

/// An unknown variable is an error where it is surely meant for us: in one of our sections, or
/// nearly one of our names. Others (a wrapper's own `NOVODIAL_...`) are not our business.
fn refuse_unknown(variable: &str, origin: &Origin) -> Result<(), SettingsError> {
    if !variable.starts_with("NOVODIAL_") {
        return Ok(());
    }
    let names: Vec<String> = KEYS.iter().map(Key::variable).collect();
    let in_a_section = SECTIONS.iter().any(|(section, _)| {
        variable.starts_with(&format!("NOVODIAL_{}_", section.to_ascii_uppercase()))
    });
    let near = nearest(variable, names.iter().map(String::as_str));
    let misspelt = near.is_some_and(|near| strsim::damerau_levenshtein(variable, near) <= 2);
    if !in_a_section && !misspelt {
        return Ok(());
    }
    Err(SettingsError::new(
        SettingsFault::UnknownKey,
        format!("{origin}: no such setting"),
        near.map_or_else(
            || "remove it; `novodial init` writes a file with every setting".to_owned(),
            |near| format!("write {near}"),
        ),
    ))
}
