//! The clock and the time zones: a calling window is kept by them.

use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::commands::{Desk, written};
use crate::driver;
use crate::report::CheckLine;
use crate::settings::Settings;

/// The service tells whole seconds, some of them on the way.
const SMALL: SignedDuration = SignedDuration::from_secs(5);
/// By so much a callee is rung too early without anybody noticing.
const LARGE: SignedDuration = SignedDuration::from_mins(2);

const MEND: &str = "set the clock by the network: timedatectl set-ntp true";

pub(super) fn lines(settings: &Settings, service: Option<&str>, desk: &Desk<'_>) -> Vec<CheckLine> {
    let now = driver::now();
    let zone = &settings.policy.default_timezone;
    let mut lines = vec![against(service, now), zones(&TimeZone::system(), zone, now)];
    lines.extend(past(settings, now, desk));
    lines
}

/// Our clock against that of the service, in the form of HTTP.
fn against(service: Option<&str>, now: Timestamp) -> CheckLine {
    let what = "clock";
    let told = service.and_then(|date| rfc2822::parse(date).ok());
    let Some(told) = told else {
        return CheckLine::ok(
            what,
            format!("{now}; nobody outside was there to compare it with"),
        );
    };
    let ahead = now.duration_since(told.timestamp());
    let found = format!(
        "{} s {} the clock of the speech service",
        ahead.abs().as_secs(),
        if ahead.is_negative() {
            "behind"
        } else {
            "ahead of"
        },
    );
    if ahead.abs() > LARGE {
        CheckLine::failure(what, found, MEND)
    } else if ahead.abs() > SMALL {
        CheckLine::warning(what, found, MEND)
    } else {
        CheckLine::ok(what, "agrees with the clock of the speech service")
    }
}

fn zones(system: &TimeZone, default: &TimeZone, now: Timestamp) -> CheckLine {
    let what = "time zone";
    let name = |zone: &TimeZone| zone.iana_name().unwrap_or("unknown").to_owned();
    let found = format!(
        "here {}, {} now; numbers of no known place count as {}, {} now",
        name(system),
        written::moment(now, system),
        name(default),
        written::moment(now, default),
    );
    if system.is_unknown() {
        return CheckLine::warning(
            what,
            found,
            "set the zone of the machine: timedatectl set-timezone Europe/Moscow",
        );
    }
    CheckLine::ok(what, found)
}

/// An attempt in the future: the clock was put back since, and limits by the day are wrong.
fn past(settings: &Settings, now: Timestamp, desk: &Desk<'_>) -> Option<CheckLine> {
    if !settings.storage.database.exists() {
        return None;
    }
    let newest = desk.ledger(settings).ok()?.health().ok()?.newest_attempt?;
    (newest.duration_since(now) > SMALL).then(|| {
        CheckLine::failure(
            "history",
            format!("the last call was begun in the future, at {newest}"),
            MEND,
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Level;

    #[test]
    fn a_clock_that_is_wrong_is_told_by_how_much() {
        let now: Timestamp = "2026-11-22T20:00:00Z".parse().unwrap();
        let level = |date: &str| against(Some(date), now).level;
        assert_eq!(level("Sun, 22 Nov 2026 20:00:02 GMT"), Level::Ok);
        assert_eq!(level("Sun, 22 Nov 2026 20:00:30 GMT"), Level::Warning);
        let line = against(Some("Sun, 22 Nov 2026 19:00:00 GMT"), now);
        assert_eq!(line.level, Level::Failure);
        assert!(line.found.contains("3600 s ahead"), "{line:?}");
        assert_eq!(against(None, now).level, Level::Ok);
        assert_eq!(against(Some("yesterday"), now).level, Level::Ok);
    }

    #[test]
    fn a_machine_without_a_zone_is_told() {
        let moscow = TimeZone::get("Europe/Moscow").unwrap();
        let now: Timestamp = "2026-11-22T20:00:00Z".parse().unwrap();
        assert_eq!(zones(&moscow, &moscow, now).level, Level::Ok);
        assert_eq!(
            zones(&TimeZone::unknown(), &moscow, now).level,
            Level::Warning
        );
    }
}
