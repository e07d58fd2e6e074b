//! Russian and English words: tokens and stems.
//!
//! What a recogniser writes and what a scenario lists are brought to one form here, so that
//! matching compares stems and never pieces of words.

mod tokens;

pub use tokens::{Language, Token, tokenize};
