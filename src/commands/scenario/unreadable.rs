//! A scenario that cannot even be read: what is wrong with its file, and which one may be meant.

use std::io::{Error, ErrorKind};
use std::path::Path;

use super::shipped::SHIPPED;
use crate::output::{ExitStatus, UserError};
use crate::settings::nearest;

/// Reads a file as text; a mark of the byte order before it is left out.
///
/// # Errors
/// It cannot be read, or is no UTF-8.
pub(super) fn read_text(path: &Path) -> Result<String, Error> {
    let bytes = std::fs::read(path)?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(match text.strip_prefix('\u{feff}') {
            Some(rest) => rest.to_owned(),
            None => text,
        }),
        Err(error) => {
            let utf16 = matches!(error.as_bytes(), [0xff, 0xfe, ..] | [0xfe, 0xff, ..]);
            let found = if utf16 {
                "it is UTF-16, not UTF-8"
            } else {
                "it is not UTF-8 (Windows-1251, perhaps)"
            };
            Err(Error::new(ErrorKind::InvalidData, found))
        }
    }
}

/// The names of the scenario files of a folder, sorted.
pub(super) fn scenarios_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let is_toml = |name: &String| Path::new(name).extension().is_some_and(|end| end == "toml");
    let mut names: Vec<String> = names.filter(is_toml).collect();
    names.sort_unstable();
    names
}

/// What is wrong with the file, and what to do about it.
pub(super) fn told(shown: &str, path: &Path, error: &Error) -> UserError {
    let is_folder = path.is_dir();
    let cause = if is_folder {
        "it is a folder".to_owned()
    } else if error.kind() == ErrorKind::NotFound {
        "there is no such file".to_owned()
    } else {
        error.to_string()
    };
    let hint = if error.kind() == ErrorKind::InvalidData {
        "open it in an editor and save it as UTF-8".to_owned()
    } else {
        meant(shown, path, is_folder)
    };
    let message = format!("the scenario `{shown}` cannot be read: {cause}");
    UserError::new(ExitStatus::Invalid, "bad_scenario", message).hint(hint)
}

/// The name that was probably meant, else all that are shipped.
fn meant(shown: &str, path: &Path, is_folder: bool) -> String {
    let typed = Path::new(shown);
    let beside = if is_folder { Some(path) } else { path.parent() };
    let files = beside.map(scenarios_in).unwrap_or_default();
    if is_folder && let Some(first) = files.first() {
        let usual = files.iter().find(|file| *file == "scenario.toml");
        let file = typed.join(usual.unwrap_or(first));
        return format!("name a file in it: {}", file.display());
    }
    let name = typed.file_name().unwrap_or_default().to_string_lossy();
    let whole = format!("{name}.toml");
    if files.contains(&whole) {
        return format!("did you mean {}?", typed.with_file_name(&whole).display());
    }
    let shipped: Vec<&str> = SHIPPED.iter().map(|shipped| shipped.name).collect();
    let near = nearest(&name, files.iter().map(String::as_str));
    if let Some(near) = near {
        return format!("did you mean {}?", typed.with_file_name(near).display());
    }
    match nearest(&name, shipped.iter().copied()) {
        Some(near) => format!("did you mean {near}?"),
        None => format!(
            "name a file, or one that is shipped: {}",
            shipped.join(", ")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_read_says_why_and_what_may_be_meant() {
        let folder = tempfile::tempdir().unwrap();
        let write =
            |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
        write("dentist.toml", b"[scenario]");
        write("windows.toml", b"name = \"\xef\xf0\"");
        write("wide.toml", b"\xff\xfen\0");
        write("marked.toml", b"\xef\xbb\xbfname = 1");
        for (typed, cause, hint) in [
            (
                "windows.toml",
                "it is not UTF-8 (Windows-1251, perhaps)",
                "save it as UTF-8",
            ),
            ("wide.toml", "it is UTF-16, not UTF-8", "save it as UTF-8"),
            (
                "dentist",
                "there is no such file",
                "did you mean dentist.toml?",
            ),
            (
                "dentsit.toml",
                "there is no such file",
                "did you mean dentist.toml?",
            ),
            (
                "offer.rus",
                "there is no such file",
                "did you mean offer.ru?",
            ),
            (
                "x",
                "there is no such file",
                "one that is shipped: offer.ru, offer.en",
            ),
            ("", "it is a folder", "name a file in it: dentist.toml"),
        ] {
            let path = folder.path().join(typed);
            let error = told(typed, &path, &read_text(&path).unwrap_err());
            let said = (error.to_string(), error.hint.unwrap_or_default());
            assert!(said.0.ends_with(cause), "{typed}: {said:?}");
            assert!(said.1.contains(hint), "{typed}: {said:?}");
        }
        let marked = read_text(&folder.path().join("marked.toml")).unwrap();
        assert_eq!(marked, "name = 1");
    }
}
