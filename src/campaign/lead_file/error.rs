//! What is wrong with a list, or with one of its rows.

use std::fmt;

use thiserror::Error;

use super::columns::Reserved;
use crate::phone::NumberError;

/// Why a list cannot be read at all.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LeadFileError {
    /// No line in it.
    #[error("{file}: the lead list is empty")]
    Empty {
        /// The list.
        file: String,
    },
    /// A header in an encoding that we do not know.
    #[error("{file}: line 1: the lead list is neither UTF-8 nor Windows-1251 text")]
    NotUtf8 {
        /// The list.
        file: String,
    },
    /// A workbook instead of a text.
    #[error("{file}: this is a spreadsheet or an archive, not a CSV file")]
    NotText {
        /// The list.
        file: String,
    },
    /// The header is damaged.
    #[error("{file}: line 1: {fault}")]
    Header {
        /// The list.
        file: String,
        /// What is wrong with it.
        fault: RowFault,
    },
    /// None of the usual names for the column of numbers.
    #[error("{file}: line 1: no column of telephone numbers among: {columns}{misspelt}")]
    NoNumberColumn {
        /// The list.
        file: String,
        /// The columns there are.
        columns: String,
        /// Which of them may be meant, as the end of a sentence; empty where none is.
        misspelt: String,
    },
    /// The column that was asked for is not there.
    #[error("{file}: line 1: no column `{column}` among: {columns}")]
    NoSuchColumn {
        /// The list.
        file: String,
        /// The column asked for.
        column: String,
        /// The columns there are.
        columns: String,
    },
    /// Two columns of one name.
    #[error("{file}: line 1: the column `{column}` appears twice")]
    DuplicateColumn {
        /// The list.
        file: String,
        /// The column.
        column: String,
    },
}

impl LeadFileError {
    /// What to do now.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Empty { .. } | Self::NoNumberColumn { .. } => {
                "the first line names the columns, one of them `phone`: phone,name,city"
            }
            Self::NotUtf8 { .. } => "save it as \"CSV UTF-8\"",
            Self::NotText { .. } => "export it as \"CSV UTF-8\"",
            Self::Header { fault, .. } => fault.fixed_hint(),
            Self::NoSuchColumn { .. } => "write the column's name as in the first line",
            Self::DuplicateColumn { .. } => "give each column a name of its own",
        }
    }
}

/// A row that is no lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectedRow {
    /// Its line, from 1.
    pub line: u64,
    /// The title of the column at fault, where it is one column's.
    pub column: Option<String>,
    /// The row as it stands in the list.
    pub raw: String,
    /// Its fields, if it could be cut into fields.
    pub fields: Vec<String>,
    /// What is wrong.
    pub fault: RowFault,
}

impl fmt::Display for RejectedRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: ", self.line)?;
        if let Some(column) = &self.column {
            write!(f, "column `{column}`: ")?;
        }
        write!(f, "{}", self.fault)
    }
}

impl RejectedRow {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match &self.fault {
            RowFault::Number(error) => error.hint(),
            RowFault::NotUtf8
            | RowFault::UnclosedQuote
            | RowFault::FieldCount { .. }
            | RowFault::Value { .. } => self.fault.fixed_hint().to_owned(),
        }
    }
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RowFault {
    /// It is in another encoding than the rest.
    #[error("the row is not UTF-8 text")]
    NotUtf8,
    /// A quote opens in it and nothing closes it.
    #[error("a quote is opened and never closed")]
    UnclosedQuote,
    /// Too few fields, or too many.
    #[error("the row has {}, the header {expected}", fields(*found))]
    FieldCount {
        /// As many as the header names.
        expected: usize,
        /// As many as were found.
        found: usize,
    },
    /// Its number may not be dialled.
    #[error("{0}")]
    Number(NumberError),
    /// A reserved column does not hold what it must.
    #[error("{complaint}")]
    Value {
        /// The title of the column.
        column: &'static str,
        /// What is wrong with the value.
        complaint: String,
        /// What to write.
        hint: &'static str,
    },
}

impl RowFault {
    pub(super) fn value(column: Reserved, complaint: String, hint: &'static str) -> Self {
        Self::Value {
            column: column.as_str(),
            complaint,
            hint,
        }
    }

    fn fixed_hint(&self) -> &'static str {
        match self {
            Self::NotUtf8 => "save the list as \"CSV UTF-8\"",
            Self::UnclosedQuote => "close the quote, or write it twice inside a quoted field",
            Self::FieldCount { .. } => "put a field that contains the separator into quotes",
            Self::Number(_) => "write a number that may be dialled",
            Self::Value { hint, .. } => hint,
        }
    }
}

fn fields(count: usize) -> String {
    let word = if count == 1 { "field" } else { "fields" };
    format!("{count} {word}")
}
