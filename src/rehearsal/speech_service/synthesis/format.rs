//! The output formats that a telephone client asks for.
//!
//! G.711 in both laws and linear audio at 8 and 16 kHz. The MP3, Opus and WAV formats of the real
//! service are refused: nobody could put them on a telephone line.

use std::time::Duration;

use crate::audio::{G711, SAMPLE_RATE};

/// A coding of synthesised audio.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::rehearsal::speech_service) enum Format {
    /// One byte a sample at 8 kHz.
    G711(G711),
    /// Signed 16-bit little-endian at 8 kHz.
    Pcm8,
    /// Signed 16-bit little-endian at 16 kHz.
    Pcm16,
}

impl Format {
    pub(super) fn parse(name: &str) -> Option<Self> {
        match name {
            "alaw_8000" => Some(Self::G711(G711::Alaw)),
            "ulaw_8000" => Some(Self::G711(G711::Ulaw)),
            "pcm_8000" => Some(Self::Pcm8),
            "pcm_16000" => Some(Self::Pcm16),
            _ => None,
        }
    }

    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::G711(_) => "audio/basic",
            Self::Pcm8 | Self::Pcm16 => "audio/pcm",
        }
    }

    /// Bytes that a sample of the 8 kHz voice takes.
    pub(super) fn bytes_per_sample(self) -> usize {
        match self {
            Self::G711(_) => 1,
            Self::Pcm8 => 2,
            Self::Pcm16 => 4,
        }
    }

    /// Bytes a second.
    pub(super) fn byte_rate(self) -> u64 {
        u64::from(SAMPLE_RATE) * self.bytes_per_sample() as u64
    }

    /// How long some bytes last.
    pub(super) fn length(self, bytes: usize) -> Duration {
        Duration::from_micros(bytes as u64 * 1_000_000 / self.byte_rate())
    }

    /// Codes samples of the 8 kHz voice.
    pub(super) fn encode(self, samples: &[i16]) -> Vec<u8> {
        match self {
            Self::G711(law) => samples.iter().map(|sample| law.compress(*sample)).collect(),
            Self::Pcm8 => samples
                .iter()
                .flat_map(|sample| sample.to_le_bytes())
                .collect(),
            Self::Pcm16 => doubled(samples)
                .iter()
                .flat_map(|sample| sample.to_le_bytes())
                .collect(),
        }
    }
}

/// Twice the rate: each second sample is the middle of its neighbours, by a cubic.
fn doubled(samples: &[i16]) -> Vec<i16> {
    let at = |i: usize, back: usize, ahead: usize| {
        let place = (i + ahead).checked_sub(back);
        let sample = place.and_then(|place| samples.get(place));
        i32::from(sample.copied().unwrap_or(0))
    };
    let middle = |i: usize| {
        let near = at(i, 0, 0) + at(i, 0, 1);
        let middle_ring = at(i, 1, 0) + at(i, 0, 2);
        let far = at(i, 2, 0) + at(i, 0, 3);
        // The half-band filter of six taps; its sum is 256.
        let sum = (150 * near - 25 * middle_ring + 3 * far) / 256;
        i16::try_from(sum).unwrap_or(if sum < 0 { i16::MIN } else { i16::MAX })
    };
    samples
        .iter()
        .enumerate()
        .flat_map(|(i, sample)| [*sample, middle(i)])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_have_their_rates_and_the_rest_is_refused() {
        let bytes = |name: &str| Format::parse(name).map(Format::byte_rate);
        assert_eq!(bytes("alaw_8000"), Some(8_000));
        assert_eq!(bytes("ulaw_8000"), Some(8_000));
        assert_eq!(bytes("pcm_8000"), Some(16_000));
        assert_eq!(bytes("pcm_16000"), Some(32_000));
        assert_eq!(bytes("mp3_44100_128"), None);
    }

    #[test]
    fn coding_keeps_the_length() {
        let samples = [0, 1_000, -1_000, 32_767, i16::MIN];
        for name in ["alaw_8000", "ulaw_8000", "pcm_8000", "pcm_16000"] {
            let format = Format::parse(name).unwrap();
            let bytes = format.encode(&samples).len();
            assert_eq!(bytes, samples.len() * format.bytes_per_sample(), "{name}");
        }
    }

    #[test]
    fn the_samples_put_in_between_carry_the_voice_as_well() {
        use crate::rehearsal::voice::{Listener, speak};
        let doubled = doubled(&speak("добрый день"));
        let between: Vec<i16> = doubled.iter().skip(1).step_by(2).copied().collect();
        let mut listener = Listener::new();
        listener.push(&between);
        assert_eq!(listener.text(), "добрый день");
    }
}
