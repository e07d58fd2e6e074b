//! Tones: whether a frame holds one or two pure tones and nothing else, as keys, ring-back, busy
//! and the beep of a voicemail do, and no voice does.

use std::f32::consts::TAU;
use std::sync::LazyLock;

use super::level::level_dbfs;
use super::{FRAME_SAMPLES, Frame};

/// Bins of 50 Hz that matter on the telephone, 150 to 3,400 Hz.
const FIRST_BIN: usize = 3;
const LAST_BIN: usize = 68;
const BINS: usize = LAST_BIN - FIRST_BIN + 1;
/// So much of the energy in two lines is no voice: even a sung vowel has more harmonics.
const PURE: f32 = 0.985;

/// Nothing softer is told to be a tone of its own.
const QUIETEST_DBFS: f32 = -42.0;

/// Cosines and sines of each sample under a Hann window, all bins in a row: sums over many bins at
/// once use the machine's wide registers, sums over samples cannot.
static TABLE: LazyLock<Vec<[f32; 2 * BINS]>> = LazyLock::new(|| {
    let window = |n: usize| 0.5 - 0.5 * (TAU * (n as f32 + 0.5) / FRAME_SAMPLES as f32).cos();
    let angle =
        |bin: usize, n: usize| TAU * (bin * n % FRAME_SAMPLES) as f32 / FRAME_SAMPLES as f32;
    (0..FRAME_SAMPLES)
        .map(|n| {
            std::array::from_fn(|at| match at.checked_sub(BINS) {
                None => window(n) * angle(FIRST_BIN + at, n).cos(),
                Some(at) => window(n) * angle(FIRST_BIN + at, n).sin(),
            })
        })
        .collect()
});

/// Whether the frame is made of at most two tones.
pub fn is_tonal(frame: &Frame) -> bool {
    let powers = powers(frame);
    let total: f32 = powers.iter().sum();
    if total <= f32::EPSILON {
        return false;
    }
    let mut rest = powers;
    let two = take_line(&mut rest) + take_line(&mut rest);
    two / total > PURE
}

/// The frequency of a frame that holds one tone and nothing else, within 50 Hz.
pub(super) fn single_tone_hz(frame: &Frame) -> Option<u32> {
    if level_dbfs(frame) < QUIETEST_DBFS {
        return None;
    }
    let mut powers = powers(frame);
    let total: f32 = powers.iter().sum();
    let strongest = powers.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
    let bin = FIRST_BIN + strongest?.0;
    if take_line(&mut powers) / total <= PURE {
        return None;
    }
    u32::try_from(bin * 50).ok()
}

/// Which share of a frame's power lies in its strongest line, and which in its strongest four.
pub(super) fn line_shares(frame: &Frame) -> (f32, f32) {
    let mut powers = powers(frame);
    let total: f32 = powers.iter().sum();
    if total <= f32::EPSILON {
        return (0.0, 0.0);
    }
    let first = take_line(&mut powers);
    let others: f32 = (0..3).map(|_| take_line(&mut powers)).sum();
    (first / total, (first + others) / total)
}

fn powers(frame: &Frame) -> [f32; BINS] {
    let mut sums = [0.0_f32; 2 * BINS];
    for (sample, row) in frame.0.iter().zip(TABLE.iter()) {
        let sample = f32::from(*sample);
        for (sum, weight) in sums.iter_mut().zip(row) {
            *sum += weight * sample;
        }
    }
    let (cosines, sines) = sums.split_at(BINS);
    let mut powers = [0.0; BINS];
    for ((power, cosine), sine) in powers.iter_mut().zip(cosines).zip(sines) {
        *power = cosine.powi(2) + sine.powi(2);
    }
    powers
}

/// Takes the strongest line with the bins that the window smears it over.
fn take_line(powers: &mut [f32; BINS]) -> f32 {
    let strongest = powers
        .iter()
        .enumerate()
        .max_by(|a, b| a.1.total_cmp(b.1))
        .map(|(i, _)| i);
    let Some(peak) = strongest else { return 0.0 };
    powers
        .iter_mut()
        .enumerate()
        .filter(|(i, _)| i.abs_diff(peak) <= 2)
        .map(|(_, power)| std::mem::take(power))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::G711;

    fn frame(of: impl Fn(f32) -> f32) -> Frame {
        let linear = Frame(std::array::from_fn(|n| {
            #[expect(clippy::cast_possible_truncation, reason = "the signals stay in range")]
            let sample = of(n as f32 / 8_000.0) as i16;
            sample
        }));
        G711::Alaw.decode(&G711::Alaw.encode(&linear))
    }

    #[test]
    fn tones_of_the_network_and_keys_are_pure() {
        for tones in [
            &[425.0][..],
            &[1_000.0],
            &[950.0],
            &[697.0, 1_209.0],
            &[941.0, 1_477.0],
        ] {
            let found = is_tonal(&frame(|t| {
                tones.iter().map(|hz| 4_000.0 * (TAU * hz * t).sin()).sum()
            }));
            assert!(found, "{tones:?}");
        }
    }

    #[test]
    fn a_vowel_noise_and_silence_are_not() {
        let vowel = frame(|t| {
            (1..20)
                .map(|k| 3_000.0 / k as f32 * (TAU * 130.0 * k as f32 * t).sin())
                .sum()
        });
        assert!(!is_tonal(&vowel));
        let mut state = 1_u32;
        let noise = Frame(std::array::from_fn(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            i16::try_from(state >> 20).unwrap() - 2_048
        }));
        assert!(!is_tonal(&noise));
        assert!(!is_tonal(&Frame::SILENCE));
    }
}
