//! What the machine asks the driver to do.

use std::fmt;

use jiff::civil::{Date, DateTime, Time};
use serde_json::Value;

use super::{NetworkSaid, Turn, Verdict};
use crate::dialogue::Question;
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
    /// Play a file of the scenario; the events of a prompt follow.
    PlayFile {
        /// Its name in the events.
        id: PromptId,
        /// Its name among the scenario's sounds.
        file: String,
    },
    /// Send keys to the callee's side: `0` to `9`, `*`, `#`, `A` to `D`; `w` waits half a second.
    SendKeys(String),
    /// Fall silent at once, and keep what was not heard.
    HoldPlaying,
    /// Go on where the prompt was held.
    GoOnPlaying,
    /// Fall silent at once; `PromptEnded` follows.
    StopPlaying,
    /// Ask the recogniser for the final text of what was heard.
    Commit,
    /// Ask a model what was meant; [`CallEvent::Advised`](super::CallEvent::Advised) follows, or
    /// nothing.
    Ask {
        /// Its name in the event.
        question: u32,
        /// What to ask.
        about: Question,
    },
    /// Write the number into `do_not_call`, now.
    DoNotCall,
    /// It is known who answered, or known better.
    Judged(Verdict),
    /// Keep what the talk comes to, now: it is about to be told to the callee.
    Conclude {
        /// What it concludes, where it does.
        outcome: Option<String>,
        /// The call that is promised.
        call_back: Option<CallBack>,
        /// What was gathered.
        data: Value,
    },
    /// A turn is complete: keep it and show it.
    Record(Turn),
    /// Tell when a beep ends, from now on.
    ListenForBeep,
    /// Ring a person; `OperatorReady` or `TransferFailed` follows.
    Transfer(TransferOrder),
    /// Play music until it is stopped; `PromptStarted` and `PromptEnded` follow.
    PlayMusic(PromptId),
    /// Join the callee and the person who was rung, and leave; `Joined` or `TransferFailed`
    /// follows.
    Join,
    /// Ring that person no longer.
    GiveUpTransfer,
    /// Hang up; the release follows.
    Hangup(HangupReason),
    /// The call is over. Comes once and last.
    Finish(CallEnd),
}

/// Whom to ring on behalf of the callee, and what to say there.
#[derive(Clone, PartialEq, Eq)]
pub struct TransferOrder {
    /// A number, or an endpoint of the exchange; `Debug` masks its digits.
    pub to: String,
    /// What the person hears before the callee.
    pub whisper: String,
    /// How long it may ring, in milliseconds.
    pub ring_ms: u64,
}

impl fmt::Debug for TransferOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let masked = self.to.replace(|c: char| c.is_ascii_digit(), "*");
        f.debug_struct("TransferOrder")
            .field("to", &masked)
            .field("whisper", &self.whisper)
            .field("ring_ms", &self.ring_ms)
            .finish()
    }
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

/// Another call that was promised to the callee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallBack {
    /// At some time.
    Sometime,
    /// At this hour of the callee's.
    At(DateTime),
}

/// The hour of a call-back of which only the day was said.
const MORNING: Time = Time::constant(10, 0, 0, 0);

impl CallBack {
    /// From the value of a slot: a moment, or a day alone.
    pub fn parse(value: Option<&str>) -> Self {
        let moment = |value: &str| {
            let day = || {
                value
                    .parse::<Date>()
                    .ok()
                    .map(|day| day.to_datetime(MORNING))
            };
            let whole = value.contains('T').then(|| value.parse().ok());
            whole.unwrap_or_else(day)
        };
        value.and_then(moment).map_or(Self::Sometime, Self::At)
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
    /// Another call that was promised.
    pub call_back: Option<CallBack>,
    /// What the talk gathered: slots by name, and what the conclusion keeps. An object.
    pub data: Value,
    /// Who answered; `None` where nobody did, or nobody could tell.
    pub answered_by: Option<Verdict>,
    /// What the network said instead of an answer; `None` where somebody answered.
    pub network_said: Option<NetworkSaid>,
    /// Why the channel ended, where Asterisk told.
    pub release: Option<Release>,
    /// Who hung up.
    pub hung_up_by: HungUpBy,
    /// From the call being sent until it was answered, or ended.
    pub ring_ms: Option<u64>,
    /// From the answer until the end.
    pub talk_ms: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_back_is_a_moment_a_day_or_some_time() {
        let at = |text: &str| CallBack::At(text.parse().unwrap());
        assert_eq!(
            CallBack::parse(Some("2026-11-23T15:00")),
            at("2026-11-23T15:00")
        );
        assert_eq!(CallBack::parse(Some("2026-11-23")), at("2026-11-23T10:00"));
        for vague in [None, Some(""), Some("после обеда"), Some("15:00")] {
            assert_eq!(CallBack::parse(vague), CallBack::Sometime, "{vague:?}");
        }
    }
    #[test]
    fn whom_a_call_is_handed_to_stands_in_no_log() {
        let order = TransferOrder {
            to: "+79000000099".to_owned(),
            whisper: "клиент".to_owned(),
            ring_ms: 1,
        };
        let shown = format!("{:?}", CallAction::Transfer(order));
        assert!(!shown.contains("900") && shown.contains("+*"), "{shown}");
    }
}
