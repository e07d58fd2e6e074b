//! The number itself: E.164, masked when shown, revealed on request.
//!
//! The mask keeps what a person needs to tell two lines of a log apart (region and last two
//! digits) and hides the rest.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{NumberError, NumberRules, parse};

/// A complete telephone number in E.164 form: `+` and 7 to 15 digits.
///
/// `Display` and `Debug` are masked; serde writes and reads the full form.
///
/// ```
/// use novodial::phone::{NumberFormat, NumberRules, PhoneNumber};
/// let number = PhoneNumber::parse("8 (900) 000-00-01", &NumberRules::default())?;
/// assert_eq!(number.e164(), "+79000000001");
/// assert_eq!(number.dialled(NumberFormat::Plain), "79000000001");
/// assert_eq!(number.to_string(), "+7 900 ***-**-01");
/// # Ok::<(), novodial::phone::NumberError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PhoneNumber(String);

/// The form in which a trunk wants to be given a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberFormat {
    /// Digits only: `79000000001`.
    #[default]
    Plain,
    /// E.164: `+79000000001`.
    Plus,
    /// As dialled inside Russia: `89000000001`; other countries by `810`.
    Eight,
}

impl PhoneNumber {
    /// Reads a number as people write it, and refuses what the rules do not allow.
    ///
    /// # Errors
    /// Says what is wrong; [`NumberError::hint`] says what to write instead.
    pub fn parse(text: &str, rules: &NumberRules) -> Result<Self, NumberError> {
        parse::parse(text, rules).map(Self)
    }

    /// Takes a number that is already in E.164 form, as our own ledger keeps it. No rule is asked.
    ///
    /// # Errors
    /// [`NumberError::NotE164`] unless it is `+` and 7 to 15 digits, the first not 0.
    pub fn from_e164(text: &str) -> Result<Self, NumberError> {
        let digits = text.strip_prefix('+').ok_or(NumberError::NotE164)?;
        let long_enough = (7..=15).contains(&digits.len());
        if !long_enough || digits.starts_with('0') || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NumberError::NotE164);
        }
        Ok(Self(text.to_owned()))
    }

    /// Reveals the number: `+79000000001`.
    pub fn e164(&self) -> &str {
        &self.0
    }

    /// The digits to send to the trunk.
    pub fn dialled(&self, format: NumberFormat) -> String {
        let digits = self.digits();
        match (format, digits.strip_prefix('7')) {
            (NumberFormat::Plain, _) => digits.to_owned(),
            (NumberFormat::Plus, _) => self.0.clone(),
            (NumberFormat::Eight, Some(national)) => format!("8{national}"),
            (NumberFormat::Eight, None) => format!("810{digits}"),
        }
    }

    fn digits(&self) -> &str {
        self.0.trim_start_matches('+')
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.digits();
        let last_two = digits.get(digits.len().saturating_sub(2)..).unwrap_or("");
        let masked = if digits.starts_with('7') && digits.len() == 11 {
            let code = digits.get(1..4).unwrap_or("***");
            format!("+7 {code} ***-**-{last_two}")
        } else {
            let start = digits.get(..2).unwrap_or("");
            let stars = "*".repeat(digits.len().saturating_sub(4));
            format!("+{start}{stars}{last_two}")
        };
        f.pad(&masked)
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhoneNumber({self})")
    }
}

impl Serialize for PhoneNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for PhoneNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_e164(&text).map_err(serde::de::Error::custom)
    }
}

impl FromStr for NumberFormat {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "plain" => Ok(Self::Plain),
            "plus" => Ok(Self::Plus),
            "eight" => Ok(Self::Eight),
            other => Err(format!(
                "unknown number format `{other}`: write plain, plus or eight"
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> PhoneNumber {
        PhoneNumber::from_e164(text).unwrap()
    }

    #[test]
    fn display_and_debug_hide_the_middle() {
        let ours = number("+79000000051");
        assert_eq!(ours.to_string(), "+7 900 ***-**-51");
        assert_eq!(format!("{ours:?}"), "PhoneNumber(+7 900 ***-**-51)");
        assert_eq!(number("+442079460000").to_string(), "+44********00");
        assert_eq!(number("+1234567").to_string(), "+12***67");
    }

    #[test]
    fn a_trunk_is_given_its_own_form() {
        let ours = number("+79000000001");
        assert_eq!(ours.dialled(NumberFormat::Plain), "79000000001");
        assert_eq!(ours.dialled(NumberFormat::Plus), "+79000000001");
        assert_eq!(ours.dialled(NumberFormat::Eight), "89000000001");
        let foreign = number("+442079460000");
        assert_eq!(foreign.dialled(NumberFormat::Eight), "810442079460000");
        assert_eq!("eight".parse(), Ok(NumberFormat::Eight));
        assert!("nine".parse::<NumberFormat>().is_err());
    }

    #[test]
    fn serde_carries_the_full_number_and_checks_its_shape() {
        let json = serde_json::to_string(&number("+79000000001")).unwrap();
        assert_eq!(json, "\"+79000000001\"");
        let back: PhoneNumber = serde_json::from_str(&json).unwrap();
        assert_eq!(back, number("+79000000001"));
        for bad in [
            "\"79000000001\"",
            "\"+7900\"",
            "\"+0900000000\"",
            "\"+7900000000a\"",
        ] {
            assert!(serde_json::from_str::<PhoneNumber>(bad).is_err(), "{bad}");
        }
    }
}
