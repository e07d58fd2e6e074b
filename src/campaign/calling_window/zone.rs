//! The time zone of a callee: a name of the IANA database or a fixed distance from UTC.

use std::fmt;

use jiff::tz::{Offset, TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

/// A text that names no time zone.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is not a time zone{near}", near = meant(.0))]
pub struct BadZone(pub String);

/// The zone that was probably meant, `Europe/Moscow` for `Moskow`, as the end of the message.
fn meant(text: &str) -> String {
    let wrong = text.trim().to_lowercase();
    let likeness = |name: &str| {
        let whole = name.to_lowercase();
        // People write the city alone.
        let city = whole.rsplit('/').next().filter(|_| !wrong.contains('/'));
        strsim::jaro_winkler(&wrong, city.unwrap_or(&whole))
    };
    let names = jiff::tz::db().available();
    let best = names
        .map(|name| (likeness(name.as_str()), name))
        .filter(|(likeness, _)| *likeness > 0.9)
        .max_by(|one, other| one.0.total_cmp(&other.0));
    best.map_or_else(String::new, |(_, name)| format!("; did you mean {name}?"))
}

/// A time zone with the name it is kept by.
#[derive(Clone, PartialEq, Eq)]
pub struct Zone {
    name: String,
    zone: TimeZone,
}

impl Zone {
    /// Reads `Asia/Omsk`, `UTC+6`, `+06:00` or, as Russians write it, `МСК+3`.
    ///
    /// # Errors
    /// [`BadZone`].
    pub fn parse(text: &str) -> Result<Self, BadZone> {
        let bad = || BadZone(text.to_owned());
        let text = text.trim();
        if let Some(offset) = distance(text) {
            let minutes = i64::from(offset);
            let offset = Offset::from_seconds(i32::from(offset) * 60).map_err(|_| bad())?;
            let sign = if minutes < 0 { '-' } else { '+' };
            let name = format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60);
            return Ok(Self {
                name,
                zone: TimeZone::fixed(offset),
            });
        }
        let zone = TimeZone::get(text).map_err(|_| bad())?;
        let name = zone.iana_name().ok_or_else(bad)?.to_owned();
        Ok(Self { name, zone })
    }

    /// A zone that jiff knows; fixed ones are named by their offset.
    pub fn of(zone: TimeZone) -> Self {
        let name = zone.iana_name().map(str::to_owned);
        let name = name.unwrap_or_else(|| {
            let at = jiff::Timestamp::UNIX_EPOCH;
            zone.to_offset(at).to_string()
        });
        Self { name, zone }
    }

    /// Its name: `Asia/Omsk` or `+06:00`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The zone itself.
    pub fn time_zone(&self) -> &TimeZone {
        &self.zone
    }
}

/// Minutes east of UTC of `UTC+6`, `GMT-3`, `+05:30`, `МСК+2`.
fn distance(text: &str) -> Option<i16> {
    let upper = text.to_uppercase();
    let moscow = upper
        .strip_prefix("МСК")
        .or_else(|| upper.strip_prefix("MSK"));
    let (base, rest) = match moscow {
        Some("") => return Some(180),
        Some(rest) => (180, rest),
        None => {
            let rest = upper
                .strip_prefix("UTC")
                .or_else(|| upper.strip_prefix("GMT"))
                .filter(|rest| !rest.is_empty());
            (0, rest.unwrap_or(&upper))
        }
    };
    let (sign, rest) = match rest.trim_start().split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':').unwrap_or((rest, "0"));
    let number = |part: &str| -> Option<i16> {
        let digits = (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        part.parse().ok().filter(|_| digits)
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let total = base + sign * (hours * 60 + minutes);
    (minutes < 60 && (-12 * 60..=14 * 60).contains(&total)).then_some(total)
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.name)
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zone({})", self.name)
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name)
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn a_zone_that_is_none_is_told_with_the_nearest() {
        for (written, told) in [
            ("Europe/Moskow", "; did you mean Europe/Moscow?"),
            ("Moscow", "; did you mean Europe/Moscow?"),
            ("asia/omsck", "; did you mean Asia/Omsk?"),
            ("Москва", ""),
            ("nowhere", ""),
        ] {
            let error = BadZone(written.to_owned()).to_string();
            assert_eq!(error, format!("`{written}` is not a time zone{told}"));
        }
    }

    #[rstest]
    #[case("asia/omsk", "Asia/Omsk")]
    #[case("Europe/Moscow", "Europe/Moscow")]
    #[case("UTC", "UTC")]
    #[case("UTC+6", "+06:00")]
    #[case("gmt-3:30", "-03:30")]
    #[case("+05:30", "+05:30")]
    #[case("МСК+2", "+05:00")]
    #[case("msk", "+03:00")]
    #[case("МСК-1", "+02:00")]
    fn zones_have_one_name_each(#[case] text: &str, #[case] name: &str) {
        let zone = Zone::parse(text).unwrap();
        assert_eq!(zone.name(), name);
        assert_eq!(
            Zone::parse(zone.name()).unwrap(),
            zone,
            "its name leads back to it"
        );
    }

    #[test]
    fn what_is_no_zone_is_refused() {
        for text in [
            "", "Moscow", "UTC+15", "+5:60", "МСК+", "5", "+-5", "UTC+005",
        ] {
            assert_eq!(Zone::parse(text), Err(BadZone(text.to_owned())));
        }
    }
}
