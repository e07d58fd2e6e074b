//! Ordinal numbers: the last word is an adjective, the words before it stay as they are.

use super::super::join;
use super::cardinal::cardinal;
use crate::language::{Case, Gender};

const HARD: [[&str; 6]; 3] = [
    ["ый", "ого", "ому", "ый", "ым", "ом"],
    ["ая", "ой", "ой", "ую", "ой", "ой"],
    ["ое", "ого", "ому", "ое", "ым", "ом"],
];
const THIRD: [[&str; 6]; 3] = [
    ["ий", "ьего", "ьему", "ий", "ьим", "ьем"],
    ["ья", "ьей", "ьей", "ью", "ьей", "ьей"],
    ["ье", "ьего", "ьему", "ье", "ьим", "ьем"],
];
const BELOW_TWENTY: [&str; 20] = [
    "нулев",
    "перв",
    "втор",
    "трет",
    "четвёрт",
    "пят",
    "шест",
    "седьм",
    "восьм",
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
];
const TENS: [&str; 10] = [
    "",
    "десят",
    "двадцат",
    "тридцат",
    "сороков",
    "пятидесят",
    "шестидесят",
    "семидесят",
    "восьмидесят",
    "девяност",
];
const HUNDREDS: [&str; 10] = [
    "",
    "сот",
    "двухсот",
    "трёхсот",
    "четырёхсот",
    "пятисот",
    "шестисот",
    "семисот",
    "восьмисот",
    "девятисот",
];
/// Ordinals stressed on the ending, which is then «ой».
const STRESSED: [&str; 6] = ["нулев", "втор", "шест", "седьм", "восьм", "сороков"];

/// An ordinal: «двадцать третьего».
pub(in super::super) fn ordinal(n: i64, gender: Gender, case: Case) -> String {
    let size = n.unsigned_abs();
    let (stem, tail) = last_word(size);
    let before = i64::try_from(size - tail).unwrap_or(i64::MAX);
    let before = if before == 0 {
        String::new()
    } else {
        cardinal(before, Gender::Masculine, Case::Nominative)
    };
    let sign = if n < 0 { "минус" } else { "" };
    join(&[sign.to_owned(), before, adjective(&stem, gender, case)])
}

/// The stem of the last word and the part of the number that it stands for.
fn last_word(n: u64) -> (String, u64) {
    let pick = |table: &[&str], at: u64| {
        let at = usize::try_from(at).unwrap_or_default();
        table.get(at).copied().unwrap_or_default().to_owned()
    };
    match n {
        0..=19 => (pick(&BELOW_TWENTY, n), n),
        _ if !(n % 100).is_multiple_of(10) || n % 100 == 10 => {
            let tail = if n % 100 < 20 { n % 100 } else { n % 10 };
            (pick(&BELOW_TWENTY, tail), tail)
        }
        _ if !n.is_multiple_of(100) => (pick(&TENS, n % 100 / 10), n % 100),
        _ if !n.is_multiple_of(1000) => (pick(&HUNDREDS, n % 1000 / 100), n % 1000),
        _ => round(n),
    }
}

/// Thousands and millions: the count, in the genitive, grows together with the word.
fn round(n: u64) -> (String, u64) {
    let (unit, word) = [
        (1_000_000_000, "миллиардн"),
        (1_000_000, "миллионн"),
        (1000, "тысячн"),
    ]
    .into_iter()
    .find(|(unit, _)| n.is_multiple_of(*unit))
    .unwrap_or((1000, "тысячн"));
    let count = n / unit % 1000;
    let prefix = if count == 1 {
        String::new()
    } else {
        let count = i64::try_from(count).unwrap_or_default();
        let words = cardinal(count, Gender::Neuter, Case::Genitive);
        // «сто», «девяносто» and «одно» keep their plain form inside a word.
        let words: Vec<&str> = words
            .split(' ')
            .map(|word| match word {
                "ста" => "сто",
                "девяноста" => "девяносто",
                "одного" => "одно",
                other => other,
            })
            .collect();
        words.concat()
    };
    (prefix + word, count * unit)
}

fn adjective(stem: &str, gender: Gender, case: Case) -> String {
    let table = if stem == "трет" { &THIRD } else { &HARD };
    let [masculine, feminine, neuter] = table;
    let forms = match gender {
        Gender::Masculine => masculine,
        Gender::Feminine => feminine,
        Gender::Neuter => neuter,
    };
    let ending = match case.of(forms) {
        "ый" if STRESSED.contains(&stem) => "ой",
        ending => ending,
    };
    format!("{stem}{ending}")
}
