//! The hour of the day in the campaign's own time zone.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The hour of the day; kept, since the calendar is dear and an hour is long.
#[derive(Debug, Clone)]
pub(super) struct Hour {
    zone: TimeZone,
    /// The quarter of an hour that was looked at last (zones differ by quarters), and its hour.
    known: Option<(i64, i8)>,
}

impl Hour {
    pub(super) fn new(zone: TimeZone) -> Self {
        Self { zone, known: None }
    }

    pub(super) fn of(&mut self, now: Timestamp) -> i8 {
        let quarter = now.as_second().div_euclid(900);
        match self.known {
            Some((known, hour)) if known == quarter => hour,
            _ => {
                let hour = now.to_zoned(self.zone.clone()).hour();
                self.known = Some((quarter, hour));
                hour
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_turns_with_the_clock_of_the_zone_even_of_one_off_by_three_quarters() {
        let mut hour = Hour::new(TimeZone::get("Asia/Kathmandu").unwrap());
        let at = |text: &str| text.parse().unwrap();
        assert_eq!(hour.of(at("2026-11-23T06:14:59.999Z")), 11);
        assert_eq!(hour.of(at("2026-11-23T06:15:00Z")), 12);
        assert_eq!(hour.of(at("2026-11-23T06:14:00Z")), 11);
    }
}
