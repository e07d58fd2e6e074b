//! The planner: given how things stand, what the campaign does now.
//!
//! It never reads a clock and never counts calls itself: both are handed in, so that what it
//! promises (never above the limits, never outside the hours) can be tested on made-up days.

use jiff::{SignedDuration, Timestamp};

use super::breaker::{Breaker, BreakerLimits, BreakerState};
use super::pacing::{BadRate, Pacer};
use super::policy::{NextOpening, Policy};
use crate::line::Disposition;

/// How soon to look again when every lead left is being rung by somebody else.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_secs(2);

/// What a campaign may do.
#[derive(Debug, Clone)]
pub struct PlannerLimits {
    /// Calls at once, ringing ones counted.
    pub max_calls: u32,
    /// Calls a second.
    pub calls_per_second: f64,
    /// Calls of this run.
    pub limit: Option<u64>,
    /// When to ring.
    pub policy: Policy,
    /// When to pause.
    pub breaker: BreakerLimits,
}

/// How things stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Situation {
    /// The time.
    pub now: Timestamp,
    /// Calls that go on, ringing ones counted.
    pub live: u32,
    /// Whether there is somebody to ring.
    pub supply: Supply,
}

/// Whether there is somebody to ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Supply {
    /// As far as is known, yes.
    Ready,
    /// Nobody before this time: retries that fall due, windows that open.
    Later(Timestamp),
    /// Every lead left is being rung by another campaign or process.
    HeldElsewhere,
    /// This run has nobody left to ring.
    Exhausted,
}

/// What to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    /// Claim a lead and ring it; then tell [`Planner::placed`].
    Call,
    /// Nothing before this time; ask again then, or when a call ends.
    WaitUntil(Timestamp, WaitReason),
    /// Nothing before a call ends.
    WaitForCall(WaitReason),
    /// The run is over and no call goes on.
    Drained(DrainReason),
}

/// Why the campaign waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitReason {
    /// As many calls as allowed go on.
    MaxCalls,
    /// The next call is due a moment later.
    Rate,
    /// Outside the calling hours.
    Hours,
    /// The breaker paused the campaign, or its probe is out.
    Breaker,
    /// Nobody is due before then.
    NobodyDue,
    /// The numbers left are being rung by others.
    HeldElsewhere,
    /// Nothing new is begun; the calls that go on come to their end.
    Draining(DrainReason),
}

/// Why a run ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DrainReason {
    /// Nobody is left to ring.
    Exhausted,
    /// The calls of this run are used up.
    Limit,
    /// Somebody stopped it.
    Stopped,
    /// The breaker gave up.
    Breaker,
}

/// Decides for one run of one campaign.
#[derive(Debug, Clone)]
pub struct Planner {
    max_calls: u32,
    calls_left: Option<u64>,
    policy: Policy,
    pacer: Pacer,
    breaker: Breaker,
    stopped: bool,
}

impl Planner {
    /// A planner for a run that begins.
    ///
    /// # Errors
    /// [`BadRate`].
    pub fn new(limits: PlannerLimits) -> Result<Self, BadRate> {
        Ok(Self {
            max_calls: limits.max_calls.max(1),
            calls_left: limits.limit,
            policy: limits.policy,
            pacer: Pacer::new(limits.calls_per_second)?,
            breaker: Breaker::new(limits.breaker),
            stopped: false,
        })
    }

    /// What to do now.
    pub fn plan(&mut self, situation: &Situation) -> Plan {
        let Situation { now, live, supply } = *situation;
        if let Some(reason) = self.over(now, supply) {
            return if live == 0 {
                Plan::Drained(reason)
            } else {
                Plan::WaitForCall(WaitReason::Draining(reason))
            };
        }
        if live >= self.max_calls {
            return Plan::WaitForCall(WaitReason::MaxCalls);
        }
        match self.breaker.state(now) {
            BreakerState::PausedUntil(until) => {
                return Plan::WaitUntil(until, WaitReason::Breaker);
            }
            BreakerState::Probing if live > 0 => return Plan::WaitForCall(WaitReason::Breaker),
            // A probe that is out while no call goes on was never reported; send another.
            BreakerState::Probing
            | BreakerState::Closed
            | BreakerState::ProbeNow
            | BreakerState::GivenUp => {}
        }
        if let Err(NextOpening(opening)) = self.policy.may_ring(now) {
            return Plan::WaitUntil(opening, WaitReason::Hours);
        }
        if let Supply::Later(at) = supply
            && at > now
        {
            return Plan::WaitUntil(at, WaitReason::NobodyDue);
        }
        if supply == Supply::HeldElsewhere {
            let later = now.checked_add(LOOK_AGAIN).unwrap_or(Timestamp::MAX);
            return Plan::WaitUntil(later, WaitReason::HeldElsewhere);
        }
        let allowed = self.pacer.next_allowed(now);
        if allowed > now {
            return Plan::WaitUntil(allowed, WaitReason::Rate);
        }
        Plan::Call
    }

    /// A call is placed now.
    pub fn placed(&mut self, now: Timestamp) {
        self.pacer.placed(now);
        self.breaker.placed();
        self.calls_left = self.calls_left.map(|left| left.saturating_sub(1));
    }

    /// A call ended.
    pub fn ended(&mut self, disposition: Disposition, now: Timestamp) {
        self.breaker.ended(disposition, now);
    }

    /// Begin nothing new.
    pub fn stop(&mut self) {
        self.stopped = true;
    }

    /// Whether it was told to begin nothing new.
    pub fn is_stopped(&self) -> bool {
        self.stopped
    }

    fn over(&mut self, now: Timestamp, supply: Supply) -> Option<DrainReason> {
        if self.stopped {
            Some(DrainReason::Stopped)
        } else if self.breaker.state(now) == BreakerState::GivenUp {
            Some(DrainReason::Breaker)
        } else if self.calls_left == Some(0) {
            Some(DrainReason::Limit)
        } else if supply == Supply::Exhausted {
            Some(DrainReason::Exhausted)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    use super::*;

    fn noon() -> Timestamp {
        "2026-11-22T09:00:00Z".parse().unwrap()
    }

    fn limits() -> PlannerLimits {
        PlannerLimits {
            max_calls: 2,
            calls_per_second: 1.0,
            limit: None,
            policy: Policy {
                hours: "08:00-22:00".parse().unwrap(),
                default_timezone: TimeZone::get("Europe/Moscow").unwrap(),
            },
            breaker: BreakerLimits::default(),
        }
    }

    fn planner(limits: PlannerLimits) -> Planner {
        Planner::new(limits).unwrap()
    }

    fn now(now: Timestamp, live: u32) -> Situation {
        Situation {
            now,
            live,
            supply: Supply::Ready,
        }
    }

    #[test]
    fn it_calls_at_the_rate_up_to_the_limit_of_calls_at_once() {
        let mut planner = planner(limits());
        assert_eq!(planner.plan(&now(noon(), 0)), Plan::Call);
        planner.placed(noon());
        let second = noon() + 1.second();
        assert_eq!(
            planner.plan(&now(noon(), 1)),
            Plan::WaitUntil(second, WaitReason::Rate)
        );
        assert_eq!(planner.plan(&now(second, 1)), Plan::Call);
        planner.placed(second);
        let full = Plan::WaitForCall(WaitReason::MaxCalls);
        assert_eq!(planner.plan(&now(second + 9.seconds(), 2)), full);
    }

    #[test]
    fn at_night_it_waits_for_the_morning() {
        let mut planner = planner(limits());
        let night = noon() + 12.hours();
        let morning = "2026-11-23T05:00:00Z".parse().unwrap();
        let plan = planner.plan(&now(night, 0));
        assert_eq!(plan, Plan::WaitUntil(morning, WaitReason::Hours));
    }

    #[test]
    fn every_end_lets_the_talks_end_first() {
        let over = |planner: &mut Planner, supply, reason| {
            let ask = |live| Situation {
                supply,
                ..now(noon(), live)
            };
            let draining = Plan::WaitForCall(WaitReason::Draining(reason));
            assert_eq!(planner.plan(&ask(1)), draining);
            assert_eq!(planner.plan(&ask(0)), Plan::Drained(reason));
        };
        let mut exhausted = planner(limits());
        over(&mut exhausted, Supply::Exhausted, DrainReason::Exhausted);
        let mut limited = planner(PlannerLimits {
            limit: Some(1),
            ..limits()
        });
        assert_eq!(limited.plan(&now(noon(), 0)), Plan::Call);
        limited.placed(noon());
        over(&mut limited, Supply::Ready, DrainReason::Limit);
        let mut stopped = planner(limits());
        stopped.stop();
        over(&mut stopped, Supply::Ready, DrainReason::Stopped);
        let mut broken = planner(PlannerLimits {
            breaker: BreakerLimits {
                pauses: 0,
                ..BreakerLimits::default()
            },
            ..limits()
        });
        for _ in 0..5 {
            broken.ended(Disposition::TrunkRefused, noon() - 1.hour());
        }
        assert_eq!(broken.plan(&now(noon(), 0)), Plan::Call, "the probe");
        broken.placed(noon());
        broken.ended(Disposition::TrunkRefused, noon());
        over(&mut broken, Supply::Ready, DrainReason::Breaker);
    }

    #[test]
    fn it_pauses_and_probes_with_one_call() {
        let mut planner = planner(limits());
        for _ in 0..5 {
            planner.ended(Disposition::Congestion, noon());
        }
        let until = noon() + 60.seconds();
        let paused = Plan::WaitUntil(until, WaitReason::Breaker);
        assert_eq!(planner.plan(&now(noon(), 0)), paused);
        assert_eq!(planner.plan(&now(until, 0)), Plan::Call);
        planner.placed(until);
        let probing = Plan::WaitForCall(WaitReason::Breaker);
        assert_eq!(planner.plan(&now(until + 5.seconds(), 1)), probing);
        planner.ended(Disposition::Answered, until + 6.seconds());
        assert_eq!(planner.plan(&now(until + 6.seconds(), 0)), Plan::Call);
    }

    #[test]
    fn numbers_held_by_others_are_looked_for_again() {
        let held = Situation {
            supply: Supply::HeldElsewhere,
            ..now(noon(), 0)
        };
        let later = Plan::WaitUntil(noon() + 2.seconds(), WaitReason::HeldElsewhere);
        assert_eq!(planner(limits()).plan(&held), later);
    }

    #[test]
    fn what_is_due_later_is_waited_for() {
        let later = noon() + 9.minutes();
        let due = Situation {
            supply: Supply::Later(later),
            ..now(noon(), 0)
        };
        let wait = Plan::WaitUntil(later, WaitReason::NobodyDue);
        assert_eq!(planner(limits()).plan(&due), wait);
        let come = Situation { now: later, ..due };
        assert_eq!(planner(limits()).plan(&come), Plan::Call);
    }

    /// What may happen on a made-up day.
    #[derive(Debug, Clone)]
    enum Step {
        Pass(i64),
        Ask,
        End(Disposition),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            2 => (0i64..400).prop_map(Step::Pass),
            1 => (0i64..4 * 3_600_000).prop_map(Step::Pass),
            4 => Just(Step::Ask),
            2 => prop::sample::select(Disposition::ALL.to_vec()).prop_map(Step::End),
        ]
    }

    proptest! {
        #[test]
        fn no_day_breaks_a_limit(
            steps in prop::collection::vec(step(), 1..300),
            max_calls in 1u32..6, rate in 0.2f64..20.0, limit in prop::option::of(0u64..30),
        ) {
            let mut planner = planner(PlannerLimits {
                max_calls, calls_per_second: rate, limit, ..limits()
            });
            let policy = limits().policy;
            let (mut time, mut live, mut placed) = (noon(), 0, Vec::<Timestamp>::new());
            for step in steps {
                match step {
                    Step::Pass(ms) => time += ms.milliseconds(),
                    Step::End(disposition) if live > 0 => {
                        live -= 1;
                        planner.ended(disposition, time);
                    }
                    Step::End(_) => {}
                    Step::Ask => match planner.plan(&now(time, live)) {
                        Plan::Call => {
                            planner.placed(time);
                            live += 1;
                            placed.push(time);
                        }
                        Plan::WaitUntil(until, _) => prop_assert!(until > time),
                        Plan::WaitForCall(_) => prop_assert!(live > 0, "would wait for ever"),
                        Plan::Drained(_) => prop_assert_eq!(live, 0),
                    },
                }
                prop_assert!(live <= max_calls);
            }
            prop_assert!(limit.is_none_or(|limit| placed.len() as u64 <= limit));
            for pair in placed.windows(2) {
                let gap = pair[1].duration_since(pair[0]).as_secs_f64();
                prop_assert!(gap * rate >= 1.0 - 1e-6);
            }
            prop_assert!(placed.iter().all(|&time| policy.may_ring(time).is_ok()));
        }
    }
}
