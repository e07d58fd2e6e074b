//! What to say of a path where there is no lead list: what is there, and which one was probably meant.

use std::io;
use std::path::Path;

use super::source::Source;
use crate::output::{ExitStatus, UserError, plain};
use crate::settings::nearest;

/// How the names of lists end.
const ENDINGS: [&str; 3] = ["csv", "tsv", "txt"];

/// Why a list cannot be read, and what to do now.
pub(super) fn unreadable(source: &Source, error: &io::Error) -> UserError {
    let kind = error.kind();
    let (cause, hint) = if kind == io::ErrorKind::NotFound {
        let near = near(source).map(|near| format!("did you mean {near}?"));
        ("no such file".to_owned(), near)
    } else if kind == io::ErrorKind::IsADirectory {
        let hint = inside(source).map(|list| format!("name a file in it: {list}"));
        ("it is a folder".to_owned(), hint)
    } else {
        (error.to_string(), None)
    };
    let shown = plain(source.shown());
    let message = format!("the lead list `{shown}` cannot be read: {cause}");
    let hint = hint.unwrap_or_else(|| "check the path".to_owned());
    UserError::new(ExitStatus::Invalid, "bad_leads", message).hint(plain(&hint).into_owned())
}

/// The list beside a path that is named nearly like it, as it would be typed.
fn near(source: &Source) -> Option<String> {
    let path = source.path()?;
    let names = lists_in(path.parent()?);
    let name = path.file_name()?.to_str()?;
    let near = nearest(name, names.iter().map(String::as_str))?;
    let typed = Path::new(source.shown()).with_file_name(near);
    Some(typed.display().to_string())
}

/// The first list in a folder, as it would be typed.
fn inside(source: &Source) -> Option<String> {
    let names = lists_in(source.path()?);
    let typed = Path::new(source.shown()).join(names.first()?);
    Some(typed.display().to_string())
}

/// The names of the lists in a folder, in their order; none where it cannot be looked into.
fn lists_in(folder: &Path) -> Vec<String> {
    let found = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let files = found.filter(|entry| entry.path().is_file());
    let names = files.filter_map(|entry| entry.file_name().into_string().ok());
    let is_list = |name: &String| {
        let ending = Path::new(name).extension().unwrap_or_default();
        ENDINGS
            .iter()
            .any(|known| ending.eq_ignore_ascii_case(known))
    };
    let mut names: Vec<String> = names.filter(is_list).collect();
    names.sort();
    names
}
