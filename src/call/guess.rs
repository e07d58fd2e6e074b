//! Beginning the next prompt on a guess.
//!
//! The final text comes some 320 ms after the commit; where the words heard so far already decide
//! what to say next, the prompt may begin at the endpoint. A guess never concludes anything: no
//! outcome, no opt-out, no hang-up. The dialogue itself moves on by the final text alone.

use super::machine::{CallMachine, Phase};
use super::sequence::sequence;
use super::turn_taking::is_open;
use super::{CallAction, CallTime, Timer};
use crate::dialogue::{Heard, Reply};

/// A guess is heard for this long at most before its text is there.
const HEARD_MS: u64 = 350;

impl CallMachine {
    /// The endpoint has passed and the text is owed: begin what the words so far lead to.
    pub(super) fn guess(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        let words = self.turn.guess();
        if self.ahead.is_some() || words.is_empty() || is_open(&words) {
            return;
        }
        if self.dialogue.understand(&words).is_none() {
            return;
        }
        let reply = self.dialogue.clone().hear(&Heard::Words(words));
        if reply.outcome.is_some() || reply.do_not_call || reply.say.is_empty() {
            return;
        }
        let items = sequence(reply.say.clone(), &reply.actions);
        // Keys cannot be taken back.
        if items.len() > reply.say.len() {
            return;
        }
        self.queue = items;
        self.ahead = Some(reply);
        self.timers.set(Timer::Guess, now.plus(HEARD_MS));
        self.play_next(now, out);
    }

    /// Whether what we began is what the final text asks for.
    pub(super) fn guess_was_right(&self, reply: &Reply) -> bool {
        let same = |ahead: &Reply| ahead.state == reply.state && ahead.say == reply.say;
        self.ahead.as_ref().is_some_and(same)
    }

    /// The prompt that was begun on a guess is the reply.
    pub(super) fn adopt_guess(&mut self, now: CallTime, reply: Reply, out: &mut Vec<CallAction>) {
        self.ahead = None;
        self.timers.clear(Timer::Guess);
        self.enter(now, reply, out);
        if self.current.is_none() {
            self.prompts_are_over(now, out);
        }
    }

    /// The guess was wrong, or the callee goes on: fall silent, and wait for the text.
    pub(super) fn take_back_guess(&mut self, out: &mut Vec<CallAction>) {
        if self.ahead.take().is_none() {
            return;
        }
        self.fall_silent(out);
        if let (Phase::Listening, Some(paused)) = (self.phase, self.turn.paused) {
            self.waiting.speech_ended(paused);
        }
    }
}
