//! How an installed file differs from the one that would be written, without the passwords in it.

use crate::ari::configuration::ConfigFile;

/// How a file stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// There is none.
    Missing,
    /// It is the same.
    Same,
    /// It is another.
    Differs,
}

impl Standing {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Same => "same",
            Self::Differs => "differs",
        }
    }
}

/// One file against the installed one.
#[derive(Debug)]
pub(super) struct Compared {
    pub(super) name: &'static str,
    pub(super) standing: Standing,
    /// `-` what is installed, `+` what would be written; nothing for a file that is missing.
    pub(super) lines: Vec<String>,
}

impl Compared {
    pub(super) fn of(file: &ConfigFile, installed: Option<&str>) -> Self {
        let standing = match installed {
            None => Standing::Missing,
            Some(text) if text == file.text => Standing::Same,
            Some(_) => Standing::Differs,
        };
        let lines = match (standing, installed) {
            (Standing::Differs, Some(text)) => changed(text, &file.text),
            (Standing::Missing | Standing::Same | Standing::Differs, _) => Vec::new(),
        };
        Self {
            name: file.name,
            standing,
            lines,
        }
    }
}

/// The lines that differ, in order; the longest common subsequence stays out.
fn changed(old: &str, new: &str) -> Vec<String> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let shared = shared_lengths(&old, &new);
    let length = |i: usize, j: usize| {
        let row = shared.get(i).and_then(|row| row.get(j));
        row.copied().unwrap_or(0)
    };
    let (mut i, mut j) = (0, 0);
    let mut lines = Vec::new();
    while i < old.len() || j < new.len() {
        match (old.get(i), new.get(j)) {
            (Some(before), Some(after)) if before == after => {
                i += 1;
                j += 1;
            }
            (Some(before), after) if after.is_none() || length(i + 1, j) >= length(i, j + 1) => {
                lines.push(format!("-{}", masked(before)));
                i += 1;
            }
            (_, after) => {
                lines.push(format!("+{}", masked(after.unwrap_or(&""))));
                j += 1;
            }
        }
    }
    lines
}

/// How many lines the rests have in common, for each pair of beginnings.
fn shared_lengths(old: &[&str], new: &[&str]) -> Vec<Vec<u32>> {
    let mut table = vec![vec![0_u32; new.len() + 1]];
    for before in old.iter().rev() {
        let mut row = vec![0; new.len() + 1];
        let below = table.last().map_or(&[][..], Vec::as_slice);
        for (j, after) in new.iter().enumerate().rev() {
            let at = |row: &[u32], j: usize| row.get(j).copied().unwrap_or(0);
            let best = if before == after {
                at(below, j + 1) + 1
            } else {
                at(below, j).max(at(&row, j + 1))
            };
            if let Some(cell) = row.get_mut(j) {
                *cell = best;
            }
        }
        table.push(row);
    }
    table.reverse();
    table
}

/// A line without its password.
fn masked(line: &str) -> String {
    let is_password = |name: &str| {
        let name = name.trim_start_matches(';').trim();
        matches!(name, "password" | "secret" | "md5_cred")
    };
    match line.split_once('=') {
        Some((name, value)) if is_password(name) && !value.trim().is_empty() => {
            format!("{name}=[hidden]")
        }
        Some(_) | None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> ConfigFile {
        ConfigFile {
            name: "x.conf",
            text: text.to_owned(),
        }
    }

    #[test]
    fn the_lines_that_differ_are_shown_in_order_and_no_password_is() {
        let old = "[a]\nbind=1\nsame=1\npassword=hunter1\nold=1\n";
        let new = "[a]\nbind=2\nsame=1\npassword=hunter2\nnew=1\nmore=1\n";
        let compared = Compared::of(&file(new), Some(old));
        assert_eq!(compared.standing, Standing::Differs);
        let mut shown = compared.lines.clone();
        assert!(!shown.concat().contains("hunter"), "{shown:?}");
        shown.sort();
        assert_eq!(
            shown,
            [
                "+bind=2",
                "+more=1",
                "+new=1",
                "+password=[hidden]",
                "-bind=1",
                "-old=1",
                "-password=[hidden]",
            ]
        );
        let at = |line: &str| compared.lines.iter().position(|shown| shown == line);
        assert!(at("-bind=1") < at("-old=1") && at("+bind=2") < at("+more=1"));
    }

    #[test]
    fn what_is_the_same_or_missing_has_no_lines() {
        let same = Compared::of(&file("a\n"), Some("a\n"));
        assert_eq!((same.standing, same.lines.len()), (Standing::Same, 0));
        let missing = Compared::of(&file("a\n"), None);
        assert_eq!(
            (missing.standing, missing.lines.len()),
            (Standing::Missing, 0)
        );
    }
}
