//! Just enough of a reader of Rust to see names, paths and lines: comments, strings and test items
//! are left out, everything else is words and signs with the line they stand on.

/// A word or a sign of the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) line: usize,
}

/// Reads a source; items under `#[cfg(test)]` are left out.
pub(crate) fn tokens(source: &str) -> Vec<Token> {
    without_tests(&lex(source))
}

/// Whether `tokens` begin with the words of `pattern`, separated by spaces.
pub(crate) fn starts_with(tokens: &[Token], pattern: &str) -> bool {
    let mut words = pattern.split(' ');
    let mut found = tokens.iter();
    words.all(|word| found.next().is_some_and(|token| token.text == word))
}

/// The names that a path may go on with after `::`: the next word, or the first word of each item
/// of a group in braces. `*` is a name here.
pub(crate) fn names_after(tokens: &[Token]) -> Vec<String> {
    let Some(first) = tokens.first() else {
        return Vec::new();
    };
    if first.text != "{" {
        return vec![first.text.clone()];
    }
    let mut names = Vec::new();
    let (mut depth, mut at_start) = (0, false);
    for token in tokens {
        match token.text.as_str() {
            "{" => {
                depth += 1;
                at_start = depth == 1;
            }
            "}" => {
                depth -= 1;
                if depth == 0 {
                    break;
                }
            }
            "," => at_start = depth == 1,
            name if at_start => {
                names.push(name.to_owned());
                at_start = false;
            }
            _ => {}
        }
    }
    names
}

/// The words of a name: `HTTPServer`, `http_server` and `HttpServer` have two each.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before_is_lower = false;
    for c in name.chars() {
        let starts = c == '_' || (c.is_uppercase() && before_is_lower);
        if starts || words.is_empty() {
            words.push(String::new());
        }
        if c != '_' {
            words.last_mut().unwrap().extend(c.to_lowercase());
        }
        before_is_lower = c.is_lowercase() || c.is_ascii_digit();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The index after the bracket that closes the one at `open`.
pub(crate) fn after_closing(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate().skip(open) {
        match token.text.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => {
                depth -= 1;
                if depth == 0 {
                    return index + 1;
                }
            }
            _ => {}
        }
    }
    tokens.len()
}

fn without_tests(tokens: &[Token]) -> Vec<Token> {
    let mut kept = Vec::new();
    let mut index = 0;
    while index < tokens.len() {
        if starts_with(&tokens[index..], "# [ cfg ( test ) ]") {
            index = after_item(tokens, index);
        } else {
            kept.push(tokens[index].clone());
            index += 1;
        }
    }
    kept
}

/// The index after the item that begins at `start`, its attributes included.
fn after_item(tokens: &[Token], start: usize) -> usize {
    let mut index = start;
    while starts_with(&tokens[index..], "# [") {
        index = after_closing(tokens, index + 1);
    }
    while index < tokens.len() {
        match tokens[index].text.as_str() {
            ";" => return index + 1,
            "{" => return after_closing(tokens, index),
            "(" | "[" => index = after_closing(tokens, index),
            _ => index += 1,
        }
    }
    index
}

fn lex(source: &str) -> Vec<Token> {
    let chars: Vec<char> = source.chars().collect();
    let mut tokens = Vec::new();
    let (mut index, mut line) = (0, 1);
    while index < chars.len() {
        let c = chars[index];
        let end = if starts(&chars, index, "//") {
            skip_until(&chars, index, |rest| rest[0] == '\n')
        } else if starts(&chars, index, "/*") {
            after_block_comment(&chars, index)
        } else if let Some(end) = after_string(&chars, index) {
            end
        } else if c == '\'' {
            after_quote(&chars, index)
        } else if c.is_alphanumeric() || c == '_' {
            skip_until(&chars, index, |rest| {
                !(rest[0].is_alphanumeric() || rest[0] == '_')
            })
        } else if starts(&chars, index, "::") {
            index + 2
        } else {
            index + 1
        };
        let text: String = chars[index..end].iter().collect();
        let is_name = c.is_alphanumeric() || c == '_';
        let is_code = (is_name && !text.ends_with(['"', '#', '\'']))
            || (!is_name
                && !c.is_whitespace()
                && c != '"'
                && c != '\''
                && !text.starts_with("//")
                && !text.starts_with("/*"));
        if is_code {
            tokens.push(Token { text, line });
        }
        line += chars[index..end].iter().filter(|c| **c == '\n').count();
        index = end;
    }
    tokens
}

fn starts(chars: &[char], index: usize, text: &str) -> bool {
    text.chars()
        .enumerate()
        .all(|(offset, c)| chars.get(index + offset) == Some(&c))
}

fn skip_until(chars: &[char], start: usize, stop: impl Fn(&[char]) -> bool) -> usize {
    (start..chars.len())
        .find(|index| stop(&chars[*index..]))
        .unwrap_or(chars.len())
}

fn after_block_comment(chars: &[char], start: usize) -> usize {
    let (mut depth, mut index) = (0_usize, start);
    while index < chars.len() {
        if starts(chars, index, "/*") {
            depth += 1;
            index += 2;
        } else if starts(chars, index, "*/") {
            depth -= 1;
            index += 2;
            if depth == 0 {
                return index;
            }
        } else {
            index += 1;
        }
    }
    index
}

/// The index after a string literal that begins here: plain, byte or raw.
fn after_string(chars: &[char], start: usize) -> Option<usize> {
    let prefix: String = chars[start..]
        .iter()
        .take(2)
        .take_while(|c| "brc".contains(**c))
        .collect();
    let mut index = start + prefix.len();
    let raw = prefix.contains('r');
    let mut hashes = 0;
    while raw && chars.get(index) == Some(&'#') {
        hashes += 1;
        index += 1;
    }
    if chars.get(index) != Some(&'"') {
        return None;
    }
    let closing = format!("\"{}", "#".repeat(hashes));
    index += 1;
    while index < chars.len() {
        if !raw && chars[index] == '\\' {
            index += 2;
        } else if starts(chars, index, &closing) {
            return Some(index + closing.len());
        } else {
            index += 1;
        }
    }
    Some(index.min(chars.len()))
}

/// The index after a character literal; a lifetime is left to be read as a name.
fn after_quote(chars: &[char], start: usize) -> usize {
    if chars.get(start + 1) == Some(&'\\') {
        return skip_until(chars, start + 3, |rest| rest[0] == '\'') + 1;
    }
    if chars.get(start + 2) == Some(&'\'') {
        start + 3
    } else {
        start + 1
    }
}
