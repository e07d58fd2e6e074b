//! Identities of the ledger's rows, one type each, so that a lead is never taken for an attempt.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A text that is no identity.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is not an id: write its digits, such as 42")]
pub struct BadId(pub String);

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl $name {
            /// Reads the digits of an id.
            ///
            /// # Errors
            /// Anything but digits of a number above zero.
            pub fn parse(text: &str) -> Result<Self, BadId> {
                let digits = text.trim();
                let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
                match digits.parse() {
                    Ok(value) if plain && value > 0 => Ok(Self(value)),
                    _ => Err(BadId(text.to_owned())),
                }
            }
        }

        impl FromStr for $name {
            type Err = BadId;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    };
}

id!(
    /// One try to reach a number; also the id of the call it creates.
    AttemptId
);
id!(
    /// One person to reach in one campaign.
    LeadId
);
id!(
    /// One campaign.
    CampaignId
);
id!(
    /// One run of the program that may ring people.
    RunId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_plain_digits_above_zero() {
        assert_eq!(AttemptId::parse("42"), Ok(AttemptId(42)));
        assert_eq!(AttemptId(42).to_string(), "42");
        assert_eq!(format!("{:>4}", LeadId(7)), "   7");
        for bad in ["", "0", "-1", "+1", "4 2", "last", "99999999999999999999"] {
            assert_eq!(AttemptId::parse(bad), Err(BadId(bad.to_owned())), "{bad}");
        }
    }
}
