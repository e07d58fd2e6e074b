//! Trouble from its file: TOML with one `[[trouble]]` each.

use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use super::{EventsLost, Occasion, PacketGaps, Trouble, What, Woe, shipped};
use crate::rehearsal::callee::Spread;
use crate::rehearsal::written::{Written, WrittenError, meant};

/// Trouble that cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum TroubleError {
    /// No profile has this name.
    #[error("no such trouble: `{name}`")]
    Unknown {
        /// What was asked for.
        name: String,
        /// What was probably meant.
        hint: String,
    },
    /// The file cannot be read.
    #[error("{file}: cannot be read: {cause}")]
    Unreadable {
        /// The file.
        file: String,
        /// Why not.
        cause: std::io::Error,
    },
    /// The file has a mistake.
    #[error(transparent)]
    Wrong(#[from] WrittenError),
}

impl TroubleError {
    /// What to do about it.
    pub fn hint(&self) -> Option<&str> {
        match self {
            Self::Unknown { hint, .. } => Some(hint),
            Self::Unreadable { .. } => Some("name a text file in UTF-8 that you may read"),
            Self::Wrong(error) => error.hint.as_deref(),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawProfile {
    /// For people who read the file.
    #[serde(rename = "about")]
    _about: Option<String>,
    trouble: Vec<Spanned<RawWoe>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWoe {
    what: Spanned<String>,
    from: Option<Spanned<u32>>,
    until: Option<Spanned<u32>>,
    every: Option<Spanned<u32>>,
    in_a_row: Option<u32>,
    percent: Option<Spanned<u32>>,
    lost_percent: Option<Spanned<u32>>,
    gap_ms: Option<Spanned<Spread>>,
    after_ms: Option<Spanned<u32>>,
    for_ms: Option<Spanned<u32>>,
    by_ms: Option<Spanned<Spread>>,
    credits_left: Option<Spanned<u32>>,
}

/// What each trouble is called, and the keys that it needs.
const KINDS: [(&str, &[&str]); 10] = [
    ("packet_gaps", &["lost_percent", "gap_ms"]),
    ("congestion", &[]),
    ("early_event", &[]),
    ("events_lost", &["after_ms", "for_ms"]),
    ("trunk_away", &["for_ms"]),
    ("late_speech", &["by_ms"]),
    ("lost_speech", &["after_ms"]),
    ("too_many", &[]),
    ("quota", &["credits_left"]),
    ("slow_synthesis", &["by_ms"]),
];

impl Trouble {
    /// Makes trouble from a list as on the command line: built-in names and paths of files,
    /// parted by commas. What ends in `.toml` is a path.
    ///
    /// # Errors
    /// An unknown name, with the nearest one; a file that cannot be read or has a mistake.
    pub fn from_list(list: &str) -> Result<Self, TroubleError> {
        let mut all = Self::none();
        for item in list
            .split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty())
        {
            let one = if Path::new(item).extension().is_some_and(|ext| ext == "toml") {
                let text = std::fs::read_to_string(item).map_err(|cause| {
                    let file = item.to_owned();
                    TroubleError::Unreadable { file, cause }
                })?;
                Self::parse(item, &text)?
            } else {
                Self::named(item)?
            };
            all.woes.extend(one.woes);
            all.names.extend(one.names);
        }
        Ok(all)
    }

    /// A built-in profile.
    ///
    /// # Errors
    /// An unknown name, with the nearest one.
    pub fn named(name: &str) -> Result<Self, TroubleError> {
        let text = shipped::text(name).ok_or_else(|| TroubleError::Unknown {
            name: name.to_owned(),
            hint: meant(name, shipped::names()),
        })?;
        Ok(Self::parse(name, text)?)
    }

    /// Reads a profile; `file` is its name for messages.
    ///
    /// # Errors
    /// The first mistake, with its place.
    pub fn parse(file: &str, text: &str) -> Result<Self, WrittenError> {
        let written = Written { file, text };
        let raw: RawProfile = written.read()?;
        let woes = raw.trouble.iter().map(|woe| read_woe(written, woe));
        Ok(Self {
            names: vec![file.to_owned()],
            woes: woes.collect::<Result<_, _>>()?,
        })
    }
}

fn read_woe(written: Written<'_>, woe: &Spanned<RawWoe>) -> Result<Woe, WrittenError> {
    let raw = woe.get_ref();
    let kind = raw.what.get_ref().as_str();
    let (_, needed) = KINDS
        .iter()
        .find(|(name, _)| *name == kind)
        .ok_or_else(|| {
            written.unknown(&raw.what, "trouble", KINDS.iter().map(|(name, _)| *name))
        })?;
    for (key, place) in raw.given() {
        if !needed.contains(&key) {
            let message = format!("`{key}` says nothing about `{kind}`");
            return Err(written.at(place, message, Some(belongs(kind, needed))));
        }
    }
    let missing = || {
        let message = format!("`{kind}` needs {}", needed.join(" and "));
        written.error(woe, message, belongs(kind, needed))
    };
    Ok(Woe {
        what: what(kind, raw).ok_or_else(missing)?,
        occasion: occasion(written, raw)?,
    })
    .and_then(|woe| checked(written, raw, woe))
}

fn belongs(kind: &str, needed: &[&str]) -> String {
    let when = "from, until, every, in_a_row, percent";
    match needed {
        [] => format!("`{kind}` takes only {when}"),
        _ => format!("`{kind}` takes {}, and {when}", needed.join(", ")),
    }
}

/// The trouble of this kind; `None` if a number that it needs is missing.
fn what(kind: &str, raw: &RawWoe) -> Option<What> {
    let number = |value: &Option<Spanned<u32>>| value.as_ref().map(|value| *value.get_ref());
    let spread = |value: &Option<Spanned<Spread>>| value.as_ref().map(|value| *value.get_ref());
    Some(match kind {
        "packet_gaps" => What::PacketGaps(PacketGaps {
            lost_percent: number(&raw.lost_percent)?,
            gap_ms: spread(&raw.gap_ms)?,
        }),
        "congestion" => What::Congestion,
        "early_event" => What::EarlyEvent,
        "events_lost" => What::EventsLost(EventsLost {
            after_ms: number(&raw.after_ms)?,
            for_ms: number(&raw.for_ms)?,
        }),
        "trunk_away" => What::TrunkAway {
            for_ms: number(&raw.for_ms)?,
        },
        "late_speech" => What::LateSpeech {
            by_ms: spread(&raw.by_ms)?,
        },
        "lost_speech" => What::LostSpeech {
            after_ms: number(&raw.after_ms)?,
        },
        "too_many" => What::TooMany,
        "quota" => What::Quota {
            credits_left: number(&raw.credits_left)?,
        },
        "slow_synthesis" => What::SlowSynthesis {
            by_ms: spread(&raw.by_ms)?,
        },
        _ => return None,
    })
}

fn occasion(written: Written<'_>, raw: &RawWoe) -> Result<Occasion, WrittenError> {
    let or = |value: &Option<Spanned<u32>>, usual| value.as_ref().map_or(usual, |v| *v.get_ref());
    for value in [&raw.from, &raw.until, &raw.every].into_iter().flatten() {
        if *value.get_ref() == 0 {
            return Err(written.error(value, "calls are counted from 1", "write 1 or more"));
        }
    }
    let occasion = Occasion {
        from: or(&raw.from, 1),
        until: raw.until.as_ref().map(|until| *until.get_ref()),
        every: or(&raw.every, 1),
        in_a_row: raw.in_a_row.unwrap_or(1),
        percent: or(&raw.percent, 100),
    };
    if let Some(until) = raw
        .until
        .as_ref()
        .filter(|until| *until.get_ref() < occasion.from)
    {
        let hint = format!("`from` is {}", occasion.from);
        return Err(written.error(until, "`until` comes before `from`", hint));
    }
    Ok(occasion)
}

/// Shares beyond their bounds.
fn checked(written: Written<'_>, raw: &RawWoe, woe: Woe) -> Result<Woe, WrittenError> {
    let beyond = |value: &Option<Spanned<u32>>, most: u32| {
        let wrong = value
            .as_ref()
            .filter(|v| !(1..=most).contains(v.get_ref()))?;
        let message = format!("{} is no such share", wrong.get_ref());
        Some(written.error(wrong, message, format!("write 1 to {most}")))
    };
    match beyond(&raw.percent, 100).or_else(|| beyond(&raw.lost_percent, 90)) {
        Some(error) => Err(error),
        None => Ok(woe),
    }
}

impl RawWoe {
    /// The keys that only some troubles have, as far as they are given, with their places.
    fn given(&self) -> impl Iterator<Item = (&'static str, std::ops::Range<usize>)> {
        let number = |value: &Option<Spanned<u32>>| value.as_ref().map(Spanned::span);
        let spread = |value: &Option<Spanned<Spread>>| value.as_ref().map(Spanned::span);
        [
            ("lost_percent", number(&self.lost_percent)),
            ("gap_ms", spread(&self.gap_ms)),
            ("after_ms", number(&self.after_ms)),
            ("for_ms", number(&self.for_ms)),
            ("by_ms", spread(&self.by_ms)),
            ("credits_left", number(&self.credits_left)),
        ]
        .into_iter()
        .filter_map(|(key, place)| Some((key, place?)))
    }
}
