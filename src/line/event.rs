//! Events of one line, and the reasons we may give when we hang up.

use super::Release;

/// What the exchange reported about the channel of one call.
///
/// The order is not fixed: `Ringing` may be absent, an instant failure may bring `Released` alone.
/// `Released` and `Lost` are terminal: one of them comes exactly once, and last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineEvent {
    /// The trunk was sent the call (an empty `Dial` event).
    Dialled,
    /// The callee's phone rings (180).
    Ringing,
    /// Early media may be heard (183): ring-back or an operator's announcement.
    Progress,
    /// The callee, or a machine, answered.
    Answered,
    /// A key was pressed on the callee's side.
    Digit {
        /// `0`-`9`, `*`, `#`, `A`-`D`.
        digit: char,
        /// How long it was held, in milliseconds.
        duration_ms: u32,
    },
    /// The far end asked to end the call; `Released` follows.
    FarEndHungUp(Release),
    /// The channel is gone.
    Released(Release),
    /// The channel is gone and nobody told why: it ended while the event socket was down.
    Lost,
}

/// Why we hang up; sent to the far end as a Q.850 cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HangupReason {
    /// The talk is over (cause 16).
    Normal,
    /// The call is given up before it was answered (cause 19).
    NoAnswer,
    /// A fault of ours (cause 41).
    Failure,
}

impl HangupReason {
    /// The Q.850 cause value.
    pub fn q850(self) -> u8 {
        match self {
            Self::Normal => 16,
            Self::NoAnswer => 19,
            Self::Failure => 41,
        }
    }
}
