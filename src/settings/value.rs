//! The types of values: text in, a type or a complaint out. A complaint follows the key's name.

use std::time::Duration;

use jiff::SignedDuration;
use url::Url;

use crate::campaign::{BadZone, Money};
use crate::language::Language;
use crate::phone::{NumberRules, PhoneNumber};

/// Reads `30s`, `5m`, `1h30m`, `500ms`, from a second to a day.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let total = any_duration(text)?;
    if total < Duration::from_secs(1) {
        return Err(format!("`{text}` is shorter than a second"));
    }
    if total > Duration::from_hours(24) {
        return Err(format!("`{text}` is longer than a day"));
    }
    Ok(total)
}

/// Reads how long a callee can be let wait: `100ms` to `5s`.
pub(super) fn patience(text: &str) -> Result<Duration, String> {
    let total = any_duration(text)?;
    if !(Duration::from_millis(100)..=Duration::from_secs(5)).contains(&total) {
        return Err(format!("`{text}` is not between 100ms and 5s"));
    }
    Ok(total)
}

/// Reads a delay: `0s`, `15m`, `1d`, up to 90 days.
pub(super) fn delay(text: &str) -> Result<SignedDuration, String> {
    let total = any_duration(text)?;
    if total > Duration::from_hours(24 * 90) {
        return Err(format!("`{text}` is longer than 90 days"));
    }
    SignedDuration::try_from(total).map_err(|error| error.to_string())
}

/// Reads delays separated by commas.
pub(super) fn delays(text: &str) -> Result<Vec<SignedDuration>, String> {
    let words = text
        .split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty());
    let delays: Vec<SignedDuration> = words.map(delay).collect::<Result<_, _>>()?;
    if delays.is_empty() {
        return Err("names no delay".to_owned());
    }
    Ok(delays)
}

/// Reads a limit, 0 to 1000.
pub(super) fn limit(text: &str) -> Result<u32, String> {
    text.parse()
        .ok()
        .filter(|number| *number <= 1000)
        .ok_or_else(|| format!("`{text}` is not a whole number from 0 to 1000"))
}

/// Reads a price.
pub(super) fn price(text: &str) -> Result<Money, String> {
    Money::parse(text)
        .filter(|price| *price <= Money(1_000_000_000))
        .ok_or_else(|| format!("`{text}` is not a price like 1.80"))
}

/// Reads prices of numbers by their beginnings: `+7495=0.90,+7812=0.90`.
pub(super) fn prices(text: &str) -> Result<Vec<(String, Money)>, String> {
    text.split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty())
        .map(|word| {
            let complaint = || format!("`{word}` is not a beginning and a price, like +7495=0.90");
            let (prefix, amount) = word.split_once('=').ok_or_else(complaint)?;
            let digits = prefix.trim().strip_prefix('+').ok_or_else(complaint)?;
            if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(complaint());
            }
            Ok((format!("+{digits}"), price(amount)?))
        })
        .collect()
}

/// Reads a label: at most 32 characters are shown.
pub(super) fn label(text: &str) -> Result<String, String> {
    let length = text.chars().count();
    if length > 32 {
        return Err(format!(
            "the label has {length} characters; callees see at most 32"
        ));
    }
    Ok(text.to_owned())
}

fn any_duration(text: &str) -> Result<Duration, String> {
    let complaint = || format!("`{text}` is not a duration");
    let mut rest = text.trim();
    let mut total = Duration::ZERO;
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, after) = rest.split_at(digits);
        let letters = after
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(after.len());
        let (unit, next) = after.split_at(letters);
        let number: u64 = number.parse().map_err(|_| complaint())?;
        let unit_ms = match unit.trim() {
            "ms" => 1,
            "s" => 1_000,
            "m" | "min" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return Err(complaint()),
        };
        let part = Duration::from_millis(number.checked_mul(unit_ms).ok_or_else(complaint)?);
        total = total.checked_add(part).ok_or_else(complaint)?;
        rest = next.trim_start();
    }
    if text.trim().is_empty() {
        return Err(complaint());
    }
    Ok(total)
}

/// Reads `true` or `false`, and what shells use for them.
pub(super) fn flag(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Ok(true),
        "false" | "0" | "no" | "off" => Ok(false),
        _ => Err(format!("`{text}` is neither true nor false")),
    }
}

/// Reads a whole number from 1 to 1000.
pub(super) fn count(text: &str) -> Result<u32, String> {
    text.parse()
        .ok()
        .filter(|number| (1..=1000).contains(number))
        .ok_or_else(|| format!("`{text}` is not a whole number from 1 to 1000"))
}

/// Reads a rate a second, above 0 and at most 100.
pub(super) fn rate(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|rate| *rate > 0.0 && *rate <= 100.0)
        .ok_or_else(|| format!("`{text}` is not a number above 0 and up to 100"))
}

/// Reads countries separated by commas; the first is the country of numbers without a code.
pub(super) fn countries(text: &str) -> Result<Vec<String>, String> {
    let words: Vec<String> = text
        .split(',')
        .map(|word| word.trim().to_owned())
        .filter(|word| !word.is_empty())
        .collect();
    if words.is_empty() {
        return Err("names no country, so nobody could be rung".to_owned());
    }
    NumberRules::new(&words, false)
        .map(|rules| rules.countries)
        .map_err(|error| error.to_string())
}

/// Reads an `http` or `https` address.
pub(super) fn web_address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("not an address: {error}"))?;
    if !["http", "https"].contains(&url.scheme()) {
        return Err(format!(
            "the address begins with `{}:`, not http: or https:",
            url.scheme()
        ));
    }
    if url.username() != "" || url.password().is_some() {
        return Err("the address holds a login; it has a place of its own".to_owned());
    }
    Ok(url)
}

/// Checks a dial string: `{number}` must stand in it, `{trunk}` may, nothing else in braces.
pub(super) fn dial(text: &str) -> Result<String, String> {
    if !text.contains("{number}") {
        return Err(format!("`{text}` has no {{number}} in it"));
    }
    let rest = text.replace("{number}", "").replace("{trunk}", "");
    if rest.contains(['{', '}']) {
        return Err(format!(
            "`{text}` has braces other than {{number}} and {{trunk}}"
        ));
    }
    if !rest.contains('/') {
        return Err(format!("`{text}` has no technology in front, like PJSIP/"));
    }
    Ok(text.to_owned())
}

/// Checks a name that goes into addresses: letters, digits, `-`, `_` and `.`.
pub(super) fn name(text: &str) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if text.is_empty() || !text.chars().all(fits) {
        return Err(format!(
            "`{text}` may hold only letters, digits, `-`, `_` and `.`"
        ));
    }
    Ok(text.to_owned())
}

/// Reads a time zone of the IANA database.
pub(super) fn time_zone(text: &str) -> Result<jiff::tz::TimeZone, String> {
    jiff::tz::TimeZone::get(text).map_err(|_| BadZone(text.to_owned()).to_string())
}

/// Reads a number that callees see: 3 to 15 digits, or a whole international number after a plus.
/// Spaces, brackets and dashes are left out; the rest goes to the trunk as it is written.
pub(super) fn caller_id(text: &str) -> Result<String, String> {
    let number: String = text.chars().filter(|c| !" ()-".contains(*c)).collect();
    let digits = number.bytes().all(|byte| byte.is_ascii_digit());
    let fits = if number.starts_with('+') {
        PhoneNumber::from_e164(&number).is_ok()
    } else {
        digits && (3..=15).contains(&number.len())
    };
    if !fits {
        return Err(format!(
            "`{text}` is no number that callees could see (3 to 15 digits, or + and a whole number)"
        ));
    }
    Ok(number)
}

/// Reads how long it may ring: a line that nobody picks up in five minutes is let go by any network.
pub(super) fn ring_timeout(text: &str) -> Result<Duration, String> {
    let timeout = duration(text)?;
    if timeout > Duration::from_mins(5) {
        return Err(format!("`{text}` is longer than five minutes"));
    }
    Ok(timeout)
}

/// Reads the code of a language that we understand.
pub(super) fn language(text: &str) -> Result<String, String> {
    Language::parse(text)
        .map(|language| language.code().to_owned())
        .ok_or_else(|| format!("`{text}` is no language that novodial speaks"))
}

/// Any text but an empty one.
pub(super) fn text(text: &str) -> Result<String, String> {
    if text.is_empty() {
        return Err("is empty".to_owned());
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_units() {
        for (text, seconds) in [
            ("30s", 30),
            ("5m", 300),
            ("1h30m", 5400),
            ("1m 30s", 90),
            ("1500ms", 1),
        ] {
            assert_eq!(duration(text).unwrap().as_secs(), seconds, "{text}");
        }
        for text in [
            "",
            "30",
            "s",
            "-5s",
            "5 parsecs",
            "0s",
            "500ms",
            "25h",
            "99999999999999999999h",
            "1,5m",
            "18446744073709551615h",
        ] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn delays_may_be_nothing_and_prices_have_a_beginning() {
        assert_eq!(delay("0s").unwrap(), SignedDuration::ZERO);
        assert_eq!(delay("1d12h").unwrap().as_hours(), 36);
        assert_eq!(delays("15m, 1h").unwrap().len(), 2);
        assert!(
            ["", "91d", "soon", "15m,soon"]
                .iter()
                .all(|text| delays(text).is_err())
        );
        assert_eq!(
            prices("+7495=0.9").unwrap(),
            [("+7495".to_owned(), Money(9_000))]
        );
        assert!(
            ["7495=1", "+=1", "+7=x", "+7"]
                .iter()
                .all(|text| prices(text).is_err())
        );
        assert!(label(&"я".repeat(32)).is_ok() && label(&"я".repeat(33)).is_err());
        assert_eq!((limit("0"), limit("-1").is_err()), (Ok(0), true));
    }

    #[test]
    fn numbers_stay_in_their_bounds() {
        assert_eq!(count("5"), Ok(5));
        assert!(
            ["0", "-1", "1001", "five", "1.5"]
                .iter()
                .all(|text| count(text).is_err())
        );
        assert!((rate("0.5").unwrap() - 0.5).abs() < f64::EPSILON);
        assert!(
            ["0", "-1", "inf", "NaN", "101", ""]
                .iter()
                .all(|text| rate(text).is_err())
        );
    }

    #[test]
    fn a_dial_string_has_a_technology_and_the_number() {
        assert!(dial("PJSIP/{number}@{trunk}").is_ok());
        assert!(dial("Local/{number}@lab").is_ok());
        for text in ["PJSIP/{trunk}", "{number}", "PJSIP/{number}@{gate}", ""] {
            assert!(dial(text).is_err(), "{text}");
        }
    }

    #[test]
    fn countries_are_two_letters_each() {
        assert_eq!(countries("ru, KZ").unwrap(), ["RU", "KZ"]);
        assert!(
            ["", "RUS", "7", ","]
                .iter()
                .all(|text| countries(text).is_err())
        );
    }

    #[test]
    fn a_caller_id_is_a_number() {
        for (text, number) in [
            ("+74950000000", "+74950000000"),
            ("74950000000", "74950000000"),
            ("8 (495) 000-00-00", "84950000000"),
            ("101", "101"),
        ] {
            assert_eq!(caller_id(text).as_deref(), Ok(number));
        }
        for text in [
            "",
            "abc",
            "+7916",
            "12",
            "+",
            "++74950000000",
            "1234567890123456",
            "7495x",
        ] {
            assert!(caller_id(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_language_is_one_we_speak_and_ringing_has_an_end() {
        assert_eq!(language("en").as_deref(), Ok("en"));
        assert!(
            ["xyz", "r", "", "de"]
                .iter()
                .all(|text| language(text).is_err())
        );
        assert_eq!(ring_timeout("5m").unwrap().as_secs(), 300);
        assert!(ring_timeout("2h").is_err() && ring_timeout("0s").is_err());
    }

    #[test]
    fn addresses_hold_no_login() {
        assert!(web_address("http://127.0.0.1:8088").is_ok());
        for text in ["127.0.0.1:8088", "ftp://x", "http://user:word@host"] {
            assert!(web_address(text).is_err(), "{text}");
        }
    }
}
