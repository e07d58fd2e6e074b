//! What was said, as values: numbers, dates, times.
//!
//! The other way of [`super::spoken`]. Words as a recogniser writes them, in any case and gender,
//! with digits among them or without; Russian and English are read alike, by their letters. What
//! is found comes with the words it was found in.

mod moment;
mod number_words;
mod numeral;
mod word;

pub use moment::{Moment, moment, moment_ahead};
pub use numeral::{Numeral, numerals};
pub use word::{Word, words};

/// Whether a word is a number or part of one: «пять», «тысяч», «15».
pub fn is_number(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit()) || number_words::number_word(word).is_some()
}

/// The words of a range, as they were said.
pub fn said(words: &[Word], range: std::ops::Range<usize>) -> String {
    let range = words.get(range).unwrap_or_default();
    let texts: Vec<&str> = range.iter().map(|word| word.text.as_str()).collect();
    texts.join(" ")
}
