//! Which numbers may be dialled at all: `[policy] countries` and `premium`.

use phonenumber::country::Id;

use super::NumberError;

/// Abkhazia has +7 numbers and no ISO 3166-1 code of its own; this is its 3166-2 code.
pub(super) const ABKHAZIA: &str = "GE-AB";

/// What may be dialled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberRules {
    /// ISO 3166 codes in capitals; the first is the country of numbers without a country code.
    pub countries: Vec<String>,
    /// Whether service numbers (Russian 80x, foreign premium rate) may be dialled.
    pub premium: bool,
    /// Whether numbers of every country are taken, whichever are named: they are not to be rung.
    pub everywhere: bool,
}

impl Default for NumberRules {
    fn default() -> Self {
        Self {
            countries: vec!["RU".to_owned()],
            premium: false,
            everywhere: false,
        }
    }
}

impl NumberRules {
    /// Rules from the settings, with the country codes put in capitals and proven to exist.
    ///
    /// # Errors
    /// [`NumberError::UnknownCountry`], also for an empty list.
    pub fn new(countries: &[String], premium: bool) -> Result<Self, NumberError> {
        if countries.is_empty() {
            return Err(NumberError::UnknownCountry(String::new()));
        }
        let countries = countries
            .iter()
            .map(|code| {
                let upper = code.trim().to_ascii_uppercase();
                let known = upper == ABKHAZIA || upper.parse::<Id>().is_ok();
                known
                    .then_some(upper)
                    .ok_or_else(|| NumberError::UnknownCountry(code.clone()))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            countries,
            premium,
            everywhere: false,
        })
    }

    /// The same for numbers that are looked up or forbidden, and not rung: each that exists is taken,
    /// whatever may be rung today. A number without a code is still one of the country at home.
    #[must_use]
    pub fn without_limits(&self) -> Self {
        Self {
            countries: self.countries.clone(),
            premium: true,
            everywhere: true,
        }
    }

    /// The country of a number that is written without a country code.
    pub fn home(&self) -> &str {
        self.countries.first().map_or("RU", String::as_str)
    }

    pub(super) fn allow(&self, country: &str) -> Result<(), NumberError> {
        if self.everywhere || self.countries.iter().any(|enabled| enabled == country) {
            return Ok(());
        }
        Err(NumberError::CountryNotEnabled {
            country: country.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_are_checked_and_capitalised() {
        let rules = NumberRules::new(&["ru".to_owned(), "KZ".to_owned()], false).unwrap();
        assert_eq!(rules.countries, ["RU", "KZ"]);
        assert_eq!(rules.home(), "RU");
        for bad in ["Russia", "", "X1"] {
            let error = NumberRules::new(&[bad.to_owned()], false).unwrap_err();
            assert!(matches!(error, NumberError::UnknownCountry(_)), "{bad}");
        }
        assert!(NumberRules::new(&[], false).is_err());
    }
}
