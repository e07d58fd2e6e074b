//! A lead list: the bytes of a CSV file become leads, and every row that is none is explained.
//!
//! Comma, semicolon or tab; UTF-8 with or without BOM, Windows-1251 and its kin; the columns in any
//! order. A broken row never stops the list, only one whose number column cannot be found does.

mod columns;
mod encoding;
mod error;
mod original;
mod reader;
mod records;
mod rejected;
mod row;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fmt;

use super::Lead;
use crate::phone::{CellNote, Extension, NumberRules, PhoneNumber};

pub use columns::Misspelt;
pub use encoding::Encoding;
pub use error::{LeadFileError, RejectedRow, RowFault};
pub use original::OriginalColumns;
pub use reader::{LeadReader, RowRead};
pub use rejected::RejectedRows;

/// A lead list that was read as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LeadFile {
    /// The leads, each number once, in the order of the list.
    pub leads: Vec<Lead>,
    /// The rows that are no leads, and why.
    pub rejected: Vec<RejectedRow>,
    /// The rows whose number came before; what they add was merged into the first.
    pub duplicates: Vec<Duplicate>,
    /// What was mended.
    pub notes: Vec<RowNote>,
}

/// A row that repeats a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Duplicate {
    /// The line of the repeat.
    pub line: u64,
    /// The line of the lead it was merged into.
    pub first_line: u64,
}

/// Something mended in the number of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowNote {
    /// Its line, from 1.
    pub line: u64,
    /// What was mended, or left out.
    pub note: CellNote,
}

impl fmt::Display for RowNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.note)
    }
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
        let mut reader = LeadReader::new(file, number_column, rules.clone());
        reader.push(bytes);
        reader.finish();
        let mut gathered = Gathered::default();
        while let Some(row) = reader.next_row()? {
            gathered.take(row);
        }
        Ok(gathered.list)
    }
}

/// A list half read.
#[derive(Default)]
struct Gathered {
    /// Where in `list.leads` a number stands. Two desks behind one number are two leads.
    places: HashMap<(PhoneNumber, Option<Extension>), usize>,
    list: LeadFile,
}

impl Gathered {
    fn take(&mut self, row: RowRead) {
        let (lead, notes) = match row {
            RowRead::Rejected(row) => return self.list.rejected.push(row),
            RowRead::Lead(lead, notes) => (*lead, notes),
        };
        self.list.notes.extend(notes);
        let key = (lead.number.clone(), lead.extension.clone());
        let known = self.places.get(&key);
        let Some(first) = known.and_then(|&index| self.list.leads.get_mut(index)) else {
            self.places.insert(key, self.list.leads.len());
            self.list.leads.push(lead);
            return;
        };
        self.list.duplicates.push(Duplicate {
            line: lead.line,
            first_line: first.line,
        });
        first.merge(lead);
    }
}
