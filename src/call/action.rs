//! What the machine asks the driver to do.

use super::Turn;
use crate::line::{Disposition, HangupReason, Release};

/// Names a prompt within a call; increasing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PromptId(pub u32);

/// Something to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallAction {
    /// Say a prompt; `PromptStarted` and `PromptEnded`, or `PromptFailed`, follow.
    Play {
        /// Its name in the events.
        id: PromptId,
        /// What to say.
        text: String,
    },
    /// Fall silent at once, and keep what was not heard.
    HoldPlaying,
    /// Go on where the prompt was held.
    GoOnPlaying,
    /// Fall silent at once; `PromptEnded` follows.
    StopPlaying,
    /// Ask the recogniser for the final text of what was heard.
    Commit,
    /// Write the number into `do_not_call`, now.
    DoNotCall,
    /// A turn is complete: keep it and show it.
    Record(Turn),
    /// Hang up; the release follows.
    Hangup(HangupReason),
    /// The call is over. Comes once and last.
    Finish(CallEnd),
}

/// Who ended the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HungUpBy {
    /// We.
    Us,
    /// The callee or the network.
    FarEnd,
}

impl HungUpBy {
    /// The word used in the database and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Us => "us",
            Self::FarEnd => "far_end",
        }
    }
}

/// How a call ended. Times are milliseconds since the call was begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallEnd {
    /// How it ended on the line.
    pub disposition: Disposition,
    /// What the talk concluded: named by the scenario, or `hung_up`, `time_limit`,
    /// `speech_failed` where it was cut short.
    pub outcome: Option<String>,
    /// Why the channel ended, where Asterisk told.
    pub release: Option<Release>,
    /// Who hung up.
    pub hung_up_by: HungUpBy,
    /// From the call being sent until it was answered, or ended.
    pub ring_ms: Option<u64>,
    /// From the answer until the end.
    pub talk_ms: Option<u64>,
}
