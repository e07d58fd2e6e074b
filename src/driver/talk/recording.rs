//! The recording of a call: begun at the answer, given up where the disk refuses.

use super::Talk;
use crate::driver::recorder::{Recorder, recording_path};
use crate::driver::scribe::Note;

impl Talk {
    /// Begins at the answer; without a folder only for what is measured of it.
    pub(super) fn begin_recording(&mut self, at: jiff::Timestamp) {
        let mut recorder = Recorder::default();
        if let Some(folder) = &self.station.plan.recordings {
            let path = recording_path(folder, at, &self.attempt.to_string());
            recorder.write_to(path);
        }
        self.recorder = Some(recorder);
    }

    /// The call goes on; its report tells.
    pub(super) fn recording_failed(&mut self, error: &std::io::Error) {
        tracing::warn!(attempt = %self.attempt, %error, "this call is not recorded");
        self.error
            .get_or_insert_with(|| format!("the recording failed: {error}"));
    }

    /// Lets the recording take what is complete.
    pub(super) async fn advance(&mut self, now: u64) {
        let Some(recorder) = self.recorder.as_mut().filter(|_| self.joined_ms.is_none()) else {
            return;
        };
        match recorder.advance(now.saturating_sub(self.answered_ms)).await {
            Ok(None) => {}
            // Known from the first: a process that dies leaves nothing that nobody knows of.
            Ok(Some(path)) => self.scribe.note(Note::Recorded(path)).await,
            Err(error) => self.recording_failed(&error),
        }
    }
}
