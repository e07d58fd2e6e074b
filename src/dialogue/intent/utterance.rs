//! An utterance brought to the words that phrases are written in.

use super::lexicon::{Lexicon, Sense};
use crate::language::{Token, tokenize};

/// A word of an utterance.
#[derive(Debug, Clone)]
pub(super) struct Heard {
    pub(super) word: String,
    pub(super) senses: Vec<Sense>,
    /// Whether it carries no meaning of its own and may stand inside a phrase.
    pub(super) filler: bool,
    /// Whether it is a mere sound or courtesy, which may stand before the beginning.
    pub(super) hesitation: bool,
}

/// English endings that are words of their own.
const ENDINGS: [(&str, &str); 7] = [
    ("n't", "not"),
    ("'re", "are"),
    ("'m", "am"),
    ("'ve", "have"),
    ("'ll", "will"),
    ("'s", "is"),
    ("'d", "would"),
];
/// Shorter words are not parted from a «не» that was written together with them.
const SHORTEST_NEGATED: usize = 4;
/// Shorter words are not put together from two.
const SHORTEST_TORN: usize = 6;

/// Reads an utterance: spellings are put right, what was torn is joined, what was written together
/// is parted, and each word is given what it may stand for.
pub(super) fn read(text: &str, lexicon: &Lexicon) -> Vec<Heard> {
    let torn: Vec<Token> = tokenize(&without_drawl(text));
    let mut words: Vec<Token> = Vec::with_capacity(torn.len());
    let mut at = 0;
    while let Some(token) = torn.get(at) {
        if let Some(joined) = torn
            .get(at + 1)
            .and_then(|next| joined(token, next, lexicon))
        {
            words.extend(meant(&joined, lexicon));
            at += 2;
        } else {
            words.extend(meant(token, lexicon));
            at += 1;
        }
    }
    words
        .into_iter()
        .map(|token| Heard {
            senses: lexicon.senses(&token),
            filler: lexicon.is_filler(&token.word),
            hesitation: lexicon.is_hesitation(&token.word),
            word: token.word,
        })
        .collect()
}

/// «Не, в Москву» with its «нет» written out: what a comma parts from it is not denied. `None`
/// where there is no such word.
pub(super) fn with_whole_no(text: &str) -> Option<String> {
    let is_cut = |word: &&str| {
        let no = word.strip_suffix([',', '.', '!', ';']);
        no.is_some_and(|no| no.to_lowercase() == "не")
    };
    if !text.split_whitespace().any(|word| is_cut(&word)) {
        return None;
    }
    let words = text.split_whitespace();
    let whole = words.map(|word| if is_cut(&word) { "нет" } else { word });
    Some(whole.collect::<Vec<_>>().join(" "))
}

/// «нееет» is «нет»: a letter that stands three times running stands once.
fn without_drawl(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let mut run = 1;
        while chars.peek() == Some(&c) {
            chars.next();
            run += 1;
        }
        let kept = if run > 2 && c.is_alphabetic() { 1 } else { run };
        plain.extend(std::iter::repeat_n(c, kept));
    }
    plain
}

/// «пере звоните»: two words that are one of the lists' words when joined.
fn joined(token: &Token, next: &Token, lexicon: &Lexicon) -> Option<Token> {
    if token.word.chars().count() + next.word.chars().count() < SHORTEST_TORN {
        return None;
    }
    let both = format!("{}{}", token.word, next.word);
    let stands_alone = |word: &str| lexicon.knows(word) || lexicon.is_filler(word);
    let whole = stands_alone(&token.word) && stands_alone(&next.word);
    if lexicon.spelt(&both).is_none() && (whole || !lexicon.knows(&both)) {
        return None;
    }
    tokenize(&both).into_iter().next()
}

/// The word or words that a token stands for; phrases are brought to the same.
pub(super) fn meant(token: &Token, lexicon: &Lexicon) -> Vec<Token> {
    let spelt = lexicon.spelt(&token.word).map(<[String]>::to_vec);
    let words = spelt
        .or_else(|| contracted(token))
        .or_else(|| parted(token, lexicon));
    let Some(words) = words else {
        return vec![token.clone()];
    };
    words.iter().flat_map(|word| tokenize(word)).collect()
}

/// "isn't", "you're".
fn contracted(token: &Token) -> Option<Vec<String>> {
    ENDINGS.iter().find_map(|(ending, meant)| {
        let rest = token.word.strip_suffix(ending)?;
        Some(vec![rest.to_owned(), (*meant).to_owned()])
    })
}

/// «незвоните», "callin": no word of the lists, but made of some.
fn parted(token: &Token, lexicon: &Lexicon) -> Option<Vec<String>> {
    let word = token.word.as_str();
    if !lexicon.is_complete() || lexicon.knows_stem(token) {
        return None;
    }
    let known = |word: &str| {
        tokenize(word)
            .into_iter()
            .next()
            .is_some_and(|t| lexicon.knows_stem(&t))
    };
    for negation in ["не", "ни"] {
        if let Some(rest) = word.strip_prefix(negation)
            && rest.chars().count() >= SHORTEST_NEGATED
            && known(rest)
        {
            return Some(vec!["не".to_owned(), rest.to_owned()]);
        }
    }
    let whole = format!("{}g", word.trim_end_matches('\''));
    (word.ends_with("in") && known(&whole)).then(|| vec![whole])
}
