//! What can be wrong with settings, in words for the user. Never holds a secret.

use super::{Key, Kind, Origin};

/// The kind of a fault, for JSON and for tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingsFault {
    /// The file is not TOML, a line of `.env` is no assignment.
    Syntax,
    /// A file cannot be read.
    Unreadable,
    /// No such key.
    UnknownKey,
    /// The value does not fit its key.
    BadValue,
    /// Two keys that exclude each other.
    Conflict,
    /// A value that this command needs is not set.
    Missing,
}

impl SettingsFault {
    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Syntax => "settings_syntax",
            Self::Unreadable => "settings_unreadable",
            Self::UnknownKey => "settings_unknown_key",
            Self::BadValue => "settings_bad_value",
            Self::Conflict => "settings_conflict",
            Self::Missing => "settings_missing",
        }
    }
}

/// A fault of the settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SettingsError {
    /// The kind of the fault.
    pub fault: SettingsFault,
    /// One line: the place, what is wrong there.
    pub message: String,
    /// What to write.
    pub hint: String,
    /// Whether it was typed just now, as a flag.
    pub typed: bool,
}

impl SettingsError {
    pub(super) fn new(
        fault: SettingsFault,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self {
            fault,
            message: message.into(),
            hint: hint.into(),
            typed: false,
        }
    }

    /// A value that does not fit; `complaint` follows the key's name.
    pub(super) fn bad_value(key: &Key, origin: &Origin, complaint: &str) -> Self {
        let hint = match key.kind {
            Kind::Choice(words) => format!(
                "{}; it may be {}",
                origin.writing(key, key.example),
                words.join(", ")
            ),
            Kind::Text
            | Kind::Secret
            | Kind::Path
            | Kind::Flag
            | Kind::Count
            | Kind::Rate
            | Kind::List => format!("{}, for example", origin.writing(key, key.example)),
        };
        Self {
            typed: matches!(origin, Origin::Flag { .. }),
            ..Self::new(
                SettingsFault::BadValue,
                format!("{origin}: {}: {complaint}", key.path()),
                hint,
            )
        }
    }

    /// A value that a command cannot do without, and that nobody set. An unknown key has no words.
    pub fn not_set(section: &'static str, name: &'static str, what: &str) -> Self {
        super::needed::missing(section, name, what)
    }
}

/// The name among `names` that was probably meant.
pub fn nearest<'a>(wrong: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    names
        .into_iter()
        .map(|name| (strsim::jaro_winkler(wrong, name), name))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}
