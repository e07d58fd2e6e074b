//! Phrases looked for in what a recogniser heard: words compared by their stems, in order, with a
//! few others between them.

use crate::language::{Token, tokenize};

/// Words that may stand between two of a phrase («номер, набранный вами, не существует»).
const BETWEEN: usize = 2;
/// Letters that make a word sure.
const SURE: usize = 5;
/// The longest quotation.
const QUOTED: usize = 8;

/// A phrase as it is compared.
#[derive(Debug)]
pub(super) struct Phrase {
    stems: Vec<String>,
    /// No word of it may be misheard.
    exact: bool,
}

impl Phrase {
    pub(super) fn new(words: &str) -> Self {
        Self {
            stems: tokenize(words).into_iter().map(|it| it.stem).collect(),
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

    /// Where it stands: its first word and its last.
    pub(super) fn span(&self, tokens: &[Token]) -> Option<(usize, usize)> {
        let (first, rest) = self.stems.split_first()?;
        let mut starts = (0..tokens.len()).filter(|at| self.is(tokens, *at, first));
        starts.find_map(|start| Some((start, self.end(tokens, start, rest)?)))
    }

    /// Where the rest of the phrase ends, whose word before stands there.
    fn end(&self, tokens: &[Token], before: usize, rest: &[String]) -> Option<usize> {
        rest.iter().try_fold(before, |at, stem| {
            (at + 1..=at + 1 + BETWEEN).find(|next| self.is(tokens, *next, stem))
        })
    }

    fn is(&self, tokens: &[Token], at: usize, stem: &str) -> bool {
        let same = |it: &Token| it.stem == stem || (!self.exact && is_cut(&it.word, stem));
        tokens.get(at).is_some_and(same)
    }
}

/// Whether a word was misheard at its end: all but two letters are there, and five at least.
fn is_cut(heard: &str, stem: &str) -> bool {
    // Nearly all words begin with another letter.
    let first = |word: &str| word.as_bytes().first_chunk::<2>().copied();
    if heard.len() > stem.len() || first(heard) != first(stem) {
        return false;
    }
    let same = heard.chars().zip(stem.chars()).take_while(|(a, b)| a == b);
    let same = same.count();
    same >= SURE && same + 2 >= stem.chars().count()
}

/// The words from one place to another, as far as a quotation goes.
pub(super) fn quoted(tokens: &[Token], (from, to): (usize, usize)) -> String {
    let words = tokens.get(from..=to.min(from + QUOTED - 1));
    let words = words.unwrap_or_default().iter();
    words
        .map(|token| token.word.as_str())
        .collect::<Vec<_>>()
        .join(" ")
}
