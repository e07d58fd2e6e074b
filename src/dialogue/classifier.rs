//! What an utterance means, outside of a talk: for tests of understanding.

use std::sync::Arc;

use jiff::civil::DateTime;

use super::intent::{Evidence, STANDARD_INTENTS};
use super::machine::Dialogue;
use super::scenario::{Scenario, StateName};

/// Tells intents of utterances, in a state or in none.
#[derive(Debug, Clone)]
pub struct Classifier {
    dialogue: Dialogue,
    in_state: bool,
}

impl Classifier {
    /// In a state its own and the global intents compete, and its slots; in none all standard
    /// intents do.
    pub fn new(scenario: Scenario, state: Option<StateName>, now: DateTime) -> Self {
        let in_state = state.is_some();
        let state = state.unwrap_or_else(|| scenario.start.clone());
        Self {
            dialogue: Dialogue::standing_in(Arc::new(scenario), state).at(now),
            in_state,
        }
    }

    /// The strongest evidence in an utterance, if there is any.
    pub fn classify(&self, utterance: &str) -> Option<Evidence> {
        if self.in_state {
            return self.dialogue.understand(utterance);
        }
        let intents = self.dialogue.intents()?;
        intents.classify(utterance, |name| STANDARD_INTENTS.contains(&name))
    }
}
