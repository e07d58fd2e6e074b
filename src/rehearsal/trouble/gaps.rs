//! Which frames of one direction are lost.

use super::PacketGaps;
use crate::audio::FRAME_MS;
use crate::rehearsal::random::Random;

/// The gaps of one direction of one call: one answer for each frame, in order.
#[derive(Debug, Clone)]
pub struct Gaps {
    kind: PacketGaps,
    random: Random,
    /// Frames of the gap that is going on.
    left: u32,
    /// Frames until the next gap.
    ahead: u32,
}

impl PacketGaps {
    /// The gaps of one direction; `direction` is any name that tells the two apart.
    pub fn begin(self, seed: u64, number: u32, direction: &str) -> Gaps {
        let random = Random::named(seed, &format!("gaps {direction} {number}"));
        let mut gaps = Gaps {
            kind: self,
            random,
            left: 0,
            ahead: 0,
        };
        gaps.ahead = gaps.draw_ahead(gaps.kind.gap_ms.least() / FRAME_MS);
        gaps
    }
}

impl Gaps {
    /// Whether the next frame is lost.
    pub fn is_lost(&mut self) -> bool {
        if self.left > 0 {
            self.left -= 1;
            return true;
        }
        if self.ahead > 0 {
            self.ahead -= 1;
            return false;
        }
        let frames = self.kind.gap_ms.draw(&mut self.random).div_ceil(FRAME_MS);
        let frames = frames.max(1);
        self.left = frames - 1;
        self.ahead = self.draw_ahead(frames);
        true
    }

    /// The way from a gap of so many frames to the next one, so that the share comes out.
    fn draw_ahead(&mut self, frames: u32) -> u32 {
        let lost = self.kind.lost_percent.clamp(1, 99);
        let mean = u64::from(frames.max(1)) * u64::from(100 - lost) / u64::from(lost);
        // Evenly from none to twice the mean.
        u32::try_from(self.random.between(0, 2 * mean)).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rehearsal::callee::Spread;

    #[test]
    fn the_share_comes_out_and_gaps_have_their_length() {
        let gaps = PacketGaps {
            lost_percent: 5,
            gap_ms: Spread::always(60),
        };
        let lost = |seed| -> Vec<bool> {
            let mut gaps = gaps.begin(seed, 1, "in");
            (0..50_000).map(|_| gaps.is_lost()).collect()
        };
        let frames = lost(1);
        let count = frames.iter().filter(|lost| **lost).count();
        assert!((2_200..2_800).contains(&count), "{count} of 50000");
        let lengths = frames.chunk_by(|a, b| a == b).filter(|run| run[0]);
        let longer = lengths.filter(|run| run.len() % 3 != 0).count();
        assert!(longer <= 1, "only the last may be cut: {longer}");
        assert_eq!(frames, lost(1));
        assert_ne!(frames, lost(2));
    }
}
