//! The calling window: the hours of the week and the holidays, in the callee's time.
//!
//! A callee who may live in one of several zones is rung only when the window is open in all of
//! them. Civil time is jiff's, so a day that begins or ends summer time is no exception.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::calendar::{Calendar, DayKind};
use super::week::{DayHours, WeekHours};

/// So many days are looked through for the next opening: more than the longest holidays.
const HORIZON_DAYS: i64 = 40;

/// When a callee may be rung.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallingWindow {
    /// The hours of each day.
    pub hours: WeekHours,
    /// The holidays; none are known without it.
    pub holidays: Option<Calendar>,
}

/// What narrows the window for one lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Narrowing {
    /// Not before this hour of a day.
    pub from: Option<Time>,
    /// Not from this hour of a day on.
    pub to: Option<Time>,
}

impl CallingWindow {
    /// Day and night, every day.
    pub fn any() -> Self {
        Self {
            hours: WeekHours::any(),
            holidays: None,
        }
    }

    /// Whether it may ring now in every one of the zones.
    pub fn is_open(&self, now: Timestamp, zones: &[TimeZone], narrowing: Narrowing) -> bool {
        zones.iter().all(|zone| self.opens_in(now, zone, narrowing))
    }

    /// The first moment, not before now, at which it may ring in every one of the zones; `None` if
    /// there is none in the weeks ahead.
    pub fn next_opening(
        &self,
        now: Timestamp,
        zones: &[TimeZone],
        narrowing: Narrowing,
    ) -> Option<Timestamp> {
        if self.is_open(now, zones, narrowing) {
            return Some(now);
        }
        // The window opens when it opens in one of the zones; each such moment is tried in all.
        let mut openings: Vec<Timestamp> = zones
            .iter()
            .flat_map(|zone| self.edges(now, zone, narrowing, Edge::Opening))
            .collect();
        openings.sort_unstable();
        openings
            .into_iter()
            .find(|&at| self.is_open(at, zones, narrowing))
    }

    /// When the window that is open now closes in one of the zones; `None` if it does not in the
    /// weeks ahead.
    pub fn closes(
        &self,
        now: Timestamp,
        zones: &[TimeZone],
        narrowing: Narrowing,
    ) -> Option<Timestamp> {
        zones
            .iter()
            .flat_map(|zone| self.edges(now, zone, narrowing, Edge::Closing))
            .filter(|&at| !self.is_open(at, zones, narrowing))
            .min()
    }

    /// The hours of a date.
    pub fn hours_of(&self, date: Date) -> &DayHours {
        let kind = self
            .holidays
            .as_ref()
            .map_or(DayKind::Ordinary, |days| days.kind(date));
        match kind {
            DayKind::Ordinary => self.hours.day(date.weekday()),
            DayKind::Holiday => self.hours.holiday(),
            // A Saturday on which people work goes by the hours of a Friday.
            DayKind::Workday => self.hours.day(Weekday::Friday),
        }
    }

    fn opens_in(&self, now: Timestamp, zone: &TimeZone, narrowing: Narrowing) -> bool {
        let local = now.to_zoned(zone.clone());
        let time = local.time();
        let inside = narrowing.from.is_none_or(|from| time >= from)
            && narrowing.to.is_none_or(|to| time < to);
        inside && self.hours_of(local.date()).contain(minute_of(time))
    }

    /// The openings or closings in one zone after now, each on its day.
    fn edges(
        &self,
        now: Timestamp,
        zone: &TimeZone,
        narrowing: Narrowing,
        edge: Edge,
    ) -> Vec<Timestamp> {
        let today = now.to_zoned(zone.clone()).date();
        (0..=HORIZON_DAYS)
            .filter_map(|days| today.checked_add(days.days()).ok())
            .flat_map(|date| {
                let spans = self.hours_of(date).spans().to_vec();
                let own = match edge {
                    Edge::Opening => narrowing.from,
                    Edge::Closing => narrowing.to,
                };
                let moments = spans
                    .into_iter()
                    .filter_map(move |span| moment(date, edge.of(span), zone));
                let own = own.and_then(|time| date.to_datetime(time).to_zoned(zone.clone()).ok());
                moments.chain(own.map(|zoned| zoned.timestamp()))
            })
            .filter(|&at| at > now)
            .collect()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Edge {
    Opening,
    Closing,
}

impl Edge {
    fn of(self, (from, to): (u16, u16)) -> u16 {
        match self {
            Self::Opening => from,
            Self::Closing => to,
        }
    }
}

fn minute_of(time: Time) -> u16 {
    // 0 to 23 and 0 to 59: neither is negative, and the sum fits.
    u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs())
}

/// A minute of a date in a zone, midnight of the next day for 1440. An hour that summer time skips
/// is the moment after it.
fn moment(date: Date, minute: u16, zone: &TimeZone) -> Option<Timestamp> {
    let midnight = date.to_datetime(Time::MIN);
    let at = midnight
        .checked_add(SignedDuration::from_mins(i64::from(minute)))
        .ok()?;
    Some(at.to_zoned(zone.clone()).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn window(hours: &str, holidays: Option<&str>) -> CallingWindow {
        CallingWindow {
            hours: hours.parse().unwrap(),
            holidays: holidays.and_then(Calendar::shipped),
        }
    }

    fn zones(names: &[&str]) -> Vec<TimeZone> {
        names
            .iter()
            .map(|name| TimeZone::get(name).unwrap())
            .collect()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    const D4: &str = "Mon-Fri 09:00-20:00, Sat 10:00-18:00, holidays none";

    #[rstest]
    // Friday evening, Saturday morning.
    #[case(D4, &["Europe/Moscow"], "2026-11-20T17:00:00Z", "2026-11-21T07:00:00Z")]
    // Sunday waits for Monday.
    #[case(D4, &["Europe/Moscow"], "2026-11-22T09:00:00Z", "2026-11-23T06:00:00Z")]
    // New Year's holidays end on Friday the 9th.
    #[case(D4, &["Europe/Moscow"], "2025-12-30T17:30:00Z", "2026-01-10T07:00:00Z")]
    // A Saturday on which people work goes by the hours of a Friday.
    #[case(D4, &["Europe/Moscow"], "2025-11-01T16:30:00Z", "2025-11-01T16:30:00Z")]
    // Open now.
    #[case(D4, &["Asia/Vladivostok"], "2026-11-20T00:00:00Z", "2026-11-20T00:00:00Z")]
    // All of Russia at once: one hour.
    #[case("09:00-20:00", &["Europe/Kaliningrad", "Asia/Kamchatka"], "2026-11-20T00:00:00Z", "2026-11-20T07:00:00Z")]
    // A window that summer time skips on 29 March opens when the clock has jumped.
    #[case("02:00-03:30", &["Europe/Berlin"], "2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z")]
    fn the_next_opening(
        #[case] hours: &str,
        #[case] names: &[&str],
        #[case] now: &str,
        #[case] opening: &str,
    ) {
        let found =
            window(hours, Some("ru")).next_opening(at(now), &zones(names), Narrowing::default());
        assert_eq!(found, Some(at(opening)));
    }

    #[test]
    fn zones_too_far_apart_never_open_together() {
        let narrow = window("09:00-12:00", None);
        let apart = zones(&["Europe/Kaliningrad", "Asia/Kamchatka"]);
        assert_eq!(
            narrow.next_opening(at("2026-11-20T00:00:00Z"), &apart, Narrowing::default()),
            None
        );
    }

    #[test]
    fn a_lead_may_narrow_the_hours() {
        let narrowing = Narrowing {
            from: Some(Time::constant(14, 30, 0, 0)),
            to: Some(Time::constant(15, 0, 0, 0)),
        };
        let moscow = zones(&["Europe/Moscow"]);
        let open = window("08:00-22:00", None);
        let opening = open.next_opening(at("2026-11-20T06:00:00Z"), &moscow, narrowing);
        assert_eq!(opening, Some(at("2026-11-20T11:30:00Z")));
        let closing = open.closes(at("2026-11-20T11:30:00Z"), &moscow, narrowing);
        assert_eq!(closing, Some(at("2026-11-20T12:00:00Z")));
    }

    #[test]
    fn a_window_closes_where_it_closes_first() {
        let both = zones(&["Europe/Moscow", "Asia/Yekaterinburg"]);
        let closing = window("08:00-22:00", None).closes(
            at("2026-11-20T09:00:00Z"),
            &both,
            Narrowing::default(),
        );
        assert_eq!(closing, Some(at("2026-11-20T17:00:00Z")));
        assert_eq!(
            CallingWindow::any().closes(at("2026-11-20T09:00:00Z"), &both, Narrowing::default()),
            None
        );
    }

    proptest! {
        #[test]
        fn the_next_opening_is_open_and_nothing_before_it_is(
            minute in 0i64..60 * 24 * 366,
            from in 0u16..1440,
            to in 1u16..=1440,
            name in prop::sample::select(vec![
                "Europe/Moscow", "Asia/Kamchatka", "America/New_York", "Australia/Lord_Howe",
            ]),
        ) {
            prop_assume!(from != to);
            let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
            let window = window(&format!("Mon-Sat {}-{}", clock(from), clock(to)), Some("ru"));
            let zone = zones(&[name]);
            let now = at("2026-01-01T00:00:00Z") + (minute * 60).seconds();
            let opening = window.next_opening(now, &zone, Narrowing::default()).unwrap();
            prop_assert!(opening >= now);
            prop_assert!(window.is_open(opening, &zone, Narrowing::default()));
            if opening > now {
                prop_assert!(!window.is_open(opening - 1.millisecond(), &zone, Narrowing::default()));
                prop_assert!(!window.is_open(now, &zone, Narrowing::default()));
            }
        }
    }
}
