//! Pacing: calls a second, evenly spread, and slowly at first. Calls at once are the planner's.

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

/// How a rate is reached: a trunk that meets a burst out of nothing takes it for an attack.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ramp {
    /// The calls a second to begin with; a rate below it needs no ramp.
    pub from: f64,
    /// After this time the rate is the whole rate.
    pub over: SignedDuration,
}

impl Ramp {
    /// The whole rate from the first call on.
    pub const NONE: Self = Self {
        from: FASTEST,
        over: SignedDuration::ZERO,
    };
}

impl Default for Ramp {
    /// From a call a second to the whole rate in half a minute.
    fn default() -> Self {
        Self {
            from: 1.0,
            over: SignedDuration::from_secs(30),
        }
    }
}

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
    calls_per_second: f64,
    ramp: Ramp,
    /// When the first call of the present ramp was placed.
    begun: Option<Timestamp>,
    last: Option<Timestamp>,
}

impl Pacer {
    /// A pacer that has placed no call yet; it begins with the whole rate.
    ///
    /// # Errors
    /// [`BadRate`] outside 0.001 to 1000 calls a second.
    pub fn new(calls_per_second: f64) -> Result<Self, BadRate> {
        if !(SLOWEST..=FASTEST).contains(&calls_per_second) {
            return Err(BadRate(calls_per_second));
        }
        Ok(Self {
            calls_per_second,
            ramp: Ramp::NONE,
            begun: None,
            last: None,
        })
    }

    /// The same pacer, reaching its rate by a ramp.
    #[must_use]
    pub fn with_ramp(self, ramp: Ramp) -> Self {
        Self { ramp, ..self }
    }

    /// The earliest time, not before now, at which a call may be placed.
    ///
    /// When the clock was set back, the last call counts as placed just now: the wait is one
    /// interval, not the hour by which the clock jumped.
    pub fn next_allowed(&mut self, now: Timestamp) -> Timestamp {
        self.last = self.last.map(|last| last.min(now));
        self.begun = self.begun.map(|begun| begun.min(now));
        let Some(last) = self.last else { return now };
        let next = last.checked_add(self.interval(last));
        next.map_or(now, |next| next.max(now))
    }

    /// A call is placed now.
    pub fn placed(&mut self, now: Timestamp) {
        self.begun.get_or_insert(now);
        self.last = Some(now);
    }

    /// Begins the ramp anew with the next call: after a pause the trunk is as cold as at first.
    pub fn restart(&mut self) {
        self.begun = None;
    }

    /// The wait after a call placed at `last`: the rate at that moment, which only grows, so that
    /// no stretch of time holds more calls than the rate at its end allows.
    fn interval(&self, last: Timestamp) -> SignedDuration {
        let since = self
            .begun
            .map_or(0.0, |begun| last.duration_since(begun).as_secs_f64());
        let over = self.ramp.over.as_secs_f64();
        let way = if since < over { since / over } else { 1.0 };
        let whole = self.calls_per_second;
        let from = self.ramp.from.max(SLOWEST).min(whole);
        let rate = from + (whole - from) * way;
        #[expect(clippy::cast_possible_truncation, reason = "at most 10^12")]
        SignedDuration::from_nanos((NANOS / rate).ceil() as i64)
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

    /// How many calls a greedy caller places in each of so many seconds.
    fn by_second(pacer: &mut Pacer, from: Timestamp, seconds: i64) -> Vec<usize> {
        let mut now = from;
        let mut placed = vec![0; usize::try_from(seconds).unwrap()];
        loop {
            now = pacer.next_allowed(now);
            let second = now.duration_since(from).as_secs();
            let Some(count) = placed.get_mut(usize::try_from(second).unwrap()) else {
                return placed;
            };
            *count += 1;
            pacer.placed(now);
        }
    }

    #[test]
    fn a_ramp_begins_slowly_and_begins_anew_after_a_pause() {
        let ramp = Ramp {
            from: 1.0,
            over: SignedDuration::from_secs(10),
        };
        let mut pacer = Pacer::new(10.0).unwrap().with_ramp(ramp);
        let first = by_second(&mut pacer, start(), 13);
        assert_eq!(first[..2], [1, 3]);
        assert!(first.is_sorted(), "{first:?}");
        assert!((4..=6).contains(&first[5]), "{first:?}");
        assert_eq!(first[11..], [10, 10]);
        let later = start() + 1.hour();
        assert_eq!(by_second(&mut pacer, later, 1), [10]);
        pacer.restart();
        assert_eq!(by_second(&mut pacer, later + 1.hour(), 13), first);
    }

    proptest! {
        #[test]
        fn no_stretch_of_time_has_more_calls_than_the_rate_allows(
            rate in 0.05f64..50.0, steps in prop::collection::vec(0i64..3000, 1..200),
            from in 0.0f64..60.0, over in 0i64..60,
        ) {
            let ramp = Ramp { from, over: SignedDuration::from_secs(over) };
            let mut pacer = Pacer::new(rate).unwrap().with_ramp(ramp);
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
