//! A number with up to three decimal places, kept exact.

use std::fmt;

/// A count, a size or an amount in thousandths, so that money never meets a binary fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity {
    thousandths: i64,
}

impl Quantity {
    /// A whole number; the largest possible where it does not fit.
    pub fn whole(n: i64) -> Self {
        Self {
            thousandths: n.saturating_mul(1000),
        }
    }

    /// So many thousandths.
    pub fn from_thousandths(thousandths: i64) -> Self {
        Self { thousandths }
    }

    /// Reads `1500`, `-3`, `2.5`, `1 500,20`. More than three decimal places are no quantity.
    pub fn parse(text: &str) -> Option<Self> {
        let blanks = [' ', '\u{a0}', '\u{202f}', '_'];
        let plain: String = text
            .trim()
            .chars()
            .filter(|c| !blanks.contains(c))
            .collect();
        let (negative, plain) = match plain.strip_prefix(['-', '−']) {
            Some(rest) => (true, rest),
            None => (false, plain.as_str()),
        };
        let (whole, decimals) = plain.split_once(['.', ',']).unwrap_or((plain, ""));
        let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(decimals) || decimals.len() > 3 {
            return None;
        }
        let decimals: i64 = format!("{decimals:0<3}").parse().ok()?;
        let whole: i64 = whole.parse().ok()?;
        let thousandths = whole.checked_mul(1000)?.checked_add(decimals)?;
        Some(Self {
            thousandths: if negative { -thousandths } else { thousandths },
        })
    }

    /// In thousandths.
    pub fn thousandths(self) -> i64 {
        self.thousandths
    }

    /// The whole part, towards zero.
    pub fn trunc(self) -> i64 {
        self.thousandths / 1000
    }

    /// The number, where it is a whole one.
    pub fn as_whole(self) -> Option<i64> {
        (self.thousandths % 1000 == 0).then(|| self.trunc())
    }

    /// What stands behind the point, in hundredths, rounded; with the whole part carried over.
    pub(super) fn in_hundredths(self) -> (i64, i64) {
        let hundredths = (self.thousandths.unsigned_abs() + 5) / 10;
        let sign = self.thousandths.signum();
        let hundredths = i64::try_from(hundredths).unwrap_or(i64::MAX);
        (sign * (hundredths / 100), hundredths % 100)
    }

    /// The product, if it fits.
    pub fn times(self, factor: i64) -> Option<Self> {
        Some(Self {
            thousandths: self.thousandths.checked_mul(factor)?,
        })
    }

    /// The sum, if it fits.
    pub fn plus(self, other: Self) -> Option<Self> {
        Some(Self {
            thousandths: self.thousandths.checked_add(other.thousandths)?,
        })
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.thousandths < 0 { "-" } else { "" };
        let size = self.thousandths.unsigned_abs();
        let decimals = format!("{:03}", size % 1000);
        let decimals = decimals.trim_end_matches('0');
        let point = if decimals.is_empty() { "" } else { "." };
        write!(f, "{sign}{}{point}{decimals}", size / 1000)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("1500", "1500")]
    #[case("1 500,20", "1500.2")]
    #[case("-2.5", "-2.5")]
    #[case("0.050", "0.05")]
    fn a_quantity_is_read_and_written(#[case] text: &str, #[case] written: &str) {
        assert_eq!(Quantity::parse(text).unwrap().to_string(), written);
    }

    #[rstest]
    #[case("")]
    #[case("1.2345")]
    #[case("12a")]
    #[case(".5")]
    #[case("99999999999999999999")]
    fn what_is_no_quantity_is_refused(#[case] text: &str) {
        assert_eq!(Quantity::parse(text), None);
    }

    proptest! {
        #[test]
        fn writing_and_reading_give_it_back(thousandths in -1_000_000_000_i64..1_000_000_000) {
            let quantity = Quantity::from_thousandths(thousandths);
            prop_assert_eq!(Quantity::parse(&quantity.to_string()), Some(quantity));
        }
    }
}
