//! Tables for people: columns by two spaces, no lines, cells free of control characters.

use comfy_table::{ContentArrangement, presets};

use super::plain;

/// A table under construction.
#[derive(Debug)]
pub struct Table {
    inner: comfy_table::Table,
}

impl Table {
    /// A table with these headings.
    pub fn new<'a>(headings: impl IntoIterator<Item = &'a str>) -> Self {
        let mut inner = comfy_table::Table::new();
        inner.load_style(presets::NOTHING);
        inner.set_header(headings.into_iter().map(str::to_uppercase));
        Self { inner }
    }

    /// Adds a row; cells may hold text from outside.
    pub fn row<T: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = T>) {
        let cells: Vec<String> = cells
            .into_iter()
            .map(|cell| plain(cell.as_ref()).into_owned())
            .collect();
        self.inner.add_row(cells);
    }

    /// The text without a line end; wrapped to the terminal's width if there is one.
    pub(super) fn render(mut self, on_terminal: bool) -> String {
        if on_terminal {
            self.inner
                .set_content_arrangement(ContentArrangement::Dynamic);
        } else {
            self.inner.force_no_tty();
            self.inner
                .set_content_arrangement(ContentArrangement::Disabled);
        }
        for column in self.inner.column_iter_mut() {
            column.set_padding((0, 2));
        }
        let text = self.inner.to_string();
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        lines.join("\n")
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
}
