//! One press, one key: whether the trunk tells of keys itself, or they come as sound, or both.
//!
//! Most trunks send keys as events (RFC 4733) and take their sound out; some send the sound alone;
//! a few send both. A key is taken from whichever comes first, and a trunk that has once told of a
//! key is believed to tell of all: from then on sound counts no more.

/// The event of a key may come so long after its sound.
const LATE_MS: u64 = 1_000;

/// What is known of the keys of one call.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct TrunkKeys {
    trunk_tells: bool,
    /// The last key that was taken from its sound, and when.
    heard: Option<(char, u64)>,
}

impl TrunkKeys {
    /// A key was heard; whether it counts.
    pub(super) fn heard(&mut self, digit: char, now_ms: u64) -> bool {
        if !self.trunk_tells {
            self.heard = Some((digit, now_ms));
        }
        !self.trunk_tells
    }

    /// The trunk told of a key; whether it counts.
    pub(super) fn told(&mut self, digit: char, now_ms: u64) -> bool {
        self.trunk_tells = true;
        let known = self
            .heard
            .take()
            .is_some_and(|(heard, at)| heard == digit && now_ms.saturating_sub(at) <= LATE_MS);
        !known
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_comes_both_ways_counts_once() {
        let mut keys = TrunkKeys::default();
        assert!(keys.heard('1', 1_000));
        assert!(!keys.told('1', 1_200), "the same press");
        assert!(keys.told('1', 1_900), "pressed again");
        assert!(!keys.heard('1', 1_850), "its sound came late");
    }

    #[test]
    fn a_trunk_without_events_is_heard_and_one_with_them_is_believed() {
        let mut keys = TrunkKeys::default();
        assert!(keys.heard('5', 0) && keys.heard('5', 700));
        let mut keys = TrunkKeys::default();
        assert!(keys.told('5', 0) && !keys.heard('5', 100) && keys.told('6', 900));
    }
}
