//! How often: so many attempts in a day, a week, a month.
//!
//! A day is a date of the callee's calendar, a week the last seven of them, a month the last 31: no
//! calendar week or month can hold more than its limit, whichever day it begins on.

use std::fmt;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

/// The most attempts in a time; `None` is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Quota {
    /// In a day.
    pub day: Option<u32>,
    /// In a week.
    pub week: Option<u32>,
    /// In a month.
    pub month: Option<u32>,
}

/// A stretch of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Span {
    /// One date.
    Day,
    /// Seven dates.
    Week,
    /// Thirty-one dates.
    Month,
}

impl Span {
    const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    fn days(self) -> i64 {
        match self {
            Self::Day => 1,
            Self::Week => 7,
            Self::Month => 31,
        }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        })
    }
}

/// A limit that was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reached {
    pub(super) span: Span,
    pub(super) limit: u32,
    /// From when on there is room again.
    pub(super) until: Timestamp,
}

impl Quota {
    fn limit(self, span: Span) -> Option<u32> {
        match span {
            Span::Day => self.day,
            Span::Week => self.week,
            Span::Month => self.month,
        }
    }

    /// What in the quota speaks against one attempt more at `now`, after those at `past`.
    pub(super) fn reached(
        self,
        past: &[Timestamp],
        now: Timestamp,
        zone: &TimeZone,
    ) -> Option<Reached> {
        let date = |at: Timestamp| at.to_zoned(zone.clone()).date();
        let today = date(now);
        let mut dates: Vec<Date> = past.iter().copied().map(date).collect();
        dates.sort_unstable();
        Span::ALL
            .into_iter()
            .filter_map(|span| self.reached_in(span, &dates, today, zone))
            .max_by_key(|reached| reached.until)
    }

    /// The same where a day is 24 hours, whatever the calendar says.
    pub(super) fn reached_by_hours(self, past: &[Timestamp], now: Timestamp) -> Option<Reached> {
        let mut past = past.to_vec();
        past.sort_unstable();
        let reached = |span: Span| {
            let limit = self.limit(span)?;
            let length = SignedDuration::from_hours(24 * span.days());
            let free = |at: Timestamp| at.checked_add(length).unwrap_or(Timestamp::MAX);
            let frees = past.iter().copied().map(free);
            let inside: Vec<Timestamp> = frees.filter(|free| *free > now).collect();
            let surplus = inside.len().checked_sub(usize::try_from(limit).ok()?)?;
            let until = inside.get(surplus).copied().unwrap_or(Timestamp::MAX);
            Some(Reached { span, limit, until })
        };
        let all = Span::ALL.into_iter().filter_map(reached);
        all.max_by_key(|reached| reached.until)
    }

    fn reached_in(
        self,
        span: Span,
        dates: &[Date],
        today: Date,
        zone: &TimeZone,
    ) -> Option<Reached> {
        let limit = self.limit(span)?;
        // Attempts dated after today come from a clock set back; they count all the same.
        let oldest = today.checked_sub((span.days() - 1).days()).ok()?;
        let inside: Vec<Date> = dates
            .iter()
            .copied()
            .filter(|date| *date >= oldest)
            .collect();
        let surplus = inside.len().checked_sub(usize::try_from(limit).ok()?)?;
        // There is room when this many more have left the stretch.
        let until = match inside.get(surplus) {
            Some(date) => date
                .checked_add(span.days().days())
                .ok()
                .and_then(|day| day.to_datetime(Time::MIN).to_zoned(zone.clone()).ok())
                .map(|zoned| zoned.timestamp()),
            // A limit of nothing at all.
            None => None,
        };
        Some(Reached {
            span,
            limit,
            until: until.unwrap_or(Timestamp::MAX),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn moscow() -> TimeZone {
        TimeZone::get("Europe/Moscow").unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    const DEBT: Quota = Quota {
        day: Some(1),
        week: Some(2),
        month: Some(8),
    };

    #[test]
    fn a_day_ends_at_the_callees_midnight() {
        let past = [at("2026-11-20T09:00:00Z")];
        let reached = DEBT
            .reached(&past, at("2026-11-20T20:59:00Z"), &moscow())
            .unwrap();
        assert_eq!((reached.span, reached.limit), (Span::Day, 1));
        assert_eq!(reached.until, at("2026-11-20T21:00:00Z"));
        assert_eq!(DEBT.reached(&past, reached.until, &moscow()), None);
    }

    #[test]
    fn a_week_is_any_seven_days() {
        let past = [at("2026-11-18T09:00:00Z"), at("2026-11-20T09:00:00Z")];
        let reached = DEBT
            .reached(&past, at("2026-11-23T09:00:00Z"), &moscow())
            .unwrap();
        assert_eq!(
            (reached.span, reached.until),
            (Span::Week, at("2026-11-24T21:00:00Z"))
        );
    }

    #[test]
    fn by_hours_no_midnight_makes_room() {
        let past = [at("2026-11-20T20:59:50Z")];
        let midnight = at("2026-11-20T21:00:00Z");
        assert_eq!(DEBT.reached(&past, midnight, &moscow()), None);
        let reached = DEBT.reached_by_hours(&past, midnight).unwrap();
        let tomorrow = at("2026-11-21T20:59:50Z");
        assert_eq!((reached.span, reached.until), (Span::Day, tomorrow));
        assert_eq!(DEBT.reached_by_hours(&past, tomorrow), None);
        let two = [past[0], tomorrow];
        let reached = DEBT.reached_by_hours(&two, at("2026-11-23T09:00:00Z"));
        assert_eq!(reached.unwrap().until, at("2026-11-27T20:59:50Z"));
        let never = Quota {
            day: Some(0),
            ..Quota::default()
        };
        assert_eq!(
            never.reached_by_hours(&[], midnight).unwrap().until,
            Timestamp::MAX
        );
    }

    #[test]
    fn a_limit_of_none_at_all_is_never_over() {
        let none = Quota {
            day: Some(0),
            ..Quota::default()
        };
        let reached = none
            .reached(&[], at("2026-11-23T09:00:00Z"), &moscow())
            .unwrap();
        assert_eq!(reached.until, Timestamp::MAX);
        assert_eq!(
            Quota::default().reached(
                &[at("2026-11-23T09:00:00Z")],
                at("2026-11-23T09:00:00Z"),
                &moscow()
            ),
            None
        );
    }

    proptest! {
        #[test]
        fn whoever_waits_until_told_never_exceeds_a_limit(
            steps in prop::collection::vec(0i64..60 * 24 * 3, 1..60),
            day in 1u32..4, week in 1u32..7, month in 1u32..12,
        ) {
            let quota = Quota { day: Some(day), week: Some(week), month: Some(month) };
            let zone = moscow();
            let (mut now, mut past) = (at("2026-01-01T00:00:00Z"), Vec::<Timestamp>::new());
            for step in steps {
                now += step.minutes();
                while let Some(reached) = quota.reached(&past, now, &zone) {
                    prop_assert!(reached.until > now);
                    now = reached.until;
                }
                past.push(now);
            }
            let dates: Vec<Date> = past.iter().map(|at| at.to_zoned(zone.clone()).date()).collect();
            for (index, first) in dates.iter().enumerate() {
                for (days, limit) in [(1, day), (7, week), (31, month)] {
                    let end = first.checked_add(days.days()).unwrap();
                    let inside = dates[index..].iter().take_while(|date| **date < end).count();
                    prop_assert!(inside <= limit as usize, "{inside} in {days} days");
                }
            }
        }
    }
}
