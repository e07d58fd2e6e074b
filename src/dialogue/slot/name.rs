//! Names: «меня зовут Анна Петровна», "this is John Smith", or the name alone.

use super::{Slot, SlotValue};
use crate::language::heard::{Word, said, words};
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
    if let Some(slot) = known(&words, first) {
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
    let name = capitals(rest.get(..length)?);
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

/// A first name of the list in whatever case, with the patronymic and a surname beside it.
fn known(words: &[Word], first: usize) -> Option<Slot> {
    let found = |from: usize| {
        words.iter().enumerate().skip(from).find_map(|(at, word)| {
            // Short forms that are words too are names only where a name is asked for.
            let name = first_name(&word.text)?;
            (!NO_NAMES.contains(&word.text.as_str())).then_some((at, name))
        })
    };
    let (at, name) = found(first).or_else(|| found(0))?;
    let next = words.get(at + 1);
    let patronymic = next.filter(|word| is_patronymic(&word.text));
    let mut parts = vec![name.to_owned()];
    parts.extend(patronymic.map(|word| capital(&word.text)));
    let end = at + parts.len();
    Some(Slot {
        value: SlotValue::Name(parts.join(" ")),
        evidence: said(words, at..end),
    })
}

fn capitals(words: &[Word]) -> String {
    let words: Vec<String> = words.iter().map(|word| capital(&word.text)).collect();
    words.join(" ")
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}
