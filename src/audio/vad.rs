//! Voice detection: where speech begins and where it pauses.
//!
//! An energy detector over an adaptive noise floor: cheap, without delay, and the baseline that a
//! better detector must beat. It fires on loud tones and music too.

use super::{FRAME_MS, Frame, level::level_dbfs};

/// Speech stands this far above the noise floor, in dB.
const ABOVE_FLOOR_DB: f32 = 10.0;
/// Nothing below this level is speech, in dBFS.
const QUIETEST_DBFS: f32 = -42.0;
/// The floor never counts as higher than this, in dBFS: a loud talker is not noise.
const HIGHEST_FLOOR_DBFS: f32 = -36.0;
/// How fast the floor follows: down quickly, up slowly (dB a frame).
const FLOOR_DOWN_DB: f32 = 1.5;
const FLOOR_UP_DB: f32 = 0.06;
/// Voiced time that makes an onset, within a window of twice that.
const ONSET_MS: u32 = 60;
/// Unvoiced time that makes a pause.
const PAUSE_MS: u32 = 80;

/// What changed with a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VoiceChange {
    /// Speech has been going on for 60 ms.
    Started,
    /// Nothing has been said for 80 ms.
    Paused,
}

/// A detector for one direction of one call.
#[derive(Debug, Clone)]
pub struct VoiceDetector {
    floor_dbfs: f32,
    voiced_ms: u32,
    unvoiced_ms: u32,
    speaking: bool,
}

impl Default for VoiceDetector {
    fn default() -> Self {
        Self {
            floor_dbfs: -60.0,
            voiced_ms: 0,
            unvoiced_ms: 0,
            speaking: false,
        }
    }
}

impl VoiceDetector {
    /// Takes the next 20 ms.
    pub fn push(&mut self, frame: &Frame) -> Option<VoiceChange> {
        let level = level_dbfs(frame);
        let voiced = level > (self.floor_dbfs + ABOVE_FLOOR_DB).max(QUIETEST_DBFS);
        if !voiced || level < self.floor_dbfs {
            let step = (level - self.floor_dbfs).clamp(-FLOOR_DOWN_DB, FLOOR_UP_DB);
            self.floor_dbfs = (self.floor_dbfs + step).clamp(-80.0, HIGHEST_FLOOR_DBFS);
        } else {
            // Steady noise that began loud becomes floor in the end; speech has gaps.
            self.floor_dbfs = (self.floor_dbfs + FLOOR_UP_DB / 4.0).min(HIGHEST_FLOOR_DBFS);
        }
        if voiced {
            self.voiced_ms += FRAME_MS;
            self.unvoiced_ms = 0;
        } else {
            self.unvoiced_ms += FRAME_MS;
            self.voiced_ms = self.voiced_ms.saturating_sub(FRAME_MS);
        }
        match self.speaking {
            false if self.voiced_ms >= ONSET_MS => {
                self.speaking = true;
                Some(VoiceChange::Started)
            }
            true if self.unvoiced_ms >= PAUSE_MS => {
                self.speaking = false;
                self.voiced_ms = 0;
                Some(VoiceChange::Paused)
            }
            _ => None,
        }
    }

    /// Whether somebody is speaking.
    pub fn is_speaking(&self) -> bool {
        self.speaking
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A frame of a 150 Hz square wave.
    fn sound(amplitude: i16) -> Frame {
        Frame(std::array::from_fn(|i| {
            if i % 54 < 27 { amplitude } else { -amplitude }
        }))
    }

    fn changes(frames: &[(i16, usize)]) -> Vec<(usize, VoiceChange)> {
        let mut detector = VoiceDetector::default();
        frames
            .iter()
            .flat_map(|(amplitude, count)| std::iter::repeat_n(sound(*amplitude), *count))
            .enumerate()
            .filter_map(|(i, frame)| detector.push(&frame).map(|change| (i, change)))
            .collect()
    }

    #[test]
    fn speech_is_found_60_ms_after_its_onset_and_its_end_after_80() {
        let found = changes(&[(4, 50), (3000, 25), (4, 20)]);
        assert_eq!(
            found,
            [(52, VoiceChange::Started), (78, VoiceChange::Paused)]
        );
    }

    #[test]
    fn a_click_is_not_speech_and_a_gap_inside_a_word_is_not_a_pause() {
        assert_eq!(changes(&[(4, 50), (3000, 2), (4, 50)]), []);
        let found = changes(&[(4, 50), (3000, 20), (4, 3), (3000, 20), (4, 10)]);
        assert_eq!(found.len(), 2, "{found:?}");
    }

    #[test]
    fn steady_noise_is_not_speech_and_speech_above_it_is() {
        let noisy = changes(&[(60, 300), (3000, 30), (60, 30)]);
        assert_eq!(
            noisy.iter().map(|c| c.1).collect::<Vec<_>>(),
            [VoiceChange::Started, VoiceChange::Paused]
        );
    }
}
