//! Lays both sides of a call on one time line: measured for the history, and written to the disk
//! while the call goes on, where it is to be recorded.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tokio::task::{JoinHandle, spawn_blocking};

use crate::audio::wav::{Recording, header, interleave};
use crate::audio::{FRAME_MS, Frame, Truth, TruthMeter};

/// Both sides are complete this long after the fact: a message of ours is reported when it has
/// left, some 300 ms after it was begun.
const WINDOW_MS: u64 = 1_000;
/// So much is taken at once: less costs a thread's attention more often, more is memory.
const PIECE_MS: u64 = 500;

/// Both sides of a call. Times are milliseconds since the answer.
#[derive(Debug, Default)]
pub(super) struct Recorder {
    tracks: Recording,
    truth: TruthMeter,
    taken_ms: u64,
    file: Option<WavFile>,
}

/// A file that is written off the threads of the calls. No call waits for the disk but for the end
/// of the piece before, half a second ago.
#[derive(Debug)]
struct WavFile {
    path: PathBuf,
    /// The file, while nothing is being written.
    file: Option<File>,
    /// What is being written, and gives the file back.
    writing: Option<JoinHandle<std::io::Result<File>>>,
    bytes: u32,
}

impl Recorder {
    /// Writes to a file from now on; folders are made. Voices are personal data: what is new is
    /// nobody else's to hear.
    ///
    /// # Errors
    /// The disk refuses.
    pub(super) async fn write_to(&mut self, path: PathBuf) -> std::io::Result<()> {
        let made = path.clone();
        let writing = spawn_blocking(move || {
            if let Some(folder) = made.parent() {
                own_folder().create(folder)?;
            }
            let mut file = own_file().open(&made)?;
            file.write_all(&header(0))?;
            Ok(file)
        });
        self.file = Some(WavFile {
            path,
            file: Some(done(writing).await?),
            writing: None,
            bytes: 0,
        });
        Ok(())
    }

    pub(super) fn callee(&mut self, now_ms: u64, frame: &Frame) {
        self.tracks.callee(now_ms, frame);
    }

    pub(super) fn bot(&mut self, now_ms: u64, samples: &[i16]) {
        self.tracks.bot(now_ms, samples);
    }

    /// Takes what is complete, some frames at a time. Where the disk refuses, the file is
    /// given up and the measurement goes on.
    pub(super) async fn advance(&mut self, now_ms: u64) -> std::io::Result<()> {
        let until = now_ms.saturating_sub(WINDOW_MS);
        // Whole frames: what is measured of them leaves no rest.
        let until = until - until % u64::from(FRAME_MS);
        if until >= self.taken_ms + PIECE_MS {
            self.take_until(until).await?;
        }
        Ok(())
    }

    /// Takes the rest; what was measured, and the path of the finished recording if there is one.
    pub(super) async fn finish(mut self, now_ms: u64) -> (Truth, std::io::Result<Option<PathBuf>>) {
        let taken = self.take_until(now_ms).await;
        let written = match (taken, self.file) {
            (Err(error), _) => Err(error),
            (Ok(()), None) => Ok(None),
            (Ok(()), Some(file)) => file.finish().await.map(Some),
        };
        (self.truth.finish(), written)
    }

    async fn take_until(&mut self, until_ms: u64) -> std::io::Result<()> {
        let (callee, bot) = self.tracks.take(until_ms);
        self.taken_ms = until_ms;
        self.truth.push(&callee, &bot);
        let Some(mut file) = self.file.take() else {
            return Ok(());
        };
        file.write(interleave(&callee, &bot)).await?;
        self.file = Some(file);
        Ok(())
    }
}

impl WavFile {
    async fn write(&mut self, bytes: Vec<u8>) -> std::io::Result<()> {
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        self.bytes = self.bytes.saturating_add(length);
        let mut file = self.idle().await?;
        let writing = spawn_blocking(move || file.write_all(&bytes).map(|()| file));
        self.writing = Some(writing);
        Ok(())
    }

    /// The file, once nothing is being written.
    async fn idle(&mut self) -> std::io::Result<File> {
        match (self.file.take(), self.writing.take()) {
            (Some(file), _) => Ok(file),
            (None, Some(writing)) => done(writing).await,
            (None, None) => Err(std::io::Error::other("the file was given up")),
        }
    }

    async fn finish(mut self) -> std::io::Result<PathBuf> {
        let mut file = self.idle().await?;
        let header = header(self.bytes);
        let written = spawn_blocking(move || {
            file.seek(SeekFrom::Start(0))?;
            file.write_all(&header)
        });
        done(written).await?;
        Ok(self.path)
    }
}

/// What was done on another thread.
async fn done<T>(
    work: impl Future<Output = Result<std::io::Result<T>, tokio::task::JoinError>>,
) -> std::io::Result<T> {
    work.await
        .unwrap_or_else(|error| Err(std::io::Error::other(error)))
}

/// A folder for the owner alone, with those above it; one that is there stays as it is.
fn own_folder() -> DirBuilder {
    let mut folder = DirBuilder::new();
    folder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
    folder
}

/// A file for the owner alone.
fn own_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Where the recording of a call goes: a folder a day, named by time and attempt, never by number.
pub(super) fn recording_path(folder: &Path, at: jiff::Timestamp, attempt: &str) -> PathBuf {
    let local = at.to_zoned(jiff::tz::TimeZone::system());
    folder
        .join(local.strftime("%Y-%m-%d").to_string())
        .join(format!("{}-{attempt}.wav", local.strftime("%H%M%S")))
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[tokio::test]
    async fn a_recording_is_its_owner_s_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("recordings/2026-11-23/101500-7.wav");
        let mut recorder = Recorder::default();
        recorder.write_to(path.clone()).await.unwrap();
        for (path, expected) in [(path.as_path(), 0o600), (path.parent().unwrap(), 0o700)] {
            let mode = std::fs::metadata(path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, expected, "{}", path.display());
        }
    }
}
