//! What a callee said just before hanging up.
//!
//! «Больше не звоните», and the receiver goes down: the text of such words comes after the line is
//! gone. It is waited for, since a wish to be called no more holds however it was put; so is, more
//! briefly, the text of what the network said before it ended a call that nobody answered.

use super::answerer::Reason;
use super::machine::{CallMachine, Phase};
use super::turn_taking::CalleeTurn;
use super::{CallAction, CallTime, Timer};
use crate::dialogue::Heard;
use crate::line::{EndedBy, Release};

/// The recogniser has this long for the last words: it may have to connect again, and nobody waits
/// on the line.
const LAST_WORDS_MS: u64 = 10_000;
/// It has this long where somebody waits for us to end, and for an announcement's.
const STOPPED_MS: u64 = 2_000;

/// A line that is gone while words are still to come.
#[derive(Debug, Clone, Copy)]
pub(super) struct Left {
    pub(super) at: CallTime,
    pub(super) release: Option<Release>,
}

impl CallMachine {
    /// Whether the callee left with words whose text is still to come.
    pub(super) fn owes_last_words(&self) -> bool {
        let owed = self.turn.speaking || self.is_owed();
        self.answered.is_some() && owed && !self.is_surely_machine() && !self.deaf
    }

    /// Whether a machine answered by more than the length of what was said: that alone may have
    /// been somebody furious.
    fn is_surely_machine(&self) -> bool {
        let by_length =
            |reason: &Reason| matches!(reason, Reason::SpokeLong(_) | Reason::SpokeOn(_));
        let verdict = self.judge.verdict();
        self.machine && !verdict.is_some_and(|verdict| by_length(&verdict.reason))
    }

    /// Whether the network ended the call with words whose text is still to come.
    pub(super) fn owes_announcement(&self) -> bool {
        let matters = match self.ended_by {
            None | Some(EndedBy::FarEnd | EndedBy::RingTimeout) => true,
            Some(EndedBy::Talk | EndedBy::Announcement | EndedBy::User | EndedBy::Fault) => false,
        };
        self.answered.is_none() && matters && self.network_owes_words() && !self.deaf
    }

    fn is_owed(&self) -> bool {
        self.turn.is_owed() || self.late.iter().any(CalleeTurn::is_owed)
    }

    /// The line is gone: nothing more is said, and the rest of the text is waited for.
    pub(super) fn wait_for_last_words(
        &mut self,
        now: CallTime,
        release: Option<Release>,
        out: &mut Vec<CallAction>,
    ) {
        if self.turn.speaking {
            self.turn.speech_paused(now);
            out.push(CallAction::Commit);
        }
        self.network_is_gone(out);
        self.left = Some(Left { at: now, release });
        self.phase = Phase::HangingUp;
        self.timers.clear_all();
        let in_haste = self.answered.is_none() || self.ended_by == Some(EndedBy::User);
        let patience = if in_haste { STOPPED_MS } else { LAST_WORDS_MS };
        self.timers.set(Timer::LastWords, now.plus(patience));
        self.record_unfinished(now, out);
    }

    /// A text that comes when nothing more is said.
    pub(super) fn last_words(
        &mut self,
        now: CallTime,
        text: &str,
        asked: bool,
        out: &mut Vec<CallAction>,
    ) {
        let late = self.late.iter_mut().find(|late| late.is_owed());
        let turn = late.unwrap_or(&mut self.turn);
        turn.text_came(text, asked);
        let words = turn.text().to_owned();
        self.heed_last_words(&words, out);
        if !self.is_owed() {
            self.no_more_words(now, out);
        }
    }

    /// A wish to be called no more holds when the line is gone, too.
    pub(super) fn heed_last_words(&mut self, words: &str, out: &mut Vec<CallAction>) {
        if self.is_surely_machine() || !self.dialogue.opts_out(words) {
            return;
        }
        if !self.forbidden {
            self.forbidden = true;
            out.push(CallAction::DoNotCall);
        }
        let heard = Heard::Words(words.to_owned());
        self.outcome = self.dialogue.clone().hear(&heard).outcome;
    }

    /// All texts are there, or will never be.
    pub(super) fn no_more_words(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        if let Some(left) = self.left {
            self.conclude_line(now, left.release, out);
        }
    }
}
