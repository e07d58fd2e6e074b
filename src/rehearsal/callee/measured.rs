//! What a callee noticed of one call, in its own clock: milliseconds since the answer.
//!
//! The clock counts frames of 20 ms, so no figure is finer than that. As JSON, one line a call.

use serde::Serialize;

/// One call as the callee lived it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Measured {
    /// The part played.
    pub part: String,
    /// The caller id shown, digits.
    pub caller: String,
    /// The number dialled, digits.
    pub number: String,
    /// From the answer to the bot's first sound.
    pub first_sound_ms: Option<u32>,
    /// The bot's turns, in order.
    pub turns: Vec<BotTurn>,
    /// Frames of 20 ms that came late while the bot spoke and that a telephone conceals: a few are
    /// the clocks of a busy machine, many make the voice rough.
    pub late_frames: u32,
    /// Frames that came later than a telephone conceals (by more than 40 ms) while the bot spoke: a
    /// hole was heard.
    pub lost_frames: u32,
    /// What the callee said, in order.
    pub said: Vec<Said>,
    /// The keys pressed, in order.
    pub pressed: String,
    /// The keys that the bot pressed and the line told of as events, in order.
    pub keys: String,
    /// Length of the call.
    pub released_ms: u32,
    /// Who ended it.
    pub released_by: Side,
    /// Whether the bot had fallen silent (for 80 ms, longer than between two words) before the
    /// line went. Compare the text of the last turn too: that is what was really heard.
    pub last_turn_whole: bool,
}

/// One turn of the bot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BotTurn {
    /// Its first sound.
    pub began_ms: u32,
    /// The end of its last sound.
    pub ended_ms: u32,
    /// What was understood of it.
    pub text: String,
    /// From the end of the callee's last utterance to the first sound: how long the callee waited
    /// for an answer. None if the callee had said nothing since the turn before, or was speaking.
    pub gap_ms: Option<u32>,
    /// Whether the turn began while the callee was speaking.
    pub talked_over: bool,
    /// When the callee began to speak into this turn to take the floor.
    pub interrupted_ms: Option<u32>,
    /// From then to the bot's last sound: how long it went on.
    pub silent_after_ms: Option<u32>,
}

/// One utterance of the callee.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Said {
    /// Its first sound.
    pub began_ms: u32,
    /// The end of its last sound.
    pub ended_ms: u32,
    /// The words, or what was done instead.
    pub text: String,
}

/// A side of the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The one who was rung.
    Callee,
    /// The one who rang.
    Caller,
}

impl Measured {
    pub(super) fn begin(part: String, caller: &str, number: &str) -> Self {
        Self {
            part,
            caller: caller.to_owned(),
            number: number.to_owned(),
            first_sound_ms: None,
            turns: Vec::new(),
            late_frames: 0,
            lost_frames: 0,
            said: Vec::new(),
            pressed: String::new(),
            keys: String::new(),
            released_ms: 0,
            released_by: Side::Caller,
            last_turn_whole: true,
        }
    }

    /// The call as one line of JSON.
    ///
    /// # Errors
    /// If it cannot be serialised, which no value of it brings about.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    /// What the bot said, turn by turn.
    pub fn heard(&self) -> Vec<&str> {
        self.turns.iter().map(|turn| turn.text.as_str()).collect()
    }
}
