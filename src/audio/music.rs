//! Music for somebody who waits: a quiet broken chord that comes round every eight seconds.
//!
//! Made here, so that nobody needs a file, a licence, or music on hold in Asterisk.

use std::f32::consts::TAU;
use std::sync::LazyLock;

use super::{FRAME_SAMPLES, Frame, G711, SAMPLE_RATE};

/// Samples of a note.
const NOTE: usize = SAMPLE_RATE as usize / 2;
/// The notes, in hertz: C, A minor, F, G, each as a broken chord.
const NOTES: [f32; 16] = [
    261.6, 329.6, 392.0, 329.6, 220.0, 261.6, 329.6, 261.6, 174.6, 220.0, 261.6, 220.0, 196.0,
    246.9, 293.7, 246.9,
];
/// So loud that words come through, and no louder.
const PEAK: f32 = 2_600.0;

static ALAW: LazyLock<Vec<u8>> = LazyLock::new(|| encoded(G711::Alaw));
static ULAW: LazyLock<Vec<u8>> = LazyLock::new(|| encoded(G711::Ulaw));

/// One round of the music.
pub fn hold_music(codec: G711) -> &'static [u8] {
    match codec {
        G711::Alaw => &ALAW,
        G711::Ulaw => &ULAW,
    }
}

fn encoded(codec: G711) -> Vec<u8> {
    let samples: Vec<i16> = (0..NOTES.len() * NOTE).map(sample).collect();
    let (frames, _) = samples.as_chunks::<FRAME_SAMPLES>();
    frames
        .iter()
        .flat_map(|frame| codec.encode(&Frame(*frame)))
        .collect()
}

/// A plucked note and the end of the one before, so that the round has no seam.
fn sample(at: usize) -> i16 {
    let count = NOTES.len();
    let note = at / NOTE;
    let now = pluck(NOTES.get(note % count).copied(), at % NOTE);
    let before = pluck(
        NOTES.get((note + count - 1) % count).copied(),
        at % NOTE + NOTE,
    );
    #[expect(clippy::cast_possible_truncation, reason = "two notes stay in range")]
    let sample = ((now + before) * PEAK) as i16;
    sample
}

/// A note so many samples after it was struck, from -1 to 1.
fn pluck(hertz: Option<f32>, since: usize) -> f32 {
    let seconds = since as f32 / SAMPLE_RATE as f32;
    let rise = (seconds / 0.01).min(1.0);
    let fall = (-3.5 * seconds).exp();
    let wave = |harmonic: f32| (TAU * hertz.unwrap_or(0.0) * harmonic * seconds).sin() / harmonic;
    rise * fall * (wave(1.0) + 0.5 * wave(2.0) + 0.25 * wave(3.0)) / 1.75
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::level_dbfs;

    #[test]
    fn it_fills_whole_frames_is_never_silent_and_never_loud() {
        let music = hold_music(G711::Alaw);
        assert_eq!(music.len(), 8 * SAMPLE_RATE as usize);
        let (frames, rest) = music.as_chunks::<FRAME_SAMPLES>();
        assert!(rest.is_empty());
        let levels = frames
            .iter()
            .map(|bytes| level_dbfs(&G711::Alaw.decode(bytes)));
        for level in levels.skip(1) {
            assert!((-50.0..-18.0).contains(&level), "{level}");
        }
    }
}
