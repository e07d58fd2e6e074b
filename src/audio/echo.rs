//! Our own voice coming back: is the sound on the line one that we made?
//!
//! A speakerphone or a bad hybrid returns what we said, softer and a little later. That is no speech
//! of the callee's, however loud it is. The guard compares what comes in with what went out less
//! than half a second before, as waveforms: where they are alike at one delay, it is an echo. A
//! callee who speaks louder than the echo makes them unlike again, and is heard.

use std::collections::VecDeque;

use super::{FRAME_SAMPLES, Frame};

/// Both histories are kept at half the sample rate: a telephone voice has little above 2 kHz.
const PER_FRAME: usize = FRAME_SAMPLES / 2;
/// What comes in is remembered for 240 ms.
const HEARD: usize = 12 * PER_FRAME;
/// What went out is remembered for 800 ms: the longest delay, and what it is compared with.
const SENT: usize = 40 * PER_FRAME;
/// The longest delay that is looked for: 500 ms.
const LONGEST: usize = 25 * PER_FRAME;
/// To learn the delay at one go, so much must be alike: 240 ms, longer than a word that both sides
/// use.
const TO_LEARN: usize = HEARD;
/// Where we fall silent before that, so much of two sounds must be alike at one delay: 120 ms.
const TO_SUSPECT: usize = 6 * PER_FRAME;
/// An echo sets in with our voice: at most so long after the delay, 200 ms, where it begins softly.
const SETS_IN: usize = 10 * PER_FRAME;
/// What we say begins anew after a silence of 200 ms.
const RESTED: usize = 10 * PER_FRAME;
/// Once the delay is known, 80 ms are enough.
const TO_KNOW: usize = 4 * PER_FRAME;
/// A known delay wanders by this much from prompt to prompt: 60 ms.
const WANDERS: usize = 3 * PER_FRAME;
/// Two delays found one after the other agree within 2 ms.
const AGREES: usize = PER_FRAME / 10;
/// Correlation from which two sounds are one.
const ALIKE: f32 = 0.9;
/// Peaks below this are no sound worth a look.
const QUIET: u16 = 100;
/// A judgement holds for so many frames: what went out is only known after it left.
const HOLDS: u32 = 5;

/// Tells echoes from speech on one line.
#[derive(Debug, Clone, Default)]
pub struct EchoGuard {
    heard: VecDeque<f32>,
    sent: VecDeque<f32>,
    /// Samples that came in since the newest of `sent` left.
    behind: usize,
    /// The delay, once it is known.
    delay: Option<usize>,
    /// A delay that was found once: two that agree are no chance.
    candidate: Option<usize>,
    /// When the sound set in in which a delay was suspected last, and the delay.
    suspect: Option<(usize, usize)>,
    /// Loud frames in a row.
    loud: usize,
    /// All that came in so far, in samples: the time of the next two.
    clock: usize,
    /// When the present sound set in.
    set_in: usize,
    /// When what we say began.
    began: usize,
    /// Samples for which we have been silent.
    rested: usize,
    /// Frames for which the last judgement still holds.
    holds: u32,
}

impl EchoGuard {
    /// Audio that left for the callee, in the order in which it left; its end left just now.
    pub fn sent(&mut self, samples: &[i16]) {
        // Between two prompts there was silence; less than a word of it is only jitter.
        let silence = self.behind.saturating_sub(samples.len() / 2);
        if silence > WANDERS {
            self.rested += silence;
            remember(&mut self.sent, std::iter::repeat_n(0.0, silence), SENT);
        }
        remember(&mut self.sent, halves(samples), SENT);
        self.behind = 0;
        let loud = |sample: &i16| sample.unsigned_abs() >= QUIET;
        let Some(first) = samples.iter().position(loud) else {
            self.rested += samples.len() / 2;
            return;
        };
        if self.rested + first / 2 >= RESTED {
            self.began = self.clock.saturating_sub((samples.len() - first) / 2);
        }
        let last = samples.iter().rev().position(loud).unwrap_or(0);
        self.rested = last / 2;
    }

    /// Takes the next 20 ms from the line; whether they are an echo.
    pub fn is_echo(&mut self, frame: &Frame) -> bool {
        remember(&mut self.heard, halves(&frame.0), HEARD);
        self.behind = (self.behind + PER_FRAME).min(SENT);
        self.clock += PER_FRAME;
        let peak = frame.0.iter().map(|sample| sample.unsigned_abs()).max();
        if peak.is_none_or(|peak| peak < QUIET) {
            self.loud = self.loud.saturating_sub(2);
            self.holds = self.holds.saturating_sub(1);
            return self.holds > 0;
        }
        if self.loud == 0 {
            self.set_in = self.clock;
        }
        self.loud += 1;
        match self.judge() {
            Some(true) => self.holds = HOLDS,
            Some(false) => self.holds = self.holds.saturating_sub(3),
            None => self.holds = self.holds.saturating_sub(1),
        }
        self.holds > 0 || self.is_due()
    }

    /// Whether an echo is to be expected now, and what came is too little to tell.
    fn is_due(&self) -> bool {
        let due = self
            .delay
            .is_some_and(|delay| self.behind < delay + TO_KNOW);
        due && self.loud <= TO_KNOW / PER_FRAME
    }

    /// Whether this line is known to return our voice.
    pub fn has_echo(&self) -> bool {
        self.delay.is_some()
    }

    /// Whether what came last is an echo; `None` if that cannot be told now.
    fn judge(&mut self) -> Option<bool> {
        if let Some(delay) = self.delay {
            let near = delay.saturating_sub(WANDERS)..delay + WANDERS;
            if self.best(TO_KNOW, near).is_some() {
                return Some(true);
            }
        }
        if self.delay.is_none() && self.is_known_again() {
            return Some(true);
        }
        // The search over all delays is dear: only now and then, at best when more has just left.
        let frames = TO_LEARN / PER_FRAME;
        if self.loud >= frames && (self.behind <= PER_FRAME || self.loud.is_multiple_of(4)) {
            let found = self.best(TO_LEARN, 0..LONGEST);
            let before = std::mem::replace(&mut self.candidate, found);
            let agree = found
                .zip(before)
                .filter(|(one, two)| one.abs_diff(*two) <= AGREES);
            if let Some((delay, _)) = agree {
                self.delay = Some(delay);
            }
            return Some(agree.is_some());
        }
        // What would have come back by now did not.
        let known = self.delay.filter(|delay| *delay >= self.behind);
        known.map(|_| false)
    }

    /// Whether this sound, that set in with ours, is one of ours at the delay of a sound before. Within
    /// one sound that would be no proof: both sides may have a syllable in common.
    fn is_known_again(&mut self) -> bool {
        let from = TO_SUSPECT / PER_FRAME;
        let looked = self
            .suspect
            .is_some_and(|(set_in, _)| set_in == self.set_in);
        if looked || self.behind >= LONGEST || !(from..2 * from).contains(&self.loud) {
            return false;
        }
        // Whatever sets in later is no echo, and the search is dear.
        let after = (self.set_in + PER_FRAME).saturating_sub(self.began);
        let delays = (after + 1).saturating_sub(SETS_IN)..(after + 1).min(LONGEST);
        if delays.is_empty() {
            return false;
        }
        let Some(found) = self.best(TO_SUSPECT, delays) else {
            return false;
        };
        let before = self.suspect.replace((self.set_in, found));
        let again = before.is_some_and(|(_, delay)| delay.abs_diff(found) <= AGREES);
        self.delay = self.delay.or(again.then_some(found));
        again
    }

    /// The delay in this range at which the last `length` samples heard are most like what was
    /// sent, if they are alike.
    fn best(&mut self, length: usize, delays: std::ops::Range<usize>) -> Option<usize> {
        let from = self.heard.len().checked_sub(length)?;
        let heard = self.heard.make_contiguous().get(from..)?.to_vec();
        let energy = dot(&heard, &heard);
        let sent = self.sent.make_contiguous();
        // The newest sample sent has this delay; nothing shorter can be judged yet.
        let least = self.behind;
        let mut best = (ALIKE, None);
        for delay in delays.start.max(least)..delays.end {
            let end = sent.len().checked_sub(delay - least);
            let part = end.and_then(|end| sent.get(end.checked_sub(length)?..end));
            let Some(part) = part else { break };
            let power = dot(part, part) * energy;
            let likeness = dot(&heard, part) / power.sqrt().max(1.0);
            if likeness > best.0 {
                best = (likeness, Some(delay));
            }
        }
        best.1
    }
}

/// Adds samples to a history, and lets go of the oldest beyond `most`.
fn remember(history: &mut VecDeque<f32>, samples: impl ExactSizeIterator<Item = f32>, most: usize) {
    let excess = (history.len() + samples.len()).saturating_sub(most);
    history.drain(..excess.min(history.len()));
    history.extend(samples);
}

/// Half as many samples.
fn halves(samples: &[i16]) -> impl ExactSizeIterator<Item = f32> + '_ {
    let (pairs, _) = samples.as_chunks::<2>();
    pairs
        .iter()
        .map(|[one, other]| f32::midpoint(f32::from(*one), f32::from(*other)))
}

/// Eight sums at once, so that the compiler may use the machine's wide registers.
fn dot(one: &[f32], other: &[f32]) -> f32 {
    let mut sums = [0.0_f32; 8];
    for (a, b) in one.chunks_exact(8).zip(other.chunks_exact(8)) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    sums.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rehearsal::voice::speak;

    /// What the callee's line returns of our prompt, as frames: softer, later, and with what the
    /// callee says over it.
    struct Line {
        guard: EchoGuard,
        said: Vec<i16>,
        delay: usize,
        gain: f32,
    }

    impl Line {
        /// Of each frame from here on, whether it is an echo. `over` is the callee's voice.
        fn hear(&mut self, over: &[i16]) -> Vec<bool> {
            let frames = self.said.len() / FRAME_SAMPLES;
            let echoes = (0..frames)
                .map(|frame| {
                    let at = frame * FRAME_SAMPLES;
                    if frame % 4 == 0 && at > 0 {
                        self.guard.sent(&self.said[at - 4 * FRAME_SAMPLES..at]);
                    }
                    let sample = |i: usize| {
                        let echo = (at + i).checked_sub(self.delay).map_or(0, |i| self.said[i]);
                        #[expect(clippy::cast_possible_truncation, reason = "stays in range")]
                        let echo = (f32::from(echo) * self.gain) as i16;
                        echo.saturating_add(over.get(at + i).copied().unwrap_or(0))
                    };
                    self.guard.is_echo(&Frame(std::array::from_fn(sample)))
                })
                .collect();
            self.guard
                .sent(&self.said[self.said.len() - 4 * FRAME_SAMPLES..]);
            echoes
        }
    }

    fn line(delay_ms: usize, gain: f32) -> Line {
        let mut said = speak("Мы доставляем воду в офис. Первая доставка бесплатно.");
        said.truncate(said.len() / (4 * FRAME_SAMPLES) * 4 * FRAME_SAMPLES);
        Line {
            guard: EchoGuard::default(),
            said,
            delay: delay_ms * 8,
            gain,
        }
    }

    #[test]
    fn our_own_voice_is_known_after_a_quarter_of_a_second_and_then_at_once() {
        for (delay_ms, gain) in [(100, 0.1), (140, 0.1), (180, 0.5), (300, 0.06), (430, 0.1)] {
            let mut line = line(delay_ms, gain);
            let first = line.hear(&[]);
            let known = first.iter().position(|echo| *echo).expect("it is known");
            assert!(known < (delay_ms / 20) + 24, "{delay_ms} ms: {known}");
            let mut again = line.hear(&[]).into_iter();
            let began = again.position(|echo| echo).expect("it is known still");
            assert!(began < (delay_ms / 20) + 12, "{delay_ms} ms: {began}");
            // Between two words there may be nothing to know it by.
            let missed = again.filter(|echo| !echo).count();
            assert!(missed < 30, "{delay_ms} ms: {missed} frames");
        }
    }

    #[test]
    fn who_falls_silent_at_the_first_sound_soon_knows_the_second() {
        for (delay_ms, gain) in [(60, 0.1), (120, 0.1), (140, 0.3), (250, 0.05)] {
            let mut line = line(delay_ms, gain);
            let said = std::mem::take(&mut line.said);
            // Our prompt is held when its echo has been heard for 180 ms, and goes on later.
            let held = (delay_ms + 180) / 80 * 4 * FRAME_SAMPLES;
            let silence = vec![0; 12 * 4 * FRAME_SAMPLES];
            line.said = [said[..held].to_vec(), silence.clone()].concat();
            line.hear(&[]);
            line.said = [said[held..2 * held].to_vec(), silence].concat();
            let again = line.hear(&[]);
            let known = again.iter().position(|echo| *echo);
            let known = known.map(|at| at.saturating_sub(delay_ms / 20));
            assert!(known.is_some_and(|at| at <= 12), "{delay_ms} ms: {known:?}");
        }
    }

    #[test]
    fn a_callee_who_speaks_over_the_echo_is_heard() {
        let mut line = line(120, 0.1);
        line.hear(&[]);
        let mut over = vec![0; 1_000 * 8];
        over.extend(speak("подождите мне не интересно"));
        let echoes = line.hear(&over);
        let spoken = &echoes[56..72];
        let heard = spoken.iter().filter(|echo| !**echo).count();
        assert!(heard >= 10, "{spoken:?}");
    }

    #[test]
    fn a_callee_without_an_echo_is_never_taken_for_one() {
        for text in [
            "алло да слушаю",
            "нет спасибо не надо",
            "подождите мне не интересно",
            "стоп а кто вы такие",
            "послушайте я занят",
            "сколько это стоит",
            "да хорошо договорились",
        ] {
            // Both sides have the same voice here, and some letters in common at each offset. (A whole
            // word in common would be one waveform, as it never is between two people.)
            for offset_ms in (200..2_400).step_by(220) {
                let mut line = line(120, 0.0);
                let mut over = vec![0; offset_ms * 8];
                over.extend(speak(text));
                let echoes = line.hear(&over).iter().filter(|echo| **echo).count();
                assert_eq!(echoes, 0, "{text} at {offset_ms} ms");
                assert!(!line.guard.has_echo(), "{text} at {offset_ms} ms");
            }
        }
    }
}
