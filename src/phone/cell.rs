//! What people leave in a cell of a list: several numbers, an extension, a spreadsheet's damage.
//!
//! What can be mended without loss is mended and noted; what lost a digit is refused. Rules: D.6
//! of the notes on dialling in Russia, `docs/leads.md`.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Extension, NumberError, NumberRules, PhoneNumber, repair};

/// A number and the extension behind it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CellNumber {
    /// The number.
    pub number: PhoneNumber,
    /// What to key in after the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<Extension>,
}

/// The numbers of one cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberCell {
    /// The first number that may be dialled.
    pub first: CellNumber,
    /// The others, in their order, each once.
    pub rest: Vec<CellNumber>,
    /// What was mended or left out, for a person.
    pub notes: Vec<CellNote>,
}

/// Something about a cell that a person may want to know; it never repeats the number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CellNote {
    /// Scientific notation with all its digits.
    Scientific,
    /// A `.0` or `,0` that a spreadsheet or a script appended.
    Decimals,
    /// Letters that look like digits: О for 0, З for 3.
    Letters,
    /// A formula's wrapping, a label, an apostrophe.
    Wrapping,
    /// A number of several that may not be dialled.
    LeftOut {
        /// Which of the cell's, from 1.
        place: usize,
        /// Why.
        why: NumberError,
    },
}

impl fmt::Display for CellNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scientific => f.write_str("scientific notation was written out"),
            Self::Decimals => f.write_str("`.0` was taken off"),
            Self::Letters => f.write_str("letters that look like digits were replaced"),
            Self::Wrapping => f.write_str("a formula, label or apostrophe was taken off"),
            Self::LeftOut { place, why } => write!(f, "number {place} was left out: {why}"),
        }
    }
}

impl NumberCell {
    /// Reads a cell: the first usable number, the alternates behind it, what was mended.
    ///
    /// # Errors
    /// Why not one of its numbers may be dialled; of several, what is wrong with the first.
    pub fn parse(text: &str, rules: &NumberRules) -> Result<Self, NumberError> {
        let mut notes = Vec::new();
        let whole = repair::unwrap(text, &mut notes);
        if let Some(digits) = repair::scientific(&whole)? {
            notes.push(CellNote::Scientific);
            return Self::of_parts(&[digits], rules, notes);
        }
        let parts = split(&whole);
        Self::of_parts(&parts, rules, notes)
    }

    fn of_parts(
        parts: &[String],
        rules: &NumberRules,
        mut notes: Vec<CellNote>,
    ) -> Result<Self, NumberError> {
        let mut numbers: Vec<CellNumber> = Vec::new();
        let mut first_fault = None;
        for (index, part) in parts.iter().enumerate() {
            match one(part, rules, &mut notes) {
                Ok(number) if numbers.contains(&number) => {}
                Ok(number) => numbers.push(number),
                Err(why) => {
                    first_fault.get_or_insert_with(|| why.clone());
                    let place = index + 1;
                    notes.push(CellNote::LeftOut { place, why });
                }
            }
        }
        let mut numbers = numbers.into_iter();
        let Some(first) = numbers.next() else {
            return Err(first_fault.unwrap_or(NumberError::Empty));
        };
        notes.dedup();
        Ok(Self {
            first,
            rest: numbers.collect(),
            notes,
        })
    }
}

/// Several numbers are separated by `,` `;` `/` `|` or a line break.
fn split(text: &str) -> Vec<String> {
    // A decimal comma is no separator: `79000000001,0`.
    if repair::without_decimals(text).is_some() {
        return vec![text.to_owned()];
    }
    text.split([',', ';', '/', '|', '\n', '\r'])
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

fn one(
    part: &str,
    rules: &NumberRules,
    notes: &mut Vec<CellNote>,
) -> Result<CellNumber, NumberError> {
    let mut number = repair::unwrap(part, notes);
    let mut extension = None;
    if let Some((before, digits)) = repair::extension(&number) {
        extension = Some(digits);
        number = before;
    }
    if let Some(whole) = repair::without_decimals(&number) {
        notes.push(CellNote::Decimals);
        number = whole;
    }
    if let Some(digits) = repair::letters(&number) {
        notes.push(CellNote::Letters);
        number = digits;
    }
    Ok(CellNumber {
        number: PhoneNumber::parse(&number, rules)?,
        extension,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn read(text: &str) -> Result<NumberCell, NumberError> {
        NumberCell::parse(text, &NumberRules::default())
    }

    #[rstest]
    #[case(
        "7.9000000001E+10",
        "+79000000001",
        "scientific notation was written out"
    )]
    #[case(
        "7,9000000001e+10",
        "+79000000001",
        "scientific notation was written out"
    )]
    #[case("79000000001.0", "+79000000001", "`.0` was taken off")]
    #[case("79000000001,00", "+79000000001", "`.0` was taken off")]
    #[case(
        "'89000000001",
        "+79000000001",
        "a formula, label or apostrophe was taken off"
    )]
    #[case(
        "=\"89000000001\"",
        "+79000000001",
        "a formula, label or apostrophe was taken off"
    )]
    #[case(
        "тел.: 8 900 000-00-01",
        "+79000000001",
        "a formula, label or apostrophe was taken off"
    )]
    #[case(
        "tel:+79000000001",
        "+79000000001",
        "a formula, label or apostrophe was taken off"
    )]
    #[case(
        "8900ООО0001",
        "+79000000001",
        "letters that look like digits were replaced"
    )]
    #[case(
        "89OO0000001",
        "+79000000001",
        "letters that look like digits were replaced"
    )]
    #[case(
        "890000000З1",
        "+79000000031",
        "letters that look like digits were replaced"
    )]
    fn damage_without_loss_is_mended_and_noted(
        #[case] text: &str,
        #[case] number: &str,
        #[case] note: &str,
    ) {
        let cell = read(text).unwrap();
        assert_eq!(cell.first.number.e164(), number, "{text}");
        assert_eq!(cell.notes.len(), 1, "{text}: {:?}", cell.notes);
        assert_eq!(cell.notes[0].to_string(), note);
    }

    #[rstest]
    #[case("7.9E+10", NumberError::Rounded)]
    #[case("7.9991E+10", NumberError::Rounded)]
    #[case("7,900000001E+10", NumberError::Rounded)]
    #[case("9.0E+9", NumberError::Rounded)]
    #[case("", NumberError::Empty)]
    #[case(" ; / ", NumberError::Empty)]
    #[case("нет", NumberError::BadCharacter('н'))]
    #[case("+7 701 000 00 01", NumberError::CountryNotEnabled { country: "KZ".into() })]
    #[case("112", NumberError::Short { digits: 3 })]
    #[case("8 800 000 00 01", NumberError::Premium)]
    #[case("112; 01", NumberError::Short { digits: 3 })]
    fn what_lost_a_digit_or_may_not_be_dialled_is_refused(
        #[case] text: &str,
        #[case] expected: NumberError,
    ) {
        assert_eq!(read(text).unwrap_err(), expected, "{text}");
    }

    #[rstest]
    #[case("+7 495 000-00-01 доб. 123", Some("123"))]
    #[case("+7 495 000-00-01 доб.123", Some("123"))]
    #[case("+7 495 000-00-01 (доб. 12-3)", Some("123"))]
    #[case("84950000001 вн. 7", Some("7"))]
    #[case("84950000001#204", Some("204"))]
    #[case("84950000001 ext 204", Some("204"))]
    #[case("84950000001x204", Some("204"))]
    #[case("84950000001", None)]
    fn an_extension_is_kept_apart(#[case] text: &str, #[case] expected: Option<&str>) {
        let cell = read(text).unwrap();
        assert_eq!(cell.first.number.e164(), "+74950000001");
        assert_eq!(
            cell.first.extension.as_ref().map(Extension::as_str),
            expected
        );
    }

    #[test]
    fn several_numbers_are_a_first_and_its_alternates() {
        let cell = read("8 900 000-00-01, 89000000002;+79000000001 / 112 | 9000000003\n").unwrap();
        let rest: Vec<_> = cell.rest.iter().map(|rest| rest.number.e164()).collect();
        assert_eq!(cell.first.number.e164(), "+79000000001");
        assert_eq!(rest, ["+79000000002", "+79000000003"]);
        let notes: Vec<_> = cell.notes.iter().map(ToString::to_string).collect();
        assert_eq!(
            notes,
            ["number 4 was left out: a short or emergency number (3 digits) is never dialled"]
        );
        let second = read("нет, 89000000002").unwrap();
        assert_eq!(second.first.number.e164(), "+79000000002");
    }

    proptest! {
        #[test]
        fn any_cell_is_read_or_refused_and_no_note_tells_a_number(text in "[0-9+,;/ .ОЗE()доб-]{0,40}") {
            match read(&text) {
                Ok(cell) => {
                    for note in cell.notes {
                        let digits = note.to_string().chars().filter(char::is_ascii_digit).count();
                        prop_assert!(digits <= 4, "{}", note);
                    }
                }
                Err(error) => prop_assert!(!error.hint().is_empty()),
            }
        }

        #[test]
        fn a_number_that_parses_is_read_alike(text in "(\\+7|8|7)?9[0-9]{9}") {
            let plain = PhoneNumber::parse(&text, &NumberRules::default());
            prop_assert_eq!(read(&text).map(|cell| cell.first.number), plain);
        }
    }
}
