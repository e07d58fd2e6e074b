//! Music on the line: a sound that is no speech, and whose power lies in a few lines.
//!
//! The voice detector knows what is no speech; noise is spread over the spectrum, and the tones of
//! the network are one line. What is left, and stays, is music.

use super::level::level_dbfs;
use super::tone::line_shares;
use super::{FRAME_MS, Frame, VoiceDetector};

/// Four lines of music hold so much of its power.
const FEW_LINES: f32 = 0.75;
/// A single line is a tone.
const ONE_LINE: f32 = 0.985;
/// Nothing softer is told, in dBFS.
const QUIETEST_DBFS: f32 = -42.0;
/// So much of it is music.
const MELODIC_MS: u32 = 1_500;
/// Speech that was not taken back by then is speech.
const SPEECH_MS: u32 = 400;

/// Hears music in one direction of one call.
#[derive(Debug, Clone, Default)]
pub struct MelodyDetector {
    melodic_ms: u32,
    /// The same of a sound of which it is not known yet whether it is speech.
    trial_ms: u32,
    speech_ms: u32,
    told: bool,
}

impl MelodyDetector {
    /// Takes the next 20 ms and what the voice detector makes of them; whether music is told now,
    /// once.
    pub fn push(&mut self, frame: &Frame, voice: &VoiceDetector) -> bool {
        if self.told {
            return false;
        }
        let melodic = || if is_melodic(frame) { FRAME_MS } else { 0 };
        if voice.is_speaking() {
            self.speech_ms += FRAME_MS;
            if self.speech_ms > SPEECH_MS {
                self.melodic_ms = 0;
            } else {
                self.trial_ms += melodic();
            }
        } else {
            self.speech_ms = 0;
            let trial_ms = std::mem::take(&mut self.trial_ms);
            if voice.is_dismissed() {
                self.melodic_ms += trial_ms + melodic();
            } else {
                self.melodic_ms = self.melodic_ms.saturating_sub(FRAME_MS / 4);
            }
        }
        self.told = self.melodic_ms >= MELODIC_MS;
        self.told
    }
}

fn is_melodic(frame: &Frame) -> bool {
    if level_dbfs(frame) < QUIETEST_DBFS {
        return false;
    }
    let (one, few) = line_shares(frame);
    one <= ONE_LINE && few >= FEW_LINES
}

#[cfg(test)]
mod tests {
    use std::f32::consts::TAU;

    use super::*;
    use crate::audio::G711;

    /// When music is told, in milliseconds.
    fn told(frames: impl Iterator<Item = Frame>) -> Option<u32> {
        let (mut voice, mut melody) = (VoiceDetector::default(), MelodyDetector::default());
        let mut found = None;
        for (at, frame) in frames.enumerate() {
            voice.push(&frame);
            if melody.push(&frame, &voice) {
                assert_eq!(found, None, "told once");
                found = Some((u32::try_from(at).unwrap() + 1) * FRAME_MS);
            }
        }
        found
    }

    /// What A-law leaves of a sound.
    fn sound(of: impl Fn(f32) -> f32) -> impl Iterator<Item = Frame> {
        (0..400).map(move |at| {
            let linear = Frame(std::array::from_fn(|n| {
                #[expect(clippy::cast_possible_truncation, reason = "stays in range")]
                let sample = of((at * 160 + n) as f32 / 8_000.0) as i16;
                sample
            }));
            G711::Alaw.decode(&G711::Alaw.encode(&linear))
        })
    }

    #[test]
    fn chords_are_music_within_two_seconds() {
        let at = told(sound(|t| {
            let root = if t % 4.0 < 2.0 { 196.0 } else { 247.0 };
            let voice = |hz: f32| {
                let wave = |k: f32| (TAU * hz * k * t).sin() / k;
                wave(1.0) + 0.6 * wave(2.0) + 0.4 * wave(3.0) + 0.2 * wave(4.0)
            };
            1_100.0 * (voice(root) + voice(root * 1.26) + voice(root * 1.5))
        }));
        assert!(at.is_some_and(|ms| ms <= 2_000), "{at:?}");
    }

    #[test]
    fn noise_and_tones_are_no_music() {
        let mut state = 1_u32;
        let noise = (0..400).map(|at| {
            let loud = if at % 50 < 25 { 1 } else { 20 };
            Frame(std::array::from_fn(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (i16::try_from(state >> 20).unwrap() - 2_048) / loud
            }))
        });
        assert_eq!(told(noise), None);
        assert_eq!(told(sound(|t| 5_000.0 * (TAU * 425.0 * t).sin())), None);
    }
}
