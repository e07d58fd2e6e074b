//! Handing the call to a person: ringed while the callee hears the prompt and music, joined once
//! the person knows who is on the line; and back to the dialogue where nobody takes it.
//!
//! The conclusion of the state counts only when the two are joined. Who hangs up meanwhile has
//! reached nobody.

use super::machine::{CallMachine, Phase};
use super::{CallAction, CallTime, PromptId, Timer, TransferOrder};
use crate::dialogue::{Action, Heard};
use crate::line::{EndedBy, HangupReason};

/// From the end of the ringing until the person must know who is on the line.
const WHISPER_MS: u64 = 20_000;
/// The longest talk with a person; then a hang-up was lost.
const LONGEST_JOINED_MS: u64 = 2 * 60 * 60 * 1_000;

/// A call on its way to a person.
#[derive(Debug, Clone)]
pub(super) struct Transfer {
    /// What the talk comes to once the two are joined.
    outcome: Option<String>,
    /// Whether the callee hears music after the prompt.
    music: bool,
    /// The person waits for the callee.
    ready: bool,
}

/// The order in an action of the dialogue, and whether there is music.
pub(super) fn order(action: &Action) -> Option<(TransferOrder, bool)> {
    let Action::Transfer {
        to,
        whisper,
        ring_s,
        music,
    } = action
    else {
        return None;
    };
    let order = TransferOrder {
        to: to.clone(),
        whisper: whisper.clone(),
        ring_ms: u64::from(*ring_s) * 1_000,
    };
    Some((order, *music))
}

impl CallMachine {
    /// Begins to ring the person; the prompt follows.
    pub(super) fn hand_over(
        &mut self,
        now: CallTime,
        (order, music): (TransferOrder, bool),
        outcome: Option<String>,
        out: &mut Vec<CallAction>,
    ) {
        self.phase = Phase::Transferring;
        self.transfer = Some(Transfer {
            outcome,
            music,
            ready: false,
        });
        let patience = order.ring_ms + WHISPER_MS;
        self.timers.set(Timer::Transfer, now.plus(patience));
        out.push(CallAction::Transfer(order));
    }

    /// The prompt, or a piece of music, is over and nobody is there yet, or just now.
    pub(super) fn wait_for_person(&mut self, out: &mut Vec<CallAction>) {
        let Some(transfer) = &self.transfer else {
            return;
        };
        if transfer.ready {
            out.push(CallAction::Join);
        } else if transfer.music {
            let id = PromptId(self.next_prompt);
            self.next_prompt += 1;
            self.current = Some(id);
            out.push(CallAction::PlayMusic(id));
        }
    }

    /// The person is there: words are heard out, music is not.
    pub(super) fn operator_ready(&mut self, out: &mut Vec<CallAction>) {
        let (Phase::Transferring, Some(transfer)) = (self.phase, &mut self.transfer) else {
            return;
        };
        transfer.ready = true;
        let speaks = self
            .current
            .is_some_and(|id| self.prompts.contains_key(&id));
        if !speaks && self.queue.is_empty() {
            self.fall_silent(out);
            out.push(CallAction::Join);
        }
    }

    /// Nobody takes the call in time.
    pub(super) fn nobody_takes_it(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        out.push(CallAction::GiveUpTransfer);
        self.transfer_failed(now, out);
    }

    /// Back to the dialogue.
    pub(super) fn transfer_failed(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        if self.phase != Phase::Transferring {
            return;
        }
        self.transfer = None;
        self.timers.clear(Timer::Transfer);
        self.fall_silent(out);
        self.let_go_of_turn(out);
        let reply = self.dialogue.hear(&Heard::TransferFailed);
        self.say(now, reply, out);
    }

    /// The two talk with one another: what is left to us is to see the end of it.
    pub(super) fn joined(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        let (Phase::Transferring, Some(transfer)) = (self.phase, self.transfer.take()) else {
            return;
        };
        self.phase = Phase::Joined;
        let turns = std::mem::take(&mut self.late);
        for mut turn in turns.into_iter().chain([self.turn.take()]) {
            turn.give_up_waiting();
            if !self.forbidden && self.dialogue.opts_out(turn.text()) {
                self.forbidden = true;
                out.push(CallAction::DoNotCall);
            }
            Self::record_callee(&turn, None, None, out);
        }
        self.timers.clear_all();
        self.timers
            .set(Timer::Duration, now.plus(LONGEST_JOINED_MS));
        self.outcome = transfer.outcome;
        out.push(CallAction::Conclude {
            outcome: self.outcome.clone(),
            call_back: None,
            data: self.dialogue.data(),
        });
    }

    /// The person has hung up: so does the callee's line.
    pub(super) fn operator_left(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        match self.phase {
            Phase::Joined => self.hang_up(now, HangupReason::Normal, EndedBy::Talk, out),
            // Between the whisper and the join.
            Phase::Transferring => self.transfer_failed(now, out),
            Phase::Dialling
            | Phase::Opening
            | Phase::Speaking
            | Phase::Listening
            | Phase::Closing
            | Phase::Beep
            | Phase::HangingUp
            | Phase::Finished => {}
        }
    }
}
