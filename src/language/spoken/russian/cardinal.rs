//! Cardinal numbers in every gender and case, and decimal fractions.
//!
//! Forms after Zaliznyak's grammatical dictionary; the accusative is that of things, not of
//! persons («две штуки», not «двух человек»).

use super::super::{Quantity, join};
use super::noun::Noun;
use crate::language::{Case, Gender};

const ONE: [[&str; 6]; 3] = [
    ["один", "одного", "одному", "один", "одним", "одном"],
    ["одна", "одной", "одной", "одну", "одной", "одной"],
    ["одно", "одного", "одному", "одно", "одним", "одном"],
];
const TWO: [&str; 6] = ["два", "двух", "двум", "два", "двумя", "двух"];
const TWO_FEMININE: [&str; 6] = ["две", "двух", "двум", "две", "двумя", "двух"];
const ZERO: [&str; 6] = ["ноль", "ноля", "нолю", "ноль", "нолём", "ноле"];
const THREE: [&str; 6] = ["три", "трёх", "трём", "три", "тремя", "трёх"];
const FOUR: [&str; 6] = [
    "четыре",
    "четырёх",
    "четырём",
    "четыре",
    "четырьмя",
    "четырёх",
];
const EIGHT: [&str; 6] = ["восемь", "восьми", "восьми", "восемь", "восемью", "восьми"];
/// 5 to 20 and 30 without their ending, at their own place; 8 is a word of its own.
const STEMS: [&str; 21] = [
    "",
    "",
    "",
    "",
    "",
    "пят",
    "шест",
    "сем",
    "",
    "девят",
    "десят",
    "одиннадцат",
    "двенадцат",
    "тринадцат",
    "четырнадцат",
    "пятнадцат",
    "шестнадцат",
    "семнадцат",
    "восемнадцат",
    "девятнадцат",
    "двадцат",
];
const STEM_ENDINGS: [&str; 6] = ["ь", "и", "и", "ь", "ью", "и"];
const FORTY: [&str; 6] = ["сорок", "сорока", "сорока", "сорок", "сорока", "сорока"];
const NINETY: [&str; 6] = [
    "девяносто",
    "девяноста",
    "девяноста",
    "девяносто",
    "девяноста",
    "девяноста",
];
const HUNDRED: [&str; 6] = ["сто", "ста", "ста", "сто", "ста", "ста"];
/// The second half of 200 to 900; the first half is 2 to 9 in the same case.
const HUNDREDS: [&str; 6] = ["сот", "сот", "стам", "сот", "стами", "стах"];

const THOUSAND: Noun = Noun {
    gender: Gender::Feminine,
    one: ["тысяча", "тысячи", "тысяче", "тысячу", "тысячей", "тысяче"],
    many: [
        "тысячи",
        "тысяч",
        "тысячам",
        "тысячи",
        "тысячами",
        "тысячах",
    ],
};
const MILLION: Noun = Noun {
    gender: Gender::Masculine,
    one: [
        "миллион",
        "миллиона",
        "миллиону",
        "миллион",
        "миллионом",
        "миллионе",
    ],
    many: [
        "миллионы",
        "миллионов",
        "миллионам",
        "миллионы",
        "миллионами",
        "миллионах",
    ],
};
const MILLIARD: Noun = Noun {
    gender: Gender::Masculine,
    one: [
        "миллиард",
        "миллиарда",
        "миллиарду",
        "миллиард",
        "миллиардом",
        "миллиарде",
    ],
    many: [
        "миллиарды",
        "миллиардов",
        "миллиардам",
        "миллиарды",
        "миллиардами",
        "миллиардах",
    ],
};

/// A whole number. From a thousand milliards on, which nobody says, digit by digit.
pub(in super::super) fn cardinal(n: i64, gender: Gender, case: Case) -> String {
    let size = n.unsigned_abs();
    let sign = if n < 0 { "минус" } else { "" };
    if size >= 1_000_000_000_000 {
        let digits: Vec<String> = size
            .to_string()
            .chars()
            .filter_map(|digit| digit.to_digit(10))
            .map(|digit| cardinal(i64::from(digit), Gender::Masculine, case))
            .collect();
        return join(&[sign.to_owned(), join(&digits)]);
    }
    if size == 0 {
        return case.of(&ZERO).to_owned();
    }
    let classes = [
        (1_000_000_000, &MILLIARD),
        (1_000_000, &MILLION),
        (1000, &THOUSAND),
    ];
    let mut words = vec![sign.to_owned()];
    for (value, noun) in classes {
        words.push(class(size / value % 1000, noun, case));
    }
    words.push(below_thousand(size % 1000, gender, case));
    join(&words)
}

/// So many thousands, millions or milliards. One of them goes without its «один», as it is said.
fn class(n: u64, noun: &Noun, case: Case) -> String {
    match n {
        0 => String::new(),
        1 => noun.after(1, case).to_owned(),
        _ => {
            let count = below_thousand(n, noun.gender, case);
            join(&[count.as_str(), noun.after(n, case)])
        }
    }
}

fn below_thousand(n: u64, gender: Gender, case: Case) -> String {
    if n == 0 {
        return String::new();
    }
    let (tens, units) = match n % 100 {
        teen @ 10..=19 => (0, teen),
        rest => (rest / 10, rest % 10),
    };
    join(&[
        hundreds(n / 100, case),
        tens_word(tens, case),
        unit(units, gender, case),
    ])
}

fn hundreds(n: u64, case: Case) -> String {
    match n {
        0 => String::new(),
        1 => case.of(&HUNDRED).to_owned(),
        2 if !case.is_oblique() => "двести".to_owned(),
        3 | 4 if !case.is_oblique() => unit(n, Gender::Masculine, case) + "ста",
        _ => unit(n, Gender::Masculine, case) + case.of(&HUNDREDS),
    }
}

fn tens_word(n: u64, case: Case) -> String {
    match n {
        2 => ending_in_soft_sign("двадцат", case),
        3 => ending_in_soft_sign("тридцат", case),
        4 => case.of(&FORTY).to_owned(),
        5..=8 => {
            // Both halves are inflected, the second without its soft sign where it would end so.
            let half = ending_in_soft_sign("десят", case);
            let half = if case.is_oblique() {
                half.as_str()
            } else {
                "десят"
            };
            unit(n, Gender::Masculine, case) + half
        }
        9 => case.of(&NINETY).to_owned(),
        _ => String::new(),
    }
}

fn unit(n: u64, gender: Gender, case: Case) -> String {
    let [masculine, feminine, neuter] = &ONE;
    let fixed = match (n, gender) {
        (0, _) => return String::new(),
        (1, Gender::Masculine) => masculine,
        (1, Gender::Feminine) => feminine,
        (1, Gender::Neuter) => neuter,
        (2, Gender::Feminine) => &TWO_FEMININE,
        (2, _) => &TWO,
        (3, _) => &THREE,
        (4, _) => &FOUR,
        (8, _) => &EIGHT,
        _ => {
            let stem = usize::try_from(n).ok().and_then(|n| STEMS.get(n));
            return ending_in_soft_sign(stem.copied().unwrap_or_default(), case);
        }
    };
    case.of(fixed).to_owned()
}

fn ending_in_soft_sign(stem: &str, case: Case) -> String {
    format!("{stem}{}", case.of(&STEM_ENDINGS))
}

/// A decimal fraction: «две целых пять десятых».
pub(in super::super) fn decimal(quantity: Quantity, gender: Gender, case: Case) -> String {
    if let Some(n) = quantity.as_whole() {
        return cardinal(n, gender, case);
    }
    let rest = quantity.thousandths().unsigned_abs() % 1000;
    let (count, parts) = match rest {
        _ if rest.is_multiple_of(100) => (rest / 100, 10),
        _ if rest.is_multiple_of(10) => (rest / 10, 100),
        _ => (rest, 1000),
    };
    let whole = quantity.trunc();
    let sign = if whole == 0 && quantity.thousandths() < 0 {
        "минус"
    } else {
        ""
    };
    let count = i64::try_from(count).unwrap_or_default();
    join(&[
        sign.to_owned(),
        cardinal(whole, Gender::Feminine, case),
        part("цел", whole, case),
        cardinal(count, Gender::Feminine, case),
        part(ordinal_stem(parts), count, case),
    ])
}

fn ordinal_stem(parts: u64) -> &'static str {
    match parts {
        10 => "десят",
        100 => "сот",
        _ => "тысячн",
    }
}

/// «целая», «десятых»: an adjective in the feminine after one, else in the plural, where the
/// nominative and accusative are said in the genitive.
fn part(stem: &str, count: i64, case: Case) -> String {
    let one = count.unsigned_abs() % 10 == 1 && count.unsigned_abs() % 100 != 11;
    let ending = match (one, case) {
        (true, Case::Nominative) => "ая",
        (true, Case::Accusative) => "ую",
        (true, _) => "ой",
        (false, Case::Dative) => "ым",
        (false, Case::Instrumental) => "ыми",
        (false, _) => "ых",
    };
    format!("{stem}{ending}")
}
