//! RTP as external media speaks it: static payload types, 20 ms a packet, and learning who sends.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::UdpSocket;

use crate::audio::{FRAME_SAMPLES, G711};

const HEADER: usize = 12;
/// Packets in sequence after which a sender is believed, and others are not any more.
const PROBATION: u32 = 4;

/// The sending side.
#[derive(Debug)]
pub(super) struct RtpOut {
    pub(super) socket: Arc<UdpSocket>,
    pub(super) to: SocketAddr,
    pub(super) law: G711,
    pub(super) ssrc: u32,
    pub(super) sequence: u16,
    pub(super) timestamp: u32,
    pub(super) started: bool,
}

impl RtpOut {
    pub(super) fn send(&mut self, bytes: &[u8; FRAME_SAMPLES]) {
        let mut datagram = [0; HEADER + FRAME_SAMPLES];
        let marker = if self.started { 0 } else { 0x80 };
        self.started = true;
        let head = [0x80, self.law.payload_type() | marker];
        let sequence = self.sequence.to_be_bytes();
        let timestamp = self.timestamp.to_be_bytes();
        let ssrc = self.ssrc.to_be_bytes();
        let all = head.iter().chain(&sequence).chain(&timestamp).chain(&ssrc);
        for (place, byte) in datagram.iter_mut().zip(all.chain(bytes)) {
            *place = *byte;
        }
        self.sequence = self.sequence.wrapping_add(1);
        self.timestamp = self.timestamp.wrapping_add(160);
        if let Err(error) = self.socket.try_send_to(&datagram, self.to) {
            tracing::trace!(%error, "an RTP packet was not sent");
        }
    }
}

/// The receiving side: decides whose packets are heard (`strictrtp`).
#[derive(Debug)]
pub(super) struct Learner {
    announced: SocketAddr,
    learned: Option<SocketAddr>,
    candidate: Option<(SocketAddr, u16, u32)>,
}

impl Learner {
    /// `announced` is where the external host said that it stands.
    pub(super) fn new(announced: SocketAddr) -> Self {
        Self {
            announced,
            learned: None,
            candidate: None,
        }
    }

    /// Whether a packet is heard. Until a sender is learned, that of the announced address is;
    /// another one must send four in sequence first.
    pub(super) fn hears(&mut self, from: SocketAddr, sequence: u16) -> bool {
        if let Some(learned) = self.learned {
            return learned == from;
        }
        let count = match self.candidate {
            Some((who, last, count)) if who == from && sequence == last.wrapping_add(1) => {
                count + 1
            }
            _ => 1,
        };
        self.candidate = Some((from, sequence, count));
        if count >= PROBATION {
            self.learned = Some(from);
        }
        from == self.announced || count >= PROBATION
    }
}

/// Sequence number and payload of a packet in this law; `None` for anything else. Extensions and
/// sources are skipped, padding is cut.
pub(super) fn parse(datagram: &[u8], law: G711) -> Option<(u16, &[u8])> {
    let (header, mut rest) = datagram.split_first_chunk::<HEADER>()?;
    let [flags, kind, high, low, ..] = *header;
    if flags >> 6 != 2 || kind & 0x7F != law.payload_type() {
        return None;
    }
    rest = rest.get(usize::from(flags & 0x0F) * 4..)?;
    if flags & 0x10 != 0 {
        let (extension, behind) = rest.split_first_chunk::<4>()?;
        let [_, _, high, low] = *extension;
        rest = behind.get(usize::from(u16::from_be_bytes([high, low])) * 4..)?;
    }
    if flags & 0x20 != 0 {
        let padding = usize::from(*rest.last()?);
        rest = rest.get(..rest.len().checked_sub(padding)?)?;
    }
    Some((u16::from_be_bytes([high, low]), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(port: u16) -> SocketAddr {
        ([127, 0, 0, 1], port).into()
    }

    #[test]
    fn the_announced_sender_is_heard_at_once_and_learned_after_four() {
        let mut learner = Learner::new(address(1));
        for sequence in 0..4 {
            assert!(learner.hears(address(1), sequence));
        }
        assert!(!learner.hears(address(2), 9), "it is too late for another");
        assert!(
            learner.hears(address(1), 700),
            "a jump of the known one is none"
        );
    }

    #[test]
    fn another_sender_must_prove_itself() {
        let mut learner = Learner::new(address(1));
        let heard: Vec<_> = [5, 6, 9, 10, 11, 12]
            .into_iter()
            .map(|sequence| learner.hears(address(2), sequence))
            .collect();
        assert_eq!(heard, [false, false, false, false, false, true]);
        assert!(!learner.hears(address(1), 13));
    }

    #[test]
    fn only_the_agreed_payload_type_is_audio() {
        let mut packet = vec![0x80, 8, 0, 7, 0, 0, 0, 0, 0, 0, 0, 1];
        packet.extend([0xD5; 160]);
        let (sequence, audio) = parse(&packet, G711::Alaw).unwrap();
        assert_eq!((sequence, audio.len()), (7, 160));
        assert!(parse(&packet, G711::Ulaw).is_none());
        assert!(parse(&packet[..11], G711::Alaw).is_none());
    }
}
