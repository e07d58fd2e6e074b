//! What words tell of who says them.
//!
//! Clues are weighed, and not looked up one by one: recognisers mishear, and people speak of
//! voicemails too. A word counts once, in the first clue of the table that it is part of.

use std::sync::LazyLock;

use super::Answerer;
use super::clues::{CLUES, Clue, Tells};
use crate::language::{Token, tokenize};

/// Words from here on are a machine's.
pub(super) const MACHINE: i32 = 5;
/// Words of a talk under way need more: a person may well speak of a voicemail by then.
pub(super) const MACHINE_IN_TALK: i32 = 7;
/// What speaks for a person counts no more than this.
const MOST_HUMAN: i32 = -6;
/// Words that may stand between those of a clue («оставьте, пожалуйста, ваше сообщение»).
const BETWEEN: usize = 2;
/// People's clues are shorter, and closer.
const BETWEEN_HUMAN: usize = 1;
/// Letters that make a word sure.
const SURE: usize = 5;
/// The longest quotation.
const QUOTED: usize = 8;

/// A clue with its words as they are compared.
struct Known {
    clue: &'static Clue,
    stems: Vec<String>,
}

static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(|| {
    let known = |clue: &'static Clue| Known {
        clue,
        stems: tokenize(clue.words).into_iter().map(|it| it.stem).collect(),
    };
    CLUES.iter().map(known).collect()
});

/// What a text tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    /// For a machine where positive, for a person where negative.
    pub(super) points: i32,
    /// Which machine, where the clues say.
    pub(super) machine: Option<Answerer>,
    /// The words that speak for a machine, from the first to the last.
    pub(super) quoted: String,
    /// How many words there are.
    pub(super) count: usize,
}

/// Weighs a text.
pub(super) fn weigh(text: &str) -> Told {
    let tokens = tokenize(text);
    let mut used = vec![false; tokens.len()];
    let (mut machine, mut human) = (0, 0_i32);
    let mut kinds: Vec<(Answerer, i32)> = Vec::new();
    let mut span: Option<(usize, usize)> = None;
    for known in KNOWN.iter() {
        let Some(places) = find(&tokens, &used, known) else {
            continue;
        };
        for (_, used) in used
            .iter_mut()
            .enumerate()
            .filter(|(at, _)| places.contains(at))
        {
            *used = true;
        }
        let points = known.clue.points;
        let kind = match known.clue.tells {
            Tells::Human => {
                human -= points;
                continue;
            }
            Tells::Machine => None,
            Tells::Voicemail => Some(Answerer::Voicemail),
            Tells::Announcement => Some(Answerer::Announcement),
            Tells::Assistant => Some(Answerer::Assistant),
        };
        machine += points;
        kinds.extend(kind.map(|kind| (kind, points)));
        let (first, last) = (places.iter().min(), places.iter().max());
        if let (Some(first), Some(last)) = (first, last) {
            let (from, to) = span.unwrap_or((*first, *last));
            span = Some((from.min(*first), to.max(*last)));
        }
    }
    Told {
        points: machine + human.max(MOST_HUMAN),
        machine: strongest(&kinds),
        quoted: quoted(&tokens, span),
        count: tokens.len(),
    }
}

/// Where the words of a clue stand in order, none of them used yet and few others between.
fn find(tokens: &[Token], used: &[bool], known: &Known) -> Option<Vec<usize>> {
    let exact = known.clue.tells == Tells::Human;
    let between = if exact { BETWEEN_HUMAN } else { BETWEEN };
    let free = |at: usize, stem: &str| {
        let token = tokens.get(at).filter(|_| used.get(at) == Some(&false));
        token.is_some_and(|token| token.stem == stem || (!exact && is_cut(&token.word, stem)))
    };
    let (first, rest) = known.stems.split_first()?;
    'starts: for start in (0..tokens.len()).filter(|at| free(*at, first)) {
        let mut places = vec![start];
        let mut at = start;
        for stem in rest {
            let Some(next) = (at + 1..=at + 1 + between).find(|next| free(*next, stem)) else {
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

fn strongest(kinds: &[(Answerer, i32)]) -> Option<Answerer> {
    let sum = |kind: Answerer| {
        let of_kind = kinds.iter().filter(|(it, _)| *it == kind);
        of_kind.map(|(_, points)| points).sum::<i32>()
    };
    kinds
        .iter()
        .map(|(kind, _)| *kind)
        .max_by_key(|kind| (sum(*kind), *kind))
}

fn quoted(tokens: &[Token], span: Option<(usize, usize)>) -> String {
    let words = span.and_then(|(from, to)| tokens.get(from..=to.min(from + QUOTED - 1)));
    let words = words.unwrap_or_default().iter();
    words
        .map(|token| token.word.as_str())
        .collect::<Vec<_>>()
        .join(" ")
}
