//! From bytes to records: where one ends, and how to go on after a broken one.
//!
//! The `csv` crate reads a single record; where records begin is found here, since a quote that is
//! never closed would make it swallow the rest of the list without a word.

use super::error::{LeadFileError, RowFault};

/// A quoted field may span so many lines; beyond that its quote counts as never closed.
const LONGEST_RECORD_LINES: usize = 100;

/// One row of the list.
#[derive(Debug)]
pub(super) struct Record {
    /// The line it begins on, from 1.
    pub(super) line: u64,
    /// As it stands in the file.
    pub(super) raw: String,
    pub(super) fields: Result<Vec<String>, RowFault>,
}

/// Why the bytes are no list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotAList {
    Encoding,
    Binary,
}

impl NotAList {
    pub(super) fn of(self, file: &str) -> LeadFileError {
        let file = file.to_owned();
        match self {
            Self::Encoding => LeadFileError::NotUtf8 { file },
            Self::Binary => LeadFileError::NotText { file },
        }
    }
}

/// Takes the byte order mark of UTF-8 off, and tells what cannot be read.
pub(super) fn without_bom(bytes: &[u8]) -> Result<&[u8], NotAList> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(NotAList::Encoding);
    }
    // A workbook is a ZIP archive, or an OLE file.
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return Err(NotAList::Binary);
    }
    Ok(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes))
}

/// The records of a list, its header first. Lines without any text are passed over.
pub(super) struct Records<'a> {
    bytes: &'a [u8],
    /// Start and end of each line, its line break left out.
    lines: Vec<(usize, usize)>,
    next: usize,
    delimiter: u8,
}

impl<'a> Records<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        let lines = lines_of(bytes);
        let first = lines
            .iter()
            .filter_map(|&(start, end)| bytes.get(start..end))
            .find(|line| !line.trim_ascii().is_empty());
        Self {
            bytes,
            delimiter: delimiter_of(first.unwrap_or_default()),
            lines,
            next: 0,
        }
    }

    fn line(&self, index: usize) -> Option<&'a [u8]> {
        let &(start, end) = self.lines.get(index)?;
        self.bytes.get(start..end)
    }

    /// The last line of the record that begins at `first`, if its quotes close.
    fn last_line(&self, first: usize) -> Option<usize> {
        let mut quote = Quote::FieldStart;
        for index in first..first + LONGEST_RECORD_LINES {
            quote = self
                .line(index)?
                .iter()
                .fold(quote, |quote, &byte| quote.after(byte, self.delimiter));
            if quote != Quote::Inside {
                return Some(index);
            }
        }
        None
    }
}

impl Iterator for Records<'_> {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        while self.line(self.next)?.trim_ascii().is_empty() {
            self.next += 1;
        }
        let first = self.next;
        let closed = self.last_line(first);
        let last = closed.unwrap_or(first);
        self.next = last + 1;
        let (start, _) = *self.lines.get(first)?;
        let (_, end) = *self.lines.get(last)?;
        let raw = self.bytes.get(start..end)?;
        let fields = match closed {
            Some(_) => fields_of(raw, self.delimiter),
            None => Err(RowFault::UnclosedQuote),
        };
        Some(Record {
            line: first as u64 + 1,
            raw: String::from_utf8_lossy(raw).into_owned(),
            fields,
        })
    }
}

/// Where in a record a byte stands, as far as quotes go (RFC 4180 §2.5 to 2.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quote {
    FieldStart,
    Outside,
    Inside,
    /// After a quote inside: the end of the field, or the first of two.
    Closing,
}

impl Quote {
    fn after(self, byte: u8, delimiter: u8) -> Self {
        match (self, byte) {
            (Self::Inside, b'"') => Self::Closing,
            (Self::FieldStart | Self::Closing, b'"') | (Self::Inside, _) => Self::Inside,
            (_, byte) if byte == delimiter => Self::FieldStart,
            _ => Self::Outside,
        }
    }
}

fn fields_of(raw: &[u8], delimiter: u8) -> Result<Vec<String>, RowFault> {
    let text = std::str::from_utf8(raw).map_err(|_| RowFault::NotUtf8)?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .buffer_capacity(raw.len() + 1)
        .from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    match reader.read_record(&mut record) {
        Ok(_) => Ok(record.iter().map(str::to_owned).collect()),
        Err(_) => Err(RowFault::NotUtf8),
    }
}

/// Lines end with LF, CR LF, or (old spreadsheets) CR.
fn lines_of(bytes: &[u8]) -> Vec<(usize, usize)> {
    let mut lines = Vec::new();
    let mut start = 0;
    let mut previous = 0;
    for (index, &byte) in bytes.iter().enumerate() {
        match byte {
            b'\n' if previous == b'\r' => start = index + 1,
            b'\n' | b'\r' => {
                lines.push((start, index));
                start = index + 1;
            }
            _ => {}
        }
        previous = byte;
    }
    if start < bytes.len() {
        lines.push((start, bytes.len()));
    }
    lines
}

/// The separator that the header uses most; a comma when it has one column.
fn delimiter_of(header: &[u8]) -> u8 {
    let outside = || header.split(|&byte| byte == b'"').step_by(2);
    let count = |sign: u8| {
        let fields = outside().map(|part| part.split(|&byte| byte == sign).count() - 1);
        fields.sum::<usize>()
    };
    // The last of equal counts wins.
    [b'\t', b';', b',']
        .into_iter()
        .max_by_key(|&sign| count(sign))
        .unwrap_or(b',')
}
