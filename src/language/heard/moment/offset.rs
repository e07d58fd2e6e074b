//! «через час», «минут через двадцать», "in half an hour": so long from now.

use jiff::Span;
use jiff::civil::DateTime;

use super::Moment;
use super::item::{Item, ItemKind, Unit};

/// Nobody says «через два-двадцать»: the end of a span is at most so many times its beginning.
const WIDEST: i64 = 5;

/// A span of time that begins now, where it is shorter than a day.
pub(super) fn offset(items: &[Item], now: DateTime) -> Option<Moment> {
    let found = (0..items.len()).find_map(|at| {
        let length = length_at(items, at)?;
        let (from, to) = (length.least_minutes()?, length.most_minutes()?);
        Some((length, from, to))
    });
    let (length, from, to) = found?;
    let now = now.with().second(0).subsec_nanosecond(0).build().ok()?;
    // Whatever number was heard: a span that no calendar holds is no time to call back.
    let after = |minutes: i64| now.checked_add(Span::new().try_minutes(minutes).ok()?).ok();
    let (from, to) = (after(from)?, after(to)?);
    let range = items.get(length.first)?.range.start..items.get(length.last)?.range.end;
    Some(Moment {
        from,
        to,
        exact: from == to,
        dated: true,
        timed: true,
        range,
    })
}

/// A length of time from now: between two counts of a unit, in thousandths.
#[derive(Debug, Clone, Copy)]
pub(super) struct Length {
    pub(super) unit: Unit,
    pub(super) low: i64,
    pub(super) high: i64,
    /// The items it stands in, both included.
    pub(super) first: usize,
    pub(super) last: usize,
}

impl Length {
    fn minutes_in_unit(&self) -> Option<i64> {
        match self.unit {
            Unit::Minute => Some(1),
            Unit::Hour => Some(60),
            Unit::Day | Unit::Week | Unit::Month | Unit::Year => None,
        }
    }

    fn least_minutes(self) -> Option<i64> {
        Some(self.low.checked_mul(self.minutes_in_unit()?)? / 1000)
    }

    fn most_minutes(self) -> Option<i64> {
        Some(self.high.checked_mul(self.minutes_in_unit()?)? / 1000)
    }
}

/// Where the half of «через час с половиной», "in an hour and a half" stands, if it does.
fn half_after(items: &[Item], last: usize) -> Option<usize> {
    let kind = |at: usize| items.get(at).map(|item| item.kind);
    if !matches!(kind(last + 1), Some(ItemKind::From | ItemKind::Joint)) {
        return None;
    }
    (last + 1..last + 4)
        .take_while(|at| !matches!(kind(*at), Some(ItemKind::Other)))
        .find(|at| kind(*at) == Some(ItemKind::Half))
}

fn number_at(items: &[Item], at: usize) -> Option<i64> {
    let ItemKind::Number {
        value,
        ordinal: false,
        ..
    } = items.get(at)?.kind
    else {
        return None;
    };
    Some(value.thousandths())
}

/// Whether the second of two numbers can be meant as the end of a span that the first begins:
/// «минут через двадцать-тридцать», and not a telephone number said in the same breath.
fn is_upper_bound(low: i64, high: i64) -> bool {
    high > low && high <= low.saturating_mul(WIDEST)
}

/// A length whose «через», or "from now", stands here.
pub(super) fn length_at(items: &[Item], at: usize) -> Option<Length> {
    let kind = items.get(at)?.kind;
    if kind == ItemKind::FromNow {
        return length_before(items, at);
    }
    (kind == ItemKind::Through).then(|| length_after(items, at))?
}

/// "An hour", "two and a half weeks" before "from now".
fn length_before(items: &[Item], end: usize) -> Option<Length> {
    let kind = |at: usize| items.get(at).map(|item| item.kind);
    let mut last = end.checked_sub(1)?;
    let mut more = 0;
    if kind(last) == Some(ItemKind::Half) {
        more = 500;
        last = last.checked_sub(1)?;
        while kind(last) == Some(ItemKind::Joint) {
            last = last.checked_sub(1)?;
        }
    }
    let before = last.checked_sub(1);
    let number = before.and_then(|at| number_at(items, at));
    let kind = kind(last)?;
    let (unit, count) = if let ItemKind::HalfUnit(unit) = kind {
        (unit, 500)
    } else if let ItemKind::Unit(unit) = kind {
        (unit, number.unwrap_or(1000))
    } else {
        return None;
    };
    let first = before.filter(|_| number.is_some());
    let count = count.checked_add(more)?;
    Some(Length {
        unit,
        low: count,
        high: count,
        first: first.unwrap_or(last),
        last: end,
    })
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "most kinds of items mean nothing here"
)]
fn length_after(items: &[Item], at: usize) -> Option<Length> {
    let kind = |at: usize| items.get(at).map(|item| item.kind);
    let number = |at: usize| number_at(items, at);
    let mut next = at + 1;
    while matches!(
        kind(next),
        Some(ItemKind::Joint | ItemKind::At | ItemKind::This)
    ) {
        next += 1;
    }
    // «минут через двадцать», «дня через два-три».
    if let (Some(ItemKind::Unit(unit)), Some(low)) =
        (at.checked_sub(1).and_then(kind), number(next))
        && !matches!(kind(next + 1), Some(ItemKind::Unit(_)))
    {
        let second = number(next + 1).filter(|high| is_upper_bound(low, *high));
        let last = next + usize::from(second.is_some());
        return Some(Length {
            unit,
            low,
            high: second.unwrap_or(low),
            first: at - 1,
            last,
        });
    }
    let (unit, low, high, mut last) = match kind(next)? {
        ItemKind::HalfUnit(Unit::Day) => (Unit::Hour, 6000, 6000, next),
        ItemKind::HalfUnit(Unit::Year) => (Unit::Month, 6000, 6000, next),
        ItemKind::HalfUnit(unit) => (unit, 500, 500, next),
        // «через день» leaves a day between.
        ItemKind::Unit(Unit::Day) => (Unit::Day, 2000, 2000, next),
        ItemKind::Unit(unit) => match number(next + 1) {
            Some(high) if high > 1000 && high <= 3000 => (unit, 1000, high, next + 1),
            _ => (unit, 1000, 1000, next),
        },
        ItemKind::Number { .. } => {
            let low = number(next)?;
            let second = number(next + 1);
            let mut after = next + 1 + usize::from(second.is_some());
            while kind(after) == Some(ItemKind::Joint) {
                after += 1;
            }
            let Some(ItemKind::Unit(unit)) = kind(after) else {
                return None;
            };
            (
                unit,
                low,
                second
                    .filter(|high| is_upper_bound(low, *high))
                    .unwrap_or(low),
                after,
            )
        }
        _ => return None,
    };
    let (mut low, mut high) = (low, high);
    if let Some(half) = half_after(items, last) {
        (low, high, last) = (low.checked_add(500)?, high.checked_add(500)?, half);
    }
    Some(Length {
        unit,
        low,
        high,
        first: at,
        last,
    })
}
