//! The hours of a week in which it may ring: `Mon-Fri 09:00-20:00, Sat 10:00-18:00`.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Weekday;
use thiserror::Error;

/// Minutes of a day.
const DAY: u16 = 24 * 60;

/// Hours that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` are no calling hours")]
pub struct BadWeek(pub String);

/// The open spans of one day in minutes since midnight, sorted, none touching another; from the first
/// minute up to, but without, the last.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DayHours(Vec<(u16, u16)>);

/// Hours for each day of the week and for holidays.
///
/// ```
/// use novodial::campaign::WeekHours;
/// let week: WeekHours = "Mon-Fri 9:00-20:00, Sat 10:00-18:00".parse()?;
/// assert_eq!(week.to_string(), "Mon-Fri 09:00-20:00, Sat 10:00-18:00");
/// # Ok::<(), novodial::campaign::BadWeek>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeekHours {
    /// Monday first.
    days: [DayHours; 7],
    /// Of holidays; where nothing is said, a holiday is a Sunday.
    holiday: Option<DayHours>,
}

impl DayHours {
    /// Open all day.
    pub fn all() -> Self {
        Self(vec![(0, DAY)])
    }

    /// The open spans.
    pub fn spans(&self) -> &[(u16, u16)] {
        &self.0
    }

    /// Whether a minute of the day is open.
    pub fn contain(&self, minute: u16) -> bool {
        self.0
            .iter()
            .any(|&(from, to)| (from..to).contains(&minute))
    }

    /// The hours that are closed.
    fn closed(&self) -> Self {
        let mut closed = Vec::new();
        let mut from = 0;
        for &(opens, closes) in &self.0 {
            closed.push((from, opens));
            from = closes;
        }
        closed.push((from, DAY));
        closed.retain(|(from, to)| from < to);
        Self(closed)
    }

    /// Adds a span; over midnight when it ends before it begins, both parts on the same day.
    fn add(&mut self, from: u16, to: u16) {
        if from < to {
            self.0.push((from, to));
        } else {
            self.0.push((from, DAY));
            self.0.push((0, to));
        }
        self.0.sort_unstable();
        let mut joined: Vec<(u16, u16)> = Vec::new();
        for &(from, to) in &self.0 {
            match joined.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(to),
                _ => joined.push((from, to)),
            }
        }
        joined.retain(|(from, to)| from < to);
        self.0 = joined;
    }

    /// What is open in both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let mut both = Vec::new();
        for &(from, to) in &self.0 {
            for &(other_from, other_to) in &other.0 {
                let span = (from.max(other_from), to.min(other_to));
                if span.0 < span.1 {
                    both.push(span);
                }
            }
        }
        both.sort_unstable();
        Self(both)
    }
}

impl WeekHours {
    /// Day and night, every day.
    pub fn any() -> Self {
        Self {
            days: std::array::from_fn(|_| DayHours::all()),
            holiday: None,
        }
    }

    /// The hours of a day of the week.
    pub fn day(&self, weekday: Weekday) -> &DayHours {
        static CLOSED: DayHours = DayHours(Vec::new());
        let index = usize::from(weekday.to_monday_zero_offset().unsigned_abs());
        self.days.get(index).unwrap_or(&CLOSED)
    }

    /// The hours of a holiday.
    pub fn holiday(&self) -> &DayHours {
        self.holiday
            .as_ref()
            .unwrap_or_else(|| self.day(Weekday::Sunday))
    }

    /// What is open in both, day by day and on holidays.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let day = |index: usize| match (self.days.get(index), other.days.get(index)) {
            (Some(one), Some(two)) => one.and(two),
            _ => DayHours::default(),
        };
        Self {
            days: std::array::from_fn(day),
            holiday: Some(self.holiday().and(other.holiday())),
        }
    }

    /// The hours of the day in which it stays closed where it rings over midnight instead: those
    /// that were meant, if the two clocks were swapped. `None` where no night is rung through, and
    /// where the whole day is.
    pub fn swapped(&self) -> Option<DayHours> {
        let mut days = self.days.iter().chain(&self.holiday);
        let over_midnight = |day: &&DayHours| {
            let ends = (day.0.first(), day.0.last());
            matches!(ends, (Some((0, to)), Some((_, DAY))) if *to < DAY)
        };
        days.find(over_midnight).map(DayHours::closed)
    }

    /// Whether everything that is open here is open there, too.
    pub fn within(&self, other: &Self) -> bool {
        let both = self.and(other);
        self.days == both.days && *self.holiday() == *both.holiday()
    }
}

const NAMES: [[&str; 3]; 7] = [
    ["mon", "monday", "пн"],
    ["tue", "tuesday", "вт"],
    ["wed", "wednesday", "ср"],
    ["thu", "thursday", "чт"],
    ["fri", "friday", "пт"],
    ["sat", "saturday", "сб"],
    ["sun", "sunday", "вс"],
];
const SHORT: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// The days that an entry is about.
enum Days {
    Of([bool; 7]),
    Holidays,
}

impl FromStr for WeekHours {
    type Err = BadWeek;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || BadWeek(text.to_owned());
        let mut week = Self {
            days: std::array::from_fn(|_| DayHours::default()),
            holiday: None,
        };
        let mut entries = 0;
        for entry in text
            .split([',', ';'])
            .map(str::trim)
            .filter(|entry| !entry.is_empty())
        {
            entries += 1;
            let (days, hours) = match entry.rsplit_once(char::is_whitespace) {
                // `8:30 – 24:00`: the space is inside the hours.
                Some((days, hours)) if !days.contains(':') => {
                    (read_days(days.trim()).ok_or_else(bad)?, hours)
                }
                _ => (Days::Of([true; 7]), entry),
            };
            let span = read_span(hours).ok_or_else(bad)?;
            match days {
                Days::Holidays => add(week.holiday.get_or_insert_default(), span),
                Days::Of(days) => {
                    let open = week.days.iter_mut().zip(days).filter(|(_, meant)| *meant);
                    open.for_each(|(day, _)| add(day, span));
                }
            }
        }
        let open = week.days.iter().any(|day| !day.0.is_empty());
        if entries == 0 || !open {
            return Err(bad());
        }
        Ok(week)
    }
}

fn add(day: &mut DayHours, span: Option<(u16, u16)>) {
    if let Some((from, to)) = span {
        day.add(from, to);
    }
}

fn read_days(text: &str) -> Option<Days> {
    let lower = text.to_lowercase();
    if matches!(lower.as_str(), "holidays" | "holiday" | "праздники") {
        return Some(Days::Holidays);
    }
    if matches!(lower.as_str(), "daily" | "every day" | "ежедневно") {
        return Some(Days::Of([true; 7]));
    }
    let place = |name: &str| NAMES.iter().position(|names| names.contains(&name.trim()));
    let (first, last) = match lower.split_once(['-', '–']) {
        Some((first, last)) => (place(first)?, place(last)?),
        None => (place(&lower)?, place(&lower)?),
    };
    // `Sat-Mon` goes over the end of the week.
    let meant = |day: usize| {
        if first <= last {
            (first..=last).contains(&day)
        } else {
            day >= first || day <= last
        }
    };
    Some(Days::Of(std::array::from_fn(meant)))
}

/// `09:00-20:00`; `any` is the whole day, `none` nothing.
#[expect(clippy::option_option, reason = "unreadable, closed, open")]
fn read_span(text: &str) -> Option<Option<(u16, u16)>> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("any") {
        return Some(Some((0, DAY)));
    }
    if matches!(text.to_lowercase().as_str(), "none" | "closed" | "нет") {
        return Some(None);
    }
    let (from, to) = text.split_once(['-', '–'])?;
    let from = clock(from).filter(|&from| from < DAY)?;
    let to = clock(to).filter(|&to| to > 0)?;
    (from != to).then_some(Some((from, to)))
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
    (minutes < 60 && total <= DAY).then_some(total)
}

impl fmt::Display for DayHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == [(0, DAY)] {
            return f.write_str("any");
        }
        let part = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        let spans: Vec<String> = self
            .0
            .iter()
            .map(|&(from, to)| format!("{}-{}", part(from), part(to)))
            .collect();
        f.write_str(if spans.is_empty() { "none" } else { "" })?;
        f.write_str(&spans.join(" and "))
    }
}

impl fmt::Display for WeekHours {
    /// As it can be read again.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts: Vec<String> = Vec::new();
        let mut first = 0;
        while let Some(day) = self.days.get(first) {
            let same = self
                .days
                .iter()
                .skip(first)
                .take_while(|other| *other == day)
                .count();
            let last = first + same - 1;
            let name = match (SHORT.get(first), SHORT.get(last)) {
                _ if same == 7 => String::new(),
                (Some(only), _) if same == 1 => format!("{only} "),
                (Some(from), Some(to)) => format!("{from}-{to} "),
                _ => String::new(),
            };
            let entries = day.to_string();
            if !day.0.is_empty() {
                parts.extend(entries.split(" and ").map(|span| format!("{name}{span}")));
            }
            first += same;
        }
        if let Some(holiday) = &self.holiday {
            let entries = holiday.to_string();
            parts.extend(
                entries
                    .split(" and ")
                    .map(|span| format!("holidays {span}")),
            );
        }
        f.pad(&parts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("08:00-22:00", "08:00-22:00")]
    #[case(" 8:30 – 24:00 ", "08:30-24:00")]
    #[case("22:00-06:00", "00:00-06:00, 22:00-24:00")]
    #[case("ANY", "any")]
    #[case(
        "Пн-Пт 9:00-20:00; сб 10:00-18:00; праздники нет",
        "Mon-Fri 09:00-20:00, Sat 10:00-18:00, holidays none"
    )]
    #[case("mon 9:00-13:00, mon 14:00-18:00", "Mon 09:00-13:00, Mon 14:00-18:00")]
    #[case("Sat-Mon 10:00-12:00", "Mon 10:00-12:00, Sat-Sun 10:00-12:00")]
    #[case(
        "Mon-Fri any, holidays 09:00-20:00",
        "Mon-Fri any, holidays 09:00-20:00"
    )]
    fn weeks_are_read_and_shown_so_that_they_read_again(#[case] text: &str, #[case] shown: &str) {
        let week: WeekHours = text.parse().unwrap();
        assert_eq!(week.to_string(), shown);
        assert_eq!(shown.parse::<WeekHours>().unwrap(), week);
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
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
            "always",
            "none",
            "Mon none",
            "Moonday 08:00-22:00",
            "Mon-Foo 08:00-22:00",
            "holidays 08:00-22:00",
        ] {
            assert_eq!(
                text.parse::<WeekHours>(),
                Err(BadWeek(text.to_owned())),
                "{text}"
            );
        }
    }

    #[test]
    fn hours_over_midnight_may_be_the_two_clocks_swapped() {
        let swapped = |text: &str| {
            let hours = text.parse::<WeekHours>().unwrap().swapped();
            hours.map(|hours| hours.to_string())
        };
        assert_eq!(swapped("22:00-08:00").as_deref(), Some("08:00-22:00"));
        let weekend = "Mon-Fri 09:00-20:00, Sat 18:00-10:00";
        assert_eq!(swapped(weekend).as_deref(), Some("10:00-18:00"));
        for sound in [
            "08:00-22:00",
            "any",
            "Mon-Fri any, Sat 00:00-10:00",
            "09:00-24:00",
        ] {
            assert_eq!(swapped(sound), None, "{sound}");
        }
    }

    #[test]
    fn one_week_may_lie_within_another() {
        let read = |text: &str| text.parse::<WeekHours>().unwrap();
        let floor = read("08:00-22:00");
        assert!(read("Mon-Fri 09:00-20:00, holidays none").within(&floor));
        assert!(!read("Mon 07:00-20:00").within(&floor));
        assert!(!read("any").within(&floor));
        let debt = read("Mon-Fri 08:00-22:00, Sat-Sun 09:00-20:00, holidays 09:00-20:00");
        assert!(!floor.within(&debt));
        assert_eq!(floor.and(&debt), debt);
    }

    proptest! {
        #[test]
        fn the_intersection_is_open_where_both_are(
            spans in prop::collection::vec((0u16..1440, 1u16..=1440, 0usize..2), 1..8), minute in 0u16..1440
        ) {
            let mut days = [DayHours::default(), DayHours::default()];
            for (from, to, which) in spans {
                if from != to {
                    days[which].add(from, to);
                }
            }
            let [one, two] = &days;
            prop_assert_eq!(one.and(two).contain(minute), one.contain(minute) && two.contain(minute));
            prop_assert!(one.0.windows(2).all(|pair| pair[0].1 < pair[1].0), "sorted and apart");
        }
    }
}
