//! Pacing: calls a second, evenly spread. Calls at once are the planner's.

use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

const NANOS: f64 = 1_000_000_000.0;
/// One call in a thousand seconds, and a thousand calls a second: what lies beyond is a slip.
const SLOWEST: f64 = 0.001;
const FASTEST: f64 = 1000.0;

/// A rate that cannot be kept.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
#[error("{0} calls a second cannot be kept: write a rate from 0.001 to 1000")]
pub struct BadRate(pub f64);

/// Spreads calls evenly: between two of them there is at least the interval of the rate.
///
/// ```
/// use novodial::campaign::Pacer;
/// let now: jiff::Timestamp = "2026-11-22T09:00:00Z".parse().unwrap();
/// let mut pacer = Pacer::new(2.0)?;
/// assert_eq!(pacer.next_allowed(now), now);
/// pacer.placed(now);
/// assert_eq!(pacer.next_allowed(now).to_string(), "2026-11-22T09:00:00.5Z");
/// # Ok::<(), novodial::campaign::BadRate>(())
/// ```
#[derive(Debug, Clone)]
pub struct Pacer {
    interval: SignedDuration,
    last: Option<Timestamp>,
}

impl Pacer {
    /// A pacer that has placed no call yet.
    ///
    /// # Errors
    /// [`BadRate`] outside 0.001 to 1000 calls a second.
    pub fn new(calls_per_second: f64) -> Result<Self, BadRate> {
        if !(SLOWEST..=FASTEST).contains(&calls_per_second) {
            return Err(BadRate(calls_per_second));
        }
        #[expect(clippy::cast_possible_truncation, reason = "at most 10^12")]
        let nanos = (NANOS / calls_per_second).ceil() as i64;
        Ok(Self {
            interval: SignedDuration::from_nanos(nanos),
            last: None,
        })
    }

    /// The earliest time, not before now, at which a call may be placed.
    ///
    /// When the clock was set back, the last call counts as placed just now: the wait is one
    /// interval, not the hour by which the clock jumped.
    pub fn next_allowed(&mut self, now: Timestamp) -> Timestamp {
        self.last = self.last.map(|last| last.min(now));
        self.last
            .and_then(|last| last.checked_add(self.interval).ok())
            .map_or(now, |next| next.max(now))
    }

    /// A call is placed now.
    pub fn placed(&mut self, now: Timestamp) {
        self.last = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use proptest::prelude::*;

    use super::*;

    fn start() -> Timestamp {
        "2026-11-22T09:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_rate_must_be_a_rate() {
        for bad in [0.0, -1.0, f64::NAN, f64::INFINITY, 0.0001, 1001.0] {
            assert!(Pacer::new(bad).is_err(), "{bad}");
        }
        assert!(Pacer::new(0.001).is_ok() && Pacer::new(1000.0).is_ok());
    }

    #[test]
    fn a_clock_set_back_costs_one_interval() {
        let mut pacer = Pacer::new(1.0).unwrap();
        pacer.placed(start());
        let earlier = start() - 1.hour();
        assert_eq!(pacer.next_allowed(earlier), earlier + 1.second());
        assert_eq!(
            pacer.next_allowed(earlier + 1.second()),
            earlier + 1.second()
        );
    }

    proptest! {
        #[test]
        fn no_stretch_of_time_has_more_calls_than_the_rate_allows(
            rate in 0.05f64..50.0, steps in prop::collection::vec(0i64..3000, 1..200)
        ) {
            let mut pacer = Pacer::new(rate).unwrap();
            let (mut now, mut placed) = (start(), Vec::new());
            for step in steps {
                now += step.milliseconds();
                if pacer.next_allowed(now) == now {
                    pacer.placed(now);
                    placed.push(now);
                }
            }
            for (index, first) in placed.iter().enumerate() {
                for (more, last) in placed[index..].iter().enumerate() {
                    let seconds = last.duration_since(*first).as_secs_f64();
                    prop_assert!(more as f64 <= seconds * rate + 1e-6);
                }
            }
        }
    }
}
