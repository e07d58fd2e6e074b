//! The part a callee plays: what is said when, as data.
//!
//! The parts of the telephone lab stand in `parts.toml`, chosen by the number dialled. A part
//! knows the bot only by its sound, so it answers turn after turn whatever was said.

use serde::Deserialize;

/// One thing a callee does. Acts of a list follow one another without a gap.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Says a text.
    Say(String),
    /// Keeps silent, in milliseconds, and keeps the floor.
    PauseMs(u32),
    /// A pure tone, as the beep of a voicemail.
    Beep {
        /// Its frequency.
        hz: u32,
        /// Its length in milliseconds.
        ms: u32,
    },
    /// A burst of noise as loud as speech: a cough, a door.
    NoiseMs(u32),
    /// Presses a key.
    Press(char),
    /// Hangs up.
    HangUp,
}

/// What a callee does while the bot is speaking.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct During {
    /// In which turn of the bot, from 1; in every turn if absent.
    pub turn: Option<usize>,
    /// Milliseconds from the bot's first sound in that turn.
    pub after_ms: u32,
    /// Whether the callee takes the floor: the bot should fall silent, and this was the answer
    /// to its turn. A backchannel ("uh-huh") does not.
    #[serde(default = "yes")]
    pub takes_floor: bool,
    /// What is done.
    pub acts: Vec<Act>,
}

/// A part. All times are in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// What it is called.
    pub name: String,
    /// The numbers that reach it, digits only.
    pub numbers: Vec<String>,
    /// What is said on picking up, unless the bot speaks first.
    #[serde(default)]
    pub greeting: Vec<Act>,
    /// Says the greeting even if the bot speaks, and does not answer what was said over it: a
    /// machine.
    #[serde(default)]
    pub speaks_over: bool,
    /// From the answer to the greeting.
    #[serde(default = "greeting_after")]
    pub greeting_after_ms: u32,
    /// The answers to the bot's turns, in order; the last one is repeated.
    #[serde(default)]
    pub replies: Vec<Vec<Act>>,
    /// Silence after which the bot's turn counts as over.
    #[serde(default = "patience")]
    pub patience_ms: u32,
    /// From then to the reply.
    #[serde(default = "reply_after")]
    pub reply_after_ms: u32,
    /// What is done while the bot speaks.
    #[serde(default)]
    pub during: Vec<During>,
    /// From the answer to the moment the callee has had enough and hangs up.
    #[serde(default = "stay")]
    pub stay_ms: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts {
    part: Vec<Part>,
}

/// The parts of the telephone lab.
///
/// # Errors
/// If the list does not parse.
pub fn parts() -> Result<Vec<Part>, toml::de::Error> {
    parse(include_str!("parts.toml"))
}

/// Reads a list of parts: TOML with one `[[part]]` each.
///
/// # Errors
/// If it is no such list; the text names line and key.
pub fn parse(text: &str) -> Result<Vec<Part>, toml::de::Error> {
    toml::from_str::<Parts>(text).map(|parts| parts.part)
}

fn yes() -> bool {
    true
}

/// People say "hello" this long after picking up.
fn greeting_after() -> u32 {
    400
}

/// Longer than a pause between words, shorter than people leave between sentences to a stranger.
fn patience() -> u32 {
    500
}

fn reply_after() -> u32 {
    200
}

/// Nobody listens to a silent line for two minutes.
fn stay() -> u32 {
    120_000
}
