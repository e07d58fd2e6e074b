//! The audio of one call: the contract that both ways of carrying it keep.
//!
//! A media leg is a pair of queues. The driver keeps little audio ahead (a few hundred
//! milliseconds), so that a flush silences the callee's ear at once and [`MediaEvent::Played`]
//! tells what was really heard.

use tokio::sync::mpsc;

pub(super) use super::pump::{Heard, LegEnd, LegQueues, MediaTransport, leg, pump};

/// Names one message of audio, so that its end can be reported. Ours, increasing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mark(pub u64);

/// What the driver asks of the media leg, which ends when their sender is dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MediaCommand {
    /// Queue audio for the callee: whole frames of 160 G.711 bytes, one to ten of them (more is
    /// cut up, a short last frame is filled up).
    Send {
        /// Reported by [`MediaEvent::Played`] when the last of these frames has left.
        mark: Mark,
        /// The bytes, in the codec of the call.
        audio: Vec<u8>,
    },
    /// Drop everything that has not left yet; the marks of what is dropped never come back.
    Flush,
}

/// What the media leg reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MediaEvent {
    /// Audio of the callee: 160 G.711 bytes, 20 ms. Gaps are not filled here. Before the answer
    /// it is early media, or the ring-back that Asterisk itself plays on a plain 180.
    Frame([u8; crate::audio::FRAME_SAMPLES]),
    /// All audio up to this mark has left for the callee.
    Played(Mark),
    /// The leg is gone; no more events come.
    Closed {
        /// Why, for the log.
        reason: String,
    },
}

/// The driver's end of a media leg. Dropping it ends the leg.
#[derive(Debug)]
pub struct MediaLeg {
    /// Commands; bounded, never blocks for long: the leg always drains.
    pub commands: mpsc::Sender<MediaCommand>,
    /// Events; bounded. Where the reader stalls, the callee's oldest frames are dropped, counted and logged.
    pub events: mpsc::Receiver<MediaEvent>,
}
