//! Lays both sides of a call on one time line: measured for the history, and written to the disk
//! while the call goes on, where it is to be recorded.

use std::path::{Path, PathBuf};

use tokio::fs::{DirBuilder, File, OpenOptions};
use tokio::io::{AsyncSeekExt, AsyncWriteExt, BufWriter, SeekFrom};

use crate::audio::wav::{Recording, header, interleave};
use crate::audio::{Frame, G711, Truth, TruthMeter};

/// Both sides are complete this long after the fact: a message of ours is reported when it has
/// left, some 300 ms after it was begun.
const WINDOW_MS: u64 = 1_000;

/// Both sides of a call. Times are milliseconds since the answer.
#[derive(Debug, Default)]
pub(super) struct Recorder {
    tracks: Recording,
    truth: TruthMeter,
    taken_ms: u64,
    file: Option<WavFile>,
}

#[derive(Debug)]
struct WavFile {
    path: PathBuf,
    file: BufWriter<File>,
    bytes: u32,
}

impl Recorder {
    /// Writes to a file from now on; folders are made. Voices are personal data: what is new is
    /// nobody else's to hear.
    ///
    /// # Errors
    /// The disk refuses.
    pub(super) async fn write_to(&mut self, path: PathBuf) -> std::io::Result<()> {
        if let Some(folder) = path.parent() {
            own_folder().create(folder).await?;
        }
        let mut file = BufWriter::new(own_file().open(&path).await?);
        file.write_all(&header(0)).await?;
        self.file = Some(WavFile {
            path,
            file,
            bytes: 0,
        });
        Ok(())
    }

    pub(super) fn callee(&mut self, now_ms: u64, frame: &Frame) {
        self.tracks.callee(now_ms, frame);
    }

    pub(super) fn bot(&mut self, now_ms: u64, codec: G711, bytes: &[u8]) {
        let samples: Vec<i16> = bytes.iter().map(|byte| codec.expand(*byte)).collect();
        self.tracks.bot(now_ms, &samples);
    }

    /// Takes what is complete, a second's worth at a time. Where the disk refuses, the file is
    /// given up and the measurement goes on.
    pub(super) async fn advance(&mut self, now_ms: u64) -> std::io::Result<()> {
        let until = now_ms.saturating_sub(WINDOW_MS);
        if until >= self.taken_ms + 1_000 {
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
        file.write(&interleave(&callee, &bot)).await?;
        self.file = Some(file);
        Ok(())
    }
}

impl WavFile {
    async fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.bytes = self
            .bytes
            .saturating_add(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
        self.file.write_all(bytes).await
    }

    async fn finish(mut self) -> std::io::Result<PathBuf> {
        self.file.seek(SeekFrom::Start(0)).await?;
        self.file.write_all(&header(self.bytes)).await?;
        self.file.flush().await?;
        Ok(self.path)
    }
}

/// A folder for the owner alone, with those above it; one that is there stays as it is.
fn own_folder() -> DirBuilder {
    let mut folder = DirBuilder::new();
    folder.recursive(true);
    #[cfg(unix)]
    folder.mode(0o700);
    folder
}

/// A file for the owner alone.
fn own_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    options.mode(0o600);
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
