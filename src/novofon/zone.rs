//! Times of the account's zone, as both APIs write them, and points in time.

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// `2025-01-02 23:59:59`
const FORM: &str = "%Y-%m-%d %H:%M:%S";

/// A point in time in the account's words.
pub(super) fn written(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime(FORM).to_string()
}

/// The point in time that the account means; a fraction of a second is left out. Of an hour that a
/// zone has twice the first is taken.
pub(super) fn read(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let text = text.trim().get(..19)?.replace('T', " ");
    let local = DateTime::strptime(FORM, &text).ok()?;
    zone.to_timestamp(local).ok()
}

/// The zone of a clock that shows `local` at `unix` seconds; clocks differ by quarters of an hour.
pub(super) fn of_clock(local: &str, unix: i64) -> Option<TimeZone> {
    let shown = read(local, &TimeZone::UTC)?.as_second();
    let quarter = SignedDuration::from_mins(15).as_secs();
    let seconds = (shown - unix + quarter / 2).div_euclid(quarter) * quarter;
    let offset = Offset::from_seconds(i32::try_from(seconds).ok()?).ok()?;
    Some(offset.to_time_zone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_go_there_and_back() {
        let zone = TimeZone::get("Asia/Yekaterinburg").unwrap();
        let at: Timestamp = "2025-01-02T18:59:59Z".parse().unwrap();
        assert_eq!(written(at, &zone), "2025-01-02 23:59:59");
        assert_eq!(read("2025-01-02 23:59:59", &zone), Some(at));
        assert_eq!(read("2025-01-02 23:59:59.731", &zone), Some(at));
        assert_eq!(read("2025-01-02T23:59:59", &zone), Some(at));
        assert_eq!(read("yesterday", &zone), None);
    }

    #[test]
    fn a_clock_tells_its_zone_though_it_is_some_seconds_off() {
        let at: Timestamp = "2025-01-02T18:59:59Z".parse().unwrap();
        for shown in [
            "2025-01-02 21:59:59",
            "2025-01-02 22:01:10",
            "2025-01-02 21:57:00",
        ] {
            let zone = of_clock(shown, at.as_second()).unwrap();
            assert_eq!(written(at, &zone), "2025-01-02 21:59:59", "{shown}");
        }
        let behind = of_clock("2025-01-02 15:29:59", at.as_second()).unwrap();
        assert_eq!(written(at, &behind), "2025-01-02 15:29:59");
    }
}
