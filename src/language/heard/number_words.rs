//! The words that numbers are made of, in every form.
//!
//! Russian forms are not listed: they are what [`crate::language::spoken`] says, read backwards.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::language::{Case, Gender, Language, Quantity, spoken};

/// What a word adds to a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Nought, always a number of its own: «ноль».
    Zero,
    /// One to nine.
    Unit(i64),
    /// Ten to nineteen.
    Teen(i64),
    /// Twenty to ninety.
    Tens(i64),
    /// A hundred to nine hundred: «двести».
    Hundreds(i64),
    /// A hundred as a noun: «hundred», «сотни».
    Hundred,
    /// A thousand, a million, a milliard.
    Class(i64),
    /// A number of its own that a class may follow: «полторы», «пара», «полсотни».
    Whole(Quantity),
    /// Half of what follows or of what stood before: «половиной», "half".
    Half,
}

/// A word of a number and whether it is an ordinal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NumberWord {
    pub(super) part: Part,
    pub(super) ordinal: bool,
}

/// What people say and recognisers write beside the dictionary's forms.
const RUSSIAN_BESIDE: &[(&str, Part)] = &[
    ("нуль", Part::Zero),
    ("нуля", Part::Zero),
    ("нулю", Part::Zero),
    ("нулей", Part::Zero),
    ("нули", Part::Zero),
    ("ноликов", Part::Zero),
    ("нолик", Part::Zero),
    ("нолей", Part::Zero),
    ("двое", Part::Unit(2)),
    ("трое", Part::Unit(3)),
    ("четверо", Part::Unit(4)),
    ("пятеро", Part::Unit(5)),
    ("шестеро", Part::Unit(6)),
    ("семеро", Part::Unit(7)),
    ("двоих", Part::Unit(2)),
    ("троих", Part::Unit(3)),
    ("четверых", Part::Unit(4)),
    ("пятерых", Part::Unit(5)),
    ("тре", Part::Unit(3)),
    ("четыри", Part::Unit(4)),
    ("восим", Part::Unit(8)),
    ("одинадцать", Part::Teen(11)),
    ("двацать", Part::Tens(20)),
    ("тринацать", Part::Teen(13)),
    ("двацати", Part::Tens(20)),
    ("тридцоть", Part::Tens(30)),
    ("трицать", Part::Tens(30)),
    ("писят", Part::Tens(50)),
    ("пийсят", Part::Tens(50)),
    ("пядесят", Part::Tens(50)),
    ("шисят", Part::Tens(60)),
    ("шиисят", Part::Tens(60)),
    ("семесят", Part::Tens(70)),
    ("тыща", Part::Class(1000)),
    ("тыщи", Part::Class(1000)),
    ("тыщ", Part::Class(1000)),
    ("тыщу", Part::Class(1000)),
    ("тыс", Part::Class(1000)),
    ("тысяча", Part::Class(1000)),
    ("косарь", Part::Class(1000)),
    ("косаря", Part::Class(1000)),
    ("косарей", Part::Class(1000)),
    ("к", Part::Class(1000)),
    ("млн", Part::Class(1_000_000)),
    ("лям", Part::Class(1_000_000)),
    ("ляма", Part::Class(1_000_000)),
    ("лямов", Part::Class(1_000_000)),
    ("млрд", Part::Class(1_000_000_000)),
    ("сотня", Part::Hundred),
    ("сотни", Part::Hundred),
    ("сотен", Part::Hundred),
    ("сотню", Part::Hundred),
    ("половина", Part::Half),
    ("половиной", Part::Half),
    ("половину", Part::Half),
    ("половины", Part::Half),
    ("половине", Part::Half),
];
const ENGLISH: &[(&str, Part)] = &[
    ("zero", Part::Zero),
    ("nought", Part::Zero),
    ("one", Part::Unit(1)),
    ("two", Part::Unit(2)),
    ("three", Part::Unit(3)),
    ("four", Part::Unit(4)),
    ("five", Part::Unit(5)),
    ("six", Part::Unit(6)),
    ("seven", Part::Unit(7)),
    ("eight", Part::Unit(8)),
    ("nine", Part::Unit(9)),
    ("ten", Part::Teen(10)),
    ("eleven", Part::Teen(11)),
    ("twelve", Part::Teen(12)),
    ("thirteen", Part::Teen(13)),
    ("fourteen", Part::Teen(14)),
    ("fifteen", Part::Teen(15)),
    ("sixteen", Part::Teen(16)),
    ("seventeen", Part::Teen(17)),
    ("eighteen", Part::Teen(18)),
    ("nineteen", Part::Teen(19)),
    ("twenty", Part::Tens(20)),
    ("thirty", Part::Tens(30)),
    ("forty", Part::Tens(40)),
    ("fourty", Part::Tens(40)),
    ("fifty", Part::Tens(50)),
    ("sixty", Part::Tens(60)),
    ("seventy", Part::Tens(70)),
    ("eighty", Part::Tens(80)),
    ("ninety", Part::Tens(90)),
    ("hundred", Part::Hundred),
    ("hundreds", Part::Hundred),
    ("thousand", Part::Class(1000)),
    ("thousands", Part::Class(1000)),
    ("k", Part::Class(1000)),
    ("grand", Part::Class(1000)),
    ("million", Part::Class(1_000_000)),
    ("millions", Part::Class(1_000_000)),
    ("billion", Part::Class(1_000_000_000)),
    ("half", Part::Half),
];
const ENGLISH_ORDINALS: &[(&str, Part)] = &[
    ("first", Part::Unit(1)),
    ("second", Part::Unit(2)),
    ("third", Part::Unit(3)),
    ("fourth", Part::Unit(4)),
    ("fifth", Part::Unit(5)),
    ("sixth", Part::Unit(6)),
    ("seventh", Part::Unit(7)),
    ("eighth", Part::Unit(8)),
    ("ninth", Part::Unit(9)),
    ("tenth", Part::Teen(10)),
    ("eleventh", Part::Teen(11)),
    ("twelfth", Part::Teen(12)),
    ("thirteenth", Part::Teen(13)),
    ("fourteenth", Part::Teen(14)),
    ("fifteenth", Part::Teen(15)),
    ("sixteenth", Part::Teen(16)),
    ("seventeenth", Part::Teen(17)),
    ("eighteenth", Part::Teen(18)),
    ("nineteenth", Part::Teen(19)),
    ("twentieth", Part::Tens(20)),
    ("thirtieth", Part::Tens(30)),
    ("fortieth", Part::Tens(40)),
    ("fiftieth", Part::Tens(50)),
    ("sixtieth", Part::Tens(60)),
    ("seventieth", Part::Tens(70)),
    ("eightieth", Part::Tens(80)),
    ("ninetieth", Part::Tens(90)),
    ("hundredth", Part::Hundred),
];
/// Numbers of their own, in thousandths.
const WHOLES: &[(&str, i64)] = &[
    ("полтора", 1500),
    ("полторы", 1500),
    ("полутора", 1500),
    ("полсотни", 50_000),
    ("пара", 2000),
    ("пару", 2000),
    ("пары", 2000),
    ("парочку", 2000),
    ("парочка", 2000),
    ("десяток", 10_000),
    ("десятка", 10_000),
    ("десятков", 10_000),
    ("дюжина", 12_000),
    ("дюжину", 12_000),
    ("дюжины", 12_000),
    ("дюжин", 12_000),
    ("полмиллиона", 500_000_000),
    ("полтысячи", 500_000),
    ("полляма", 500_000_000),
    ("couple", 2000),
    ("dozen", 12_000),
];

static WORDS: LazyLock<HashMap<String, NumberWord>> = LazyLock::new(|| {
    let mut words = HashMap::new();
    add_russian(&mut words);
    let ordinals = ENGLISH_ORDINALS
        .iter()
        .map(|(word, part)| (*word, *part, true));
    let cardinals = ENGLISH
        .iter()
        .chain(RUSSIAN_BESIDE)
        .map(|(word, part)| (*word, *part, false));
    for (word, part, ordinal) in ordinals.chain(cardinals) {
        words.insert(word.to_owned(), NumberWord { part, ordinal });
    }
    for (word, thousandths) in WHOLES {
        let part = Part::Whole(Quantity::from_thousandths(*thousandths));
        words.insert(
            (*word).to_owned(),
            NumberWord {
                part,
                ordinal: false,
            },
        );
    }
    words
});

/// Every form of every number that is one word, as it would be said.
fn add_russian(words: &mut HashMap<String, NumberWord>) {
    let numbers = (0..=20)
        .chain((30..=90).step_by(10))
        .chain((100..=900).step_by(100));
    for n in numbers.chain([1000, 1_000_000, 1_000_000_000]) {
        let part = match n {
            0 => Part::Zero,
            1..=9 => Part::Unit(n),
            10..=19 => Part::Teen(n),
            20..=99 => Part::Tens(n),
            100..=999 => Part::Hundreds(n),
            _ => Part::Class(n),
        };
        for case in Case::ALL {
            for gender in [Gender::Masculine, Gender::Feminine, Gender::Neuter] {
                let ordinal = spoken::ordinal(Language::Russian, n, gender, case);
                words.insert(
                    plain(&ordinal),
                    NumberWord {
                        part,
                        ordinal: true,
                    },
                );
                let cardinal = spoken::number(Language::Russian, n, gender, case);
                words.insert(
                    plain(&cardinal),
                    NumberWord {
                        part,
                        ordinal: false,
                    },
                );
                if n >= 1000 {
                    // The plural of the class: «пять тысяч», «двум миллионам».
                    for count in [2, 5] {
                        let counted = spoken::number(Language::Russian, count * n, gender, case);
                        let class = counted.rsplit(' ').next().unwrap_or_default();
                        words.insert(
                            plain(class),
                            NumberWord {
                                part,
                                ordinal: false,
                            },
                        );
                    }
                }
            }
        }
    }
}

fn plain(word: &str) -> String {
    word.replace('ё', "е")
}

/// What a word means in a number; `None` for any other word.
pub(super) fn number_word(word: &str) -> Option<NumberWord> {
    WORDS.get(word).copied()
}
