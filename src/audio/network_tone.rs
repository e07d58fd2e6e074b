//! What the network says in tones before an answer: busy and congestion, told from ring-back by
//! how long the tone sounds and pauses (ITU-T E.180; 425 Hz, in some countries 400 to 450 Hz).
//!
//! A ring-back is most of what is heard before an answer, so a frame costs a few sums here and
//! nothing else. Whatever is not a tone of the network between two silences begins the count anew.

use std::f32::consts::TAU;
use std::sync::LazyLock;

use super::level::energy;
use super::{FRAME_MS, FRAME_SAMPLES, Frame, SAMPLE_RATE};

/// The network's tones, and what lies between them: no tone is further than 6 Hz from one.
const HERTZ: [f32; 5] = [400.0, 412.5, 425.0, 437.5, 450.0];
/// A tone holds so much of a frame's energy; 12 Hz beside the band it is less.
const PURE: f32 = 0.85;
/// Mean square below which a frame is silent (-45 dBFS).
const QUIETEST: u64 = 34_000;
/// A silence between tones is so many times weaker than the tone (20 dB).
const WEAKER: u64 = 100;
/// Lengths of tone and silence, in milliseconds; frames cut them to 20 ms.
const BUSY_MS: std::ops::RangeInclusive<u32> = 300..=560;
const CONGESTION_MS: std::ops::RangeInclusive<u32> = 120..=280;
/// Tone and silence differ by no more; nor do two tones.
const UNEVEN_MS: u32 = 80;
/// So many periods are no accident.
const PERIODS: u32 = 3;

/// Sines, then cosines, of all tones at each sample: sums at once use the machine's wide registers.
static TABLE: LazyLock<Vec<[f32; 2 * HERTZ.len()]>> = LazyLock::new(|| {
    let turn = |hertz: f32, n: usize| TAU * hertz * n as f32 / SAMPLE_RATE as f32;
    let row = |n: usize| {
        let mut row = [0.0; 2 * HERTZ.len()];
        let (sines, cosines) = row.split_at_mut(HERTZ.len());
        for ((sine, cosine), hertz) in sines.iter_mut().zip(cosines).zip(HERTZ) {
            (*sine, *cosine) = turn(hertz, n).sin_cos();
        }
        row
    };
    (0..FRAME_SAMPLES).map(row).collect()
});

/// A tone that says why nobody will answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NetworkTone {
    /// The line is busy: 0.35 s on and off, in some countries 0.5 s.
    Busy,
    /// The network has no way to it: 0.175 s on and off, in some countries 0.25 s.
    Congestion,
}

/// What a frame holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sound {
    Tone,
    Silence,
    Other,
}

/// Hears the network's tones in one direction of one call.
#[derive(Debug, Clone, Default)]
pub struct NetworkToneDetector {
    /// Whether the tone is on.
    on: bool,
    /// How long it has been on, or off, in milliseconds.
    run_ms: u32,
    /// How long the tone was that this silence follows; 0 where none was.
    tone_ms: u32,
    /// The energy of the tone's last frame.
    tone_energy: u64,
    /// The frame before was neither tone nor silence: the edge between both.
    at_edge: bool,
    /// Which tone the periods so far make, of which length, and how many there were.
    series: Option<(NetworkTone, u32)>,
    periods: u32,
    told: bool,
}

impl NetworkToneDetector {
    /// Takes the next 20 ms; which tone it is after three periods, once.
    pub fn push(&mut self, frame: &Frame) -> Option<NetworkTone> {
        let mut period = None;
        match self.sound(frame) {
            Sound::Other if self.at_edge => self.begin_anew(),
            Sound::Other => {
                self.at_edge = true;
                self.run_ms = self.run_ms.saturating_add(FRAME_MS);
                return None;
            }
            Sound::Tone if !self.on => {
                period = Some((std::mem::take(&mut self.tone_ms), self.run_ms));
                (self.on, self.run_ms) = (true, FRAME_MS);
            }
            Sound::Silence if self.on => {
                self.tone_ms = self.run_ms;
                (self.on, self.run_ms) = (false, FRAME_MS);
            }
            Sound::Tone | Sound::Silence => self.run_ms = self.run_ms.saturating_add(FRAME_MS),
        }
        self.at_edge = false;
        period.and_then(|(tone_ms, silence_ms)| self.count(tone_ms, silence_ms))
    }

    /// Whether a tone of the network is on.
    pub fn is_on(&self) -> bool {
        self.on
    }

    fn begin_anew(&mut self) {
        *self = Self {
            told: self.told,
            ..Self::default()
        };
    }

    fn count(&mut self, tone_ms: u32, silence_ms: u32) -> Option<NetworkTone> {
        let tone = tone_of(tone_ms, silence_ms);
        let goes_on = self.series.zip(tone).is_some_and(|((before, ms), tone)| {
            before == tone && ms.abs_diff(tone_ms) <= UNEVEN_MS / 2
        });
        self.periods = match (tone, goes_on) {
            (Some(_), true) => self.periods + 1,
            (Some(_), false) => 1,
            (None, _) => 0,
        };
        self.series = tone.map(|tone| (tone, tone_ms));
        let told = self.periods >= PERIODS && !self.told;
        self.told |= told;
        tone.filter(|_| told)
    }

    fn sound(&mut self, frame: &Frame) -> Sound {
        let energy = energy(frame);
        let samples = FRAME_SAMPLES as u64;
        if energy < QUIETEST * samples || energy < self.tone_energy / WEAKER {
            return Sound::Silence;
        }
        if !is_tone(frame, energy) {
            return Sound::Other;
        }
        self.tone_energy = energy;
        Sound::Tone
    }
}

/// Which tone sounds and pauses like this.
fn tone_of(tone_ms: u32, silence_ms: u32) -> Option<NetworkTone> {
    let both = |range: &std::ops::RangeInclusive<u32>| {
        range.contains(&tone_ms) && range.contains(&silence_ms)
    };
    if tone_ms.abs_diff(silence_ms) > UNEVEN_MS {
        None
    } else if both(&BUSY_MS) {
        Some(NetworkTone::Busy)
    } else if both(&CONGESTION_MS) {
        Some(NetworkTone::Congestion)
    } else {
        None
    }
}

/// Whether one tone of the network fills the frame.
fn is_tone(frame: &Frame, energy: u64) -> bool {
    let mut sums = [0.0_f32; 2 * HERTZ.len()];
    for (sample, row) in frame.0.iter().zip(TABLE.iter()) {
        let sample = f32::from(*sample);
        for (sum, weight) in sums.iter_mut().zip(row) {
            *sum += weight * sample;
        }
    }
    let (sines, cosines) = sums.split_at(HERTZ.len());
    let powers = sines.iter().zip(cosines);
    let strongest = powers
        .map(|(sine, cosine)| sine.powi(2) + cosine.powi(2))
        .fold(0.0, f32::max);
    // A tone of the amplitude a has the energy N a²/2, and here the power (N a/2)².
    2.0 * strongest / FRAME_SAMPLES as f32 > PURE * energy as f32
}

#[cfg(test)]
#[path = "network_tone_tests.rs"]
mod tests;
