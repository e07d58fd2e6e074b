//! `.env`: lines of `NAME=value`, comments after `#`, quotes round a value, `export` in front.
//!
//! The dialect that shells and Docker share. Nothing is expanded: a `$` is a `$`.

use std::path::Path;

use super::error::{SettingsError, SettingsFault};

/// One assignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Assignment {
    pub(super) line: usize,
    pub(super) variable: String,
    pub(super) value: String,
}

/// Reads the text of a `.env` file.
///
/// # Errors
/// `Syntax` for a line that is no assignment. The value is never in the message.
pub(super) fn parse(path: &Path, text: &str) -> Result<Vec<Assignment>, SettingsError> {
    let mut assignments = Vec::new();
    for (index, raw) in text.lines().enumerate() {
        let line = raw.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let line = line.strip_prefix("export ").unwrap_or(line);
        let assignment = line
            .split_once('=')
            .map(|(name, value)| (name.trim(), value.trim()))
            .filter(|(name, _)| is_name(name))
            .and_then(|(name, value)| Some((name, unquote(value)?)));
        let Some((variable, value)) = assignment else {
            return Err(SettingsError::new(
                SettingsFault::Syntax,
                format!("{}:{}: not an assignment", path.display(), index + 1),
                "write NAME=value, with quotes on both sides or on none",
            ));
        };
        assignments.push(Assignment {
            line: index + 1,
            variable: variable.to_owned(),
            value,
        });
    }
    Ok(assignments)
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// The value without its quotes and without a comment; `None` if a quote is left open.
fn unquote(value: &str) -> Option<String> {
    for quote in ['"', '\''] {
        if let Some(rest) = value.strip_prefix(quote) {
            let (inside, after) = rest.split_once(quote)?;
            let after = after.trim();
            return (after.is_empty() || after.starts_with('#')).then(|| inside.to_owned());
        }
    }
    let end = value.find(" #").unwrap_or(value.len());
    Some(value.get(..end)?.trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<(String, String)> {
        parse(Path::new(".env"), text)
            .unwrap()
            .into_iter()
            .map(|found| (found.variable, found.value))
            .collect()
    }

    #[test]
    fn reads_the_forms_that_shells_and_docker_share() {
        let text = "\n# a comment\nA=1\nexport B = two words # why\nC=\"x # y\" # z\nD='$HOME'\nE=\nF=a#b\n";
        let expected = [
            ("A", "1"),
            ("B", "two words"),
            ("C", "x # y"),
            ("D", "$HOME"),
            ("E", ""),
            ("F", "a#b"),
        ];
        let expected: Vec<_> = expected.map(|(a, b)| (a.to_owned(), b.to_owned())).to_vec();
        assert_eq!(pairs(text), expected);
    }

    #[test]
    fn names_the_line_of_what_is_no_assignment_and_not_its_content() {
        for text in ["A=1\nhunter2\n", "A=1\nB=\"hunter2\n", "A=1\n1B=hunter2"] {
            let error = parse(Path::new(".env"), text).unwrap_err();
            assert_eq!(error.message, ".env:2: not an assignment");
        }
    }
}
