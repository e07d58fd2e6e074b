//! The lines of a check of anything outside: how it stands, and what mends it.
//!
//! Asterisk, the provider and the speech service are checked by rooms that may not know each other;
//! this is what they have in common, so that all of them are printed and counted alike.

/// How a line of the report is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// As it should be.
    Ok,
    /// Works, and may surprise.
    Warning,
    /// Calls will fail.
    Failure,
}

/// One line of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckLine {
    /// What was looked at.
    pub what: String,
    /// How it stands.
    pub level: Level,
    /// What was found.
    pub found: String,
    /// What the user does about it: file, key, value, page. Every failure has one.
    pub mend: Option<String>,
}

impl CheckLine {
    /// A line that is as it should be.
    pub fn ok(what: &str, found: impl Into<String>) -> Self {
        Self {
            what: what.to_owned(),
            level: Level::Ok,
            found: found.into(),
            mend: None,
        }
    }

    /// A line that works, and may surprise.
    pub fn warning(what: &str, found: impl Into<String>, mend: impl Into<String>) -> Self {
        let mend = Some(mend.into());
        Self {
            what: what.to_owned(),
            level: Level::Warning,
            found: found.into(),
            mend,
        }
    }

    /// A line that stops calls.
    pub fn failure(what: &str, found: impl Into<String>, mend: impl Into<String>) -> Self {
        Self {
            level: Level::Failure,
            ..Self::warning(what, found, mend)
        }
    }
}
