//! How loud a frame is, by itself and against the noise of the line.

use super::Frame;

/// The sum of the squares of a frame's samples. Whole numbers: their sum needs no order, so that it
/// is made several at a time.
pub(super) fn energy(frame: &Frame) -> u64 {
    frame.0.iter().fold(0, |sum: u64, sample| {
        let level = u32::from(sample.unsigned_abs());
        sum.wrapping_add(u64::from(level.wrapping_mul(level)))
    })
}

/// The level of a frame in dBFS; digital silence is -96.
pub fn level_dbfs(frame: &Frame) -> f32 {
    let mean = energy(frame) as f64 / frame.0.len() as f64;
    let rms = mean.sqrt() / f64::from(i16::MAX);
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a level needs no double precision"
    )]
    let level = (20.0 * rms.max(1e-9).log10()) as f32;
    level.max(-96.0)
}

/// A sound stands this far above the noise floor, in dB.
const ABOVE_FLOOR_DB: f32 = 10.0;
/// Nothing below this level is a sound, in dBFS.
const QUIETEST_DBFS: f32 = -42.0;
/// The floor never counts as higher than this, in dBFS: a loud talker is not noise.
const HIGHEST_FLOOR_DBFS: f32 = -36.0;
/// How fast the floor follows: down quickly, up slowly (dB a frame).
const FLOOR_DOWN_DB: f32 = 1.5;
const FLOOR_UP_DB: f32 = 0.06;

/// The noise floor of one direction of a line; follows it slowly.
#[derive(Debug, Clone)]
pub(super) struct NoiseFloor(f32);

impl Default for NoiseFloor {
    fn default() -> Self {
        Self(-60.0)
    }
}

impl NoiseFloor {
    /// Whether the next frame stands out from the noise.
    pub(super) fn is_loud(&mut self, frame: &Frame) -> bool {
        let level = level_dbfs(frame);
        let loud = level > (self.0 + ABOVE_FLOOR_DB).max(QUIETEST_DBFS);
        if !loud || level < self.0 {
            let step = (level - self.0).clamp(-FLOOR_DOWN_DB, FLOOR_UP_DB);
            self.0 = (self.0 + step).clamp(-80.0, HIGHEST_FLOOR_DBFS);
        } else {
            // Steady noise that began loud becomes floor in the end; speech has gaps.
            self.0 = (self.0 + FLOOR_UP_DB / 4.0).min(HIGHEST_FLOOR_DBFS);
        }
        loud
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::FRAME_SAMPLES;

    #[test]
    fn full_scale_is_zero_and_silence_is_the_bottom() {
        assert!(level_dbfs(&Frame([i16::MAX; FRAME_SAMPLES])).abs() < 0.01);
        assert!((level_dbfs(&Frame::SILENCE) + 96.0).abs() < 0.01);
        assert!((level_dbfs(&Frame([3277; FRAME_SAMPLES])) + 20.0).abs() < 0.1);
    }
}
