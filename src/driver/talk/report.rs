//! What a call comes to, once it is over.

use super::Talk;
use crate::campaign::{LeadId, Money};
use crate::driver::call::CallReport;
use crate::driver::record::NO_END;

impl Talk {
    /// Writes what is left to write; the report of the call.
    pub(in crate::driver) async fn conclude(
        mut self,
        lead: Option<LeadId>,
        dialled: bool,
    ) -> CallReport {
        // Not the clock: the last words may have been waited for.
        let talked = self.end.as_ref().and_then(|end| end.talk_ms).unwrap_or(0);
        let ours = self.joined_ms.map(|at| at.saturating_sub(self.answered_ms));
        let length = ours.unwrap_or(talked);
        let (mut recording, mut truth) = (None, None);
        if let Some(recorder) = self.recorder.take() {
            let (measured, written) = recorder.finish(length).await;
            truth = Some(measured);
            match written {
                Ok(path) => recording = path,
                Err(error) => self.recording_failed(&error),
            }
        }
        self.scribe.finish().await;
        self.turns.sort_by_key(|turn| turn.at);
        CallReport {
            attempt: self.attempt,
            number: self.number,
            lead,
            end: self.end.unwrap_or(NO_END),
            turns: self.turns,
            recording,
            truth,
            error: self.error,
            speech: self.speech,
            opted_out: self.opted_out,
            dialled,
            cost: Money::default(),
            verdict: None,
            characters: self.meter.characters(),
            heard_ms: self.heard_ms,
        }
    }
}
