//! Numbers and sums: «человек двадцать», «полторы тысячи рублей», "two hundred bucks".

use super::{Slot, SlotValue};
use crate::language::Quantity;
use crate::language::heard::{Numeral, Word, is_number, numerals, said, words};
use crate::language::spoken::Currency;

/// Words after which a number is meant to replace the one before.
const CORRECTIONS: [&str; 8] = [
    "точнее",
    "вернее",
    "ой",
    "нет",
    "простите",
    "sorry",
    "no",
    "actually",
];

/// The number that was meant: the first, or the last after a correction.
pub(super) fn number(text: &str) -> Option<Slot> {
    let words = words(text);
    if let Some(range) = none_at_all(&words) {
        let value = SlotValue::Number(Quantity::whole(0));
        return Some(Slot {
            value,
            evidence: said(&words, range),
        });
    }
    let mut numerals = counts(&words);
    if !numerals.iter().all(|numeral| is_scale(&words, numeral)) {
        numerals.retain(|numeral| !is_scale(&words, numeral));
    }
    let found = meant(&words, numerals);
    let (value, range) = found
        .map(|numeral| (numeral.value, numeral.range))
        .or_else(|| mark(&words))?;
    let value = SlotValue::Number(value);
    Some(Slot {
        value,
        evidence: said(&words, range),
    })
}

/// The numbers that may be a count: «первый раз», «не пять» and «на пять не тянет» are none.
fn counts(words: &[Word]) -> Vec<Numeral> {
    let mut found = numerals(words);
    found.retain(|numeral| {
        let denied = is_denied(words, numeral.range.start) || is_withheld(words, &numeral.range);
        !numeral.ordinal && !denied
    });
    found
}

/// Whether a number only tells how far the marks go: «из пяти четыре», "out of five, four".
fn is_scale(words: &[Word], numeral: &Numeral) -> bool {
    let before = numeral.range.start.checked_sub(1);
    let before = before.and_then(|at| words.get(at));
    before.is_some_and(|word| ["из", "of"].contains(&word.text.as_str()))
}

/// Whether what stands here is said not to be given: «на пять не тянет», «не поставлю пять».
fn is_withheld(words: &[Word], range: &std::ops::Range<usize>) -> bool {
    const GIVEN: [&str; 7] = ["тян", "дотя", "постав", "заслуж", "дам", "дал", "выйд"];
    let gives = |at: usize| {
        let word = words.get(at);
        word.is_some_and(|word| GIVEN.iter().any(|stem| word.text.starts_with(stem)))
    };
    let denied = |at: usize| gives(at) && is_denied(words, at);
    // «На пять не тянет, четыре» takes away the number before it.
    let taken = |at: usize| {
        let before = at.checked_sub(2).and_then(|at| words.get(at));
        before.is_some_and(|word| is_number(&word.text))
    };
    let before = [range.start.checked_sub(1), range.start.checked_sub(2)];
    let mut before = before.into_iter().flatten();
    denied(range.end + 1) || before.any(|at| denied(at) && !taken(at))
}

/// Whether the word before denies what begins here.
pub(super) fn is_denied(words: &[Word], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|at| words.get(at));
    before.is_some_and(|word| ["не", "ни", "not"].contains(&word.text.as_str()))
}

/// A mark as a noun, which is how Russian schools give them: «четвёрка», «на троечку».
fn mark(words: &[Word]) -> Option<(Quantity, std::ops::Range<usize>)> {
    const MARKS: [(&str, i64); 14] = [
        ("единиц", 1),
        ("двойк", 2),
        ("двоечк", 2),
        ("тройк", 3),
        ("троечк", 3),
        ("четверк", 4),
        ("четверочк", 4),
        ("пятерк", 5),
        ("пятерочк", 5),
        ("шестерк", 6),
        ("семерк", 7),
        ("восьмерк", 8),
        ("девятк", 9),
        ("десятк", 10),
    ];
    words.iter().enumerate().find_map(|(at, word)| {
        let known = MARKS.iter().find(|(stem, _)| word.text.starts_with(stem));
        let denied = is_denied(words, at) || is_withheld(words, &(at..at + 1));
        let meant = !denied && !is_place(words, at);
        let (_, value) = known.filter(|_| meant)?;
        Some((Quantity::whole(*value), at..at + 1))
    })
}

/// Whether what begins here is where somebody is: «я в Пятёрочке», «магазин Пятёрочка».
fn is_place(words: &[Word], at: usize) -> bool {
    const IN: [&str; 4] = ["в", "во", "из", "у"];
    const NEAR: [&str; 9] = [
        "около",
        "возле",
        "до",
        "от",
        "с",
        "за",
        "мимо",
        "рядом",
        "напротив",
    ];
    let Some(before) = at.checked_sub(1).and_then(|at| words.get(at)) else {
        return false;
    };
    let before = before.text.as_str();
    let shop = words
        .get(at)
        .is_some_and(|word| word.text.starts_with("пятерочк"));
    IN.contains(&before) || (shop && (NEAR.contains(&before) || before.starts_with("магазин")))
}

fn meant(words: &[Word], numerals: Vec<Numeral>) -> Option<Numeral> {
    let corrected = numerals.iter().rposition(|numeral| {
        let before = numeral
            .range
            .start
            .checked_sub(1)
            .and_then(|at| words.get(at));
        before.is_some_and(|word| CORRECTIONS.contains(&word.text.as_str()))
    });
    numerals.into_iter().nth(corrected.unwrap_or_default())
}

/// «ни одного», «нисколько», "none".
fn none_at_all(words: &[Word]) -> Option<std::ops::Range<usize>> {
    let text = |at: usize| words.get(at).map_or("", |word| word.text.as_str());
    (0..words.len()).find_map(|at| match (text(at), text(at + 1)) {
        ("ни", "одного" | "одной" | "один" | "одна" | "одну") => {
            Some(at..at + 2)
        }
        ("not", "one" | "any" | "a") => Some(at..at + 2),
        ("нисколько" | "ничего" | "none" | "nothing", _) => Some(at..at + 1),
        _ => None,
    })
}

/// Whether a word names a currency, or its hundredth part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Whole(Currency),
    Hundredth,
}

fn unit(word: &str) -> Option<Unit> {
    let starts = |beginnings: &[&str]| beginnings.iter().any(|start| word.starts_with(start));
    if starts(&["копе", "цент", "cent", "kopeck", "kopek", "pence", "penn"]) {
        return Some(Unit::Hundredth);
    }
    let currency = if starts(&["рубл", "ruble", "rouble", "₽"]) || ["р", "руб"].contains(&word)
    {
        Currency::Rub
    } else if starts(&["доллар", "долар", "бакс", "dollar", "buck", "$"]) {
        Currency::Usd
    } else if starts(&["евро", "euro", "€"]) {
        Currency::Eur
    } else if starts(&["фунт", "pound", "quid", "£"]) {
        Currency::Gbp
    } else if starts(&["тенге", "tenge"]) {
        Currency::Kzt
    } else if starts(&["юан", "yuan"]) {
        Currency::Cny
    } else {
        return None;
    };
    Some(Unit::Whole(currency))
}

/// A sum, with its currency where it was said; hundredths are added to it.
pub(super) fn money(text: &str) -> Option<Slot> {
    let words = words(text);
    let numerals = counts(&words);
    let named = numerals
        .iter()
        .find_map(|numeral| match beside(&words, numeral)? {
            (Unit::Whole(currency), range) => Some((numeral.value, Some(currency), range)),
            (Unit::Hundredth, range) => Some((hundredths(numeral)?, None, range)),
        });
    let (mut amount, currency, mut range) = if let Some(found) = named {
        found
    } else {
        let numeral = meant(&words, numerals.clone())?;
        (numeral.value, None, numeral.range)
    };
    let small = numerals
        .iter()
        .find(|numeral| numeral.range.start >= range.end && numeral.range.start <= range.end + 1);
    if currency.is_some()
        && let Some(numeral) = small
        && let Some((Unit::Hundredth, end)) = beside(&words, numeral)
    {
        amount = amount.plus(hundredths(numeral)?)?;
        range.end = end.end;
    }
    let value = SlotValue::Money(amount, currency);
    Some(Slot {
        value,
        evidence: said(&words, range),
    })
}

fn hundredths(numeral: &Numeral) -> Option<Quantity> {
    Some(Quantity::from_thousandths(
        numeral.value.as_whole()?.checked_mul(10)?,
    ))
}

/// The unit that stands after a number, or before it («рублей пятьсот», «$5»), with the words.
fn beside(words: &[Word], numeral: &Numeral) -> Option<(Unit, std::ops::Range<usize>)> {
    let at = |at: usize| words.get(at).and_then(|word| unit(&word.text));
    let range = numeral.range.clone();
    if let Some(unit) = at(range.end) {
        return Some((unit, range.start..range.end + 1));
    }
    let before = range.start.checked_sub(1)?;
    at(before).map(|unit| (unit, before..range.end))
}
