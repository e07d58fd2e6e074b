//! When a callee may be rung: the hours of the calling window, in the callee's local time.
//!
//! Civil time by jiff's zone database, so a day that begins or ends summer time is no exception.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use thiserror::Error;

/// The callee may not be rung now; the window opens at this time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("outside the calling hours until {0}")]
pub struct NextOpening(pub Timestamp);

/// Calling hours that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` are no calling hours: write hours = \"08:00-22:00\" or \"any\"")]
pub struct BadHours(pub String);

/// The hours of a day in which a callee may be rung.
///
/// ```
/// use jiff::tz::TimeZone;
/// use novodial::campaign::{CallingHours, NextOpening};
/// let hours: CallingHours = "08:00-22:00".parse()?;
/// let moscow = TimeZone::get("Europe/Moscow").unwrap();
/// let night = "2026-11-22T01:30:00Z".parse().unwrap(); // 04:30 in Moscow
/// let opening = "2026-11-22T05:00:00Z".parse().unwrap();
/// assert_eq!(hours.may_ring(night, &moscow), Err(NextOpening(opening)));
/// # Ok::<(), novodial::campaign::BadHours>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallingHours {
    /// Day and night.
    Any,
    /// From the first minute up to, but without, the last; over midnight when `from` is later.
    Between {
        /// Minutes since midnight, 0 to 1439.
        from: u16,
        /// Minutes since midnight, 1 to 1440.
        to: u16,
    },
}

/// The rules on when to ring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The calling hours.
    pub hours: CallingHours,
    /// The zone of callees of whom nothing better is known.
    pub default_timezone: TimeZone,
}

impl Policy {
    /// Whether anybody may be rung now.
    ///
    /// # Errors
    /// Not now; it says when.
    pub fn may_ring(&self, now: Timestamp) -> Result<(), NextOpening> {
        self.hours.may_ring(now, &self.default_timezone)
    }
}

impl CallingHours {
    /// Whether a callee in this zone may be rung now.
    ///
    /// # Errors
    /// Not now; it says when.
    pub fn may_ring(self, now: Timestamp, zone: &TimeZone) -> Result<(), NextOpening> {
        if self.contain(now, zone) {
            return Ok(());
        }
        Err(NextOpening(self.next_opening(now, zone)))
    }

    fn contain(self, now: Timestamp, zone: &TimeZone) -> bool {
        let Self::Between { from, to } = self else {
            return true;
        };
        let local = now.to_zoned(zone.clone());
        let minute = minutes(local.time());
        if from < to {
            (from..to).contains(&minute)
        } else {
            minute >= from || minute < to
        }
    }

    /// The first opening after `now`. A window that summer time skips on one day (02:00-02:30
    /// on the last Sunday of March) opens on the next.
    fn next_opening(self, now: Timestamp, zone: &TimeZone) -> Timestamp {
        let Self::Between { from, .. } = self else {
            return now;
        };
        let today = now.to_zoned(zone.clone()).date();
        (0..=3)
            .filter_map(|days| {
                let day = today.checked_add(days.days()).ok()?;
                let opening = day.to_datetime(time(from)).to_zoned(zone.clone()).ok()?;
                Some(opening.timestamp())
            })
            .find(|&opening| opening > now && self.contain(opening, zone))
            .unwrap_or(Timestamp::MAX)
    }
}

fn minutes(time: Time) -> u16 {
    // 0 to 23 and 0 to 59: neither is negative, and the sum fits.
    u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs())
}

fn time(minutes: u16) -> Time {
    let part = |value: u16| i8::try_from(value).unwrap_or(0);
    Time::new(part(minutes / 60), part(minutes % 60), 0, 0).unwrap_or(Time::MIN)
}

impl FromStr for CallingHours {
    type Err = BadHours;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || BadHours(text.to_owned());
        if text.trim().eq_ignore_ascii_case("any") {
            return Ok(Self::Any);
        }
        let (from, to) = text.split_once(['-', '–']).ok_or_else(bad)?;
        let from = clock(from).filter(|&from| from < 24 * 60);
        let to = clock(to).filter(|&to| to > 0);
        match (from.ok_or_else(bad)?, to.ok_or_else(bad)?) {
            (from, to) if from == to => Err(bad()),
            (from, to) => Ok(Self::Between { from, to }),
        }
    }
}

/// `08:00` in minutes since midnight, up to `24:00`.
fn clock(text: &str) -> Option<u16> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let digits = |part: &str| part.len() <= 2 && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(hours) || !digits(minutes) || minutes.len() != 2 {
        return None;
    }
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    let total = hours * 60 + minutes;
    (minutes < 60 && total <= 24 * 60).then_some(total)
}

impl fmt::Display for CallingHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.pad("any"),
            Self::Between { from, to } => {
                let part = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
                f.pad(&format!("{}-{}", part(*from), part(*to)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[rstest]
    #[case("08:00-22:00", "08:00-22:00")]
    #[case(" 8:30 – 24:00 ", "08:30-24:00")]
    #[case("22:00-06:00", "22:00-06:00")]
    #[case("ANY", "any")]
    fn hours_are_read(#[case] text: &str, #[case] shown: &str) {
        assert_eq!(text.parse::<CallingHours>().unwrap().to_string(), shown);
    }

    #[rstest]
    fn other_hours_are_refused(
        #[values(
            "",
            "08:00",
            "8-22",
            "08:60-22:00",
            "25:00-26:00",
            "24:00-08:00",
            "08:00-00:00",
            "08:00-08:00",
            "-1:00-08:00",
            "08:00-24:01",
            "08:0-22:00",
            "always"
        )]
        text: &str,
    ) {
        assert_eq!(text.parse::<CallingHours>(), Err(BadHours(text.to_owned())));
    }

    #[rstest]
    #[case("08:00-22:00", "2026-11-22T04:59:59Z", Some("2026-11-22T05:00:00Z"))]
    #[case("08:00-22:00", "2026-11-22T05:00:00Z", None)]
    #[case("08:00-22:00", "2026-11-22T18:59:59.999Z", None)]
    #[case("08:00-22:00", "2026-11-22T19:00:00Z", Some("2026-11-23T05:00:00Z"))]
    #[case("22:00-06:00", "2026-11-22T20:00:00Z", None)]
    #[case("22:00-06:00", "2026-11-22T02:59:59Z", None)]
    #[case("22:00-06:00", "2026-11-22T03:00:00Z", Some("2026-11-22T19:00:00Z"))]
    #[case("any", "2026-11-22T01:00:00Z", None)]
    fn moscow_is_rung_in_its_own_hours(
        #[case] hours: &str,
        #[case] now: &str,
        #[case] opening: Option<&str>,
    ) {
        let policy = Policy {
            hours: hours.parse().unwrap(),
            default_timezone: TimeZone::get("Europe/Moscow").unwrap(),
        };
        let expected = opening.map_or(Ok(()), |opening| Err(NextOpening(at(opening))));
        assert_eq!(policy.may_ring(at(now)), expected);
    }

    #[test]
    fn a_window_that_summer_time_skips_opens_the_next_day() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let hours: CallingHours = "02:00-02:30".parse().unwrap();
        // Clocks went from 02:00 to 03:00 on 29 March 2026.
        let closed = hours.may_ring(at("2026-03-29T00:30:00Z"), &berlin);
        assert_eq!(closed, Err(NextOpening(at("2026-03-30T00:00:00Z"))));
    }

    proptest! {
        #[test]
        fn the_next_opening_is_open_and_nothing_before_it_is(
            minute in 0i64..60 * 24 * 366,
            from in 0u16..1440,
            to in 1u16..=1440,
            zone in prop::sample::select(vec![
                "Europe/Moscow", "Asia/Kamchatka", "America/New_York", "Australia/Lord_Howe",
            ]),
        ) {
            prop_assume!(from != to);
            let zone = TimeZone::get(zone).unwrap();
            let hours = CallingHours::Between { from, to };
            let now = at("2026-01-01T00:00:00Z") + (minute * 60).seconds();
            if let Err(NextOpening(opening)) = hours.may_ring(now, &zone) {
                prop_assert!(opening > now);
                prop_assert_eq!(hours.may_ring(opening, &zone), Ok(()));
                let before = opening - 1.millisecond();
                prop_assert!(hours.may_ring(before, &zone).is_err());
            }
        }
    }
}
