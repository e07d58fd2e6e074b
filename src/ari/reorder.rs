//! Puts received packets back into order within a small window.
//!
//! In order, a packet passes at once and nothing is delayed. Behind a gap, up to three packets
//! wait for the missing one; then it is given up. A new source or a great jump starts afresh.

use std::collections::VecDeque;

use super::packet::Packet;

/// Packets that wait behind a gap: 60 ms.
const WINDOW: usize = 3;
/// A step further than this is no loss but another stream.
const JUMP: u16 = 100;

/// The window of one stream.
#[derive(Debug, Default)]
pub(super) struct Reorder {
    source: Option<u32>,
    next: u16,
    waiting: Vec<Packet>,
    ready: VecDeque<Vec<u8>>,
}

impl Reorder {
    /// Takes a packet in.
    pub(super) fn push(&mut self, packet: Packet) {
        let ahead = packet.sequence.wrapping_sub(self.next);
        let behind = self.next.wrapping_sub(packet.sequence);
        let known = self.source == Some(packet.ssrc);
        if !known || (ahead >= JUMP && behind >= JUMP) {
            self.give_up();
            self.source = Some(packet.ssrc);
            self.next = packet.sequence;
        } else if behind != 0 && behind < JUMP {
            return; // late: its place was given up, or it is a double
        }
        if self
            .waiting
            .iter()
            .all(|waiting| waiting.sequence != packet.sequence)
        {
            self.waiting.push(packet);
        }
        self.release();
        if self.waiting.len() > WINDOW {
            self.skip();
        }
    }

    /// The next payload in order.
    pub(super) fn pop(&mut self) -> Option<Vec<u8>> {
        self.ready.pop_front()
    }

    /// Whether packets wait for a missing one.
    pub(super) fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// What is missing will not come: all that waits is released.
    pub(super) fn give_up(&mut self) {
        while self.is_waiting() {
            self.skip();
        }
    }

    /// Gives up the gap up to the first packet that waits.
    fn skip(&mut self) {
        let next = self.next;
        let nearest = self
            .waiting
            .iter()
            .map(|packet| packet.sequence.wrapping_sub(next))
            .min();
        if let Some(gap) = nearest {
            self.next = next.wrapping_add(gap);
            self.release();
        }
    }

    fn release(&mut self) {
        while let Some(index) = self
            .waiting
            .iter()
            .position(|packet| packet.sequence == self.next)
        {
            self.ready
                .push_back(self.waiting.swap_remove(index).payload);
            self.next = self.next.wrapping_add(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(sequence: u16, ssrc: u32) -> Packet {
        let payload = sequence.to_be_bytes().to_vec();
        Packet {
            payload_type: 8,
            marker: false,
            sequence,
            timestamp: 0,
            ssrc,
            payload,
        }
    }

    fn order(sequences: &[u16]) -> Vec<u16> {
        let mut reorder = Reorder::default();
        let mut out = Vec::new();
        for sequence in sequences {
            reorder.push(packet(*sequence, 1));
            drain(&mut reorder, &mut out);
        }
        out
    }

    fn drain(reorder: &mut Reorder, out: &mut Vec<u16>) {
        while let Some(payload) = reorder.pop() {
            out.push(u16::from_be_bytes([payload[0], payload[1]]));
        }
    }

    #[test]
    fn order_passes_at_once_and_over_the_wrap() {
        assert_eq!(order(&[65534, 65535, 0, 1]), [65534, 65535, 0, 1]);
    }

    #[test]
    fn a_swap_is_put_right_and_a_double_is_dropped() {
        assert_eq!(order(&[1, 3, 2, 2, 4]), [1, 2, 3, 4]);
    }

    #[test]
    fn a_loss_holds_three_packets_and_no_more() {
        assert_eq!(order(&[1, 3, 4, 5]), [1]);
        assert_eq!(order(&[1, 3, 4, 5, 6]), [1, 3, 4, 5, 6]);
        assert_eq!(
            order(&[1, 3, 4, 5, 6, 2, 7]),
            [1, 3, 4, 5, 6, 7],
            "the late one is dropped"
        );
    }

    #[test]
    fn a_new_source_and_a_great_jump_start_afresh() {
        let mut reorder = Reorder::default();
        let mut out = Vec::new();
        for packet in [
            packet(7, 1),
            packet(9, 1),
            packet(500, 2),
            packet(40_000, 2),
        ] {
            reorder.push(packet);
        }
        drain(&mut reorder, &mut out);
        assert_eq!(out, [7, 9, 500, 40_000]);
    }

    #[test]
    fn what_waits_can_be_released_by_the_clock() {
        let mut reorder = Reorder::default();
        let mut out = Vec::new();
        reorder.push(packet(1, 1));
        reorder.push(packet(3, 1));
        assert!(reorder.is_waiting());
        reorder.give_up();
        drain(&mut reorder, &mut out);
        assert_eq!(out, [1, 3]);
    }
}
