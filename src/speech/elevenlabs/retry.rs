//! How long to wait before asking again: exponential, with jitter, never below `retry-after`.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// The longest pause between two tries.
const LONGEST: Duration = Duration::from_secs(5);

/// The pause before try `tries + 1`: `first` doubled with each try, half of it jittered.
pub(super) fn pause(first: Duration, tries: u32, retry_after: Option<Duration>) -> Duration {
    let whole = steady_pause(first, tries);
    let jittered = whole / 2 + (whole / 2).mul_f64(fraction());
    retry_after.map_or(jittered, |least| least.max(jittered))
}

/// The same without jitter, for one socket that nobody else competes with.
pub(super) fn steady_pause(first: Duration, tries: u32) -> Duration {
    first
        .saturating_mul(2_u32.saturating_pow(tries))
        .min(LONGEST)
}

/// A number in 0..1 from the randomness that the standard library seeds its tables with.
fn fraction() -> f64 {
    let bits = RandomState::new().hash_one(0_u8) >> 32;
    f64::from(u32::try_from(bits).unwrap_or(0)) / f64::from(u32::MAX)
}

/// Reads the header `retry-after` in its form of seconds; capped at 30 s.
pub(super) fn retry_after(value: &str) -> Option<Duration> {
    let seconds: u64 = value.trim().parse().ok()?;
    Some(Duration::from_secs(seconds.min(30)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_and_stop_growing() {
        let first = Duration::from_millis(200);
        let pauses: Vec<u128> = (0..7).map(|n| steady_pause(first, n).as_millis()).collect();
        assert_eq!(pauses, [200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
    }

    #[test]
    fn jitter_stays_within_half_of_the_pause() {
        for _ in 0..200 {
            let pause = pause(Duration::from_millis(200), 1, None);
            assert!((200..=400).contains(&pause.as_millis()), "{pause:?}");
        }
    }

    #[test]
    fn the_servers_wish_is_the_least() {
        let asked = retry_after("2");
        assert_eq!(asked, Some(Duration::from_secs(2)));
        assert!(pause(Duration::from_millis(1), 0, asked) >= Duration::from_secs(2));
        assert_eq!(retry_after("soon"), None);
    }
}
