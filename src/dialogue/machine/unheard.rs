//! Why nothing was understood: an intent that is not listened for here, or a value out of bounds.

use std::fmt;

use super::{Dialogue, Meaning};
use crate::dialogue::slot;
use crate::language::Quantity;

/// What an answer would have been.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unheard {
    /// An intent that the state does not listen for.
    Intent(String),
    /// A number below the smallest that is taken.
    Below(Quantity, i64),
    /// A number above the largest that is taken.
    Above(Quantity, i64),
}

impl fmt::Display for Unheard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Intent(name) => write!(f, "{name}, not listened for here"),
            Self::Below(value, min) => write!(f, "{value} is below min = {min}"),
            Self::Above(value, max) => write!(f, "{value} is above max = {max}"),
        }
    }
}

impl Dialogue {
    /// What an utterance would have meant, where it means nothing here.
    pub fn unheard(&self, utterance: &str) -> Option<Unheard> {
        if self.meaning(utterance) != Meaning::Nothing {
            return None;
        }
        let state = self.present()?;
        let mut slots = state.slots.iter();
        let out_of_bounds = slots.find_map(|(name, _)| self.out_of_bounds(utterance, name));
        out_of_bounds.or_else(|| {
            let evidence = self.intents()?.classify_answer(utterance, |_| true)?;
            Some(Unheard::Intent(evidence.intent))
        })
    }

    fn out_of_bounds(&self, utterance: &str, slot: &str) -> Option<Unheard> {
        let spec = self.scenario.slots.get(slot)?;
        let now = jiff::civil::DateTime::constant(2000, 1, 1, 0, 0, 0, 0);
        let found = slot::parse(&spec.kind, utterance, self.facts.now.unwrap_or(now))?;
        let value = found.value.quantity()?;
        let below = spec.min.filter(|min| value < Quantity::whole(*min));
        let above = spec.max.filter(|max| value > Quantity::whole(*max));
        let below = below.map(|min| Unheard::Below(value, min));
        below.or_else(|| above.map(|max| Unheard::Above(value, max)))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rstest::rstest;

    use super::super::Heard;
    use crate::dialogue::{Dialogue, Scenario, Variables};

    #[rstest]
    #[case("десять", Some("10 is above max = 5"))]
    #[case("ноль", Some("0 is below min = 1"))]
    #[case("а кто это", Some("who_is_calling, not listened for here"))]
    #[case("пять", None)]
    #[case("коля выключи телевизор", None)]
    fn what_was_not_understood_is_told(#[case] said: &str, #[case] told: Option<&str>) {
        let source = "[scenario]\nname = \"t\"\nlanguage = \"ru\"\nstart = \"start\"\n\
            [slots.score]\nkind = \"number\"\nmin = 1\nmax = 5\n\
            [states.start]\nsay = \"Сколько?\"\nslots = { score = \"end\" }\non = { no = \"end\" }\n\
            [states.end]\noutcome = \"done\"\n";
        let scenario = Arc::new(Scenario::parse(source).unwrap());
        let mut dialogue = Dialogue::new(scenario, &Variables::new()).unwrap();
        dialogue.begin();
        let unheard = dialogue.unheard(said).map(|unheard| unheard.to_string());
        assert_eq!(unheard.as_deref(), told);
        let reply = dialogue.hear(&Heard::Words(said.to_owned()));
        assert_eq!(reply.evidence.is_some(), said == "пять");
    }
}
