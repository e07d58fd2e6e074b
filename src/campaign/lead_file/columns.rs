//! What the columns of a list mean, by their names in its first line.

use std::collections::BTreeSet;
use std::fmt;

use super::error::{LeadFileError, RowFault};
use super::records::Record;

/// Names of a column of numbers, the most telling first.
pub(super) const NUMBER_NAMES: [&str; 14] = [
    "phone",
    "phone_number",
    "телефон",
    "номер_телефона",
    "tel",
    "telephone",
    "тел",
    "mobile",
    "мобильный",
    "мобильный_телефон",
    "msisdn",
    "number",
    "номер",
    "контактный_телефон",
];

/// Names of the column that a prompt knows as `name`.
pub(super) const NAME_NAMES: [&str; 3] = ["name", "имя", "фио"];

/// The reserved column that is no [`Reserved`] one: a variable that every prompt knows.
const NAME: &str = "name";

/// A column that becomes a variable, though it is written nearly like a reserved one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misspelt {
    /// The column, as the name of the variable that it becomes.
    pub column: String,
    /// The reserved column that may be meant.
    pub meant: &'static str,
}

impl fmt::Display for Misspelt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (column, meant) = (&self.column, self.meant);
        write!(
            f,
            "column `{column}` becomes a variable; did you mean `{meant}`?"
        )
    }
}

/// The word that differs from `written` by a slip or two of the fingers.
fn nearly(written: &str, words: impl IntoIterator<Item = &'static str>) -> Option<&'static str> {
    let written: String = written.split('_').collect();
    let slips = |word: &str| {
        let word: String = word.split('_').collect();
        let slips = strsim::damerau_levenshtein(&written, &word);
        // A word that only goes on, or stops short, is one of its own: `caller` is no `caller_id`.
        let part = written.starts_with(&word) || word.starts_with(&written);
        let allowed = 1 + usize::from(word.chars().count() > 6 && !part);
        // `phone2` is a second one, no slip.
        let counted = written
            .strip_prefix(word.as_str())
            .is_some_and(|rest| !rest.is_empty() && rest.chars().all(|sign| sign.is_ascii_digit()));
        (slips <= allowed && !counted).then_some(slips)
    };
    let near = words
        .into_iter()
        .filter_map(|word| Some((slips(word)?, word)));
    near.min().map(|(_, word)| word)
}

/// What a column is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    Number,
    Name,
    Reserved(Reserved),
    Variable(String),
    /// A column without a title.
    Nothing,
}

/// The reserved columns beside `name`: they are typed and steer the campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reserved {
    Priority,
    Timezone,
    NotBefore,
    NotAfter,
    Scenario,
    CallerId,
    Consent,
    ConsentDate,
    Callee,
}

impl Reserved {
    const ALL: [Self; 9] = [
        Self::Priority,
        Self::Timezone,
        Self::NotBefore,
        Self::NotAfter,
        Self::Scenario,
        Self::CallerId,
        Self::Consent,
        Self::ConsentDate,
        Self::Callee,
    ];

    /// The title that reserves it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Priority => "priority",
            Self::Timezone => "timezone",
            Self::NotBefore => "not_before",
            Self::NotAfter => "not_after",
            Self::Scenario => "scenario",
            Self::CallerId => "caller_id",
            Self::Consent => "consent",
            Self::ConsentDate => "consent_date",
            Self::Callee => "callee",
        }
    }

    pub(super) fn of(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.as_str() == key)
    }
}

#[derive(Debug, Clone)]
pub(super) struct Columns {
    /// One for each column, in order.
    pub(super) meanings: Vec<Meaning>,
    /// The titles as they are written.
    pub(super) titles: Vec<String>,
    /// The number column's title, as it is written.
    pub(super) number_title: String,
}

impl Columns {
    pub(super) fn read(
        file: &str,
        header: Record,
        number_column: Option<&str>,
    ) -> Result<Self, LeadFileError> {
        let titles = header.fields.map_err(|fault| match fault {
            RowFault::NotUtf8 => LeadFileError::NotUtf8 {
                file: file.to_owned(),
            },
            fault @ (RowFault::UnclosedQuote
            | RowFault::FieldCount { .. }
            | RowFault::Number(_)
            | RowFault::Value { .. }) => LeadFileError::Header {
                file: file.to_owned(),
                fault,
            },
        })?;
        let keys: Vec<_> = titles.iter().map(|title| key_of(title)).collect();
        refuse_twice(file, &keys)?;
        let number = find_number(file, &keys, &titles, number_column)?;
        let name = NAME_NAMES
            .iter()
            .find_map(|name| keys.iter().position(|key| key == name))
            .filter(|&index| index != number);
        let meanings = keys
            .into_iter()
            .enumerate()
            .map(|(index, key)| match (Reserved::of(&key), key) {
                _ if index == number => Meaning::Number,
                _ if Some(index) == name => Meaning::Name,
                (Some(reserved), _) => Meaning::Reserved(reserved),
                (None, key) if key.is_empty() => Meaning::Nothing,
                (None, key) => Meaning::Variable(key),
            })
            .collect();
        let number_title = titles
            .get(number)
            .map_or_else(String::new, |title| title.trim().to_owned());
        Ok(Self {
            meanings,
            titles,
            number_title,
        })
    }

    /// A row has as many fields as the header, save for empty ones that a spreadsheet appends.
    pub(super) fn check_count(&self, fields: &[String]) -> Result<(), RowFault> {
        let expected = self.meanings.len();
        let surplus = fields.get(expected..).unwrap_or_default();
        if fields.len() < expected || surplus.iter().any(|field| !field.trim().is_empty()) {
            return Err(RowFault::FieldCount {
                expected,
                found: fields.len(),
            });
        }
        Ok(())
    }

    /// Columns that become variables, and are written nearly like reserved ones.
    pub(super) fn misspelt(&self) -> impl Iterator<Item = Misspelt> {
        let there = |word: &str| {
            let reserved = Reserved::of(word).map(Meaning::Reserved);
            self.meanings.iter().any(|meaning| match &reserved {
                Some(reserved) => meaning == reserved,
                None => *meaning == Meaning::Name,
            })
        };
        let words = Reserved::ALL.map(Reserved::as_str).into_iter();
        let words: Vec<&str> = words.chain([NAME]).filter(|word| !there(word)).collect();
        self.meanings.iter().filter_map(move |meaning| {
            let Meaning::Variable(column) = meaning else {
                return None;
            };
            Some(Misspelt {
                meant: nearly(column, words.iter().copied())?,
                column: column.clone(),
            })
        })
    }

    /// The names of the variables that the rows bring.
    pub(super) fn variables(&self) -> impl Iterator<Item = &str> {
        self.meanings.iter().filter_map(|meaning| match meaning {
            Meaning::Variable(key) => Some(key.as_str()),
            Meaning::Name => Some("name"),
            Meaning::Number | Meaning::Reserved(_) | Meaning::Nothing => None,
        })
    }
}

/// A title as the name of a variable: small letters, `_` for spaces and dashes.
pub(super) fn key_of(title: &str) -> String {
    title
        .trim()
        .trim_end_matches('.')
        .to_lowercase()
        .split(|sign: char| sign.is_whitespace() || matches!(sign, '-' | '_'))
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("_")
}

fn refuse_twice(file: &str, keys: &[String]) -> Result<(), LeadFileError> {
    let mut seen = BTreeSet::new();
    for key in keys.iter().filter(|key| !key.is_empty()) {
        if !seen.insert(key) {
            return Err(LeadFileError::DuplicateColumn {
                file: file.to_owned(),
                column: key.clone(),
            });
        }
    }
    Ok(())
}

fn find_number(
    file: &str,
    keys: &[String],
    titles: &[String],
    asked: Option<&str>,
) -> Result<usize, LeadFileError> {
    let position = |name: &str| keys.iter().position(|key| key == name);
    let columns = || titles.join(", ");
    match asked {
        Some(column) => position(&key_of(column)).ok_or_else(|| LeadFileError::NoSuchColumn {
            file: file.to_owned(),
            column: column.to_owned(),
            columns: columns(),
        }),
        None => NUMBER_NAMES
            .iter()
            .find_map(|name| position(name))
            .ok_or_else(|| LeadFileError::NoNumberColumn {
                file: file.to_owned(),
                columns: columns(),
                misspelt: keys
                    .iter()
                    .find_map(|key| Some((key, nearly(key, NUMBER_NAMES)?)))
                    .map_or_else(String::new, |(key, meant)| {
                        format!("; `{key}` looks like `{meant}`")
                    }),
            }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn misspelt(header: &str) -> Vec<(String, &'static str)> {
        let header = Record {
            line: 1,
            raw: header.to_owned(),
            fields: Ok(header.split(',').map(str::to_owned).collect()),
        };
        let columns = Columns::read("leads.csv", header, None).unwrap();
        let misspelt = columns.misspelt();
        misspelt.map(|slip| (slip.column, slip.meant)).collect()
    }

    #[test]
    fn what_is_nearly_a_reserved_column_is_told_and_nothing_else() {
        let slips = "phone,calee,prioritiy,timezon,Time Zone,not_befor,consent_dat,nmae";
        let meant: Vec<_> = misspelt(slips)
            .into_iter()
            .map(|(_, meant)| meant)
            .collect();
        let expected = [
            "callee",
            "priority",
            "timezone",
            "timezone",
            "not_before",
            "consent_date",
            "name",
        ];
        assert_eq!(meant, expected);
        let variables =
            "phone,phone2,name,company,callee,caller,callee2,date,city,amount,имя клиента";
        assert_eq!(misspelt(variables), []);
    }

    #[test]
    fn every_title_that_means_something_is_documented() {
        let document = include_str!("../../../docs/campaigns.md");
        let reserved = Reserved::ALL.map(Reserved::as_str);
        for title in reserved.iter().chain(&NUMBER_NAMES).chain(&NAME_NAMES) {
            let row = document
                .lines()
                .find(|line| line.starts_with("| `") && line.contains(&format!("`{title}`")));
            assert!(row.is_some(), "{title}");
        }
    }

    #[test]
    fn a_misspelt_number_column_is_told_where_there_is_none() {
        let header = Record {
            line: 1,
            raw: String::new(),
            fields: Ok(vec!["name".to_owned(), "Phon".to_owned()]),
        };
        let error = Columns::read("leads.csv", header, None).unwrap_err();
        assert!(
            error.to_string().contains("`phon` looks like `phone`"),
            "{error}"
        );
    }
}
