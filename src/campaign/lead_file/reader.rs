//! Reads a list as its bytes come, so that neither its length nor its end matters: a file of a
//! million rows, a pipe, a file that grows.

use std::sync::Arc;

use super::columns::{Columns, Misspelt};
use super::encoding::Encoding;
use super::error::{LeadFileError, RejectedRow, RowFault};
use super::records::{NotText, Record, Records};
use super::{RowNote, row};
use crate::campaign::Lead;
use crate::phone::{CellNote, NumberError, NumberRules, Numbering};

/// One row that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowRead {
    /// A lead, and what was mended in its number.
    Lead(Box<Lead>, Vec<RowNote>),
    /// A row that is none.
    Rejected(RejectedRow),
}

/// A list being read. Give it bytes, then take rows until there are none.
///
/// ```
/// use novodial::campaign::{LeadReader, RowRead};
/// use novodial::phone::NumberRules;
/// let mut reader = LeadReader::new("leads.csv", None, NumberRules::default());
/// reader.push(b"phone,company\n8 900 000-00-01,Acme\n");
/// reader.finish();
/// let Some(RowRead::Lead(lead, _)) = reader.next_row()? else { panic!() };
/// assert_eq!(lead.number.e164(), "+79000000001");
/// assert_eq!(reader.next_row()?, None);
/// # Ok::<(), novodial::campaign::LeadFileError>(())
/// ```
#[derive(Debug)]
pub struct LeadReader {
    file: String,
    number_column: Option<String>,
    rules: NumberRules,
    numbering: Option<Arc<Numbering>>,
    records: Records,
    columns: Option<Columns>,
    finished: bool,
}

impl LeadReader {
    /// A reader; `file` is the list's name for messages, `number_column` the column to take the
    /// numbers from where its name is none of the usual ones.
    pub fn new(file: &str, number_column: Option<&str>, rules: NumberRules) -> Self {
        Self {
            file: file.to_owned(),
            number_column: number_column.map(str::to_owned),
            rules,
            numbering: None,
            records: Records::new(),
            columns: None,
            finished: false,
        }
    }

    /// Also refuses numbers that the register, as far as it was imported, has not allotted.
    #[must_use]
    pub fn knowing(mut self, numbering: Arc<Numbering>) -> Self {
        self.numbering = Some(numbering);
        self
    }

    /// Adds bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.records.push(bytes);
    }

    /// Says that no more bytes come.
    pub fn finish(&mut self) {
        self.finished = true;
        self.records.finish();
    }

    /// The next row; `None` until more bytes come, or at the end.
    ///
    /// # Errors
    /// The list as a whole cannot be read: empty, not text, or without a column of numbers.
    pub fn next_row(&mut self) -> Result<Option<RowRead>, LeadFileError> {
        if self.columns.is_none() {
            let Some(header) = self.record()? else {
                if self.finished {
                    let file = self.file.clone();
                    return Err(LeadFileError::Empty { file });
                }
                return Ok(None);
            };
            let column = self.number_column.as_deref();
            self.columns = Some(Columns::read(&self.file, header, column)?);
        }
        while let Some(record) = self.record()? {
            if let Some(row) = self.read(record) {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }

    /// The encoding, as far as it is known by now.
    pub fn encoding(&self) -> Encoding {
        self.records.encoding()
    }

    /// The separator of fields.
    pub fn delimiter(&self) -> u8 {
        self.records.delimiter()
    }

    /// The titles of the columns, once the first line was read.
    pub fn titles(&self) -> &[String] {
        self.columns
            .as_ref()
            .map_or(&[], |columns| columns.titles.as_slice())
    }

    /// The variables that the rows bring, once the first line was read.
    pub fn variables(&self) -> Vec<String> {
        let columns = self.columns.iter();
        columns
            .flat_map(Columns::variables)
            .map(str::to_owned)
            .collect()
    }

    /// Columns that are written nearly like reserved ones, once the first line was read.
    pub fn misspelt(&self) -> Vec<Misspelt> {
        self.columns.iter().flat_map(Columns::misspelt).collect()
    }

    fn record(&mut self) -> Result<Option<Record>, LeadFileError> {
        self.records
            .next()
            .map_err(|NotText| LeadFileError::NotText {
                file: self.file.clone(),
            })
    }

    fn lead(
        &self,
        columns: &Columns,
        line: u64,
        fields: &[String],
    ) -> Result<Option<(Lead, Vec<CellNote>)>, RowFault> {
        let read = row::lead(columns, &self.rules, line, fields)?;
        let refused = read.as_ref().is_some_and(|(lead, _)| {
            let known = self.numbering.as_deref();
            known.and_then(|numbering| numbering.is_allotted(&lead.number)) == Some(false)
        });
        if refused {
            let country = Some("RU".to_owned());
            return Err(RowFault::Number(NumberError::NotAssigned { country }));
        }
        Ok(read)
    }

    fn read(&self, record: Record) -> Option<RowRead> {
        let Record { line, raw, fields } = record;
        let columns = self.columns.as_ref()?;
        let read = match &fields {
            Ok(fields) => self.lead(columns, line, fields),
            Err(fault) => Err(fault.clone()),
        };
        let column = |fault: &RowFault| match fault {
            RowFault::Number(_) => Some(columns.number_title.clone()),
            RowFault::Value { column, .. } => Some((*column).to_owned()),
            RowFault::NotUtf8 | RowFault::UnclosedQuote | RowFault::FieldCount { .. } => None,
        };
        Some(match read {
            Ok(None) => return None,
            Ok(Some((lead, notes))) => {
                let notes = notes.into_iter().map(|note| RowNote { line, note });
                RowRead::Lead(Box::new(lead), notes.collect())
            }
            Err(fault) => RowRead::Rejected(RejectedRow {
                line,
                column: column(&fault),
                raw,
                fields: fields.unwrap_or_default(),
                fault,
            }),
        })
    }
}
