//! The callee's mouth and hand: acts turned into frames, keys and a hang-up, one after another.

use std::collections::VecDeque;

use super::part::Act;
use crate::audio::{FRAME_SAMPLES, Frame, SAMPLE_RATE};
use crate::rehearsal::random::Random;
use crate::rehearsal::voice::speak;

/// Amplitude of a beep, some -12 dBFS.
const BEEP: f32 = 8_000.0;
/// Samples in a millisecond.
const PER_MS: u32 = SAMPLE_RATE / 1_000;

#[derive(Debug)]
enum Piece {
    Sound(VecDeque<i16>),
    Press(char),
    HangUp,
}

/// What came out in one frame's time.
#[derive(Debug)]
pub(super) struct Out {
    pub(super) frame: Frame,
    pub(super) key: Option<char>,
    pub(super) hang_up: bool,
}

/// Acts not yet done.
#[derive(Debug, Default)]
pub(super) struct Mouth {
    pieces: VecDeque<Piece>,
}

impl Mouth {
    /// Whether something is being done.
    pub(super) fn is_busy(&self) -> bool {
        !self.pieces.is_empty()
    }

    /// Adds acts behind those not yet done.
    pub(super) fn act(&mut self, acts: &[Act]) {
        self.pieces.extend(acts.iter().map(|act| match act {
            Act::Say(text) => Piece::Sound(without_trailing_silence(speak(text)).into()),
            Act::PauseMs(ms) => Piece::Sound(vec![0; samples(*ms)].into()),
            Act::Beep { hz, ms } => Piece::Sound(beep(*hz, samples(*ms)).into()),
            Act::NoiseMs(ms) => Piece::Sound(noise(samples(*ms)).into()),
            Act::Press(key) => Piece::Press(*key),
            Act::HangUp => Piece::HangUp,
        }));
    }

    /// The next 20 ms. Sounds join sample by sample; a key or a hang-up ends the frame.
    pub(super) fn next(&mut self) -> Out {
        let mut out = Out {
            frame: Frame::SILENCE,
            key: None,
            hang_up: false,
        };
        let mut filled = 0;
        while filled < FRAME_SAMPLES {
            match self.pieces.front_mut() {
                None => break,
                Some(Piece::Sound(sound)) => match sound.pop_front() {
                    Some(sample) => {
                        if let Some(place) = out.frame.0.get_mut(filled) {
                            *place = sample;
                        }
                        filled += 1;
                        continue;
                    }
                    None => self.pieces.pop_front(),
                },
                Some(_) if filled > 0 => break,
                Some(Piece::Press(key)) => {
                    out.key = Some(*key);
                    self.pieces.pop_front();
                    break;
                }
                Some(Piece::HangUp) => {
                    out.hang_up = true;
                    self.pieces.pop_front();
                    break;
                }
            };
        }
        // A sound that ended with this frame is over now, not with the next one.
        while matches!(self.pieces.front(), Some(Piece::Sound(rest)) if rest.is_empty()) {
            self.pieces.pop_front();
        }
        out
    }
}

/// The voice ends with a pause, which would count as speech in what is measured.
fn without_trailing_silence(mut sound: Vec<i16>) -> Vec<i16> {
    while sound.last() == Some(&0) {
        sound.pop();
    }
    sound
}

fn samples(ms: u32) -> usize {
    usize::try_from(ms * PER_MS).unwrap_or(0)
}

/// Noise that swells and dies away within its time, as a cough does.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the amplitude is far below the limit of 16 bits"
)]
fn noise(samples: usize) -> Vec<i16> {
    let mut random = Random::named(0, "cough");
    let step = std::f32::consts::PI / samples.max(1) as f32;
    (0..samples)
        .map(|at| ((at as f32 * step).sin() * random.swing() * BEEP) as i16)
        .collect()
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the amplitude is far below the limit of 16 bits"
)]
fn beep(hz: u32, samples: usize) -> Vec<i16> {
    let step = std::f32::consts::TAU * hz as f32 / SAMPLE_RATE as f32;
    (0..samples)
        .map(|at| ((at as f32 * step).sin() * BEEP) as i16)
        .collect()
}
