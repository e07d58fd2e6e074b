//! From bytes to records: where one ends, and how to go on after a broken one.
//!
//! Bytes may come in pieces, as from a pipe. The `csv` crate reads a single record; where records
//! begin is found here, since a quote that is never closed would make it swallow the rest of the
//! list without a word.

use super::encoding::{Encoding, told_by};
use super::error::RowFault;

/// A quoted field may span so many lines; beyond that its quote counts as never closed.
const LONGEST_RECORD_LINES: usize = 100;
/// So many bytes are looked at before the encoding is decided.
const SAMPLE: usize = 1 << 20;

/// One row of the list.
#[derive(Debug)]
pub(super) struct Record {
    /// The line it begins on, from 1.
    pub(super) line: u64,
    /// As it stands in the list.
    pub(super) raw: String,
    pub(super) fields: Result<Vec<String>, RowFault>,
}

/// The bytes are a workbook or an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotText;

/// Cuts bytes into records. Lines without any text are passed over.
#[derive(Debug)]
pub(super) struct Records {
    buffer: Vec<u8>,
    /// Where in `buffer` the next record begins.
    start: usize,
    /// The line of `start`, from 0.
    line: u64,
    delimiter: Option<u8>,
    encoding: Option<Encoding>,
    utf16: Option<encoding_rs::Decoder>,
    begun: bool,
    finished: bool,
}

impl Records {
    pub(super) fn new() -> Self {
        Self {
            buffer: Vec::new(),
            start: 0,
            line: 0,
            delimiter: None,
            encoding: None,
            utf16: None,
            begun: false,
            finished: false,
        }
    }

    /// Adds bytes.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.start);
        self.start = 0;
        match &mut self.utf16 {
            None => self.buffer.extend_from_slice(bytes),
            Some(decoder) => {
                let mut text = String::new();
                text.reserve(decoder.max_utf8_buffer_length(bytes.len()).unwrap_or(0));
                // Room for everything was reserved, so one call takes it all.
                let (_, read, _) = decoder.decode_to_string(bytes, &mut text, false);
                debug_assert_eq!(read, bytes.len());
                self.buffer.extend_from_slice(text.as_bytes());
            }
        }
    }

    /// No more bytes come.
    pub(super) fn finish(&mut self) {
        self.finished = true;
    }

    pub(super) fn encoding(&self) -> Encoding {
        self.encoding.unwrap_or(Encoding::Utf8)
    }

    pub(super) fn delimiter(&self) -> u8 {
        self.delimiter.unwrap_or(b',')
    }

    /// The next record; `None` until more bytes come, or at the end.
    pub(super) fn next(&mut self) -> Result<Option<Record>, NotText> {
        if !self.begun && !self.begin()? {
            return Ok(None);
        }
        loop {
            let Some(first) = self.line_at(self.start) else {
                return Ok(None);
            };
            if self.slice(self.start, first.end).trim_ascii().is_empty() {
                self.start = first.next;
                self.line += 1;
                continue;
            }
            if self.delimiter.is_none() {
                self.delimiter = Some(delimiter_of(self.slice(self.start, first.end)));
            }
            return Ok(self.record(&first));
        }
    }

    /// Takes the byte order mark off, and tells what cannot be read; `false`: too few bytes yet.
    fn begin(&mut self) -> Result<bool, NotText> {
        if self.buffer.len() < 4 && !self.finished {
            return Ok(false);
        }
        self.begun = true;
        // A workbook is a ZIP archive, or an OLE file.
        if [b"PK\x03\x04", b"\xd0\xcf\x11\xe0"]
            .iter()
            .any(|mark| self.buffer.starts_with(*mark))
        {
            return Err(NotText);
        }
        let wide = match self.buffer.get(..2) {
            Some(b"\xff\xfe") => Some(encoding_rs::UTF_16LE),
            Some(b"\xfe\xff") => Some(encoding_rs::UTF_16BE),
            _ => None,
        };
        if let Some(wide) = wide {
            self.utf16 = Some(wide.new_decoder_with_bom_removal());
            self.encoding = Some(Encoding::Utf16);
            let bytes = std::mem::take(&mut self.buffer);
            self.push(&bytes);
        }
        if self.buffer.starts_with(b"\xef\xbb\xbf") {
            self.start = 3;
            self.encoding = Some(Encoding::Utf8);
        }
        Ok(true)
    }

    fn slice(&self, from: usize, to: usize) -> &[u8] {
        self.buffer.get(from..to).unwrap_or_default()
    }

    /// The line that begins at `from`, if it is whole.
    fn line_at(&self, from: usize) -> Option<Line> {
        let rest = self.buffer.get(from..)?;
        let Some(length) = rest.iter().position(|&byte| matches!(byte, b'\n' | b'\r')) else {
            let end = self.buffer.len();
            return (self.finished && from < end).then_some(Line { end, next: end });
        };
        let end = from + length;
        let next = match (self.buffer.get(end), self.buffer.get(end + 1)) {
            // Whether a line feed follows is not known yet.
            (Some(b'\r'), None) if !self.finished => return None,
            (Some(b'\r'), Some(b'\n')) => end + 2,
            _ => end + 1,
        };
        Some(Line { end, next })
    }

    /// The record that begins at `start`; `None` while its quotes may still close.
    fn record(&mut self, first: &Line) -> Option<Record> {
        let delimiter = self.delimiter();
        let mut quote = Quote::FieldStart;
        let (mut at, mut line) = (self.start, Line { ..*first });
        let mut last = None;
        for lines in 1..=LONGEST_RECORD_LINES {
            let bytes = self.slice(at, line.end).iter();
            quote = bytes.fold(quote, |quote, &byte| quote.after(byte, delimiter));
            if quote != Quote::Inside {
                last = Some((line, lines));
                break;
            }
            at = line.next;
            match self.line_at(at) {
                Some(next) => line = next,
                None if self.finished => break,
                None if lines < LONGEST_RECORD_LINES => return None,
                None => break,
            }
        }
        let (end, lines, closed) = match last {
            Some((line, lines)) => (line, lines, true),
            None => (Line { ..*first }, 1, false),
        };
        let raw = self.decoded(self.start, end.end);
        let fields = match raw {
            Err(ref fault) => Err(fault.clone()),
            Ok(_) if !closed => Err(RowFault::UnclosedQuote),
            Ok(ref raw) => fields_of(raw, delimiter),
        };
        // For a person to recognise: in the code page that it was probably written in.
        let lossy = |_| {
            let bytes = self.slice(self.start, end.end);
            let other = told_by(bytes).and_then(|encoding| encoding.decode(bytes).ok());
            other.unwrap_or_else(|| String::from_utf8_lossy(bytes).into_owned())
        };
        let record = Record {
            line: self.line + 1,
            raw: raw.unwrap_or_else(lossy),
            fields,
        };
        self.start = end.next;
        self.line += lines as u64;
        Some(record)
    }

    fn decoded(&mut self, from: usize, to: usize) -> Result<String, RowFault> {
        if self.encoding.is_none() && !self.slice(from, to).is_ascii() {
            self.encoding = told_by(self.slice(from, self.buffer.len().min(from + SAMPLE)));
        }
        self.encoding().decode(self.slice(from, to))
    }
}

/// Where a line ends, its line break left out, and where the next one begins.
#[derive(Debug)]
struct Line {
    end: usize,
    next: usize,
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

fn fields_of(text: &str, delimiter: u8) -> Result<Vec<String>, RowFault> {
    if !text.contains('"') {
        return Ok(text
            .split(char::from(delimiter))
            .map(str::to_owned)
            .collect());
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .buffer_capacity(text.len() + 1)
        .from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    match reader.read_record(&mut record) {
        Ok(_) => Ok(record.iter().map(str::to_owned).collect()),
        Err(_) => Err(RowFault::NotUtf8),
    }
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
