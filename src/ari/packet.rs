//! RTP packets (RFC 3550 §5.1): written for sending, parsed for receiving.

/// The fixed part of the header.
const HEADER: usize = 12;
const VERSION: u8 = 2;

/// A received packet; the payload without padding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Packet {
    pub(super) payload_type: u8,
    pub(super) marker: bool,
    pub(super) sequence: u16,
    pub(super) timestamp: u32,
    pub(super) ssrc: u32,
    pub(super) payload: Vec<u8>,
}

impl Packet {
    /// Reads a datagram; `None` for one that is not RTP.
    pub(super) fn parse(datagram: &[u8]) -> Option<Self> {
        let (header, mut rest) = datagram.split_first_chunk::<HEADER>()?;
        let [flags, kind, s0, s1, t0, t1, t2, t3, c0, c1, c2, c3] = *header;
        if flags >> 6 != VERSION {
            return None;
        }
        let sources = usize::from(flags & 0x0F);
        rest = rest.get(sources * 4..)?;
        if flags & 0x10 != 0 {
            let (extension, behind) = rest.split_first_chunk::<4>()?;
            let [_, _, l0, l1] = *extension;
            rest = behind.get(usize::from(u16::from_be_bytes([l0, l1])) * 4..)?;
        }
        if flags & 0x20 != 0 {
            // The last byte counts the padding, itself included.
            let padding = usize::from(*rest.last()?);
            if padding == 0 {
                return None;
            }
            rest = rest.get(..rest.len().checked_sub(padding)?)?;
        }
        Some(Self {
            payload_type: kind & 0x7F,
            marker: kind & 0x80 != 0,
            sequence: u16::from_be_bytes([s0, s1]),
            timestamp: u32::from_be_bytes([t0, t1, t2, t3]),
            ssrc: u32::from_be_bytes([c0, c1, c2, c3]),
            payload: rest.to_vec(),
        })
    }

    /// The datagram: no CSRC, extension or padding.
    pub(super) fn write(&self) -> Vec<u8> {
        let mut datagram = Vec::with_capacity(HEADER + self.payload.len());
        datagram.push(VERSION << 6);
        datagram.push(self.payload_type & 0x7F | if self.marker { 0x80 } else { 0 });
        datagram.extend_from_slice(&self.sequence.to_be_bytes());
        datagram.extend_from_slice(&self.timestamp.to_be_bytes());
        datagram.extend_from_slice(&self.ssrc.to_be_bytes());
        datagram.extend_from_slice(&self.payload);
        datagram
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn packet() -> Packet {
        Packet {
            payload_type: 8,
            marker: true,
            sequence: 0xFFFE,
            timestamp: 0x0102_0304,
            ssrc: 0xAABB_CCDD,
            payload: vec![0xD5; 160],
        }
    }

    #[test]
    fn a_written_packet_is_172_bytes_and_reads_back() {
        let datagram = packet().write();
        assert_eq!(datagram.len(), 172);
        assert_eq!(Packet::parse(&datagram), Some(packet()));
    }

    #[test]
    fn sources_extension_and_padding_are_not_audio() {
        let mut datagram = packet().write();
        datagram.splice(12..12, [9; 8]); // two sources
        datagram.splice(20..20, [0xBE, 0xDE, 0, 1, 1, 2, 3, 4]); // one word of extension
        datagram.extend_from_slice(&[0, 0, 3]);
        datagram[0] = 0x80 | 0x20 | 0x10 | 2;
        assert_eq!(Packet::parse(&datagram), Some(packet()));
    }

    #[test]
    fn what_is_cut_short_or_of_another_version_is_no_packet() {
        let whole = packet().write();
        assert_eq!(Packet::parse(&whole[..11]), None);
        let with = |flags: u8| [&[flags], &whole[1..]].concat();
        assert_eq!(Packet::parse(&with(0x40)), None, "version 1");
        assert_eq!(
            Packet::parse(&with(0x8F)[..40]),
            None,
            "fifteen sources do not fit"
        );
        assert_eq!(Packet::parse(&with(0xA0)), None, "more padding than packet");
        let mut zero = with(0xA0);
        *zero.last_mut().unwrap() = 0;
        assert_eq!(Packet::parse(&zero), None, "padding that counts nothing");
    }

    proptest! {
        #[test]
        fn no_datagram_panics(datagram in proptest::collection::vec(any::<u8>(), 0..64)) {
            if let Some(packet) = Packet::parse(&datagram) {
                prop_assert!(packet.payload.len() <= datagram.len());
            }
        }
    }
}
