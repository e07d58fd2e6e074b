//! A callee with a mind: hears the bot, answers it, interrupts, keeps silent, hangs up.
//!
//! [`Callee`] is a state machine on a clock of 20 ms frames, with no socket and no wall clock:
//! the telephone lab drives it over `AudioSocket` ([`super::audiosocket`]), and an embedded exchange
//! can drive it the same way. The part it plays is data ([`Part`]); what it noticed of the bot is
//! [`Measured`]. Sound is all that passes between them: see [`super::voice`].

mod ear;
mod measured;
mod mouth;
mod part;

#[cfg(test)]
mod tests;

pub use measured::{BotTurn, Measured, Said, Side};
pub use part::{Act, During, Part, parse, parts};

use crate::audio::{FRAME_MS, Frame};
use ear::{Ear, Told, Turn};
use mouth::Mouth;

/// Silence before the end of a call from which the bot's last turn counts as whole: longer than
/// the voice's pause of 60 ms between words.
const WHOLE_AFTER_MS: u32 = 80;

/// One callee in one call. Each 20 ms: [`Callee::frame_in`], then [`Callee::frame_out`].
#[derive(Debug)]
pub struct Callee {
    part: Part,
    /// Time since the answer.
    now_ms: u32,
    ear: Ear,
    mouth: Mouth,
    greeting_due: bool,
    reply_due_ms: Option<u32>,
    replies_given: usize,
    /// Turns of the bot that have begun.
    turns_begun: usize,
    /// The turn that is going on, measured as far as it goes.
    open_turn: Option<OpenTurn>,
    /// The utterance that is going on; its end moves with every frame.
    speaking: Option<Said>,
    digit: Option<char>,
    hangup: bool,
    measured: Measured,
}

/// What is known of a turn before it is over.
#[derive(Debug, Default)]
struct OpenTurn {
    gap_ms: Option<u32>,
    talked_over: bool,
    interrupted_ms: Option<u32>,
    /// Which of the part's `during` were done.
    done: Vec<usize>,
}

impl Callee {
    /// A callee who has just picked up. `caller` and `number` are digits, for the record only.
    pub fn new(part: &Part, caller: &str, number: &str) -> Self {
        Self {
            now_ms: 0,
            ear: Ear::new(part.patience_ms),
            mouth: Mouth::default(),
            greeting_due: !part.greeting.is_empty(),
            reply_due_ms: None,
            replies_given: 0,
            turns_begun: 0,
            open_turn: None,
            speaking: None,
            digit: None,
            hangup: false,
            measured: Measured {
                part: part.name.clone(),
                caller: caller.to_owned(),
                number: number.to_owned(),
                first_sound_ms: None,
                turns: Vec::new(),
                late_frames: 0,
                said: Vec::new(),
                pressed: String::new(),
                released_ms: 0,
                released_by: Side::Caller,
                last_turn_whole: true,
            },
            part: part.clone(),
        }
    }

    /// Hears 20 ms; `None` if nothing came from the line.
    pub fn frame_in(&mut self, frame: Option<&Frame>) {
        match self.ear.hear(self.now_ms, frame) {
            Told::Nothing => {}
            Told::Began(at_ms) => self.turn_began(at_ms),
            Told::Ended(turn) => self.turn_ended(turn),
        }
    }

    /// Says 20 ms, silence too, and moves the clock on.
    pub fn frame_out(&mut self) -> Frame {
        self.begin_what_is_due();
        let was_busy = self.mouth.is_busy();
        let out = self.mouth.next();
        if let Some(key) = out.key {
            self.digit = Some(key);
            self.measured.pressed.push(key);
        }
        self.hangup |= out.hang_up;
        self.follow_own_speech(was_busy);
        self.now_ms += FRAME_MS;
        out.frame
    }

    /// Whether the callee hangs up now.
    pub fn wants_hangup(&self) -> bool {
        self.hangup
    }

    /// The key that the callee presses now; each is told once.
    pub fn wants_digit(&mut self) -> Option<char> {
        self.digit.take()
    }

    /// The call is over: what was measured.
    pub fn released(mut self, by: Side) -> Measured {
        let since_sound = self
            .ear
            .turn_began()
            .map(|_| self.ear.silent_for(self.now_ms));
        if let Some(turn) = self.ear.end() {
            self.turn_ended(turn);
        }
        self.measured.last_turn_whole = since_sound.is_none_or(|ms| ms >= WHOLE_AFTER_MS);
        self.measured.late_frames = self.ear.late_frames();
        self.measured.said.extend(self.speaking.take());
        self.measured.released_ms = self.now_ms;
        self.measured.released_by = by;
        self.measured
    }

    fn turn_began(&mut self, at_ms: u32) {
        self.turns_begun += 1;
        self.measured.first_sound_ms.get_or_insert(at_ms);
        // Only the answer to something said since the last turn has a gap.
        let since = self.measured.turns.last().map_or(0, |turn| turn.began_ms);
        let own_end = self.measured.said.last().map(|said| said.ended_ms);
        let talked_over = self.speaking.is_some();
        self.open_turn = Some(OpenTurn {
            gap_ms: own_end
                .filter(|end| !talked_over && *end > since)
                .and_then(|end| at_ms.checked_sub(end)),
            talked_over,
            ..OpenTurn::default()
        });
        self.reply_due_ms = None;
        if self.greeting_due && !self.part.speaks_over {
            self.greeting_due = false;
        }
    }

    fn turn_ended(&mut self, turn: Turn) {
        let open = self.open_turn.take().unwrap_or_default();
        let answered =
            open.interrupted_ms.is_some() || (self.part.speaks_over && self.mouth.is_busy());
        if !answered {
            self.reply_due_ms = Some(self.now_ms + self.part.reply_after_ms);
        }
        self.measured.turns.push(BotTurn {
            began_ms: turn.began_ms,
            ended_ms: turn.ended_ms,
            text: turn.text,
            gap_ms: open.gap_ms,
            talked_over: open.talked_over,
            interrupted_ms: open.interrupted_ms,
            silent_after_ms: open
                .interrupted_ms
                .map(|at| turn.ended_ms.saturating_sub(at)),
        });
    }

    fn begin_what_is_due(&mut self) {
        if self.now_ms >= self.part.stay_ms {
            self.hangup = true;
        }
        if self.greeting_due && self.now_ms >= self.part.greeting_after_ms {
            self.greeting_due = false;
            let acts = self.part.greeting.clone();
            self.begin(&acts);
        }
        if self.reply_due_ms.is_some_and(|due| self.now_ms >= due) && !self.mouth.is_busy() {
            self.reply_due_ms = None;
            self.reply();
        }
        self.begin_during();
    }

    fn reply(&mut self) {
        let last = self.part.replies.len().saturating_sub(1);
        let acts = self.part.replies.get(self.replies_given.min(last)).cloned();
        self.replies_given += 1;
        self.begin(&acts.unwrap_or_default());
    }

    fn begin_during(&mut self) {
        let Some(began_ms) = self.ear.turn_began() else {
            return;
        };
        for (at, during) in self.part.during.clone().into_iter().enumerate() {
            let is_this_turn = during.turn.is_none_or(|turn| turn == self.turns_begun);
            let is_due = self.now_ms >= began_ms + during.after_ms;
            let Some(open) = self.open_turn.as_mut() else {
                return;
            };
            if !is_this_turn || !is_due || open.done.contains(&at) {
                continue;
            }
            open.done.push(at);
            if during.takes_floor && during.acts.iter().any(|act| spoken(act).is_some()) {
                open.interrupted_ms.get_or_insert(self.now_ms);
            }
            self.begin(&during.acts);
        }
    }

    fn begin(&mut self, acts: &[Act]) {
        self.mouth.act(acts);
        let text: Vec<_> = acts.iter().filter_map(spoken).collect();
        if text.is_empty() {
            return;
        }
        self.measured.said.extend(self.speaking.take());
        self.speaking = Some(Said {
            began_ms: self.now_ms,
            ended_ms: self.now_ms,
            text: text.join(" "),
        });
    }

    /// Moves the end of the utterance with each frame, and closes it after the last.
    fn follow_own_speech(&mut self, was_busy: bool) {
        let Some(said) = self.speaking.as_mut() else {
            return;
        };
        if was_busy {
            said.ended_ms = self.now_ms + FRAME_MS;
        }
        if !self.mouth.is_busy() {
            self.measured.said.extend(self.speaking.take());
        }
    }
}

/// How an act stands in the record of what was said; silent acts do not.
fn spoken(act: &Act) -> Option<String> {
    match act {
        Act::Say(text) => Some(text.clone()),
        Act::Beep { .. } => Some("(beep)".to_owned()),
        Act::PauseMs(_) | Act::Press(_) | Act::HangUp => None,
    }
}
