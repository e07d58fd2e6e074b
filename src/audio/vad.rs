//! Voice detection: where speech begins and where it pauses.
//!
//! Three judges in a row, the cheap ones first. The level against an adaptive noise floor tells at
//! once that there is a sound; a look at its spectrum that it is no tone; and the network, which
//! needs some time to be sure, takes back within a third of a second what was no speech: music,
//! noise, a dog. A short «да» is over before the network knows, so it never has to wait for it.
//!
//! The network is dear, and its judgement is wanted once a sound, 320 ms after it began. Until then
//! sound only waits for it; what ends before, and the silence after it, is never computed.

use std::collections::VecDeque;

use super::silero::{Silero, WINDOW};
use super::tone::is_tonal;
use super::{FRAME_MS, Frame, level::NoiseFloor};

/// Voiced time that makes an onset.
const ONSET_MS: u32 = 60;
/// Unvoiced time that makes a pause.
const PAUSE_MS: u32 = 80;
/// By then the network has made up its mind about a sound.
const VERDICT_MS: u32 = 320;
/// A sound that was never likelier than this to be speech was none.
const UNLIKELY: f32 = 0.15;
/// After so long a silence the network begins anew.
const FORGET_MS: u32 = 1_000;
/// Windows that wait for the network, 1.28 s: the longest silence that it does not forget, and the
/// sound after it that is to be judged. It begins anew with the oldest that is kept.
const WAITING: usize = 40;

/// What changed with a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VoiceChange {
    /// Speech has been going on for 60 ms.
    Started,
    /// Nothing has been said for 80 ms, or what seemed to be speech was none.
    Paused,
}

/// A detector for one direction of one call.
#[derive(Debug, Clone)]
pub struct VoiceDetector {
    floor: NoiseFloor,
    voiced_ms: u32,
    unvoiced_ms: u32,
    speaking: bool,
    /// The sound that goes on is no speech; it must end before another can begin.
    dismissed: bool,
    sound_ms: u32,
    likelihood: f32,
    network: Silero,
    /// Whole windows that the network has not heard yet.
    waiting: VecDeque<[i16; WINDOW]>,
    /// So many of them, the oldest, belong to sounds before this one.
    earlier: usize,
    /// What does not fill a window yet.
    window: Vec<i16>,
}

impl Default for VoiceDetector {
    fn default() -> Self {
        Self {
            floor: NoiseFloor::default(),
            voiced_ms: 0,
            unvoiced_ms: FORGET_MS,
            speaking: false,
            dismissed: false,
            sound_ms: 0,
            likelihood: 0.0,
            network: Silero::default(),
            waiting: VecDeque::new(),
            earlier: 0,
            window: Vec::with_capacity(WINDOW + 160),
        }
    }
}

impl VoiceDetector {
    /// Takes the next 20 ms.
    pub fn push(&mut self, frame: &Frame) -> Option<VoiceChange> {
        let loud = self.floor.is_loud(frame);
        let voiced = loud && !is_tonal(frame);
        if voiced {
            self.voiced_ms += FRAME_MS;
            self.unvoiced_ms = 0;
        } else {
            self.unvoiced_ms = self.unvoiced_ms.saturating_add(FRAME_MS);
            self.voiced_ms = self.voiced_ms.saturating_sub(FRAME_MS);
        }
        self.keep(frame);
        if self.dismissed && self.unvoiced_ms >= PAUSE_MS {
            self.dismissed = false;
            self.voiced_ms = 0;
        }
        if self.speaking {
            return self.go_on();
        }
        let begins = !self.dismissed && self.voiced_ms >= ONSET_MS;
        if begins {
            self.speaking = true;
            self.sound_ms = ONSET_MS;
        }
        begins.then_some(VoiceChange::Started)
    }

    /// Takes 20 ms whose sound is known to be no speech, whatever it is like. What seemed to be
    /// speech is taken back at once.
    pub fn pass(&mut self) -> Option<VoiceChange> {
        self.unvoiced_ms = self.unvoiced_ms.saturating_add(FRAME_MS);
        self.voiced_ms = 0;
        self.dismissed = false;
        self.begin_anew();
        self.window.clear();
        std::mem::take(&mut self.speaking).then_some(VoiceChange::Paused)
    }

    /// Whether somebody is speaking.
    pub fn is_speaking(&self) -> bool {
        self.speaking
    }

    /// Whether a sound goes on that is known to be no speech.
    pub fn is_dismissed(&self) -> bool {
        self.dismissed
    }

    /// Whether nothing like a voice was heard for a second.
    pub fn is_silent(&self) -> bool {
        self.unvoiced_ms >= FORGET_MS
    }

    fn go_on(&mut self) -> Option<VoiceChange> {
        self.sound_ms += FRAME_MS;
        let doubted = self.sound_ms == VERDICT_MS && !self.is_likely();
        let over = self.unvoiced_ms >= PAUSE_MS;
        if doubted || over {
            self.speaking = false;
            self.dismissed = doubted && !over;
            self.voiced_ms = 0;
            self.begin_anew();
            return Some(VoiceChange::Paused);
        }
        None
    }

    /// The network is to hear sounds, and the silence just after them; not the long silences, which
    /// are most of a call.
    fn keep(&mut self, frame: &Frame) {
        if self.unvoiced_ms >= FORGET_MS {
            if self.unvoiced_ms < FORGET_MS + FRAME_MS {
                self.network.reset();
                self.waiting.clear();
                self.earlier = 0;
            }
            self.window.clear();
            return;
        }
        self.window.extend(frame.0);
        if let Some((window, _)) = self.window.split_first_chunk::<WINDOW>() {
            if self.waiting.len() == WAITING {
                self.waiting.pop_front();
                self.earlier = self.earlier.saturating_sub(1);
                self.network.reset();
            }
            self.waiting.push_back(*window);
            self.window.drain(..WINDOW);
        }
    }

    /// What follows is another sound; what the network has not heard of this one, it may still need
    /// to understand the next.
    fn begin_anew(&mut self) {
        self.likelihood = 0.0;
        self.earlier = self.waiting.len();
    }

    /// Lets the network hear what waits for it, until it knows this sound for speech.
    fn is_likely(&mut self) -> bool {
        while self.likelihood < UNLIKELY
            && let Some(window) = self.waiting.pop_front()
        {
            let likelihood = self.network.push(&window);
            match self.earlier.checked_sub(1) {
                Some(left) => self.earlier = left,
                None => self.likelihood = likelihood,
            }
        }
        self.likelihood >= UNLIKELY
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frames of a 148 Hz square wave: rich in harmonics, as a voice is.
    fn sound(amplitude: i16, frames: usize) -> Vec<Frame> {
        let frame = Frame(std::array::from_fn(|i| {
            if i % 54 < 27 { amplitude } else { -amplitude }
        }));
        vec![frame; frames]
    }

    fn tone(hz: f64, frames: usize) -> Vec<Frame> {
        (0..frames)
            .map(|n| {
                Frame(std::array::from_fn(|i| {
                    let t = (n * 160 + i) as f64 / 8_000.0;
                    #[expect(clippy::cast_possible_truncation, reason = "stays in range")]
                    let sample = (8_000.0 * (t * hz * std::f64::consts::TAU).sin()) as i16;
                    sample
                }))
            })
            .collect()
    }

    fn changes(parts: &[Vec<Frame>]) -> Vec<(usize, VoiceChange)> {
        let mut detector = VoiceDetector::default();
        let frames = parts.iter().flatten().enumerate();
        frames
            .filter_map(|(i, frame)| detector.push(frame).map(|change| (i, change)))
            .collect()
    }

    #[test]
    fn a_sound_is_found_60_ms_after_its_onset_and_its_end_after_80() {
        let found = changes(&[sound(4, 50), sound(3_000, 10), sound(4, 20)]);
        assert_eq!(
            found,
            [(52, VoiceChange::Started), (63, VoiceChange::Paused)]
        );
    }

    #[test]
    fn speech_that_turns_out_to_be_none_is_over_at_once_and_the_next_is_found() {
        let mut detector = VoiceDetector::default();
        let voice = sound(3_000, 6);
        let found = |change: Option<VoiceChange>| change == Some(VoiceChange::Started);
        for frame in sound(4, 50) {
            assert_eq!(detector.push(&frame), None);
        }
        assert!(voice.iter().any(|frame| found(detector.push(frame))));
        assert_eq!(detector.pass(), Some(VoiceChange::Paused));
        assert_eq!(detector.pass(), None);
        assert!(voice.iter().any(|frame| found(detector.push(frame))));
    }

    #[test]
    fn a_click_is_not_speech_and_a_gap_inside_a_word_is_not_a_pause() {
        assert_eq!(changes(&[sound(4, 50), sound(3_000, 2), sound(4, 50)]), []);
        let word = [
            sound(4, 50),
            sound(3_000, 6),
            sound(4, 3),
            sound(3_000, 5),
            sound(4, 10),
        ];
        assert_eq!(changes(&word).len(), 2);
    }

    #[test]
    fn steady_noise_is_not_speech_and_a_sound_above_it_may_be() {
        let found = changes(&[sound(60, 300), sound(3_000, 10), sound(60, 30)]);
        let kinds: Vec<VoiceChange> = found.iter().map(|change| change.1).collect();
        assert_eq!(kinds, [VoiceChange::Started, VoiceChange::Paused]);
    }

    #[test]
    fn tones_are_not_speech() {
        for hz in [425.0, 1_000.0, 1_800.0] {
            assert_eq!(
                changes(&[sound(4, 20), tone(hz, 100), sound(4, 20)]),
                [],
                "{hz}"
            );
        }
    }

    #[test]
    fn what_the_network_does_not_know_for_speech_is_taken_back_until_it_ends() {
        let found = changes(&[
            sound(4, 50),
            sound(3_000, 100),
            sound(4, 20),
            sound(3_000, 10),
        ]);
        let times: Vec<usize> = found.iter().map(|change| change.0).collect();
        assert_eq!(times, [52, 65, 172], "{found:?}");
    }
}
