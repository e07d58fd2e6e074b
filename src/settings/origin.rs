//! Where a value came from, so that an error can point at it.

use std::fmt;
use std::path::PathBuf;

use super::Key;

/// The place of a value; later variants win over earlier ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nobody set it.
    Default,
    /// The preset of the policy.
    Preset {
        /// Its name.
        name: String,
    },
    /// `novodial.toml`.
    File {
        /// As the user would write it.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// From 1, in characters.
        column: usize,
    },
    /// `.env` in the working folder, or beside the settings file.
    DotEnv {
        /// As the user would write it.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// The variable's name.
        variable: String,
    },
    /// A variable of the environment.
    Environment {
        /// The variable's name.
        variable: String,
    },
    /// The campaign's own settings, kept with it in the ledger.
    Campaign {
        /// Its name.
        name: String,
    },
    /// A flag of the command line.
    Flag {
        /// With its dashes.
        flag: &'static str,
    },
}

impl Origin {
    /// The layer: a higher one wins.
    pub(super) fn rank(&self) -> u8 {
        match self {
            Self::Default | Self::Preset { .. } => 0,
            Self::File { .. } => 1,
            Self::DotEnv { .. } => 2,
            Self::Environment { .. } => 3,
            Self::Campaign { .. } => 4,
            Self::Flag { .. } => 5,
        }
    }

    /// How to write `text` for `key` in this place.
    pub(super) fn writing(&self, key: &Key, text: &str) -> String {
        match self {
            Self::Default | Self::Preset { .. } | Self::File { .. } => {
                format!("write {} = {}", key.name, key.literal(text))
            }
            Self::DotEnv { variable, .. } | Self::Environment { variable } => {
                format!("write {variable}={text}")
            }
            Self::Campaign { .. } => {
                format!("give it anew with --set {}={text}", key.path())
            }
            Self::Flag { flag } if *flag == "--set" => format!("write --set {}={text}", key.path()),
            Self::Flag { flag } => format!("write {flag} {text}"),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Preset { name } => write!(f, "preset {name}"),
            Self::File { path, line, column } => {
                write!(f, "{}:{line}:{column}", path.display())
            }
            Self::DotEnv {
                path,
                line,
                variable,
            } => write!(f, "{}:{line}: {variable}", path.display()),
            Self::Environment { variable } => write!(f, "environment variable {variable}"),
            Self::Campaign { name } => write!(f, "settings of campaign {name}"),
            Self::Flag { flag } => f.write_str(flag),
        }
    }
}
