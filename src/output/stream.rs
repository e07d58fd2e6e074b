//! Data that comes bit by bit: written as it comes, in few writes, and never all of it in memory.

use std::fmt;
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};

use anyhow::Context;
use serde::Serialize;

use super::error::UNWRITTEN;
use super::{Envelope, Format, clean};

/// Bytes that are written at once.
const BUFFER: usize = 1 << 16;

/// A stretch of data, on stdout or into a file. Nothing else writes to stdout meanwhile; messages
/// go to stderr as ever.
pub struct Stream {
    out: BufWriter<Box<dyn Write>>,
    on_terminal: bool,
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream").finish_non_exhaustive()
    }
}

impl Stream {
    pub(super) fn stdout() -> Self {
        let out = io::stdout().lock();
        Self {
            on_terminal: out.is_terminal(),
            out: BufWriter::with_capacity(BUFFER, Box::new(out)),
        }
    }

    /// Data for a file.
    pub fn into_file(file: File) -> Self {
        Self {
            on_terminal: false,
            out: BufWriter::with_capacity(BUFFER, Box::new(file)),
        }
    }

    /// Writes bytes: on a terminal without control characters, else as they are.
    ///
    /// # Errors
    /// If stdout is closed.
    pub fn bytes(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        let written = if self.on_terminal {
            let text = String::from_utf8_lossy(bytes);
            self.out.write_all(clean(&text).as_bytes())
        } else {
            self.out.write_all(bytes)
        };
        written.context(UNWRITTEN)
    }

    /// Writes what is left. Without it an error at the end would be lost.
    ///
    /// # Errors
    /// If stdout is closed.
    pub fn close(mut self) -> anyhow::Result<()> {
        self.out.flush().context(UNWRITTEN)
    }
}

/// A list in JSON, item by item: an object a line (`jsonl`), or one object that holds them all
/// (`json`).
#[derive(Debug)]
pub struct JsonList {
    stream: Stream,
    lines: bool,
    item_schema: &'static str,
    empty: bool,
}

impl JsonList {
    /// Begins a list. `schemas` are the names for the object of all and for the object of each,
    /// `facts` what the object says before the list named `name`.
    ///
    /// # Errors
    /// If stdout is closed.
    pub fn begin(
        (stream, format): (Stream, Format),
        schemas: (&'static str, &'static str),
        facts: &serde_json::Map<String, serde_json::Value>,
        name: &str,
    ) -> anyhow::Result<Self> {
        let mut list = Self {
            stream,
            lines: format == Format::Jsonl,
            item_schema: schemas.1,
            empty: true,
        };
        if !list.lines {
            let mut head = String::from("{\n");
            let schema = [("schema".to_owned(), schemas.0.into())];
            for (key, value) in schema.iter().map(|(k, v)| (k, v)).chain(facts) {
                let value: &serde_json::Value = value;
                let key = serde_json::to_string(key)?;
                head.extend(["  ", &key, ": ", &value.to_string(), ",\n"]);
            }
            head.extend(["  ", &serde_json::to_string(name)?, ": ["]);
            list.stream.bytes(head.as_bytes())?;
        }
        Ok(list)
    }

    /// Writes an item.
    ///
    /// # Errors
    /// If stdout is closed.
    pub fn item<T: Serialize>(&mut self, item: &T) -> anyhow::Result<()> {
        if self.lines {
            let text = serde_json::to_string(&Envelope::new(self.item_schema, item))?;
            return self.stream.bytes(format!("{text}\n").as_bytes());
        }
        let comma = if std::mem::take(&mut self.empty) {
            ""
        } else {
            ","
        };
        let text = serde_json::to_string(item)?;
        self.stream.bytes(format!("{comma}\n    {text}").as_bytes())
    }

    /// Ends the list.
    ///
    /// # Errors
    /// If stdout is closed.
    pub fn end(mut self) -> anyhow::Result<()> {
        if !self.lines {
            let foot: &[u8] = if self.empty { b"]\n}\n" } else { b"\n  ]\n}\n" };
            self.stream.bytes(foot)?;
        }
        self.stream.close()
    }
}
