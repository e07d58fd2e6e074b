//! Repeatable randomness for jitter and chunk sizes (`SplitMix64`).
//!
//! Each session draws from a stream of its own, so what one client does never changes what
//! another one gets.

use std::time::Duration;

/// A stream of numbers that its seed fixes.
#[derive(Debug, Clone)]
pub(super) struct Random(u64);

impl Random {
    /// The stream of a seed and of a number within it, such as a session's.
    pub(super) fn new(seed: u64, number: usize) -> Self {
        Self(seed ^ (number as u64 + 1).wrapping_mul(0xA24B_AED4_963E_E407))
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
}
