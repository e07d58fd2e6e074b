//! Which hour, or hours: «в три», «в пол третьего», «после обеда», "half past three".

use std::ops::Range;

use jiff::civil::{Time, time};

use super::item::{DayPart, Item, ItemKind, Unit};

/// The hours that were said.
#[derive(Debug, Clone)]
pub(super) struct Hours {
    pub(super) from: Time,
    pub(super) to: Time,
    /// Whether the half of the day was left open.
    pub(super) either_half: bool,
    /// Whether a part of the day was said: «утром».
    pub(super) is_part: bool,
    /// The items they were said in.
    pub(super) items: Range<usize>,
}

/// The latest hour that people promise.
const EVENING_END: Time = time(21, 0, 0, 0);
/// The earliest.
const MORNING: Time = time(9, 0, 0, 0);

/// The first hours that are spoken of among the items that are free. `bare` allows for a number
/// that nothing else marks as an hour, where it is all that was said.
pub(super) fn clock(free: &[(usize, &Item)], bare: bool) -> Option<Hours> {
    let reader = Reader { free, bare };
    (0..free.len())
        .find_map(|at| reader.span(at))
        .or_else(|| (0..free.len()).find_map(|at| reader.part(at)))
}

/// A time of day as it was said: the half of the day may be open.
#[derive(Debug, Clone, Copy)]
struct Said {
    hour: i8,
    minute: i8,
    half: Option<DayPart>,
    /// The item after its last.
    end: usize,
}

impl Said {
    fn in_half(self, half: Option<DayPart>) -> Option<Time> {
        let hour = match (self.half.or(half), self.hour) {
            (_, 24) | (Some(DayPart::Evening), 12) => 0,
            (None, hour @ 8..=12) | (_, hour @ (0 | 13..)) => hour,
            (Some(DayPart::Afternoon), hour) => hour % 12 + 12,
            // Nobody is called at three in the morning.
            (Some(DayPart::Night), hour @ 8..=11) | (Some(DayPart::Evening) | None, hour) => {
                hour + 12
            }
            (Some(DayPart::Morning | DayPart::Night), hour) => hour % 12,
        };
        Time::new(hour, self.minute, 0, 0).ok()
    }

    fn is_open(self) -> bool {
        self.half.is_none() && (1..=12).contains(&self.hour)
    }
}

struct Reader<'a> {
    free: &'a [(usize, &'a Item)],
    bare: bool,
}

impl Reader<'_> {
    fn kind(&self, at: usize) -> Option<ItemKind> {
        self.free.get(at).map(|(_, item)| item.kind)
    }

    fn before(&self, at: usize) -> Option<ItemKind> {
        at.checked_sub(1).and_then(|at| self.kind(at))
    }

    fn skip(&self, mut at: usize) -> usize {
        while self.kind(at) == Some(ItemKind::Joint) {
            at += 1;
        }
        at
    }

    fn items(&self, first: usize, end: usize) -> Range<usize> {
        let index = |at: usize| self.free.get(at).map_or(0, |(index, _)| *index);
        index(first)..index(end.saturating_sub(1)) + 1
    }

    /// A time, or a span between two, or one that is open to one side.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "most kinds of items mean nothing here"
    )]
    fn span(&self, at: usize) -> Option<Hours> {
        match self.kind(at)? {
            ItemKind::From => self.between(at),
            ItemKind::After => {
                let said = self.time(self.skip(at + 1), true)?;
                let from = said.in_half(None)?;
                Some(self.hours(from, EVENING_END.max(from), said, at))
            }
            ItemKind::Before => {
                let said = self.time(self.skip(at + 1), true)?;
                let to = said.in_half(None)?;
                Some(self.hours(MORNING.min(to), to, said, at))
            }
            _ => {
                let said = self.time(at, false)?;
                let time = said.in_half(None)?;
                Some(self.hours(time, time, said, at))
            }
        }
    }

    fn hours(&self, from: Time, to: Time, said: Said, first: usize) -> Hours {
        Hours {
            from,
            to,
            either_half: said.is_open(),
            is_part: false,
            items: self.items(first, said.end),
        }
    }

    /// «с двух до пяти», "between two and five".
    fn between(&self, at: usize) -> Option<Hours> {
        let first = self.time(self.skip(at + 1), true)?;
        let joint = self.kind(first.end)?;
        if !matches!(
            joint,
            ItemKind::Before | ItemKind::To | ItemKind::Joint | ItemKind::At
        ) {
            return None;
        }
        let second = self.time(self.skip(first.end + 1), true)?;
        let (from, mut to) = (first.in_half(None)?, second.in_half(None)?);
        if to < from && second.hour <= 12 {
            to = second.in_half(Some(DayPart::Afternoon))?;
        }
        // "From nine to eleven p.m.": the half that was said goes for both.
        let both = first.half.is_none().then_some(second.half).flatten();
        let from = match both.and_then(|half| first.in_half(Some(half))) {
            Some(time) if time < to => time,
            _ => from,
        };
        let to = to.max(from);
        let either_half = first.is_open() && second.is_open();
        Some(Hours {
            from,
            to,
            either_half,
            is_part: false,
            items: self.items(at, second.end),
        })
    }

    /// A time of day that begins here; `marked` says that a word before it marks it as one.
    fn time(&self, at: usize, marked: bool) -> Option<Said> {
        let said = self.relative(at).or_else(|| self.plain(at, marked))?;
        Some(match self.half_of_day(said.end) {
            Some((half, end)) if said.half.is_none() => Said {
                half: Some(half),
                end,
                ..said
            },
            _ => said,
        })
    }

    /// «пол третьего», «без четверти пять», «десять минут шестого», "half past three", "ten to six".
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "most kinds of items mean nothing here"
    )]
    fn relative(&self, at: usize) -> Option<Said> {
        let (minutes, next) = match self.kind(at)? {
            ItemKind::HalfTo(hour) => return Some(before_hour(hour, 30, at + 1)),
            ItemKind::Without => {
                let (minutes, next) = self.minutes(at + 1)?;
                let hour = self.hour(self.skip(next))?;
                let next = self.after_hour(self.skip(next) + 1);
                return Some(before_hour(hour, minutes, next));
            }
            _ => self.minutes(at)?,
        };
        let explicit = next > at + 1 || !matches!(self.kind(at), Some(ItemKind::Number { .. }));
        match self.kind(next)? {
            ItemKind::Past => {
                let hour = self.hour(next + 1)?;
                Some(Said {
                    hour,
                    minute: minutes,
                    half: None,
                    end: self.after_hour(next + 2),
                })
            }
            ItemKind::To if self.before(at) != Some(ItemKind::From) => {
                let hour = self.hour(next + 1)?;
                Some(before_hour(hour, minutes, self.after_hour(next + 2)))
            }
            ItemKind::Number { ordinal: true, .. } if explicit => {
                let hour = self.hour(next)?;
                Some(Said {
                    hour: hour_before(hour),
                    minute: minutes,
                    half: None,
                    end: next + 1,
                })
            }
            // "Half three" is British for half past.
            ItemKind::Number { ordinal: false, .. } if self.kind(at) == Some(ItemKind::Half) => {
                let hour = self.hour(next)?;
                Some(Said {
                    hour,
                    minute: minutes,
                    half: None,
                    end: next + 1,
                })
            }
            _ => None,
        }
    }

    /// Minutes before or after an hour, and the item after them.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "most kinds of items mean nothing here"
    )]
    fn minutes(&self, at: usize) -> Option<(i8, usize)> {
        match self.kind(at)? {
            ItemKind::Half => Some((30, at + 1)),
            ItemKind::Quarter => Some((15, at + 1)),
            ItemKind::Joint if self.kind(at + 1) == Some(ItemKind::Quarter) => Some((15, at + 2)),
            ItemKind::Number { .. } => {
                let minutes = self.whole(at, 59)?;
                let named = self.kind(at + 1) == Some(ItemKind::Unit(Unit::Minute));
                Some((minutes, at + 1 + usize::from(named)))
            }
            _ => None,
        }
    }

    fn whole(&self, at: usize, most: i8) -> Option<i8> {
        let ItemKind::Number { value, .. } = self.kind(at)? else {
            return None;
        };
        let n = i8::try_from(value.as_whole()?).ok()?;
        (0..=most).contains(&n).then_some(n)
    }

    /// An hour on the clock: a number, or «час».
    fn hour(&self, at: usize) -> Option<i8> {
        let kind = self.kind(at)?;
        if let ItemKind::Hour(hour) = kind {
            Some(hour)
        } else if kind == ItemKind::Unit(Unit::Hour) {
            Some(1)
        } else {
            self.whole(at, 24)
        }
    }

    fn after_hour(&self, at: usize) -> usize {
        at + usize::from(self.kind(at) == Some(ItemKind::Unit(Unit::Hour)))
    }

    /// «три», «три часа», «три тридцать», «час дня», 15:30, noon.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "most kinds of items mean nothing here"
    )]
    fn plain(&self, at: usize, marked: bool) -> Option<Said> {
        match self.kind(at)? {
            ItemKind::Clock(hour, minute) => {
                let half = if hour < 10 {
                    None
                } else {
                    Some(DayPart::Morning)
                };
                let half = half.filter(|_| hour < 12);
                return Some(Said {
                    hour,
                    minute,
                    half,
                    end: at + 1,
                });
            }
            ItemKind::Hour(hour) => {
                let half = (hour == 12).then_some(DayPart::Afternoon);
                return Some(Said {
                    hour,
                    minute: 0,
                    half,
                    end: at + 1,
                });
            }
            ItemKind::Unit(Unit::Hour) | ItemKind::Number { ordinal: false, .. } => {}
            _ => return None,
        }
        let marked = marked || matches!(self.before(at), Some(ItemKind::At));
        let hour = self.hour(at)?;
        let one = self.kind(at) == Some(ItemKind::Unit(Unit::Hour));
        let mut end = if one { at + 1 } else { self.after_hour(at + 1) };
        let named = !one && end > at + 1;
        let mut minute = 0;
        let minutes = self.minute_after(end);
        if let Some((value, after)) = minutes {
            (minute, end) = (value, after);
        }
        let counted = matches!(
            self.kind(end),
            Some(ItemKind::Unit(
                Unit::Minute | Unit::Week | Unit::Month | Unit::Year
            ))
        );
        let in_half = self.half_of_day(end).is_some();
        let alone = self.bare
            && (0..self.free.len()).all(|other| {
                (at..end).contains(&other) || matches!(self.kind(other), Some(ItemKind::Joint))
            });
        // «Пять дней» is no hour, «в пять дня» is one.
        let sure = if one {
            marked || in_half
        } else {
            marked || named || in_half || alone
        };
        let hour_is_meant = sure || (minutes.is_some() && !one) || !self.bare && !one;
        (hour_is_meant && !counted && (sure || !one)).then_some(Said {
            hour,
            minute,
            half: None,
            end,
        })
    }

    /// Minutes after an hour: «тридцать», «ноль пять», «тридцать минут».
    fn minute_after(&self, at: usize) -> Option<(i8, usize)> {
        let ItemKind::Number { ordinal: false, .. } = self.kind(at)? else {
            return None;
        };
        let first = self.whole(at, 59)?;
        if first == 0
            && let Some(ItemKind::Number { ordinal: false, .. }) = self.kind(at + 1)
            && let Some(second) = self.whole(at + 1, 9)
        {
            return Some((second, at + 2));
        }
        let named = self.kind(at + 1) == Some(ItemKind::Unit(Unit::Minute));
        (first == 0 || first >= 10 || named).then_some((first, at + 1 + usize::from(named)))
    }

    /// «утра», «дня», «вечера», «ночи», "p.m.", "in the evening", and the item after it.
    fn half_of_day(&self, at: usize) -> Option<(DayPart, usize)> {
        let mut next = self.skip(at);
        if self.kind(next) == Some(ItemKind::Through) || self.kind(next) == Some(ItemKind::At) {
            next = self.skip(next + 1);
        }
        let kind = self.kind(next)?;
        let half = if let ItemKind::Part(part) = kind {
            part
        } else if let ItemKind::AfterNoon(true) | ItemKind::Unit(Unit::Day) = kind {
            DayPart::Afternoon
        } else if kind == ItemKind::AfterNoon(false) {
            DayPart::Morning
        } else {
            return None;
        };
        Some((half, next + 1))
    }

    /// A part of the day: «утром», «после обеда», «во второй половине дня».
    fn part(&self, at: usize) -> Option<Hours> {
        let lunch = |from, to, first| (from, to, first, at + 1);
        let (from, to, first, end) = match (self.before(at), self.kind(at)?) {
            (Some(ItemKind::After), ItemKind::Lunch) => lunch(14, 18, at - 1),
            (Some(ItemKind::Before), ItemKind::Lunch) => lunch(9, 12, at - 1),
            (_, ItemKind::Lunch) => lunch(12, 14, at),
            (_, ItemKind::Part(part)) => {
                let (from, to) = match part {
                    DayPart::Morning => (9, 12),
                    DayPart::Afternoon => (12, 17),
                    DayPart::Evening => (18, 21),
                    DayPart::Night => (21, 23),
                };
                (from, to, at, at + 1)
            }
            (Some(ItemKind::Number { ordinal: true, .. }), ItemKind::HalfUnit(Unit::Day)) => {
                match self.whole(at - 1, 2)? {
                    1 => (9, 12, at - 1, at + 1),
                    _ => (13, 18, at - 1, at + 1),
                }
            }
            _ => return None,
        };
        Some(Hours {
            from: time(from, 0, 0, 0),
            to: time(to, 0, 0, 0),
            either_half: false,
            is_part: true,
            items: self.items(first, end),
        })
    }
}

fn hour_before(hour: i8) -> i8 {
    match hour {
        1 => 12,
        0 => 23,
        _ => hour - 1,
    }
}

fn before_hour(hour: i8, minutes: i8, end: usize) -> Said {
    Said {
        hour: hour_before(hour),
        minute: 60 - minutes,
        half: None,
        end,
    }
}
