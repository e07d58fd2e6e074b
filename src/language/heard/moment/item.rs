//! The words of time, sorted by what they do.

use std::ops::Range;

use crate::language::Quantity;
use crate::language::heard::{Numeral, Word, numerals};

/// A word, or a number, and what it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) kind: ItemKind,
    /// The words it stands in.
    pub(super) range: Range<usize>,
}

/// What a word does for a moment in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ItemKind {
    /// A number; `ordinal` for «пятого», «пятый», `of_month` where it may be a day of the month.
    Number {
        value: Quantity,
        ordinal: bool,
        of_month: bool,
    },
    /// A time in digits: 15:30.
    Clock(i8, i8),
    /// A date in digits: 25.11 and 25.11.2026.
    Date(i8, i8, Option<i16>),
    /// «пол», «половина», "half".
    Half,
    /// «полтретьего» in one word: the hour it is halfway to.
    HalfTo(i8),
    /// «четверть», "quarter".
    Quarter,
    /// A unit of duration.
    Unit(Unit),
    /// Half an hour, half a day, half a year in one word, in minutes or days.
    HalfUnit(Unit),
    /// A day of the week, Monday as nought.
    Weekday(i8),
    /// A month, from one.
    Month(i8),
    /// So many days from today.
    Day(i32),
    /// A part of the day.
    Part(DayPart),
    /// «полдень», "noon", as hour.
    Hour(i8),
    /// «через», "in".
    Through,
    /// «после», "after".
    After,
    /// «до», "before", "by".
    Before,
    /// «в», "at", «около».
    At,
    /// «без»: minutes before the hour.
    Without,
    /// «с», "from", "between".
    From,
    /// «to», «до» after «с» is [`ItemKind::Before`].
    To,
    /// "past".
    Past,
    /// «следующий», "next".
    Next,
    /// «этот», "this", «ближайший».
    This,
    /// «выходные», "weekend".
    Weekend,
    /// «конец», "end".
    End,
    /// «середина», "middle".
    Middle,
    /// «начало», "beginning".
    Beginning,
    /// "am" as false, "pm" as true.
    AfterNoon(bool),
    /// «обед», "lunch".
    Lunch,
    /// "a", "the", "of", «и», «числа»: may stand between.
    Joint,
    /// "ago", «назад».
    Ago,
    /// "from now".
    FromNow,
    /// Any other word.
    Other,
}

/// A unit of duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

/// A part of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DayPart {
    Morning,
    Afternoon,
    Evening,
    Night,
}

/// Sorts an utterance into items, its numbers composed.
pub(super) fn items(words: &[Word]) -> Vec<Item> {
    let numbers = numerals(words);
    let mut items = Vec::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let number = numbers.iter().find(|number| number.range.start == at);
        // Digits with a point may be a time or a date and «половина» half an hour.
        let (kind, length) = match (digits(&word.text).or_else(|| kind(&word.text)), number) {
            (Some(kind), number) if number.is_none_or(|number| number.range.len() == 1) => {
                (kind, 1)
            }
            (_, Some(number)) => (numbered(words, number), number.range.len()),
            (_, None) => (half_of_day(words, at).unwrap_or(ItemKind::Other), 1),
        };
        items.push(Item {
            kind,
            range: at..at + length,
        });
        at += length;
    }
    day_after(words, two_words(words, items))
}

/// What may follow "the day after"; anything else is what the day is after.
const DAY_AFTER_ENDS: [&str; 12] = [
    "please", "is", "works", "would", "then", "will", "i", "we", "maybe", "perhaps", "instead",
    "thanks",
];

/// "Not tomorrow, the day after": one day later than the day that was said before; «завтра день
/// после операции» is not.
fn day_after(words: &[Word], mut items: Vec<Item>) -> Vec<Item> {
    let kind = |at: usize| items.get(at).map(|item| item.kind);
    let ends = |at: usize| {
        let item = items.get(at)?;
        let word = words.get(item.range.start)?;
        Some(word.parted || DAY_AFTER_ENDS.contains(&word.text.as_str()))
    };
    let found = (0..items.len()).find_map(|at| {
        let stands = kind(at) == Some(ItemKind::Unit(Unit::Day))
            && kind(at + 1) == Some(ItemKind::After)
            && ends(at + 2).unwrap_or(true);
        let said = items.get(..at).filter(|_| stands)?.iter().rev();
        let mut day = said.filter_map(|item| {
            let ItemKind::Day(day @ 0..) = item.kind else {
                return None;
            };
            Some(day)
        });
        Some((at, day.next_back()? + 1))
    });
    if let Some((at, day)) = found
        && let Some(item) = items.get_mut(at)
    {
        item.kind = ItemKind::Day(day);
    }
    items
}

/// A day of the month is said in the genitive, or with «числа», or after "the".
fn numbered(words: &[Word], number: &Numeral) -> ItemKind {
    let text = |at: Option<usize>| {
        at.and_then(|at| words.get(at))
            .map_or("", |word| &word.text)
    };
    let last = text(number.range.end.checked_sub(1));
    let genitive = ["ого", "его", "ому", "ему"]
        .iter()
        .any(|ending| last.ends_with(ending));
    let before = text(number.range.start.checked_sub(1));
    let after = text(Some(number.range.end));
    let named = after.starts_with("числ") || (number.ordinal && ["the", "on"].contains(&before));
    ItemKind::Number {
        value: number.value,
        ordinal: number.ordinal,
        of_month: (number.ordinal && genitive) || named,
    }
}

/// "p.m." comes as two words.
fn half_of_day(words: &[Word], at: usize) -> Option<ItemKind> {
    let text = |at: Option<usize>| {
        at.and_then(|at| words.get(at))
            .map_or("", |word| &word.text)
    };
    match (text(at.checked_sub(1)), text(Some(at))) {
        ("a", "m") => Some(ItemKind::AfterNoon(false)),
        ("p", "m") => Some(ItemKind::AfterNoon(true)),
        _ => None,
    }
}

/// "The day after tomorrow" and other things said in several words.
fn two_words(words: &[Word], items: Vec<Item>) -> Vec<Item> {
    let mut joined: Vec<Item> = Vec::new();
    for item in items {
        let kinds: Vec<ItemKind> = joined.iter().rev().take(2).map(|item| item.kind).collect();
        let (taken, kind) = match (kinds.as_slice(), item.kind) {
            ([ItemKind::After, ItemKind::Unit(Unit::Day)], ItemKind::Day(1)) => {
                (2, ItemKind::Day(2))
            }
            ([ItemKind::Before, ItemKind::Unit(Unit::Day)], ItemKind::Day(-1)) => {
                (2, ItemKind::Day(-2))
            }
            // «пол часа», «половина дня», "half an hour".
            (
                [ItemKind::Half, ..],
                ItemKind::Unit(unit @ (Unit::Hour | Unit::Day | Unit::Year)),
            ) => (1, ItemKind::HalfUnit(unit)),
            ([ItemKind::Joint, ItemKind::Half, ..], ItemKind::Unit(unit)) => {
                (2, ItemKind::HalfUnit(unit))
            }
            // "An hour from now".
            ([ItemKind::From, ..], ItemKind::Other) if is_now(words, &item) => {
                (1, ItemKind::FromNow)
            }
            _ => (0, item.kind),
        };
        let start = match taken {
            0 => item.range.start,
            _ => joined
                .get(joined.len() - taken)
                .map_or(item.range.start, |first| first.range.start),
        };
        joined.truncate(joined.len() - taken);
        joined.push(Item {
            kind,
            range: start..item.range.end,
        });
    }
    joined
}

fn is_now(words: &[Word], item: &Item) -> bool {
    let word = words.get(item.range.start);
    word.is_some_and(|word| word.text == "now")
}

/// 15:30, 15.30, 25.11, 25.11.2026.
fn digits(text: &str) -> Option<ItemKind> {
    let parts: Vec<&str> = text.split(['.', ':']).collect();
    let numbers: Vec<i16> = parts
        .iter()
        .map(|part| part.parse().ok())
        .collect::<Option<_>>()?;
    let small = |n: i16| i8::try_from(n).ok();
    match (numbers.as_slice(), parts.as_slice()) {
        ([hour @ 0..=24, minute @ 0..=59], [_, minutes])
            if text.contains(':') || (minutes.len() == 2 && *minute % 5 == 0 && *minute > 12) =>
        {
            Some(ItemKind::Clock(small(*hour)? % 24, small(*minute)?))
        }
        ([day @ 1..=31, month @ 1..=12], [_, months]) if months.len() == 2 => {
            Some(ItemKind::Date(small(*day)?, small(*month)?, None))
        }
        ([day @ 1..=31, month @ 1..=12, year], _) if !text.contains(':') => {
            let year = if *year < 100 { year + 2000 } else { *year };
            Some(ItemKind::Date(small(*day)?, small(*month)?, Some(year)))
        }
        _ => None,
    }
}

/// Beginnings of Russian words that are enough to know them by, with the word's kind.
const BEGINNINGS: &[(&str, ItemKind)] = &[
    ("понедельник", ItemKind::Weekday(0)),
    ("вторник", ItemKind::Weekday(1)),
    ("четверг", ItemKind::Weekday(3)),
    ("пятниц", ItemKind::Weekday(4)),
    ("суббот", ItemKind::Weekday(5)),
    ("субот", ItemKind::Weekday(5)),
    ("воскресен", ItemKind::Weekday(6)),
    ("январ", ItemKind::Month(1)),
    ("феврал", ItemKind::Month(2)),
    ("апрел", ItemKind::Month(4)),
    ("июн", ItemKind::Month(6)),
    ("июл", ItemKind::Month(7)),
    ("август", ItemKind::Month(8)),
    ("сентябр", ItemKind::Month(9)),
    ("октябр", ItemKind::Month(10)),
    ("ноябр", ItemKind::Month(11)),
    ("декабр", ItemKind::Month(12)),
    ("следующ", ItemKind::Next),
    ("будущ", ItemKind::Next),
    ("ближайш", ItemKind::This),
    ("минут", ItemKind::Unit(Unit::Minute)),
    ("недел", ItemKind::Unit(Unit::Week)),
    ("месяц", ItemKind::Unit(Unit::Month)),
    ("половин", ItemKind::Half),
    ("выходн", ItemKind::Weekend),
    ("вечер", ItemKind::Part(DayPart::Evening)),
    ("послезавтр", ItemKind::Day(2)),
    ("полчас", ItemKind::HalfUnit(Unit::Hour)),
    ("полдня", ItemKind::HalfUnit(Unit::Day)),
    ("полгода", ItemKind::HalfUnit(Unit::Year)),
    ("полден", ItemKind::Hour(12)),
    ("полдн", ItemKind::Hour(12)),
    ("полноч", ItemKind::Hour(0)),
];

fn kind(word: &str) -> Option<ItemKind> {
    exact(word)
        .or_else(|| {
            let known = BEGINNINGS
                .iter()
                .find(|(beginning, _)| word.starts_with(beginning));
            known.map(|(_, kind)| *kind)
        })
        .or_else(|| half_to(word))
        .or_else(|| english(word))
}

fn exact(word: &str) -> Option<ItemKind> {
    use ItemKind::{
        After, Ago, At, Before, Beginning, Day, End, From, Half, Joint, Lunch, Middle, Month, Part,
        This, Through, To, Weekday, Without,
    };
    Some(match word {
        "сегодня" => Day(0),
        "завтра" | "завтро" | "завтрашний" => Day(1),
        "вчера" => Day(-1),
        "позавчера" => Day(-2),
        "среда" | "среду" | "среды" | "среде" | "средой" | "средам" => {
            Weekday(2)
        }
        "март" | "марта" | "марте" | "марту" => Month(3),
        "май" | "мая" | "мае" | "маю" => Month(5),
        "утро" | "утром" | "утра" | "утру" | "утречком" | "утренние" => {
            Part(DayPart::Morning)
        }
        "ночь" | "ночи" | "ночью" => Part(DayPart::Night),
        "обед" | "обеда" | "обеду" | "обедом" => Lunch,
        "час" | "часа" | "часов" | "часу" | "часик" | "часика" | "часиков" | "часам" | "часами" => {
            ItemKind::Unit(Unit::Hour)
        }
        "мин" => ItemKind::Unit(Unit::Minute),
        "день" | "дня" | "дней" | "дни" | "дню" | "денек" | "деньков" => {
            ItemKind::Unit(Unit::Day)
        }
        "год" | "года" | "году" | "лет" => ItemKind::Unit(Unit::Year),
        "пол" => Half,
        "четверть" | "четверти" | "четвертью" => ItemKind::Quarter,
        "днем" | "послеобеда" | "пополудни" => Part(DayPart::Afternoon),
        "через" | "чрез" | "спустя" | "черз" | "чирез" => Through,
        "после" => After,
        "до" => Before,
        "в"
        | "во"
        | "на"
        | "к"
        | "ко"
        | "около"
        | "примерно"
        | "где-то"
        | "часиков-то"
        | "где"
        | "ровно" => At,
        "без" => Without,
        "с" | "со" | "между" | "от" => From,
        "по" => To,
        "этот" | "эту" | "этой" | "это" | "эти" | "этом" => This,
        "конце" | "конец" | "концу" | "конца" => End,
        "середине" | "середина" | "середину" => Middle,
        "начале" | "начало" | "началу" => Beginning,
        "и" | "числа" | "число" | "числу" | "так" | "то" | "бы" | "уже" | "ну" => {
            Joint
        }
        "назад" => Ago,
        _ => return None,
    })
}

/// «полтретьего».
fn half_to(word: &str) -> Option<ItemKind> {
    let rest = word.strip_prefix("пол")?;
    let hours = [
        "первого",
        "второго",
        "третьего",
        "четвертого",
        "пятого",
        "шестого",
        "седьмого",
        "восьмого",
        "девятого",
        "десятого",
        "одиннадцатого",
        "двенадцатого",
    ];
    let index = hours.iter().position(|hour| *hour == rest)?;
    i8::try_from(index + 1).ok().map(ItemKind::HalfTo)
}

fn english(word: &str) -> Option<ItemKind> {
    english_name(word).or_else(|| english_word(word))
}

/// The days of the week and the months.
fn english_name(word: &str) -> Option<ItemKind> {
    use ItemKind::{Month, Weekday};
    let weekdays = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    let plain = word
        .strip_suffix("'s")
        .or_else(|| word.strip_suffix('s'))
        .unwrap_or(word);
    if let Some(index) = weekdays.iter().position(|day| *day == plain) {
        return i8::try_from(index).ok().map(Weekday);
    }
    let months = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let index = months.iter().position(|month| *month == word)?;
    i8::try_from(index + 1).ok().map(Month)
}

fn english_word(word: &str) -> Option<ItemKind> {
    use ItemKind::{
        After, AfterNoon, Ago, At, Before, Beginning, Day, End, From, Half, Hour, Joint, Lunch,
        Middle, Next, Part, Past, Quarter, This, Through, To, Weekend,
    };
    Some(match word {
        "today" => Day(0),
        "tomorrow" => Day(1),
        "yesterday" => Day(-1),
        "morning" | "mornings" => Part(DayPart::Morning),
        "afternoon" | "afternoons" => Part(DayPart::Afternoon),
        "tonight" | "evening" | "evenings" => Part(DayPart::Evening),
        "night" => Part(DayPart::Night),
        "lunch" | "lunchtime" => Lunch,
        "noon" | "midday" => Hour(12),
        "midnight" => Hour(0),
        "minute" | "minutes" | "min" | "mins" => ItemKind::Unit(Unit::Minute),
        "hour" | "hours" | "hr" | "hrs" => ItemKind::Unit(Unit::Hour),
        "day" | "days" => ItemKind::Unit(Unit::Day),
        "week" | "weeks" => ItemKind::Unit(Unit::Week),
        "month" | "months" => ItemKind::Unit(Unit::Month),
        "year" | "years" => ItemKind::Unit(Unit::Year),
        "half" => Half,
        "quarter" => Quarter,
        "in" | "within" => Through,
        "after" => After,
        "before" | "by" => Before,
        "at" | "on" | "around" | "about" | "until" => At,
        "from" | "between" => From,
        "to" | "till" | "til" => To,
        "past" => Past,
        "next" | "following" | "coming" => Next,
        "this" => This,
        "weekend" | "weekends" => Weekend,
        "end" => End,
        "middle" => Middle,
        "beginning" | "start" => Beginning,
        "am" | "a.m" => AfterNoon(false),
        "pm" | "p.m" => AfterNoon(true),
        "a" | "an" | "the" | "of" | "and" | "o'clock" | "oclock" | "or" | "so" | "like" | "p" => {
            Joint
        }
        "ago" => Ago,
        _ => return None,
    })
}
