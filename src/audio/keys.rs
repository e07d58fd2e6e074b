//! Keys heard as sound: the two tones of ITU-T Q.23, for trunks that send no key events.
//!
//! A key counts once two frames in a row hold its two tones and next to nothing else; it must end
//! before it can be pressed again. Of a voice, two frames in a row never are so pure.

use std::f32::consts::TAU;
use std::sync::LazyLock;

use super::level::energy;
use super::{FRAME_SAMPLES, Frame, SAMPLE_RATE};

const ROWS: [f32; 4] = [697.0, 770.0, 852.0, 941.0];
const COLUMNS: [f32; 4] = [1_209.0, 1_336.0, 1_477.0, 1_633.0];
const KEYS: [[char; 4]; 4] = [
    ['1', '2', '3', 'A'],
    ['4', '5', '6', 'B'],
    ['7', '8', '9', 'C'],
    ['*', '0', '#', 'D'],
];
/// The two tones hold so much of a frame's energy.
const PURE: f32 = 0.85;
/// One of them is at most so many times as strong as the other (8 dB, Q.24).
const TWIST: f32 = 6.3;
/// Mean square below which nothing is a key (-40 dBFS).
const QUIETEST: f32 = 107_000.0;
/// Frames that make a key, and that end it.
const FRAMES: u32 = 2;

/// The tones that keys are made of.
const TONES: usize = ROWS.len() + COLUMNS.len();

/// Sines, then cosines, of all tones at each sample: eight sums at once use the machine's wide
/// registers.
static TABLE: LazyLock<Vec<[f32; 2 * TONES]>> = LazyLock::new(|| {
    let turn = |hertz: f32, n: usize| TAU * hertz * n as f32 / SAMPLE_RATE as f32;
    let row = |n: usize| {
        let mut row = [0.0; 2 * TONES];
        let (sines, cosines) = row.split_at_mut(TONES);
        let tones = ROWS.iter().chain(&COLUMNS);
        for ((sine, cosine), hertz) in sines.iter_mut().zip(cosines).zip(tones) {
            (*sine, *cosine) = turn(*hertz, n).sin_cos();
        }
        row
    };
    (0..FRAME_SAMPLES).map(row).collect()
});

/// Hears keys in one direction of one call.
#[derive(Debug, Clone, Default)]
pub struct KeyDetector {
    key: Option<char>,
    frames: u32,
    /// Since the last frame with a key.
    without: u32,
    told: bool,
}

impl KeyDetector {
    /// Takes the next 20 ms; a key that was pressed is told once.
    pub fn push(&mut self, frame: &Frame) -> Option<char> {
        let Some(key) = key_in(frame) else {
            self.without += 1;
            if self.without >= FRAMES {
                (self.key, self.frames, self.told) = (None, 0, false);
            }
            return None;
        };
        self.without = 0;
        if self.key != Some(key) {
            (self.key, self.frames, self.told) = (Some(key), 0, false);
        }
        self.frames += 1;
        let pressed = self.frames >= FRAMES && !self.told;
        self.told |= pressed;
        pressed.then_some(key)
    }
}

/// The key whose tones fill a frame.
fn key_in(frame: &Frame) -> Option<char> {
    let energy = energy(frame) as f32;
    if energy < QUIETEST * FRAME_SAMPLES as f32 {
        return None;
    }
    let powers = powers(frame);
    let (rows, columns) = powers.split_at_checked(ROWS.len())?;
    let (row, low) = strongest(rows)?;
    let (column, high) = strongest(columns)?;
    let balanced = low < high * TWIST && high < low * TWIST;
    let pure = low + high > PURE * energy;
    if !(balanced && pure) {
        return None;
    }
    KEYS.get(row)?.get(column).copied()
}

/// The energy of a frame at each tone; all of it for a frame of that tone.
fn powers(frame: &Frame) -> [f32; TONES] {
    let mut sums = [0.0_f32; 2 * TONES];
    for (sample, row) in frame.0.iter().zip(TABLE.iter()) {
        let sample = f32::from(*sample);
        for (sum, wave) in sums.iter_mut().zip(row) {
            *sum += sample * wave;
        }
    }
    let (sines, cosines) = sums.split_at(TONES);
    let mut powers = [0.0; TONES];
    for ((power, sine), cosine) in powers.iter_mut().zip(sines).zip(cosines) {
        *power = 2.0 * (sine * sine + cosine * cosine) / FRAME_SAMPLES as f32;
    }
    powers
}

fn strongest(powers: &[f32]) -> Option<(usize, f32)> {
    powers
        .iter()
        .copied()
        .enumerate()
        .max_by(|a, b| a.1.total_cmp(&b.1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::G711;

    /// Sound of these frequencies from a sample on, through A-law.
    fn frame(hertz: &[f32], amplitude: f32, from: usize) -> Frame {
        let linear = Frame(std::array::from_fn(|n| {
            let t = (from + n) as f32 / SAMPLE_RATE as f32;
            let sum: f32 = hertz.iter().map(|hz| (TAU * hz * t).sin()).sum();
            #[expect(clippy::cast_possible_truncation, reason = "the signals stay in range")]
            let sample = (amplitude * sum) as i16;
            sample
        }));
        G711::Alaw.decode(&G711::Alaw.encode(&linear))
    }

    fn heard(parts: &[(&[f32], usize)]) -> String {
        let mut detector = KeyDetector::default();
        let mut keys = String::new();
        for (hertz, frames) in parts {
            for at in 0..*frames {
                keys.extend(detector.push(&frame(hertz, 4_000.0, at * FRAME_SAMPLES)));
            }
        }
        keys
    }

    #[test]
    fn every_key_is_heard_once_and_again_when_pressed_again() {
        for (row, keys) in ROWS.iter().zip(KEYS) {
            for (column, key) in COLUMNS.iter().zip(keys) {
                let tones = [*row, *column];
                let twice = [(&tones[..], 5), (&[][..], 3), (&tones[..], 3), (&[][..], 3)];
                assert_eq!(heard(&twice), format!("{key}{key}"));
            }
        }
    }

    #[test]
    fn a_short_hole_is_no_end_and_a_short_sound_no_key() {
        let five = [770.0, 1_336.0];
        let (five, none) = (&five[..], &[][..]);
        assert_eq!(heard(&[(five, 3), (none, 1), (five, 3)]), "5");
        assert_eq!(heard(&[(five, 1), (none, 3)]), "");
    }

    #[test]
    fn tones_of_the_network_voices_and_noise_are_no_keys() {
        let vowel: Vec<f32> = (1..20).map(|k| 130.0 * k as f32).collect();
        for hertz in [
            &[425.0][..],
            &[1_000.0][..],
            &[697.0][..],
            &[350.0, 440.0][..],
            &vowel[..],
        ] {
            assert_eq!(heard(&[(hertz, 20)]), "", "{hertz:?}");
        }
    }

    #[test]
    fn a_key_far_too_soft_or_out_of_balance_is_none() {
        let five = [770.0, 1_336.0];
        assert_eq!(key_in(&frame(&five, 4_000.0, 0)), Some('5'));
        assert_eq!(key_in(&frame(&five, 100.0, 0)), None);
        let low = frame(&[770.0], 4_000.0, 0);
        let high = frame(&[1_336.0], 900.0, 0);
        let both = Frame(std::array::from_fn(|n| low.0[n] + high.0[n]));
        assert_eq!(key_in(&both), None);
    }
}
