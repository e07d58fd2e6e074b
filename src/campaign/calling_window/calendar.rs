//! Public holidays, and workdays that were moved to a weekend.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::Deserialize;
use thiserror::Error;

const RUSSIA: &str = include_str!("../../../presets/holidays.ru.toml");
const UNITED_STATES: &str = include_str!("../../../presets/holidays.us.toml");

/// A calendar that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct BadCalendar(String);

/// What a day is as far as calling goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayKind {
    /// As its place in the week says.
    Ordinary,
    /// A public holiday, or a day off in place of one.
    Holiday,
    /// A day of the weekend on which people work.
    Workday,
}

/// The holidays of a country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    name: String,
    years: std::ops::RangeInclusive<i16>,
    /// Month and day of holidays of every year.
    every_year: BTreeSet<(i8, i8)>,
    off: BTreeSet<Date>,
    working: BTreeSet<Date>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    #[serde(rename = "title")]
    _title: Option<String>,
    first_year: i16,
    last_year: i16,
    #[serde(default)]
    every_year: Vec<String>,
    #[serde(default)]
    off: Vec<Date>,
    #[serde(default)]
    working: Vec<Date>,
}

impl Calendar {
    /// The text of a calendar that is shipped: `ru` or `us`.
    pub fn shipped_text(name: &str) -> Option<&'static str> {
        match name {
            "ru" => Some(RUSSIA),
            "us" => Some(UNITED_STATES),
            _ => None,
        }
    }

    #[cfg(test)]
    pub(crate) fn shipped(name: &str) -> Option<Self> {
        Self::shipped_text(name).map(|text| Self::parse(text).unwrap())
    }

    /// Reads a calendar: see `presets/holidays.ru.toml`.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, BadCalendar> {
        let written: Written =
            toml::from_str(text).map_err(|error| BadCalendar(error.message().to_owned()))?;
        let mut every_year = BTreeSet::new();
        for day in &written.every_year {
            // A leap year has every day that any year has.
            let date: Date = format!("2028-{day}")
                .parse()
                .map_err(|_| BadCalendar(format!("`{day}` is not a day like 01-31")))?;
            every_year.insert((date.month(), date.day()));
        }
        Ok(Self {
            name: written.name,
            years: written.first_year..=written.last_year,
            every_year,
            off: written.off.into_iter().collect(),
            working: written.working.into_iter().collect(),
        })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it knows all holidays of a year, and not only those of every year.
    pub fn covers(&self, year: i16) -> bool {
        self.years.contains(&year)
    }

    /// What a day is.
    pub fn kind(&self, date: Date) -> DayKind {
        if self.working.contains(&date) {
            return DayKind::Workday;
        }
        if self.off.contains(&date) || self.every_year.contains(&(date.month(), date.day())) {
            return DayKind::Holiday;
        }
        DayKind::Ordinary
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(calendar: &Calendar, day: &str) -> DayKind {
        calendar.kind(day.parse().unwrap())
    }

    #[test]
    fn russia_has_its_moved_days() {
        let russia = Calendar::shipped("ru").unwrap();
        assert_eq!(kind(&russia, "2025-11-01"), DayKind::Workday, "a Saturday");
        assert_eq!(kind(&russia, "2025-11-03"), DayKind::Holiday);
        assert_eq!(kind(&russia, "2026-01-09"), DayKind::Holiday);
        assert_eq!(kind(&russia, "2026-01-12"), DayKind::Ordinary);
        assert_eq!(
            kind(&russia, "2030-05-09"),
            DayKind::Holiday,
            "of every year"
        );
        assert!(russia.covers(2027) && !russia.covers(2028));
    }

    #[test]
    fn the_united_states_observe_what_falls_on_a_weekend() {
        let states = Calendar::shipped("us").unwrap();
        assert_eq!(kind(&states, "2026-07-03"), DayKind::Holiday);
        assert_eq!(kind(&states, "2026-07-04"), DayKind::Holiday);
        assert_eq!(
            kind(&states, "2026-11-26"),
            DayKind::Holiday,
            "Thanksgiving"
        );
        assert_eq!(kind(&states, "2026-11-27"), DayKind::Ordinary);
    }

    #[test]
    fn a_broken_calendar_is_refused() {
        assert_eq!(Calendar::shipped("fr"), None);
        for (text, complaint) in [
            ("name = 1", "invalid type"),
            ("name = \"x\"", "missing field"),
            (
                "name = \"x\"\nfirst_year = 2025\nlast_year = 2025\nevery_year = [\"13-01\"]",
                "`13-01` is not a day",
            ),
        ] {
            let error = Calendar::parse(text).unwrap_err().to_string();
            assert!(error.contains(complaint), "{error}");
        }
    }
}
