//! What an answer of the callee means in the present state: an intent, or slots, or nothing.

use super::super::intent::Evidence;
use super::super::scenario::State;
use super::{Dialogue, REPEAT};

/// A slot with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::dialogue) struct Filled {
    pub(in crate::dialogue) slot: String,
    pub(in crate::dialogue) value: String,
    pub(in crate::dialogue) said: String,
}

/// What the callee meant.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::dialogue) enum Meaning {
    /// An intent; slots that its way collects, found in the same words.
    Intent {
        evidence: Evidence,
        filled: Vec<Filled>,
    },
    /// Slots that the state listens for.
    Slots {
        filled: Vec<Filled>,
        evidence: Evidence,
    },
    Key(char),
    Silence,
    Nothing,
    TransferFailed,
}

impl Meaning {
    pub(super) fn into_evidence(self) -> Option<Evidence> {
        match self {
            Self::Intent { evidence, .. } | Self::Slots { evidence, .. } => Some(evidence),
            Self::Key(_) | Self::Silence | Self::Nothing | Self::TransferFailed => None,
        }
    }
}

impl Dialogue {
    /// What an utterance means here.
    pub(super) fn meaning(&self, utterance: &str) -> Meaning {
        let state = self.present();
        match self.intent(utterance, state) {
            Some(evidence) => Meaning::Intent {
                evidence,
                filled: Vec::new(),
            },
            None => Meaning::Nothing,
        }
    }

    fn intent(&self, utterance: &str, state: Option<&State>) -> Option<Evidence> {
        let intents = self.scenario.intents_of(self.language())?;
        intents.classify(utterance, |name| {
            self.scenario.global.on.contains_key(name)
                || name == REPEAT
                || state.is_some_and(|state| state.on.contains_key(name))
        })
    }
}
