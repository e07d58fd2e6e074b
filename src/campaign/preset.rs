//! Presets: what the rules of a country ask of a campaign, as a data file.
//!
//! A preset says what the policy is where nobody says otherwise, and what it refuses. It explains each
//! refusal with its source; whoever overrides it gives a reason, which goes into the history.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use thiserror::Error;

use super::calling_window::WeekHours;
use super::lead_policy::{LeadPolicy, Quota};

const RUSSIA: &str = include_str!("../../presets/ru.toml");
const UNITED_STATES: &str = include_str!("../../presets/us.toml");

/// What a campaign's calls are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To sell, or to praise.
    Advertising,
    /// To serve somebody who is a customer already, or asked for the call.
    Service,
    /// To ask for opinions.
    Survey,
    /// To collect a debt.
    Debt,
    /// Anything else.
    Other,
}

impl Purpose {
    /// Every purpose.
    pub const ALL: [Self; 5] = [
        Self::Advertising,
        Self::Service,
        Self::Survey,
        Self::Debt,
        Self::Other,
    ];

    /// The word in settings and messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Advertising => "advertising",
            Self::Service => "service",
            Self::Survey => "survey",
            Self::Debt => "debt",
            Self::Other => "other",
        }
    }
}

impl FromStr for Purpose {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL
            .into_iter()
            .find(|purpose| purpose.as_str() == word);
        found.ok_or_else(|| format!("`{word}` is no purpose"))
    }
}

/// A preset that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct BadPreset(String);

/// The rules of a country.
#[derive(Debug, Clone, PartialEq)]
pub struct Preset {
    name: String,
    settings: BTreeMap<String, String>,
    by_purpose: BTreeMap<Purpose, BTreeMap<String, String>>,
    rules: Vec<Rule>,
    notes: Vec<(Vec<Purpose>, String)>,
}

/// What a preset refuses.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    #[serde(default)]
    purposes: Vec<Purpose>,
    #[serde(default, deserialize_with = "hours")]
    hours_within: Option<WeekHours>,
    #[serde(default)]
    holidays: bool,
    #[serde(default)]
    consent: bool,
    #[serde(default)]
    disclosure: bool,
    number_per_day: Option<u32>,
    number_per_week: Option<u32>,
    number_per_month: Option<u32>,
    because: String,
}

fn hours<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<WeekHours>, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map(Some).map_err(serde::de::Error::custom)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    #[serde(rename = "title")]
    _title: Option<String>,
    #[serde(rename = "as_of")]
    _as_of: Option<String>,
    #[serde(default)]
    settings: BTreeMap<String, toml::Value>,
    #[serde(default)]
    purpose: BTreeMap<Purpose, OfPurpose>,
    #[serde(default)]
    rule: Vec<Rule>,
    #[serde(default)]
    note: Vec<Note>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfPurpose {
    #[serde(default)]
    settings: BTreeMap<String, toml::Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Note {
    #[serde(default)]
    purposes: Vec<Purpose>,
    text: String,
}

/// How a campaign is going to ring, as far as a preset looks at it.
#[derive(Debug, Clone, Copy)]
pub struct Proposal<'a> {
    /// What for.
    pub purpose: Purpose,
    /// The policy.
    pub policy: &'a LeadPolicy,
    /// Whether the scenario says first who calls and that a robot speaks.
    pub discloses: bool,
}

/// One thing that a preset does not allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What the campaign would do.
    pub what: String,
    /// Why it may not.
    pub because: String,
    /// What to write instead.
    pub hint: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.what, self.because)
    }
}

impl Preset {
    /// The text of a preset that is shipped: `ru` or `us`.
    pub fn shipped_text(name: &str) -> Option<&'static str> {
        match name {
            "ru" => Some(RUSSIA),
            "us" => Some(UNITED_STATES),
            _ => None,
        }
    }

    /// Reads a preset: see `presets/ru.toml`.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, BadPreset> {
        let written: Written =
            toml::from_str(text).map_err(|error| BadPreset(error.message().to_owned()))?;
        let by_purpose = written
            .purpose
            .into_iter()
            .map(|(purpose, of)| Ok((purpose, texts(of.settings)?)))
            .collect::<Result<_, BadPreset>>()?;
        Ok(Self {
            name: written.name,
            settings: texts(written.settings)?,
            by_purpose,
            rules: written.rule,
            notes: written
                .note
                .into_iter()
                .map(|note| (note.purposes, note.text))
                .collect(),
        })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What `[policy]` has where nobody says otherwise: names of keys and texts.
    pub fn settings(&self, purpose: Purpose) -> BTreeMap<String, String> {
        let mut settings = self.settings.clone();
        settings.extend(self.by_purpose.get(&purpose).cloned().unwrap_or_default());
        settings
    }

    /// What it has to say about a purpose beside its rules.
    pub fn notes(&self, purpose: Purpose) -> impl Iterator<Item = &str> {
        let meant = move |purposes: &[Purpose]| purposes.is_empty() || purposes.contains(&purpose);
        let notes = self.notes.iter();
        notes.filter_map(move |(purposes, text)| meant(purposes).then_some(text.as_str()))
    }

    /// What of a campaign it does not allow.
    pub fn refusals(&self, proposal: &Proposal<'_>) -> Vec<Refusal> {
        let meant =
            |rule: &&Rule| rule.purposes.is_empty() || rule.purposes.contains(&proposal.purpose);
        let rules = self.rules.iter().filter(meant);
        rules.flat_map(|rule| rule.refusals(proposal)).collect()
    }
}

impl Rule {
    fn refusals(&self, proposal: &Proposal<'_>) -> Vec<Refusal> {
        let policy = proposal.policy;
        let mut refusals = Vec::new();
        let mut refuse = |what: String, hint: String| {
            let because = self.because.clone();
            refusals.push(Refusal {
                what,
                because,
                hint,
            });
        };
        if let Some(bound) = &self.hours_within
            && !policy.window.hours.within(bound)
        {
            refuse(
                format!(
                    "the calling hours are {}, beyond {bound}",
                    policy.window.hours
                ),
                format!("write hours = \"{bound}\" in [policy], or narrower ones"),
            );
        }
        if self.holidays && policy.window.holidays.is_none() {
            refuse(
                "no public holidays are known".to_owned(),
                "write holidays in [policy]".to_owned(),
            );
        }
        if self.consent && !policy.needs_consent {
            refuse(
                "people are rung whose consent is not in the list".to_owned(),
                "write consent = true in [policy], and give the list the columns consent and consent_date".to_owned(),
            );
        }
        if self.disclosure && !proposal.discloses {
            refuse(
                "the scenario does not say first who calls and that a robot speaks".to_owned(),
                "let the first prompt say it; `novodial scenario check FILE` tells what is missing"
                    .to_owned(),
            );
        }
        for (span, limit, bound) in self.quotas(policy.limits.number) {
            if limit.is_none_or(|limit| limit > bound) {
                let allowed = limit.map_or_else(|| "any number of".to_owned(), |n| n.to_string());
                refuse(
                    format!(
                        "{allowed} attempts at one number in a {span} are allowed, more than {bound}"
                    ),
                    format!("write number_per_{span} = {bound} in [policy]"),
                );
            }
        }
        refusals
    }

    fn quotas(&self, own: Quota) -> Vec<(&'static str, Option<u32>, u32)> {
        [
            ("day", own.day, self.number_per_day),
            ("week", own.week, self.number_per_week),
            ("month", own.month, self.number_per_month),
        ]
        .into_iter()
        .filter_map(|(span, limit, bound)| Some((span, limit, bound?)))
        .collect()
    }
}

/// Values as the settings want them: texts, lists separated by commas.
fn texts(settings: BTreeMap<String, toml::Value>) -> Result<BTreeMap<String, String>, BadPreset> {
    settings
        .into_iter()
        .map(|(key, value)| {
            let text =
                text(&value).ok_or_else(|| BadPreset(format!("`{key}` holds no plain value")))?;
            Ok((key, text))
        })
        .collect()
}

fn text(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Float(number) => Some(number.to_string()),
        toml::Value::Boolean(flag) => Some(flag.to_string()),
        toml::Value::Array(items) => {
            let words: Option<Vec<String>> = items.iter().map(text).collect();
            Some(words?.join(","))
        }
        toml::Value::Datetime(_) | toml::Value::Table(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::{Calendar, CallingWindow};

    fn policy(hours: &str, calendar: Option<&str>, quota: Quota) -> LeadPolicy {
        let mut policy = LeadPolicy {
            window: CallingWindow {
                hours: hours.parse().unwrap(),
                holidays: calendar.and_then(Calendar::shipped),
            },
            ..LeadPolicy::default()
        };
        policy.limits.number = quota;
        policy
    }

    fn shipped(name: &str) -> Preset {
        Preset::parse(Preset::shipped_text(name).unwrap()).unwrap()
    }

    fn refused(
        preset: &str,
        purpose: Purpose,
        policy: &LeadPolicy,
        discloses: bool,
    ) -> Vec<String> {
        let proposal = Proposal {
            purpose,
            policy,
            discloses,
        };
        let refusals = shipped(preset).refusals(&proposal);
        assert!(
            refusals
                .iter()
                .all(|refusal| !refusal.because.is_empty() && !refusal.hint.is_empty())
        );
        refusals.into_iter().map(|refusal| refusal.what).collect()
    }

    #[test]
    fn russia_wants_consent_and_a_disclosure_for_advertising_alone() {
        let mut policy = policy("09:00-20:00", Some("ru"), Quota::default());
        assert_eq!(refused("ru", Purpose::Service, &policy, false), [""; 0]);
        assert_eq!(
            refused("ru", Purpose::Advertising, &policy, false),
            [
                "people are rung whose consent is not in the list",
                "the scenario does not say first who calls and that a robot speaks",
            ]
        );
        policy.needs_consent = true;
        assert_eq!(refused("ru", Purpose::Advertising, &policy, true), [""; 0]);
    }

    #[test]
    fn debt_has_its_own_hours_and_limits() {
        let wide = policy("08:00-22:00", Some("ru"), Quota::default());
        let refusals = refused("ru", Purpose::Debt, &wide, true);
        assert_eq!(refusals.len(), 4, "{refusals:?}");
        assert!(refusals[0].starts_with("the calling hours are 08:00-22:00, beyond Mon-Fri"));
        assert!(refusals[1].starts_with("any number of attempts"));
        let hours = "Mon-Fri 08:00-22:00, Sat-Sun 09:00-20:00, holidays 09:00-20:00";
        let quota = Quota {
            day: Some(1),
            week: Some(2),
            month: Some(8),
        };
        assert_eq!(
            refused("ru", Purpose::Debt, &policy(hours, Some("ru"), quota), true),
            [""; 0]
        );
    }

    #[test]
    fn nights_and_unknown_holidays_are_refused_whatever_the_purpose() {
        let night = policy("any", None, Quota::default());
        for purpose in Purpose::ALL {
            let refusals = refused("ru", purpose, &night, true);
            assert!(
                refusals
                    .iter()
                    .any(|what| what.contains("beyond 08:00-22:00")),
                "{refusals:?}"
            );
            assert!(
                refusals
                    .iter()
                    .any(|what| what.contains("no public holidays")),
                "{refusals:?}"
            );
        }
        assert!(!refused("us", Purpose::Other, &night, true).is_empty());
    }

    #[test]
    fn a_preset_obeys_itself() {
        for name in ["ru", "us"] {
            let preset = shipped(name);
            assert_eq!(preset.name(), name);
            for purpose in Purpose::ALL {
                let settings = preset.settings(purpose);
                let count = |key: &str| settings.get(key).and_then(|text| text.parse().ok());
                let quota = Quota {
                    day: count("number_per_day"),
                    week: count("number_per_week"),
                    month: count("number_per_month"),
                };
                let calendar = settings.get("holidays").map(String::as_str);
                let mut policy = policy(&settings["hours"], calendar, quota);
                policy.needs_consent = settings.get("consent").is_some_and(|text| text == "true");
                assert_eq!(
                    refused(name, purpose, &policy, true),
                    [""; 0],
                    "{name} {purpose:?}"
                );
                assert!(preset.notes(purpose).count() > 0);
            }
        }
    }

    #[test]
    fn a_broken_preset_is_refused() {
        for (text, complaint) in [
            ("", "missing field"),
            (
                "name = \"x\"\n[[rule]]\nbecause = \"b\"\nhours_within = \"9-18\"",
                "no calling hours",
            ),
            (
                "name = \"x\"\n[settings]\nhours = { a = 1 }",
                "holds no plain value",
            ),
            ("name = \"x\"\n[purpose.fun]", "unknown variant"),
        ] {
            let error = Preset::parse(text).unwrap_err().to_string();
            assert!(error.contains(complaint), "{error}");
        }
    }
}
