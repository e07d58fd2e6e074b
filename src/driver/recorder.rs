//! Writes the recording of a call to the disk while the call goes on.

use std::path::{Path, PathBuf};

use tokio::fs::File;
use tokio::io::{AsyncSeekExt, AsyncWriteExt, BufWriter, SeekFrom};

use crate::audio::wav::{Recording, header};
use crate::audio::{Frame, G711};

/// Both sides are complete this long after the fact: a message of ours is reported when it has
/// left, some 300 ms after it was begun.
const WINDOW_MS: u64 = 1_000;

/// A recording under way. Times are milliseconds since its beginning.
#[derive(Debug)]
pub(super) struct Recorder {
    path: PathBuf,
    file: BufWriter<File>,
    tracks: Recording,
    taken_ms: u64,
    bytes: u32,
}

impl Recorder {
    /// Opens the file; folders are made.
    ///
    /// # Errors
    /// The disk refuses.
    pub(super) async fn create(path: PathBuf) -> std::io::Result<Self> {
        if let Some(folder) = path.parent() {
            tokio::fs::create_dir_all(folder).await?;
        }
        let mut file = BufWriter::new(File::create(&path).await?);
        file.write_all(&header(0)).await?;
        Ok(Self {
            path,
            file,
            tracks: Recording::default(),
            taken_ms: 0,
            bytes: 0,
        })
    }

    pub(super) fn callee(&mut self, now_ms: u64, frame: &Frame) {
        self.tracks.callee(now_ms, frame);
    }

    pub(super) fn bot(&mut self, now_ms: u64, codec: G711, bytes: &[u8]) {
        let samples: Vec<i16> = bytes.iter().map(|byte| codec.expand(*byte)).collect();
        self.tracks.bot(now_ms, &samples);
    }

    /// Writes what is complete, a second's worth at a time.
    pub(super) async fn advance(&mut self, now_ms: u64) -> std::io::Result<()> {
        let until = now_ms.saturating_sub(WINDOW_MS);
        if until >= self.taken_ms + 1_000 {
            self.write_until(until).await?;
        }
        Ok(())
    }

    /// Writes the rest and the sizes; the path of the finished recording.
    pub(super) async fn finish(mut self, now_ms: u64) -> std::io::Result<PathBuf> {
        self.write_until(now_ms).await?;
        self.file.seek(SeekFrom::Start(0)).await?;
        self.file.write_all(&header(self.bytes)).await?;
        self.file.flush().await?;
        Ok(self.path)
    }

    async fn write_until(&mut self, until_ms: u64) -> std::io::Result<()> {
        let bytes = self.tracks.take(until_ms);
        self.taken_ms = until_ms;
        self.bytes = self
            .bytes
            .saturating_add(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
        self.file.write_all(&bytes).await
    }
}

/// Where the recording of a call goes: a folder a day, named by time and attempt, never by number.
pub(super) fn recording_path(folder: &Path, at: jiff::Timestamp, attempt: &str) -> PathBuf {
    let local = at.to_zoned(jiff::tz::TimeZone::system());
    folder
        .join(local.strftime("%Y-%m-%d").to_string())
        .join(format!("{}-{attempt}.wav", local.strftime("%H%M%S")))
}
