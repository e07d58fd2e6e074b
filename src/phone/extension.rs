//! What is keyed in after the answer to reach a desk: `доб. 123`.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The longest extension that private exchanges use.
const LONGEST: usize = 10;

/// The digits to send as DTMF once the exchange has answered.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Extension(String);

impl Extension {
    /// Reads 1 to 10 digits, with spaces and dashes between them.
    pub fn parse(text: &str) -> Option<Self> {
        let spaced = |sign: char| sign.is_whitespace() || matches!(sign, '-' | '.' | ')');
        let digits: String = text.chars().filter(|&sign| !spaced(sign)).collect();
        let fits = (1..=LONGEST).contains(&digits.len());
        (fits && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(Self(digits))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Extension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Extension {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Extension {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not an extension"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extension_is_a_few_digits() {
        assert_eq!(Extension::parse(" 1-23 ").unwrap().as_str(), "123");
        for bad in ["", "-", "12a", "12345678901", "#1"] {
            assert_eq!(Extension::parse(bad), None, "{bad}");
        }
    }
}
