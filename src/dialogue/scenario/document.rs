//! One TOML file of a scenario as a tree that knows where everything stands.
//!
//! Read by hand rather than by serde, so that a mistake inside one of several allowed forms still
//! has its line, and so that all mistakes are told at once.

use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fields::Field;
use super::include::File;
use super::place::{Faults, Place, nearest};
use super::syntax;

/// A file: its text, and its tree.
#[derive(Debug)]
pub(super) struct Document<'a> {
    source: Source<'a>,
    root: Spanned<DeTable<'a>>,
}

/// The text of a file, by lines.
#[derive(Debug)]
pub(super) struct Source<'a> {
    file: Option<Arc<str>>,
    text: &'a str,
    lines: Vec<usize>,
}

impl<'a> Source<'a> {
    fn new(file: Option<Arc<str>>, text: &'a str) -> Self {
        let starts = text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            file,
            lines: std::iter::once(0).chain(starts).collect(),
            text,
        }
    }

    fn place(&self, offset: usize) -> Place {
        let line = self.lines.partition_point(|start| *start <= offset).max(1);
        let start = self.lines.get(line - 1).copied().unwrap_or_default();
        let before = self.text.get(start..offset).unwrap_or_default();
        Place {
            file: self.file.clone(),
            line,
            column: before.chars().count() + 1,
        }
    }
}

impl<'a> Document<'a> {
    /// Reads a file; `None` if it is no TOML, with the first reason among the faults: those after
    /// it follow from it.
    pub(super) fn parse(file: &'a File, faults: &mut Faults) -> Option<Self> {
        let source = Source::new(file.path.clone(), &file.text);
        let (root, errors) = DeTable::parse_recoverable(&file.text);
        if let Some(error) = errors.first() {
            let at = error.span().map_or(0, |span| span.start);
            let said = error.message().trim().replace('\n', " ");
            let found = syntax::explain(&file.text, at, &said);
            faults.add(source.place(found.at), found.message, found.hint);
        }
        errors.is_empty().then_some(Self { source, root })
    }

    pub(super) fn table(&self) -> Table<'_> {
        Table {
            source: &self.source,
            entries: self.root.get_ref(),
            place: self.source.place(0),
        }
    }
}

/// A value and where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node<'a> {
    source: &'a Source<'a>,
    value: &'a Spanned<DeValue<'a>>,
}

/// A key of a table and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Name<'a> {
    pub(super) text: &'a str,
    pub(super) place: Place,
}

/// A table and where it begins.
#[derive(Debug, Clone)]
pub(super) struct Table<'a> {
    source: &'a Source<'a>,
    entries: &'a DeTable<'a>,
    pub(super) place: Place,
}

impl<'a> Table<'a> {
    /// Names every key that is not among the fields; whether there is none.
    pub(super) fn allow(&self, fields: &[Field], faults: &mut Faults) -> bool {
        let mut all_known = true;
        for (name, _) in self.entries() {
            if !fields.iter().any(|field| field.name == name.text) {
                let known = fields.iter().map(|field| field.name);
                let hint = nearest(name.text, known);
                faults.add(name.place, format!("unknown field `{}`", name.text), hint);
                all_known = false;
            }
        }
        all_known
    }

    pub(super) fn get(&self, name: &str) -> Option<Node<'a>> {
        let value = self.entries.get(name)?;
        Some(Node {
            source: self.source,
            value,
        })
    }

    /// A value that must be there.
    pub(super) fn need(&self, name: &str, faults: &mut Faults) -> Option<Node<'a>> {
        let found = self.get(name);
        if found.is_none() {
            let message = format!("`{name}` is missing");
            faults.add(self.place.clone(), message, missing_hint(name));
        }
        found
    }

    /// Keys and values in the order they are written.
    pub(super) fn entries(&self) -> Vec<(Name<'a>, Node<'a>)> {
        let mut entries: Vec<_> = self.entries.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        entries
            .into_iter()
            .map(|(key, value)| {
                let name = Name {
                    text: key.get_ref(),
                    place: self.source.place(key.span().start),
                };
                let source = self.source;
                (name, Node { source, value })
            })
            .collect()
    }
}

/// What to write where a field is missing.
fn missing_hint(name: &str) -> &'static str {
    match name {
        "scenario" => "begin with [scenario], and under it `name`, `language` and `start`",
        "name" => "write `name = \"…\"`: what the history is to call it",
        "language" => "write `language = \"ru\"` or `language = \"en\"`",
        "start" => "write `start = \"…\"`: the name of the first state",
        "kind" => "write `kind = \"…\"`: what to listen for, such as number, date or name",
        "to" => "write `to = \"…\"`: a number, or an endpoint such as PJSIP/anna",
        _ => "",
    }
}

impl<'a> Node<'a> {
    pub(super) fn place(&self) -> Place {
        self.source.place(self.value.span().start)
    }

    /// The place of a character of a text, counted from its beginning without the quotes.
    pub(super) fn place_in(&self, character: usize) -> Place {
        let span = self.value.span();
        let written = self.source.text.get(span.clone()).unwrap_or_default();
        self.source
            .place(span.start + offset_in(written, character))
    }

    fn wrong(&self, wanted: &str, faults: &mut Faults) {
        let kind = match self.value.get_ref() {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) => "a whole number",
            DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        faults.add(
            self.place(),
            format!("here stands {kind}"),
            format!("write {wanted}"),
        );
    }

    pub(super) fn as_text(&self) -> Option<&'a str> {
        let DeValue::String(text) = self.value.get_ref() else {
            return None;
        };
        Some(text)
    }

    pub(super) fn as_list(&self) -> Option<Vec<Self>> {
        let DeValue::Array(items) = self.value.get_ref() else {
            return None;
        };
        let source = self.source;
        Some(items.iter().map(|value| Self { source, value }).collect())
    }

    pub(super) fn as_table(&self) -> Option<Table<'a>> {
        let DeValue::Table(entries) = self.value.get_ref() else {
            return None;
        };
        Some(Table {
            source: self.source,
            entries,
            place: self.place(),
        })
    }

    pub(super) fn table(&self, faults: &mut Faults) -> Option<Table<'a>> {
        let table = self.as_table();
        if table.is_none() {
            self.wrong("a table", faults);
        }
        table
    }

    pub(super) fn text(&self, faults: &mut Faults) -> Option<&'a str> {
        let text = self.as_text();
        if text.is_none() {
            self.wrong("a text in quotes", faults);
        }
        text
    }

    /// A text that is not empty.
    pub(super) fn word(&self, faults: &mut Faults) -> Option<&'a str> {
        let text = self.text(faults)?;
        if text.trim().is_empty() {
            faults.add(
                self.place(),
                "an empty text",
                "write something, or remove the line",
            );
            return None;
        }
        Some(text)
    }

    pub(super) fn flag(&self, faults: &mut Faults) -> Option<bool> {
        if let DeValue::Boolean(flag) = self.value.get_ref() {
            return Some(*flag);
        }
        self.wrong("true or false", faults);
        None
    }

    /// A whole number within bounds.
    pub(super) fn count(&self, bounds: (i64, i64), faults: &mut Faults) -> Option<i64> {
        let number = if let DeValue::Integer(number) = self.value.get_ref() {
            i64::from_str_radix(&number.as_str().replace('_', ""), number.radix()).ok()
        } else {
            None
        };
        if let Some(number) = number.filter(|n| (bounds.0..=bounds.1).contains(n)) {
            return Some(number);
        }
        let wanted = match bounds {
            (i64::MIN, i64::MAX) => "a whole number without quotes".to_owned(),
            (least, most) => format!("a whole number from {least} to {most}"),
        };
        if number.is_some() {
            faults.add(self.place(), "out of bounds", format!("write {wanted}"));
        } else {
            self.wrong(&wanted, faults);
        }
        None
    }

    /// A text, a number or a truth value, as text.
    pub(super) fn scalar(&self, faults: &mut Faults) -> Option<String> {
        match self.value.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            DeValue::Integer(number) if number.radix() == 10 => {
                Some(number.as_str().replace('_', ""))
            }
            DeValue::Float(number) => Some(number.as_str().replace('_', "")),
            DeValue::Boolean(flag) => Some(flag.to_string()),
            DeValue::Datetime(date) => Some(date.to_string()),
            DeValue::Integer(_) | DeValue::Array(_) | DeValue::Table(_) => {
                self.wrong("a text, a number, true or false", faults);
                None
            }
        }
    }

    /// One text or a list of them.
    pub(super) fn words(&self, faults: &mut Faults) -> Vec<Self> {
        if let Some(list) = self.as_list() {
            return list
                .into_iter()
                .filter(|item| item.word(faults).is_some())
                .collect();
        }
        self.word(faults).map(|_| *self).into_iter().collect()
    }
}

/// Where a character of a text stands in the text as it is written, in bytes: behind the quotes,
/// the line break after three of them, and the escapes before it.
fn offset_in(written: &str, character: usize) -> usize {
    let quote = written.chars().next().unwrap_or_default();
    let three: String = [quote; 3].iter().collect();
    let mut at = if written.starts_with(&three) && written.len() > 5 {
        let inside = written.get(3..).unwrap_or_default();
        3 + match inside.as_bytes() {
            [b'\n', ..] => 1,
            [b'\r', b'\n', ..] => 2,
            _ => 0,
        }
    } else {
        1
    };
    for _ in 0..character {
        let rest = written.get(at..).unwrap_or_default();
        at += if quote == '"' && rest.starts_with('\\') {
            escape_length(rest)
        } else {
            rest.chars().next().map_or(0, char::len_utf8)
        };
    }
    at
}

/// How long an escape is, in bytes. One at the end of a line joins it with the next, and what is
/// joined counts with the character behind it.
fn escape_length(text: &str) -> usize {
    match text.chars().nth(1) {
        Some('u') => 6,
        Some('U') => 10,
        Some('x') => 4,
        Some(c) if c.is_whitespace() => {
            let joined = text.get(1..).unwrap_or_default();
            let next = joined.trim_start();
            let blank = 1 + joined.len() - next.len();
            blank + next.chars().next().map_or(0, char::len_utf8)
        }
        Some(c) => 1 + c.len_utf8(),
        None => 1,
    }
}
