//! What is heard before the answer: the network's tones always, and voice for the recogniser as long
//! as it is not paid for too much.

use std::collections::VecDeque;

use crate::audio::{FRAME_MS, Frame, NetworkTone, NetworkToneDetector, VoiceChange, VoiceDetector};
use crate::call::CallEvent;

use super::GAP_MS;

/// The recogniser gets so many frames of one call before its answer, 10 s: an announcement is known
/// by its first sentence, and songs are sung instead of a ring-back.
const FED: usize = 500;
/// Frames before the onset that the recogniser gets too, 200 ms.
const BEFORE: usize = 10;

/// The ear before the answer.
#[derive(Debug)]
pub(super) struct EarlyEar {
    tones: NetworkToneDetector,
    voice: VoiceDetector,
    /// The last frames that the recogniser did not get.
    recent: VecDeque<Frame>,
    /// Whether it gets what is heard.
    feeding: bool,
    /// How many frames it still may get.
    left: usize,
    /// Up to when something was heard, in milliseconds of the call.
    heard_ms: u64,
}

impl EarlyEar {
    /// The network plays something from now on.
    pub(super) fn new(now_ms: u64) -> Self {
        Self {
            tones: NetworkToneDetector::default(),
            voice: VoiceDetector::default(),
            recent: VecDeque::with_capacity(BEFORE),
            feeding: false,
            left: FED,
            heard_ms: now_ms,
        }
    }

    /// A frame came. What is to be recognised goes into `fed`, where somebody recognises.
    pub(super) fn frame(
        &mut self,
        (frame, now_ms): (&Frame, u64),
        fed: Option<&mut Vec<Frame>>,
        out: &mut Vec<CallEvent>,
    ) {
        let heard_ms = self.heard_ms + u64::from(FRAME_MS);
        self.heard_ms = heard_ms.max(now_ms.saturating_sub(GAP_MS));
        self.hear(frame, fed, out);
    }

    /// Time passed: what did not come is silence.
    pub(super) fn tick(
        &mut self,
        now_ms: u64,
        mut fed: Option<&mut Vec<Frame>>,
        out: &mut Vec<CallEvent>,
    ) {
        while self.heard_ms + GAP_MS < now_ms {
            self.heard_ms += u64::from(FRAME_MS);
            self.hear(&Frame::SILENCE, fed.as_deref_mut(), out);
        }
    }

    fn hear(&mut self, frame: &Frame, fed: Option<&mut Vec<Frame>>, out: &mut Vec<CallEvent>) {
        let told = self.tones.push(frame).map(|tone| match tone {
            NetworkTone::Busy => CallEvent::BusyTone,
            NetworkTone::Congestion => CallEvent::CongestionTone,
        });
        out.extend(told);
        let Some(fed) = fed else { return };
        if self.left == 0 {
            return;
        }
        // While the network's tone sounds nothing else is computed.
        let change = if self.tones.is_on() {
            self.voice.pass()
        } else {
            self.voice.push(frame)
        };
        if change == Some(VoiceChange::Started) {
            self.feeding = true;
            let skipped = self.recent.len().saturating_sub(self.left);
            self.left = self.left.saturating_sub(self.recent.len());
            fed.extend(self.recent.drain(..).skip(skipped));
            out.push(CallEvent::SpeechStarted);
        }
        if self.feeding && self.left > 0 {
            fed.push(*frame);
            self.left -= 1;
        } else {
            if self.recent.len() == BEFORE {
                self.recent.pop_front();
            }
            self.recent.push_back(*frame);
        }
        let paused = change == Some(VoiceChange::Paused);
        if self.feeding && (paused || self.left == 0) {
            self.feeding = false;
            out.push(CallEvent::SpeechPaused);
            // The text of the last that is paid for is asked for; what is said after it is not known.
            if !paused {
                out.push(CallEvent::SpeechStarted);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use super::*;
    use crate::rehearsal::voice::speak;

    fn spoken(text: &str) -> Vec<Frame> {
        let samples = speak(text);
        let chunks = samples.chunks_exact(160);
        chunks
            .map(|chunk| Frame(std::array::from_fn(|n| chunk[n])))
            .collect()
    }

    fn tone(on: usize, off: usize) -> Vec<Frame> {
        let sample = |n: usize| {
            #[expect(clippy::cast_possible_truncation, reason = "stays in range")]
            let sample = (8_000.0 * (n as f64 * 425.0 * TAU / 8_000.0).sin()) as i16;
            sample
        };
        let frames = (0..on).map(|at| Frame(std::array::from_fn(|n| sample(at * 160 + n))));
        frames.chain((0..off).map(|_| Frame::SILENCE)).collect()
    }

    /// What is told, and how many frames are recognised.
    fn heard(frames: &[Frame], recognised: bool) -> (Vec<CallEvent>, usize) {
        let (mut ear, mut out, mut fed) = (EarlyEar::new(0), Vec::new(), Vec::new());
        for (at, frame) in frames.iter().enumerate() {
            let to = recognised.then_some(&mut fed);
            ear.frame((frame, at as u64 * 20), to, &mut out);
        }
        (out, fed.len())
    }

    #[test]
    fn a_ring_back_says_nothing_and_nobody_is_paid_for_it() {
        let ring_back = tone(50, 200).repeat(4);
        assert_eq!(heard(&ring_back, true), (Vec::new(), 0));
    }

    #[test]
    fn a_busy_tone_is_told_with_and_without_a_recogniser() {
        let busy = tone(18, 17).repeat(5);
        for recognised in [true, false] {
            assert_eq!(heard(&busy, recognised), (vec![CallEvent::BusyTone], 0));
        }
    }

    #[test]
    fn an_announcement_after_the_ring_back_is_recognised_from_before_its_onset() {
        let words = spoken("аппарат абонента выключен");
        let line = [tone(50, 30), words.clone(), vec![Frame::SILENCE; 50]].concat();
        let (told, fed) = heard(&line, true);
        assert_eq!(
            told,
            [CallEvent::SpeechStarted, CallEvent::SpeechPaused],
            "one sentence"
        );
        let most = words.len() + BEFORE + 5;
        assert!((words.len()..=most).contains(&fed), "{fed} of {most}");
        assert_eq!(heard(&line, false), (Vec::new(), 0));
    }

    #[test]
    fn ten_seconds_of_a_call_are_recognised_and_no_more() {
        let song = spoken("песня без слов и без конца ").repeat(30);
        assert!(song.len() > 2 * FED);
        let (told, fed) = heard(&song, true);
        assert!((FED - 20..=FED).contains(&fed), "{fed}");
        let started = |event: &&CallEvent| **event == CallEvent::SpeechStarted;
        let starts = told.iter().filter(started).count();
        assert_eq!(told.len() + 1, 2 * starts, "it is not over: {told:?}");
        assert_eq!(told.last(), Some(&CallEvent::SpeechStarted));
    }

    #[test]
    fn audio_that_no_longer_comes_is_silence() {
        let (mut ear, mut out, mut fed) = (EarlyEar::new(0), Vec::new(), Vec::new());
        let words = spoken("аппарат абонента");
        for (at, frame) in words.iter().enumerate() {
            ear.frame((frame, at as u64 * 20), Some(&mut fed), &mut out);
        }
        assert_eq!(out, [CallEvent::SpeechStarted]);
        ear.tick(words.len() as u64 * 20 + 400, Some(&mut fed), &mut out);
        assert_eq!(out.last(), Some(&CallEvent::SpeechPaused));
    }
}
