//! What was said, as values: numbers, dates, times.
//!
//! The other way of [`super::spoken`]. Words as a recogniser writes them, in any case and gender,
//! with digits among them or without; Russian and English are read alike, by their letters. What
//! is found comes with the words it was found in.

mod moment;
mod number_words;
mod numeral;
mod word;

pub use moment::{Moment, moment};
pub use numeral::{Numeral, numerals};
pub use word::{Word, words};

/// The words of a range, as they were said.
pub fn said(words: &[Word], range: std::ops::Range<usize>) -> String {
    let range = words.get(range).unwrap_or_default();
    let texts: Vec<&str> = range.iter().map(|word| word.text.as_str()).collect();
    texts.join(" ")
}
