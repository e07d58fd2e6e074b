//! What the ear must hear through a right audio path, and must not hear through a wrong one.

use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::audio::G711;

const SENTENCE: &str = "да, хорошо. перезвоните завтра в 15 часов!";

fn hear(samples: &[i16]) -> String {
    let mut listener = Listener::new();
    listener.push(samples);
    listener.push(&[0; 1_000]);
    listener.text()
}

fn through(encode: G711, decode: G711, samples: &[i16]) -> Vec<i16> {
    samples
        .iter()
        .map(|s| decode.expand(encode.compress(*s)))
        .collect()
}

fn scaled(samples: &[i16], gain: f64) -> Vec<i16> {
    #[expect(clippy::cast_possible_truncation, reason = "saturates")]
    samples
        .iter()
        .map(|s| (f64::from(*s) * gain) as i16)
        .collect()
}

/// Uniform white noise of a given root mean square.
fn noise(length: usize, rms: f64, seed: u64) -> Vec<i16> {
    let mut state = seed;
    (0..length)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let unit = (state >> 33) as f64 / f64::from(1_u32 << 31) * 2.0 - 1.0;
            #[expect(clippy::cast_possible_truncation, reason = "saturates")]
            let sample = (unit * rms * 3.0_f64.sqrt()) as i16;
            sample
        })
        .collect()
}

fn mixed(left: &[i16], right: &[i16]) -> Vec<i16> {
    let length = left.len().max(right.len());
    let at = |sound: &[i16], i: usize| sound.get(i).copied().unwrap_or(0);
    (0..length)
        .map(|i| at(left, i).saturating_add(at(right, i)))
        .collect()
}

fn rms(samples: &[i16]) -> f64 {
    let square: f64 = samples.iter().map(|s| f64::from(*s).powi(2)).sum();
    (square / samples.len() as f64).sqrt()
}

fn text() -> impl Strategy<Value = String> {
    proptest::string::string_regex("[а-яёА-Яa-zA-Z0-9 .,?!-]{1,24}").unwrap()
}

/// Text in which a broken path has something to break.
fn words() -> impl Strategy<Value = String> {
    proptest::string::string_regex("[а-яё]{4,9}( [а-яё]{4,9}){1,2}").unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn text_comes_back_exactly(text in text(), lead in 0_usize..2_000, chunk in 1_usize..700) {
        let mut sound = vec![0; lead];
        sound.extend(speak(&text));
        sound.extend([0; 100]);
        let mut listener = Listener::new();
        for part in sound.chunks(chunk) {
            listener.push(part);
        }
        prop_assert_eq!(listener.text(), audible(&text));
        prop_assert!(usize::try_from(listener.heard_until()).unwrap() + SYMBOL_SAMPLES + 64 >= sound.len());
    }

    #[test]
    fn text_survives_a_telephone_line(
        text in text(),
        law in prop_oneof![Just(G711::Alaw), Just(G711::Ulaw)],
        decibels in -6.0_f64..6.0,
        lead in 0_usize..500,
        seed in any::<u64>(),
    ) {
        let spoken = speak(&text);
        prop_assume!(!spoken.is_empty());
        let loud = scaled(&spoken, 10_f64.powf(decibels / 20.0));
        let mut sound = vec![0; lead];
        sound.extend(&loud);
        sound.extend([0; 500]);
        let hiss = noise(sound.len(), rms(&speak(SENTENCE)) * 10_f64.powf((decibels - 25.0) / 20.0), seed);
        let sound = mixed(&sound, &hiss);
        let twice = through(law, law, &through(G711::Alaw, G711::Alaw, &sound));
        prop_assert_eq!(hear(&twice), audible(&text));
    }

}

proptest! {
    // Search through broken sound is the dear part of hearing.
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn the_wrong_law_is_not_understood(text in words(), decibels in -6.0_f64..6.0) {
        let sound = scaled(&speak(&text), 10_f64.powf(decibels / 20.0));
        for (encode, decode) in [(G711::Alaw, G711::Ulaw), (G711::Ulaw, G711::Alaw)] {
            let heard = hear(&through(encode, decode, &sound));
            prop_assert!(heard.len() * 2 < text.len(), "{encode:?} as {decode:?}: {heard}");
        }
    }

    #[test]
    fn broken_frames_are_not_understood(text in words(), lead in 0_usize..160, nth in 3_usize..9) {
        let mut sound = vec![0; lead];
        sound.extend(speak(&text));
        let frames: Vec<&[i16]> = sound.chunks(160).collect();
        let dropped: Vec<i16> = frames.iter().enumerate()
            .filter(|(i, _)| i % nth != nth - 1).flat_map(|(_, f)| f.iter().copied()).collect();
        let doubled: Vec<i16> = frames.iter().enumerate()
            .flat_map(|(i, f)| f.repeat(if i % nth == nth - 1 { 2 } else { 1 })).collect();
        let swapped: Vec<i16> = frames.chunks(2)
            .flat_map(|pair| pair.iter().rev().flat_map(|f| f.iter().copied())).collect();
        prop_assert_ne!(hear(&dropped), text.clone(), "dropped");
        prop_assert_ne!(hear(&doubled), text.clone(), "doubled");
        prop_assert_ne!(hear(&swapped), text, "swapped");
    }

    #[test]
    fn two_voices_at_once_are_not_understood(one in words(), two in words()) {
        prop_assume!(one != two);
        let heard = hear(&mixed(&speak(&one), &speak(&two)));
        prop_assert_ne!(&heard, &one);
        prop_assert_ne!(&heard, &two);
    }

    #[test]
    fn wrong_speed_and_direction_are_not_understood(text in words()) {
        let sound = speak(&text);
        let fast: Vec<i16> = sound.iter().step_by(2).copied().collect();
        let slow: Vec<i16> = sound.iter().flat_map(|s| [*s, *s]).collect();
        let backwards: Vec<i16> = sound.iter().rev().copied().collect();
        let swapped: Vec<i16> = sound.iter().map(|s| s.swap_bytes()).collect();
        for (name, sound) in [("fast", fast), ("slow", slow), ("backwards", backwards), ("swapped", swapped)] {
            let heard = hear(&sound);
            prop_assert!(heard.is_empty(), "{name}: {heard}");
        }
    }
}

#[test]
fn bytes_of_one_law_sent_as_the_other_format_are_not_understood() {
    let bytes: Vec<u8> = speak(SENTENCE)
        .iter()
        .map(|s| G711::Ulaw.compress(*s))
        .collect();
    let as_pcm: Vec<i16> = bytes
        .chunks_exact(2)
        .map(|b| i16::from_le_bytes([b[0], b[1]]))
        .collect();
    assert_eq!(hear(&as_pcm), "");
}

#[test]
fn a_cut_leaves_the_part_before() {
    let sound = speak("перезвоните завтра");
    assert_eq!(hear(&sound[..SYMBOL_SAMPLES * 6 + 200]), "перезв");
    let tail = hear(&sound[SYMBOL_SAMPLES * 3 + 200..]);
    assert_eq!(
        tail, "воните завтра",
        "the first letter without a beginning is lost"
    );
}

#[test]
fn utterances_in_a_row_are_parted() {
    let mut sound = speak("алло");
    sound.extend(speak("да"));
    sound.extend([0; 4_000]);
    sound.extend(speak("хорошо"));
    let mut listener = Listener::new();
    listener.push(&sound);
    assert_eq!(listener.text(), "алло да хорошо");
    let places: Vec<_> = listener.words().iter().map(|w| (w.start, w.end)).collect();
    assert_eq!(places, [(0, 1_920), (2_400, 3_360), (7_840, 10_720)]);
    assert_eq!(listener.take(), "алло да хорошо");
    assert_eq!(listener.take(), "");
}

#[rstest]
#[case::dial(&[425.0])]
#[case::one(&[697.0, 1209.0])]
#[case::nine(&[852.0, 1477.0])]
#[case::beep(&[1000.0])]
#[case::low(&[125.0])]
fn tones_say_nothing(#[case] tones: &[f64]) {
    #[expect(clippy::cast_possible_truncation, reason = "far from the limits")]
    let sound: Vec<i16> = (0..16_000)
        .map(|n| {
            let angle = std::f64::consts::TAU * f64::from(n) / 8_000.0;
            (tones.iter().map(|f| (f * angle).sin()).sum::<f64>() * 6_000.0) as i16
        })
        .collect();
    assert_eq!(hear(&sound), "");
}

#[test]
fn noise_and_silence_say_nothing() {
    assert_eq!(hear(&noise(40_000, 3_000.0, 7)), "");
    assert_eq!(hear(&vec![8; 40_000]), "");
}

#[test]
fn half_a_sample_late_and_duller_is_still_understood() {
    let sound = speak("перезвоните завтра");
    let late: Vec<i16> = sound
        .windows(2)
        .map(|pair| pair[0].midpoint(pair[1]))
        .collect();
    assert_eq!(hear(&late), "перезвоните завтра");
}

#[test]
fn hearing_a_minute_takes_a_small_part_of_it() {
    let sound: Vec<i16> = speak(SENTENCE).repeat(20);
    let mut listener = Listener::new();
    let started = tokio::time::Instant::now();
    for frame in sound.chunks(160) {
        listener.push(frame);
    }
    let took = started.elapsed().as_secs_f64();
    let share = took / (sound.len() as f64 / 8_000.0);
    println!("real time factor {share:.5}");
    assert!(share < 0.1, "{share} even unoptimised");
}
