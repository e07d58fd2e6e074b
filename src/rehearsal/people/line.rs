//! How a line behaves before somebody answers, and what it does of it in one call.
//!
//! [`Line`] is what a file says; [`LinePlan`] is drawn from it for one call: the exchange only
//! has to do what stands there at its time.

use crate::rehearsal::callee::{Act, Announcement, Script, Spread};
use crate::rehearsal::random::Random;

/// What becomes of a call to this line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is answered.
    Answers,
    /// It is busy: 486.
    Busy,
    /// It rings and nobody comes.
    RingsOut,
    /// The call is declined: 603.
    Declines,
    /// There is no such number: 404.
    NoSuchNumber,
    /// The phone is off or out of coverage: 480.
    PhoneOff,
    /// The network has no circuit: 503.
    Congestion,
}

impl Fate {
    /// Every fate and its word in a file.
    pub const ALL: [(&'static str, Self); 7] = [
        ("answers", Self::Answers),
        ("busy", Self::Busy),
        ("rings_out", Self::RingsOut),
        ("declines", Self::Declines),
        ("no_such_number", Self::NoSuchNumber),
        ("phone_off", Self::PhoneOff),
        ("congestion", Self::Congestion),
    ];

    /// The SIP status and the Q.850 cause that Asterisk makes of it; `None` if it is no refusal.
    fn refusal(self) -> Option<Refusal> {
        let (sip, cause) = match self {
            Self::Answers | Self::RingsOut => return None,
            Self::Busy => (486, 17),
            Self::Declines => (603, 21),
            Self::NoSuchNumber => (404, 1),
            Self::PhoneOff => (480, 19),
            Self::Congestion => (503, 34),
        };
        Some(Refusal { sip, cause })
    }
}

/// A line, in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What becomes of a call.
    pub fate: Fate,
    /// From dialling to the first sign of the line: ringing, early media or a refusal.
    pub setup_ms: Spread,
    /// How long it rings before it is answered or declined; a line that refuses at once does not
    /// ring.
    pub ring_ms: Option<Spread>,
    /// What the network plays before the answer.
    pub early_media: Option<Script>,
    /// Whether it plays that over and over.
    pub early_media_repeats: bool,
}

/// A refusal as it arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// The SIP status.
    pub sip: u16,
    /// The Q.850 cause that Asterisk 22 makes of it.
    pub cause: u8,
}

/// What one call meets, in milliseconds since the dialling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinePlan {
    /// A phone rings from then on: `180 Ringing`.
    pub rings_at_ms: Option<u32>,
    /// The network plays something from then on: `183 Session Progress` and sound.
    pub early_media: Option<EarlyMedia>,
    /// How that ends; `None` if it goes on until the caller gives up.
    pub end: Option<(u32, LineEnd)>,
}

/// How the waiting ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineEnd {
    /// Somebody answers.
    Answered,
    /// The call is refused.
    Refused(Refusal),
}

/// What the network plays before an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlyMedia {
    /// When it begins.
    pub at_ms: u32,
    acts: Vec<Act>,
    repeats: bool,
}

impl EarlyMedia {
    /// Its sound, frame by frame.
    pub fn sound(&self) -> Announcement {
        Announcement::new(&self.acts, self.repeats)
    }

    /// How long it sounds once, in milliseconds.
    pub fn length_ms(&self) -> u32 {
        let mut sound = Announcement::new(&self.acts, false);
        let frames = std::iter::from_fn(|| sound.next_frame()).count();
        u32::try_from(frames).unwrap_or(u32::MAX) * crate::audio::FRAME_MS
    }
}

impl LinePlan {
    /// The same, with waiting and ringing cut to so many times less. What is said before the
    /// answer is said in full.
    #[must_use]
    pub fn hastened(self, times: u32) -> Self {
        let times = times.max(1);
        let early_media = self.early_media.map(|early| EarlyMedia {
            at_ms: early.at_ms / times,
            ..early
        });
        let heard_until = early_media
            .as_ref()
            .filter(|early| !early.repeats)
            .map_or(0, |early| early.at_ms + early.length_ms());
        Self {
            rings_at_ms: self.rings_at_ms.map(|ms| ms / times),
            end: self
                .end
                .map(|(ms, end)| ((ms / times).max(heard_until), end)),
            early_media,
        }
    }
}

impl Line {
    /// What one call meets; the seed is the call's own.
    pub(super) fn plan(&self, seed: u64) -> LinePlan {
        let draw = |spread: Spread, name: &str| spread.draw(&mut Random::named(seed, name));
        let begins_ms = draw(self.setup_ms, "line setup");
        let rings_ms = self.ring_ms.map(|spread| draw(spread, "line ring"));
        let early_media = self.early_media.as_ref().map(|script| EarlyMedia {
            at_ms: begins_ms,
            acts: script.perform(&mut Random::named(seed, "line early media")),
            repeats: self.early_media_repeats,
        });
        let heard_ms = early_media
            .as_ref()
            .filter(|_| !self.early_media_repeats)
            .map_or(0, EarlyMedia::length_ms);
        let end_ms = begins_ms + rings_ms.unwrap_or(0).max(heard_ms);
        let end = match (self.fate, self.fate.refusal()) {
            (Fate::Answers, _) => Some((end_ms, LineEnd::Answered)),
            (_, Some(refusal)) => Some((end_ms, LineEnd::Refused(refusal))),
            (_, None) => None,
        };
        let rings = rings_ms.is_some() || self.fate == Fate::RingsOut;
        LinePlan {
            // Where the ring-back is sound there is no other sign of it.
            rings_at_ms: (rings && early_media.is_none()).then_some(begins_ms),
            early_media,
            end,
        }
    }
}
