//! Text made safe for a terminal: what a stranger wrote must not move the cursor or hide itself.

use std::borrow::Cow;

/// Drops every control character, also line ends and marks that turn the writing direction.
/// For text from outside: a table's cell, a turn of a dialogue, a word in a message.
pub fn plain(text: &str) -> Cow<'_, str> {
    if !text
        .chars()
        .any(|c| is_control(c) || c == '\n' || c == '\t')
    {
        return Cow::Borrowed(text);
    }
    let kept = text.chars().filter_map(|c| match c {
        '\n' | '\t' | '\r' => Some(' '),
        c if is_control(c) => None,
        c => Some(c),
    });
    Cow::Owned(kept.collect())
}

/// Drops control characters but keeps line ends, tabs and colours (`ESC [ digits ; ... m`).
/// For whole outputs, as the last step before a terminal.
pub fn clean(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_control) {
        return Cow::Borrowed(text);
    }
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let (head, tail) = rest.split_at(color_length(rest).unwrap_or(c.len_utf8()));
        if head.len() > 1 && c == '\u{1b}' || !is_control(c) {
            kept.push_str(head);
        }
        rest = tail;
    }
    Cow::Owned(kept)
}

/// The length of the colour sequence that `text` begins with, if it does.
fn color_length(text: &str) -> Option<usize> {
    let inside = text.strip_prefix("\u{1b}[")?;
    let end = inside.find(|c: char| !c.is_ascii_digit() && c != ';')?;
    inside.get(end..)?.starts_with('m').then_some(end + 3)
}

/// Control characters but line end and tab; also the invisible ones that turn the direction
/// of writing (Unicode TR 36 §3.1).
fn is_control(c: char) -> bool {
    let turns =
        matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || (c.is_control() && c != '\n' && c != '\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stranger_cannot_move_the_cursor() {
        assert_eq!(plain("да\u{1b}[2J\u{7} хорошо\r\n"), "да[2J хорошо  ");
        assert_eq!(plain("plain"), "plain");
        assert_eq!(plain("a\u{202e}b\u{9b}c"), "abc");
    }

    #[test]
    fn colours_and_line_ends_stay_in_whole_outputs() {
        let text = "\u{1b}[1;31merror\u{1b}[0m: x\n\ty";
        assert_eq!(clean(text), text);
        assert_eq!(clean("\u{1b}[2Jx\u{1b}]0;t\u{7}\u{1b}"), "[2Jx]0;t");
    }
}
