//! Turns: one side's hold of the floor, as the history keeps it.

use super::CallTime;

/// Who holds the floor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    /// We.
    Bot,
    /// The callee.
    Callee,
}

impl Speaker {
    /// The word used in the database and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bot => "bot",
            Self::Callee => "callee",
        }
    }
}

/// One turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// Who spoke.
    pub speaker: Speaker,
    /// What was said; for a cut prompt all that was to be said.
    pub text: String,
    /// The state of the dialogue: that a prompt belongs to, or that an answer was heard in.
    pub state: Option<String>,
    /// The intent found in the callee's words.
    pub intent: Option<String>,
    /// A model found it, where the rules found nothing.
    pub advised: bool,
    /// When it began.
    pub at: CallTime,
    /// How long it lasted, in milliseconds.
    pub duration_ms: u64,
    /// From the end of the callee's speech to our first sound, in milliseconds.
    pub latency_ms: Option<u64>,
    /// The callee spoke over this prompt, and we stopped.
    pub cut: bool,
}
