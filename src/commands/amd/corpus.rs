//! Labelled recordings in a folder: by sub-folders, or by a list; and the words beside them.

use std::fs;
use std::path::{Path, PathBuf};

use super::words::{Word, words_of};
use crate::audio::{FRAME_MS, Frame, G711, wav_read};
use crate::call::Answerer;
use crate::output::{ExitStatus, UserError};

/// The list of labels in a folder without sub-folders.
const LIST: &str = "labels.csv";
/// What a recording may be labelled, beside the names of who may answer.
const SOME_MACHINE: &str = "machine";

/// Who is heard in a recording; `None`: some machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Label(pub(super) Option<Answerer>);

impl Label {
    fn parse(word: &str) -> Option<Self> {
        if word == SOME_MACHINE {
            return Some(Self(None));
        }
        Answerer::parse(word).map(|who| Self(Some(who)))
    }

    pub(super) fn as_str(self) -> &'static str {
        self.0.map_or(SOME_MACHINE, Answerer::as_str)
    }

    pub(super) fn is_machine(self) -> bool {
        self.0.is_none_or(Answerer::is_machine)
    }

    /// All that a folder may hold, people first.
    fn all() -> impl Iterator<Item = Self> {
        let named = Answerer::ALL.into_iter().map(|who| Self(Some(who)));
        named.chain([Self(None)])
    }
}

/// A recording that begins with the answer.
#[derive(Debug)]
pub(super) struct Recording {
    pub(super) name: String,
    pub(super) label: Label,
    /// As the telephone would carry it.
    pub(super) frames: Vec<Frame>,
    /// What is said; nothing where nobody wrote it down.
    pub(super) words: Vec<Word>,
}

/// Finds the recordings of a folder.
///
/// # Errors
/// There are none, or the list is wrong.
pub(super) fn find(folder: &Path) -> anyhow::Result<Vec<(PathBuf, Label)>> {
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
    Ok(files)
}

fn by_folders(folder: &Path) -> Vec<(PathBuf, Label)> {
    let mut files = Vec::new();
    for label in Label::all() {
        let entries = fs::read_dir(folder.join(label.as_str()))
            .into_iter()
            .flatten();
        let paths = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
        let wav = |path: &PathBuf| {
            path.extension()
                .is_some_and(|kind| kind.eq_ignore_ascii_case("wav"))
        };
        files.extend(paths.filter(wav).map(|path| (path, label)));
    }
    files.sort();
    files
}

fn by_list(folder: &Path, list: &Path) -> anyhow::Result<Vec<(PathBuf, Label)>> {
    let wrong = |cause: String| {
        let message = format!("{}: {cause}", list.display());
        UserError::new(ExitStatus::Invalid, "bad_labels", message).hint(
            "write the columns file and label; a label is human, machine, voicemail, announcement, assistant, fax or music",
        )
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
        let Some(known) = Label::parse(cell(label)) else {
            return Err(wrong(format!("line {line}: no label: `{}`", cell(label))).into());
        };
        files.push((folder.join(cell(file)), known));
    }
    Ok(files)
}

/// Reads a recording, and the words beside it.
///
/// # Errors
/// It cannot be read.
pub(super) fn read(path: &Path, label: Label) -> anyhow::Result<Recording> {
    let wrong = |cause: String| {
        let message = format!("{}: {cause}", path.display());
        UserError::new(ExitStatus::Invalid, "bad_recording", message)
            .hint("16-bit PCM, A-law or µ-law in WAV; convert with: sox FILE -r 8000 -b 16 OUT.wav")
    };
    let bytes = fs::read(path).map_err(|error| wrong(error.to_string()))?;
    let frames = wav_read::frames_of(&bytes).map_err(|error| wrong(error.to_string()))?;
    let carried = |frame: &Frame| G711::Alaw.decode(&G711::Alaw.encode(frame));
    let frames: Vec<Frame> = frames.iter().map(carried).collect();
    let beside = path.with_extension("txt");
    let words = if beside.is_file() {
        let text = fs::read_to_string(&beside).map_err(|error| wrong(error.to_string()))?;
        words_of(&text, frames.len() as u64 * u64::from(FRAME_MS))
    } else {
        Vec::new()
    };
    Ok(Recording {
        name: path.display().to_string(),
        label,
        frames,
        words,
    })
}
