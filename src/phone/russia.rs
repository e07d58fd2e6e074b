//! The numbering plan behind +7: Russia, Kazakhstan and Abkhazia share the country code.
//!
//! Numbers in 8xx need our own table: the `phonenumber` crate takes their first digit for the
//! national prefix 8 and calls St Petersburg (812) invalid. Codes from the ABC-8xx register.

use super::NumberError;
use super::rules::{ABKHAZIA, NumberRules};

/// Area codes in 8xx that are allotted to places.
const GEOGRAPHIC_8XX: [u16; 40] = [
    811, 812, 813, 814, 815, 816, 817, 818, 820, 821, 831, 833, 834, 835, 836, 841, 842, 843, 844,
    845, 846, 847, 848, 851, 855, 856, 857, 861, 862, 863, 865, 866, 867, 869, 871, 872, 873, 877,
    878, 879,
];

/// Whose number stands behind +7.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    Russia,
    RussianService,
    Kazakhstan,
    Abkhazia,
    Nobody,
}

/// Checks the ten digits after +7 against the plan and the rules.
pub(super) fn check(national: &str, rules: &NumberRules) -> Result<(), NumberError> {
    match national.len() {
        10 => {}
        digits if digits < 10 => return Err(NumberError::TooShort { digits: digits + 1 }),
        digits => return Err(NumberError::TooLong { digits: digits + 1 }),
    }
    match owner(national) {
        Owner::Russia => rules.allow("RU"),
        Owner::RussianService => {
            rules.allow("RU")?;
            if rules.premium {
                Ok(())
            } else {
                Err(NumberError::Premium)
            }
        }
        Owner::Abkhazia => rules.allow(ABKHAZIA),
        Owner::Kazakhstan => {
            rules.allow("KZ")?;
            assigned(national, "KZ")
        }
        Owner::Nobody => Err(not_assigned("RU")),
    }
}

fn owner(national: &str) -> Owner {
    let code: u16 = national
        .get(..3)
        .and_then(|code| code.parse().ok())
        .unwrap_or(0);
    match code {
        600..=799 => Owner::Kazakhstan,
        840 | 940 => Owner::Abkhazia,
        800..=809 => Owner::RussianService,
        810..=899 if GEOGRAPHIC_8XX.binary_search(&code).is_ok() => Owner::Russia,
        300..=499 | 900..=999 if assigned(national, "RU").is_ok() => Owner::Russia,
        _ => Owner::Nobody,
    }
}

fn assigned(national: &str, country: &str) -> Result<(), NumberError> {
    let valid =
        phonenumber::parse(None, format!("+7{national}")).is_ok_and(|number| number.is_valid());
    if valid {
        Ok(())
    } else {
        Err(not_assigned(country))
    }
}

fn not_assigned(country: &str) -> NumberError {
    NumberError::NotAssigned {
        country: Some(country.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_area_codes_is_sorted() {
        assert!(GEOGRAPHIC_8XX.is_sorted());
    }

    #[test]
    fn the_owners_of_plus_seven_are_told_apart() {
        let cases = [
            ("9000000001", Owner::Russia),
            ("4950000001", Owner::Russia),
            ("8120000001", Owner::Russia),
            ("8000000001", Owner::RussianService),
            ("8090000001", Owner::RussianService),
            ("7010000001", Owner::Kazakhstan),
            ("6000000001", Owner::Kazakhstan),
            ("9400000001", Owner::Abkhazia),
            ("8400000001", Owner::Abkhazia),
            ("8190000001", Owner::Nobody),
            ("0000000001", Owner::Nobody),
            ("5000000001", Owner::Nobody),
        ];
        for (national, expected) in cases {
            assert_eq!(owner(national), expected, "{national}");
        }
    }
}
