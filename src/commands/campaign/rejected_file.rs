//! The file beside a list that takes its rejected rows.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::campaign::{RejectedRow, RejectedRows};
use crate::output::{ExitStatus, UserError};

/// So much of an old file is looked at to see whether it is ours.
const HEADER: u64 = 1 << 16;

/// The file beside a list that takes its rejected rows; made with the first of them.
pub(super) struct RejectedFile {
    /// `None`: they are counted and not kept.
    path: Option<PathBuf>,
    open: Option<(RejectedRows, File)>,
}

impl RejectedFile {
    /// A file to be. One of an earlier import is removed; a file that is not ours stays.
    pub(super) fn new(path: PathBuf) -> Self {
        if is_ours(&path)
            && let Err(error) = std::fs::remove_file(&path)
        {
            tracing::warn!(%error, "an old list of rejected rows cannot be removed");
        }
        Self {
            path: Some(path),
            open: None,
        }
    }

    /// No file at all.
    pub(super) fn nowhere() -> Self {
        Self {
            path: None,
            open: None,
        }
    }

    pub(super) fn take(
        &mut self,
        row: &RejectedRow,
        titles: &[String],
        delimiter: u8,
    ) -> anyhow::Result<()> {
        let Some(path) = &self.path else {
            return Ok(());
        };
        if self.open.is_none() {
            let (rows, header) = RejectedRows::new(titles, delimiter);
            let mut file = File::create_new(path).map_err(|error| taken(path, &error))?;
            file.write_all(&header)
                .map_err(|error| taken(path, &error))?;
            self.open = Some((rows, file));
        }
        if let Some((rows, file)) = &mut self.open {
            let written = file.write_all(&rows.row(row));
            written.map_err(|error| taken(path, &error))?;
        }
        Ok(())
    }

    /// Its path, if there was anything to write.
    pub(super) fn close(self) -> Option<PathBuf> {
        self.path.filter(|_| self.open.is_some())
    }
}

/// Whether an earlier import wrote the file.
fn is_ours(path: &Path) -> bool {
    let mut begin = Vec::new();
    let read = File::open(path).and_then(|file| file.take(HEADER).read_to_end(&mut begin));
    read.is_ok() && RejectedRows::wrote(&begin)
}

fn taken(path: &Path, error: &io::Error) -> UserError {
    let shown = path.display();
    let message = format!("the rejected rows cannot be written to {shown}: {error}");
    let kind = error.kind();
    let hint = if kind == io::ErrorKind::AlreadyExists {
        "move that file away"
    } else if kind == io::ErrorKind::StorageFull {
        "make room on that disk"
    } else {
        "give the list a folder that may be written"
    };
    UserError::new(ExitStatus::Outside, "not_writable", message).hint(format!(
        "{hint}, then give the list again: what is taken stays"
    ))
}
