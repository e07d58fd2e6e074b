//! Russian: numbers that agree with what they count, and everything made of them.

mod calendar;
mod cardinal;
mod name;
mod noun;
mod ordinal;
mod phone;

pub(super) use calendar::{date, moment, time, weekday};
pub(super) use cardinal::{cardinal, decimal};
pub(super) use name::{address, name};
pub(super) use noun::{count, count_fraction, money, plural, plural_fraction};
pub(super) use ordinal::ordinal;
pub(super) use phone::phone;
