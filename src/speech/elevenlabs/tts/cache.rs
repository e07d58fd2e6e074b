//! Synthesised prompts on disk, each under a hash of all that shapes its sound.
//!
//! A file is one line with the hash of its audio, then raw G.711; a file that does not match its
//! line is made anew. Written beside and renamed, so a reader never sees half a prompt.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use sha2::{Digest, Sha256};
use tokio::fs;

use super::Voice;

/// First word of a file; a new layout gets a new one.
const MAGIC: &str = "novodial-prompt-1";
/// The provider's part of the key.
const PROVIDER: &str = "elevenlabs";
/// No settings of the voice are sent: the service uses those stored with the voice.
const SETTINGS: &str = "stored";

/// The cache's folder.
#[derive(Debug)]
pub(super) struct Cache {
    folder: PathBuf,
    written: AtomicU64,
}

/// Names a prompt: SHA-256 over its parts, each with its length, in hex.
pub(super) fn key(voice: &Voice, text: &str) -> String {
    let language = voice.language.as_deref().unwrap_or_default();
    let mut hash = Sha256::new();
    for part in [
        PROVIDER,
        text,
        &voice.id,
        &voice.model,
        language,
        SETTINGS,
        voice.format(),
    ] {
        hash.update(part.len().to_le_bytes());
        hash.update(part.as_bytes());
    }
    hex(&hash.finalize())
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

impl Cache {
    pub(super) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            written: AtomicU64::new(0),
        }
    }

    fn path(&self, key: &str) -> PathBuf {
        self.folder.join(format!("{key}.g711"))
    }

    /// The prompt's audio, if it is there and whole.
    pub(super) async fn read(&self, key: &str) -> Option<Bytes> {
        let path = self.path(key);
        let file = match fs::read(&path).await {
            Ok(file) => Bytes::from(file),
            Err(error) => {
                if error.kind() != io::ErrorKind::NotFound {
                    tracing::warn!(path = %path.display(), %error, "a cached prompt cannot be read");
                }
                return None;
            }
        };
        let audio = unpacked(&file);
        if audio.is_none() {
            tracing::warn!(path = %path.display(), "a cached prompt is broken and is made anew");
        }
        audio
    }

    /// Keeps a prompt.
    pub(super) async fn write(&self, key: &str, audio: &Bytes) -> io::Result<()> {
        fs::create_dir_all(&self.folder).await?;
        let number = self.written.fetch_add(1, Ordering::Relaxed);
        let beside = self
            .folder
            .join(format!("{key}.{}-{number}.part", std::process::id()));
        let mut file = header(audio).into_bytes();
        file.extend_from_slice(audio);
        let written = match fs::write(&beside, file).await {
            Ok(()) => fs::rename(&beside, self.path(key)).await,
            Err(error) => Err(error),
        };
        if written.is_err()
            && let Err(error) = fs::remove_file(&beside).await
        {
            tracing::debug!(%error, "a half-written prompt stays behind");
        }
        written
    }
}

fn header(audio: &[u8]) -> String {
    format!("{MAGIC} {}\n", hex(&Sha256::digest(audio)))
}

/// The audio behind the first line, if that line is its own.
fn unpacked(file: &Bytes) -> Option<Bytes> {
    let end = file.iter().position(|byte| *byte == b'\n')? + 1;
    let audio = file.slice(end..);
    (!audio.is_empty() && file.get(..end)? == header(&audio).as_bytes()).then_some(audio)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::G711;

    fn voice() -> Voice {
        Voice {
            id: "v".into(),
            model: "m".into(),
            language: Some("ru".into()),
            codec: G711::Alaw,
        }
    }

    #[test]
    fn whatever_shapes_the_sound_changes_the_key() {
        let mut keys = vec![key(&voice(), "a"), key(&voice(), "b")];
        keys.push(key(
            &Voice {
                id: "w".into(),
                ..voice()
            },
            "a",
        ));
        keys.push(key(
            &Voice {
                model: "n".into(),
                ..voice()
            },
            "a",
        ));
        keys.push(key(
            &Voice {
                language: None,
                ..voice()
            },
            "a",
        ));
        keys.push(key(
            &Voice {
                codec: G711::Ulaw,
                ..voice()
            },
            "a",
        ));
        keys.push(key(
            &Voice {
                id: "va".into(),
                ..voice()
            },
            "",
        ));
        let count = keys.len();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), count);
        assert_eq!(key(&voice(), "a"), key(&voice(), "a"));
    }

    #[tokio::test]
    async fn what_was_written_is_read_and_what_is_broken_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(&folder.path().join("deep"));
        assert_eq!(cache.read("k").await, None);
        let audio = Bytes::from_static(b"\xd5\n\xd5x");
        cache.write("k", &audio).await.unwrap();
        assert_eq!(cache.read("k").await, Some(audio));
        let path = cache.path("k");
        let whole = std::fs::read(&path).unwrap();
        for broken in [&whole[..whole.len() - 1], &whole[..0], &whole[1..], b"\n"] {
            std::fs::write(&path, broken).unwrap();
            assert_eq!(cache.read("k").await, None, "{broken:?}");
        }
        let left: Vec<_> = std::fs::read_dir(path.parent().unwrap()).unwrap().collect();
        assert_eq!(left.len(), 1, "{left:?}");
    }
}
