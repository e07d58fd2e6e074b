//! What can happen in a call, as the driver reports it.

use super::{PromptId, Timer};
use crate::line::LineEvent;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallEvent {
    /// The exchange reported something about the line.
    Line(LineEvent),
    /// The call was never sent to the trunk: it took no call, or a request failed before `dial`.
    PlaceFailed {
        /// The trunk, and not we, refused.
        trunk: bool,
    },
    /// The callee, or the network before the answer, began to speak; reported some 60 ms after the onset.
    SpeechStarted,
    /// Whoever spoke paused: some 80 ms of silence since the last voice.
    SpeechPaused,
    /// A beep has just ended: any while one was listened for, and in the first seconds a long one.
    Beep,
    /// A fax has answered.
    Fax,
    /// The tones that the network plays before it says something.
    InformationTones,
    /// The line is busy: the network's tone before the answer, three periods of it.
    BusyTone,
    /// The network has no way to the callee: its tone before the answer, three periods of it.
    CongestionTone,
    /// There is music where somebody should speak.
    Music,
    /// Our own voice comes back on this line.
    EchoFound,
    /// The present guess at what is being said.
    PartialText(String),
    /// The text of one commit.
    FinalText(String),
    /// Text that no commit asked for; belongs to the turn under way.
    UnaskedText(String),
    /// The recogniser cannot be mended within this call.
    RecognizerFailed,
    /// A model has said what was meant, or that it does not know.
    Advised {
        /// Of which question.
        question: u32,
        /// The intent, as it was offered.
        intent: Option<String>,
    },
    /// The first sound of a prompt has left.
    PromptStarted(PromptId),
    /// A prompt has ended: played to its end, or stopped.
    PromptEnded {
        /// Which.
        id: PromptId,
        /// How much of it left for the callee, in milliseconds.
        heard_ms: u32,
        /// Whether it was played to its end.
        complete: bool,
    },
    /// A prompt could not be made.
    PromptFailed(PromptId),
    /// The person who was rung has answered and knows who is on the line.
    OperatorReady,
    /// Nobody took the call that was to be handed over.
    TransferFailed,
    /// The callee and the person talk with one another.
    Joined,
    /// The person has hung up.
    OperatorLeft,
    /// The media leg broke.
    MediaLost,
    /// There is a conversation for a call that waited for one.
    Seated,
    /// There was none in time.
    Dropped,
    /// Somebody wants the call ended now.
    Stop(StopReason),
    /// A deadline has passed.
    Timeout(Timer),
}

/// Who wants the call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// A signal, or the user.
    User,
    /// A fault of ours.
    Fault,
}
