//! The time a callee waits: from the end of the callee's speech to our first sound.

use super::CallTime;

/// Keeps the end of the callee's last speech until we speak.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Waiting {
    since: Option<CallTime>,
}

impl Waiting {
    /// The callee's speech ended at `at`.
    pub(super) fn speech_ended(&mut self, at: CallTime) {
        self.since = Some(at);
    }

    /// The callee goes on speaking.
    pub(super) fn speech_goes_on(&mut self) {
        self.since = None;
    }

    /// Our first sound after it; `None` where nobody was waiting.
    pub(super) fn we_spoke(&mut self, at: CallTime) -> Option<u64> {
        self.since.take().map(|since| at.since(since))
    }
}
