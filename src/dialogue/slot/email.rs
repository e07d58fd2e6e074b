//! E-mail addresses as they are said: «иван собака яндекс точка ру».

use super::{Slot, SlotValue};
use crate::language::heard::{Word, numerals, said, words};

/// What is said for the sign; the Russian is a dog.
const AT: [&str; 8] = [
    "собака",
    "собачка",
    "собакой",
    "сабака",
    "эт",
    "ат",
    "at",
    "@",
];
/// Words that lead to an address and are no part of it.
const LEADING: &[&str] = &[
    "почта",
    "почту",
    "адрес",
    "электронная",
    "электронный",
    "моя",
    "мой",
    "имейл",
    "емейл",
    "мыло",
    "запишите",
    "записывайте",
    "пишите",
    "да",
    "ну",
    "так",
    "вот",
    "это",
    "значит",
    "на",
    "хорошо",
    "my",
    "email",
    "address",
    "is",
    "it",
    "its",
    "it's",
    "mail",
    "e",
    "to",
    "sure",
    "yes",
    "okay",
    "ok",
    "the",
    "send",
    "well",
];
/// Parts of addresses by their sound.
const SPELT: &[(&str, &str)] = &[
    ("точка", "."),
    ("тчк", "."),
    ("dot", "."),
    ("point", "."),
    ("period", "."),
    ("тире", "-"),
    ("дефис", "-"),
    ("минус", "-"),
    ("черточка", "-"),
    ("dash", "-"),
    ("hyphen", "-"),
    ("подчеркивание", "_"),
    ("подчерк", "_"),
    ("underscore", "_"),
    ("плюс", "+"),
    ("plus", "+"),
    ("нижнее", ""),
    ("нижний", ""),
    ("слитно", ""),
    ("маленькими", ""),
    ("буквами", ""),
    ("яндекс", "yandex"),
    ("янднкс", "yandex"),
    ("мейл", "mail"),
    ("мэйл", "mail"),
    ("мэил", "mail"),
    ("маил", "mail"),
    ("майл", "mail"),
    ("меил", "mail"),
    ("джимейл", "gmail"),
    ("гмейл", "gmail"),
    ("гмайл", "gmail"),
    ("жмейл", "gmail"),
    ("джимэйл", "gmail"),
    ("рамблер", "rambler"),
    ("инбокс", "inbox"),
    ("аутлук", "outlook"),
    ("хотмейл", "hotmail"),
    ("хотмэйл", "hotmail"),
    ("айклауд", "icloud"),
    ("айклод", "icloud"),
    ("яху", "yahoo"),
    ("протон", "proton"),
    ("лист", "list"),
    ("ру", "ru"),
    ("ком", "com"),
    ("нет", "net"),
    ("орг", "org"),
    ("бай", "by"),
    ("икс", "x"),
    ("игрек", "y"),
    ("зет", "z"),
    ("зэт", "z"),
    ("эс", "s"),
    ("эм", "m"),
    ("эн", "n"),
    ("эль", "l"),
    ("эр", "r"),
    ("эф", "f"),
    ("бэ", "b"),
    ("вэ", "v"),
    ("гэ", "g"),
    ("дэ", "d"),
    ("пэ", "p"),
    ("тэ", "t"),
    ("ка", "k"),
    ("ха", "h"),
];
/// Domains that are said without their point.
const DOMAINS: [&str; 4] = ["ru", "com", "net", "org"];

/// An address, written or said.
pub(super) fn email(text: &str) -> Option<Slot> {
    written(text).or_else(|| spoken(text))
}

fn written(text: &str) -> Option<Slot> {
    let word = text
        .split_whitespace()
        .find(|word| word.contains('@') && word.len() > 3)?;
    let address = word
        .trim_matches(|c: char| !c.is_ascii_alphanumeric())
        .to_lowercase();
    let value = SlotValue::Email(address.clone());
    is_address(&address).then(|| Slot {
        value,
        evidence: word.to_owned(),
    })
}

fn spoken(text: &str) -> Option<Slot> {
    let words = words(text);
    let at = words
        .iter()
        .rposition(|word| AT.contains(&word.text.as_str()))?;
    let before = words.get(..at)?;
    let lead = before
        .iter()
        .rposition(|word| LEADING.contains(&word.text.as_str()));
    let first = lead.map_or(0, |lead| lead + 1);
    let local = join(words.get(first..at)?);
    let (domain, end) = domain(&words, at + 1);
    let address = format!("{local}@{domain}");
    let value = SlotValue::Email(address.clone());
    is_address(&address).then(|| Slot {
        value,
        evidence: said(&words, first..end),
    })
}

/// The domain up to the first end that one can have, its last point supplied where it was not said.
fn domain(words: &[Word], first: usize) -> (String, usize) {
    let mut domain = String::new();
    for (at, word) in words.iter().enumerate().skip(first) {
        let part = latin(&word.text);
        let ends = DOMAINS.contains(&part.as_str());
        if ends && !domain.is_empty() && !domain.ends_with('.') {
            domain.push('.');
        }
        domain.push_str(&part);
        if ends && domain.contains('.') && domain.len() > part.len() {
            return (domain, at + 1);
        }
    }
    (domain, words.len())
}

/// The part before the sign: words run together, numbers in digits.
fn join(words: &[Word]) -> String {
    let numbers = numerals(words);
    let mut text = String::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        if let Some(number) = numbers.iter().find(|number| number.range.start == at) {
            text.push_str(&number.value.to_string());
            at = number.range.end;
        } else {
            text.push_str(&latin(&word.text));
            at += 1;
        }
    }
    text
}

fn latin(word: &str) -> String {
    if let Some((_, written)) = SPELT.iter().find(|(said, _)| *said == word) {
        return (*written).to_owned();
    }
    word.chars()
        .map(|c| latin_letter(c).map_or_else(|| c.to_string(), str::to_owned))
        .collect()
}

/// How addresses spell Russian names.
fn latin_letter(c: char) -> Option<&'static str> {
    const LETTERS: [&str; 32] = [
        "a", "b", "v", "g", "d", "e", "zh", "z", "i", "y", "k", "l", "m", "n", "o", "p", "r", "s",
        "t", "u", "f", "h", "ts", "ch", "sh", "sch", "", "y", "", "e", "yu", "ya",
    ];
    let index = u32::from(c).checked_sub(u32::from('а'))?;
    LETTERS.get(usize::try_from(index).ok()?).copied()
}

fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let sound = |part: &str, signs: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || signs.contains(c))
            && !part.starts_with('.')
            && !part.ends_with('.')
            && !part.contains("..")
            && !has_doubled_sign(part)
    };
    let end = domain.rsplit('.').next().unwrap_or_default();
    sound(local, "._+-") && sound(domain, ".-") && domain.contains('.') && end.len() >= 2
}

/// «Тире плюс»: two signs running, or one at an end, are a slip of the recogniser.
fn has_doubled_sign(part: &str) -> bool {
    let sign = |c: char| "-+.".contains(c);
    let doubled = part
        .chars()
        .zip(part.chars().skip(1))
        .any(|(a, b)| sign(a) && sign(b));
    doubled || part.starts_with(sign) || part.ends_with(sign)
}
