//! Names: «меня зовут Анна Петровна», "this is John Smith", or the name alone.

use super::{Slot, SlotValue};
use crate::language::heard::{Word, is_number, said, words};
use crate::language::{first_name, is_patronymic};

/// What leads to a name; the longest first.
const LEADS: &[&[&str]] = &[
    &["меня", "зовут"],
    &["зовите", "меня"],
    &["обращайтесь", "ко", "мне"],
    &["мое", "имя"],
    &["можно", "просто"],
    &["моя", "имя"],
    &["вас", "слушает"],
    &["my", "name", "is"],
    &["my", "name's"],
    &["you", "can", "call", "me"],
    &["call", "me"],
    &["it", "is"],
    &["this", "is"],
    &["i", "am"],
    &["i'm"],
    &["it's"],
    &["зовут"],
    &["просто"],
    &["имя"],
    &["я"],
    &["это"],
];
/// Words that are no names and yet are all that some answers have.
const NO_NAMES: &[&str] = &[
    "да",
    "нет",
    "не",
    "ага",
    "угу",
    "алло",
    "але",
    "привет",
    "здравствуйте",
    "хорошо",
    "ладно",
    "зачем",
    "почему",
    "какая",
    "какое",
    "кто",
    "что",
    "где",
    "а",
    "и",
    "ну",
    "вам",
    "вас",
    "вы",
    "мне",
    "меня",
    "как",
    "так",
    "просто",
    "это",
    "слушаю",
    "говорите",
    "конечно",
    "потом",
    "сейчас",
    "никак",
    "неважно",
    "скажу",
    "буду",
    "хочу",
    "надо",
    "спасибо",
    "пожалуйста",
    "уже",
    "yes",
    "no",
    "not",
    "hello",
    "hi",
    "hey",
    "what",
    "who",
    "why",
    "ok",
    "okay",
    "sure",
    "well",
    "i",
    "you",
    "the",
    "a",
    "is",
    "my",
    "it",
    "that",
    "this",
    "please",
    "thanks",
    "busy",
    "fine",
    "good",
    "sorry",
    "here",
    "calling",
    "interested",
    "speaking",
    "номер",
    "неправильный",
    "неверный",
    "ошибка",
    "ошиблись",
    "туда",
    "телефон",
    "занят",
    "занята",
    "робот",
    "компания",
    "wrong",
    "number",
    "robot",
];
/// Endings of Russian surnames, and words that end so and are none.
const SURNAMES: &[&str] = &[
    "ов",
    "ев",
    "ин",
    "ын",
    "ский",
    "цкий",
    "ова",
    "ева",
    "ина",
    "ына",
    "ская",
    "цкая",
    "енко",
    "ко",
    "чук",
    "юк",
    "ян",
    "дзе",
    "швили",
    "ых",
    "их",
];
const NO_SURNAMES: &[&str] = &[
    "готов",
    "готова",
    "здоров",
    "здорова",
    "снова",
    "слова",
    "основа",
    "один",
    "причина",
    "машина",
    "половина",
    "только",
    "сколько",
    "несколько",
    "легко",
    "далеко",
    "их",
    "каких",
    "всяких",
    "своих",
    "моих",
    "ваших",
    "других",
    "русская",
    "жена",
    "мужчина",
    "женщина",
    "магазин",
    "господин",
    "гражданин",
    "хозяин",
];
/// Filler that may stand before a name.
const FILLERS: &[&str] = &[
    "ну",
    "да",
    "так",
    "вот",
    "э",
    "эм",
    "здравствуйте",
    "добрый",
    "день",
    "а",
    "просто",
    "well",
    "uh",
    "um",
    "yes",
    "hi",
    "hello",
    "sure",
    "okay",
    "oh",
];

/// A name: one that is known, or whatever stands where a name stands.
pub(super) fn name(text: &str) -> Option<Slot> {
    let words = words(text);
    let (first, led) = start(&words);
    if let Some(slot) = known(&words, first, text) {
        return Some(slot);
    }
    let rest = words.get(first..)?;
    let possible = |word: &Word| {
        word.text.chars().count() >= 2
            && word.text.chars().all(|c| c.is_alphabetic() || c == '\'')
            && !NO_NAMES.contains(&word.text.as_str())
    };
    let length = rest.iter().take_while(|word| possible(word)).count();
    let whole = length == rest.len();
    let fits = (1..=3).contains(&length) && (whole || (led && length <= 2));
    let name = capitals(rest.get(..length)?, text);
    fits.then(|| Slot {
        value: SlotValue::Name(name),
        evidence: said(&words, first..first + length),
    })
}

/// Where the name begins, and whether words led to it.
fn start(words: &[Word]) -> (usize, bool) {
    let led = LEADS.iter().find_map(|lead| {
        let at = words.windows(lead.len()).position(|window| {
            window
                .iter()
                .zip(lead.iter())
                .all(|(word, wanted)| word.text == *wanted)
        })?;
        Some(at + lead.len())
    });
    let from = led.unwrap_or_default();
    let skipped = words
        .iter()
        .skip(from)
        .take_while(|word| FILLERS.contains(&word.text.as_str()));
    (from + skipped.count(), led.is_some())
}

/// A first name of the list in whatever case, with the patronymic and the surname beside it.
fn known(words: &[Word], first: usize, text: &str) -> Option<Slot> {
    let found = |from: usize| {
        words.iter().enumerate().skip(from).find_map(|(at, word)| {
            // Short forms that are words too are names only where a name is asked for.
            let name = first_name(&word.text)?;
            (!NO_NAMES.contains(&word.text.as_str())).then_some((at, name))
        })
    };
    let (at, name) = found(first).or_else(|| found(0))?;
    let is = |at: usize, holds: fn(&Word) -> bool| words.get(at).is_some_and(holds);
    let mut end = at + 1;
    if is(end, |word| is_patronymic(&word.text)) || is_hyphenated(words, at, text) {
        end += 1;
    }
    // «Магазин, Анна слушает»: what a comma parts from the name is no part of it.
    let begin = at.checked_sub(1).filter(|_| !is(at, |word| word.parted));
    let begin = begin.filter(|begin| *begin >= first && is(*begin, is_surname));
    let begin = begin.unwrap_or(at);
    if begin == at && is(end, |word| is_surname(word) && !word.parted) {
        end += 1;
    }
    let mut said_words = words.get(begin..end)?.to_vec();
    if let Some(word) = said_words.get_mut(at - begin) {
        name.clone_into(&mut word.text);
    }
    let value = capitals(&said_words, text);
    Some(Slot {
        value: SlotValue::Name(value),
        evidence: said(words, begin..end),
    })
}

fn is_surname(word: &Word) -> bool {
    let text = word.text.as_str();
    let ends = SURNAMES.iter().any(|ending| text.ends_with(ending));
    let none = NO_SURNAMES.contains(&text) || NO_NAMES.contains(&text) || is_number(text);
    ends && !none && text.chars().count() >= 4 && first_name(text).is_none()
}

/// Whether a word and the next are one name: «Анна-Мария».
fn is_hyphenated(words: &[Word], at: usize, text: &str) -> bool {
    let (Some(one), Some(two)) = (words.get(at), words.get(at + 1)) else {
        return false;
    };
    let joined = format!("{}-{}", one.text, two.text).to_lowercase();
    text.to_lowercase().replace('ё', "е").contains(&joined)
}

fn capitals(words: &[Word], text: &str) -> String {
    let mut name = String::new();
    for (at, word) in words.iter().enumerate() {
        let hyphen = at
            .checked_sub(1)
            .is_some_and(|at| is_hyphenated(words, at, text));
        match (at, hyphen) {
            (0, _) => {}
            (_, true) => name.push('-'),
            (_, false) => name.push(' '),
        }
        name.push_str(&capital(&word.text));
    }
    name
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}
