//! The sound of one letter, and how well a piece of sound fits it.
//!
//! A letter is 60 ms of a falling pitch (128 to 122 Hz) with fixed phases. Fitting is coherent:
//! the share of the sound's whole energy that the letter explains. Noise at 25 dB leaves 0.99 of
//! it; a second voice, a wrong law or a break inside the letter leave less than [`CLEAR`].

use std::f32::consts::TAU;
use std::sync::LazyLock;

use super::alphabet::{FIRST, Formants, SECOND};

/// Samples of one letter, and of the pause between words: 60 ms at 8 kHz.
pub const SYMBOL_SAMPLES: usize = 480;
/// Mean length of one pitch period in samples.
pub(super) const PERIOD: usize = 64;
/// The least share of energy that a letter must explain to be heard.
pub(super) const CLEAR: f32 = 0.93;

const RATE: f32 = 8_000.0;
const PITCH_START: f32 = 128.0;
const PITCH_END: f32 = 122.0;
const HARMONICS: usize = 23;
/// Samples of the swell and of the fade of a letter.
const EDGE: usize = 56;
const EDGE_LEVEL: f32 = 0.15;
/// Steps of the phase circle: quarters of a sample at the pitch.
const STEPS: usize = PERIOD * 4;
/// Formant peak with its neighbours; the second formant is weaker, as in a voice.
const FIRST_SKIRT: [f32; 3] = [0.45, 1.0, 0.45];
const SECOND_SKIRT: [f32; 3] = [0.35, 0.8, 0.35];

/// How a piece of sound fits the best letter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fit {
    pub(super) formants: Formants,
    /// Share of the energy explained, 0 to 1.
    pub(super) quality: f32,
    /// Where the letter really starts, in samples from the start of the piece.
    pub(super) shift: f32,
}

/// One harmonic of the pitch in both phases, under the envelope of a letter.
struct Harmonic {
    cosine: Vec<f32>,
    sine: Vec<f32>,
}

struct Tables {
    harmonics: Vec<Harmonic>,
    circle: Vec<(f32, f32)>,
    /// Energy of one harmonic at amplitude 1.
    unit_energy: f32,
    /// Energies of all letters; the harmonics glide, so they are not quite orthogonal.
    energies: Vec<f32>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(Tables::new);

impl Tables {
    fn new() -> Self {
        let harmonics: Vec<_> = (1..=HARMONICS).map(Harmonic::new).collect();
        let circle = (0..STEPS)
            .map(|step| (TAU * step as f32 / STEPS as f32).sin_cos())
            .map(|(sine, cosine)| (cosine, sine))
            .collect();
        let unit_energy = (0..SYMBOL_SAMPLES).map(|n| envelope(n).powi(2) / 2.0).sum();
        let energies = FIRST
            .flat_map(|first| SECOND.map(move |second| Formants { first, second }))
            .map(|formants| energy(&mix(&harmonics, formants)))
            .collect();
        Self {
            harmonics,
            circle,
            unit_energy,
            energies,
        }
    }

    fn energy_of(&self, formants: Formants) -> f32 {
        let row = formants.first.saturating_sub(*FIRST.start()) * SECOND.count();
        let place = row + formants.second.saturating_sub(*SECOND.start());
        self.energies.get(place).copied().unwrap_or(f32::MAX)
    }
}

impl Harmonic {
    fn new(number: usize) -> Self {
        let number = number as f32;
        // Phases that grow with the square spread the pulse, keep the peaks low and have no
        // mirror image: played backwards nothing fits.
        let lag = 0.11 * number * number;
        let (cosine, sine) = (0..SYMBOL_SAMPLES)
            .map(|n| {
                let (sine, cosine) = (number * pitch_phase(n as f32) - lag).sin_cos();
                (envelope(n) * cosine, envelope(n) * sine)
            })
            .unzip();
        Self { cosine, sine }
    }
}

fn pitch_phase(n: f32) -> f32 {
    let glide = (PITCH_END - PITCH_START) / (SYMBOL_SAMPLES as f32);
    TAU * (PITCH_START * n + glide * n * n / 2.0) / RATE
}

fn envelope(n: usize) -> f32 {
    let from_edge = n.min(SYMBOL_SAMPLES - 1 - n);
    let part = from_edge.min(EDGE) as f32 / EDGE as f32;
    EDGE_LEVEL + (1.0 - EDGE_LEVEL) * (0.5 - 0.5 * (part * TAU / 2.0).cos())
}

/// What every letter has of a harmonic: the voice under its formants.
fn floor(harmonic: usize) -> f32 {
    match harmonic {
        1 => 0.30,
        2 => 0.25,
        _ => 0.08,
    }
}

fn skirt(skirt: [f32; 3], peak: usize, harmonic: usize) -> f32 {
    skirt
        .get((harmonic + 1).wrapping_sub(peak))
        .copied()
        .unwrap_or(0.0)
}

fn amplitude(formants: Formants, harmonic: usize) -> f32 {
    floor(harmonic)
        + skirt(FIRST_SKIRT, formants.first, harmonic)
        + skirt(SECOND_SKIRT, formants.second, harmonic)
}

fn mix(harmonics: &[Harmonic], formants: Formants) -> Vec<f32> {
    let mut wave = vec![0.0; SYMBOL_SAMPLES];
    for (number, harmonic) in (1..).zip(harmonics) {
        let amplitude = amplitude(formants, number);
        for (sample, cosine) in wave.iter_mut().zip(&harmonic.cosine) {
            *sample += amplitude * cosine;
        }
    }
    wave
}

/// The waveform of a letter with a mean square of 1.
pub(super) fn waveform(formants: Formants) -> Vec<f32> {
    let mut wave = mix(&TABLES.harmonics, formants);
    let scale = (SYMBOL_SAMPLES as f32 / TABLES.energy_of(formants)).sqrt();
    for sample in &mut wave {
        *sample *= scale;
    }
    wave
}

pub(super) fn energy(sound: &[f32]) -> f32 {
    dot(sound, sound)
}

/// Where a letter may start around the start of the piece of sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    /// Anywhere within half a pitch period.
    Near,
    /// Within four samples: the letter is due here.
    Here,
}

/// Fits one letter's length of sound; `None` for silence and what is far from any letter.
pub(super) fn fit(sound: &[f32], start: Start) -> Option<Fit> {
    let whole = energy(sound);
    if whole <= f32::EPSILON {
        return None;
    }
    let spectrum: Vec<(f32, f32)> = TABLES
        .harmonics
        .iter()
        .map(|harmonic| (dot(sound, &harmonic.cosine), dot(sound, &harmonic.sine)))
        .collect();
    let voiced: f32 = spectrum.iter().map(|(re, im)| re * re + im * im).sum();
    // No letter can explain more than all harmonics together do.
    if voiced < CLEAR / 2.0 * whole * TABLES.unit_energy {
        return None;
    }
    let half = STEPS / 2;
    let reach = match start {
        Start::Near => half,
        Start::Here => 16,
    };
    let coarse = best_step(&spectrum, (STEPS - reach..STEPS + reach).step_by(4))?;
    let fine = best_step(&spectrum, coarse + STEPS - 3..=coarse + STEPS + 3)?;
    let (formants, match_) = aligned(&spectrum, fine);
    let quality = match_.max(0.0).powi(2) / (whole * TABLES.energy_of(formants));
    let shift = ((fine + half) % STEPS) as f32 - half as f32;
    Some(Fit {
        formants,
        quality,
        shift: shift / 4.0,
    })
}

fn best_step(spectrum: &[(f32, f32)], steps: impl Iterator<Item = usize>) -> Option<usize> {
    steps
        .map(|step| (step, aligned(spectrum, step).1))
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(step, _)| step)
}

/// The best letter if the sound starts `step` quarters of a sample late, and its correlation.
fn aligned(spectrum: &[(f32, f32)], step: usize) -> (Formants, f32) {
    let mut parts = [0.0_f32; HARMONICS + 2];
    let mut common = 0.0;
    for (number, ((real, imaginary), part)) in
        (1..).zip(spectrum.iter().zip(parts.iter_mut().skip(1)))
    {
        let (cosine, sine) = TABLES
            .circle
            .get(number * step % STEPS)
            .copied()
            .unwrap_or((1.0, 0.0));
        // The spectrum is cosine minus i sine; turning it by the delay leaves the real part.
        *part = real * cosine + imaginary * sine;
        common += floor(number) * *part;
    }
    let (first, first_match) = peak(&parts, FIRST, FIRST_SKIRT);
    let (second, second_match) = peak(&parts, SECOND, SECOND_SKIRT);
    let formants = Formants { first, second };
    (formants, common + first_match + second_match)
}

fn peak(parts: &[f32], range: std::ops::RangeInclusive<usize>, skirt: [f32; 3]) -> (usize, f32) {
    let start = *range.start();
    parts
        .windows(3)
        .enumerate()
        .skip(start - 1)
        .take(range.count())
        .map(|(before, parts)| {
            let sum = parts
                .iter()
                .zip(skirt)
                .map(|(part, weight)| part * weight)
                .sum();
            (before + 1, sum)
        })
        .fold(
            (start, f32::MIN),
            |best, next| if next.1 > best.1 { next } else { best },
        )
}

/// Eight sums side by side, so that the compiler may use wide registers; written out, since a
/// loop over eight is what makes a debug build crawl.
fn dot(left: &[f32], right: &[f32]) -> f32 {
    let (left, _) = left.as_chunks::<8>();
    let (right, _) = right.as_chunks::<8>();
    let (mut s0, mut s1, mut s2, mut s3) = (0.0_f32, 0.0_f32, 0.0_f32, 0.0_f32);
    let (mut s4, mut s5, mut s6, mut s7) = (0.0_f32, 0.0_f32, 0.0_f32, 0.0_f32);
    for ([a0, a1, a2, a3, a4, a5, a6, a7], [b0, b1, b2, b3, b4, b5, b6, b7]) in
        left.iter().zip(right)
    {
        s0 += a0 * b0;
        s1 += a1 * b1;
        s2 += a2 * b2;
        s3 += a3 * b3;
        s4 += a4 * b4;
        s5 += a5 * b5;
        s6 += a6 * b6;
        s7 += a7 * b7;
    }
    (s0 + s1) + (s2 + s3) + (s4 + s5) + (s6 + s7)
}

#[cfg(test)]
mod tests {
    use super::super::alphabet;
    use super::*;
    use crate::audio::G711;

    #[test]
    fn a_letter_fits_itself_almost_wholly() {
        for letter in "аеёщz09?+".chars() {
            let formants = alphabet::formants(letter).unwrap();
            let fit = fit(&waveform(formants), Start::Near).unwrap();
            assert_eq!(fit.formants, formants);
            assert!(fit.quality > 0.999, "{letter} {}", fit.quality);
            assert!(fit.shift.abs() < 0.5, "{letter} {}", fit.shift);
        }
    }

    #[test]
    fn the_shift_says_where_the_letter_starts() {
        let formants = alphabet::formants('к').unwrap();
        let mut sound = vec![0.0; 11];
        sound.extend(waveform(formants));
        let fit = fit(&sound[..SYMBOL_SAMPLES], Start::Near).unwrap();
        assert!((fit.shift - 11.0).abs() <= 1.0, "{}", fit.shift);
    }

    /// The best fit of a letter that was said at `gain` and went through two laws.
    fn fit_through(letter: char, gain: f32, [encode, decode]: [G711; 2]) -> f32 {
        let sound = waveform(alphabet::formants(letter).unwrap());
        #[expect(clippy::cast_possible_truncation, reason = "saturates")]
        let bytes = sound.iter().map(|s| encode.compress((s * gain) as i16));
        let heard: Vec<f32> = bytes.map(|byte| f32::from(decode.expand(byte))).collect();
        fit(&heard, Start::Near).map_or(0.0, |fit| fit.quality)
    }

    #[test]
    fn the_threshold_is_far_from_right_and_wrong_laws() {
        let laws = [G711::Alaw, G711::Ulaw];
        for letter in "абвгдеёжзийклмнопрстуфхцчшщьыэюяqwz0159.,?!".chars()
        {
            for gain in [1_400.0, 2_800.0, 3_900.0, 7_800.0] {
                for law in laws {
                    let right = fit_through(letter, gain, [law, law]);
                    assert!(right > 0.99, "{letter} {gain} {right}");
                }
                for wrong in [laws, [G711::Ulaw, G711::Alaw]] {
                    let wrong = fit_through(letter, gain, wrong);
                    assert!(wrong < CLEAR - 0.04, "{letter} {gain} {wrong}");
                }
            }
        }
    }
}
