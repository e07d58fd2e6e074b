//! When: «завтра после обеда», «в понедельник в три», «через час», "next tuesday at noon".
//!
//! A moment is a span, since people promise spans. It is read relative to a `now` that is handed
//! in, forward in time: a day without a year is the next such day, an hour without its half of
//! the day is one at which people are called.

mod clock;
mod day;
mod item;
mod offset;

use std::ops::Range;

use jiff::civil::{Date, DateTime, Time, time};
use jiff::{Span, ToSpan};

use super::Word;
use item::Item;

/// When something is to happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// The beginning of the span, and the time itself where it is exact.
    pub from: DateTime,
    /// The end of the span; equal to `from` where a time of day was said.
    pub to: DateTime,
    /// Whether a time of day was said, and not only a day or a part of one.
    pub exact: bool,
    /// Whether a day was said, and not only an hour.
    pub dated: bool,
    /// Whether an hour or a part of the day was said, and not only a day.
    pub timed: bool,
    /// The words it was found in, as indices from the first to after the last.
    pub range: Range<usize>,
}

/// The hours that a day is taken to have when only the day was said.
const DAY: (Time, Time) = (time(10, 0, 0, 0), time(20, 0, 0, 0));

/// The moment that an utterance speaks of, as of `now`.
pub fn moment(words: &[Word], now: DateTime) -> Option<Moment> {
    let items = item::items(words);
    if let Some(found) = offset::offset(&items, now) {
        return Some(found);
    }
    let mut used: Vec<Range<usize>> = Vec::new();
    let day = day::day(&items, now);
    if let Some(day) = &day {
        used.push(day.items.clone());
    }
    let free: Vec<(usize, &Item)> = items
        .iter()
        .enumerate()
        .filter(|(index, _)| !used.iter().any(|range| range.contains(index)))
        .collect();
    let hours = clock::clock(&free, day.is_none());
    if let Some(hours) = &hours {
        used.push(hours.items.clone());
    }
    let first = used.iter().map(|range| range.start).min()?;
    let last = used.iter().map(|range| range.end).max()?;
    let range = items.get(first)?.range.start..items.get(last.checked_sub(1)?)?.range.end;
    let (from, to) = span(day.as_ref(), hours.as_ref(), now)?;
    Some(Moment {
        from,
        to,
        exact: hours.as_ref().is_some_and(|hours| hours.from == hours.to),
        dated: day.is_some(),
        timed: hours.is_some(),
        range,
    })
}

/// Joins the day, or days, with the hours.
fn span(
    day: Option<&day::Days>,
    hours: Option<&clock::Hours>,
    now: DateTime,
) -> Option<(DateTime, DateTime)> {
    let today = now.date();
    let (from, to) = hours.map_or(DAY, |hours| (hours.from, hours.to));
    let Some(day) = day else {
        let hours = hours?;
        return Some(next(hours, now, today));
    };
    let first = day.first.to_datetime(from);
    let last = if hours.is_some() { day.first } else { day.last };
    let last = last.to_datetime(to);
    // What is left of today, where today was said in its midst.
    let first = if day.first == today && hours.is_none() && first < now && now < last {
        now
    } else {
        first
    };
    Some((first, last.max(first)))
}

/// The next time that these hours come: in the other half of the day, if only that is ahead.
fn next(hours: &clock::Hours, now: DateTime, today: Date) -> (DateTime, DateTime) {
    let at = |date: Date, time: Time| date.to_datetime(time);
    if at(today, hours.to) > now {
        return (at(today, hours.from).max(now), at(today, hours.to));
    }
    let twelve = 12.hours();
    if hours.either_half
        && let (Ok(from), Ok(to)) = (later(hours.from, twelve), later(hours.to, twelve))
        && from > hours.from
        && from <= time(21, 0, 0, 0)
        && at(today, to) > now
    {
        return (at(today, from).max(now), at(today, to));
    }
    let tomorrow = today.tomorrow().unwrap_or(today);
    (at(tomorrow, hours.from), at(tomorrow, hours.to))
}

fn later(time: Time, span: Span) -> Result<Time, jiff::Error> {
    time.checked_add(span)
}

#[cfg(test)]
mod tests;
