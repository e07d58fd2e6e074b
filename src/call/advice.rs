//! A model's advice on a turn that the rules do not understand.
//!
//! It is asked at the endpoint, while we wait in any case whether the callee goes on, so that it
//! rarely costs any time; what it says about other words than those at hand is not heard. Where
//! it is late, errs or does not know, the rules' answer stands.

use super::machine::{CallMachine, Phase};
use super::turn_taking::is_backchannel;
use super::{CallAction, CallTime, Timer};
use crate::dialogue::Heard;

/// What a model was asked, and what it said.
#[derive(Debug, Clone, Default)]
pub(super) struct Asked {
    /// Counts the questions of a call.
    count: u32,
    /// What it was asked about last.
    text: String,
    answer: Answer,
}

/// What a model said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum Answer {
    /// Nothing yet.
    #[default]
    Awaited,
    /// It does not know, or it was late.
    Nothing,
    /// This intent was meant.
    Meant(String),
}

/// How it stands with a turn that may need advice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Advice {
    /// The rules understand it.
    NotNeeded,
    /// A model is thinking.
    UnderWay,
    /// A model has said what was meant.
    Given,
    /// There is none to be had.
    None,
}

impl CallMachine {
    /// The advice on a text; asks for it, once.
    pub(super) fn advice_on(
        &mut self,
        text: &str,
        now: CallTime,
        out: &mut Vec<CallAction>,
    ) -> Advice {
        let Some(limit) = self.rules.advice_ms else {
            return Advice::None;
        };
        if self.asked.text == text && !text.is_empty() {
            return match &self.asked.answer {
                Answer::Awaited => Advice::UnderWay,
                Answer::Meant(_) => Advice::Given,
                Answer::Nothing => Advice::None,
            };
        }
        let backchannel = self.interrupted && is_backchannel(text);
        let Some(about) = self.dialogue.question(text).filter(|_| !backchannel) else {
            return Advice::None;
        };
        self.asked = Asked {
            count: self.asked.count + 1,
            text: text.to_owned(),
            answer: Answer::Awaited,
        };
        self.timers.set(Timer::Advice, now.plus(limit));
        out.push(CallAction::Ask {
            question: self.asked.count,
            about,
        });
        Advice::UnderWay
    }

    /// A model has answered.
    pub(super) fn advised(
        &mut self,
        now: CallTime,
        (question, intent): (u32, Option<&str>),
        out: &mut Vec<CallAction>,
    ) {
        if question == self.asked.count && self.asked.answer == Answer::Awaited {
            self.timers.clear(Timer::Advice);
            self.asked.answer = intent.map_or(Answer::Nothing, |it| Answer::Meant(it.to_owned()));
            self.heed_advice(now, out);
        }
    }

    /// It is late: the rules' answer stands.
    pub(super) fn advice_overdue(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        if self.asked.answer == Answer::Awaited {
            self.asked.answer = Answer::Nothing;
        }
        self.heed_advice(now, out);
    }

    fn heed_advice(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        let silent = self.phase == Phase::Listening && !self.turn.speaking;
        let helps = matches!(self.asked.answer, Answer::Meant(_));
        if silent
            && self.asked.text == self.turn.text()
            && !self.turn.is_owed()
            && (helps || !self.timers.is_set(Timer::Endpoint))
        {
            self.answer_if_complete(now, out);
        }
    }

    /// A turn with the advice on it, which is used up.
    pub(super) fn advice_taken(&mut self, text: &str) -> Heard {
        self.timers.clear(Timer::Advice);
        let asked = Asked {
            count: self.asked.count,
            ..Asked::default()
        };
        let asked = std::mem::replace(&mut self.asked, asked);
        let words = text.to_owned();
        match asked.answer {
            Answer::Meant(intent) if asked.text == text => Heard::Advised { words, intent },
            Answer::Meant(_) | Answer::Nothing | Answer::Awaited => Heard::Words(words),
        }
    }
}
