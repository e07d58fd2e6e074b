//! The words that phrases ask for, and how a word that was heard finds them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::pattern::Wanted;
use crate::language::{Token, heard, is_first_name, sound, tokenize};

/// A word that phrases ask for, by number.
pub(super) type Symbol = u32;

/// Words known by what they are and not by their letters.
const SPECIAL: [&str; 2] = ["name", "number"];
/// Shorter stems are shared by too many words; such words are compared whole.
const SHORTEST_STEM: usize = 4;
/// From this length on a slip of one letter is forgiven, or a sound alike.
const SHORTEST_SLIP: usize = 6;
const SHORTEST_SOUND: usize = 4;

/// Whether a class of that name is built in.
pub(super) fn is_special(name: &str) -> bool {
    SPECIAL.contains(&name)
}

/// What a word that was heard may stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sense {
    pub(super) symbol: Symbol,
    /// Whether a slip had to be forgiven.
    pub(super) slip: bool,
}

/// All the words of all phrases.
#[derive(Debug, Clone, Default)]
pub(super) struct Lexicon {
    numbers: HashMap<Wanted, Symbol>,
    words: HashMap<String, Vec<Symbol>>,
    stems: HashMap<String, Vec<Symbol>>,
    /// Sounds of words that are wanted in one form only, and of stems of the others.
    sounds_of_words: HashMap<String, Vec<Symbol>>,
    sounds_of_stems: HashMap<String, Vec<Symbol>>,
    /// The words by their numbers.
    texts: Vec<String>,
    /// A word less one letter, to the words it may come from.
    slips: HashMap<String, Vec<(Symbol, Arc<str>)>>,
    /// What a recogniser writes, to what was said.
    spelling: HashMap<String, Vec<String>>,
    /// A word that was heard, to another it may stand for.
    also: HashMap<String, Vec<String>>,
    fillers: HashSet<String>,
    hesitations: HashSet<String>,
    known: HashSet<String>,
    /// Whether the standard lists are read, so that words may be parted by what is known.
    complete: bool,
}

impl Lexicon {
    pub(super) fn add_filler(&mut self, word: &str) {
        self.fillers.insert(word.to_owned());
    }

    pub(super) fn add_hesitation(&mut self, word: &str) {
        self.fillers.insert(word.to_owned());
        self.hesitations.insert(word.to_owned());
    }

    pub(super) fn add_known(&mut self, word: &str) {
        self.known.insert(word.to_owned());
    }

    pub(super) fn is_hesitation(&self, word: &str) -> bool {
        self.hesitations.contains(word)
    }

    pub(super) fn add_spelling(&mut self, written: &str, meant: &str) {
        let meant = tokenize(meant)
            .into_iter()
            .map(|token| token.word)
            .collect();
        self.spelling.insert(written.to_owned(), meant);
    }

    pub(super) fn add_also(&mut self, heard: &str, meant: &str) {
        self.also
            .entry(heard.to_owned())
            .or_default()
            .push(meant.to_owned());
    }

    pub(super) fn complete(&mut self) {
        self.complete = true;
    }

    pub(super) fn is_complete(&self) -> bool {
        self.complete
    }

    pub(super) fn is_filler(&self, word: &str) -> bool {
        self.fillers.contains(word)
    }

    /// What a recogniser's word stands for, if it is a spelling of other words.
    pub(super) fn spelt(&self, word: &str) -> Option<&[String]> {
        self.spelling.get(word).map(Vec::as_slice)
    }

    /// A word by its number.
    pub(super) fn text(&self, symbol: Symbol) -> &str {
        let text = usize::try_from(symbol)
            .ok()
            .and_then(|at| self.texts.get(at));
        text.map_or("", String::as_str)
    }

    /// Whether a phrase asks for this word in this form.
    pub(super) fn knows(&self, word: &str) -> bool {
        self.words.contains_key(word) || self.spelling.contains_key(word)
    }

    /// Whether a phrase asks for this word in any form.
    pub(super) fn knows_stem(&self, token: &Token) -> bool {
        self.knows(&token.word) || self.stems.contains_key(&token.stem)
    }

    /// The number of a word, given on first sight.
    pub(super) fn symbol(&mut self, wanted: &Wanted) -> Symbol {
        if let Some(symbol) = self.numbers.get(wanted) {
            return *symbol;
        }
        let symbol = Symbol::try_from(self.numbers.len()).unwrap_or(Symbol::MAX);
        self.numbers.insert(wanted.clone(), symbol);
        self.texts.push(wanted.word.clone());
        self.words
            .entry(wanted.word.clone())
            .or_default()
            .push(symbol);
        if wanted.word.starts_with('<') {
            return symbol;
        }
        let Some(token) = tokenize(&wanted.word).into_iter().next() else {
            return symbol;
        };
        let length = wanted.word.chars().count();
        let long_stem = token.stem.chars().count() >= SHORTEST_STEM;
        if !wanted.exact && long_stem {
            self.stems
                .entry(token.stem.clone())
                .or_default()
                .push(symbol);
        }
        let whole = wanted.exact || !long_stem;
        let (base, sounds) = if whole {
            (&token.word, &mut self.sounds_of_words)
        } else {
            (&token.stem, &mut self.sounds_of_stems)
        };
        if length > SHORTEST_SOUND
            && let Some(sound) = sound(base)
            && sound.chars().count() >= SHORTEST_SOUND
        {
            sounds.entry(sound).or_default().push(symbol);
        }
        if length >= SHORTEST_SLIP {
            let word: Arc<str> = token.word.as_str().into();
            let keys = less_one_letter(&token.word).into_iter();
            for key in keys.chain([token.word]) {
                let words = self
                    .slips
                    .entry(key)
                    .or_insert_with(|| Vec::with_capacity(1));
                words.push((symbol, Arc::clone(&word)));
            }
        }
        symbol
    }

    /// Everything that a word may stand for: itself, its other forms, and, only where it is no
    /// word of the lists, what it sounds like or is a slip of.
    pub(super) fn senses(&self, token: &Token) -> Vec<Sense> {
        let mut senses = Vec::new();
        let known = self.words.get(&token.word);
        for symbol in known.into_iter().flatten() {
            push(&mut senses, *symbol, false);
        }
        let stem = self.stems.get(&token.stem);
        for symbol in stem.into_iter().flatten() {
            if is_form(self.text(*symbol), &token.word) {
                push(&mut senses, *symbol, false);
            }
        }
        for meant in self.also.get(&token.word).into_iter().flatten() {
            for symbol in self.words.get(meant).into_iter().flatten() {
                push(&mut senses, *symbol, true);
            }
        }
        for (name, holds) in [
            ("<name>", is_first_name as fn(&str) -> bool),
            ("<number>", is_number),
        ] {
            if let Some(symbols) = self.words.get(name)
                && holds(&token.word)
            {
                for symbol in symbols {
                    push(&mut senses, *symbol, false);
                }
            }
        }
        let means_itself = self.known.contains(&token.word) || self.is_filler(&token.word);
        if known.is_none() && stem.is_none() && !means_itself {
            self.forgive(token, &mut senses);
        }
        senses
    }

    fn forgive(&self, token: &Token, senses: &mut Vec<Sense>) {
        let length = token.word.chars().count();
        if length > SHORTEST_SOUND {
            let word = sound(&token.word).and_then(|sound| self.sounds_of_words.get(&sound));
            let stem = sound(&token.stem).and_then(|sound| self.sounds_of_stems.get(&sound));
            for symbol in word.into_iter().chain(stem).flatten() {
                push(senses, *symbol, true);
            }
        }
        if length < SHORTEST_SLIP - 1 {
            return;
        }
        let less = less_one_letter(&token.word);
        for key in less.iter().chain(std::iter::once(&token.word)) {
            for (symbol, word) in self.slips.get(key).into_iter().flatten() {
                // Another ending is another form of the word, no slip.
                let same_ends = word.chars().next() == token.word.chars().next()
                    && word.chars().next_back() == token.word.chars().next_back();
                if same_ends && strsim::osa_distance(word, &token.word) <= 1 {
                    push(senses, *symbol, true);
                }
            }
        }
    }
}

fn push(senses: &mut Vec<Sense>, symbol: Symbol, slip: bool) {
    if !senses.iter().any(|sense| sense.symbol == symbol) {
        senses.push(Sense { symbol, slip });
    }
}

/// Whether two words of one stem are forms of one word. English stems are shared by words that
/// mean something else («quit» and «quite», «busy» and «business»): there only endings of
/// inflection count.
fn is_form(one: &str, other: &str) -> bool {
    const ENDINGS: [&str; 9] = ["", "s", "es", "ed", "d", "ing", "ies", "ied", "er"];
    if !one.is_ascii() || !other.is_ascii() {
        return true;
    }
    let shared = one
        .bytes()
        .zip(other.bytes())
        .take_while(|(a, b)| a == b)
        .count();
    let (Some(one), Some(other)) = (one.get(shared..), other.get(shared..)) else {
        return false;
    };
    let fits = |ending: &str| ENDINGS.contains(&ending);
    let silent = |one: &str, other: &str| one == "e" && ["ing", "ed", "es"].contains(&other);
    let changed = |one: &str, other: &str| one == "y" && ["ies", "ied"].contains(&other);
    let doubled = |ending: &str| {
        ending
            .get(1..)
            .is_some_and(|rest| ["ing", "ed"].contains(&rest))
    };
    (fits(one) && fits(other))
        || silent(one, other)
        || silent(other, one)
        || changed(one, other)
        || changed(other, one)
        || (one.is_empty() && doubled(other))
        || (other.is_empty() && doubled(one))
}

fn is_number(word: &str) -> bool {
    heard::is_number(word)
}

/// The word with each of its letters left out in turn.
fn less_one_letter(word: &str) -> Vec<String> {
    word.char_indices()
        .map(|(at, c)| {
            let (before, after) = word.split_at(at);
            format!("{before}{}", after.get(c.len_utf8()..).unwrap_or_default())
        })
        .collect()
}
