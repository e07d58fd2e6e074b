//! A lead list: the bytes of a CSV file become leads, and every row that is none is explained.
//!
//! Comma, semicolon or tab; UTF-8 with or without BOM; the columns in any order. A broken row
//! never stops the file, only a list whose number column cannot be found does.

mod columns;
mod error;
mod records;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

use columns::{Columns, Meaning};
use records::{Record, Records};

use super::Lead;
use crate::phone::{NumberRules, PhoneNumber};

pub use error::{LeadFileError, RejectedRow, RowFault};

/// A lead list that was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LeadFile {
    /// The leads, each number once, in the order of the list.
    pub leads: Vec<Lead>,
    /// The rows that are no leads, and why.
    pub rejected: Vec<RejectedRow>,
    /// The rows whose number came before; what they add was merged into the first.
    pub duplicates: Vec<Duplicate>,
}

/// A row that repeats a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Duplicate {
    /// The line of the repeat.
    pub line: u64,
    /// The line of the lead it was merged into.
    pub first_line: u64,
}

impl LeadFile {
    /// Reads a list; `file` is its name for messages, `number_column` the column to take the
    /// numbers from where its name is none of the usual ones.
    ///
    /// # Errors
    /// The list as a whole cannot be read: empty, not text, or without a column of numbers.
    pub fn parse(
        file: &str,
        bytes: &[u8],
        number_column: Option<&str>,
        rules: &NumberRules,
    ) -> Result<Self, LeadFileError> {
        let bytes = records::without_bom(bytes).map_err(|kind| kind.of(file))?;
        let mut records = Records::new(bytes);
        let header = records.next().ok_or_else(|| LeadFileError::Empty {
            file: file.to_owned(),
        })?;
        let columns = Columns::read(file, header, number_column)?;
        let mut reading = Reading {
            columns,
            rules,
            by_number: HashMap::new(),
            result: Self::default(),
        };
        for record in records {
            reading.take(record);
        }
        Ok(reading.result)
    }
}

/// A list half read.
struct Reading<'a> {
    columns: Columns,
    rules: &'a NumberRules,
    /// Where in `result.leads` a number stands.
    by_number: HashMap<PhoneNumber, usize>,
    result: LeadFile,
}

impl Reading<'_> {
    fn take(&mut self, record: Record) {
        let Record { line, raw, fields } = record;
        let lead = fields.and_then(|fields| self.lead(line, &fields));
        match lead {
            Ok(Some(lead)) => self.add(lead),
            Ok(None) => {}
            Err(fault) => self.result.rejected.push(RejectedRow {
                line,
                column: fault
                    .is_of_the_number()
                    .then(|| self.columns.number_title.clone()),
                raw,
                fault,
            }),
        }
    }

    /// The lead of a row; `None` for a row without content.
    fn lead(&self, line: u64, fields: &[String]) -> Result<Option<Lead>, RowFault> {
        if fields.iter().all(|field| field.trim().is_empty()) {
            return Ok(None);
        }
        self.columns.check_count(fields)?;
        let mut number = "";
        let mut name = None;
        let mut variables = BTreeMap::new();
        for (meaning, value) in self.columns.meanings.iter().zip(fields) {
            let value = value.trim();
            match meaning {
                Meaning::Number => number = value,
                Meaning::Name => name = Some(value.to_owned()).filter(|name| !name.is_empty()),
                Meaning::Variable(key) => {
                    variables.insert(key.clone(), value.to_owned());
                }
                Meaning::Nothing => {}
            }
        }
        Ok(Some(Lead {
            number: PhoneNumber::parse(number, self.rules).map_err(RowFault::Number)?,
            name,
            fields: variables,
            line,
        }))
    }

    fn add(&mut self, lead: Lead) {
        let known = self.by_number.get(&lead.number);
        let Some(first) = known.and_then(|&index| self.result.leads.get_mut(index)) else {
            let index = self.result.leads.len();
            self.by_number.insert(lead.number.clone(), index);
            self.result.leads.push(lead);
            return;
        };
        self.result.duplicates.push(Duplicate {
            line: lead.line,
            first_line: first.line,
        });
        merge(first, lead);
    }
}

/// Fills what the first row left empty.
fn merge(first: &mut Lead, repeat: Lead) {
    first.name = first.name.take().or(repeat.name);
    for (key, value) in repeat.fields {
        let known = first.fields.entry(key).or_default();
        if known.is_empty() {
            *known = value;
        }
    }
}
