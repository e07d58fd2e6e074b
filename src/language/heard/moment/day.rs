//! Which day, or days: «завтра», «в среду», «двадцать пятого», "next week".

use std::ops::Range;

use jiff::civil::{Date, DateTime};
use jiff::{Span, ToSpan};

use super::item::{Item, ItemKind, Unit};
use super::offset::length_at;

/// The days that were said.
#[derive(Debug, Clone)]
pub(super) struct Days {
    pub(super) first: Date,
    pub(super) last: Date,
    /// The items they were said in.
    pub(super) items: Range<usize>,
}

impl Days {
    fn one(date: Date, items: Range<usize>) -> Self {
        Self {
            first: date,
            last: date,
            items,
        }
    }
}

/// The first day that is spoken of.
pub(super) fn day(items: &[Item], now: DateTime) -> Option<Days> {
    let reader = Reader {
        items,
        today: now.date(),
    };
    (0..items.len()).find_map(|at| reader.at(at))
}

struct Reader<'a> {
    items: &'a [Item],
    today: Date,
}

impl Reader<'_> {
    fn kind(&self, at: usize) -> Option<ItemKind> {
        self.items.get(at).map(|item| item.kind)
    }

    fn before(&self, at: usize) -> Option<ItemKind> {
        at.checked_sub(1).and_then(|at| self.kind(at))
    }

    /// The next item that means something of its own.
    fn skip(&self, mut at: usize) -> usize {
        while self.kind(at) == Some(ItemKind::Joint) {
            at += 1;
        }
        at
    }

    /// A whole number within bounds, and whether it is an ordinal.
    fn number(&self, at: usize, range: std::ops::RangeInclusive<i64>) -> Option<i64> {
        let ItemKind::Number { value, .. } = self.kind(at)? else {
            return None;
        };
        value.as_whole().filter(|n| range.contains(n))
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "most kinds of items mean nothing here"
    )]
    fn at(&self, at: usize) -> Option<Days> {
        match self.kind(at)? {
            ItemKind::Day(days) => {
                let date = self.today.checked_add(days.days()).ok()?;
                Some(Days::one(date, at..at + 1))
            }
            ItemKind::Date(day, month, year) => self.date(day, month, year, at..at + 1),
            ItemKind::Weekday(weekday) => self
                .weekday_before_weeks(weekday, at)
                .or_else(|| Some(self.weekday(weekday, at))),
            ItemKind::Weekend => self.weekend(at),
            ItemKind::Month(month) => self.month(month, at),
            ItemKind::Number { .. } => self.numbered(at),
            ItemKind::Through | ItemKind::FromNow => self.through(at),
            ItemKind::Unit(unit @ (Unit::Week | Unit::Month)) => self.period(unit, at),
            ItemKind::Unit(_) if self.kind(at + 1) == Some(ItemKind::Through) => {
                self.through(at + 1)
            }
            _ => None,
        }
    }

    /// «двадцать пятого ноября», "the twenty-fifth of november", «пятого двенадцатого»,
    /// «двадцать пятого», «два дня назад».
    fn numbered(&self, at: usize) -> Option<Days> {
        let day = self.number(at, 1..=1000)?;
        let after = self.skip(at + 1);
        if let (Some(ItemKind::Unit(unit)), Some(ItemKind::Ago)) =
            (self.kind(after), self.kind(after + 1))
        {
            let date = self.today.checked_sub(span(unit, day)?).ok()?;
            return Some(Days::one(date, at..after + 2));
        }
        let day = i8::try_from(day).ok().filter(|day| *day <= 31)?;
        if let Some(ItemKind::Month(month)) = self.kind(after) {
            let (year, end) = self.year(after + 1);
            return self.date(day, month, year, at..end);
        }
        let ItemKind::Number {
            of_month: true,
            ordinal,
            ..
        } = self.kind(at)?
        else {
            return None;
        };
        if let Some(ItemKind::Number { ordinal: true, .. }) = self.kind(at + 1)
            && ordinal
            && let Some(month) = self.number(at + 1, 1..=12)
        {
            let (year, end) = self.year(at + 2);
            return self.date(day, i8::try_from(month).ok()?, year, at..end);
        }
        // «половина третьего», «пять минут третьего»: that is an hour.
        let of_hour = matches!(
            self.before(at),
            Some(ItemKind::Half | ItemKind::Quarter | ItemKind::Unit(Unit::Minute))
        );
        let of_something = matches!(
            self.kind(at + 1),
            Some(ItemKind::Unit(_) | ItemKind::HalfUnit(_))
        );
        if of_hour || of_something {
            return None;
        }
        self.day_of_month(day, at..after.max(at + 1))
    }

    /// The next day of that number.
    fn day_of_month(&self, day: i8, items: Range<usize>) -> Option<Days> {
        let mut month = self.today.first_of_month();
        for _ in 0..4 {
            if let Ok(date) = Date::new(month.year(), month.month(), day)
                && date >= self.today
            {
                return Some(Days::one(date, items));
            }
            month = month.checked_add(1.month()).ok()?;
        }
        None
    }

    /// A year, and «года» after it; where the items of it end.
    fn year(&self, at: usize) -> (Option<i16>, usize) {
        let year = self
            .number(at, 1900..=2100)
            .and_then(|year| i16::try_from(year).ok());
        let named = year.is_some() && self.kind(at + 1) == Some(ItemKind::Unit(Unit::Year));
        (year, at + usize::from(year.is_some()) + usize::from(named))
    }

    /// A day and a month; the next one, where there is no year.
    fn date(&self, day: i8, month: i8, year: Option<i16>, items: Range<usize>) -> Option<Days> {
        if let Some(year) = year {
            return Some(Days::one(Date::new(year, month, day).ok()?, items));
        }
        let this = self.today.year();
        (this..this + 8)
            .filter_map(|year| Date::new(year, month, day).ok())
            .find(|date| *date >= self.today)
            .map(|date| Days::one(date, items))
    }

    /// The day of this week or the next that is ahead; with «следующий» that of the next week.
    fn weekday(&self, weekday: i8, at: usize) -> Days {
        let next = self.before(at) == Some(ItemKind::Next);
        let start = at
            - usize::from(matches!(
                self.before(at),
                Some(ItemKind::Next | ItemKind::This)
            ));
        let today = self.today.weekday().to_monday_zero_offset();
        let mut days = i32::from(weekday - today);
        if next || days <= 0 {
            days += 7;
        }
        let date = self.today.saturating_add(days.days());
        Days::one(date, start..at + 1)
    }

    fn weekend(&self, at: usize) -> Option<Days> {
        let next = self.before(at) == Some(ItemKind::Next);
        let start = at
            - usize::from(matches!(
                self.before(at),
                Some(ItemKind::Next | ItemKind::This)
            ));
        let monday = self
            .monday()?
            .checked_add(if next { 7 } else { 0 }.days())
            .ok()?;
        let saturday = monday.checked_add(5.days()).ok()?;
        let sunday = monday.checked_add(6.days()).ok()?;
        Some(Days {
            first: saturday.max(self.today),
            last: sunday,
            items: start..at + 1,
        })
    }

    fn monday(&self) -> Option<Date> {
        let back = i32::from(self.today.weekday().to_monday_zero_offset());
        self.today.checked_sub(back.days()).ok()
    }

    /// "november twenty fifth", «в декабре».
    fn month(&self, month: i8, at: usize) -> Option<Days> {
        let after = self.skip(at + 1);
        if let Some(day) = self.number(after, 1..=31) {
            let (year, end) = self.year(after + 1);
            return self.date(i8::try_from(day).ok()?, month, year, at..end);
        }
        let introduced = matches!(
            self.before(at),
            Some(ItemKind::At | ItemKind::Through | ItemKind::Next | ItemKind::This)
        );
        let part = self.part_before(at);
        if !introduced && part.is_none() {
            return None;
        }
        let this = self.today.first_of_month();
        (this.year()..this.year() + 3)
            .filter_map(|year| Date::new(year, month, 1).ok())
            .filter(|first| *first >= this)
            .find_map(|first| {
                let days = Days {
                    first,
                    last: first.last_of_month(),
                    items: at..at + 1,
                };
                self.narrowed(&days, part)
            })
    }

    /// «через два дня», "in a week".
    fn through(&self, at: usize) -> Option<Days> {
        let length = length_at(self.items, at)?;
        let date = |count: i64| {
            self.today
                .checked_add(span(length.unit, count / 1000)?)
                .ok()
        };
        let (first, last) = (date(length.low)?, date(length.high)?);
        let items = length.first..length.last + 1;
        // «Через две недели в среду» is the Wednesday of that week.
        if length.unit == Unit::Week
            && let Some((weekday, end)) = self.weekday_after(items.end)
        {
            return Some(Days::one(in_week_of(first, weekday)?, items.start..end));
        }
        Some(Days { first, last, items })
    }

    /// A day of the week right after an item, and the item after it.
    fn weekday_after(&self, at: usize) -> Option<(i8, usize)> {
        let mut next = at;
        while matches!(self.kind(next), Some(ItemKind::Joint | ItemKind::At)) {
            next += 1;
        }
        let ItemKind::Weekday(weekday) = self.kind(next)? else {
            return None;
        };
        Some((weekday, next + 1))
    }

    /// «В среду через две недели», "Wednesday two weeks from now".
    fn weekday_before_weeks(&self, weekday: i8, at: usize) -> Option<Days> {
        let length = length_at(self.items, at + 1).or_else(|| {
            let mut after = at + 2..at + 6;
            let from_now = after.find(|at| self.kind(*at) == Some(ItemKind::FromNow))?;
            let length = length_at(self.items, from_now)?;
            (self.skip(at + 1) >= length.first && length.first > at).then_some(length)
        });
        let length = length.filter(|length| length.unit == Unit::Week)?;
        let week = self
            .today
            .checked_add(span(length.unit, length.low / 1000)?);
        Some(Days::one(
            in_week_of(week.ok()?, weekday)?,
            at..length.last + 1,
        ))
    }

    /// «на следующей неделе», «в конце месяца».
    fn period(&self, unit: Unit, at: usize) -> Option<Days> {
        if self.kind(at + 1) == Some(ItemKind::Through) {
            return self.through(at + 1);
        }
        let before = self.before(at)?;
        let next = before == ItemKind::Next;
        let named = matches!(before, ItemKind::Next | ItemKind::This);
        let start = at - usize::from(named);
        let part = self.part_before(start);
        let here = matches!(before, ItemKind::At | ItemKind::This);
        if !(next || here || part.is_some()) {
            return None;
        }
        // «В начале месяца» at its end is that of the next one.
        (i32::from(next)..3).find_map(|later| {
            let (first, last) = self.week_or_month(unit, later)?;
            let days = Days {
                first,
                last,
                items: start..at + 1,
            };
            self.narrowed(&days, part)
        })
    }

    /// The working days of a week, or the days of a month, so many later than this one.
    fn week_or_month(&self, unit: Unit, later: i32) -> Option<(Date, Date)> {
        if unit == Unit::Week {
            let monday = self.monday()?.checked_add(later.weeks()).ok()?;
            return Some((monday, monday.checked_add(4.days()).ok()?));
        }
        let first = self.today.first_of_month().checked_add(later.months());
        let first = first.ok()?;
        Some((first, first.last_of_month()))
    }

    /// «в конце», "at the beginning of" before an item, and where it stands.
    fn part_before(&self, at: usize) -> Option<(ItemKind, usize)> {
        let mut start = at.checked_sub(1)?;
        while self.kind(start) == Some(ItemKind::Joint) {
            start = start.checked_sub(1)?;
        }
        let kind = self.kind(start)?;
        matches!(kind, ItemKind::Beginning | ItemKind::Middle | ItemKind::End)
            .then_some((kind, start))
    }

    /// The part of a period, and nothing that is past; `None` where all of it is.
    fn narrowed(&self, days: &Days, part: Option<(ItemKind, usize)>) -> Option<Days> {
        let third = Span::new().days((days.last - days.first).get_days() / 3);
        let earlier = days.first.saturating_add(third);
        let later = days.last.saturating_sub(third);
        let (first, last) = match part.map(|(kind, _)| kind) {
            Some(ItemKind::Beginning) => (days.first, earlier),
            Some(ItemKind::Middle) => (earlier, later),
            Some(ItemKind::End) => (later, days.last),
            Some(_) | None => (days.first, days.last),
        };
        let start = part.map_or(days.items.start, |(_, start)| start);
        (last >= self.today).then(|| Days {
            first: first.max(self.today),
            last,
            items: start..days.items.end,
        })
    }
}

/// A day of the week that a date is in.
fn in_week_of(date: Date, weekday: i8) -> Option<Date> {
    let days = i32::from(weekday - date.weekday().to_monday_zero_offset());
    date.checked_add(days.days()).ok()
}

fn span(unit: Unit, count: i64) -> Option<Span> {
    let span = Span::new();
    match unit {
        Unit::Day => span.try_days(count).ok(),
        Unit::Week => span.try_weeks(count).ok(),
        Unit::Month => span.try_months(count).ok(),
        Unit::Year => span.try_years(count).ok(),
        Unit::Minute | Unit::Hour => None,
    }
}
