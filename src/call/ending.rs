//! How a call comes to its end: by us, by the callee, by a fault; and what is concluded from it.

use super::machine::{CallMachine, Phase};
use super::speaking::record_bot;
use super::{CallAction, CallEnd, CallTime, HungUpBy, PromptId, Timer};
use crate::line::{Disposition, EndedBy, HangupReason, LineFacts, Release, classify};

/// From a hang-up to the release, at most; then the call counts as gone.
const RELEASE_MS: u64 = 6_000;

impl CallMachine {
    /// The call lasts too long.
    pub(super) fn time_limit(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        self.outcome.get_or_insert_with(|| "time_limit".to_owned());
        self.fall_silent(out);
        self.hang_up(now, HangupReason::Normal, EndedBy::Talk, out);
    }

    /// We cannot hear any more: an apology instead of silence, then the end.
    pub(super) fn recognizer_failed(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        self.deaf = true;
        self.turn.give_up_waiting();
        self.heed_opt_out(out);
        self.no_more_words(now, out);
        if self.phase == Phase::Listening {
            self.cut_short(now, out);
        }
    }

    /// Says the goodbye of the scenario for a talk that cannot be held.
    pub(super) fn cut_short(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        self.timers.clear_turn();
        let reply = self.dialogue.cut_short("speech_failed");
        self.say(now, reply, out);
    }

    /// A prompt could not be made: the talk cannot go on in silence.
    pub(super) fn prompt_failed(&mut self, now: CallTime, id: PromptId, out: &mut Vec<CallAction>) {
        self.prompts.remove(&id);
        if self.current == Some(id) {
            self.prompt_lost(now, out);
        }
    }

    /// A prompt does not begin, or does not end.
    pub(super) fn prompt_overdue(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        let unheard = self.is_waited_for();
        match self.phase {
            Phase::Speaking if unheard => {
                self.fall_silent(out);
                self.cut_short(now, out);
            }
            // The person is on the way: that one speaks.
            Phase::Transferring if unheard => {
                self.fall_silent(out);
                self.prompts.clear();
                self.wait_for_person(now, out);
            }
            Phase::Dialling
            | Phase::Opening
            | Phase::Speaking
            | Phase::Listening
            | Phase::Closing
            | Phase::Transferring
            | Phase::Joined
            | Phase::Beep
            | Phase::HangingUp
            | Phase::Finished => self.prompt_lost(now, out),
        }
    }

    /// Whether nothing is heard yet of the prompt under way.
    fn is_waited_for(&self) -> bool {
        let current = self.current.and_then(|id| self.prompts.get(&id));
        current.is_some_and(|playing| playing.started.is_none())
    }

    fn prompt_lost(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        self.outcome
            .get_or_insert_with(|| "speech_failed".to_owned());
        self.fall_silent(out);
        self.hang_up(now, HangupReason::Failure, EndedBy::Talk, out);
    }

    /// Somebody, or a fault, ends the call now.
    pub(super) fn stop(&mut self, now: CallTime, by: EndedBy, out: &mut Vec<CallAction>) {
        let reason = match (by, self.answered) {
            (EndedBy::Fault, _) => HangupReason::Failure,
            (_, Some(_)) => HangupReason::Normal,
            (_, None) => HangupReason::NoAnswer,
        };
        self.fall_silent(out);
        self.hang_up(now, reason, by, out);
    }

    pub(super) fn hang_up(
        &mut self,
        now: CallTime,
        reason: HangupReason,
        by: EndedBy,
        out: &mut Vec<CallAction>,
    ) {
        if matches!(self.phase, Phase::HangingUp | Phase::Finished) {
            return;
        }
        self.phase = Phase::HangingUp;
        self.ended_by = Some(by);
        self.timers.clear_all();
        self.timers.set(Timer::Release, now.plus(RELEASE_MS));
        out.push(CallAction::Hangup(reason));
    }

    /// The call was never sent to the trunk.
    pub(super) fn place_failed(&mut self, trunk: bool, now: CallTime, out: &mut Vec<CallAction>) {
        let disposition = match (self.ended_by, trunk) {
            (Some(EndedBy::User), _) => Disposition::Interrupted,
            (_, true) => Disposition::TrunkUnreachable,
            (_, false) => Disposition::Failed,
        };
        self.conclude(now, None, disposition, out);
    }

    /// The channel is gone.
    pub(super) fn finish(
        &mut self,
        now: CallTime,
        release: Option<Release>,
        out: &mut Vec<CallAction>,
    ) {
        if self.left.is_some() {
            return;
        }
        if self.owes_last_words() || self.owes_announcement() {
            self.wait_for_last_words(now, release, out);
        } else {
            self.conclude_line(now, release, out);
        }
    }

    /// What the end of the line means.
    pub(super) fn conclude_line(
        &mut self,
        now: CallTime,
        release: Option<Release>,
        out: &mut Vec<CallAction>,
    ) {
        let disposition = if self.machine {
            Disposition::Machine
        } else if self.callee_was_told() {
            Disposition::Answered
        } else if let Some(disposition) = self.nobody_at_desk() {
            disposition
        } else {
            classify(&LineFacts {
                release,
                rang: self.rang,
                progress: self.progress,
                answered: self.answered.is_some(),
                ended_by: self.who_ended(now),
                heard: self.network.said(self.rang).map(|said| said.what),
            })
        };
        self.conclude(now, release, disposition, out);
    }

    /// Whether the talk came to a conclusion, which holds however the line ended: whoever was bid
    /// farewell is not rung again because the farewell broke off.
    fn callee_was_told(&self) -> bool {
        self.answered.is_some() && (self.outcome.is_some() || self.call_back.is_some())
    }

    fn who_ended(&self, now: CallTime) -> EndedBy {
        if let Some(by) = self.ended_by {
            return by;
        }
        let now = self.left.map_or(now, |left| left.at);
        // Asterisk ends the ringing on our behalf without a word from the far end.
        let ringing = self.dialled.map_or(0, |at| now.since(at));
        let ours = self.answered.is_none()
            && self.far_end.is_none()
            && ringing + 1_000 >= self.rules.ring_timeout_ms;
        if ours {
            EndedBy::RingTimeout
        } else {
            EndedBy::FarEnd
        }
    }

    /// A prompt that the end of the call cut off was heard up to now.
    pub(super) fn record_unfinished(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        for playing in std::mem::take(&mut self.prompts).into_values() {
            let heard = playing.started.map_or(0, |at| now.since(at));
            record_bot(
                playing,
                u32::try_from(heard).unwrap_or(u32::MAX),
                false,
                out,
            );
        }
    }

    fn conclude(
        &mut self,
        now: CallTime,
        release: Option<Release>,
        disposition: Disposition,
        out: &mut Vec<CallAction>,
    ) {
        let by = self.who_ended(now);
        let now = self.left.map_or(now, |left| left.at);
        let last = self.turn.take();
        let late = std::mem::take(&mut self.late);
        for mut turn in late.into_iter().chain([last]) {
            // What is not final by now is as final as it will ever be.
            turn.give_up_waiting();
            self.heed_last_words(turn.text(), out);
            let sense = self
                .left
                .and_then(|_| self.dialogue.understand(turn.text()));
            Self::record_callee(&turn, None, sense.as_ref(), out);
        }
        self.record_unfinished(now, out);
        let outcome = self.outcome.take().or_else(|| {
            (disposition == Disposition::Answered && by == EndedBy::FarEnd)
                .then(|| self.left_without().to_owned())
        });
        let ring_end = self.answered.unwrap_or(now);
        let unanswered = self.answered.is_none();
        out.push(CallAction::Finish(CallEnd {
            disposition,
            outcome,
            call_back: self.call_back,
            data: self.dialogue.data(),
            answered_by: self.judge.verdict().cloned(),
            network_said: self.network.said(self.rang).filter(|_| unanswered),
            release: release.or(self.far_end),
            hung_up_by: if by == EndedBy::FarEnd {
                HungUpBy::FarEnd
            } else {
                HungUpBy::Us
            },
            ring_ms: self.dialled.map(|at| ring_end.since(at)),
            talk_ms: self.answered.map(|at| now.since(at)),
        }));
        self.phase = Phase::Finished;
        self.timers.clear_all();
    }
}
