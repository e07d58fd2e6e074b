//! A recording of a call as a stereo WAV: left the callee, right what the callee heard of us.
//!
//! Audio is laid on a time line as it comes; what lies behind a short window is handed out as
//! bytes, so that a long call needs little memory.

use std::collections::VecDeque;

use super::{Frame, SAMPLE_RATE};

const SAMPLES_PER_MS: u64 = SAMPLE_RATE as u64 / 1000;
/// Frames come with some jitter; up to this much of a gap is no gap.
const JITTER_MS: u64 = 60;
/// Bytes of the header below.
pub const HEADER_BYTES: usize = 44;

/// The RIFF header of 16-bit stereo at 8 kHz (Microsoft RIFF/WAVE, format tag 1).
pub fn header(data_bytes: u32) -> [u8; HEADER_BYTES] {
    let mut header = Vec::with_capacity(HEADER_BYTES);
    header.extend(b"RIFF");
    header.extend((36_u32.saturating_add(data_bytes)).to_le_bytes());
    header.extend(b"WAVEfmt ");
    header.extend(16_u32.to_le_bytes());
    header.extend(1_u16.to_le_bytes());
    header.extend(2_u16.to_le_bytes());
    header.extend(SAMPLE_RATE.to_le_bytes());
    header.extend((SAMPLE_RATE * 4).to_le_bytes());
    header.extend(4_u16.to_le_bytes());
    header.extend(16_u16.to_le_bytes());
    header.extend(b"data");
    header.extend(data_bytes.to_le_bytes());
    let mut fixed = [0; HEADER_BYTES];
    fixed.copy_from_slice(header.get(..HEADER_BYTES).unwrap_or(&[0; HEADER_BYTES]));
    fixed
}

/// One side of the recording.
#[derive(Debug, Default)]
struct Track {
    samples: VecDeque<i16>,
    /// Position of the first sample held.
    base: u64,
    /// Silence that was laid for audio that had not come, from and to.
    missing: Option<(u64, u64)>,
}

impl Track {
    fn end(&self) -> u64 {
        self.base + self.samples.len() as u64
    }

    /// Lays samples at a position; what would overlap earlier audio follows it instead. Audio that
    /// was held up and comes all at once takes the place of the silence that stands for it.
    fn lay(&mut self, at: u64, samples: &[i16]) {
        let end = self.end();
        if at > end + JITTER_MS * SAMPLES_PER_MS {
            self.missing = Some((end, at));
            self.silence_until(at);
        } else {
            self.take_back(end.saturating_sub(at));
        }
        self.samples.extend(samples);
    }

    /// Takes out so much of the silence that stood for missing audio, as far as it is still here.
    fn take_back(&mut self, excess: u64) {
        let Some((from, to)) = self.missing.filter(|_| excess > 0) else {
            return;
        };
        let from = from.max(self.base);
        let count = excess.min(to.saturating_sub(from));
        let begin = usize::try_from(from - self.base).unwrap_or(usize::MAX);
        let end = begin.saturating_add(usize::try_from(count).unwrap_or(usize::MAX));
        if end <= self.samples.len() {
            self.samples.drain(begin..end);
        }
        self.missing = Some((from, to - count)).filter(|(from, to)| from < to);
    }

    fn silence_until(&mut self, position: u64) {
        let missing = position.saturating_sub(self.end());
        self.samples.extend(std::iter::repeat_n(
            0,
            usize::try_from(missing).unwrap_or(0),
        ));
    }

    fn take(&mut self, until: u64) -> Vec<i16> {
        self.silence_until(until);
        let count = usize::try_from(until.saturating_sub(self.base)).unwrap_or(0);
        let taken: Vec<i16> = self
            .samples
            .drain(..count.min(self.samples.len()))
            .collect();
        self.base += taken.len() as u64;
        taken
    }
}

/// A recording under way. Times are milliseconds since its beginning.
#[derive(Debug, Default)]
pub struct Recording {
    callee: Track,
    bot: Track,
}

impl Recording {
    /// Lays a frame of the callee that was complete at `ended_ms`.
    pub fn callee(&mut self, ended_ms: u64, frame: &Frame) {
        let at = (ended_ms * SAMPLES_PER_MS).saturating_sub(frame.0.len() as u64);
        self.callee.lay(at, &frame.0);
    }

    /// Lays what left for the callee and had left at `ended_ms`.
    pub fn bot(&mut self, ended_ms: u64, samples: &[i16]) {
        let at = (ended_ms * SAMPLES_PER_MS).saturating_sub(samples.len() as u64);
        self.bot.lay(at, samples);
    }

    /// Takes what lies before `until_ms`: the callee's samples, and as many of ours.
    pub fn take(&mut self, until_ms: u64) -> (Vec<i16>, Vec<i16>) {
        let until = until_ms * SAMPLES_PER_MS;
        (self.callee.take(until), self.bot.take(until))
    }
}

/// Stereo samples as little-endian bytes, left the callee.
pub fn interleave(callee: &[i16], bot: &[i16]) -> Vec<u8> {
    let mut bytes = vec![0; callee.len().min(bot.len()) * 4];
    let (pairs, _) = bytes.as_chunks_mut::<4>();
    for ((pair, left), right) in pairs.iter_mut().zip(callee).zip(bot) {
        let ([a, b], [c, d]) = (left.to_le_bytes(), right.to_le_bytes());
        *pair = [a, b, c, d];
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::FRAME_SAMPLES;

    fn bytes(recording: &mut Recording, until_ms: u64) -> Vec<u8> {
        let (callee, bot) = recording.take(until_ms);
        interleave(&callee, &bot)
    }

    fn sample(bytes: &[u8], ms: usize, channel: usize) -> i16 {
        let at = ms * 8 * 4 + channel * 2;
        i16::from_le_bytes([bytes[at], bytes[at + 1]])
    }

    #[test]
    fn both_sides_stand_where_they_were_heard() {
        let mut recording = Recording::default();
        recording.callee(120, &Frame([7; FRAME_SAMPLES]));
        recording.callee(143, &Frame([8; FRAME_SAMPLES]));
        recording.bot(540, &[9; 320]);
        let bytes = bytes(&mut recording, 600);
        assert_eq!(bytes.len(), 600 * 8 * 4);
        assert_eq!(
            [
                sample(&bytes, 99, 0),
                sample(&bytes, 101, 0),
                sample(&bytes, 121, 0)
            ],
            [0, 7, 8]
        );
        assert_eq!(
            [
                sample(&bytes, 499, 1),
                sample(&bytes, 501, 1),
                sample(&bytes, 541, 1)
            ],
            [0, 9, 0]
        );
    }

    #[test]
    fn audio_that_was_held_up_stands_where_it_was_said() {
        let mut recording = Recording::default();
        for i in 0..20_u64 {
            // From the fourth to the eleventh frame nothing comes; then all of them at once.
            let ended_ms = if (3..=10).contains(&i) {
                220
            } else {
                (i + 1) * 20
            };
            let level = i16::try_from(i + 1).unwrap();
            recording.callee(ended_ms, &Frame([level; FRAME_SAMPLES]));
        }
        let bytes = bytes(&mut recording, 400);
        let heard: Vec<i16> = (0..20).map(|i| sample(&bytes, i * 20 + 10, 0)).collect();
        assert_eq!(heard, (1..=20).collect::<Vec<i16>>());
    }

    #[test]
    fn taking_in_pieces_gives_the_same_bytes() {
        let run = |steps: &[u64]| {
            let mut recording = Recording::default();
            let mut taken = Vec::new();
            for i in 0..50_u64 {
                let level = i16::try_from(i).unwrap();
                recording.callee((i + 1) * 20, &Frame([level; FRAME_SAMPLES]));
                if steps.contains(&(i * 20)) {
                    taken.extend(bytes(&mut recording, i * 20));
                }
            }
            taken.extend(bytes(&mut recording, 1_000));
            taken
        };
        assert_eq!(run(&[]), run(&[100, 340, 600]));
    }

    #[test]
    fn the_header_names_the_sizes() {
        let header = header(1_000);
        assert_eq!(&header[..4], b"RIFF");
        assert_eq!(
            u32::from_le_bytes(header[40..44].try_into().unwrap()),
            1_000
        );
        assert_eq!(u32::from_le_bytes(header[4..8].try_into().unwrap()), 1_036);
    }
}
