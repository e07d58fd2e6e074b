//! How loud a frame is.

use super::Frame;

/// The level of a frame in dBFS; digital silence is -96.
pub fn level_dbfs(frame: &Frame) -> f32 {
    let energy: f64 = frame
        .0
        .iter()
        .map(|sample| f64::from(*sample).powi(2))
        .sum();
    let mean = energy / frame.0.len() as f64;
    let rms = mean.sqrt() / f64::from(i16::MAX);
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a level needs no double precision"
    )]
    let level = (20.0 * rms.max(1e-9).log10()) as f32;
    level.max(-96.0)
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
