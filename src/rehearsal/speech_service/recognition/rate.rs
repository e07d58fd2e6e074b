//! Any sample rate of the service down to the ear's 8 kHz, by a windowed sinc.
//!
//! The ratio is a fraction, so the kernels of all its phases are made once; audio may come in
//! pieces of any length.

use std::f64::consts::PI;

use crate::audio::SAMPLE_RATE;

/// Zero crossings of the sinc on each side.
const CROSSINGS: f64 = 8.0;
/// Edge of the pass band in Hz; the letters end at 2.9 kHz.
const EDGE_HZ: f64 = 3_600.0;

/// Brings a stream of samples down to 8 kHz; at 8 kHz it changes nothing.
#[derive(Debug)]
pub(super) struct Downsampler {
    /// Input and output samples of one round of phases.
    step: usize,
    phases: usize,
    /// A kernel for each phase of the output between input samples.
    kernels: Vec<Vec<f32>>,
    /// Input that is still needed, with silence before the first sample.
    input: Vec<i16>,
    /// Output samples made, counted within one round.
    phase: usize,
    /// Input position of the next kernel.
    at: usize,
}

impl Downsampler {
    pub(super) fn new(rate: u32) -> Self {
        let common = gcd(rate, SAMPLE_RATE);
        let (step, phases) = ((rate / common) as usize, (SAMPLE_RATE / common) as usize);
        let kernels = (0..phases)
            .map(|phase| kernel(rate, (phase * step % phases) as f64 / phases as f64))
            .collect();
        let reach = reach(rate);
        Self {
            step,
            phases,
            kernels,
            input: vec![0; reach],
            phase: 0,
            at: 0,
        }
    }

    pub(super) fn push(&mut self, samples: &[i16]) -> Vec<i16> {
        if self.step == self.phases {
            return samples.to_vec();
        }
        self.input.extend_from_slice(samples);
        let mut output = Vec::with_capacity(samples.len() * self.phases / self.step + 1);
        while let Some(sample) = self.next() {
            output.push(sample);
        }
        let done = self.at.min(self.input.len());
        self.input.drain(..done);
        self.at -= done;
        output
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "the cast saturates where the filter overshoots"
    )]
    fn next(&mut self) -> Option<i16> {
        let kernel = self.kernels.get(self.phase)?;
        let window = self.input.get(self.at..self.at + kernel.len())?;
        let sum: f32 = window
            .iter()
            .zip(kernel)
            .map(|(sample, weight)| f32::from(*sample) * weight)
            .sum();
        let before = self.phase * self.step / self.phases;
        self.phase += 1;
        self.at += self.phase * self.step / self.phases - before;
        if self.phase == self.phases {
            self.phase = 0;
        }
        Some(sum.round() as i16)
    }
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Input samples that the sinc reaches on each side.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "some 54 at most"
)]
fn reach(rate: u32) -> usize {
    (CROSSINGS * f64::from(rate) / (2.0 * EDGE_HZ)).ceil() as usize
}

/// The weights of the input around a point `offset` of a sample after the middle one.
fn kernel(rate: u32, offset: f64) -> Vec<f32> {
    let reach = reach(rate);
    let cutoff = 2.0 * EDGE_HZ / f64::from(rate);
    let weights: Vec<f64> = (0..=2 * reach)
        .map(|i| {
            let distance = i as f64 - reach as f64 - offset;
            let window = 0.5 + 0.5 * (PI * distance / (reach as f64 + 1.0)).cos();
            sinc(cutoff * distance) * window
        })
        .collect();
    let sum: f64 = weights.iter().sum();
    #[expect(clippy::cast_possible_truncation, reason = "weights need no more")]
    weights.iter().map(|weight| (weight / sum) as f32).collect()
}

fn sinc(x: f64) -> f64 {
    if x.abs() < 1e-9 {
        1.0
    } else {
        (PI * x).sin() / (PI * x)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rehearsal::voice::{Listener, speak};
    use rstest::rstest;

    /// The voice at another rate, by linear interpolation between samples filled up by a sinc.
    fn at_rate(sound: &[i16], rate: u32) -> Vec<i16> {
        let length = sound.len() * rate as usize / 8_000;
        (0..length)
            .map(|n| {
                let point = n as f64 * 8_000.0 / f64::from(rate);
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "positive"
                )]
                let middle = point as usize;
                let near = middle.saturating_sub(16)..(middle + 17).min(sound.len());
                let sum: f64 = near
                    .map(|i| {
                        f64::from(sound[i])
                            * sinc(point - i as f64)
                            * (0.5 + 0.5 * (PI * (point - i as f64) / 18.0).cos())
                    })
                    .sum();
                #[expect(clippy::cast_possible_truncation, reason = "saturates")]
                let sample = sum as i16;
                sample
            })
            .collect()
    }

    #[rstest]
    fn every_rate_keeps_the_voice(
        #[values(8_000, 16_000, 22_050, 24_000, 44_100, 48_000)] rate: u32,
    ) {
        let sound = at_rate(&speak("добрый день, 25!"), rate);
        let (mut down, mut listener) = (Downsampler::new(rate), Listener::new());
        let mut count = 0;
        for chunk in sound.chunks(333) {
            let samples = down.push(chunk);
            count += samples.len();
            listener.push(&samples);
        }
        listener.push(&[0; 1_000]);
        assert_eq!(listener.text(), "добрый день, 25!");
        let expected = sound.len() * 8_000 / rate as usize;
        assert!(count.abs_diff(expected) < 60, "{count} {expected}");
    }
}
