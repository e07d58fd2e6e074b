//! What comes of a turn beside words: for the call room to carry out, and for the history.

use super::super::scenario::{Listen, Place, StateName};
use crate::dialogue::intent::Evidence;

/// Something to be done or kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// A variable has a new value.
    Set {
        /// The variable.
        name: String,
        /// Its value.
        value: String,
    },
    /// A slot was filled.
    SlotFilled {
        /// The slot.
        slot: String,
        /// What was understood, in its normal form: a date as `2026-11-23T15:00`.
        value: String,
        /// What the callee said.
        said: String,
    },
    /// The lead is marked with a word.
    Tag(String),
    /// The number is never to be called again; valid at once.
    DoNotCall,
    /// Another call is promised.
    CallBack {
        /// When, in the callee's local time, as `2026-11-23T15:00`; `None`: some time.
        at: Option<String>,
    },
    /// The call is to be handed over, once everything was said. If nobody takes it, tell the
    /// dialogue by [`Heard::TransferFailed`](super::Heard::TransferFailed).
    Transfer {
        /// A number, or an endpoint of the exchange.
        to: String,
        /// What the person hears before the callee.
        whisper: String,
        /// How long it may ring there, in seconds.
        ring_s: u32,
        /// Whether the callee hears music meanwhile, once everything was said.
        music: bool,
    },
    /// A WAV file is to be played.
    PlayFile {
        /// The state that plays it.
        state: StateName,
        /// Its name among the scenario's [sounds](super::super::Scenario::sounds).
        file: String,
        /// How many prompts of the reply come before it.
        after: usize,
    },
    /// Keys are to be sent.
    SendKeys {
        /// The state that sends them.
        state: StateName,
        /// `0` to `9`, `*`, `#`, `A` to `D`; `w` waits half a second.
        keys: String,
        /// How many prompts of the reply come before them.
        after: usize,
    },
}

/// Something to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// The state whose wording it is; not the one that waits for the answer where states follow
    /// one another.
    pub state: StateName,
    /// The words.
    pub text: String,
}

impl Reply {
    /// Whether something is done that a talk cannot take back.
    pub(super) fn promises(&self) -> bool {
        let bound = |action: &Action| {
            matches!(
                action,
                Action::DoNotCall | Action::CallBack { .. } | Action::Transfer { .. }
            )
        };
        self.actions.iter().any(bound)
    }
}

/// What to do about what the callee did.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// The state that the callee's words were heard in.
    pub from: StateName,
    /// The intent or slot found in them, with its evidence.
    pub evidence: Option<Evidence>,
    /// The state the dialogue is in now.
    pub state: StateName,
    /// What to say. Several where states follow one another without waiting.
    pub say: Vec<Prompt>,
    /// Whether the callee may interrupt it.
    pub barge_in: bool,
    /// How long to listen afterwards.
    pub listen: Listen,
    /// The conclusion, where the dialogue is over once the prompt is heard out.
    pub outcome: Option<String>,
    /// The number is never to be called again; valid at once, whatever happens to the prompt.
    pub do_not_call: bool,
    /// What else is to be done, in order.
    pub actions: Vec<Action>,
    /// The ways that led here, by where they are written.
    pub taken: Vec<Place>,
}
