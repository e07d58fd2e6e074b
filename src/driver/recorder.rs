//! Lays both sides of a call on one time line: measured for the history, and written to the disk
//! while the call goes on, where it is to be recorded.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{Error, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tokio::task::{JoinHandle, spawn_blocking};

use crate::audio::wav::{Recording, header, interleave};
use crate::audio::{FRAME_MS, Frame, Truth, TruthMeter};

/// Both sides are complete this long after the fact: a message of ours is reported when it has
/// left, some 300 ms after it was begun.
const WINDOW_MS: u64 = 1_000;
/// So much is taken at once: less costs a thread's attention more often, more is memory.
const PIECE_MS: u64 = 500;
/// A disk that stands still holds up so many bytes and no more: two minutes of a call.
const MOST_WAITING: usize = 4 << 20;

/// Both sides of a call. Times are milliseconds since the answer.
#[derive(Debug, Default)]
pub(super) struct Recorder {
    tracks: Recording,
    truth: TruthMeter,
    taken_ms: u64,
    file: Option<WavFile>,
}

/// A file that is written off the threads of the calls: no call waits for the disk. Its header
/// is true after each piece, so that what a killed process leaves can be heard.
#[derive(Debug)]
struct WavFile {
    path: PathBuf,
    /// Whether the file is there.
    made: bool,
    /// The file, while nothing is being written.
    file: Option<File>,
    /// What is being written, and gives the file back.
    writing: Option<JoinHandle<std::io::Result<File>>>,
    /// What is written after it.
    waiting: Vec<u8>,
    /// Bytes of sound up to the last piece that was begun.
    bytes: u32,
}

impl Recorder {
    /// Writes to a file from now on; folders are made. Voices are personal data: what is new is
    /// nobody else's to hear. What the disk refuses is told later, by [`Self::advance`].
    pub(super) fn write_to(&mut self, path: PathBuf) {
        self.file = Some(WavFile::begin(path));
    }

    pub(super) fn callee(&mut self, now_ms: u64, frame: &Frame) {
        self.tracks.callee(now_ms, frame);
    }

    pub(super) fn bot(&mut self, now_ms: u64, samples: &[i16]) {
        self.tracks.bot(now_ms, samples);
    }

    /// Takes what is complete, some frames at a time. Where the disk refuses, the file is given up
    /// and the measurement goes on. The path of the file, once: when it is there.
    ///
    /// # Errors
    /// The disk refuses, or has taken nothing for long; it is told once.
    pub(super) async fn advance(&mut self, now_ms: u64) -> std::io::Result<Option<PathBuf>> {
        let made = match &mut self.file {
            Some(file) => file.look().await,
            None => Ok(None),
        };
        if made.is_err() {
            self.file = None;
        }
        let until = now_ms.saturating_sub(WINDOW_MS);
        // Whole frames: what is measured of them leaves no rest.
        let until = until - until % u64::from(FRAME_MS);
        if until >= self.taken_ms + PIECE_MS {
            self.take_until(until)?;
        }
        made
    }

    /// Takes the rest; what was measured, and the path of the finished recording if there is one.
    pub(super) async fn finish(mut self, now_ms: u64) -> (Truth, std::io::Result<Option<PathBuf>>) {
        let taken = self.take_until(now_ms);
        let written = match (taken, self.file) {
            (Err(error), _) => Err(error),
            (Ok(()), None) => Ok(None),
            (Ok(()), Some(file)) => file.finish().await.map(Some),
        };
        (self.truth.finish(), written)
    }

    fn take_until(&mut self, until_ms: u64) -> std::io::Result<()> {
        let (callee, bot) = self.tracks.take(until_ms);
        self.taken_ms = until_ms;
        self.truth.push(&callee, &bot);
        let Some(mut file) = self.file.take() else {
            return Ok(());
        };
        file.write(&interleave(&callee, &bot))?;
        self.file = Some(file);
        Ok(())
    }
}

impl WavFile {
    fn begin(path: PathBuf) -> Self {
        let made = path.clone();
        let writing = spawn_blocking(move || {
            if let Some(folder) = made.parent() {
                own_folder().create(folder)?;
            }
            let mut file = own_file().open(&made)?;
            file.write_all(&header(0))?;
            Ok(file)
        });
        Self {
            path,
            made: false,
            file: None,
            writing: Some(writing),
            waiting: Vec::new(),
            bytes: 0,
        }
    }

    /// Takes the file back where it has been written to; its path, the first time.
    async fn look(&mut self) -> std::io::Result<Option<PathBuf>> {
        if let Some(writing) = self.writing.take_if(|writing| writing.is_finished()) {
            self.file = Some(done(writing).await?);
            let first = !std::mem::replace(&mut self.made, true);
            return Ok(first.then(|| self.path.clone()));
        }
        Ok(None)
    }

    fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.waiting.extend(bytes);
        match self.file.take() {
            Some(file) => self.write_on(file),
            None if self.waiting.len() > MOST_WAITING => {
                return Err(Error::other("the disk has taken nothing for two minutes"));
            }
            None => {}
        }
        Ok(())
    }

    /// Begins to write what waits.
    fn write_on(&mut self, mut file: File) {
        let piece = std::mem::take(&mut self.waiting);
        let length = u32::try_from(piece.len()).unwrap_or(u32::MAX);
        self.bytes = self.bytes.saturating_add(length);
        let header = header(self.bytes);
        self.writing = Some(spawn_blocking(move || {
            file.write_all(&piece)?;
            file.seek(SeekFrom::Start(0))?;
            file.write_all(&header)?;
            file.seek(SeekFrom::End(0))?;
            Ok(file)
        }));
    }

    /// Waits until everything is written.
    async fn finish(mut self) -> std::io::Result<PathBuf> {
        loop {
            if let Some(writing) = self.writing.take() {
                self.file = Some(done(writing).await?);
            }
            match self.file.take() {
                Some(file) if !self.waiting.is_empty() => self.write_on(file),
                Some(_) => return Ok(self.path),
                None => return Err(Error::other("the file was given up")),
            }
        }
    }
}

/// What was done on another thread.
async fn done<T>(
    work: impl Future<Output = Result<std::io::Result<T>, tokio::task::JoinError>>,
) -> std::io::Result<T> {
    work.await.unwrap_or_else(|error| Err(Error::other(error)))
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

    impl Recorder {
        fn is_writing(&self) -> bool {
            let file = self.file.as_ref();
            let writing = file.and_then(|file| file.writing.as_ref());
            writing.is_some_and(|writing| !writing.is_finished())
        }
    }

    #[tokio::test]
    async fn a_recording_is_its_owner_s_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("recordings/2026-11-23/101500-7.wav");
        let mut recorder = Recorder::default();
        recorder.write_to(path.clone());
        let (_, written) = recorder.finish(0).await;
        assert_eq!(written.unwrap().as_ref(), Some(&path));
        for (path, expected) in [(path.as_path(), 0o600), (path.parent().unwrap(), 0o700)] {
            let mode = std::fs::metadata(path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, expected, "{}", path.display());
        }
    }

    #[tokio::test]
    async fn what_a_killed_process_leaves_can_be_heard() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("7.wav");
        let mut recorder = Recorder::default();
        recorder.write_to(path.clone());
        let mut made = Vec::new();
        for at in 1..=200 {
            recorder.callee(at * 20, &Frame([1_000; 160]));
            made.extend(recorder.advance(at * 20).await.unwrap());
            // The disk is done with a piece before the next one comes.
            while recorder.is_writing() {
                tokio::task::yield_now().await;
            }
        }
        assert_eq!(made, std::slice::from_ref(&path));
        let left = crate::audio::wav_read::frames_of(&std::fs::read(&path).unwrap());
        let heard_ms = left.unwrap().len() * 20;
        assert!((2_500..=3_000).contains(&heard_ms), "{heard_ms} ms of 4 s");
    }

    #[tokio::test]
    async fn a_disk_that_refuses_is_told_and_the_measurement_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let no_folder = folder.path().join("a file");
        std::fs::write(&no_folder, "").unwrap();
        let mut recorder = Recorder::default();
        recorder.write_to(no_folder.join("7.wav"));
        while recorder.is_writing() {
            tokio::task::yield_now().await;
        }
        assert!(recorder.advance(20).await.is_err());
        assert!(recorder.advance(2_200).await.is_ok(), "it is told once");
        assert_eq!(recorder.finish(3_000).await.1.unwrap(), None);
    }
}
