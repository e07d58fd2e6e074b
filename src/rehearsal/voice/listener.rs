//! Sound to text, letter by letter, as the samples come.
//!
//! The listener looks for a letter wherever there is sound; once it has one, the next is due 60 ms
//! later. If it is not there, the beat is lost: either a pause (a new word) or broken sound, after
//! which the first letter found again is not heard.

use super::alphabet;
use super::symbol::{CLEAR, Fit, PERIOD, SYMBOL_SAMPLES, Start, energy, fit};

/// Sound needed beyond a letter that is looked for, so that it may be shifted.
const MARGIN: usize = PERIOD / 2;
/// How far the search walks at a time; a letter is found from half a period away.
const HOP: usize = PERIOD / 2;
/// Samples before a letter that must be quiet for it to begin a word.
const HUSH: usize = 120;
/// Quiet is this share of a letter's energy a sample.
const QUIET: f32 = 0.06;
/// Mean square below which there is no sound at all, -53 dBFS.
const FLOOR: f32 = 5_000.0;
/// Samples by which a letter may be off the beat.
const TOLERANCE: f32 = 3.0;

/// A word heard, with its place in the stream in samples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeardWord {
    /// The letters heard.
    pub text: String,
    /// First sample of the first letter.
    pub start: u64,
    /// One past the last sample of the last letter so far.
    pub end: u64,
}

/// An ear for the voice of [`super::speak()`]: 8 kHz mono samples in, text out.
#[derive(Debug, Default)]
pub struct Listener {
    /// Samples not yet done with; the first has the stream position `base`.
    sound: Vec<f32>,
    base: u64,
    /// Read position in `sound`.
    at: usize,
    /// Whether the next letter is due at `at`.
    on_beat: bool,
    words: Vec<HeardWord>,
    word_open: bool,
}

impl Listener {
    /// An ear that has heard nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Hears some more samples, any number of them.
    pub fn push(&mut self, samples: &[i16]) {
        self.sound.extend(samples.iter().map(|s| f32::from(*s)));
        while self.sound.len() >= self.at + self.needed() {
            if !self.step() {
                break;
            }
        }
        self.forget();
    }

    /// All that was heard so far: words parted by single blanks.
    pub fn text(&self) -> String {
        let words: Vec<_> = self.words.iter().map(|word| word.text.as_str()).collect();
        words.join(" ")
    }

    /// The words heard so far with their places.
    pub fn words(&self) -> &[HeardWord] {
        &self.words
    }

    /// Samples listened to: what lies before is in the text, or was not understood.
    pub fn heard_until(&self) -> u64 {
        self.base + self.at as u64
    }

    /// The text heard since the last call, and forgets it; a word still being said is split.
    pub fn take(&mut self) -> String {
        let text = self.text();
        self.words.clear();
        text
    }

    /// Like [`Self::take`], but as words with their places.
    pub fn take_words(&mut self) -> Vec<HeardWord> {
        std::mem::take(&mut self.words)
    }

    fn window(&self, start: usize) -> Option<&[f32]> {
        self.sound.get(start..start + SYMBOL_SAMPLES)
    }

    /// A letter that is due needs no more than itself; one that is looked for may start late.
    fn needed(&self) -> usize {
        if self.on_beat {
            SYMBOL_SAMPLES
        } else {
            SYMBOL_SAMPLES + MARGIN
        }
    }

    /// One step of the search or of the beat; false if more sound is needed.
    fn step(&mut self) -> bool {
        let Some(window) = self.window(self.at) else {
            return false;
        };
        if !self.on_beat {
            return self.search();
        }
        if let Some(fit) = fit(window, Start::Here).filter(is_clear) {
            self.hear(self.at, fit, true);
        } else {
            self.on_beat = false;
            self.word_open = false;
        }
        true
    }

    /// Tries the letter at the read position; walks on if there is none.
    fn search(&mut self) -> bool {
        let Some(window) = self.window(self.at) else {
            return false;
        };
        if energy(window) < FLOOR * SYMBOL_SAMPLES as f32 {
            self.at += HOP;
            return true;
        }
        let Some((start, fit)) = fit(window, Start::Near).and_then(|fit| self.refine(fit)) else {
            self.at += HOP;
            return true;
        };
        let understood = self.is_hushed_before(start);
        self.hear(start, fit, understood);
        true
    }

    /// Moves onto the letter's real start and fits again.
    fn refine(&self, rough: Fit) -> Option<(usize, Fit)> {
        if rough.quality < CLEAR / 2.0 {
            return None;
        }
        let start = moved(self.at, rough.shift);
        let fit = fit(self.window(start)?, Start::Here)?;
        is_clear(&fit).then_some((start, fit))
    }

    fn is_hushed_before(&self, start: usize) -> bool {
        let hush = self
            .sound
            .get(start.saturating_sub(HUSH)..start)
            .unwrap_or(&[]);
        let letter = self.window(start).map_or(0.0, energy) / SYMBOL_SAMPLES as f32;
        let before: f32 = hush.iter().map(|sample| sample * sample).sum();
        before <= QUIET * letter * HUSH as f32
    }

    /// Takes the letter at `start` and expects the next one after it.
    fn hear(&mut self, start: usize, fit: Fit, understood: bool) {
        let start = moved(start, fit.shift);
        let from = self.base + start as u64;
        let until = from + SYMBOL_SAMPLES as u64;
        self.at = start + SYMBOL_SAMPLES;
        self.on_beat = true;
        let Some(letter) = alphabet::letter(fit.formants).filter(|_| understood) else {
            return;
        };
        match self.words.last_mut().filter(|_| self.word_open) {
            Some(word) => {
                word.text.push(letter);
                word.end = until;
            }
            None => self.words.push(HeardWord {
                text: letter.to_string(),
                start: from,
                end: until,
            }),
        }
        self.word_open = true;
    }

    /// Drops sound that nobody will look at again.
    fn forget(&mut self) {
        let keep = HUSH + PERIOD;
        if self.at > keep + 8 * SYMBOL_SAMPLES {
            let gone = self.at - keep;
            self.sound.drain(..gone);
            self.base += gone as u64;
            self.at = keep;
        }
    }
}

fn is_clear(fit: &Fit) -> bool {
    fit.quality >= CLEAR && fit.shift.abs() <= TOLERANCE
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a shift is at most half a period"
)]
fn moved(at: usize, shift: f32) -> usize {
    at.saturating_add_signed(shift.round() as isize)
}
