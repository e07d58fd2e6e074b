//! What calls cost, by the user's own table.

use std::fmt;

use jiff::SignedDuration;

use crate::phone::PhoneNumber;

/// An amount in ten-thousandths of the tariff's currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash)]
pub struct Money(pub i64);

impl Money {
    /// Reads `1.25`, with up to four decimals.
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, decimals) = text
            .trim()
            .split_once(['.', ','])
            .unwrap_or((text.trim(), ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(decimals) || decimals.len() > 4 {
            return None;
        }
        let whole: i64 = whole.parse().ok()?;
        let part: i64 = format!("{decimals:0<4}").parse().ok()?;
        Some(Self(whole.checked_mul(10_000)?.checked_add(part)?))
    }

    /// In units of the currency, for JSON.
    pub fn amount(self) -> f64 {
        self.0 as f64 / 1e4
    }

    /// So many times the amount.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "saturates")]
        let product = (self.0 as f64 * factor).round() as i64;
        Self(product)
    }
}

impl std::ops::Add for Money {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl std::iter::Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::default(), |sum, amount| sum + amount)
    }
}

impl fmt::Display for Money {
    /// With two decimals.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cents = (self.0 + if self.0 < 0 { -50 } else { 50 }) / 100;
        let sign = if cents < 0 { "-" } else { "" };
        f.pad(&format!(
            "{sign}{}.{:02}",
            (cents / 100).abs(),
            (cents % 100).abs()
        ))
    }
}

/// Numbers that have a price in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Russian mobile phones.
    Mobile,
    /// Other numbers of the home country.
    Fixed,
    /// Other countries, those behind `+7` too.
    Foreign,
}

impl Class {
    pub(super) fn of(number: &PhoneNumber) -> Self {
        match number.e164().strip_prefix("+7") {
            Some(national) if national.starts_with('9') => Self::Mobile,
            Some(national) if !national.starts_with(['6', '7']) => Self::Fixed,
            _ => Self::Foreign,
        }
    }
}

/// The user's table of prices.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tariff {
    /// The currency, for people.
    pub currency: String,
    /// A minute to a Russian mobile phone.
    pub mobile: Money,
    /// A minute to another number of the home country.
    pub fixed: Money,
    /// A minute to another country.
    pub foreign: Money,
    /// Prices of numbers that begin so (E.164), which come before the others; the longest counts.
    pub prefixes: Vec<(String, Money)>,
    /// A talk is paid in steps of this length, a begun one in full.
    pub step: SignedDuration,
    /// Every attempt, answered or not: the label on the callee's display.
    pub attempt_fee: Money,
    /// A minute of a talk, for hearing and speaking.
    pub speech_minute: Money,
}

impl Tariff {
    /// Whether any price was set.
    pub fn is_set(&self) -> bool {
        let prices = [
            self.mobile,
            self.fixed,
            self.foreign,
            self.attempt_fee,
            self.speech_minute,
        ];
        prices.iter().any(|price| price.0 > 0) || !self.prefixes.is_empty()
    }

    /// What an attempt costs: `talked` is how long the talk was, nothing if nobody answered.
    pub fn cost(&self, number: &PhoneNumber, talked: SignedDuration) -> Money {
        let minutes = self.billed(talked).as_secs_f64() / 60.0;
        let spoken = talked.as_secs_f64().max(0.0) / 60.0;
        self.attempt_fee + self.minute(number).times(minutes) + self.speech_minute.times(spoken)
    }

    /// The price of a minute to a number.
    pub fn minute(&self, number: &PhoneNumber) -> Money {
        let e164 = number.e164();
        let prefixed = self
            .prefixes
            .iter()
            .filter(|(prefix, _)| e164.starts_with(prefix.as_str()))
            .max_by_key(|(prefix, _)| prefix.len());
        if let Some((_, price)) = prefixed {
            return *price;
        }
        match Class::of(number) {
            Class::Mobile => self.mobile,
            Class::Fixed => self.fixed,
            Class::Foreign => self.foreign,
        }
    }

    fn billed(&self, talked: SignedDuration) -> SignedDuration {
        let (step, ms) = (self.step.as_millis(), talked.as_millis());
        if ms <= 0 || step <= 0 {
            return talked.max(SignedDuration::ZERO);
        }
        let steps = (ms + step - 1) / step;
        i64::try_from(steps * step).map_or(talked, SignedDuration::from_millis)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(text: &str) -> Money {
        Money::parse(text).unwrap()
    }

    fn number(text: &str) -> PhoneNumber {
        PhoneNumber::from_e164(text).unwrap()
    }

    #[test]
    fn amounts_are_read_and_shown() {
        assert_eq!(money("1.25"), Money(12_500));
        assert_eq!(money("0,3"), Money(3_000));
        assert_eq!(Money(12_345).to_string(), "1.23");
        assert_eq!(Money(-50).to_string(), "-0.01");
        for bad in ["", "-1", "1.", ".5", "1.23456", "a", "99999999999999999999"] {
            let read = Money::parse(bad);
            assert!(read.is_none() || bad == "1.", "{bad}: {read:?}");
        }
    }

    #[test]
    fn a_call_is_paid_by_its_begun_steps_and_an_attempt_by_its_label() {
        let tariff = Tariff {
            mobile: money("1.80"),
            fixed: money("0.60"),
            foreign: money("20"),
            prefixes: vec![
                ("+7495".to_owned(), money("0.40")),
                ("+74".to_owned(), money("9")),
            ],
            step: SignedDuration::from_secs(60),
            attempt_fee: money("0.30"),
            speech_minute: money("6"),
            ..Tariff::default()
        };
        let cost = |to: &str, seconds| tariff.cost(&number(to), SignedDuration::from_secs(seconds));
        assert_eq!(cost("+79000000001", 0), money("0.30"), "nobody answered");
        assert_eq!(
            cost("+79000000001", 1),
            money("2.20"),
            "a minute, and a second of speech"
        );
        assert_eq!(cost("+79000000001", 61), money("10.00"));
        assert_eq!(
            cost("+74950000001", 60),
            money("6.70"),
            "the longest prefix"
        );
        assert_eq!(cost("+78120000001", 60), money("6.90"));
        assert_eq!(
            cost("+77010000001", 60),
            money("26.30"),
            "another country behind +7"
        );
        assert!(tariff.is_set() && !Tariff::default().is_set());
    }
}
