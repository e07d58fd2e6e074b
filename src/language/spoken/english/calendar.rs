//! Dates, days of the week and times of day.

use jiff::civil::{Date, DateTime, Time};

use super::super::join;
use super::number::{cardinal, ordinal};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

/// "November twenty-third", with the year "November twenty-third, twenty twenty-six".
pub(in super::super) fn date(date: Date, with_year: bool) -> String {
    let month = usize::from(date.month().unsigned_abs()) - 1;
    let month = MONTHS.get(month).copied().unwrap_or_default();
    let day = ordinal(i64::from(date.day()));
    if with_year {
        format!("{month} {day}, {}", year(i64::from(date.year())))
    } else {
        format!("{month} {day}")
    }
}

/// A year in pairs: "twenty twenty-six", but "two thousand five" and "nineteen hundred".
fn year(year: i64) -> String {
    let (century, rest) = (year / 100, year % 100);
    match rest {
        _ if !(1100..10_000).contains(&year) || (2000..2010).contains(&year) => cardinal(year),
        0 => format!("{} hundred", cardinal(century)),
        1..=9 => format!("{} oh {}", cardinal(century), cardinal(rest)),
        _ => format!("{} {}", cardinal(century), cardinal(rest)),
    }
}

/// The day of the week.
pub(in super::super) fn weekday(date: Date) -> &'static str {
    let index = usize::from(date.weekday().to_monday_zero_offset().unsigned_abs());
    WEEKDAYS.get(index).copied().unwrap_or_default()
}

/// "three thirty p.m.", "noon".
pub(in super::super) fn time(time: Time) -> String {
    let (hour, minute) = (i64::from(time.hour()), i64::from(time.minute()));
    match (hour, minute) {
        (0, 0) => return "midnight".to_owned(),
        (12, 0) => return "noon".to_owned(),
        _ => {}
    }
    let minutes = match minute {
        0 => String::new(),
        1..=9 => format!("oh {}", cardinal(minute)),
        _ => cardinal(minute),
    };
    let twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
    let half = if hour < 12 { "a.m." } else { "p.m." };
    join(&[cardinal(twelve), minutes, half.to_owned()])
}

/// "today at", "tomorrow at", a day of the coming week by its name too, else the date.
pub(in super::super) fn moment(at: DateTime, now: DateTime) -> String {
    let day = at.date();
    let days = (day - now.date()).get_days();
    let near = match days {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        2..=7 => format!("on {}, {},", weekday(day), date(day, false)),
        _ => format!("on {}", date(day, day.year() != now.year())),
    };
    format!("{near} at {}", time(at.time()))
}
