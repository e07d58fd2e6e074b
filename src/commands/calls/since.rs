//! `--since`: a span back from now, a date or a time.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::output::{ExitStatus, UserError};

/// Reads `90m`, `24h`, `7d`, `2w`, `2026-11-20`, `2026-11-20T15:00` (in the zone of the settings)
/// or a time with its offset.
///
/// # Errors
/// A `UserError` that says what may be written.
pub(in crate::commands) fn parse(
    typed: &str,
    now: Timestamp,
    zone: &TimeZone,
) -> Result<Timestamp, UserError> {
    let moment = span(typed)
        .and_then(|span| now.checked_sub(span).ok())
        .or_else(|| typed.parse::<Timestamp>().ok())
        .or_else(|| {
            let civil = typed.parse::<DateTime>().ok();
            let civil = civil.or_else(|| {
                Some(
                    typed
                        .parse::<Date>()
                        .ok()?
                        .to_datetime(jiff::civil::Time::midnight()),
                )
            });
            Some(civil?.to_zoned(zone.clone()).ok()?.timestamp())
        });
    moment.ok_or_else(|| {
        let message = format!("`{typed}` is not a time");
        UserError::new(ExitStatus::Usage, "bad_time", message)
            .hint("write a span like 90m, 24h or 7d, or a date like 2026-11-20")
    })
}

/// A whole number of minutes, hours, days or weeks.
fn span(typed: &str) -> Option<SignedDuration> {
    let number = typed.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit_minutes = match typed.get(number.len()..)? {
        "m" | "min" => 1,
        "h" => 60,
        "d" => 24 * 60,
        "w" => 7 * 24 * 60,
        _ => return None,
    };
    let minutes = number.parse::<u32>().ok()?;
    Some(SignedDuration::from_mins(i64::from(minutes) * unit_minutes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(typed: &str) -> Result<String, UserError> {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let zone = TimeZone::get("Europe/Moscow").unwrap();
        parse(typed, now, &zone).map(|at| at.to_string())
    }

    #[test]
    fn spans_go_back_from_now_and_dates_are_local() {
        for (typed, expected) in [
            ("90m", "2026-11-22T10:30:00Z"),
            ("7d", "2026-11-15T12:00:00Z"),
            ("2026-11-20", "2026-11-19T21:00:00Z"),
            ("2026-11-20T15:00", "2026-11-20T12:00:00Z"),
            ("2026-11-20T15:00:00+05:00", "2026-11-20T10:00:00Z"),
        ] {
            assert_eq!(at(typed).as_deref(), Ok(expected), "{typed}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for typed in [
            "",
            "d",
            "-1d",
            "7x",
            "yesterday",
            "2026-13-01",
            "99999999999d",
        ] {
            assert_eq!(at(typed).unwrap_err().code, "bad_time", "{typed}");
        }
    }
}
