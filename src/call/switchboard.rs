//! A call to a desk behind an exchange that answers for it: its extension is keyed in, and the talk
//! begins when somebody says hello there.
//!
//! What the exchange itself says is nobody's answer: neither a hello nor a machine's greeting.

use super::answerer::is_machine_talk;
use super::machine::{CallMachine, Phase};
use super::speaking::pressed;
use super::talk::TEXT_MS;
use super::{CallAction, CallTime, Timer};
use crate::dialogue::{StateName, keys_ms};
use crate::line::{Disposition, EndedBy, HangupReason};

/// From the answer to the first key, in pauses of half a second: the exchange begins to listen.
const BEFORE: &str = "www";
/// From the last key until what is heard may be a person.
const CONNECTS_MS: u64 = 1_500;
/// How long it may ring at the desk.
const RINGS_MS: u64 = 30_000;
/// How long an exchange is listened to, from its answer on.
const QUEUES_MS: u64 = 90_000;

/// An exchange that stands before the callee.
#[derive(Debug, Clone)]
pub(super) struct Switchboard {
    keys: String,
    /// From when on what is heard may be a person; `None` before the answer.
    connected: Option<CallTime>,
}

impl CallMachine {
    /// The same call, to a desk behind the exchange that answers; `extension` are its digits.
    #[must_use]
    pub fn to_extension(mut self, extension: &str) -> Self {
        let keys = format!("{BEFORE}{extension}");
        let connected = None;
        self.switchboard = Some(Switchboard { keys, connected });
        // The exchange greets as machines do, and would be taken for one.
        self.machine_ignored = true;
        self
    }

    /// The exchange answered: keys in the extension; whether there is one.
    pub(super) fn key_in_extension(&mut self, now: CallTime, out: &mut Vec<CallAction>) -> bool {
        let Some(switchboard) = &mut self.switchboard else {
            return false;
        };
        let keys = switchboard.keys.clone();
        let connected = now.plus(keys_ms(&keys) + CONNECTS_MS);
        switchboard.connected = Some(connected);
        self.timers.set(Timer::Hello, connected.plus(RINGS_MS));
        let state = StateName("extension".to_owned());
        out.push(CallAction::Record(pressed(now, state, &keys)));
        out.push(CallAction::SendKeys(keys));
        true
    }

    /// Whether what began to speak then is the exchange.
    pub(super) fn is_switchboard(&self, began: CallTime) -> bool {
        let switchboard = self.switchboard.as_ref();
        switchboard.is_some_and(|it| it.connected.is_none_or(|from| began < from))
    }

    /// Whether somebody has spoken, and paused, since the desk may have been reached.
    pub(super) fn is_desk_heard(&self) -> bool {
        let opening = self.phase == Phase::Opening && self.switchboard.is_some();
        let began = self.turn.began.filter(|_| !self.turn.speaking);
        opening && began.is_some_and(|began| !self.is_switchboard(began))
    }

    /// Somebody has spoken at the desk, unless it is the exchange that still speaks: the words tell.
    pub(super) fn meet_desk(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        if self.turn.is_owed() {
            self.timers.set(Timer::Text, now.plus(TEXT_MS));
            return;
        }
        self.timers.clear(Timer::Text);
        // A hello may follow upon what the exchange says without a pause; noise is none.
        let exchange = |text: &str| text.is_empty() || is_machine_talk(text);
        if exchange(self.turn.text()) && exchange(self.turn.last_text()) {
            // Whoever speaks now may have begun before these words were there.
            let over = self.turn.paused;
            self.let_go_of_turn(out);
            if let Some(switchboard) = &mut self.switchboard {
                switchboard.connected = over.or(switchboard.connected);
            }
            // A queue that speaks for ever is not waited for.
            let longest = self.answered.unwrap_or(now).plus(QUEUES_MS);
            let until = now.plus(RINGS_MS).min(longest);
            self.timers.set(Timer::Hello, until.max(now.plus(1)));
        } else {
            self.begin(now, out);
        }
    }

    /// Somebody, or nobody, has said hello in time.
    pub(super) fn hello_is_over(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        if self.switchboard.is_some() {
            self.hang_up(now, HangupReason::Normal, EndedBy::Talk, out);
        } else {
            self.begin(now, out);
        }
    }

    /// The exchange answered, and nobody at the desk.
    pub(super) fn nobody_at_desk(&self) -> Option<Disposition> {
        let ours = matches!(self.ended_by, Some(EndedBy::User | EndedBy::Fault));
        let nobody = self.answered.is_some() && self.switchboard.is_some();
        (nobody && !ours).then_some(Disposition::NoAnswer)
    }
}
