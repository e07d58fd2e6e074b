//! What a list says of one lead in its reserved columns, typed.
//!
//! `callee` names the part that a rehearsal's callee plays; a real call does not look at it.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Bound;
use super::calling_window::Zone;
use crate::phone::PhoneNumber;

/// What a list says of one lead beside number and name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Terms {
    /// Who comes first: higher before lower, -100 to 100.
    #[serde(skip_serializing_if = "is_zero")]
    pub priority: i32,
    /// Where the callee lives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<Zone>,
    /// Not rung before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Bound>,
    /// Not rung after.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_after: Option<Bound>,
    /// A scenario of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scenario: Option<String>,
    /// The number that this callee is to see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caller_id: Option<PhoneNumber>,
    /// Whether the callee agreed to be called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent: Option<Consent>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent_date: Option<Date>,
    /// The part that the callee of a rehearsal plays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub callee: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_zero(priority: &i32) -> bool {
    *priority == 0
}

impl Terms {
    /// Fills what these leave open from a repeat of the lead; the higher priority stays.
    pub fn merge(&mut self, repeat: Self) {
        self.priority = self.priority.max(repeat.priority);
        self.timezone = self.timezone.take().or(repeat.timezone);
        self.not_before = self.not_before.or(repeat.not_before);
        self.not_after = self.not_after.or(repeat.not_after);
        self.scenario = self.scenario.take().or(repeat.scenario);
        self.caller_id = self.caller_id.take().or(repeat.caller_id);
        // Whoever refused on one of two rows has refused.
        self.consent = match (self.consent.take(), repeat.consent) {
            (_, Some(Consent::Refused)) => Some(Consent::Refused),
            (first, second) => first.or(second),
        };
        self.consent_date = self.consent_date.or(repeat.consent_date);
        self.callee = self.callee.take().or(repeat.callee);
    }
}

/// Whether a callee agreed to be called, and what shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Consent {
    /// Agreed; with a reference to the evidence where the list has one.
    Given(Option<String>),
    /// Refused, or withdrew it.
    Refused,
}

const YES: [&str; 8] = ["yes", "y", "true", "1", "да", "есть", "+", "given"];
const NO: [&str; 9] = [
    "no",
    "n",
    "false",
    "0",
    "нет",
    "отказ",
    "-",
    "refused",
    "withdrawn",
];

impl Consent {
    /// Reads `yes`, `no` (also in Russian), or a reference to the evidence, which is a yes;
    /// `None` for nothing.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let word = text.to_lowercase();
        match word.as_str() {
            "" => None,
            word if YES.contains(&word) => Some(Self::Given(None)),
            word if NO.contains(&word) => Some(Self::Refused),
            _ => Some(Self::Given(Some(text.to_owned()))),
        }
    }
}

impl fmt::Display for Consent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Given(None) => f.write_str("yes"),
            Self::Given(Some(evidence)) => f.write_str(evidence),
            Self::Refused => f.write_str("no"),
        }
    }
}

impl Serialize for Consent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Consent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("an empty consent"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn consent_is_yes_no_or_its_evidence() {
        assert_eq!(Consent::parse("Да"), Some(Consent::Given(None)));
        assert_eq!(Consent::parse("0"), Some(Consent::Refused));
        assert_eq!(Consent::parse("  "), None);
        let form = Consent::Given(Some("анкета 17".to_owned()));
        assert_eq!(Consent::parse(" анкета 17 "), Some(form.clone()));
        assert_eq!(Consent::parse(&form.to_string()), Some(form));
    }

    #[test]
    fn terms_are_kept_as_json_and_only_what_is_set() {
        assert_eq!(serde_json::to_string(&Terms::default()).unwrap(), "{}");
        let terms = Terms {
            priority: -3,
            timezone: Some(Zone::parse("Asia/Omsk").unwrap()),
            not_before: Bound::parse("10:00"),
            consent: Consent::parse("no"),
            consent_date: "2026-01-02".parse().ok(),
            ..Terms::default()
        };
        let json = serde_json::to_string(&terms).unwrap();
        assert_eq!(
            json,
            r#"{"priority":-3,"timezone":"Asia/Omsk","not_before":"10:00:00","consent":"no","consent_date":"2026-01-02"}"#
        );
        assert_eq!(serde_json::from_str::<Terms>(&json).unwrap(), terms);
    }

    #[test]
    fn a_repeat_fills_and_never_lowers() {
        let mut first = Terms {
            priority: 1,
            consent: Some(Consent::Given(None)),
            ..Terms::default()
        };
        let repeat = Terms {
            priority: 5,
            consent: Some(Consent::Refused),
            callee: Some("busy".to_owned()),
            ..Terms::default()
        };
        first.merge(repeat.clone());
        assert_eq!(first, repeat);
        first.merge(Terms {
            consent: Some(Consent::Given(None)),
            ..Terms::default()
        });
        assert_eq!(first, repeat, "a refusal stays");
    }
}
