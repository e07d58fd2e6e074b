//! Phrases looked for in what a recogniser heard: words compared by their stems, in order, with a
//! few others between them.

use crate::language::{Token, tokenize};

/// Letters that make a word sure.
const SURE: usize = 5;
/// The longest quotation.
const QUOTED: usize = 8;

/// A phrase as it is compared.
#[derive(Debug)]
pub(super) struct Phrase {
    stems: Vec<String>,
    /// Words that may stand between two of its own.
    between: usize,
    /// No word of it may be misheard.
    exact: bool,
}

impl Phrase {
    /// These words, with at most so many others between two of them.
    pub(super) fn new(words: &str, between: usize) -> Self {
        Self {
            stems: tokenize(words).into_iter().map(|it| it.stem).collect(),
            between,
            exact: false,
        }
    }

    /// The same, but no word of it may be misheard.
    pub(super) fn exactly(self) -> Self {
        Self {
            exact: true,
            ..self
        }
    }
}

/// Where the words of a phrase stand, all of them in free places.
pub(super) fn places(
    tokens: &[Token],
    free: impl Fn(usize) -> bool,
    phrase: &Phrase,
) -> Option<Vec<usize>> {
    let is = |at: usize, stem: &str| {
        let token = tokens.get(at).filter(|_| free(at));
        token.is_some_and(|it| it.stem == stem || (!phrase.exact && is_cut(&it.word, stem)))
    };
    let (first, rest) = phrase.stems.split_first()?;
    'starts: for start in (0..tokens.len()).filter(|at| is(*at, first)) {
        let mut places = vec![start];
        let mut at = start;
        for stem in rest {
            let Some(next) = (at + 1..=at + 1 + phrase.between).find(|next| is(*next, stem)) else {
                continue 'starts;
            };
            places.push(next);
            at = next;
        }
        return Some(places);
    }
    None
}

/// Whether a word was misheard at its end: all but two letters are there, and five at least.
fn is_cut(heard: &str, stem: &str) -> bool {
    // Nearly all words begin with another letter.
    let first = |word: &str| word.as_bytes().first_chunk::<2>().copied();
    if heard.len() > stem.len() || first(heard) != first(stem) {
        return false;
    }
    let same = heard.chars().zip(stem.chars()).take_while(|(a, b)| a == b);
    let (same, heard, stem) = (same.count(), heard.chars().count(), stem.chars().count());
    same >= SURE && same + 2 >= stem && heard <= stem
}

/// The words from the first place to the last, as far as a quotation goes.
pub(super) fn quoted(tokens: &[Token], span: Option<(usize, usize)>) -> String {
    let words = span.and_then(|(from, to)| tokens.get(from..=to.min(from + QUOTED - 1)));
    let words = words.unwrap_or_default().iter();
    words
        .map(|token| token.word.as_str())
        .collect::<Vec<_>>()
        .join(" ")
}
