//! When: «завтра после обеда», «в понедельник в три», «через час», "next tuesday at noon".
//!
//! A moment is a span, since people promise spans. It is read relative to a `now` that is handed
//! in, forward in time: a day without a year is the next such day, an hour without its half of
//! the day is one at which people are called.

mod clock;
mod day;
mod denied;
mod item;
mod offset;

use std::ops::Range;

use jiff::civil::{Date, DateTime, Time, time};
use jiff::{Span, ToSpan};

use super::Word;
use item::Item;

/// From here on what is left of a part of the day will do: «вечером», said in the evening.
const NOON: Time = time(12, 0, 0, 0);

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

/// The moment that an utterance speaks of, as of `now`. What the callee rules out is none.
pub fn moment(words: &[Word], now: DateTime) -> Option<Moment> {
    read(&denied::without_denied(words, item::items(words)), now)
}

/// The moment ahead that an utterance speaks of: the same, with what is past disregarded.
pub fn moment_ahead(words: &[Word], now: DateTime) -> Option<Moment> {
    let items = denied::without_past(item::items(words));
    read(&denied::without_denied(words, items), now).filter(|found| found.to > now)
}

fn read(items: &[Item], now: DateTime) -> Option<Moment> {
    if let Some(found) = offset::offset(items, now) {
        return Some(found);
    }
    let mut used: Vec<Range<usize>> = Vec::new();
    let day = day::day(items, now);
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
    if day.first == today
        && day.last == today
        && let Some(hours) = hours
    {
        return today_at(hours, now);
    }
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

/// The hours that are left of today: «сегодня в девять» is in the evening once nine has passed.
/// Where nothing is left the words are no moment.
fn today_at(hours: &clock::Hours, now: DateTime) -> Option<(DateTime, DateTime)> {
    let today = now.date();
    if today.to_datetime(hours.to) > now {
        return Some((
            today.to_datetime(hours.from).max(now),
            today.to_datetime(hours.to),
        ));
    }
    let (from, to) = other_half(hours)?;
    (today.to_datetime(to) > now).then(|| (today.to_datetime(from).max(now), today.to_datetime(to)))
}

/// The next time that these hours come: in the other half of the day, if only that is ahead. A part
/// of the day that has begun is the next one, «утром» at ten, or what is left of it in an hour.
fn next(hours: &clock::Hours, now: DateTime, today: Date) -> (DateTime, DateTime) {
    let (from, to) = (today.to_datetime(hours.from), today.to_datetime(hours.to));
    let tomorrow = today.tomorrow().unwrap_or(today);
    if hours.is_part && from < now {
        let in_an_hour = now.saturating_add(1.hour());
        return if hours.from >= NOON && in_an_hour < to {
            (in_an_hour, to)
        } else {
            (
                tomorrow.to_datetime(hours.from),
                tomorrow.to_datetime(hours.to),
            )
        };
    }
    if to > now {
        return (from.max(now), to);
    }
    if let Some((from, to)) = other_half(hours)
        && today.to_datetime(to) > now
    {
        return (today.to_datetime(from).max(now), today.to_datetime(to));
    }
    (
        tomorrow.to_datetime(hours.from),
        tomorrow.to_datetime(hours.to),
    )
}

/// The same hours twelve hours later, where which half of the day was meant is open.
fn other_half(hours: &clock::Hours) -> Option<(Time, Time)> {
    let twelve = 12.hours();
    let (from, to) = (
        later(hours.from, twelve).ok()?,
        later(hours.to, twelve).ok()?,
    );
    (hours.either_half && from > hours.from && from <= time(21, 0, 0, 0)).then_some((from, to))
}

fn later(time: Time, span: Span) -> Result<Time, jiff::Error> {
    time.checked_add(span)
}

#[cfg(test)]
mod tests;
