//! A callee with a mind: hears the bot, answers it, interrupts, keeps silent, hangs up.
//!
//! [`Callee`] is a state machine on a clock of 20 ms frames, with no socket and no wall clock:
//! the telephone lab drives it over `AudioSocket` ([`super::audiosocket`]), and an embedded exchange
//! drives it the same way. How the callee behaves is data ([`Person`], or a [`Part`] of the lab);
//! what is said to what is decided by a [`Mind`] from the words that were heard; what was noticed
//! of the bot is [`Measured`]. Sound is all that passes between them: see [`super::voice`].

mod announcement;
mod ear;
mod meanwhile;
mod measured;
mod mind;
mod mouth;
mod part;
mod person;
mod script;
mod sound;
mod spread;

#[cfg(test)]
mod people_tests;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use announcement::Announcement;
pub use measured::{BotTurn, Measured, Said, Side};
pub use mind::Mind;
pub use part::{Act, During, Part, parse, parts};
pub use person::{Echo, Lines, Manner, Meanwhile, Person, Phrase, Rule, Sound, Speech};
pub use script::Script;
pub use spread::Spread;

use crate::audio::{FRAME_MS, Frame};
use ear::{Ear, Told, Turn};
use meanwhile::Watch;
use mouth::Mouth;
use sound::Room;

/// Silence before the end of a call from which the bot's last turn counts as whole: longer than
/// the voice's pause of 60 ms between words.
const WHOLE_AFTER_MS: u32 = 80;

/// One callee in one call. Each 20 ms: [`Callee::frame_in`], then [`Callee::frame_out`].
#[derive(Debug)]
pub struct Callee {
    mind: Mind,
    /// Time since the answer.
    now_ms: u32,
    ear: Ear,
    mouth: Mouth,
    room: Room,
    hello_due_ms: Option<u32>,
    reply_due_ms: Option<u32>,
    /// What the bot said and was not yet answered.
    heard: String,
    /// How long dead air is borne next time, and when it began.
    patience_ms: Option<u32>,
    dead_since_ms: u32,
    watch: Watch,
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
}

impl Callee {
    /// A part of the lab that has just picked up. `caller` and `number` are digits, for the
    /// record only.
    pub fn new(part: &Part, caller: &str, number: &str) -> Self {
        Self::of(Arc::new(Person::of_part(part)), caller, number, 0)
    }

    /// A person who has just picked up; all choices are drawn from the seed, the call's own.
    pub fn of(person: Arc<Person>, caller: &str, number: &str, seed: u64) -> Self {
        let manner = &person.manner;
        let (turn_end_ms, sound) = (manner.turn_end_ms, manner.sound);
        let has_hello = !person.speech.hello.is_empty();
        let name = person.name.clone();
        let mind = Mind::new(person, seed);
        Self {
            now_ms: 0,
            ear: Ear::new(turn_end_ms),
            mouth: Mouth::default(),
            room: Room::new(sound, seed),
            hello_due_ms: has_hello.then(|| mind.hello_ms()),
            reply_due_ms: None,
            heard: String::new(),
            patience_ms: mind.patience_ms(),
            dead_since_ms: 0,
            watch: Watch::default(),
            open_turn: None,
            speaking: None,
            digit: None,
            hangup: false,
            measured: Measured::begin(name, caller, number),
            mind,
        }
    }

    /// Hears 20 ms; `None` if nothing came from the line.
    pub fn frame_in(&mut self, frame: Option<&Frame>) {
        self.room.hear(frame);
        match self.ear.hear(self.now_ms, frame) {
            Told::Nothing => {}
            Told::Began(at_ms) => self.turn_began(at_ms),
            Told::Ended(turn) => self.turn_ended(turn),
        }
    }

    /// Hears of a key that the other side pressed.
    pub fn key_in(&mut self, key: char) {
        self.measured.keys.push(key);
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
        self.follow_dead_air(was_busy);
        self.now_ms += FRAME_MS;
        self.room.colour(&out.frame)
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
        self.measured.lost_frames = self.ear.lost_frames();
        self.measured.said.extend(self.speaking.take());
        self.measured.released_ms = self.now_ms;
        self.measured.released_by = by;
        self.measured
    }

    fn turn_began(&mut self, at_ms: u32) {
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
            interrupted_ms: None,
        });
        self.reply_due_ms = None;
        if !self.mind.person().manner.machine {
            self.hello_due_ms = None;
        }
        self.watch.turn_began(&self.mind, at_ms);
    }

    fn turn_ended(&mut self, turn: Turn) {
        let open = self.open_turn.take().unwrap_or_default();
        let speaks_over = self.mind.person().manner.machine && self.mouth.is_busy();
        if open.interrupted_ms.is_some() || speaks_over {
            self.mind.turn_was_answered();
            self.heard.clear();
        } else {
            self.reply_due_ms = Some(self.now_ms + self.mind.reaction_ms());
            self.heard.push(' ');
            self.heard.push_str(&turn.text);
        }
        self.watch.turn_ended();
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
        if self.now_ms >= self.mind.person().manner.stay_ms {
            self.hangup = true;
        }
        if self
            .hello_due_ms
            .take_if(|due| self.now_ms >= *due)
            .is_some()
        {
            let acts = self.mind.hello();
            self.begin(&acts);
        }
        let is_free = !self.mouth.is_busy();
        if self
            .reply_due_ms
            .take_if(|due| is_free && self.now_ms >= *due)
            .is_some()
        {
            let heard = std::mem::take(&mut self.heard);
            let acts = self.mind.reply(&heard);
            self.begin(&acts);
        }
        self.begin_meanwhile();
        let dead_ms = self.now_ms.saturating_sub(self.dead_since_ms);
        if self.patience_ms.is_some_and(|patience| dead_ms >= patience) {
            self.lose_patience();
        }
    }

    fn begin_meanwhile(&mut self) {
        let is_busy = self.mouth.is_busy();
        for due in self.watch.due(&self.mind, &self.ear, self.now_ms, is_busy) {
            let is_spoken = due.acts.iter().any(|act| spoken(act).is_some());
            if due.takes_floor
                && is_spoken
                && let Some(open) = self.open_turn.as_mut()
            {
                open.interrupted_ms.get_or_insert(self.now_ms);
            }
            self.begin(&due.acts);
        }
    }

    fn lose_patience(&mut self) {
        match self.mind.dead_air() {
            Some(acts) => self.begin(&acts),
            None => self.hangup = true,
        }
        self.patience_ms = self.mind.patience_ms();
        self.dead_since_ms = self.now_ms;
    }

    /// Dead air begins anew with each sound of either side, and while a reply is thought of.
    fn follow_dead_air(&mut self, was_busy: bool) {
        let is_dead = !was_busy
            && self.ear.turn_began().is_none()
            && self.reply_due_ms.is_none()
            && self.hello_due_ms.is_none();
        if !is_dead {
            self.dead_since_ms = self.now_ms + FRAME_MS;
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
        Act::NoiseMs(_) => Some("(noise)".to_owned()),
        Act::PauseMs(_) | Act::Press(_) | Act::HangUp => None,
    }
}
