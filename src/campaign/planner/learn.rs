//! What calls teach the adaptive pacing: who answers, when, how long talks last, who was dropped.

use jiff::{SignedDuration, Timestamp};

use super::Planner;
use super::floor::{LiveCall, Phase};
use super::words::{CallEnded, PastCall};
use crate::line::Disposition;

impl Planner {
    /// Learns from a call of an earlier run, so that a campaign run by the hour does not begin
    /// each hour knowing nothing. In the order in which they ended; the last thousand answered
    /// ones are enough. The progressive mode has nothing to learn.
    pub fn remember(&mut self, past: &PastCall) {
        let hour = self.hour.of(past.ended);
        let Some(adaptive) = &mut self.adaptive else {
            return;
        };
        adaptive.at_hour(hour);
        match past.answered {
            Some(answered) => {
                adaptive.answered(Some(ms(answered.duration_since(past.placed))));
                adaptive.served(past.dropped);
                if !past.dropped {
                    adaptive.talked(ms(past.ended.duration_since(answered)));
                }
            }
            None => self.learn_end(
                LiveCall {
                    placed: past.placed,
                    phase: Phase::Ringing,
                },
                past.disposition.into(),
                past.ended,
            ),
        }
    }

    /// What an answer after this time of ringing teaches.
    pub(super) fn learn_answer(&mut self, rang: SignedDuration, now: Timestamp) {
        let hour = self.hour.of(now);
        if let Some(adaptive) = &mut self.adaptive {
            adaptive.at_hour(hour);
            adaptive.answered(Some(ms(rang)));
        }
    }

    /// What the end of a call teaches the adaptive pacing.
    pub(super) fn learn_end(&mut self, live: LiveCall, end: CallEnded, now: Timestamp) {
        let hour = self.hour.of(now);
        let Some(adaptive) = &mut self.adaptive else {
            return;
        };
        let rang = ms(now.duration_since(live.placed));
        match (live.phase, end.disposition) {
            (Phase::Talking { since }, _) => adaptive.talked(ms(now.duration_since(since))),
            // Gone before a slot was free: an answer without a dialogue like any drop.
            (Phase::Waiting, _) => adaptive.served(true),
            // Its answer was never told; when it came is not known, that it came is.
            (Phase::Ringing, Disposition::Answered | Disposition::Machine) => {
                adaptive.at_hour(hour);
                adaptive.answered(None);
                adaptive.served(false);
            }
            (
                Phase::Ringing,
                Disposition::Busy
                | Disposition::NoAnswer
                | Disposition::Rejected
                | Disposition::Unreachable
                | Disposition::InvalidNumber,
            ) => {
                adaptive.at_hour(hour);
                adaptive.missed(rang);
            }
            // A drop was counted when it was decided. What the trunk or we brought to an end tells
            // nothing of people; that the share of answers is taken for higher than it is, is the
            // safe side.
            (Phase::Leaving, _)
            | (
                Phase::Ringing,
                Disposition::Congestion
                | Disposition::TrunkRefused
                | Disposition::TrunkUnreachable
                | Disposition::Blocked
                | Disposition::Interrupted
                | Disposition::Failed,
            ) => {}
        }
    }
}

fn ms(length: SignedDuration) -> i64 {
    i64::try_from(length.as_millis()).unwrap_or(i64::MAX).max(0)
}
