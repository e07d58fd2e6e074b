//! What a line adds to a voice: loudness, noise, the other side's echo.

use std::collections::VecDeque;

use super::person::Sound;
use crate::audio::{Frame, SAMPLE_RATE};
use crate::rehearsal::random::Random;

/// Even noise has 1/√3 of the level of its peak.
const NOISE_PEAK: f32 = 1.732;

/// The sound of one line.
#[derive(Debug)]
pub(super) struct Room {
    voice: f32,
    noise: Option<(f32, Random)>,
    /// Level of the echo, and what has still to come back.
    echo: Option<(f32, VecDeque<i16>)>,
}

impl Room {
    pub(super) fn new(sound: Sound, seed: u64) -> Self {
        Self {
            voice: gain(sound.voice_db),
            noise: sound
                .noise_dbfs
                .map(|dbfs| (gain(dbfs) * 32_768.0, Random::named(seed, "noise"))),
            echo: sound.echo.map(|echo| {
                let delay = u64::from(echo.delay_ms) * u64::from(SAMPLE_RATE) / 1_000;
                let silence = std::iter::repeat_n(0, usize::try_from(delay).unwrap_or(0));
                (gain(echo.db), silence.collect())
            }),
        }
    }

    /// What the other side said, to come back later.
    pub(super) fn hear(&mut self, frame: Option<&Frame>) {
        if let Some((_, waiting)) = &mut self.echo {
            waiting.extend(frame.unwrap_or(&Frame::SILENCE).0);
        }
    }

    /// What goes out when the callee makes this sound.
    pub(super) fn colour(&mut self, frame: &Frame) -> Frame {
        if self.is_plain() {
            return *frame;
        }
        let mut out = Frame::SILENCE;
        for (place, sample) in out.0.iter_mut().zip(frame.0) {
            let noise = self
                .noise
                .as_mut()
                .map_or(0.0, |(level, random)| random.swing() * *level * NOISE_PEAK);
            let echo = self.echo.as_mut().map_or(0.0, |(level, waiting)| {
                f32::from(waiting.pop_front().unwrap_or(0)) * *level
            });
            *place = rounded(f32::from(sample) * self.voice + noise + echo);
        }
        out
    }

    fn is_plain(&self) -> bool {
        self.noise.is_none() && self.echo.is_none() && (self.voice - 1.0).abs() < f32::EPSILON
    }
}

fn gain(db: i32) -> f32 {
    10_f32.powf(db as f32 / 20.0)
}

#[expect(clippy::cast_possible_truncation, reason = "saturates")]
fn rounded(sample: f32) -> i16 {
    sample.round() as i16
}

#[cfg(test)]
mod tests {
    use super::super::person::Echo;
    use super::*;
    use crate::audio::FRAME_SAMPLES;

    fn level_dbfs(frame: &Frame) -> f32 {
        let sum: f32 = frame.0.iter().map(|s| f32::from(*s).powi(2)).sum();
        10.0 * (sum / FRAME_SAMPLES as f32 / 32_768_f32.powi(2)).log10()
    }

    #[test]
    fn a_voice_is_as_loud_as_asked_and_noise_stands_beside_it() {
        let frame = Frame([3_000; FRAME_SAMPLES]);
        let mut plain = Room::new(Sound::default(), 1);
        assert_eq!(plain.colour(&frame), frame);
        let soft = Sound {
            voice_db: -20,
            ..Sound::default()
        };
        assert_eq!(Room::new(soft, 1).colour(&frame).0[7], 300);
        let noisy = Sound {
            noise_dbfs: Some(-40),
            ..Sound::default()
        };
        let noise = Room::new(noisy, 1).colour(&Frame::SILENCE);
        assert!(
            (level_dbfs(&noise) + 40.0).abs() < 1.0,
            "{}",
            level_dbfs(&noise)
        );
    }

    #[test]
    fn an_echo_comes_back_later_and_softer() {
        let echo = Echo {
            db: -20,
            delay_ms: 40,
        };
        let sound = Sound {
            echo: Some(echo),
            ..Sound::default()
        };
        let mut room = Room::new(sound, 1);
        let mut heard = Vec::new();
        for height in [5_000, 0, 0, 0] {
            room.hear(Some(&Frame([height; FRAME_SAMPLES])));
            heard.push(room.colour(&Frame::SILENCE).0[0]);
        }
        assert_eq!(heard, [0, 0, 500, 0]);
        room.hear(None);
        assert_eq!(room.colour(&Frame::SILENCE), Frame::SILENCE);
    }
}
