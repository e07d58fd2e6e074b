//! `novodial docs`: the documents, for whoever has the program alone.

use serde::Serialize;

use super::Desk;
use crate::cli::DocsArgs;
use crate::output::{Envelope, ExitStatus, Table, UserError, plain};
use crate::settings::nearest;

/// A document.
#[derive(Debug, Clone, Copy, Serialize)]
struct Document {
    name: &'static str,
    #[serde(skip)]
    text: &'static str,
}

macro_rules! documents {
    ($($name:literal),+ $(,)?) => {
        &[$(Document {
            name: $name,
            text: include_str!(concat!("../../docs/", $name, ".md")),
        }),+]
    };
}

/// All of them.
const DOCUMENTS: &[Document] = documents![
    "campaigns",
    "doctor",
    "ledger",
    "novofon",
    "pacing",
    "performance",
    "rehearsal",
    "scenario",
];

#[derive(Debug, Serialize)]
struct Report {
    documents: Vec<Entry>,
}

#[derive(Debug, Serialize)]
struct Entry {
    name: &'static str,
    title: &'static str,
}

pub(super) fn docs(arguments: &DocsArgs, desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    match &arguments.name {
        Some(name) => desk.printer.data(find(name)?.text.trim_end())?,
        None => list(desk)?,
    }
    Ok(ExitStatus::Success)
}

fn list(desk: &Desk<'_>) -> anyhow::Result<()> {
    let entries = DOCUMENTS.iter().map(|document| Entry {
        name: document.name,
        title: title(document.text),
    });
    if desk.printer.is_json() {
        let documents = entries.collect();
        let body = Envelope::new("novodial.docs/1", Report { documents });
        return desk.printer.json(&body);
    }
    let mut table = Table::new(["document", "about"]);
    for entry in entries {
        table.row([entry.name, entry.title].map(str::to_owned));
    }
    desk.printer.table(table)
}

fn find(name: &str) -> Result<&'static Document, UserError> {
    let asked = name.trim_start_matches("docs/").trim_end_matches(".md");
    if let Some(found) = DOCUMENTS.iter().find(|document| document.name == asked) {
        return Ok(found);
    }
    let names = || DOCUMENTS.iter().map(|document| document.name);
    let hint = nearest(asked, names()).map_or_else(
        || format!("there are: {}", names().collect::<Vec<_>>().join(", ")),
        |near| format!("did you mean {near}?"),
    );
    let message = format!("there is no document `{}`", plain(name));
    Err(UserError::new(ExitStatus::Usage, "no_such_document", message).hint(hint))
}

/// What its first line says.
fn title(text: &'static str) -> &'static str {
    let first = text.lines().next().unwrap_or_default();
    first.trim_start_matches('#').trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_document_of_the_folder_can_be_read() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/docs");
        let mut there: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .filter_map(|entry| entry.unwrap().file_name().into_string().ok())
            .filter_map(|name| name.strip_suffix(".md").map(str::to_owned))
            .collect();
        there.sort_unstable();
        let known: Vec<&str> = DOCUMENTS.iter().map(|document| document.name).collect();
        assert_eq!(there, known);
        assert!(
            DOCUMENTS
                .iter()
                .all(|document| title(document.text).len() > 5)
        );
        assert_eq!(find("docs/scenario.md").unwrap().name, "scenario");
        let error = find("campain").unwrap_err();
        assert_eq!(error.hint.as_deref(), Some("did you mean campaigns?"));
    }
}
