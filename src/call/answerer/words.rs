//! What words tell of who says them.
//!
//! A table learned from some thousands of texts of people and machines: how much each trait of a
//! text (a word, two words side by side or with another between, the first word, how many there
//! are) speaks for a machine, and for which. A logistic regression weighs them all, since
//! recognisers mishear, machines are worded anew every year, and people speak of voicemails too.
//! The texts stand in `tests/corpus/greetings`; the table is made from them by
//! `cargo run --release --example greetings -- learn`.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use super::Answerer;
use crate::language::words_of;

/// Words from here on are a machine's, in hundredths of the logarithm of the odds.
pub(super) const MACHINE: i32 = 100;
/// Of somebody who is still speaking, words from here on are.
pub(super) const SURE: i32 = 300;
/// Words of a talk under way need more: a person may well speak of a voicemail by then.
pub(super) const MACHINE_IN_TALK: i32 = 1_000;
/// Words below are a person's, until more is heard.
pub(super) const HUMAN: i32 = -200;
/// So many letters of a word count: endings are declined, and misheard.
const LETTERS: usize = 6;
/// The counts of words that are traits: of so many and more.
const COUNTS: [usize; 6] = [3, 5, 8, 11, 15, 20];
/// The trait that every text has.
const ANY: &str = "*";
/// The longest quotation.
const QUOTED: usize = 8;

/// How much a trait speaks for a machine; for a voicemail, an announcement and an assistant.
type Weights = [i32; 4];

static TABLE: LazyLock<HashMap<&'static str, Weights>> = LazyLock::new(|| {
    include_str!("words.tsv")
        .lines()
        .filter_map(|line| {
            let mut fields = line.split('\t');
            let of = fields.next()?;
            let mut weight = || fields.next()?.parse().ok();
            Some((of, [weight()?, weight()?, weight()?, weight()?]))
        })
        .collect()
});

/// What a text tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    /// For a machine where positive, for a person where negative, in hundredths.
    pub(super) points: i32,
    /// Which machine, if it is one.
    pub(super) machine: Answerer,
    /// The words that speak for a machine the most.
    pub(super) quoted: String,
    /// How many words there are.
    pub(super) count: usize,
}

/// Something a text has, with the words that have it.
struct Trait {
    name: String,
    words: Range<usize>,
}

/// The traits of a text, as the table names them.
pub fn traits(text: &str) -> Vec<String> {
    let traits = traits_of(&words_of(text));
    traits.into_iter().map(|one| one.name).collect()
}

/// Whether a machine says so, for sure.
pub(in crate::call) fn is_machine_talk(text: &str) -> bool {
    weigh(text).points >= SURE
}

/// Weighs a text.
pub(super) fn weigh(text: &str) -> Told {
    let words = words_of(text);
    let mut sums = [0; 4];
    // What each word has told of a machine.
    let mut told = vec![0; words.len()];
    for Trait { name, words } in traits_of(&words) {
        let Some(weights) = TABLE.get(name.as_str()) else {
            continue;
        };
        for (sum, weight) in sums.iter_mut().zip(weights) {
            *sum += weight;
        }
        let [machine, ..] = *weights;
        let share = machine / i32::try_from(words.len()).unwrap_or(1).max(1);
        for word in told.get_mut(words).unwrap_or_default() {
            *word += share;
        }
    }
    let [points, voicemail, announcement, assistant] = sums;
    let points = if words.is_empty() { 0 } else { points };
    let kinds = [
        (voicemail, Answerer::Voicemail),
        (announcement, Answerer::Announcement),
        (assistant, Answerer::Assistant),
    ];
    let machine = kinds.into_iter().max().map(|(_, kind)| kind);
    Told {
        points,
        machine: machine.unwrap_or(Answerer::Announcement),
        quoted: quoted(&words, &told),
        count: words.len(),
    }
}

/// Each trait once.
fn traits_of(words: &[String]) -> Vec<Trait> {
    let cut: Vec<String> = words
        .iter()
        .map(|word| word.chars().take(LETTERS).collect())
        .collect();
    let mut seen = HashSet::new();
    let mut traits = Vec::new();
    let mut has = |name: String, words: Range<usize>| {
        if seen.insert(name.clone()) {
            traits.push(Trait { name, words });
        }
    };
    has(ANY.to_owned(), 0..0);
    for (at, word) in cut.iter().enumerate() {
        has(word.clone(), at..at + 1);
        if let Some(next) = cut.get(at + 1) {
            has(format!("{word} {next}"), at..at + 2);
        }
        if let Some(third) = cut.get(at + 2) {
            has(format!("{word} * {third}"), at..at + 3);
        }
    }
    if let Some(first) = cut.first() {
        has(format!("^{first}"), 0..1);
    }
    for count in COUNTS.into_iter().filter(|count| cut.len() >= *count) {
        has(format!("#{count}"), 0..0);
    }
    traits
}

/// The words in a row that speak for a machine the loudest together, and their neighbours.
fn quoted(words: &[String], told: &[i32]) -> String {
    let spans = (0..told.len()).flat_map(|from| {
        let longest = (from + QUOTED).min(told.len());
        (from + 1..=longest).map(move |to| from..to)
    });
    let loudness = |span: &Range<usize>| told.get(span.clone()).unwrap_or_default().iter().sum();
    let loudest = spans.max_by_key(|span| -> (i32, _) { (loudness(span), Reverse(span.len())) });
    let quoted = loudest.and_then(|span| {
        let to = (span.end + 1).min(words.len());
        words.get(span.start.saturating_sub(1)..to)
    });
    quoted.unwrap_or_default().join(" ")
}
