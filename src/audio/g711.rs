//! G.711 companding (ITU-T G.711): one byte a sample.

use std::sync::LazyLock;

use audio_codec_algorithms::{decode_alaw, decode_ulaw, encode_alaw, encode_ulaw};

use super::{FRAME_SAMPLES, Frame};

/// What each byte expands to.
type Expanded = [i16; 256];

static ALAW: LazyLock<Expanded> = LazyLock::new(|| expanded(decode_alaw));
static ULAW: LazyLock<Expanded> = LazyLock::new(|| expanded(decode_ulaw));

fn expanded(law: fn(u8) -> i16) -> Expanded {
    let mut table = [0; 256];
    for (sample, byte) in table.iter_mut().zip(0..=u8::MAX) {
        *sample = law(byte);
    }
    table
}

/// The two laws of G.711.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum G711 {
    /// A-law, native in Europe and Russia (RTP payload type 8).
    Alaw,
    /// µ-law, native in North America and Japan (RTP payload type 0).
    Ulaw,
}

impl G711 {
    /// Asterisk's name of the format.
    pub fn name(self) -> &'static str {
        match self {
            Self::Alaw => "alaw",
            Self::Ulaw => "ulaw",
        }
    }

    /// The format of a name, if it is one of the two.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Alaw, Self::Ulaw]
            .into_iter()
            .find(|law| law.name() == name)
    }

    /// The static RTP payload type (RFC 3551 §6).
    pub fn payload_type(self) -> u8 {
        match self {
            Self::Alaw => 8,
            Self::Ulaw => 0,
        }
    }

    /// The byte that stands for silence.
    pub fn silence(self) -> u8 {
        match self {
            Self::Alaw => 0xD5,
            Self::Ulaw => 0xFF,
        }
    }

    /// Expands one byte to a 16-bit linear sample.
    pub fn expand(self, byte: u8) -> i16 {
        match self {
            Self::Alaw => decode_alaw(byte),
            Self::Ulaw => decode_ulaw(byte),
        }
    }

    fn table(self) -> &'static Expanded {
        match self {
            Self::Alaw => &ALAW,
            Self::Ulaw => &ULAW,
        }
    }

    /// Expands any number of bytes.
    pub fn samples(self, bytes: &[u8]) -> Vec<i16> {
        let table = self.table();
        let sample = |byte: &u8| table.get(usize::from(*byte)).copied().unwrap_or(0);
        bytes.iter().map(sample).collect()
    }

    /// Compresses one 16-bit linear sample to a byte.
    pub fn compress(self, sample: i16) -> u8 {
        match self {
            Self::Alaw => encode_alaw(sample),
            Self::Ulaw => encode_ulaw(sample),
        }
    }

    /// Expands a frame's bytes; a short slice is filled up with silence.
    pub fn decode(self, bytes: &[u8]) -> Frame {
        let table = self.table();
        let mut frame = Frame::SILENCE;
        for (sample, byte) in frame.0.iter_mut().zip(bytes) {
            *sample = table.get(usize::from(*byte)).copied().unwrap_or(0);
        }
        frame
    }

    /// Compresses a frame.
    pub fn encode(self, frame: &Frame) -> [u8; FRAME_SAMPLES] {
        frame.0.map(|sample| self.compress(sample))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_bytes_expand_as_each_by_itself() {
        for law in [G711::Alaw, G711::Ulaw] {
            let bytes: Vec<u8> = (0..=u8::MAX).collect();
            let each: Vec<i16> = bytes.iter().map(|byte| law.expand(*byte)).collect();
            assert_eq!(law.samples(&bytes), each);
            assert_eq!(law.decode(&bytes[..160]).0[..], each[..160]);
        }
    }

    #[test]
    fn silence_bytes_are_the_quietest_samples() {
        for law in [G711::Alaw, G711::Ulaw] {
            assert!(law.expand(law.silence()).abs() <= 8, "{law:?}");
        }
    }

    #[test]
    fn a_round_trip_stays_within_the_step_of_its_segment() {
        for law in [G711::Alaw, G711::Ulaw] {
            for sample in (-32_000_i16..32_000).step_by(61) {
                let error = (i32::from(law.expand(law.compress(sample))) - i32::from(sample)).abs();
                assert!(
                    error <= 16 + i32::from(sample).abs() / 16,
                    "{law:?} {sample} {error}"
                );
            }
        }
    }

    #[test]
    fn the_laws_are_not_each_other() {
        let frame = Frame(std::array::from_fn(|i| i16::try_from(i * 150).unwrap()));
        assert_ne!(
            G711::Ulaw.decode(&G711::Alaw.encode(&frame)),
            G711::Alaw.decode(&G711::Alaw.encode(&frame))
        );
    }
}
