//! Repeatable randomness for jitter, chunk sizes and characters (`SplitMix64`).
//!
//! Each session draws from a stream of its own, so what one client does never changes what
//! another one gets. A callee goes further: each of its choices has a stream of its own, so that
//! a choice more or less leaves the others as they were.

use std::time::Duration;

/// A stream of numbers that its seed fixes.
#[derive(Debug, Clone)]
pub(super) struct Random(u64);

impl Random {
    /// The stream of a seed and of a number within it, such as a session's.
    pub(super) fn new(seed: u64, number: usize) -> Self {
        Self(seed ^ (number as u64 + 1).wrapping_mul(0xA24B_AED4_963E_E407))
    }

    /// The stream of a seed and of a name within it, such as a lead's.
    pub(super) fn named(seed: u64, name: &str) -> Self {
        // FNV-1a: the standard library's hash may change with its version.
        let hash = name.bytes().fold(0xCBF2_9CE4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
        });
        let mut stream = Self(seed ^ hash);
        // Seeds that differ in a few bits begin streams that have nothing in common.
        Self(stream.next())
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.next() % (high.saturating_sub(low) + 1)
    }

    /// A share from 0 up to, and without, 1.
    pub(super) fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Anything from -1 to 1.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "noise needs no more places than that"
    )]
    pub(super) fn swing(&mut self) -> f32 {
        self.share().mul_add(2.0, -1.0) as f32
    }

    /// One of `count` things, from 0; 0 if there are none.
    pub(super) fn index(&mut self, count: usize) -> usize {
        usize::try_from(self.next() % (count as u64).max(1)).unwrap_or(0)
    }

    /// `centre`, give or take `spread`.
    pub(super) fn around(&mut self, centre: Duration, spread: Duration) -> Duration {
        let micros = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX / 4);
        let (centre, spread) = (micros(centre), micros(spread));
        Duration::from_micros(self.between(centre.saturating_sub(spread), centre + spread))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jitter_stays_in_its_bounds_and_varies() {
        let mut random = Random::new(1, 0);
        let (centre, spread) = (Duration::from_millis(320), Duration::from_millis(30));
        let drawn: Vec<_> = (0..200).map(|_| random.around(centre, spread)).collect();
        assert!(drawn.iter().all(|d| d.abs_diff(centre) <= spread));
        assert!(drawn.iter().any(|d| *d < centre) && drawn.iter().any(|d| *d > centre));
        let mut again = Random::new(1, 0);
        assert_eq!(again.around(centre, spread), drawn[0]);
    }

    #[test]
    fn names_have_streams_of_their_own() {
        let first = |seed, name| Random::named(seed, name).next();
        assert_eq!(first(1, "agrees"), first(1, "agrees"));
        assert_ne!(first(1, "agrees"), first(1, "refuses"));
        assert_ne!(first(1, "agrees"), first(2, "agrees"));
    }

    #[test]
    fn shares_and_indices_fill_their_range_evenly() {
        let mut random = Random::named(7, "even");
        let mut counts = [0; 4];
        for _ in 0..4_000 {
            counts[random.index(4)] += 1;
        }
        assert!(
            counts.iter().all(|count| (900..1_100).contains(count)),
            "{counts:?}"
        );
        let sum: f64 = (0..4_000).map(|_| random.share()).sum();
        assert!((sum / 4_000.0 - 0.5).abs() < 0.02, "{sum}");
        assert_eq!(random.index(0), 0);
    }
}
