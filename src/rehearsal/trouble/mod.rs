//! Trouble on demand: what goes wrong in a rehearsal, when, and how much.
//!
//! A [`Trouble`] is data, from a built-in name or a file. What concerns the speech service is put
//! in by [`Trouble::apply_to_speech`] at the start and [`Trouble::before_call`] at each call; what
//! concerns the exchange is told call by call by [`Trouble::of_call`], and the exchange does it:
//!
//! | trouble | who | what the exchange does with [`CallTrouble`] |
//! |---|---|---|
//! | `packet_gaps` | exchange | drops the frames of both directions that [`Gaps`] names |
//! | `congestion` | exchange | refuses with 503 (cause 34) whoever is rung |
//! | `early_event` | exchange | sends the call's first events before the HTTP answer |
//! | `events_lost` | exchange | drops the event socket so long after the dialling; refuses it for a while |
//! | `trunk_away` | exchange | shows the trunk offline and refuses calls, this one too, for a while |
//! | `late_speech`, `lost_speech`, `too_many`, `quota`, `slow_synthesis` | speech | nothing |
//!
//! Calls are counted from 1, in the order in which they are dialled. The same seed and the same
//! number always meet the same trouble.

mod gaps;
mod occasion;
mod read;
mod shipped;
mod speech;

pub use gaps::Gaps;
pub use occasion::Occasion;
pub use read::TroubleError;
pub use shipped::names;

pub use super::written::WrittenError;

use super::callee::Spread;

/// What goes wrong, together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trouble {
    /// The names of the profiles it was made of.
    pub names: Vec<String>,
    woes: Vec<Woe>,
}

/// One thing that goes wrong, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Woe {
    what: What,
    occasion: Occasion,
}

/// What can go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    PacketGaps(PacketGaps),
    Congestion,
    EarlyEvent,
    EventsLost(EventsLost),
    TrunkAway {
        for_ms: u32,
    },
    /// Recognition is silent at first.
    LateSpeech {
        by_ms: Spread,
    },
    /// Recognition is cut off after so much audio.
    LostSpeech {
        after_ms: u32,
    },
    /// Synthesis is refused with 429.
    TooMany,
    /// The account is left with so many credits.
    Quota {
        credits_left: u32,
    },
    SlowSynthesis {
        by_ms: Spread,
    },
}

/// Frames that are lost on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PacketGaps {
    /// Of a hundred frames so many, on average.
    pub lost_percent: u32,
    /// How long a gap is, in milliseconds.
    pub gap_ms: Spread,
}

/// The event socket breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventsLost {
    /// So long after the call was dialled, in milliseconds.
    pub after_ms: u32,
    /// For so long it cannot be opened again, in milliseconds.
    pub for_ms: u32,
}

/// What one call meets on the exchange.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CallTrouble {
    /// Frames are lost in both directions.
    pub packet_gaps: Option<PacketGaps>,
    /// The network has no circuit for it.
    pub congestion: bool,
    /// Its events overtake the HTTP answer.
    pub early_event: bool,
    /// The event socket breaks during it.
    pub events_lost: Option<EventsLost>,
    /// The trunk is gone from its dialling on, for so many milliseconds.
    pub trunk_away_ms: Option<u32>,
}

impl Trouble {
    /// No trouble at all.
    pub fn none() -> Self {
        Self::default()
    }

    /// Whether nothing goes wrong.
    pub fn is_none(&self) -> bool {
        self.woes.is_empty()
    }

    /// The same where there is one call only: it meets what would have struck first.
    #[must_use]
    pub fn for_one_call(mut self) -> Self {
        for woe in &mut self.woes {
            woe.occasion = woe.occasion.at_the_first();
        }
        self
    }

    /// What the call with this number, from 1, meets on the exchange.
    pub fn of_call(&self, seed: u64, number: u32) -> CallTrouble {
        let mut call = CallTrouble::default();
        for what in self.striking(seed, number) {
            match what {
                What::PacketGaps(gaps) => call.packet_gaps = Some(gaps),
                What::Congestion => call.congestion = true,
                What::EarlyEvent => call.early_event = true,
                What::EventsLost(lost) => call.events_lost = Some(lost),
                What::TrunkAway { for_ms } => call.trunk_away_ms = Some(for_ms),
                What::LateSpeech { .. }
                | What::LostSpeech { .. }
                | What::TooMany
                | What::Quota { .. }
                | What::SlowSynthesis { .. } => {}
            }
        }
        call
    }

    /// What strikes the call, socket or request with this number, from 1.
    fn striking(&self, seed: u64, number: u32) -> impl Iterator<Item = What> {
        self.woes
            .iter()
            .enumerate()
            .filter(move |(at, woe)| woe.occasion.strikes(seed, *at, number))
            .map(|(_, woe)| woe.what)
    }
}

#[cfg(test)]
mod tests;
