//! An answered call for which no conversation is free yet: a word that keeps the callee, then the
//! talk, or a goodbye.
//!
//! Only where more lines ring than talks can be held; a call with a conversation of its own knows
//! nothing of it. Whoever is there at once notices nothing either: the word comes when the talk
//! would have begun.

use super::machine::{CallMachine, Phase};
use super::sequence::Item;
use super::{CallAction, CallTime};
use crate::dialogue::{Prompt, StateName};

/// The outcome of an answer for which there was no conversation in time.
pub const DROPPED: &str = "dropped";

/// What callees hear who have to wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingWords {
    /// Keeps them: no conversation is free yet.
    pub greeting: String,
    /// Lets them go: none became free in time.
    pub farewell: String,
}

/// A conversation that is waited for.
#[derive(Debug, Clone)]
pub(super) struct Seat {
    words: WaitingWords,
    greeted: bool,
}

impl CallMachine {
    /// The same call, but when answered it waits for [`CallEvent::Seated`](super::CallEvent) or
    /// [`CallEvent::Dropped`](super::CallEvent).
    #[must_use]
    pub fn waiting_for_seat(mut self, words: WaitingWords) -> Self {
        let greeted = false;
        self.seat = Some(Seat { words, greeted });
        self
    }

    /// Whether the dialogue has to wait; the callee is told so, once.
    pub(super) fn must_wait(&mut self, now: CallTime, out: &mut Vec<CallAction>) -> bool {
        let Some(seat) = &mut self.seat else {
            return false;
        };
        if !std::mem::replace(&mut seat.greeted, true) {
            let words = seat.words.greeting.clone();
            self.say_aside(words, now, out);
        }
        true
    }

    /// There is a conversation for it.
    pub(super) fn seated(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        let kept = self.seat.take().is_some_and(|seat| seat.greeted);
        // Before the word that keeps the callee, the talk begins as ever; while it is said, after.
        if kept && self.current.is_none() {
            self.begin_in_silence(now, out);
        }
    }

    /// The word that keeps the callee was said, or a conversation came after it.
    pub(super) fn begin_in_silence(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        // Whoever speaks is let finish: the pause begins the talk.
        if !self.turn.speaking {
            self.begin(now, out);
        }
    }

    /// There was none in time: says so, and hangs up.
    pub(super) fn dropped(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        let Some(seat) = self.seat.take() else { return };
        if self.phase != Phase::Opening {
            return;
        }
        self.timers.clear_hello();
        self.outcome = Some(DROPPED.to_owned());
        self.phase = Phase::Closing;
        self.say_aside(seat.words.farewell, now, out);
    }

    /// What a callee's hanging up concludes where the talk did not.
    pub(super) fn left_without(&self) -> &'static str {
        if self.seat.is_some() {
            DROPPED
        } else {
            "hung_up"
        }
    }

    /// Says words that are none of the scenario's, after those that are being said.
    fn say_aside(&mut self, text: String, now: CallTime, out: &mut Vec<CallAction>) {
        let state = StateName("waiting".to_owned());
        self.queue.push_back(Item::Words(Prompt { state, text }));
        if self.current.is_none() {
            self.play_next(now, out);
        }
    }
}
