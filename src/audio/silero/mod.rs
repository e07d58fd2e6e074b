//! The Silero network: how likely 32 ms of telephone audio are speech.
//!
//! A short-time spectrum, four convolutions, an LSTM cell and a logistic unit: small enough to be
//! computed here, without a runtime of 30 MB. Never fires on tones, keys and music, where every
//! detector by energy does. Weights and licence stand beside this file.

mod weights;

use std::array;

use weights::{BINS, HIDDEN, WEIGHTS, Weights};

/// Samples of a window, 32 ms at 8 kHz.
pub(super) const WINDOW: usize = 256;
/// Samples of the window before that the network also sees.
const CONTEXT: usize = 32;
/// The end is mirrored by so many samples.
const MIRROR: usize = 32;
/// Length and step of the spectrum.
const SPECTRUM: usize = 128;
const STEP: usize = 64;
/// Spectra of a window.
const SPECTRA: usize = 4;

/// The network with its memory: one for one direction of one call.
#[derive(Debug, Clone)]
pub(super) struct Silero {
    weights: &'static Weights,
    context: [f32; CONTEXT],
    hidden: [f32; HIDDEN],
    cell: [f32; HIDDEN],
}

impl Default for Silero {
    fn default() -> Self {
        Self {
            weights: &WEIGHTS,
            context: [0.0; CONTEXT],
            hidden: [0.0; HIDDEN],
            cell: [0.0; HIDDEN],
        }
    }
}

impl Silero {
    /// Forgets what was heard.
    pub(super) fn reset(&mut self) {
        *self = Self::default();
    }

    /// How likely the next window is speech, 0..=1.
    pub(super) fn push(&mut self, window: &[i16; WINDOW]) -> f32 {
        let weights = self.weights;
        let spectra = self.spectra(window);
        let first = convolve::<BINS, 128, SPECTRA>(&spectra, &weights.conv1, &weights.bias1);
        let second = convolve_by_two::<128, 64>(&first, &weights.conv2, &weights.bias2);
        let third = convolve_to_one::<64, 64>(&second, &weights.conv3, &weights.bias3);
        let fourth = convolve_single::<64, HIDDEN>(&third, &weights.conv4, &weights.bias4);
        self.remember(&fourth);
        let mut sum = weights.last_bias;
        for (hidden, weight) in self.hidden.iter().zip(&weights.last) {
            sum += hidden.max(0.0) * weight;
        }
        sigmoid(sum)
    }

    /// Magnitudes of the spectra of context, window and mirrored end.
    fn spectra(&mut self, window: &[i16; WINDOW]) -> [[f32; BINS]; SPECTRA] {
        let mut samples = [0.0_f32; CONTEXT + WINDOW + MIRROR];
        let heard = CONTEXT + WINDOW;
        for (to, from) in samples.iter_mut().zip(self.context) {
            *to = from;
        }
        for (to, from) in samples.iter_mut().skip(CONTEXT).zip(window) {
            *to = f32::from(*from) / 32_768.0;
        }
        let (body, mirror) = samples.split_at_mut(heard);
        for (to, from) in mirror.iter_mut().zip(body.iter().rev().skip(1)) {
            *to = *from;
        }
        for (to, from) in self.context.iter_mut().zip(body.iter().skip(WINDOW)) {
            *to = *from;
        }
        array::from_fn(|i| {
            let part = samples.iter().skip(i * STEP).take(SPECTRUM);
            let mut sums = [0.0_f32; 2 * BINS];
            for (sample, row) in part.zip(&self.weights.spectrum) {
                add(&mut sums, *sample, row);
            }
            let (real, imaginary) = sums.split_at(BINS);
            let mut magnitudes = [0.0; BINS];
            for ((to, a), b) in magnitudes.iter_mut().zip(real).zip(imaginary) {
                *to = (a * a + b * b).sqrt();
            }
            magnitudes
        })
    }

    /// The LSTM cell (gates in the order input, forget, candidate, output).
    fn remember(&mut self, input: &[f32; HIDDEN]) {
        let mut gates = self.weights.gate_bias;
        for (value, row) in input.iter().zip(&self.weights.from_input) {
            add(&mut gates, *value, row);
        }
        for (value, row) in self.hidden.iter().zip(&self.weights.from_hidden) {
            add(&mut gates, *value, row);
        }
        let (input, rest) = gates.split_at(HIDDEN);
        let (forget, rest) = rest.split_at(HIDDEN);
        let (candidate, output) = rest.split_at(HIDDEN);
        let gated = input.iter().zip(forget).zip(candidate).zip(output);
        for ((cell, hidden), (((i, f), c), o)) in
            self.cell.iter_mut().zip(&mut self.hidden).zip(gated)
        {
            *cell = sigmoid(*f) * *cell + sigmoid(*i) * c.tanh();
            *hidden = sigmoid(*o) * cell.tanh();
        }
    }
}

fn sigmoid(value: f32) -> f32 {
    1.0 / (1.0 + (-value).exp())
}

/// `sums += value * row`; written so that it becomes vector instructions.
fn add<const N: usize>(sums: &mut [f32; N], value: f32, row: &[f32; N]) {
    for (sum, weight) in sums.iter_mut().zip(row) {
        *sum += value * weight;
    }
}

/// One output of a convolution of width three; a neighbour beyond the edge is silence.
fn at<const IN: usize, const OUT: usize>(
    neighbours: [Option<&[f32; IN]>; 3],
    kernel: &[Vec<[f32; OUT]>; 3],
    bias: &[f32; OUT],
) -> [f32; OUT] {
    let mut sums = *bias;
    for (frame, tap) in neighbours.into_iter().zip(kernel) {
        for (value, row) in frame.into_iter().flatten().zip(tap) {
            add(&mut sums, *value, row);
        }
    }
    sums.map(|sum| sum.max(0.0))
}

fn convolve<const IN: usize, const OUT: usize, const N: usize>(
    frames: &[[f32; IN]; N],
    kernel: &[Vec<[f32; OUT]>; 3],
    bias: &[f32; OUT],
) -> [[f32; OUT]; N] {
    array::from_fn(|i| {
        let before = i.checked_sub(1).and_then(|before| frames.get(before));
        at([before, frames.get(i), frames.get(i + 1)], kernel, bias)
    })
}

/// Four frames to two.
fn convolve_by_two<const IN: usize, const OUT: usize>(
    frames: &[[f32; IN]; 4],
    kernel: &[Vec<[f32; OUT]>; 3],
    bias: &[f32; OUT],
) -> [[f32; OUT]; 2] {
    let [a, b, c, d] = frames;
    [
        at([None, Some(a), Some(b)], kernel, bias),
        at([Some(b), Some(c), Some(d)], kernel, bias),
    ]
}

/// Two frames to one.
fn convolve_to_one<const IN: usize, const OUT: usize>(
    frames: &[[f32; IN]; 2],
    kernel: &[Vec<[f32; OUT]>; 3],
    bias: &[f32; OUT],
) -> [f32; OUT] {
    let [a, b] = frames;
    at([None, Some(a), Some(b)], kernel, bias)
}

fn convolve_single<const IN: usize, const OUT: usize>(
    frame: &[f32; IN],
    kernel: &[Vec<[f32; OUT]>; 3],
    bias: &[f32; OUT],
) -> [f32; OUT] {
    at([None, Some(frame), None], kernel, bias)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A pitch of 125 Hz under two formants that move every 60 ms, with pauses: speech-like.
    fn voice(i: usize) -> f64 {
        const FIRST: [f64; 5] = [375.0, 500.0, 750.0, 1_000.0, 625.0];
        const SECOND: [f64; 5] = [2_250.0, 1_500.0, 1_750.0, 2_500.0, 2_000.0];
        let sound = i / 480;
        if sound % 12 > 8 {
            return 0.0;
        }
        let (first, second) = (FIRST[sound * 7 % 5], SECOND[sound * 3 % 5]);
        let envelope = (std::f64::consts::PI * ((i % 480) as f64 + 0.5) / 480.0)
            .sin()
            .powf(0.3);
        let wave: f64 = (1..=24_u32)
            .map(|k| {
                let hz = 125.0 * f64::from(k);
                let near = |centre: f64, width: f64| (-((hz - centre) / width).powi(2)).exp();
                let level = near(first, 90.0) + 0.7 * near(second, 120.0) + 0.04;
                let phase = 0.7 * f64::from(k * k);
                level * (std::f64::consts::TAU * hz * i as f64 / 8_000.0 + phase).sin()
            })
            .sum();
        4_000.0 * envelope * wave
    }

    fn likelihoods(signal: impl Fn(usize) -> f64, windows: usize) -> Vec<f32> {
        let mut network = Silero::default();
        (0..windows)
            .map(|n| {
                #[expect(clippy::cast_possible_truncation, reason = "the signals stay in range")]
                network.push(&array::from_fn(|i| signal(n * WINDOW + i).round() as i16))
            })
            .collect()
    }

    /// Likelihoods of the original network (ONNX runtime) for the signal above.
    #[test]
    fn it_computes_what_the_original_computes() {
        let ours = likelihoods(voice, REFERENCE.len());
        for (n, (ours, original)) in ours.iter().zip(REFERENCE).enumerate() {
            assert!(
                (ours - original).abs() < 0.02,
                "window {n}: {ours} for {original}"
            );
        }
    }

    #[test]
    fn tones_and_silence_are_not_speech() {
        let tone = |hz: f64| {
            move |i: usize| 8_000.0 * (i as f64 / 8_000.0 * hz * std::f64::consts::TAU).sin()
        };
        for (name, found) in [
            ("silence", likelihoods(|_| 0.0, 60)),
            ("425 Hz", likelihoods(tone(425.0), 60)),
            ("1000 Hz", likelihoods(tone(1_000.0), 60)),
        ] {
            let speech = found.iter().filter(|p| **p > 0.5).count();
            assert_eq!(speech, 0, "{name}: {found:?}");
        }
    }

    const REFERENCE: [f32; 60] = [
        0.47, 0.263, 0.333, 0.353, 0.251, 0.148, 0.196, 0.154, 0.258, 0.543, 0.614, 0.31, 0.339,
        0.322, 0.252, 0.28, 0.232, 0.043, 0.058, 0.031, 0.059, 0.083, 0.368, 0.295, 0.269, 0.355,
        0.404, 0.43, 0.493, 0.665, 0.574, 0.481, 0.44, 0.418, 0.38, 0.328, 0.477, 0.53, 0.483,
        0.512, 0.451, 0.429, 0.284, 0.176, 0.106, 0.365, 0.252, 0.679, 0.579, 0.581, 0.48, 0.408,
        0.362, 0.306, 0.31, 0.402, 0.401, 0.48, 0.396, 0.332,
    ];
}
