//! Tones of several countries, and what is none.

use rstest::rstest;

use super::*;
use crate::audio::G711;

/// Parts of so many milliseconds, each of some frequencies, after A-law, over some noise.
fn line(parts: &[(&[f32], u32)], noise: i16) -> Vec<Frame> {
    let (mut state, mut samples, mut at) = (1_u32, Vec::new(), 0.0_f32);
    for (hertz, ms) in parts {
        for _ in 0..ms * 8 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let hiss = (state >> 16) as f32 / 32_768.0 - 1.0;
            let tone: f32 = hertz.iter().map(|hz| (TAU * hz * at / 8_000.0).sin()).sum();
            #[expect(clippy::cast_possible_truncation, reason = "stays in range")]
            let sample = (5_000.0 * tone + f32::from(noise) * hiss) as i16;
            samples.push(sample);
            at += 1.0;
        }
    }
    let chunks = samples.chunks_exact(FRAME_SAMPLES);
    chunks
        .map(|chunk| {
            let linear = Frame(std::array::from_fn(|n| chunk[n]));
            G711::Alaw.decode(&G711::Alaw.encode(&linear))
        })
        .collect()
}

/// A cadence, six times.
fn cadence(hertz: &[f32], lengths: &[u32], noise: i16) -> Vec<Frame> {
    let mut parts: Vec<(&[f32], u32)> = vec![(&[], 130)];
    for _ in 0..6 {
        for (at, ms) in lengths.iter().enumerate() {
            parts.push((if at % 2 == 0 { hertz } else { &[] }, *ms));
        }
    }
    line(&parts, noise)
}

/// What is told, and after how many milliseconds.
fn told(frames: &[Frame]) -> Vec<(NetworkTone, u32)> {
    let mut detector = NetworkToneDetector::default();
    let mut at = 0;
    let told = frames.iter().filter_map(|frame| {
        at += FRAME_MS;
        detector.push(frame).map(|tone| (tone, at))
    });
    told.collect()
}

#[rstest]
#[case::russia(&[425.0], 350, NetworkTone::Busy)]
#[case::germany(&[425.0], 480, NetworkTone::Busy)]
#[case::poland(&[425.0], 500, NetworkTone::Busy)]
#[case::britain(&[400.0], 375, NetworkTone::Busy)]
#[case::china(&[450.0], 350, NetworkTone::Busy)]
#[case::off_by_a_little(&[433.0], 330, NetworkTone::Busy)]
#[case::russian_congestion(&[425.0], 175, NetworkTone::Congestion)]
#[case::german_congestion(&[425.0], 240, NetworkTone::Congestion)]
#[case::finnish_congestion(&[425.0], 250, NetworkTone::Congestion)]
fn a_tone_is_told_once_after_three_periods(
    #[case] hertz: &[f32],
    #[case] ms: u32,
    #[case] tone: NetworkTone,
    #[values(0, 300)] noise: i16,
) {
    let told = told(&cadence(hertz, &[ms, ms], noise));
    let [(found, at)] = told[..] else {
        panic!("{told:?}");
    };
    assert_eq!(found, tone);
    let after = 130 + 6 * ms;
    assert!((after..after + 80).contains(&at), "{at} ms, not {after}");
}

#[rstest]
#[case::russia(&[425.0], &[1_000, 4_000])]
#[case::earlier_russia(&[425.0], &[800, 3_200])]
#[case::japan(&[400.0], &[1_000, 2_000])]
#[case::britain(&[400.0, 450.0], &[400, 200, 400, 2_000])]
#[case::one_tone_of_the_same(&[425.0], &[400, 200, 400, 2_000])]
#[case::america(&[440.0, 480.0], &[2_000, 4_000])]
#[case::america_beside(&[440.0], &[2_000, 4_000])]
#[case::second_call(&[425.0], &[500, 4_000])]
#[case::steady(&[425.0], &[3_000])]
#[case::one_and_one(&[425.0], &[1_000, 1_000])]
#[case::uneven(&[425.0], &[350, 200])]
#[case::other_tones(&[950.0], &[350, 350])]
#[case::beside_the_band(&[375.0], &[350, 350])]
#[case::above_the_band(&[480.0], &[350, 350])]
fn a_ring_back_and_other_tones_say_nothing(#[case] hertz: &[f32], #[case] lengths: &[u32]) {
    assert_eq!(told(&cadence(hertz, lengths, 0)), []);
}

#[test]
fn a_count_needs_periods_in_a_row() {
    let tone: (&[f32], u32) = (&[425.0], 350);
    let off: (&[f32], u32) = (&[], 350);
    let long: (&[f32], u32) = (&[], 1_500);
    let chord: (&[f32], u32) = (&[300.0, 730.0, 1_210.0], 350);
    let period = [tone, off];
    let twice = |between| [&period[..], &period, &[tone, between], &period, &period].concat();
    assert_eq!(told(&line(&twice(long), 0)), []);
    assert_eq!(told(&line(&twice(chord), 0)), []);
    assert_eq!(told(&line(&twice(off), 0)).len(), 1);
}

#[test]
fn frames_that_did_not_come_are_no_rhythm() {
    let mut frames = cadence(&[425.0], &[1_000, 4_000], 0);
    for (at, frame) in frames.iter_mut().enumerate() {
        if at % 7 > 3 {
            *frame = Frame::SILENCE;
        }
    }
    assert_eq!(told(&frames), []);
}

#[test]
fn melodies_and_voices_are_no_tone_of_the_network() {
    let notes = [392.0, 440.0, 415.3, 466.2, 523.3, 349.2];
    let song: Vec<(&[f32], u32)> = (0..60)
        .map(|at| {
            let note = &notes[at * 7 % 6..=at * 7 % 6];
            (if at % 2 == 0 { note } else { &[] }, 350)
        })
        .collect();
    assert_eq!(told(&line(&song, 0)), []);
    // A voice at 212 Hz whose second harmonic stands in the band, syllable by syllable.
    let voice = cadence(&[212.0, 424.0, 636.0], &[350, 350], 0);
    assert_eq!(told(&voice), []);
}

#[test]
fn whether_the_tone_is_on_is_known() {
    let mut detector = NetworkToneDetector::default();
    let on: Vec<bool> = line(&[(&[], 60), (&[425.0], 60), (&[], 60)], 0)
        .iter()
        .map(|frame| {
            detector.push(frame);
            detector.is_on()
        })
        .collect();
    let expected = [false, false, false, true, true, true, false, false, false];
    assert_eq!(on, expected);
}
