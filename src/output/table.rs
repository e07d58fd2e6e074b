//! Tables for people: columns by two spaces, no lines, cells free of control characters.

use comfy_table::{ContentArrangement, presets};

use super::plain;

/// A cell of so many characters is never broken into lines: a number, a date with its zone.
const WHOLE: usize = 24;
/// Between two columns.
const GAP: usize = 2;

/// A table under construction.
#[derive(Debug)]
pub struct Table {
    headings: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these headings.
    pub fn new<'a>(headings: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            headings: headings.into_iter().map(str::to_uppercase).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row; cells may hold text from outside.
    pub fn row<T: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = T>) {
        let cells = cells.into_iter();
        self.rows.push(
            cells
                .map(|cell| plain(cell.as_ref()).into_owned())
                .collect(),
        );
    }

    /// The text without a line end; wrapped to the terminal's width if there is one.
    pub(super) fn render(self, on_terminal: bool) -> String {
        let width = comfy_table::Table::new().width().filter(|_| on_terminal);
        self.arranged(width.map(usize::from))
    }

    /// For a terminal of this width, `None` for none. Where even short cells would be broken, each
    /// row becomes a record, a line a cell.
    fn arranged(self, width: Option<usize>) -> String {
        let Some(width) = width else {
            return self.columns(None);
        };
        if self.narrowest() > width {
            self.records()
        } else {
            self.columns(Some(width))
        }
    }

    /// The width below which a cell that should stay whole would be broken.
    fn narrowest(&self) -> usize {
        let widest = |index: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(index));
            let all = cells.chain(self.headings.get(index));
            all.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        // The last column, too, is followed by its gap.
        (0..self.headings.len())
            .map(|index| widest(index).min(WHOLE) + GAP)
            .sum()
    }

    fn columns(self, width: Option<usize>) -> String {
        let mut inner = comfy_table::Table::new();
        inner.load_style(presets::NOTHING);
        inner.set_header(self.headings);
        inner.add_rows(self.rows);
        if let Some(width) = width.and_then(|width| u16::try_from(width).ok()) {
            inner.set_width(width);
            inner.set_content_arrangement(ContentArrangement::Dynamic);
        } else {
            inner.force_no_tty();
            inner.set_content_arrangement(ContentArrangement::Disabled);
        }
        for column in inner.column_iter_mut() {
            column.set_padding((0, 2));
        }
        let text = inner.to_string();
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        lines.join("\n")
    }

    fn records(&self) -> String {
        let longest = self.headings.iter().map(|name| name.chars().count()).max();
        let longest = longest.unwrap_or(0) + GAP;
        let record = |row: &Vec<String>| {
            let cells = self.headings.iter().zip(row);
            let filled = cells.filter(|(_, cell)| !cell.is_empty());
            let lines: Vec<String> = filled
                .map(|(heading, cell)| format!("{heading:<longest$}{cell}"))
                .collect();
            lines.join("\n")
        };
        let records: Vec<String> = self.rows.iter().map(record).collect();
        records.join("\n\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_cells_are_clean() {
        let mut table = Table::new(["id", "outcome"]);
        table.row(["1", "agreed"]);
        table.row(["12", "call\u{1b}[2J_later\n"]);
        insta::assert_snapshot!(table.render(false), @r"
        ID  OUTCOME
        1   agreed
        12  call[2J_later
        ");
    }

    #[test]
    fn where_a_row_has_no_room_each_becomes_a_record() {
        let table = || {
            let mut table = Table::new(["id", "number", "next"]);
            table.row(["r-1", "+79000000001", "2026-11-23 09:00:00 MSK"]);
            table.row(["r-2", "+79000000002", ""]);
            table
        };
        insta::assert_snapshot!(table().arranged(Some(40)), @r"
        ID      r-1
        NUMBER  +79000000001
        NEXT    2026-11-23 09:00:00 MSK

        ID      r-2
        NUMBER  +79000000002
        ");
        let wide = table().arranged(Some(44));
        assert_eq!(wide.lines().count(), 3, "{wide}");
        assert!(wide.contains("09:00:00 MSK"), "{wide}");
    }
}
