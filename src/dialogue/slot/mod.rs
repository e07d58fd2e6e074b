//! Slots: what a question asks for, and the value that an answer gives.
//!
//! [`parse`] is a pure function of the kind, the words and the time of the call. What it finds
//! comes with the words it was found in, so that a talk can be checked step by step.

mod amount;
mod choice;
mod email;
mod name;
mod phone;
#[cfg(test)]
mod tests;

use std::fmt;

use jiff::civil::{Date, DateTime, Time};

use super::intent::IntentSet;
use crate::language::heard::{self, Moment};
use crate::language::spoken::Currency;
use crate::language::{Language, Quantity};

pub use choice::ChoiceOption;
pub(in crate::dialogue) use choice::listened_for;

/// What a slot takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SlotKind {
    /// Consent or refusal.
    YesNo,
    /// A number.
    Number,
    /// A sum of money.
    Money,
    /// A day.
    Date,
    /// A time of day.
    Time,
    /// A day, a time or both: when to call back.
    Moment,
    /// A person's name.
    Name,
    /// A telephone number.
    Phone,
    /// An e-mail address.
    Email,
    /// Whatever was said.
    Text,
    /// One of a list.
    Choice(Vec<ChoiceOption>),
}

impl SlotKind {
    /// The names that scenarios use for the kinds, but for `choice`, which has its list.
    pub const NAMES: [&str; 10] = [
        "yes_no", "number", "money", "date", "time", "moment", "name", "phone", "email", "text",
    ];

    /// The kind of that name, but for `choice`.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "yes_no" => Self::YesNo,
            "number" => Self::Number,
            "money" => Self::Money,
            "date" => Self::Date,
            "time" => Self::Time,
            "moment" => Self::Moment,
            "name" => Self::Name,
            "phone" => Self::Phone,
            "email" => Self::Email,
            "text" => Self::Text,
            _ => return None,
        })
    }
}

/// The value that fills a slot. Its `Display` is the form that templates and exports get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SlotValue {
    /// Consent is `yes`, refusal `no`.
    YesNo(bool),
    /// Written in digits with a point.
    Number(Quantity),
    /// The amount; the currency only where it was said.
    Money(Quantity, Option<Currency>),
    /// Written as `2026-11-23`.
    Date(Date),
    /// Written as `15:30`.
    Time(Time),
    /// Written as its beginning, `2026-11-23T15:30`.
    Moment(Moment),
    /// First name, and patronymic where it was said.
    Name(String),
    /// Digits with a leading `+` where the country is known.
    Phone(String),
    /// In Latin letters.
    Email(String),
    /// As it was heard.
    Text(String),
    /// The value of the option.
    Choice(String),
}

impl SlotValue {
    /// The number of a count or a sum.
    pub(super) fn quantity(&self) -> Option<Quantity> {
        if let Self::Number(quantity) | Self::Money(quantity, _) = self {
            return Some(*quantity);
        }
        None
    }
}

impl fmt::Display for SlotValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::YesNo(yes) => f.write_str(if *yes { "yes" } else { "no" }),
            Self::Number(quantity) | Self::Money(quantity, _) => quantity.fmt(f),
            Self::Date(date) => date.fmt(f),
            Self::Time(time) => time.strftime("%H:%M").fmt(f),
            Self::Moment(moment) => moment.from.strftime("%Y-%m-%dT%H:%M").fmt(f),
            Self::Name(text)
            | Self::Phone(text)
            | Self::Email(text)
            | Self::Text(text)
            | Self::Choice(text) => f.write_str(text),
        }
    }
}

/// A filled slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// The value.
    pub value: SlotValue,
    /// The words it was found in.
    pub evidence: String,
}

/// The value of that kind in an utterance, as of `now` on the callee's clock. «Не завтра, а
/// послезавтра» is the day after tomorrow.
pub fn parse(kind: &SlotKind, text: &str, now: DateTime) -> Option<Slot> {
    let whole = [SlotKind::YesNo, SlotKind::Text].contains(kind);
    let put_right = corrected(text).filter(|_| !whole);
    put_right
        .and_then(|right| value(kind, &right, now))
        .or_else(|| value(kind, text, now))
}

/// What stands after «не … а», "not … but".
fn corrected(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let is = |word: &str, known: [&str; 2]| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        known.contains(&word.to_lowercase().as_str())
    };
    let denied = words.iter().position(|word| is(word, ["не", "not"]))?;
    let turn = words.iter().rposition(|word| is(word, ["а", "but"]))?;
    let after = words.get(turn + 1..).filter(|_| turn > denied + 1)?;
    Some(after.join(" "))
}

fn value(kind: &SlotKind, text: &str, now: DateTime) -> Option<Slot> {
    match kind {
        SlotKind::YesNo => yes_no(text),
        SlotKind::Number => amount::number(text),
        SlotKind::Money => amount::money(text),
        SlotKind::Date | SlotKind::Time | SlotKind::Moment => moment(kind, text, now),
        SlotKind::Name => name::name(text),
        SlotKind::Phone => phone::phone(text),
        SlotKind::Email => email::email(text),
        SlotKind::Text => {
            let text = text.trim();
            let value = SlotValue::Text(text.to_owned());
            (!text.is_empty()).then(|| Slot {
                value,
                evidence: text.to_owned(),
            })
        }
        SlotKind::Choice(options) => choice::choice(options, text),
    }
}

/// Consent or refusal, by the standard intents of the language it was said in.
fn yes_no(text: &str) -> Option<Slot> {
    let intents = IntentSet::standard_ref(Language::of(text)).ok()?;
    let evidence = intents.classify_answer(text, |name| ["yes", "no"].contains(&name))?;
    let value = SlotValue::YesNo(evidence.intent == "yes");
    Some(Slot {
        value,
        evidence: evidence.phrase,
    })
}

fn moment(kind: &SlotKind, text: &str, now: DateTime) -> Option<Slot> {
    let words = heard::words(text);
    let moment = match kind {
        // Nobody is called back in the past; a day that is asked for may be past.
        SlotKind::Moment => heard::moment_ahead(&words, now)?,
        // An hour without a day is the same whatever the hour is now.
        SlotKind::Time => heard::moment(&words, now)
            .filter(|moment| moment.dated)
            .or_else(|| heard::moment(&words, now.date().to_datetime(Time::midnight())))?,
        SlotKind::YesNo
        | SlotKind::Number
        | SlotKind::Money
        | SlotKind::Date
        | SlotKind::Name
        | SlotKind::Phone
        | SlotKind::Email
        | SlotKind::Text
        | SlotKind::Choice(_) => heard::moment(&words, now)?,
    };
    let evidence = heard::said(&words, moment.range.clone());
    let value = if *kind == SlotKind::Moment {
        Some(SlotValue::Moment(moment))
    } else if *kind == SlotKind::Date {
        moment.dated.then(|| SlotValue::Date(moment.from.date()))
    } else {
        moment.timed.then(|| SlotValue::Time(moment.from.time()))
    };
    value.map(|value| Slot { value, evidence })
}
