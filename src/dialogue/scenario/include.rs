//! The files of a scenario: the one named, and those it includes.

use std::sync::Arc;

use super::document::Document;
use super::place::{Faults, Place};

/// Gives the text of an included file by its path, relative to the scenario's folder; or why it
/// cannot be had.
pub type Loader<'a> = dyn FnMut(&str) -> Result<String, String> + 'a;

/// How deep files may include one another.
const DEEPEST: usize = 8;

/// A file of a scenario.
#[derive(Debug)]
pub(super) struct File {
    /// Its path; `None` for the scenario itself.
    pub(super) path: Option<Arc<str>>,
    pub(super) text: String,
}

/// The scenario and everything it includes, the deepest included first: what comes later stands
/// over what came before.
pub(super) fn files(source: &str, loader: &mut Loader<'_>, faults: &mut Faults) -> Vec<File> {
    let mut found = Vec::new();
    let main = File {
        path: None,
        text: source.to_owned(),
    };
    let mut open = Open {
        files: Vec::new(),
        found: &mut found,
        faults,
    };
    open.add(main, loader);
    found
}

struct Open<'a> {
    /// The files being read, each included by the one before it.
    files: Vec<Arc<str>>,
    found: &'a mut Vec<File>,
    faults: &'a mut Faults,
}

impl Open<'_> {
    fn add(&mut self, file: File, loader: &mut Loader<'_>) {
        for (path, place) in included(&file) {
            if self
                .found
                .iter()
                .any(|known| known.path.as_ref() == Some(&path))
            {
                continue;
            }
            if self.files.contains(&path) || self.files.len() >= DEEPEST {
                let message = format!("`{path}` includes itself");
                self.faults.add(place, message, "remove one of the two");
                continue;
            }
            match loader(&path) {
                Ok(text) => {
                    self.files.push(Arc::clone(&path));
                    let path = Some(path);
                    self.add(File { path, text }, loader);
                    self.files.pop();
                }
                Err(error) => self.faults.add(
                    place,
                    format!("`{path}` cannot be included: {error}"),
                    "paths are relative to the file they are written in",
                ),
            }
        }
        self.found.push(file);
    }
}

/// The paths that a file includes, seen from the scenario's folder.
fn included(file: &File) -> Vec<(Arc<str>, Place)> {
    // Most files include nothing, and need not be read twice.
    if !file.text.contains("include") {
        return Vec::new();
    }
    let mut ignored = Faults::default();
    // What is wrong with the file is told when its tables are read.
    let Some(document) = Document::parse(file, &mut ignored) else {
        return Vec::new();
    };
    let Some(node) = document.table().get("include") else {
        return Vec::new();
    };
    let paths = node.words(&mut ignored).into_iter().filter_map(|node| {
        let path = node.as_text()?;
        let path = beside(file.path.as_deref(), path);
        Some((path.into(), node.place()))
    });
    paths.collect()
}

/// A path as it is written in a file of the scenario, seen from the scenario's folder.
pub(super) fn beside(file: Option<&str>, path: &str) -> String {
    let folder = file.and_then(|file| file.rsplit_once('/'));
    match folder {
        Some((folder, _)) if !path.starts_with('/') => joined(folder, path),
        _ => path.to_owned(),
    }
}

/// A path beside those of a folder; `..` goes up, so that one file has one name.
fn joined(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').collect();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.join("/")
}
