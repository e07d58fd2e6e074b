//! The single repairs of a cell: each gives a text only where nothing is guessed.

use super::cell::CellNote;
use super::{Extension, NumberError};

/// Words that people write in front of a number.
const LABELS: [&str; 12] = [
    "телефон",
    "моб.тел",
    "тел",
    "моб",
    "сот",
    "раб",
    "дом",
    "т.",
    "м.",
    "phone",
    "mobile",
    "tel",
];
/// Words in front of an extension, the longer ones first.
const EXTENSION_WORDS: [&str; 9] = [
    "добавочный",
    "внутренний",
    "доб",
    "внутр",
    "вн",
    "extension",
    "ext",
    "#",
    "x",
];

/// Takes off what is round a number and not part of it: apostrophe, formula, label, invisible signs.
pub(super) fn unwrap(text: &str, notes: &mut Vec<CellNote>) -> String {
    let seen: String = text.chars().filter(|&sign| !is_invisible(sign)).collect();
    let trimmed = seen.trim();
    let mut inner = trimmed.trim_start_matches('\'').trim();
    inner = inner
        .strip_prefix("=\"")
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(inner);
    inner = without_label(inner);
    if inner.len() != trimmed.len() {
        notes.push(CellNote::Wrapping);
    }
    inner.to_owned()
}

fn is_invisible(sign: char) -> bool {
    matches!(sign, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{ad}')
}

/// `тел.: 8900…` is `8900…`; a label without a number behind it stays.
fn without_label(text: &str) -> &str {
    let Some(rest) = LABELS.iter().find_map(|label| strip_word(text, label)) else {
        return text;
    };
    let rest = rest
        .trim_start_matches(|sign: char| sign.is_whitespace() || matches!(sign, '.' | ':' | '№'));
    let numeric = rest.starts_with(|sign: char| sign.is_ascii_digit() || matches!(sign, '+' | '('));
    if numeric { rest } else { text }
}

/// Strips a word from the front, whatever its case.
fn strip_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let mut rest = text.chars();
    for expected in word.chars() {
        let found = rest.next()?;
        if !found.to_lowercase().eq(std::iter::once(expected)) {
            return None;
        }
    }
    Some(rest.as_str())
}

/// The digits of `7.9000000001E+10`; `None` if it is no such notation.
///
/// # Errors
/// [`NumberError::Rounded`]: fewer decimals than the exponent asks for, so digits are gone.
pub(super) fn scientific(text: &str) -> Result<Option<String>, NumberError> {
    let lower = text.to_ascii_lowercase().replace('е', "e");
    let Some((mantissa, exponent)) = lower.split_once("e+").or_else(|| lower.split_once('e'))
    else {
        return Ok(None);
    };
    let Some((whole, decimals)) = mantissa.split_once(['.', ',']) else {
        return Ok(None);
    };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(decimals) || !digits(exponent) {
        return Ok(None);
    }
    let exponent: usize = exponent.parse().map_err(|_| NumberError::Rounded)?;
    if decimals.len() != exponent {
        return Err(NumberError::Rounded);
    }
    Ok(Some(format!("{whole}{decimals}")))
}

/// `79000000001.0` without its decimals, which are all zero.
pub(super) fn without_decimals(text: &str) -> Option<String> {
    let (whole, decimals) = text.rsplit_once(['.', ','])?;
    let zeros = (1..=2).contains(&decimals.len()) && decimals.bytes().all(|byte| byte == b'0');
    let digits = whole.strip_prefix('+').unwrap_or(whole);
    let plain = digits.len() >= 10 && digits.bytes().all(|byte| byte.is_ascii_digit());
    (zeros && plain).then(|| whole.to_owned())
}

/// Digits for the letters that look like them, if nothing but digits and separators remains.
pub(super) fn letters(text: &str) -> Option<String> {
    let mut found = false;
    let digits: String = text
        .chars()
        .map(|sign| match sign {
            'О' | 'о' | 'O' | 'o' => {
                found = true;
                '0'
            }
            'З' | 'з' => {
                found = true;
                '3'
            }
            other => other,
        })
        .collect();
    let numeric = digits.chars().filter(char::is_ascii_digit).count();
    let wordless = !digits.chars().any(char::is_alphabetic);
    (found && wordless && numeric >= 10).then_some(digits)
}

/// Splits `… доб. 123` into the number and the extension.
pub(super) fn extension(text: &str) -> Option<(String, Extension)> {
    let lower = text.to_lowercase();
    // Small letters of Cyrillic and Latin are as long as the capitals, so places agree.
    if lower.len() != text.len() {
        return None;
    }
    let (at, word) = EXTENSION_WORDS
        .iter()
        .find_map(|word| lower.rfind(word).map(|at| (at, *word)))?;
    let before = text.get(..at)?;
    let after = text.get(at + word.len()..)?;
    let enough = before.chars().filter(char::is_ascii_digit).count() >= 10;
    let digits = Extension::parse(after.trim_start_matches([':', '.', ' ', '№']))?;
    let number = before.trim_end_matches(|sign: char| {
        sign.is_whitespace() || matches!(sign, '(' | ',' | ';' | '.' | '-')
    });
    enough.then(|| (number.to_owned(), digits))
}
