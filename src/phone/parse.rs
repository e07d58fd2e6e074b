//! From what people write to E.164.
//!
//! `+7…`, `8…`, `7…`, ten digits; spaces (also no-break), brackets, dashes and dots. The rules for
//! numbers behind +7 are in `russia`; every other country is judged by the `phonenumber` crate,
//! whose `is_valid` is asked each time, since it parses `12345` into a number without complaint.

use phonenumber::Type;
use phonenumber::country::Id;
use phonenumber::metadata::DATABASE;

use super::rules::NumberRules;
use super::{NumberError, russia};

/// Up to this many digits it is an emergency, operator's or office number.
const SHORT: usize = 6;

pub(super) fn parse(text: &str, rules: &NumberRules) -> Result<String, NumberError> {
    let written = Written::read(text)?;
    let digits = written.digits.len();
    match digits {
        0 => return Err(NumberError::Empty),
        1..=SHORT => return Err(NumberError::Short { digits }),
        _ => {}
    }
    if written.plus {
        return international(&written.digits, rules);
    }
    if let Some(rest) = written.digits.strip_prefix("00") {
        return international(rest, rules);
    }
    if matches!(rules.home(), "RU" | "KZ") {
        return home_russian(&written.digits, rules);
    }
    home_foreign(&written.digits, rules)
}

/// A text reduced to what it dials.
struct Written {
    plus: bool,
    digits: String,
}

impl Written {
    fn read(text: &str) -> Result<Self, NumberError> {
        let mut written = Self {
            plus: false,
            digits: String::new(),
        };
        for sign in text.trim().trim_start_matches('\'').chars() {
            match sign {
                '0'..='9' => written.digits.push(sign),
                '+' if !written.plus && written.digits.is_empty() => written.plus = true,
                // Full-width digits, as some keyboards and web pages give them.
                '０'..='９' => written.digits.extend(
                    (sign as u32)
                        .checked_sub('０' as u32)
                        .and_then(|value| char::from_digit(value, 10)),
                ),
                _ if is_separator(sign) => {}
                _ if is_scientific(text) => return Err(NumberError::Rounded),
                _ => return Err(NumberError::BadCharacter(sign)),
            }
        }
        Ok(written)
    }
}

/// Spaces, brackets, dashes and the invisible signs that web pages leave behind.
fn is_separator(sign: char) -> bool {
    sign.is_whitespace()
        || matches!(
            sign,
            '(' | ')' | '[' | ']' | '-' | '.' | '\u{2010}'..='\u{2015}' | '\u{2212}'
        )
        || matches!(sign, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}')
}

fn is_scientific(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    lower.contains("e+") && lower.replace(',', ".").trim().parse::<f64>().is_ok()
}

/// Digits that begin with a country code.
fn international(digits: &str, rules: &NumberRules) -> Result<String, NumberError> {
    if let Some(national) = digits.strip_prefix('7') {
        russia::check(national, rules)?;
        return Ok(format!("+7{national}"));
    }
    foreign(None, &format!("+{digits}"), rules)
}

/// Digits as dialled inside Russia or Kazakhstan.
fn home_russian(digits: &str, rules: &NumberRules) -> Result<String, NumberError> {
    if let Some(rest) = digits.strip_prefix("810").filter(|rest| rest.len() > 8) {
        return international(rest, rules);
    }
    let length = digits.len();
    let national = match length {
        10 => ten_digits(digits, rules)?,
        11 => digits
            .strip_prefix(['7', '8'])
            .ok_or(NumberError::TooLong { digits: length })?,
        _ if length < 10 => return Err(NumberError::TooShort { digits: length }),
        _ => return Err(NumberError::TooLong { digits: length }),
    };
    russia::check(national, rules)?;
    Ok(format!("+7{national}"))
}

/// Ten digits that begin with 7 or 8 and no code are more often `7 9…` or `8 9…` with a digit lost.
fn ten_digits<'a>(digits: &'a str, rules: &NumberRules) -> Result<&'a str, NumberError> {
    let lost = Err(NumberError::TooShort { digits: 10 });
    match (digits.as_bytes().first(), russia::check(digits, rules)) {
        (Some(b'8'), Err(NumberError::NotAssigned { .. })) => lost,
        (Some(b'6' | b'7'), checked) => {
            let kazakh = rules.countries.iter().any(|country| country == "KZ");
            if kazakh && checked.is_ok() {
                Ok(digits)
            } else {
                lost
            }
        }
        _ => Ok(digits),
    }
}

fn home_foreign(digits: &str, rules: &NumberRules) -> Result<String, NumberError> {
    let home: Id = rules
        .home()
        .parse()
        .map_err(|_| NumberError::UnknownCountry(rules.home().to_owned()))?;
    foreign(Some(home), digits, rules)
}

fn foreign(home: Option<Id>, text: &str, rules: &NumberRules) -> Result<String, NumberError> {
    let number =
        phonenumber::parse(home, text).map_err(|_| NumberError::NotAssigned { country: None })?;
    let country = number.country().id().map(|id| id.as_ref().to_owned());
    if !number.is_valid() {
        return Err(NumberError::NotAssigned { country });
    }
    let country = country.ok_or(NumberError::NotAssigned { country: None })?;
    rules.allow(&country)?;
    let kind = number.number_type(&DATABASE);
    if !rules.premium && matches!(kind, Type::PremiumRate | Type::SharedCost) {
        return Err(NumberError::Premium);
    }
    Ok(number.format().mode(phonenumber::Mode::E164).to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::super::PhoneNumber;
    use super::*;

    fn rules(countries: &[&str]) -> NumberRules {
        let countries: Vec<_> = countries.iter().map(|&code| code.to_owned()).collect();
        NumberRules::new(&countries, false).unwrap()
    }

    #[rstest]
    #[case("+79000000001")]
    #[case("79000000001")]
    #[case("89000000001")]
    #[case("9000000001")]
    #[case("8 (900) 000-00-01")]
    #[case("+7\u{a0}900\u{a0}000\u{2011}00\u{2013}01")]
    #[case(" [900] 000.00.01 ")]
    #[case("'+7 900 000 00 01")]
    #[case("\u{feff}\u{202d}8-900-000-00-01\u{202c}")]
    #[case("００７９００００００００１")]
    #[case("00 7 900 000 00 01")]
    #[case("8 10 7 900 000 00 01")]
    fn every_spelling_of_a_number_is_one_number(#[case] text: &str) {
        let parsed = parse(text, &rules(&["RU"]));
        assert_eq!(parsed.as_deref(), Ok("+79000000001"));
    }

    #[rstest]
    #[case("8 495 000-00-01", "+74950000001")]
    #[case("+7 812 000 00 01", "+78120000001")]
    #[case("8120000001", "+78120000001")]
    #[case("8 812 000 00 01", "+78120000001")]
    fn fixed_lines_are_accepted(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(parse(text, &rules(&["RU"])).as_deref(), Ok(expected));
    }

    #[rstest]
    #[case("", NumberError::Empty)]
    #[case(" - ", NumberError::Empty)]
    #[case("112", NumberError::Short { digits: 3 })]
    #[case("+7112", NumberError::Short { digits: 4 })]
    #[case("12345", NumberError::Short { digits: 5 })]
    #[case("123-45-67", NumberError::TooShort { digits: 7 })]
    #[case("+7 900 000", NumberError::TooShort { digits: 7 })]
    #[case("7900000000", NumberError::TooShort { digits: 10 })]
    #[case("8900000001", NumberError::TooShort { digits: 10 })]
    #[case("+7 900 000 00 011", NumberError::TooLong { digits: 12 })]
    #[case("890000000011", NumberError::TooLong { digits: 12 })]
    #[case("19000000001", NumberError::TooLong { digits: 11 })]
    #[case("900000000O", NumberError::BadCharacter('O'))]
    #[case("9000000001 доб. 5", NumberError::BadCharacter('д'))]
    #[case("9000000001, 9000000002", NumberError::BadCharacter(','))]
    #[case("++79000000001", NumberError::BadCharacter('+'))]
    #[case("8+9000000001", NumberError::BadCharacter('+'))]
    #[case("7,9E+10", NumberError::Rounded)]
    #[case("7.9991E+10", NumberError::Rounded)]
    #[case("88000000001", NumberError::Premium)]
    #[case("88090000001", NumberError::Premium)]
    #[case("+7 500 000 00 01", NumberError::NotAssigned { country: Some("RU".into()) })]
    #[case("+7 701 000 00 01", NumberError::CountryNotEnabled { country: "KZ".into() })]
    #[case("+7 940 000 00 01", NumberError::CountryNotEnabled { country: "GE-AB".into() })]
    #[case("+44 20 7946 0000", NumberError::CountryNotEnabled { country: "GB".into() })]
    #[case("8 10 44 20 7946 0000", NumberError::CountryNotEnabled { country: "GB".into() })]
    fn a_wrong_number_is_told_what_is_wrong(#[case] text: &str, #[case] expected: NumberError) {
        let error = PhoneNumber::parse(text, &rules(&["RU"])).unwrap_err();
        assert_eq!(error, expected);
        assert!(!error.hint().is_empty());
        assert!(!error.to_string().contains("000"), "{error}");
    }

    #[test]
    fn other_countries_are_dialled_once_enabled() {
        let both = rules(&["RU", "KZ", "GB"]);
        let ok = |text| parse(text, &both).unwrap();
        assert_eq!(ok("8 701 000 00 01"), "+77010000001");
        assert_eq!(ok("7010000001"), "+77010000001");
        assert_eq!(ok("+44 20 7946 0000"), "+442079460000");
        let british = rules(&["GB"]);
        assert_eq!(
            parse("020 7946 0000", &british).as_deref(),
            Ok("+442079460000")
        );
        let error = parse("+79000000001", &british).unwrap_err();
        assert_eq!(
            error,
            NumberError::CountryNotEnabled {
                country: "RU".into()
            }
        );
        let error = parse("0909 879 0000", &british).unwrap_err();
        assert_eq!(error, NumberError::Premium);
    }

    #[test]
    fn service_numbers_are_dialled_only_when_premium_is_on() {
        let mut open = rules(&["RU"]);
        open.premium = true;
        assert_eq!(parse("88000000001", &open).as_deref(), Ok("+78000000001"));
    }

    #[rstest]
    #[case("+7 701 000 00 01", "+77010000001")]
    #[case("8 701 000 00 01", "+77010000001")]
    #[case("+44 20 7946 0000", "+442079460000")]
    #[case("8 10 44 20 7946 0000", "+442079460000")]
    #[case("88000000001", "+78000000001")]
    #[case("9000000001", "+79000000001")]
    fn a_number_that_is_not_to_be_rung_is_taken_whatever_its_country(
        #[case] text: &str,
        #[case] expected: &str,
    ) {
        let rules = rules(&["RU"]).without_limits();
        assert_eq!(parse(text, &rules).as_deref(), Ok(expected));
        // A code that was left out is still the code at home, and a digit lost still a digit lost.
        let lost = parse("7010000001", &rules).unwrap_err();
        assert_eq!(lost, NumberError::TooShort { digits: 10 });
    }

    proptest! {
        #[test]
        fn any_text_is_a_number_or_an_error(text in "\\PC{0,24}") {
            if let Ok(e164) = parse(&text, &rules(&["RU", "KZ", "GB", "US"])) {
                prop_assert!(PhoneNumber::from_e164(&e164).is_ok());
            }
        }

        #[test]
        fn any_digits_are_a_number_of_an_enabled_country(text in "[+]?[0-9]{1,16}") {
            if let Ok(e164) = parse(&text, &rules(&["RU"])) {
                prop_assert!(e164.starts_with("+7") && e164.len() == 12);
                prop_assert_eq!(parse(&e164, &rules(&["RU"])), Ok(e164));
            }
        }

        #[test]
        fn every_number_of_the_lab_is_accepted(last in 0u32..10_000) {
            let text = format!("+7900000{last:04}");
            prop_assert_eq!(parse(&text, &rules(&["RU"])), Ok(text));
        }
    }
}
