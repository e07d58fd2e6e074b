//! The letters of the voice and the pair of formants each of them has.
//!
//! A letter is a pair of emphasised harmonics: one of [`FIRST`] and one of [`SECOND`]. Pairs
//! closer than three harmonics are left out, since their skirts would run into each other.

use std::ops::RangeInclusive;

/// Harmonics that may carry the first formant (375 to 1250 Hz at 125 Hz).
pub(super) const FIRST: RangeInclusive<usize> = 3..=10;
/// Harmonics that may carry the second formant (1375 to 2750 Hz).
pub(super) const SECOND: RangeInclusive<usize> = 11..=22;

/// Every letter that can be spoken; a blank is a pause and no letter.
const LETTERS: &str =
    "аоеиутнсрвлкмдпыьяэюйзбгчхжшцщфёъabcdefghijklmnopqrstuvwxyz0123456789.,?!-'%:+";
const LOUD: &str = "аоеиуыяэюёaeiouy";

/// The emphasised harmonics of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Formants {
    pub(super) first: usize,
    pub(super) second: usize,
}

fn pairs() -> impl Iterator<Item = Formants> {
    // The second formant runs first, so that neighbours in the alphabet sound unlike.
    SECOND
        .flat_map(|second| FIRST.map(move |first| Formants { first, second }))
        .filter(|pair| pair.second >= pair.first + 3)
}

/// Folds a character to the form that is spoken; `None` for what the voice cannot say.
pub(super) fn fold(character: char) -> Option<char> {
    let lower = character.to_lowercase().next()?;
    LETTERS.contains(lower).then_some(lower)
}

/// The formants of a folded letter.
pub(super) fn formants(letter: char) -> Option<Formants> {
    LETTERS
        .chars()
        .zip(pairs())
        .find_map(|(known, pair)| (known == letter).then_some(pair))
}

/// The letter of a pair of formants, if one has it.
pub(super) fn letter(formants: Formants) -> Option<char> {
    LETTERS
        .chars()
        .zip(pairs())
        .find_map(|(known, pair)| (pair == formants).then_some(known))
}

/// Vowels are louder than consonants, as in speech; the listener does not depend on it.
pub(super) fn loudness(letter: char) -> f32 {
    if LOUD.contains(letter) { 1.0 } else { 0.72 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_has_formants_of_its_own() {
        for known in LETTERS.chars() {
            assert_eq!(letter(formants(known).unwrap()), Some(known));
        }
    }

    #[test]
    fn case_is_folded_and_the_unspeakable_refused() {
        assert_eq!(fold('Ё'), Some('ё'));
        assert_eq!(fold('Q'), Some('q'));
        assert_eq!(fold('☎'), None);
        assert_eq!(fold(' '), None);
    }
}
