//! Times and durations as people read them.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// `2026-11-20 15:04:05` in the zone of the settings.
pub(super) fn moment(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone())
        .strftime("%Y-%m-%d %H:%M:%S")
        .to_string()
}

/// RFC 3339 with the offset of the zone, for JSON: `2026-11-20T15:04:05.123+03:00`.
pub(super) fn rfc3339(at: Timestamp, zone: &TimeZone) -> String {
    let offset = zone.to_offset(at);
    at.display_with_offset(offset).to_string()
}

/// `12.3 s`
pub(super) fn seconds(ms: i64) -> String {
    format!("{}.{} s", ms / 1000, ms % 1000 / 100)
}

/// `01:02.3`, from the originate on.
pub(super) fn clock(ms: i64) -> String {
    format!(
        "{:02}:{:02}.{}",
        ms / 60_000,
        ms / 1000 % 60,
        ms % 1000 / 100
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_short_and_whole() {
        assert_eq!(seconds(12_345), "12.3 s");
        assert_eq!(clock(62_300), "01:02.3");
        let at: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        let zone = TimeZone::get("Europe/Moscow").unwrap();
        assert_eq!(moment(at, &zone), "2026-11-20 15:00:00");
        assert_eq!(rfc3339(at, &zone), "2026-11-20T15:00:00+03:00");
    }
}
