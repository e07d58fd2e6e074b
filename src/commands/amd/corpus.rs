//! Labelled recordings in a folder: by sub-folders, or by a list.

use std::fs;
use std::path::{Path, PathBuf};

use crate::audio::{G711, Hello, wav_read};
use crate::output::{ExitStatus, UserError};

/// The list of labels in a folder without sub-folders.
const LIST: &str = "labels.csv";
/// Sub-folders, and labels.
const LABELS: [(&str, bool); 2] = [("human", false), ("machine", true)];

/// A recording's first words with its label.
#[derive(Debug)]
pub(super) struct Labelled {
    pub(super) is_machine: bool,
    pub(super) hello: Hello,
}

/// Reads and listens to all recordings of a folder.
///
/// # Errors
/// There are none, or one cannot be read.
pub(super) fn read(folder: &Path) -> anyhow::Result<Vec<Labelled>> {
    let list = folder.join(LIST);
    let files = if list.is_file() {
        by_list(folder, &list)?
    } else {
        by_folders(folder)
    };
    if files.is_empty() {
        let message = format!("{}: no recordings", folder.display());
        let hint = format!(
            "put WAV files into human/ and machine/ in it, or list them in {LIST} with the columns file and label"
        );
        return Err(
            UserError::new(ExitStatus::Invalid, "no_recordings", message)
                .hint(hint)
                .into(),
        );
    }
    files
        .into_iter()
        .map(|(path, is_machine)| {
            let hello = listen(&path)?;
            Ok(Labelled { is_machine, hello })
        })
        .collect()
}

fn by_folders(folder: &Path) -> Vec<(PathBuf, bool)> {
    let mut files = Vec::new();
    for (name, is_machine) in LABELS {
        let entries = fs::read_dir(folder.join(name)).into_iter().flatten();
        let paths = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
        let wav = |path: &PathBuf| {
            path.extension()
                .is_some_and(|kind| kind.eq_ignore_ascii_case("wav"))
        };
        files.extend(paths.filter(wav).map(|path| (path, is_machine)));
    }
    files.sort();
    files
}

fn by_list(folder: &Path, list: &Path) -> anyhow::Result<Vec<(PathBuf, bool)>> {
    let wrong = |cause: String| {
        let message = format!("{}: {cause}", list.display());
        UserError::new(ExitStatus::Invalid, "bad_labels", message)
            .hint("write the columns file and label; a label is human or machine")
    };
    let mut reader = csv::Reader::from_path(list).map_err(|error| wrong(error.to_string()))?;
    let header = reader.headers().map_err(|error| wrong(error.to_string()))?;
    let column = |name: &str| header.iter().position(|column| column.trim() == name);
    let (Some(file), Some(label)) = (column("file"), column("label")) else {
        return Err(wrong("no columns file and label".to_owned()).into());
    };
    let mut files = Vec::new();
    for (at, row) in reader.records().enumerate() {
        let line = at + 2;
        let row = row.map_err(|error| wrong(error.to_string()))?;
        let cell = |column: usize| row.get(column).unwrap_or_default().trim();
        let known = LABELS.iter().find(|(name, _)| *name == cell(label));
        let Some((_, is_machine)) = known else {
            return Err(wrong(format!("line {line}: no label: `{}`", cell(label))).into());
        };
        files.push((folder.join(cell(file)), *is_machine));
    }
    Ok(files)
}

/// What the telephone would carry of a recording.
fn listen(path: &Path) -> anyhow::Result<Hello> {
    let wrong = |cause: String| {
        let message = format!("{}: {cause}", path.display());
        UserError::new(ExitStatus::Invalid, "bad_recording", message)
            .hint("16-bit PCM, A-law or µ-law in WAV; convert with: sox FILE -r 8000 -b 16 OUT.wav")
    };
    let bytes = fs::read(path).map_err(|error| wrong(error.to_string()))?;
    let frames = wav_read::frames_of(&bytes).map_err(|error| wrong(error.to_string()))?;
    let carried = frames
        .iter()
        .map(|frame| G711::Alaw.decode(&G711::Alaw.encode(frame)));
    Ok(Hello::of(carried))
}
