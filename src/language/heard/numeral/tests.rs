//! Numbers as they are said, and the numbers that they are.

use proptest::prelude::*;
use rstest::rstest;

use super::super::word::words;
use super::*;
use crate::language::{Case, Gender, Language, spoken};

fn read(text: &str) -> Vec<String> {
    numerals(&words(text))
        .into_iter()
        .map(|numeral| {
            let mark = if numeral.ordinal { "." } else { "" };
            format!("{}{mark}", numeral.value)
        })
        .collect()
}

#[rstest]
#[case("двадцать пять", &["25"])]
#[case("сто сорок две", &["142"])]
#[case("тысяча двести", &["1200"])]
#[case("полторы тысячи", &["1500"])]
#[case("две с половиной", &["2.5"])]
#[case("две с половиной тысячи рублей", &["2500"])]
#[case("два миллиона с половиной", &["2500000"])]
#[case("миллион двести тысяч", &["1200000"])]
#[case("пять тыщ", &["5000"])]
#[case("пятьсот тысяч", &["500000"])]
#[case("полмиллиона", &["500000"])]
#[case("пару тысяч", &["2000"])]
#[case("пять сотен", &["500"])]
#[case("две целых пять десятых", &["2.5"])]
#[case("ноль целых и двадцать пять сотых", &["0.25"])]
#[case("три точка пять", &["3.5"])]
#[case("минус десять", &["-10"])]
#[case("нас двое или трое", &["2", "3"])]
#[case("двадцать третьего", &["23."])]
#[case("две тысячи двадцать седьмого", &["2027."])]
#[case("пятого двенадцатого", &["5.", "12."])]
#[case("восемь девятьсот шестнадцать сто двадцать три сорок пять шестьдесят семь",
    &["8", "916", "123", "45", "67"])]
#[case("ноль ноль семь", &["0", "0", "7"])]
#[case("в три тридцать", &["3", "30"])]
#[case("в двадцать ноль пять", &["20", "0", "5"])]
#[case("двацать трицать", &["20", "30"])]
#[case("1 500 рублей", &["1500"])]
#[case("1500", &["1500"])]
#[case("2,5 миллиона", &["2500000"])]
#[case("5к", &["5000"])]
#[case("тысяч пять", &["5000"])]
#[case("тысяч двадцать пять рублей", &["25000"])]
#[case("5 тысяч 300", &["5300"])]
#[case("8 916 000 00 01", &["8916000", "0", "1"])]
#[case("twenty five", &["25"])]
#[case("twenty-five", &["25"])]
#[case("one hundred and five", &["105"])]
#[case("a hundred", &["100"])]
#[case("a thousand two hundred", &["1200"])]
#[case("two thousand and five", &["2005"])]
#[case("fifteen hundred", &["1500"])]
#[case("two and a half", &["2.5"])]
#[case("half a million", &["500000"])]
#[case("a couple of thousand", &["2000"])]
#[case("three point one four", &["3.14"])]
#[case("minus zero point zero five", &["-0.05"])]
#[case("от пяти к десяти", &["5", "10"])]
#[case("twenty third", &["23."])]
#[case("one and two", &["1", "2"])]
#[case("к пяти", &["5"])]
#[case("half a dozen", &["6"])]
#[case("a dozen", &["12"])]
#[case("two dozen", &["24"])]
#[case("два десятка", &["20"])]
#[case("полтора десятка", &["15"])]
#[case("пять десятков", &["50"])]
#[case("три дюжины", &["36"])]
#[case("пол тысячи", &["500"])]
#[case("пол миллиона", &["500000"])]
#[case("четверть миллиона", &["250000"])]
#[case("quarter of a million", &["250000"])]
#[case("a quarter of a million", &["250000"])]
#[case("two grand", &["2000"])]
#[case("a grand idea", &[])]
#[case("в пол третьего", &["3."])]
#[case("четверть пятого", &["5."])]
#[case("ничего", &[])]
fn numbers_are_found(#[case] text: &str, #[case] expected: &[&str]) {
    assert_eq!(read(text), expected, "{text}");
}

proptest! {
    #[test]
    fn what_is_said_is_understood(n in 1_i64..999_999_999, case in 0_usize..6, english: bool) {
        let language = if english { Language::English } else { Language::Russian };
        let said = spoken::number(language, n, Gender::Masculine, Case::ALL[case]);
        prop_assert_eq!(read(&said), [n.to_string()], "{}", said);
    }

    #[test]
    fn ordinals_that_are_said_are_understood(n in 1_i64..1000, english: bool) {
        let language = if english { Language::English } else { Language::Russian };
        let said = spoken::ordinal(language, n, Gender::Neuter, Case::Genitive);
        prop_assert_eq!(read(&said), [format!("{n}.")], "{}", said);
    }

    #[test]
    fn no_text_makes_it_fail(text in "\\PC{0,60}") {
        let words = words(&text);
        for numeral in numerals(&words) {
            prop_assert!(numeral.range.end <= words.len() && !numeral.range.is_empty());
        }
    }
}
