//! One of a list: by its words, by its number, or by its place.

use super::amount::is_denied;
use super::{Slot, SlotValue};
use crate::dialogue::intent::{IntentSet, PatternError, Rules};
use crate::language::heard::{Numeral, Word, numerals, said, words};

/// What «первым» and «первый» count when no place in a list is meant.
const NO_PLACES: [&str; 6] = ["делом", "раз", "разу", "время", "очередь", "time"];

/// One thing that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoiceOption {
    /// What the slot is filled with.
    pub value: String,
    /// The ways to say it; the value itself is one where none is given.
    pub phrases: Vec<String>,
}

/// The options as intents: their words count whatever else is said, «нас пятеро и мы в питере».
///
/// # Errors
/// A phrase that is no pattern.
pub(in crate::dialogue) fn listened_for(
    options: &[ChoiceOption],
) -> Result<IntentSet, PatternError> {
    let mut intents = IntentSet::of_choices();
    for option in options {
        let own = std::slice::from_ref(&option.value);
        let phrases = if option.phrases.is_empty() {
            own
        } else {
            &option.phrases
        };
        let rules = Rules {
            sure: phrases.to_vec(),
            ..Rules::default()
        };
        intents.define(&option.value, &rules)?;
    }
    Ok(intents)
}

/// The option whose words are the strongest, else the one of that number: «второй вариант».
pub(super) fn choice(options: &[ChoiceOption], text: &str) -> Option<Slot> {
    let intents = listened_for(options).unwrap_or_default();
    if let Some(evidence) = intents.classify(text, |_| true) {
        let value = SlotValue::Choice(evidence.intent);
        return Some(Slot {
            value,
            evidence: evidence.phrase,
        });
    }
    let words = words(text);
    let last = words
        .iter()
        .position(|word| word.text.starts_with("последн") || word.text == "last");
    let place = numerals(&words);
    let place = place.into_iter().find(|numeral| is_place(&words, numeral));
    let (index, range) = match (last, place) {
        (Some(at), _) => (options.len().checked_sub(1)?, at..at + 1),
        (None, Some(numeral)) => {
            let place = usize::try_from(numeral.value.as_whole()?).ok()?;
            (place.checked_sub(1)?, numeral.range)
        }
        (None, None) => return None,
    };
    let option = options.get(index)?;
    let value = SlotValue::Choice(option.value.clone());
    Some(Slot {
        value,
        evidence: said(&words, range),
    })
}

/// Whether a number tells a place in the list: «второй», and not «ни один», «первым делом».
fn is_place(words: &[Word], numeral: &Numeral) -> bool {
    let next = words.get(numeral.range.end);
    let counted = next.is_some_and(|word| NO_PLACES.contains(&word.text.as_str()));
    !counted && !is_denied(words, numeral.range.start)
}
