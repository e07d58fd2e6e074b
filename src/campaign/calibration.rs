//! The tariff as past charges have it: what a minute really cost, and how it was rounded.
//!
//! Medians, so that a promotion or a wrong match moves nothing; a price that too few charges bear out
//! is left as it was.

use jiff::SignedDuration;

use super::tariff::{Class, Money, Tariff};
use crate::phone::PhoneNumber;

/// Fewer charges than this say nothing about a price.
const FEWEST: usize = 5;
/// Steps in which providers count, in seconds, the longest first.
const STEPS: [u32; 5] = [60, 30, 10, 6, 1];
/// One charge in so many may contradict a step: corrections by hand.
const EXCEPTIONS: usize = 50;

/// A call that was charged for, or an attempt that was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChargedCall {
    /// Who was rung.
    pub number: PhoneNumber,
    /// Seconds of talk; 0 if nobody answered.
    pub talked: u32,
    /// Seconds that were charged for; `None` where the provider does not tell.
    pub charged: Option<u32>,
    /// What was charged in all.
    pub amount: Money,
}

/// A price that charges bear out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price {
    /// What it is.
    pub money: Money,
    /// How many charges it rests on.
    pub charges: usize,
}

/// What charges tell of a tariff; `None` where there are too few of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Calibration {
    /// A minute to a Russian mobile phone.
    pub mobile: Option<Price>,
    /// A minute to another number at home.
    pub fixed: Option<Price>,
    /// A minute to another country.
    pub foreign: Option<Price>,
    /// An attempt that nobody answered.
    pub attempt_fee: Option<Price>,
    /// The step in which talks are counted.
    pub step: Option<SignedDuration>,
}

impl Calibration {
    /// What these charges tell.
    pub fn of(calls: &[ChargedCall]) -> Self {
        let step = step(calls);
        let fee = attempt_fee(calls);
        let less = fee.map_or(Money::default(), |fee| fee.money);
        let minute = |class| minute(calls, class, (step, less));
        Self {
            mobile: minute(Class::Mobile),
            fixed: minute(Class::Fixed),
            foreign: minute(Class::Foreign),
            attempt_fee: fee,
            step: step.map(|step| SignedDuration::from_secs(step.into())),
        }
    }

    /// A tariff with everything that is told put in.
    #[must_use]
    pub fn applied(&self, to: &Tariff) -> Tariff {
        let price = |told: Option<Price>, before: Money| told.map_or(before, |told| told.money);
        Tariff {
            mobile: price(self.mobile, to.mobile),
            fixed: price(self.fixed, to.fixed),
            foreign: price(self.foreign, to.foreign),
            attempt_fee: price(self.attempt_fee, to.attempt_fee),
            step: self.step.unwrap_or(to.step),
            ..to.clone()
        }
    }
}

/// The longest step that all charged lengths are whole numbers of, but for a few.
fn step(calls: &[ChargedCall]) -> Option<u32> {
    let charged: Vec<u32> = calls
        .iter()
        .filter(|call| call.talked > 0)
        .filter_map(|call| call.charged.filter(|seconds| *seconds > 0))
        .collect();
    if charged.len() < FEWEST {
        return None;
    }
    STEPS.into_iter().find(|step| {
        let odd = charged.iter().filter(|seconds| *seconds % step != 0);
        odd.count() * EXCEPTIONS <= charged.len()
    })
}

/// What an attempt costs that nobody answered; nothing if most of them were free.
fn attempt_fee(calls: &[ChargedCall]) -> Option<Price> {
    let silent = calls.iter().filter(|call| call.talked == 0);
    median(silent.map(|call| call.amount).collect())
}

/// The price of a minute, the fee of the attempt taken off.
fn minute(calls: &[ChargedCall], class: Class, (step, fee): (Option<u32>, Money)) -> Option<Price> {
    let prices = calls
        .iter()
        .filter(|call| call.talked > 0 && Class::of(&call.number) == class)
        .filter_map(|call| {
            let step = step.unwrap_or(1).max(1);
            let seconds = call.charged.unwrap_or(call.talked.div_ceil(step) * step);
            let paid = call.amount.0.saturating_sub(fee.0).max(0);
            (seconds > 0).then(|| Money(paid).times(60.0 / f64::from(seconds)))
        });
    median(prices.collect())
}

fn median(mut amounts: Vec<Money>) -> Option<Price> {
    if amounts.len() < FEWEST {
        return None;
    }
    amounts.sort_unstable();
    let money = amounts.get(amounts.len() / 2).copied()?;
    Some(Price {
        money,
        charges: amounts.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> PhoneNumber {
        PhoneNumber::from_e164(text).unwrap()
    }

    /// A month under a tariff: every talk and attempt charged as the tariff says.
    fn charged(tariff: &Tariff, tells_seconds: bool) -> Vec<ChargedCall> {
        let step = u32::try_from(tariff.step.as_secs()).unwrap();
        let call = |to: &str, talked: u32| {
            let number = number(to);
            let amount = tariff.cost(&number, SignedDuration::from_secs(talked.into()));
            let charged = tells_seconds.then(|| talked.div_ceil(step) * step);
            ChargedCall {
                number,
                talked,
                charged,
                amount,
            }
        };
        let talks = (1..60).map(|n| call("+79000000001", n * 7 % 180 + 1));
        let fixed = (1..60).map(|n| call("+74950000001", n * 11 % 90 + 1));
        let silent = (0..40).map(|_| call("+79000000002", 0));
        talks.chain(fixed).chain(silent).collect()
    }

    fn tariff(step: i64) -> Tariff {
        Tariff {
            currency: "RUB".to_owned(),
            mobile: Money::parse("1.80").unwrap(),
            fixed: Money::parse("0.60").unwrap(),
            attempt_fee: Money::parse("0.30").unwrap(),
            step: SignedDuration::from_secs(step),
            ..Tariff::default()
        }
    }

    #[test]
    fn the_tariff_that_charges_were_made_by_is_found_again() {
        for (step, tells) in [(60, true), (1, true), (6, true), (1, false)] {
            let tariff = tariff(step);
            let calibration = Calibration::of(&charged(&tariff, tells));
            let found = calibration.applied(&Tariff {
                currency: "RUB".to_owned(),
                step: SignedDuration::from_secs(step),
                ..Tariff::default()
            });
            // Single charges are rounded to ten-thousandths.
            let near = |a: Money, b: Money| (a.0 - b.0).abs() <= 20;
            assert!(
                near(found.mobile, tariff.mobile),
                "{step} {tells}: {found:?}"
            );
            assert!(near(found.fixed, tariff.fixed), "{step} {tells}: {found:?}");
            assert_eq!(found.attempt_fee, tariff.attempt_fee, "{step} {tells}");
            assert_eq!(found.step, tariff.step, "{step} {tells}");
            assert_eq!(calibration.foreign, None, "nobody abroad was rung");
        }
    }

    #[test]
    fn a_promotion_and_a_wrong_match_move_no_price() {
        let tariff = tariff(60);
        let mut calls = charged(&tariff, true);
        for call in calls.iter_mut().filter(|call| call.talked > 0).take(8) {
            call.amount = Money::default();
        }
        calls.push(ChargedCall {
            number: number("+79000000009"),
            talked: 10,
            charged: Some(17),
            amount: Money::parse("900").unwrap(),
        });
        let found = Calibration::of(&calls);
        assert_eq!(found.mobile.unwrap().money, tariff.mobile);
        assert_eq!(found.step, Some(tariff.step));
    }

    #[test]
    fn a_handful_of_charges_changes_nothing() {
        let calls: Vec<ChargedCall> = charged(&tariff(60), true).into_iter().take(4).collect();
        assert_eq!(Calibration::of(&calls), Calibration::default());
        assert_eq!(Calibration::of(&calls).applied(&tariff(60)), tariff(60));
    }
}
