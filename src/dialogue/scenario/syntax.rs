//! What is wrong with a text that is no TOML, told so that it can be mended.
//!
//! The parser says where it was lost, and that may be lines behind the mistake: a bracket that is
//! never closed shows where the next section begins.

use crate::language::{in_latin, is_cyrillic, latin_meant};

/// What to do where nothing better is known.
const USUAL: &str = "a section is written [name], a value key = \"text\"";

/// Marks that word processors make of quotes.
const CURLY: [char; 8] = ['“', '”', '„', '«', '»', '‘', '’', '‟'];

/// A mistake and its mend.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mistake {
    /// Where it is, in bytes.
    pub(super) at: usize,
    pub(super) message: String,
    pub(super) hint: String,
}

fn mistake(at: usize, message: impl Into<String>, hint: impl Into<String>) -> Mistake {
    Mistake {
        at,
        message: message.into(),
        hint: hint.into(),
    }
}

/// Explains the parser's first fault: it was lost at `at`, and said `said`.
pub(super) fn explain(text: &str, at: usize, said: &str) -> Mistake {
    let start = text.get(..at).and_then(|before| before.rfind('\n'));
    let start = start.map_or(0, |newline| newline + 1);
    let line = text.get(start..).unwrap_or_default();
    let line = line.lines().next().unwrap_or_default();
    let of_line = || {
        let found = curly(line)
            .or_else(|| colon(line))
            .or_else(|| foreign(line))
            .or_else(|| open_quote(line))
            .or_else(|| quote_inside(line))
            .or_else(|| bare_word(line))?;
        Some(Mistake {
            at: start + found.at,
            ..found
        })
    };
    if said.contains("duplicate") {
        return twice(text, start, line).unwrap_or_else(|| mistake(at, said, USUAL));
    }
    of_line()
        .or_else(|| unclosed(text, start))
        .unwrap_or_else(|| mistake(at, said, USUAL))
}

/// A name that was written before.
fn twice(text: &str, start: usize, line: &str) -> Option<Mistake> {
    let before = text.get(..start)?;
    let name = key_of(line)?;
    let header = name.starts_with('[');
    let mut first = None;
    for (index, earlier) in before.lines().enumerate() {
        if !header && earlier.trim_start().starts_with('[') {
            first = None;
        }
        if key_of(earlier) == Some(name) {
            first = first.or(Some(index + 1));
        }
    }
    let message = format!("`{}` is written twice", name.trim_matches(['[', ']']));
    let hint = match first {
        Some(line) => format!("the first is in line {line}: rename one of them, or join them"),
        None => "rename one of them, or join them".to_owned(),
    };
    Some(mistake(start, message, hint))
}

/// `[states.thanks]`, or the key before `=`.
fn key_of(line: &str) -> Option<&str> {
    let line = line.trim();
    if line.starts_with('[') {
        return line.find(']').and_then(|end| line.get(..=end));
    }
    let key = line.split_once('=')?.0.trim();
    (!key.is_empty() && !key.starts_with('#')).then_some(key)
}

/// A quote of a word processor where a value begins.
fn curly(line: &str) -> Option<Mistake> {
    let inside = strings(line);
    let free = |at: usize| !inside.iter().any(|(from, to)| (*from..=*to).contains(&at));
    let (at, mark) = line
        .char_indices()
        .find(|(at, c)| CURLY.contains(c) && free(*at))?;
    let message = format!("`{mark}` is no quotation mark here");
    Some(mistake(
        at,
        message,
        "write straight quotes: key = \"text\"",
    ))
}

/// `tag: "x"`
fn colon(line: &str) -> Option<Mistake> {
    let (key, value) = line.split_once(':')?;
    let name = key.trim();
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    is_name.then(|| {
        let hint = format!("write `{name} = {}`", value.trim());
        mistake(key.len(), "a key is followed by `=`", hint)
    })
}

/// `оutcome = "x"`, `[states.аgreed]`: a name with a letter of another alphabet.
fn foreign(line: &str) -> Option<Mistake> {
    let name = key_of(line)?;
    let begin = line.find(name)?;
    let inside = strings(name);
    let free = |at: usize| !inside.iter().any(|(from, to)| (*from..=*to).contains(&at));
    let (at, letter) = name
        .char_indices()
        .find(|(at, c)| c.is_alphabetic() && !c.is_ascii() && free(*at))?;
    let shown = name.trim_matches(['[', ']']);
    let parts = shown.split('.').map(str::trim);
    let meant = parts.map(|part| latin_meant(part).unwrap_or_else(|| in_latin(part)));
    let latin: Vec<String> = meant.collect();
    let hint = format!("write it in Latin letters: `{}`", latin.join("."));
    let script = if is_cyrillic(letter) {
        "is Cyrillic"
    } else {
        "is no Latin one"
    };
    let message = format!("the letter `{letter}` in `{shown}` {script}");
    Some(mistake(begin + at, message, hint))
}

/// A text without its end.
fn open_quote(line: &str) -> Option<Mistake> {
    let (from, to) = strings(line).last().copied()?;
    let open = to >= line.len();
    open.then(|| {
        let hint = "close the text on the same line: key = \"text\"";
        mistake(from, "the closing quote is missing", hint)
    })
}

/// A text that a quote inside it ends too soon.
fn quote_inside(line: &str) -> Option<Mistake> {
    let found = strings(line).into_iter().find(|(_, to)| {
        let after = line.get(to + 1..).unwrap_or_default().trim_start();
        let next = after.chars().next();
        next.is_some_and(|c| !",]}#=.".contains(c))
    })?;
    let hint = "inside a text write «…», or \\\" for each quote";
    Some(mistake(found.1, "the text ends at this quote", hint))
}

/// `call_back = да`
fn bare_word(line: &str) -> Option<Mistake> {
    let (key, value) = line.split_once('=')?;
    let word: String = value.split([',', '#', '}', ']']).next()?.trim().to_owned();
    let known = ["true", "false", "inf", "nan"].contains(&word.as_str());
    let bare = word.chars().next().is_some_and(char::is_alphabetic);
    (bare && !known).then(|| {
        let at = key.len() + 1 + value.find(word.as_str()).unwrap_or_default();
        let hint = format!("write `{} = \"{word}\"`", key.trim());
        mistake(at, format!("a text without quotes: {word}"), hint)
    })
}

/// A bracket that was opened in a line before and is not closed.
fn unclosed(text: &str, start: usize) -> Option<Mistake> {
    let mut open: Vec<(usize, char)> = Vec::new();
    let before = text.get(..start)?;
    let mut offset = 0;
    let mut long: Option<&str> = None;
    for line in before.split_inclusive('\n') {
        let from = offset;
        offset += line.len();
        // A text of several lines begins or ends here; brackets in it are words.
        if let Some(mark) = long {
            if line.contains(mark) {
                long = None;
            }
            continue;
        }
        let mark = ["\"\"\"", "'''"].into_iter().find(|m| line.contains(*m));
        if let Some(mark) = mark {
            if line.matches(mark).count() == 1 {
                long = Some(mark);
            }
            continue;
        }
        let inside = strings(line);
        let header = line.trim_start().starts_with('[') && open.is_empty();
        for (at, c) in line.char_indices().filter(|_| !header) {
            if inside.iter().any(|(from, to)| (*from..=*to).contains(&at)) {
                continue;
            }
            match c {
                '#' => break,
                '{' | '[' => open.push((from + at, c)),
                '}' | ']' => {
                    open.pop();
                }
                _ => {}
            }
        }
    }
    let (at, opened) = open.first().copied()?;
    let closing = if opened == '{' { '}' } else { ']' };
    let message = format!("`{opened}` is never closed");
    Some(mistake(
        at,
        message,
        format!("write `{closing}` where the list ends"),
    ))
}

/// The texts in a line: from their quote to the closing one, or to the end of the line.
fn strings(line: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut open: Option<(usize, char)> = None;
    let mut escaped = false;
    for (at, c) in line.char_indices() {
        match open {
            None if c == '#' => break,
            None if c == '"' || c == '\'' => open = Some((at, c)),
            Some((_, '"')) if escaped => escaped = false,
            Some((_, '"')) if c == '\\' => escaped = true,
            Some((from, quote)) if c == quote => {
                found.push((from, at));
                open = None;
            }
            None | Some(_) => {}
        }
    }
    found.extend(open.map(|(from, _)| (from, line.len())));
    found
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use toml::de::DeTable;

    use super::*;

    fn explained(text: &str) -> (usize, String, String) {
        let (_, errors) = DeTable::parse_recoverable(text);
        let first = errors.first().unwrap();
        let at = first.span().map_or(0, |span| span.start);
        let found = explain(text, at, first.message());
        let line = text.get(..found.at).unwrap().matches('\n').count() + 1;
        (line, found.message, found.hint)
    }

    #[rstest]
    #[case(
        "[a]\non = { yes = \"b\", no = \"c\"\nkeys = { 1 = \"b\" }\n[d]\n",
        2,
        "`{` is never closed"
    )]
    #[case(
        "[a]\non = { yes = \"b\"\n\n[states.d]\nsay = \"x\"\n",
        2,
        "`{` is never closed"
    )]
    #[case(
        "[a]\nnext = [ \"b\",\n[states.d]\nsay = \"x\"\n",
        2,
        "`[` is never closed"
    )]
    #[case(
        "[a]\nsay = \"Привет\nnext = \"b\"\n",
        2,
        "the closing quote is missing"
    )]
    #[case("[a]\nsay = “Привет”\n", 2, "`“` is no quotation mark here")]
    #[case("[a]\nsay = «Привет»\n", 2, "`«` is no quotation mark here")]
    #[case(
        "[a]\nsay = \"Это \"Ромашка\" звонит\"\n",
        2,
        "the text ends at this quote"
    )]
    #[case("[a]\ntag: \"x\"\n", 2, "a key is followed by `=`")]
    #[case(
        "[states.аgreed]\nsay = \"x\"\n",
        1,
        "the letter `а` in `states.аgreed` is Cyrillic"
    )]
    #[case("[a]\nоutcome = \"x\"\n", 2, "the letter `о` in `оutcome` is Cyrillic")]
    #[case(
        "[variables]\nГород = \"Тверь\"\n",
        2,
        "the letter `Г` in `Город` is Cyrillic"
    )]
    #[case("[a]\ncall_back = да\n", 2, "a text without quotes: да")]
    #[case(
        "[a.b]\nx = 1\n[c]\nx = 1\n[a.b]\ny = 2\n",
        5,
        "`a.b` is written twice"
    )]
    #[case("[a]\nx = 1\n[c]\nx = 1\ny = 1\nx = 2\n", 6, "`x` is written twice")]
    fn a_mistake_of_writing_is_told_where_it_is(
        #[case] text: &str,
        #[case] line: usize,
        #[case] message: &str,
    ) {
        let (at, told, hint) = explained(text);
        assert_eq!((at, told.as_str()), (line, message), "{hint}");
        assert_ne!(hint, USUAL);
    }

    #[test]
    fn the_first_of_two_is_named() {
        let (_, _, hint) = explained("[c]\nx = 1\n[a]\nx = 1\ny = 1\nx = 2\n");
        assert!(hint.starts_with("the first is in line 4"), "{hint}");
    }
}
