//! CSV out: rows of cells, and what was gathered in dialogues as cells.

use serde_json::{Map, Value};

use crate::output::Stream;
use crate::store::{Speaker, TurnRow};

/// What begins the titles of the columns of slots.
const SLOT: &str = "slot_";
/// The mark that tells spreadsheets that a file is UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// Writes rows of CSV.
#[derive(Debug)]
pub(super) struct Rows {
    stream: Stream,
}

impl Rows {
    /// Begins with the titles; `marked` with the mark of UTF-8 in front, for a file.
    pub(super) fn begin<'a>(
        mut stream: Stream,
        titles: impl IntoIterator<Item = &'a str>,
        marked: bool,
    ) -> anyhow::Result<Self> {
        if marked {
            stream.bytes(MARK)?;
        }
        let mut rows = Self { stream };
        rows.row(titles)?;
        Ok(rows)
    }

    pub(super) fn row<'a>(
        &mut self,
        cells: impl IntoIterator<Item = &'a str>,
    ) -> anyhow::Result<()> {
        let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
        writer.write_record(cells)?;
        let bytes = writer
            .into_inner()
            .map_err(csv::IntoInnerError::into_error)?;
        self.stream.bytes(&bytes)
    }

    pub(super) fn end(self) -> anyhow::Result<()> {
        self.stream.close()
    }
}

/// The titles of the columns of slots.
pub(super) fn slot_titles(names: &[String]) -> Vec<String> {
    names.iter().map(|name| format!("{SLOT}{name}")).collect()
}

/// A cell for each of the names; empty where nothing was gathered.
pub(super) fn slot_cells(names: &[String], gathered: &Map<String, Value>) -> Vec<String> {
    let cell = |name: &String| gathered.get(name).map_or_else(String::new, cell);
    names.iter().map(cell).collect()
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => harmless(text),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(cell).collect();
            items.join("; ")
        }
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}

/// What a stranger said must not be a formula to a spreadsheet: an apostrophe makes it a text.
fn harmless(text: &str) -> String {
    let mut signs = text.chars();
    let formula = match signs.next() {
        Some('=' | '@' | '\t' | '\r') => true,
        // Numbers are none.
        Some('+' | '-') => !signs.all(|sign| sign.is_ascii_digit() || ".,: ".contains(sign)),
        _ => false,
    };
    if formula {
        return format!("'{text}");
    }
    text.to_owned()
}

/// A talk as one cell: a line a turn.
pub(super) fn transcript(turns: &[TurnRow]) -> String {
    let lines: Vec<String> = turns
        .iter()
        .map(|turn| {
            let who = match turn.speaker {
                Speaker::Bot => "bot",
                Speaker::Callee => "callee",
            };
            format!("{who}: {}", turn.text)
        })
        .collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn slots_stand_under_their_names_and_are_no_formulas() {
        let names = ["day", "phone", "tags", "words", "count", "gone"].map(str::to_owned);
        let gathered = json!({
            "day": "2026-11-25", "phone": "+79000000001", "tags": ["a", "b"],
            "words": "=HYPERLINK(1)", "count": 3,
        });
        let cells = slot_cells(&names, gathered.as_object().unwrap());
        let expected = [
            "2026-11-25",
            "+79000000001",
            "a; b",
            "'=HYPERLINK(1)",
            "3",
            "",
        ];
        assert_eq!(cells, expected);
        assert_eq!(harmless("-да"), "'-да");
        assert_eq!(harmless("-12,5"), "-12,5");
        assert_eq!(slot_titles(&names[..1]), ["slot_day"]);
    }
}
