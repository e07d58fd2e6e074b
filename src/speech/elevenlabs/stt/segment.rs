//! A stretch of the callee's audio between two commits, kept until the service has answered it.

use tokio::time::Instant;

use super::wire::BYTES_PER_MS;
use crate::audio::Frame;

/// Room for so much more is made at once: a second.
const GROWTH: usize = 1_000 * BYTES_PER_MS;

/// Audio from one commit to the next.
#[derive(Debug, Default)]
pub(super) struct Segment {
    /// `pcm_8000`, kept so that a new session can be told again.
    pub(super) audio: Vec<u8>,
    /// How much of it the present session has got.
    pub(super) sent: usize,
    /// The service's last guess at it.
    pub(super) partial: String,
    /// How it was closed; `None` while it is open.
    pub(super) commit: Option<Commit>,
}

/// How a segment was closed and what came of it.
#[derive(Debug)]
pub(super) struct Commit {
    /// Asked for by the call, which waits for one `Final`; else our own, to keep segments short.
    pub(super) asked: bool,
    /// Nothing was heard in it: the answer is known without the service.
    pub(super) empty: bool,
    /// Answered from the last partial when the service has not answered by then.
    pub(super) deadline: Instant,
    /// When the present session got the commit.
    pub(super) sent_at: Option<Instant>,
    /// What it was answered with before the service did.
    pub(super) guess: Option<String>,
}

impl Segment {
    /// Adds 20 ms.
    pub(super) fn append(&mut self, frame: &Frame) {
        // A hundred calls keep a part of a minute each: not twice as much.
        if self.audio.capacity() < self.audio.len() + size_of_val(&frame.0) {
            self.audio.reserve_exact(GROWTH);
        }
        let bytes = frame.0.iter().flat_map(|sample| sample.to_le_bytes());
        self.audio.extend(bytes);
    }

    pub(super) fn unsent(&self) -> usize {
        self.audio.len().saturating_sub(self.sent)
    }

    /// Takes up to `most` bytes of what the session has not got yet.
    pub(super) fn take(&mut self, most: usize) -> Vec<u8> {
        let end = self.audio.len().min(self.sent.saturating_add(most));
        let taken = self.audio.get(self.sent..end).unwrap_or_default().to_vec();
        self.sent = end;
        taken
    }

    /// Forgets the oldest audio beyond `most` bytes.
    pub(super) fn trim(&mut self, most: usize) {
        let excess = self.audio.len().saturating_sub(most);
        if excess > 0 {
            self.audio.drain(..excess);
            self.sent = self.sent.saturating_sub(excess);
        }
    }

    /// Whether the service's answer is still to come in the present session.
    pub(super) fn awaits_service(&self) -> bool {
        self.commit.as_ref().is_some_and(|c| c.sent_at.is_some())
    }

    /// Whether it is closed and nobody has been answered yet.
    pub(super) fn is_pending(&self) -> bool {
        self.commit.as_ref().is_some_and(|c| c.guess.is_none())
    }
}
