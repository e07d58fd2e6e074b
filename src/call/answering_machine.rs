//! Machines that answer: told by what they say, hung up on, left a message, or talked with.
//!
//! What operators and voicemail say is a short list of phrases. They count only in the first
//! seconds of a call, since a person may well speak of voicemail later.

use super::machine::{CallMachine, OnMachine, Phase};
use super::sequence::Item;
use super::{CallAction, CallTime, Timer};
use crate::dialogue::{Prompt, StateName};
use crate::language::{Token, tokenize};
use crate::line::{EndedBy, HangupReason};

/// How long after the answer a phrase still tells a machine.
pub(super) const WATCH_MS: u64 = 20_000;
/// A machine without a beep has fallen silent for so long.
const SILENT_MS: u64 = 2_500;
/// No machine speaks for longer before its beep.
const SPEAKS_MS: u64 = 30_000;
/// What was come to where a message was left.
const MESSAGE_LEFT: &str = "message_left";

/// What only machines say.
const PHRASES: &[&str] = &[
    "оставьте сообщение",
    "оставить сообщение",
    "после сигнала",
    "после звукового сигнала",
    "голосовая почта",
    "голосовой почты",
    "автоответчик",
    "вы позвонили",
    "абонент временно недоступен",
    "абонент недоступен",
    "аппарат абонента выключен",
    "телефон выключен",
    "вне зоны действия",
    "не может ответить на ваш звонок",
    "голосовой помощник",
    "голосовой ассистент",
    "виртуальный помощник",
    "виртуальный секретарь",
    "электронный секретарь",
    "умный секретарь",
    "я помощник абонента",
    "набранный номер",
    "номер не существует",
    "leave a message",
    "leave your message",
    "after the tone",
    "after the beep",
    "at the tone",
    "voicemail",
    "voice mail",
    "answering machine",
    "not available right now",
    "is not available",
    "cannot take your call",
    "can't take your call",
    "you have reached",
];

/// Whether a text is what a machine says; the phrase that tells it.
pub(super) fn machine_phrase(text: &str) -> Option<&'static str> {
    let heard = tokenize(text);
    PHRASES
        .iter()
        .copied()
        .find(|phrase| contains(&heard, &tokenize(phrase)))
}

impl CallMachine {
    /// Somebody speaks without a pause: a machine. One that is talked with all the same is not
    /// waited for, or noise would keep us silent for ever.
    pub(super) fn greeting_too_long(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        if !self.machine_ignored {
            self.machine_answered(now, out);
        }
        if self.machine_ignored {
            self.begin(now, out);
        }
    }

    /// A machine answered, and not a person.
    pub(super) fn machine_answered(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        match (self.rules.on_machine, &self.message) {
            (OnMachine::Talk, _) => self.machine_ignored = true,
            (OnMachine::Message, Some(_)) => {
                self.machine = true;
                self.outcome = None;
                self.fall_silent(out);
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

fn contains(heard: &[Token], phrase: &[Token]) -> bool {
    heard
        .windows(phrase.len())
        .any(|window| window.iter().zip(phrase).all(|(a, b)| a.stem == b.stem))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_are_known_by_what_they_say() {
        for text in [
            "здравствуйте вы позвонили иванову я не могу ответить",
            "оставьте ваше сообщение после сигнала",
            "аппарат абонента выключен или находится вне зоны действия сети",
            "hi you have reached john",
        ] {
            assert!(machine_phrase(text).is_some(), "{text}");
        }
    }

    #[test]
    fn people_are_not_machines() {
        for text in [
            "алло",
            "да слушаю вас",
            "а кто это",
            "вы куда звоните",
            "hello who is this",
            "",
        ] {
            assert_eq!(machine_phrase(text), None, "{text}");
        }
    }
}
