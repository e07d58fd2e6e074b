//! Russian and English words: tokens and stems, numbers and dates as they are said.
//!
//! What a recogniser writes and what a scenario lists are brought to one form here, so that
//! matching compares stems and never pieces of words. The other way, [`spoken`] puts numbers,
//! money, dates and names into words that agree.

mod alike;
mod grammar;
pub mod heard;
mod names;
mod quantity;
mod sound;
pub mod spoken;
mod tokens;

pub use alike::{in_latin, is_cyrillic, latin_meant, told_apart};
pub use grammar::{Case, Gender};
pub use names::{first_name, is_first_name, is_patronymic};
pub use quantity::Quantity;
pub use sound::sound;
pub use tokens::{Language, Token, tokenize, words_of};
