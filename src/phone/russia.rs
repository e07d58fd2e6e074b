//! The numbering plan behind +7: Russia, Kazakhstan and Abkhazia share the country code.
//!
//! Russian codes are looked up in our own table: the `phonenumber` crate takes the first digit of
//! 8xx for the national prefix 8 and calls St Petersburg (812) invalid, and a list of a hundred
//! thousand leads has no second to spare for it.

use super::NumberError;
use super::numbering::is_fixed_code;
use super::rules::{ABKHAZIA, NumberRules};

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
        900..=999 => Owner::Russia,
        300..=899 if is_fixed_code(code) => Owner::Russia,
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
    fn our_table_and_the_world_wide_one_know_the_same_codes() {
        for code in (300..500).chain(900..1000) {
            let national = format!("{code}0000001");
            let ours = owner(&national) == Owner::Russia;
            let abkhaz = code == 940;
            assert_eq!(ours || abkhaz, assigned(&national, "RU").is_ok(), "{code}");
        }
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
