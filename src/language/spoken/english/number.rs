//! Numbers, ordinals, counts and money.

use super::super::{Currency, Quantity, join};

const BELOW_TWENTY: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] = [
    "", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
];
const CLASSES: [(u64, &str); 4] = [
    (1_000_000_000_000, "trillion"),
    (1_000_000_000, "billion"),
    (1_000_000, "million"),
    (1000, "thousand"),
];

/// A whole number: "twelve thousand three hundred forty-five".
pub(in super::super) fn cardinal(n: i64) -> String {
    let mut rest = n.unsigned_abs();
    if rest == 0 {
        return pick(&BELOW_TWENTY, 0);
    }
    let mut words = Vec::new();
    if n < 0 {
        words.push("minus".to_owned());
    }
    for (value, word) in CLASSES {
        if rest >= value {
            let count = i64::try_from(rest / value).unwrap_or(i64::MAX);
            words.push(cardinal(count));
            words.push(word.to_owned());
            rest %= value;
        }
    }
    words.push(below_thousand(rest));
    join(&words)
}

fn below_thousand(n: u64) -> String {
    let hundreds = match n / 100 {
        0 => String::new(),
        count => pick(&BELOW_TWENTY, count) + " hundred",
    };
    let rest = n % 100;
    let small = match rest {
        0 => String::new(),
        1..=19 => pick(&BELOW_TWENTY, rest),
        _ if rest.is_multiple_of(10) => pick(&TENS, rest / 10),
        _ => format!(
            "{}-{}",
            pick(&TENS, rest / 10),
            pick(&BELOW_TWENTY, rest % 10)
        ),
    };
    join(&[hundreds, small])
}

fn pick(table: &[&str], at: u64) -> String {
    let at = usize::try_from(at).unwrap_or_default();
    table.get(at).copied().unwrap_or_default().to_owned()
}

/// A decimal fraction, its places said one by one: "two point five".
pub(in super::super) fn decimal(quantity: Quantity) -> String {
    if let Some(n) = quantity.as_whole() {
        return cardinal(n);
    }
    let written = quantity.to_string();
    let places = written.split_once('.').map_or("", |(_, places)| places);
    let places: Vec<String> = places
        .chars()
        .filter_map(|digit| digit.to_digit(10))
        .map(|digit| cardinal(i64::from(digit)))
        .collect();
    let sign = if quantity.thousandths() < 0 {
        "minus"
    } else {
        ""
    };
    let whole = quantity.trunc().saturating_abs();
    join(&[
        sign.to_owned(),
        cardinal(whole),
        "point".to_owned(),
        places.join(" "),
    ])
}

/// An ordinal: "twenty-third".
pub(in super::super) fn ordinal(n: i64) -> String {
    let words = cardinal(n);
    let at = words.rfind([' ', '-']).map_or(0, |at| at + 1);
    let (before, last) = words.split_at(at);
    let last = match last {
        "one" => "first".to_owned(),
        "two" => "second".to_owned(),
        "three" => "third".to_owned(),
        "five" => "fifth".to_owned(),
        "eight" => "eighth".to_owned(),
        "nine" => "ninth".to_owned(),
        "twelve" => "twelfth".to_owned(),
        other => match other.strip_suffix('y') {
            Some(stem) => format!("{stem}ieth"),
            None => format!("{other}th"),
        },
    };
    format!("{before}{last}")
}

/// A number with its noun.
pub(in super::super) fn count(n: i64, forms: &[&str]) -> String {
    join(&[&cardinal(n), plural(n, forms)])
}

/// A fraction with its noun: "two point five hours".
pub(in super::super) fn count_fraction(n: Quantity, forms: &[&str]) -> String {
    join(&[&decimal(n), plural(0, forms)])
}

/// The noun's form after the number.
pub(in super::super) fn plural<'a>(n: i64, forms: &[&'a str]) -> &'a str {
    let one = forms.first().copied().unwrap_or_default();
    if n.unsigned_abs() == 1 {
        one
    } else {
        forms.get(1).copied().unwrap_or(one)
    }
}

/// An amount with its currency; hundredths only where there are any.
pub(in super::super) fn money(amount: Quantity, currency: Currency) -> String {
    let (whole, hundredths) = amount.in_hundredths();
    let (large, small): ([&str; 2], [&str; 2]) = match currency {
        Currency::Rub => (["ruble", "rubles"], ["kopeck", "kopecks"]),
        Currency::Usd => (["dollar", "dollars"], ["cent", "cents"]),
        Currency::Eur => (["euro", "euros"], ["cent", "cents"]),
        Currency::Gbp => (["pound", "pounds"], ["penny", "pence"]),
        Currency::Kzt => (["tenge", "tenge"], ["tiyn", "tiyn"]),
        Currency::Cny => (["yuan", "yuan"], ["fen", "fen"]),
    };
    let sign = if whole == 0 && amount.thousandths() < 0 {
        "minus"
    } else {
        ""
    };
    let words = match (whole, hundredths) {
        (_, 0) => count(whole, &large),
        (0, _) => count(hundredths, &small),
        _ => format!("{} and {}", count(whole, &large), count(hundredths, &small)),
    };
    join(&[sign, &words])
}
