//! What is wrong with a number, and what to write instead.
//!
//! The messages never repeat the number: they also appear in logs.

use thiserror::Error;

/// Why a text is not a number that may be dialled.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NumberError {
    /// Nothing but spaces.
    #[error("the number is empty")]
    Empty,
    /// A letter or another sign that no number has.
    #[error("the number contains `{0}`")]
    BadCharacter(char),
    /// A spreadsheet's `7.9E+10`: the last digits are gone.
    #[error("the number was rounded by a spreadsheet (scientific notation)")]
    Rounded,
    /// Six digits and fewer: emergency services and short numbers.
    #[error("a short or emergency number ({digits} digits) is never dialled")]
    Short {
        /// How many digits were found.
        digits: usize,
    },
    /// Digits are missing.
    #[error("the number is too short: {digits} digits")]
    TooShort {
        /// How many digits were found.
        digits: usize,
    },
    /// There are digits too many.
    #[error("the number is too long: {digits} digits")]
    TooLong {
        /// How many digits were found.
        digits: usize,
    },
    /// The right length, but no numbering plan has it.
    #[error("no such number exists{}", in_country(.country.as_deref()))]
    NotAssigned {
        /// ISO 3166 code of the country, where known.
        country: Option<String>,
    },
    /// A country that the settings do not allow.
    #[error("the number belongs to {country}, which is not enabled")]
    CountryNotEnabled {
        /// ISO 3166 code.
        country: String,
    },
    /// A paid or toll-free service number.
    #[error("service and premium numbers are not enabled")]
    Premium,
    /// The settings name a country that does not exist.
    #[error("unknown country `{0}`")]
    UnknownCountry(String),
    /// A stored number is not in E.164 form.
    #[error("not a complete number (+ and 7 to 15 digits)")]
    NotE164,
}

impl NumberError {
    /// What to do now, in one line.
    pub fn hint(&self) -> String {
        match self {
            // Ten digits are too few only with a code in front.
            Self::TooShort { digits: 10 } => {
                "a digit is missing: write ten digits after the 7 or the 8 in front".to_owned()
            }
            Self::Empty | Self::TooShort { .. } | Self::NotE164 => {
                "write +7 and ten digits, 8 and ten digits, or the ten digits".to_owned()
            }
            Self::BadCharacter(_) => {
                "write digits, spaces, brackets and dashes only, one number without extension"
                    .to_owned()
            }
            Self::Rounded => {
                "format the column as text in the spreadsheet and export it again".to_owned()
            }
            Self::Short { .. } => "write the full number with its area code".to_owned(),
            Self::TooLong { .. } => {
                "write one number; a foreign one begins with + and its country code".to_owned()
            }
            Self::NotAssigned { .. } => "check the country and area code".to_owned(),
            Self::CountryNotEnabled { country } => {
                format!("add \"{country}\" to countries in [policy] if you mean to call there")
            }
            Self::Premium => {
                "write premium = true in [policy] if you mean to call such numbers".to_owned()
            }
            Self::UnknownCountry(_) => {
                "write two-letter country codes, such as countries = [\"RU\"]".to_owned()
            }
        }
    }
}

fn in_country(country: Option<&str>) -> String {
    country.map_or_else(String::new, |code| format!(" in {code}"))
}
