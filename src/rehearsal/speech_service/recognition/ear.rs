//! From the client's bytes to words, and the service's own voice detector on the way.
//!
//! This is where wrong audio shows: bytes are read in the format that the URL named, whatever
//! they really are, and only what still sounds like the voice becomes text.

use std::time::Duration;

use super::rate::Downsampler;
use super::settings::AudioFormat;
use crate::audio::FRAME_SAMPLES;
use crate::rehearsal::voice::{HeardWord, Listener};

/// Mean square of a frame that counts as speech, some -40 dBFS.
const SPEECH: f64 = 100_000.0;

/// What the service hears of a session.
#[derive(Debug)]
pub(super) struct Ear {
    format: AudioFormat,
    down: Downsampler,
    listener: Listener,
    samples: u64,
    frame: Vec<i16>,
    /// Speech was heard since the last commit, and silence follows it for so many frames.
    spoken: bool,
    silent_frames: u32,
}

impl Ear {
    pub(super) fn new(format: AudioFormat) -> Self {
        Self {
            format,
            down: Downsampler::new(format.rate()),
            listener: Listener::new(),
            samples: 0,
            frame: Vec::with_capacity(FRAME_SAMPLES),
            spoken: false,
            silent_frames: 0,
        }
    }

    /// Hears some bytes: how long they are; `None` for half a sample, which is not heard.
    pub(super) fn hear(&mut self, bytes: &[u8]) -> Option<Duration> {
        let samples = self.format.samples(bytes)?;
        self.samples += samples.len() as u64;
        let heard = self.down.push(&samples);
        self.listener.push(&heard);
        self.detect(&heard);
        Some(self.length(samples.len() as u64))
    }

    /// Audio heard since the start of the session.
    pub(super) fn total(&self) -> Duration {
        self.length(self.samples)
    }

    fn length(&self, samples: u64) -> Duration {
        Duration::from_micros(samples * 1_000_000 / u64::from(self.format.rate()))
    }

    /// The text of the segment so far.
    pub(super) fn text(&self) -> String {
        self.listener.text()
    }

    /// Ends the segment and gives out its words, with their places in 8 kHz samples from the
    /// first audio of the session.
    pub(super) fn commit(&mut self) -> Vec<HeardWord> {
        self.spoken = false;
        self.silent_frames = 0;
        self.listener.take_words()
    }

    /// How long it has been silent after speech; zero while somebody speaks or nobody has.
    pub(super) fn silence_after_speech(&self) -> Duration {
        if self.spoken {
            Duration::from_millis(20) * self.silent_frames
        } else {
            Duration::ZERO
        }
    }

    fn detect(&mut self, samples: &[i16]) {
        for sample in samples {
            self.frame.push(*sample);
            if self.frame.len() < FRAME_SAMPLES {
                continue;
            }
            let square: f64 = self.frame.iter().map(|s| f64::from(*s).powi(2)).sum();
            self.frame.clear();
            if square > SPEECH * FRAME_SAMPLES as f64 {
                self.spoken = true;
                self.silent_frames = 0;
            } else {
                self.silent_frames += 1;
            }
        }
    }
}
