//! When a partial text may be sent: late behind its audio, seldom, never twice the same.
//!
//! After a commit nothing is sent until the committed text is out, so that the texts of two
//! segments never cross.

use std::collections::VecDeque;
use std::time::Duration;

use crate::rehearsal::speech_service::options::Timing;

/// The partial texts of a session that wait for their time. Times count from its start.
#[derive(Debug)]
pub struct Partials {
    every: Duration,
    lag: Duration,
    waiting: VecDeque<(Duration, String)>,
    last_sent: Option<Duration>,
    last_text: String,
    /// Nothing is sent before the committed text that is due then.
    hold: Duration,
}

impl Partials {
    /// None yet.
    pub fn new(timing: &Timing) -> Self {
        Self {
            every: timing.partial_every,
            lag: timing.partial_lag,
            waiting: VecDeque::new(),
            last_sent: None,
            last_text: String::new(),
            hold: Duration::ZERO,
        }
    }

    /// The text that the audio up to now has.
    pub fn heard(&mut self, now: Duration, text: String) {
        let known = self
            .waiting
            .back()
            .map_or(&self.last_text, |(_, text)| text);
        if !text.is_empty() && *known != text {
            self.waiting.push_back((now, text));
        }
    }

    /// Starts a new segment, whose texts come after the committed one at `hold`.
    pub fn commit(&mut self, hold: Duration) {
        self.waiting.clear();
        self.last_text.clear();
        self.hold = self.hold.max(hold);
    }

    /// When the next text may be sent.
    pub fn deadline(&self) -> Option<Duration> {
        let (heard, _) = self.waiting.front()?;
        let rested = self
            .last_sent
            .map_or(Duration::ZERO, |sent| sent + self.every);
        Some((*heard + self.lag).max(rested).max(self.hold))
    }

    /// The text to send now, if any.
    pub fn due(&mut self, now: Duration) -> Option<String> {
        if self.deadline()? > now {
            return None;
        }
        let mut newest = None;
        while let Some((heard, _)) = self.waiting.front() {
            if *heard + self.lag > now {
                break;
            }
            newest = self.waiting.pop_front();
        }
        let (_, text) = newest?;
        self.last_sent = Some(now);
        self.last_text.clone_from(&text);
        Some(text)
    }
}
