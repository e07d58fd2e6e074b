//! Where an export goes: stdout, a pipe or device, or a file that is replaced when all is written.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::commands::Desk;
use crate::output::{ExitStatus, Format, Stream, UserError};

/// Where an export goes.
pub(super) struct Target {
    stream: Option<Stream>,
    pub(super) format: Format,
    /// Whether it goes anywhere but to stdout.
    into_file: bool,
    file: Option<Unfinished>,
}

/// A file that gets its name when all is written; what is left halfway is removed.
struct Unfinished {
    part: PathBuf,
    path: PathBuf,
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.part)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(file = %self.part.display(), %error, "half an export is left");
        }
    }
}

impl Target {
    /// Opens what `--out` names.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn open(out: Option<&Path>, desk: &Desk<'_>) -> anyhow::Result<Self> {
        let format = desk.printer.format();
        let Some(typed) = out.filter(|out| *out != Path::new("-")) else {
            return Ok(Self {
                stream: Some(desk.printer.stream()),
                format,
                into_file: false,
                file: None,
            });
        };
        let (file, unfinished) = begin(&desk.path(typed)).map_err(|error| {
            let message = format!(
                "the export cannot be written to {}: {error}",
                typed.display()
            );
            UserError::new(ExitStatus::Outside, "not_writable", message)
                .hint("give a file in a folder that exists and may be written")
        })?;
        Ok(Self {
            stream: Some(Stream::into_file(file)),
            format: named_form(typed, format),
            into_file: true,
            file: unfinished,
        })
    }

    /// The stream, for the one who writes; and whether it goes into a file.
    pub(super) fn stream(&mut self) -> anyhow::Result<(Stream, bool)> {
        let stream = self
            .stream
            .take()
            .context("the export was written already")?;
        Ok((stream, self.into_file))
    }

    /// Gives the file its name.
    pub(super) fn close(self) -> anyhow::Result<Option<PathBuf>> {
        let Some(file) = self.file else {
            return Ok(None);
        };
        std::fs::rename(&file.part, &file.path)
            .with_context(|| format!("{} cannot be replaced", file.path.display()))?;
        Ok(Some(file.path.clone()))
    }
}

/// A device or a pipe is written to as it is; a file gets a new one in its place, where a link
/// points.
fn begin(path: &Path) -> std::io::Result<(File, Option<Unfinished>)> {
    let there = std::fs::metadata(path);
    if there.as_ref().is_ok_and(std::fs::Metadata::is_dir) {
        return Err(std::io::ErrorKind::IsADirectory.into());
    }
    if there.is_ok_and(|there| !there.is_file()) {
        let file = std::fs::OpenOptions::new().write(true).open(path)?;
        return Ok((file, None));
    }
    let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let mut part = path.clone().into_os_string();
    part.push(".part");
    let part = PathBuf::from(part);
    let file = personal_file(&part)?;
    Ok((file, Some(Unfinished { part, path })))
}

/// A table for a person goes into no file that is called `calls.json`.
fn named_form(path: &Path, asked: Format) -> Format {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("json") if asked == Format::Text => Format::Json,
        Some("jsonl" | "ndjson") if asked == Format::Text => Format::Jsonl,
        _ => asked,
    }
}

/// Numbers and talks are personal data: the file is nobody else's to read.
fn personal_file(path: &Path) -> std::io::Result<File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(all(test, unix))]
mod tests {
    use std::io::{Read, Write};
    use std::os::unix::fs::{FileTypeExt, symlink};

    use super::*;

    fn write(path: &Path) -> std::io::Result<()> {
        let (mut file, unfinished) = begin(path)?;
        file.write_all(b"new")?;
        unfinished.map_or(Ok(()), |file| std::fs::rename(&file.part, &file.path))
    }

    #[test]
    fn a_link_stays_one_and_what_it_points_to_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        std::fs::write(&file, "old").unwrap();
        symlink(&file, &link).unwrap();
        write(&link).unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "new");
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    }

    #[test]
    fn a_pipe_is_written_into() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        let reader = std::thread::spawn({
            let pipe = pipe.clone();
            move || {
                let mut text = String::new();
                File::open(pipe).unwrap().read_to_string(&mut text).unwrap();
                text
            }
        });
        write(&pipe).unwrap();
        assert_eq!(reader.join().unwrap(), "new");
        assert!(std::fs::metadata(&pipe).unwrap().file_type().is_fifo());
    }

    #[test]
    fn nothing_is_left_of_what_was_not_finished_nor_of_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("calls.csv");
        drop(begin(&path).unwrap());
        assert!(begin(folder.path()).is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn the_name_of_the_file_tells_the_form_where_none_is_asked_for() {
        let form = |name: &str, asked| named_form(Path::new(name), asked);
        assert_eq!(form("a.json", Format::Text), Format::Json);
        assert_eq!(form("a.jsonl", Format::Text), Format::Jsonl);
        assert_eq!(form("a.csv", Format::Text), Format::Text);
        assert_eq!(form("a.json", Format::Jsonl), Format::Jsonl);
    }
}
