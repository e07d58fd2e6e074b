//! Reads a recording back: the form of the file, and by ear what each side holds.

use std::path::Path;

use novodial::rehearsal::voice::{HeardWord, Listener};

/// A recording, heard.
#[derive(Debug)]
pub(super) struct Recording {
    /// What was understood of the callee.
    pub(super) callee: Vec<HeardWord>,
    /// What was understood of the bot.
    pub(super) bot: Vec<HeardWord>,
    /// Its length in milliseconds.
    pub(super) length_ms: u64,
}

impl Recording {
    /// Opens a stereo recording of 16 bits at 8 kHz; anything else fails.
    pub(super) fn open(path: &Path) -> Self {
        let bytes = std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let word = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
        let long = |at: usize| u32::from(word(at)) + (u32::from(word(at + 2)) << 16);
        assert_eq!(
            (&bytes[..4], &bytes[8..16]),
            (&b"RIFF"[..], &b"WAVEfmt "[..])
        );
        let form = (word(20), word(22), long(24), word(34));
        assert_eq!(form, (1, 2, 8_000, 16), "tag, channels, rate, bits");
        let sound = &bytes[44..];
        assert_eq!(long(40) as usize, sound.len(), "the size in the header");
        let side = |offset: usize| -> Vec<i16> {
            let samples = sound.chunks_exact(4);
            samples
                .map(|both| i16::from_le_bytes([both[offset], both[offset + 1]]))
                .collect()
        };
        Self {
            callee: listen(&side(0)),
            bot: listen(&side(2)),
            length_ms: sound.len() as u64 / 32,
        }
    }
}

/// The words of one side.
fn listen(samples: &[i16]) -> Vec<HeardWord> {
    let mut listener = Listener::new();
    listener.push(samples);
    // What it still holds back is judged once silence follows.
    listener.push(&[0; 1_600]);
    listener.take_words()
}

/// Words as a text.
pub(super) fn text(words: &[HeardWord]) -> String {
    let words: Vec<_> = words.iter().map(|word| word.text.as_str()).collect();
    words.join(" ")
}
