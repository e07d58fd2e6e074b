//! What words tell of who says them.
//!
//! Clues are weighed, and not looked up one by one: recognisers mishear, and people speak of
//! voicemails too. A word counts once, in the first clue of the table that it is part of.

use std::sync::LazyLock;

use super::Answerer;
use super::clues::{CLUES, Clue, Tells};
use crate::call::phrase::{Phrase, places, quoted};
use crate::language::tokenize;

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

/// A clue with its words as they are compared.
struct Known {
    clue: &'static Clue,
    phrase: Phrase,
}

static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(|| {
    let known = |clue: &'static Clue| {
        let exact = clue.tells == Tells::Human;
        let between = if exact { BETWEEN_HUMAN } else { BETWEEN };
        let phrase = Phrase::new(clue.words, between);
        Known {
            clue,
            phrase: if exact { phrase.exactly() } else { phrase },
        }
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
        let free = |at: usize| used.get(at) == Some(&false);
        let Some(places) = places(&tokens, free, &known.phrase) else {
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
