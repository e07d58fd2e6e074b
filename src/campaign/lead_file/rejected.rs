//! The rejected rows as a list of their own: the columns of the original, what is wrong, and where.
//!
//! It can be mended and given back as it is: the added columns are plain variables.

use super::error::RejectedRow;

/// What is put behind the columns of the original.
const ADDED: [&str; 4] = [
    "rejected_line",
    "rejected_column",
    "rejected_why",
    "rejected_hint",
];

/// Writes rejected rows in CSV, as they come.
#[derive(Debug, Clone)]
pub struct RejectedRows {
    columns: usize,
    delimiter: u8,
}

impl RejectedRows {
    /// The writer and its first line, for a list with these titles.
    pub fn new(titles: &[String], delimiter: u8) -> (Self, Vec<u8>) {
        let writer = Self {
            columns: titles.len(),
            delimiter,
        };
        let header = titles.iter().map(String::as_str).chain(ADDED);
        // The mark tells spreadsheets that it is UTF-8.
        let mut bytes = b"\xef\xbb\xbf".to_vec();
        bytes.extend(writer.line(header));
        (writer, bytes)
    }

    /// Whether a text begins as such a list does, so that an old one may be replaced.
    pub fn wrote(text: &[u8]) -> bool {
        let first = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
        let added = ADDED.join("\u{1}");
        [b',', b';', b'\t'].iter().any(|&delimiter| {
            let written = added.replace('\u{1}', &char::from(delimiter).to_string());
            first.trim_ascii_end().ends_with(written.as_bytes())
        })
    }

    /// One row. A row whose fields do not fit the columns stands in the first one as it was.
    pub fn row(&self, row: &RejectedRow) -> Vec<u8> {
        let mut fields: Vec<&str> = row.fields.iter().map(String::as_str).collect();
        while fields.len() > self.columns && fields.last().is_some_and(|last| last.is_empty()) {
            fields.pop();
        }
        if fields.is_empty() || fields.len() > self.columns {
            fields = vec![row.raw.as_str()];
        }
        fields.resize(self.columns, "");
        let (line, why, hint) = (row.line.to_string(), row.fault.to_string(), row.hint());
        let column = row.column.as_deref().unwrap_or_default();
        self.line(fields.into_iter().chain([&*line, column, &*why, &*hint]))
    }

    fn line<'a>(&self, fields: impl Iterator<Item = &'a str>) -> Vec<u8> {
        let mut writer = csv::WriterBuilder::new()
            .delimiter(self.delimiter)
            .from_writer(Vec::new());
        // Writing to memory fails only when there is no memory.
        let written = writer.write_record(fields);
        debug_assert!(written.is_ok());
        writer.into_inner().unwrap_or_default()
    }
}
