//! How an attempt ended on the line: a closed list.

use std::fmt;

/// How an attempt ended on the line. What the talk concluded is the outcome, not this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Disposition {
    /// Somebody answered and a dialogue could begin.
    Answered,
    /// A machine answered: voicemail, an operator's announcement.
    Machine,
    /// The line was busy.
    Busy,
    /// It rang and nobody answered.
    NoAnswer,
    /// The callee, or a service on the callee's behalf, declined.
    Rejected,
    /// The phone is off or out of coverage.
    Unreachable,
    /// No such number.
    InvalidNumber,
    /// The network had no circuit for the call.
    Congestion,
    /// The trunk refused: credentials, caller id, direction, codec (401, 403, 407, 488).
    TrunkRefused,
    /// The trunk did not take the call at all.
    TrunkUnreachable,
    /// Policy forbade it; nothing was dialled.
    Blocked,
    /// We stopped it before it came to an end of its own.
    Interrupted,
    /// A fault of ours.
    Failed,
}

impl Disposition {
    /// Every disposition, in the order of the documentation.
    pub const ALL: [Self; 13] = [
        Self::Answered,
        Self::Machine,
        Self::Busy,
        Self::NoAnswer,
        Self::Rejected,
        Self::Unreachable,
        Self::InvalidNumber,
        Self::Congestion,
        Self::TrunkRefused,
        Self::TrunkUnreachable,
        Self::Blocked,
        Self::Interrupted,
        Self::Failed,
    ];

    /// The word used in the database, in JSON and in messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Machine => "machine",
            Self::Busy => "busy",
            Self::NoAnswer => "no_answer",
            Self::Rejected => "rejected",
            Self::Unreachable => "unreachable",
            Self::InvalidNumber => "invalid_number",
            Self::Congestion => "congestion",
            Self::TrunkRefused => "trunk_refused",
            Self::TrunkUnreachable => "trunk_unreachable",
            Self::Blocked => "blocked",
            Self::Interrupted => "interrupted",
            Self::Failed => "failed",
        }
    }

    /// The disposition of a word, if it is one.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|disposition| disposition.as_str() == word)
    }
}

impl fmt::Display for Disposition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
