//! What can be wrong outside a call, and what the end of a call tells of it.

use std::fmt;

use jiff::SignedDuration;

use crate::line::Disposition;

/// A trunk that refuses says so at once; one that keeps silent lets a call wait for an answer of
/// any kind. Timer B of SIP alone is 32 s (RFC 3261 §17.1.1.2), a ring timeout seldom under 10.
const SILENCE: SignedDuration = SignedDuration::from_secs(5);

/// Why a campaign is paused: what is wrong outside, told apart by who can mend it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Trouble {
    /// The network has no circuits for our calls.
    Congestion,
    /// The trunk refuses our calls: login, caller id, direction, money.
    Refused,
    /// The trunk takes calls and never says a word about them.
    Silent,
    /// The trunk's endpoint is offline. Registration itself is not visible over ARI; this is
    /// what can be seen of it.
    Offline,
    /// The speech service cannot be reached, or fails.
    SpeechDown,
    /// The speech service takes no more work from this account: credits, key, terms.
    OutOfCredits,
}

impl Trouble {
    /// Every trouble.
    pub const ALL: [Self; 6] = [
        Self::Congestion,
        Self::Refused,
        Self::Silent,
        Self::Offline,
        Self::SpeechDown,
        Self::OutOfCredits,
    ];

    /// The word used in JSON and in the ledger.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Congestion => "congestion",
            Self::Refused => "refused",
            Self::Silent => "silent",
            Self::Offline => "offline",
            Self::SpeechDown => "speech_down",
            Self::OutOfCredits => "out_of_credits",
        }
    }

    /// What is wrong, for a person who is no engineer.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::Congestion => "the network has no free lines for our calls",
            Self::Refused => "the trunk refuses our calls",
            Self::Silent => "the trunk takes our calls and never rings anybody",
            Self::Offline => "the trunk is offline",
            Self::SpeechDown => "the speech service does not answer",
            Self::OutOfCredits => "the speech service takes no more work from this account",
        }
    }

    /// What to do now.
    pub fn hint(self) -> &'static str {
        match self {
            Self::Congestion => {
                "ring fewer people at once (--max-calls, --cps), or ask the operator how many \
                 lines the trunk has"
            }
            Self::Refused => {
                "look at the trunk's login, caller id and balance; `novodial asterisk check` \
                 tells what it can see"
            }
            Self::Silent | Self::Offline => {
                "see `novodial asterisk check`: the trunk's registration, and the way to it"
            }
            Self::SpeechDown => "check the network and the proxy to the speech service",
            Self::OutOfCredits => "check the account's credits and its key",
        }
    }

    /// Whether it can be asked about without ringing anybody: the state of an endpoint, the
    /// account of the speech service. Where it cannot, a single call is the probe.
    pub fn can_be_asked(self) -> bool {
        match self {
            Self::Offline | Self::SpeechDown | Self::OutOfCredits => true,
            Self::Congestion | Self::Refused | Self::Silent => false,
        }
    }

    /// Whether a call that the trunk took proves that it is over.
    pub(super) fn is_of_trunk(self) -> bool {
        match self {
            Self::Congestion | Self::Refused | Self::Silent | Self::Offline => true,
            Self::SpeechDown | Self::OutOfCredits => false,
        }
    }

    /// Whether it is certain at its first sign, and not one in a row.
    pub(super) fn is_certain(self) -> bool {
        self == Self::OutOfCredits
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What the end of a call tells of the world outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// The trunk took the call and did with it what a trunk does.
    Works,
    /// It did, and the speech service carried a talk.
    Talks,
    /// It did not.
    Fails(Trouble),
    /// Nothing: we ended it, or it never came so far.
    Nothing,
}

impl Sign {
    /// What a disposition tells; `lasted` is the time since the call was placed.
    pub fn of(disposition: Disposition, lasted: SignedDuration) -> Self {
        match disposition {
            Disposition::Congestion => Self::Fails(Trouble::Congestion),
            Disposition::TrunkRefused => Self::Fails(Trouble::Refused),
            Disposition::TrunkUnreachable if lasted >= SILENCE => Self::Fails(Trouble::Silent),
            Disposition::TrunkUnreachable => Self::Fails(Trouble::Offline),
            Disposition::Answered => Self::Talks,
            Disposition::Machine
            | Disposition::Busy
            | Disposition::NoAnswer
            | Disposition::Rejected
            | Disposition::Unreachable
            | Disposition::InvalidNumber => Self::Works,
            Disposition::Blocked | Disposition::Interrupted | Disposition::Failed => Self::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_trouble_has_a_word_an_explanation_and_a_hint_of_its_own() {
        let words: BTreeSet<_> = Trouble::ALL
            .iter()
            .map(|trouble| trouble.as_str())
            .collect();
        assert_eq!(words.len(), Trouble::ALL.len());
        for trouble in Trouble::ALL {
            assert!(!trouble.explanation().is_empty() && !trouble.hint().is_empty());
        }
    }

    #[test]
    fn silence_is_told_from_a_trunk_that_is_not_there() {
        let of = |ms| {
            Sign::of(
                Disposition::TrunkUnreachable,
                SignedDuration::from_millis(ms),
            )
        };
        assert_eq!(of(40), Sign::Fails(Trouble::Offline));
        assert_eq!(of(30_000), Sign::Fails(Trouble::Silent));
    }
}
