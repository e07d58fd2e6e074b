//! Single tones that mean something after an answer: the beep of a voicemail, the call of a fax, what
//! the network plays before it speaks.

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

/// The network's special information tones (ITU-T E.180), one after another.
const INFORMATION_HZ: [u32; 3] = [950, 1_400, 1_800];
/// Each of them lasts 330 ms, give or take.
const INFORMATION_MS: u32 = 200;
/// A tone that is broken off for so long goes on all the same: a fast fax turns its phase.
const BROKEN_MS: u32 = 40;

/// What was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// A beep has just ended that was so long, in milliseconds.
    BeepEnded(u32),
    /// A fax is there.
    Fax,
    /// The network is about to say something.
    Information,
}

/// Hears single tones in one direction of one call.
#[derive(Debug, Clone, Default)]
pub struct SignalDetector {
    hz: u32,
    ms: u32,
    broken_ms: u32,
    /// The tone under way was told already.
    told: bool,
    /// How many of the information tones have come.
    information: usize,
}

impl SignalDetector {
    /// Takes the next 20 ms.
    pub fn push(&mut self, frame: &Frame) -> Option<Signal> {
        let hz = single_tone_hz(frame).unwrap_or(0);
        if hz != 0 && near(hz, self.hz) {
            self.ms += FRAME_MS;
            self.broken_ms = 0;
            return self.goes_on();
        }
        let fax = FAX_HZ.iter().any(|fax| near(self.hz, *fax));
        if fax && self.ms > 0 && self.broken_ms < BROKEN_MS {
            self.broken_ms += FRAME_MS;
            return None;
        }
        let ended = self.ms >= BEEP_MS && BEEP_HZ.contains(&self.hz) && !self.told;
        let ended = ended.then_some(Signal::BeepEnded(self.ms));
        self.count_information();
        let ms = if hz == 0 { 0 } else { FRAME_MS };
        (self.hz, self.ms, self.broken_ms, self.told) = (hz, ms, 0, false);
        ended
    }

    /// What a tone tells before its end.
    fn goes_on(&mut self) -> Option<Signal> {
        let fax = FAX_HZ.iter().any(|fax| near(self.hz, *fax));
        let last = self.information + 1 == INFORMATION_HZ.len() && self.is_expected();
        let signal = match (fax, last) {
            (true, _) if self.ms >= FAX_MS => Signal::Fax,
            (_, true) if self.ms >= INFORMATION_MS => Signal::Information,
            _ => return None,
        };
        (!std::mem::replace(&mut self.told, true)).then_some(signal)
    }

    /// Whether the tone under way is the next of the information tones.
    fn is_expected(&self) -> bool {
        let expected = INFORMATION_HZ.get(self.information);
        expected.is_some_and(|hz| near(self.hz, *hz))
    }

    /// A tone has ended, or some silence between two.
    fn count_information(&mut self) {
        if self.hz == 0 {
            return;
        }
        if self.ms >= INFORMATION_MS && self.is_expected() {
            self.information += 1;
        } else {
            self.information = 0;
        }
    }
}

/// The same line of the spectrum, or the next.
fn near(hz: u32, other: u32) -> bool {
    hz.abs_diff(other) <= 50
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
            let beep = [Signal::BeepEnded(200)];
            assert_eq!(heard(&[(hz, 10), (0.0, 2)]), beep, "{hz}");
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
        let short = [Signal::BeepEnded(400)];
        assert_eq!(heard(&[(2_100.0, 20), (0.0, 5)]), short);
    }

    #[test]
    fn the_tones_before_an_announcement_are_told_with_the_last_of_them() {
        let tones = [(950.0, 16), (1_400.0, 17), (1_800.0, 16), (0.0, 5)];
        let heard_of = |tones| heard(tones).contains(&Signal::Information);
        assert!(heard_of(&tones));
        assert!(!heard_of(&[(1_400.0, 16), (950.0, 17), (1_800.0, 16)]));
        assert!(!heard_of(&tones[..2]));
    }
}
