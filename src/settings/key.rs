//! What a setting is: its place in the file, what its text must be, what it means.

use super::KEYS;

/// What a key's text must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// Text that is never shown.
    Secret,
    /// A file or folder; relative to the folder of the file it is written in.
    Path,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Count,
    /// A number, with a fraction or without.
    Rate,
    /// Several words; in a variable separated by commas.
    List,
}

/// One setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// The table of `novodial.toml`.
    pub section: &'static str,
    /// The name inside the table.
    pub name: &'static str,
    /// What its text must be.
    pub kind: Kind,
    /// The text if nobody sets it.
    pub default: Option<&'static str>,
    /// A value to show: in errors, and in the file that `init` writes.
    pub example: &'static str,
    /// What it means, for the file that `init` writes.
    pub says: &'static str,
}

impl Key {
    /// `call.ring_timeout`.
    pub fn path(&self) -> String {
        format!("{}.{}", self.section, self.name)
    }

    /// `NOVODIAL_CALL_RING_TIMEOUT`.
    pub fn variable(&self) -> String {
        format!("NOVODIAL_{}_{}", self.section, self.name).to_ascii_uppercase()
    }

    /// The key of a section and name, if there is one.
    pub fn find(section: &str, name: &str) -> Option<&'static Self> {
        KEYS.iter()
            .find(|key| key.section == section && key.name == name)
    }

    /// A value as it stands in `novodial.toml`.
    pub fn literal(&self, text: &str) -> String {
        match self.kind {
            Kind::Flag | Kind::Count | Kind::Rate => text.to_owned(),
            Kind::List => {
                let words: Vec<String> = text.split(',').map(|word| format!("{word:?}")).collect();
                format!("[{}]", words.join(", "))
            }
            Kind::Text | Kind::Secret | Kind::Path | Kind::Choice(_) => format!("{text:?}"),
        }
    }
}

/// A key with a default, which is also its example.
pub(super) const fn set(
    section: &'static str,
    name: &'static str,
    kind: Kind,
    default: &'static str,
    says: &'static str,
) -> Key {
    Key {
        section,
        name,
        kind,
        default: Some(default),
        example: default,
        says,
    }
}

/// A key without a default.
pub(super) const fn unset(
    section: &'static str,
    name: &'static str,
    kind: Kind,
    example: &'static str,
    says: &'static str,
) -> Key {
    Key {
        section,
        name,
        kind,
        default: None,
        example,
        says,
    }
}

/// A limit of the policy.
pub(super) const fn limit(name: &'static str, default: &'static str, says: &'static str) -> Key {
    set("policy", name, Kind::Count, default, says)
}

/// A list of delays of the policy.
pub(super) const fn delays(name: &'static str, default: &'static str, says: &'static str) -> Key {
    set("policy", name, Kind::List, default, says)
}
