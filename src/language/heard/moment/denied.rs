//! What is ruled out: «сегодня не могу, завтра в десять», «только не в среду», "I can't tomorrow".
//!
//! A time that the callee denies is no promise. The words of it are dropped before a moment is
//! read, so that the next one counts, or none. A denial speaks of the time before it, else of the
//! one right after it; «не могу сейчас» and «завтра, сейчас не могу» deny what is now.

mod lists;

use std::ops::Range;

use super::item::{Item, ItemKind};
use crate::language::heard::Word;
use lists::{
    AFTER, ASIDE, ASKING, BETWEEN, BUSY, BUSY_WITH, CANNOT, DENYING, FIT, JOINERS, LINKS, NO,
    NO_FIT, NOT, NOW, SPANNING, UNABLE, UNTIL, WELCOME, WELCOMING,
};

/// How many words may stand between a time and its denial.
const FAR: usize = 3;

/// Items that together say one time.
#[derive(Debug, Clone)]
struct Group {
    items: Range<usize>,
    /// The words, from the first that names something.
    words: Range<usize>,
    denied: bool,
}

/// The items, with those that a denial speaks of made plain words.
pub(super) fn without_denied(words: &[Word], mut items: Vec<Item>) -> Vec<Item> {
    let case = Case { words };
    if !(0..words.len()).any(|at| case.denial(at).is_some() || case.is(at, DENYING)) {
        return items;
    }
    let mut groups = groups(&items);
    for at in 0..words.len() {
        if let Some(until) = case.busy_until(at, &items) {
            // «Занят до шести» is free after six.
            if let Some(item) = items.get_mut(until) {
                item.kind = ItemKind::After;
            }
            continue;
        }
        if let Some(denied) = case.denied_directly(at, &groups) {
            case.deny(denied, &mut groups);
        } else if let Some(end) = case.denial(at)
            && let Some(denied) = case.governed(at..end, &groups)
        {
            case.deny(denied, &mut groups);
        }
    }
    for (index, group) in groups.iter().enumerate().filter(|(_, group)| group.denied) {
        // «Завтра в три не могу, в пять могу»: the day stays.
        let mut later = groups.iter().skip(index + 1).filter(|later| !later.denied);
        let day_stays = later.next().is_some_and(|later| !has_day(&items, later))
            && !group
                .items
                .clone()
                .all(|at| kind(&items, at).is_some_and(is_day));
        drop_items(&mut items, group, |kind| !(day_stays && is_day(kind)));
    }
    items
}

/// The items, with what is past made plain words: «мне вчера в три уже звонили», «два дня назад».
pub(super) fn without_past(mut items: Vec<Item>) -> Vec<Item> {
    for group in groups(&items) {
        let mut kinds = group.items.clone().filter_map(|at| kind(&items, at));
        let past = kinds.any(|kind| matches!(kind, ItemKind::Day(..0)))
            || kind(&items, group.items.end) == Some(ItemKind::Ago);
        if past {
            drop_items(&mut items, &group, |_| true);
        }
    }
    items
}

fn kind(items: &[Item], at: usize) -> Option<ItemKind> {
    items.get(at).map(|item| item.kind)
}

fn drop_items(items: &mut [Item], group: &Group, wanted: impl Fn(ItemKind) -> bool) {
    let of_group = items.get_mut(group.items.clone()).unwrap_or_default();
    for item in of_group.iter_mut().filter(|item| wanted(item.kind)) {
        item.kind = ItemKind::Other;
    }
}

struct Case<'a> {
    words: &'a [Word],
}

impl Case<'_> {
    fn is(&self, at: usize, known: &[&str]) -> bool {
        let word = self.words.get(at);
        word.is_some_and(|word| known.contains(&word.text.as_str()))
    }

    fn asks(&self, at: usize) -> bool {
        let word = self.words.get(at).map_or("", |word| &word.text);
        ASKING.iter().any(|beginning| word.starts_with(beginning)) && !self.denies(at)
    }

    fn denies(&self, at: usize) -> bool {
        at.checked_sub(1)
            .is_some_and(|before| self.is(before, &["не", "ни", "not", "don't"]))
    }

    /// Where a denial that begins here ends.
    fn denial(&self, at: usize) -> Option<usize> {
        if self.denies(at) {
            return None;
        }
        let long = (self.is(at, &["не", "ни"]) && self.is(at + 1, UNABLE))
            || (self.is(at, NOT) && self.is(at + 1, FIT))
            || (self.is(at, &["no"]) && self.is(at + 1, NO_FIT) && !self.is_parted(at + 1))
            || (self.is(at, &["can"]) && self.is(at + 1, &["not"]));
        if long {
            return Some(at + 2);
        }
        let no = self.is(at, NO) && !self.welcomes(at + 1);
        (self.is(at, BUSY) || self.is(at, CANNOT) || no).then_some(at + 1)
    }

    /// «Нет проблем», «нет никаких возражений», "no trouble".
    fn welcomes(&self, at: usize) -> bool {
        let skipped = (at..at + FAR).take_while(|at| self.is(*at, WELCOMING));
        self.is(at + skipped.count(), WELCOME)
    }

    /// The item «до» of «занят до шести», or of «до шести занят», where a denial begins here.
    fn busy_until(&self, at: usize, items: &[Item]) -> Option<usize> {
        let end = self.denial(at).filter(|_| !self.is_mere_no(at))?;
        let skipped = (end..end + FAR).take_while(|at| self.is(*at, BUSY_WITH));
        let next = end + skipped.count();
        let after = items.iter().position(|item| item.range.start == next);
        after
            .filter(|until| !self.is_parted(next) && self.is_until(*until, items))
            .or_else(|| self.busy_before(at, items))
    }

    /// «До шести часов я занят».
    fn busy_before(&self, at: usize, items: &[Item]) -> Option<usize> {
        let named = |item: &Item| item.kind != ItemKind::Other && !is_link(item.kind);
        let last = items
            .iter()
            .rposition(|item| item.range.end <= at && named(item))?;
        let from = items.get(last)?.range.end;
        let apart = (from..at).any(|at| !self.is(at, BETWEEN)) || at - from > FAR;
        if apart || (from..=at).any(|at| self.is_parted(at)) {
            return None;
        }
        let until = (last.saturating_sub(FAR)..last).rfind(|at| self.is_until(*at, items))?;
        let of_hour = items.get(until + 2..=last).unwrap_or_default().iter();
        let mut of_hour = of_hour.map(|item| item.kind);
        let spans =
            (until.saturating_sub(FAR)..until).any(|at| kind(items, at) == Some(ItemKind::From));
        (!spans && of_hour.all(|kind| !is_day(kind) && kind != ItemKind::Other)).then_some(until)
    }

    /// Whether an item is the «до» of an hour.
    fn is_until(&self, at: usize, items: &[Item]) -> bool {
        let is_word = items
            .get(at)
            .is_some_and(|item| self.is(item.range.start, UNTIL));
        let is_hour = match kind(items, at + 1) {
            Some(ItemKind::Number { of_month, .. }) => !of_month,
            Some(kind) => is_hour(kind),
            None => false,
        };
        let of_day = matches!(kind(items, at + 2), Some(ItemKind::Month(_)));
        is_word && is_hour && !of_day
    }

    /// «Нет» by itself, which denies only what was said before.
    fn is_mere_no(&self, at: usize) -> bool {
        self.is(at, NO) && self.denial(at) == Some(at + 1)
    }

    /// The time right after «не»: «только не завтра». «Почему не завтра» and "not until friday"
    /// mean that very time.
    fn denied_directly(&self, at: usize, groups: &[Group]) -> Option<usize> {
        let asked = (1..=2).any(|back| {
            at.checked_sub(back)
                .is_some_and(|at| self.is(at, &["почему", "why", "чего"]))
        });
        let until = self.is(
            at + 1,
            &["until", "till", "til", "раньше", "позже", "позднее"],
        );
        if !self.is(at, DENYING) || asked || until {
            return None;
        }
        let next = |group: &Group| group.words.start > at && self.are_links(at + 1, group);
        groups.iter().position(next)
    }

    /// Whether nothing stands between but words that lead to a time.
    fn are_links(&self, from: usize, group: &Group) -> bool {
        from <= group.words.start
            && group.words.start - from <= FAR
            && (from..group.words.start).all(|at| self.is(at, LINKS))
    }

    /// The time that a denial speaks of: the one before it, else the one right after it. Where the
    /// one before was asked for, or a comma parts it, the denial is of its own: «давайте завтра, не
    /// могу сегодня».
    fn governed(&self, denial: Range<usize>, groups: &[Group]) -> Option<usize> {
        let only = groups.iter().filter(|group| !group.denied).count() == 1;
        let now = self.speaks_of_now(&denial);
        let after = if now || self.is_mere_no(denial.start) {
            None
        } else {
            self.after(&denial, groups)
        };
        let before = groups
            .iter()
            .rposition(|group| group.words.end <= denial.start);
        if let Some((index, group)) = before.and_then(|at| Some((at, groups.get(at)?)))
            && !now
            && denial.start - group.words.end <= FAR
            && (group.words.end..denial.start).all(|at| self.is(at, BETWEEN))
        {
            let first = group.words.start;
            let asked = (first.saturating_sub(FAR)..first).any(|at| self.asks(at));
            let end = group.words.end;
            let apart = self.is_parted(end) && !self.is(end, ASIDE);
            // «Завтра занят с двух до пяти» denies those hours, and not the day.
            let spans = self.is(denial.end, SPANNING);
            if (asked || apart || spans) && after.is_some() {
                return after;
            }
            return (!(asked && only)).then_some(index);
        }
        let (index, group) = after.and_then(|at| Some((at, groups.get(at)?)))?;
        let spans = self.is(denial.end, SPANNING);
        let wanted = only && self.asks(group.words.end) && !spans;
        (!wanted).then_some(index)
    }

    /// The time right after a denial, with no comma between.
    fn after(&self, denial: &Range<usize>, groups: &[Group]) -> Option<usize> {
        let mut next = denial.end;
        while next < denial.end + FAR && self.is(next, AFTER) && !self.is_parted(next) {
            next += 1;
        }
        let after = |group: &Group| group.words.start >= next && self.are_links(next, group);
        let (index, group) = groups.iter().enumerate().find(|(_, group)| after(group))?;
        let parted = (denial.end..=group.words.start).any(|at| self.is_parted(at));
        (!parted).then_some(index)
    }

    fn is_parted(&self, at: usize) -> bool {
        self.words.get(at).is_some_and(|word| word.parted)
    }

    /// «Сейчас не могу», «не могу говорить».
    fn speaks_of_now(&self, denial: &Range<usize>) -> bool {
        let before = denial.start.saturating_sub(FAR)..denial.start;
        let now = before.clone().any(|at| {
            self.is(at, &["сейчас", "щас", "щяс", "now"])
                && (at + 1..denial.start).all(|at| self.is(at, BETWEEN))
        });
        now || self.is(denial.end, NOW)
    }

    /// Marks a group, and those before it that are joined to it: «ни завтра, ни в среду».
    fn deny(&self, index: usize, groups: &mut [Group]) {
        let mut at = index;
        loop {
            if let Some(group) = groups.get_mut(at) {
                group.denied = true;
            }
            let Some(before) = at.checked_sub(1) else {
                return;
            };
            let (Some(one), Some(two)) = (groups.get(before), groups.get(at)) else {
                return;
            };
            let mut between = one.words.end..two.words.start;
            let near = between.len() <= FAR;
            if !near || !between.any(|at| self.is(at, JOINERS)) {
                return;
            }
            at = before;
        }
    }
}

/// The times of an utterance, each a day with its hours.
fn groups(items: &[Item]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut open = false;
    for (index, item) in items.iter().enumerate() {
        if item.kind == ItemKind::Other {
            open = false;
            continue;
        }
        if is_link(item.kind) {
            continue;
        }
        match groups.last_mut() {
            Some(group) if open && !(is_day(item.kind) && has_day(items, group)) => {
                group.items.end = index + 1;
                group.words.end = item.range.end;
            }
            _ => groups.push(Group {
                items: index..index + 1,
                words: item.range.clone(),
                denied: false,
            }),
        }
        open = true;
    }
    groups
}

fn has_day(items: &[Item], group: &Group) -> bool {
    let items = items.get(group.items.clone()).unwrap_or_default();
    items.iter().any(|item| is_day(item.kind))
}

fn is_day(kind: ItemKind) -> bool {
    matches!(
        kind,
        ItemKind::Day(_) | ItemKind::Date(..) | ItemKind::Weekday(_) | ItemKind::Weekend
    )
}

/// Whether it names an hour that one can be busy until.
fn is_hour(kind: ItemKind) -> bool {
    matches!(
        kind,
        ItemKind::Clock(..)
            | ItemKind::Half
            | ItemKind::HalfTo(_)
            | ItemKind::Quarter
            | ItemKind::Hour(_)
            | ItemKind::Lunch
    )
}

/// Whether a word only leads to a time, and names none.
fn is_link(kind: ItemKind) -> bool {
    matches!(
        kind,
        ItemKind::Through
            | ItemKind::After
            | ItemKind::Before
            | ItemKind::At
            | ItemKind::Without
            | ItemKind::From
            | ItemKind::To
            | ItemKind::Past
            | ItemKind::Next
            | ItemKind::This
            | ItemKind::Joint
            | ItemKind::Ago
    )
}
