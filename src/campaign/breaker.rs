//! The circuit breaker: when call after call fails at the trunk, nobody else is to be rung for it.
//!
//! After so many failures in a row it pauses; after the pause one call goes out as a probe. A
//! probe that fails makes the next pause twice as long; after some pauses it gives up.

use jiff::{SignedDuration, Timestamp};

use crate::line::Disposition;

/// When to pause, and when to give up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerLimits {
    /// Pause after so many failures in a row.
    pub failures: u32,
    /// The length of the first pause.
    pub pause: SignedDuration,
    /// Give up when the probe after this many pauses failed.
    pub pauses: u32,
}

impl Default for BreakerLimits {
    fn default() -> Self {
        Self {
            failures: 5,
            pause: SignedDuration::from_secs(60),
            pauses: 3,
        }
    }
}

/// What the breaker says now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerState {
    /// Calls may be placed.
    Closed,
    /// No calls until then.
    PausedUntil(Timestamp),
    /// One call may be placed, as a probe.
    ProbeNow,
    /// The probe is out; no other call until it ends.
    Probing,
    /// The trunk does not come back; a person must look.
    GivenUp,
}

/// Watches how calls end.
#[derive(Debug, Clone)]
pub struct Breaker {
    limits: BreakerLimits,
    inner: Inner,
}

#[derive(Debug, Clone, Copy)]
enum Inner {
    Closed { failures: u32 },
    Open { until: Timestamp, pauses: u32 },
    Probe { out: bool, pauses: u32 },
    GivenUp,
}

/// What a disposition tells of the trunk.
enum Trunk {
    Works,
    Fails,
    Unknown,
}

impl Breaker {
    /// A breaker that lets calls pass.
    pub fn new(limits: BreakerLimits) -> Self {
        Self {
            limits,
            inner: Inner::Closed { failures: 0 },
        }
    }

    /// What may be done now.
    pub fn state(&mut self, now: Timestamp) -> BreakerState {
        if let Inner::Open { until, pauses } = &mut self.inner {
            // A clock set back must not lengthen the pause.
            *until = (*until).min(self.limits.pause_end(now, *pauses));
            if *until > now {
                return BreakerState::PausedUntil(*until);
            }
            let pauses = *pauses;
            self.inner = Inner::Probe { out: false, pauses };
        }
        match self.inner {
            Inner::Closed { .. } => BreakerState::Closed,
            Inner::Open { until, .. } => BreakerState::PausedUntil(until),
            Inner::Probe { out: false, .. } => BreakerState::ProbeNow,
            Inner::Probe { out: true, .. } => BreakerState::Probing,
            Inner::GivenUp => BreakerState::GivenUp,
        }
    }

    /// A call is placed.
    pub fn placed(&mut self) {
        if let Inner::Probe { out, .. } = &mut self.inner {
            *out = true;
        }
    }

    /// A call ended.
    pub fn ended(&mut self, disposition: Disposition, now: Timestamp) {
        self.inner = match (trunk(disposition), self.inner) {
            (_, Inner::GivenUp) => Inner::GivenUp,
            (Trunk::Works, _) => Inner::Closed { failures: 0 },
            (Trunk::Fails, Inner::Closed { failures }) => {
                let failures = failures + 1;
                if failures >= self.limits.failures {
                    self.open(now, 1)
                } else {
                    Inner::Closed { failures }
                }
            }
            (Trunk::Fails, Inner::Probe { pauses, .. }) if pauses >= self.limits.pauses => {
                Inner::GivenUp
            }
            (Trunk::Fails, Inner::Probe { pauses, .. }) => self.open(now, pauses + 1),
            (Trunk::Unknown, Inner::Probe { pauses, .. }) => Inner::Probe { out: false, pauses },
            // Calls placed before the pause fail like the ones that caused it.
            (_, same @ (Inner::Open { .. } | Inner::Closed { .. })) => same,
        };
    }

    fn open(&self, now: Timestamp, pauses: u32) -> Inner {
        Inner::Open {
            until: self.limits.pause_end(now, pauses),
            pauses,
        }
    }
}

impl BreakerLimits {
    /// When the pause of this number, begun now, ends; each is twice as long as the one before.
    fn pause_end(&self, now: Timestamp, pauses: u32) -> Timestamp {
        let doublings = pauses.saturating_sub(1).min(16);
        self.pause
            .checked_mul(1 << doublings)
            .and_then(|length| now.checked_add(length).ok())
            .unwrap_or(Timestamp::MAX)
    }
}

fn trunk(disposition: Disposition) -> Trunk {
    match disposition {
        Disposition::Congestion | Disposition::TrunkRefused | Disposition::TrunkUnreachable => {
            Trunk::Fails
        }
        Disposition::Answered
        | Disposition::Machine
        | Disposition::Busy
        | Disposition::NoAnswer
        | Disposition::Rejected
        | Disposition::Unreachable
        | Disposition::InvalidNumber => Trunk::Works,
        Disposition::Blocked | Disposition::Interrupted | Disposition::Failed => Trunk::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn tripped() -> Breaker {
        let mut breaker = Breaker::new(BreakerLimits::default());
        for _ in 0..5 {
            assert_eq!(breaker.state(at(0)), BreakerState::Closed);
            breaker.ended(Disposition::Congestion, at(0));
        }
        breaker
    }

    #[test]
    fn five_failures_in_a_row_pause() {
        let mut breaker = tripped();
        assert_eq!(breaker.state(at(1)), BreakerState::PausedUntil(at(60)));
        assert_eq!(breaker.state(at(60)), BreakerState::ProbeNow);
    }

    #[test]
    fn one_call_that_the_trunk_took_starts_the_count_anew() {
        let mut breaker = Breaker::new(BreakerLimits::default());
        for disposition in [Disposition::TrunkRefused, Disposition::TrunkUnreachable] {
            for _ in 0..4 {
                breaker.ended(disposition, at(0));
                breaker.ended(Disposition::Failed, at(0));
            }
            breaker.ended(Disposition::Busy, at(0));
        }
        assert_eq!(breaker.state(at(0)), BreakerState::Closed);
    }

    #[test]
    fn one_probe_goes_out_at_a_time_and_decides() {
        let mut breaker = tripped();
        assert_eq!(breaker.state(at(60)), BreakerState::ProbeNow);
        breaker.placed();
        assert_eq!(breaker.state(at(61)), BreakerState::Probing);
        breaker.ended(Disposition::Interrupted, at(62));
        assert_eq!(
            breaker.state(at(62)),
            BreakerState::ProbeNow,
            "it told nothing"
        );
        breaker.placed();
        breaker.ended(Disposition::NoAnswer, at(70));
        assert_eq!(breaker.state(at(70)), BreakerState::Closed);
    }

    #[test]
    fn pauses_grow_and_then_it_gives_up_for_good() {
        let mut breaker = tripped();
        let mut now = at(60);
        for length in [120, 240] {
            assert_eq!(breaker.state(now), BreakerState::ProbeNow);
            breaker.placed();
            breaker.ended(Disposition::TrunkUnreachable, now);
            let until = now + length.seconds();
            assert_eq!(breaker.state(now), BreakerState::PausedUntil(until));
            now = until;
        }
        assert_eq!(breaker.state(now), BreakerState::ProbeNow);
        breaker.ended(Disposition::TrunkUnreachable, now);
        assert_eq!(breaker.state(now), BreakerState::GivenUp);
        breaker.ended(Disposition::Answered, now);
        assert_eq!(breaker.state(at(1_000_000)), BreakerState::GivenUp);
    }

    #[test]
    fn calls_from_before_the_pause_neither_lengthen_it_nor_are_ignored_when_they_succeed() {
        let mut breaker = tripped();
        breaker.ended(Disposition::Congestion, at(30));
        assert_eq!(breaker.state(at(31)), BreakerState::PausedUntil(at(60)));
        breaker.ended(Disposition::Answered, at(32));
        assert_eq!(breaker.state(at(32)), BreakerState::Closed);
    }

    #[test]
    fn a_clock_set_back_does_not_lengthen_the_pause() {
        let mut breaker = tripped();
        assert_eq!(
            breaker.state(at(-3600)),
            BreakerState::PausedUntil(at(-3540))
        );
    }
}
