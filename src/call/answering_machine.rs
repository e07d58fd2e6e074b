//! Machines that answer: told by what is heard of them, hung up on, left a message, or talked with.

use super::answerer::{Finding, Sign, Verdict};
use super::machine::{CallMachine, OnMachine, Phase};
use super::sequence::Item;
use super::{Answerer, CallAction, CallEvent, CallTime, Timer};
use crate::dialogue::{Prompt, StateName};
use crate::line::{EndedBy, HangupReason};

/// A machine without a beep has fallen silent for so long.
const SILENT_MS: u64 = 2_500;
/// No machine speaks for longer before its beep.
const SPEAKS_MS: u64 = 30_000;
/// What was come to where a message was left.
const MESSAGE_LEFT: &str = "message_left";

impl CallMachine {
    /// What an event tells of whoever answered.
    pub(super) fn watch_answerer(
        &mut self,
        now: CallTime,
        event: &CallEvent,
        out: &mut Vec<CallAction>,
    ) {
        let without_echo;
        let sign = match event {
            CallEvent::SpeechStarted => Sign::SpeechStarted,
            CallEvent::SpeechPaused => Sign::SpeechPaused,
            CallEvent::PartialText(text) => {
                without_echo = self.without_echo(text);
                Sign::Guess(&without_echo)
            }
            CallEvent::FinalText(text) | CallEvent::UnaskedText(text) => {
                without_echo = self.without_echo(text);
                Sign::Text(&without_echo)
            }
            CallEvent::PromptStarted(_) => Sign::WeSpeak,
            CallEvent::PromptEnded { complete, .. } => Sign::WeEnded(*complete),
            CallEvent::Beep => Sign::Beep,
            CallEvent::Fax => Sign::FaxTone,
            CallEvent::InformationTones => Sign::InformationTones,
            CallEvent::Music => Sign::Music,
            CallEvent::Timeout(Timer::LongGreeting) => Sign::Time,
            CallEvent::Line(_)
            | CallEvent::PlaceFailed { .. }
            | CallEvent::BusyTone
            | CallEvent::CongestionTone
            | CallEvent::EchoFound
            | CallEvent::RecognizerFailed
            | CallEvent::Advised { .. }
            | CallEvent::PromptFailed(_)
            | CallEvent::OperatorReady
            | CallEvent::TransferFailed
            | CallEvent::Joined
            | CallEvent::OperatorLeft
            | CallEvent::MediaLost
            | CallEvent::Seated
            | CallEvent::Dropped
            | CallEvent::Stop(_)
            | CallEvent::Timeout(_) => return,
        };
        self.watch_sign(now, sign, out);
    }

    /// What a sign tells of whoever answered.
    pub(super) fn watch_sign(&mut self, now: CallTime, sign: Sign<'_>, out: &mut Vec<CallAction>) {
        if !self.is_talking() || self.machine || self.machine_ignored || self.forbidden {
            return;
        }
        // Whoever wishes to be called no more is answered so, whatever it sounds like.
        if let Sign::Guess(text) | Sign::Text(text) = sign
            && self.dialogue.opts_out(text)
        {
            return;
        }
        match self.judge.take(now, sign) {
            Some(Finding::Known(verdict)) => self.judged(now, verdict, out),
            Some(Finding::AskText) => self.ask_text(now, out),
            None => {}
        }
    }

    /// Wakes the call when the judge wants it, or when one who never pauses has been heard enough.
    pub(super) fn set_time_of_judge(&mut self, now: CallTime) {
        let of_judge = self.judge.deadline().filter(|_| !self.is_talked_with());
        let listens = self.is_talking() && !self.machine;
        let due = [of_judge, self.heard_enough_at()].into_iter().flatten();
        let due = due.filter(|_| listens);
        // One that something else has overtaken is still to ring, once.
        let overtaken = self.timers.is_set(Timer::LongGreeting) && due.clone().any(|at| at <= now);
        match due.filter(|at| *at > now).min() {
            _ if overtaken => self.timers.set(Timer::LongGreeting, now),
            Some(at) => self.timers.set(Timer::LongGreeting, at),
            None => self.timers.clear(Timer::LongGreeting),
        }
    }

    /// Whether a machine is, or would be, talked with as a person is.
    fn is_talked_with(&self) -> bool {
        let verdict = self.judge.verdict();
        self.machine_ignored || verdict.is_some_and(|it| it.answerer.is_machine())
    }

    /// When a greeting without a pause has gone on for too long.
    fn heard_enough_at(&self) -> Option<CallTime> {
        let speaks = self.phase == Phase::Opening && self.turn.speaking;
        let began = self.turn.began.filter(|_| speaks)?;
        let exchange = self.is_switchboard(began);
        (!exchange).then(|| began.plus(self.rules.longest_hello_ms))
    }

    /// Somebody speaks without a pause, and is no machine or one that is talked with all the same:
    /// it is not waited for, or a television would keep us silent for ever.
    pub(super) fn greeting_too_long(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        if self.heard_enough_at().is_some_and(|at| at <= now) {
            self.begin(now, out);
        }
    }

    fn judged(&mut self, now: CallTime, verdict: Verdict, out: &mut Vec<CallAction>) {
        let answerer = verdict.answerer;
        out.push(CallAction::Judged(verdict));
        match answerer {
            // A fax is hung up on whatever was wished for a machine.
            Answerer::Human | Answerer::Fax => {}
            Answerer::Voicemail
            | Answerer::Announcement
            | Answerer::Assistant
            | Answerer::Music => self.machine_answered(now, answerer, out),
        }
    }

    /// The text of a guess is wanted before the callee pauses, or of words too soft to be noticed.
    fn ask_text(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        if !self.turn.is_owed() && self.late.is_empty() {
            self.turn.owes_text(now);
            out.push(CallAction::Commit);
        }
    }

    /// A machine answered, and not a person.
    fn machine_answered(&mut self, now: CallTime, which: Answerer, out: &mut Vec<CallAction>) {
        let takes_message = which != Answerer::Music;
        match (self.rules.on_machine, &self.message) {
            (OnMachine::Talk, _) => {}
            (OnMachine::Message, Some(_)) if takes_message => {
                self.machine = true;
                self.outcome = None;
                self.fall_silent(out);
                if self.transfer.take().is_some() {
                    out.push(CallAction::GiveUpTransfer);
                }
                self.timers.clear_all();
                let limit = self.answered.unwrap_or(now);
                let limit = limit.plus(self.rules.max_duration_ms);
                self.timers.set(Timer::Duration, limit);
                self.phase = Phase::Beep;
                self.wait_for_beep(now);
                out.push(CallAction::ListenForBeep);
            }
            (OnMachine::Message | OnMachine::HangUp, _) => self.leave_machine(now, out),
        }
    }

    /// A fax takes no message and holds no talk.
    pub(super) fn fax(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        if self.is_talking() {
            self.leave_machine(now, out);
        }
    }

    fn leave_machine(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        self.machine = true;
        self.outcome = None;
        self.fall_silent(out);
        self.hang_up(now, HangupReason::Normal, EndedBy::Talk, out);
    }

    /// The machine speaks, or has paused.
    pub(super) fn wait_for_beep(&mut self, now: CallTime) {
        let patience = if self.turn.speaking {
            SPEAKS_MS
        } else {
            SILENT_MS
        };
        self.timers.set(Timer::Beep, now.plus(patience));
    }

    /// The beep is over: what is said now is recorded.
    pub(super) fn beep(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        if self.phase == Phase::Beep {
            self.leave_message(now, out);
        }
    }

    /// There is none. A machine that is silent listens; one that speaks on for ever does not.
    pub(super) fn no_beep(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        if self.phase != Phase::Beep {
            return;
        }
        if self.turn.speaking {
            self.leave_machine(now, out);
        } else {
            self.leave_message(now, out);
        }
    }

    fn leave_message(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        let Some(text) = self.message.take() else {
            return;
        };
        self.timers.clear(Timer::Beep);
        self.let_go_of_turn(out);
        self.phase = Phase::Closing;
        self.outcome = Some(MESSAGE_LEFT.to_owned());
        out.push(CallAction::Conclude {
            outcome: self.outcome.clone(),
            call_back: None,
            data: self.dialogue.data(),
        });
        let state = StateName("machine".to_owned());
        self.queue.push_back(Item::Words(Prompt { state, text }));
        self.play_next(now, out);
    }
}
