//! What an utterance means, outside of a talk: for tests of understanding.

use std::sync::Arc;

use jiff::civil::DateTime;

use super::intent::Evidence;
use super::machine::Dialogue;
use super::scenario::{Scenario, StateName};

/// Tells intents of utterances, in a state or in none.
#[derive(Debug, Clone)]
pub struct Classifier {
    dialogue: Dialogue,
    in_state: bool,
}

impl Classifier {
    /// In a state its own and the global intents compete, and its slots; in none all intents do,
    /// the standard ones and the scenario's own.
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
        intents.classify(utterance, |_| true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Who tries phrases of an own intent need not name a state for them.
    #[test]
    fn the_own_intents_of_a_scenario_are_told_without_a_state() {
        let text = "[scenario]\nname = \"t\"\nlanguage = \"ru\"\nstart = \"start\"\n\
            [intents.paid]\nphrases = [\"внёс\"]\n\
            [states.start]\nsay = \"?\"\non = { yes = \"end\" }\n\
            [states.end]\noutcome = \"done\"\n";
        let scenario = Scenario::parse(text).unwrap();
        let now = jiff::civil::date(2026, 11, 23).at(10, 0, 0, 0);
        let told = |state: Option<&str>, words: &str| {
            let state = state.map(|name| StateName(name.to_owned()));
            let found = Classifier::new(scenario.clone(), state, now).classify(words);
            found.map(|evidence| evidence.intent)
        };
        assert_eq!(told(None, "уже внёс").as_deref(), Some("paid"));
        assert_eq!(told(None, "сколько стоит").as_deref(), Some("price"));
        assert_eq!(told(Some("start"), "уже внёс"), None);
    }
}
