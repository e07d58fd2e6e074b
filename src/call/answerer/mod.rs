//! Who answered: a person, or which kind of machine, and by what that is known.
//!
//! One machine joins what is heard after the answer: how long the first words last, what is said
//! (guesses and texts as they come), whether somebody speaks on over us, tones and music. The call
//! runs it, and so does what measures it on recordings.

mod judge;
mod words;

use std::fmt;

use super::CallTime;

pub(super) use judge::{Finding, Judge, Sign};
pub(super) use words::is_machine_talk;
pub use words::traits;

/// Who picked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Answerer {
    /// A person.
    Human,
    /// A machine that takes a message, after a beep for the most part.
    Voicemail,
    /// The network or a company speaks, and listens to nobody.
    Announcement,
    /// A machine that asks what it is about, and listens.
    Assistant,
    /// A fax.
    Fax,
    /// Music for somebody who waits.
    Music,
}

impl Answerer {
    /// Every one, in the order of the documentation.
    pub const ALL: [Self; 6] = [
        Self::Human,
        Self::Voicemail,
        Self::Announcement,
        Self::Assistant,
        Self::Fax,
        Self::Music,
    ];

    /// The word used in the history and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Voicemail => "voicemail",
            Self::Announcement => "announcement",
            Self::Assistant => "assistant",
            Self::Fax => "fax",
            Self::Music => "music",
        }
    }

    /// The answerer of a word, if it is one.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }

    /// Whether it is no person.
    pub fn is_machine(self) -> bool {
        self != Self::Human
    }
}

/// By what it is known who answered. Times are in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// These words.
    Said(String),
    /// First words of this length, and no pause in them.
    SpokeLong(u64),
    /// So much speech on end, over our own too.
    SpokeOn(u64),
    /// First words of this length, and a pause.
    Waited(u64),
    /// A beep after what was said, or instead of it.
    Beep,
    /// The tone of a fax.
    FaxTone,
    /// The tones that come before an announcement of the network.
    InformationTones,
    /// Music, and nobody who speaks.
    Music,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = |ms: &u64| format!("{}.{} s", ms / 1_000, ms % 1_000 / 100);
        match self {
            Self::Said(words) => write!(f, "said: «{words}»"),
            Self::SpokeLong(ms) => write!(f, "spoke {} without a pause", seconds(ms)),
            Self::SpokeOn(ms) => write!(f, "spoke on for {}, whoever else spoke", seconds(ms)),
            Self::Waited(ms) => write!(f, "spoke {} and waited", seconds(ms)),
            Self::Beep => f.write_str("beeped"),
            Self::FaxTone => f.write_str("the tone of a fax"),
            Self::InformationTones => f.write_str("the network's information tones"),
            Self::Music => f.write_str("music"),
        }
    }
}

/// Who answered, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Who.
    pub answerer: Answerer,
    /// By what that is known.
    pub reason: Reason,
    /// Since when, in milliseconds after the answer.
    pub after_ms: u64,
}

/// Since the answer.
fn after(answered: Option<CallTime>, now: CallTime) -> u64 {
    answered.map_or(0, |at| now.since(at))
}

#[cfg(test)]
mod tests;
