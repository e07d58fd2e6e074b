//! Single tones that mean something after an answer: the beep of a voicemail, the call of a fax.

use super::tone::single_tone_hz;
use super::{FRAME_MS, Frame};

/// A beep lasts at least so long.
const BEEP_MS: u32 = 100;
/// Below are the tones of the network (ring-back and busy, 425 Hz), above is nothing.
const BEEP_HZ: std::ops::RangeInclusive<u32> = 550..=2_600;
/// What a fax says when it calls (CNG) and when it answers (CED), ITU-T T.30; bins of 50 Hz.
const FAX_HZ: [u32; 2] = [1_100, 2_100];
/// A fax holds its tone for so long at least; no beep does.
const FAX_MS: u32 = 1_400;

/// What was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// A beep has just ended.
    BeepEnded,
    /// A fax is there.
    Fax,
}

/// Hears single tones in one direction of one call.
#[derive(Debug, Clone, Default)]
pub struct SignalDetector {
    hz: u32,
    ms: u32,
    fax_told: bool,
}

impl SignalDetector {
    /// Takes the next 20 ms.
    pub fn push(&mut self, frame: &Frame) -> Option<Signal> {
        let hz = single_tone_hz(frame).unwrap_or(0);
        if hz != 0 && hz.abs_diff(self.hz) <= 50 {
            self.ms += FRAME_MS;
            let fax = FAX_HZ.iter().any(|fax| self.hz.abs_diff(*fax) <= 50);
            let found = fax && self.ms >= FAX_MS && !self.fax_told;
            self.fax_told |= found;
            return found.then_some(Signal::Fax);
        }
        let ended = self.ms >= BEEP_MS && BEEP_HZ.contains(&self.hz) && !self.fax_told;
        (self.hz, self.ms, self.fax_told) = (hz, if hz == 0 { 0 } else { FRAME_MS }, false);
        ended.then_some(Signal::BeepEnded)
    }
}

#[cfg(test)]
mod tests {
    use std::f32::consts::TAU;

    use super::*;
    use crate::audio::G711;

    fn heard(parts: &[(f32, usize)]) -> Vec<Signal> {
        let mut detector = SignalDetector::default();
        let mut signals = Vec::new();
        for (hz, frames) in parts {
            for at in 0..*frames {
                let linear = Frame(std::array::from_fn(|n| {
                    let t = (at * 160 + n) as f32 / 8_000.0;
                    #[expect(clippy::cast_possible_truncation, reason = "stays in range")]
                    let sample = (6_000.0 * (TAU * hz * t).sin()) as i16;
                    sample
                }));
                let frame = G711::Alaw.decode(&G711::Alaw.encode(&linear));
                signals.extend(detector.push(&frame));
            }
        }
        signals
    }

    #[test]
    fn a_beep_is_told_when_it_has_ended() {
        for hz in [600.0, 1_000.0, 1_400.0, 2_000.0] {
            assert_eq!(heard(&[(0.0, 5), (hz, 10)]), [], "{hz}");
            assert_eq!(heard(&[(hz, 10), (0.0, 2)]), [Signal::BeepEnded], "{hz}");
        }
    }

    #[test]
    fn clicks_and_the_tones_of_the_network_are_no_beeps() {
        assert_eq!(heard(&[(1_000.0, 3), (0.0, 5)]), []);
        assert_eq!(heard(&[(425.0, 50), (0.0, 5)]), []);
        assert_eq!(heard(&[(0.0, 50)]), []);
    }

    #[test]
    fn a_fax_is_known_by_its_long_tone_and_is_no_beep() {
        assert_eq!(heard(&[(2_100.0, 150), (0.0, 5)]), [Signal::Fax]);
        assert_eq!(heard(&[(2_100.0, 20), (0.0, 5)]), [Signal::BeepEnded]);
    }
}
