//! The columns `not_before` and `not_after`: an hour of each day, a day, a moment.

use std::fmt;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An end of the time in which a lead may be rung, in the callee's local time unless it names an
/// offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// `10:00`: on every day.
    Daily(Time),
    /// `2026-11-25`: from its first minute, or to its last.
    Day(Date),
    /// `2026-11-25 10:00`
    Local(DateTime),
    /// `2026-11-25T10:00:00+03:00`
    Instant(Timestamp),
}

impl Bound {
    /// Reads an hour, a date, or both; dates as `2026-11-25` or `25.11.2026`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(time) = time(text) {
            return Some(Self::Daily(time));
        }
        if let Some(date) = date(text) {
            return Some(Self::Day(date));
        }
        if let Ok(instant) = text.parse::<Timestamp>() {
            return Some(Self::Instant(instant));
        }
        let (day, hour) = text.split_once([' ', 'T'])?;
        let time = time(hour.trim())?;
        Some(Self::Local(date(day)?.to_datetime(time)))
    }

    /// The first moment it allows as a beginning; `None` for an hour of each day.
    pub fn begins(self, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::Daily(_) => None,
            Self::Day(date) => moment(date.to_datetime(Time::MIN), zone),
            Self::Local(datetime) => moment(datetime, zone),
            Self::Instant(at) => Some(at),
        }
    }

    /// The first moment it no longer allows as an end; `None` for an hour of each day.
    pub fn ends(self, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::Day(date) => {
                let next = date.checked_add(1.day()).ok()?;
                moment(next.to_datetime(Time::MIN), zone)
            }
            Self::Daily(_) | Self::Local(_) | Self::Instant(_) => self.begins(zone),
        }
    }

    /// The hour of each day, if it is one.
    pub fn daily(self) -> Option<Time> {
        match self {
            Self::Daily(time) => Some(time),
            Self::Day(_) | Self::Local(_) | Self::Instant(_) => None,
        }
    }
}

fn moment(datetime: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    Some(datetime.to_zoned(zone.clone()).ok()?.timestamp())
}

/// `9:30`, `09:30`, `09:30:00`
fn time(text: &str) -> Option<Time> {
    let mut parts = text.split(':');
    let number = |part: &str| -> Option<i8> {
        let digits = (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        part.parse().ok().filter(|_| digits)
    };
    let hour = number(parts.next()?)?;
    let minute = number(parts.next().filter(|part| part.len() == 2)?)?;
    let second = parts.next().map_or(Some(0), number)?;
    if parts.next().is_some() {
        return None;
    }
    Time::new(hour, minute, second, 0).ok()
}

/// `2026-11-25` or `25.11.2026`.
pub(super) fn date(text: &str) -> Option<Date> {
    let text = text.trim();
    if let Ok(date) = text.parse::<Date>()
        && text.len() == 10
    {
        return Some(date);
    }
    let mut parts = text.split('.');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 || day.len() > 2 || month.len() > 2 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Daily(time) => write!(f, "{}", time.strftime("%H:%M:%S")),
            Self::Day(date) => write!(f, "{date}"),
            Self::Local(datetime) => write!(f, "{}", datetime.strftime("%Y-%m-%d %H:%M:%S")),
            Self::Instant(at) => write!(f, "{at}"),
        }
    }
}

impl Serialize for Bound {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Bound {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("neither an hour nor a day"))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("9:30", "09:30:00")]
    #[case("10:00:05", "10:00:05")]
    #[case("2026-11-25", "2026-11-25")]
    #[case("25.11.2026", "2026-11-25")]
    #[case("5.1.2026 8:00", "2026-01-05 08:00:00")]
    #[case("2026-11-25T10:00", "2026-11-25 10:00:00")]
    #[case("2026-11-25T10:00:00+03:00", "2026-11-25T07:00:00Z")]
    fn bounds_are_read_and_shown_so_that_they_read_again(#[case] text: &str, #[case] shown: &str) {
        let bound = Bound::parse(text).unwrap();
        assert_eq!(bound.to_string(), shown);
        assert_eq!(Bound::parse(shown), Some(bound));
    }

    #[rstest]
    fn what_is_neither_hour_nor_day_is_refused(
        #[values(
            "",
            "soon",
            "25:00",
            "9",
            "9:3",
            "31.02.2026",
            "25.11.26",
            "2026-13-01",
            "10:00 x"
        )]
        text: &str,
    ) {
        assert_eq!(Bound::parse(text), None);
    }

    #[test]
    fn a_day_begins_and_ends_at_the_callees_midnight() {
        let zone = TimeZone::get("Asia/Omsk").unwrap();
        let day = Bound::parse("2026-11-25").unwrap();
        let at = |text: &str| Some(text.parse::<Timestamp>().unwrap());
        assert_eq!(day.begins(&zone), at("2026-11-24T18:00:00Z"));
        assert_eq!(day.ends(&zone), at("2026-11-25T18:00:00Z"));
        let hour = Bound::parse("10:00").unwrap();
        assert_eq!((hour.begins(&zone), hour.ends(&zone)), (None, None));
    }
}
