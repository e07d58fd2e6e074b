//! A text spoken in the client's format, cut into chunks that fit no frame, with its alignment.
//!
//! The sizes are drawn from the session's own randomness and never are whole frames of 20 ms, so
//! a client that does not carry remainders over is heard to crackle.

use serde_json::{Value, json};

use super::format::Format;
use crate::rehearsal::speech_service::random::Random;
use crate::rehearsal::voice::{Letter, speak, spell};

/// Bytes of a chunk that is sent at once.
const CHUNK: std::ops::RangeInclusive<u64> = 700..=3_900;
/// Samples a millisecond of the 8 kHz voice.
const PER_MS: usize = 8;

/// A piece of synthesised audio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chunk {
    pub(super) bytes: Vec<u8>,
    /// The characters whose sound begins in this chunk, with places from its first sample.
    pub(super) letters: Vec<Letter>,
}

/// A whole text, spoken.
#[derive(Debug, Clone)]
pub(super) struct Utterance {
    pub(super) bytes: Vec<u8>,
    pub(super) letters: Vec<Letter>,
    format: Format,
}

impl Utterance {
    pub(super) fn new(text: &str, format: Format) -> Self {
        Self {
            bytes: format.encode(&speak(text)),
            letters: spell(text),
            format,
        }
    }

    /// Cuts the audio into chunks whose sizes are no multiples of a frame; of PCM some have half
    /// a sample at their end, all of them if `odd`.
    pub(super) fn chunks(&self, random: &mut Random, odd: bool) -> Vec<Chunk> {
        let mut chunks = Vec::new();
        let mut rest = self.bytes.as_slice();
        let mut start = 0;
        while !rest.is_empty() {
            let (bytes, after) = rest
                .split_at_checked(chunk_size(random, odd))
                .unwrap_or((rest, &[]));
            let end = start + bytes.len();
            chunks.push(Chunk {
                bytes: bytes.to_vec(),
                letters: self.letters_between(start, end, after.is_empty()),
            });
            (rest, start) = (after, end);
        }
        chunks
    }

    fn letters_between(&self, start: usize, end: usize, last: bool) -> Vec<Letter> {
        let size = self.format.bytes_per_sample();
        let (from, until) = (start.div_ceil(size), end.div_ceil(size));
        let inside = |letter: &&Letter| letter.start >= from && (letter.start < until || last);
        let shifted = |letter: &Letter| Letter {
            character: letter.character,
            start: letter.start - from,
            end: letter.end - from,
        };
        self.letters.iter().filter(inside).map(shifted).collect()
    }
}

fn chunk_size(random: &mut Random, odd: bool) -> usize {
    let size = random.between(*CHUNK.start(), *CHUNK.end());
    let size = if odd { size | 1 } else { size };
    // Both paths avoid whole frames; an odd size never is one.
    let size = if size % 160 == 0 { size + 2 } else { size };
    usize::try_from(size).unwrap_or(701)
}

/// The alignment of the sockets: characters with start and length in milliseconds.
pub(super) fn alignment(letters: &[Letter]) -> Value {
    let starts: Vec<_> = letters.iter().map(|letter| letter.start / PER_MS).collect();
    let lengths: Vec<_> = letters
        .iter()
        .map(|letter| (letter.end - letter.start) / PER_MS)
        .collect();
    json!({
        "chars": characters(letters), "charStartTimesMs": starts, "charDurationsMs": lengths,
    })
}

/// The alignment of HTTP: characters with start and end in seconds.
pub(super) fn alignment_in_seconds(letters: &[Letter]) -> Value {
    let seconds = |sample: usize| sample as f64 / 8_000.0;
    let starts: Vec<_> = letters.iter().map(|letter| seconds(letter.start)).collect();
    let ends: Vec<_> = letters.iter().map(|letter| seconds(letter.end)).collect();
    json!({
        "characters": characters(letters), "character_start_times_seconds": starts,
        "character_end_times_seconds": ends,
    })
}

fn characters(letters: &[Letter]) -> Vec<String> {
    letters
        .iter()
        .map(|letter| letter.character.to_string())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::G711;

    #[test]
    fn chunks_join_to_the_whole_and_fit_no_frame() {
        let text = "Добрый день, это проверка!";
        for format in [Format::G711(G711::Alaw), Format::Pcm8, Format::Pcm16] {
            let utterance = Utterance::new(text, format);
            for odd in [false, true] {
                let chunks = utterance.chunks(&mut Random::new(3, 0), odd);
                let joined: Vec<u8> = chunks.iter().flat_map(|c| c.bytes.clone()).collect();
                assert_eq!(joined, utterance.bytes);
                let said: String = chunks
                    .iter()
                    .flat_map(|c| &c.letters)
                    .map(|l| l.character)
                    .collect();
                assert_eq!(said, text);
                let (_, whole) = chunks.split_last().unwrap();
                assert!(whole.len() > 1);
                assert!(whole.iter().all(|c| c.bytes.len() % 160 != 0));
                assert!(!odd || whole.iter().all(|c| c.bytes.len() % 2 == 1));
            }
        }
    }
}
