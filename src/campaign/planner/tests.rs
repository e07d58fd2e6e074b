//! The planner on made-up days.

use jiff::ToSpan;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::campaign::{BreakerLimits, CallerIdLimits, Ramp};
use crate::line::Disposition;

fn noon() -> Timestamp {
    "2026-11-22T09:00:00Z".parse().unwrap()
}

fn limits() -> PlannerLimits {
    PlannerLimits {
        max_calls: 2,
        max_conversations: 2,
        mode: Mode::Progressive,
        calls_per_second: 1.0,
        ramp: Ramp::NONE,
        caller_ids: Vec::new(),
        ring_timeout: SignedDuration::from_secs(30),
        limit: None,
        policy: Policy {
            hours: "08:00-22:00".parse().unwrap(),
            default_timezone: TimeZone::get("Europe/Moscow").unwrap(),
        },
        breaker: BreakerLimits::default(),
    }
}

/// A planner, and the calls that go on.
struct Day {
    planner: Planner,
    now: Timestamp,
    live: Vec<LeadId>,
    placed: Vec<(Timestamp, Option<CallerIdKey>)>,
}

impl Day {
    fn new(limits: PlannerLimits) -> Self {
        Self {
            planner: Planner::new(limits).unwrap(),
            now: noon(),
            live: Vec::new(),
            placed: Vec::new(),
        }
    }

    fn ask(&mut self, supply: Supply) -> Plan {
        let now = self.now;
        self.planner.plan(&Situation { now, supply })
    }

    fn plan(&mut self) -> Plan {
        self.ask(Supply::Ready)
    }

    /// Asks, and places the call that is to be made.
    fn call(&mut self) -> LeadId {
        let plan = self.plan();
        let Plan::Call(caller_id) = plan else {
            panic!("{plan:?}");
        };
        self.place(caller_id)
    }

    fn place(&mut self, caller_id: Option<CallerIdKey>) -> LeadId {
        let lead = LeadId(i64::try_from(self.placed.len()).unwrap() + 1);
        self.planner.placed(lead, caller_id, self.now);
        self.live.push(lead);
        self.placed.push((self.now, caller_id));
        lead
    }

    fn end(&mut self, lead: LeadId, disposition: Disposition) {
        self.live.retain(|live| *live != lead);
        self.planner.ended(lead, disposition, self.now);
    }

    fn pass(&mut self, seconds: i64) {
        self.now += seconds.seconds();
    }
}

fn wait(until: Timestamp, reason: WaitReason) -> Plan {
    Plan::WaitUntil(until, reason)
}

#[test]
fn it_calls_at_the_rate_up_to_the_limit_of_calls_at_once() {
    let mut day = Day::new(PlannerLimits {
        max_conversations: 5,
        ..limits()
    });
    day.call();
    assert_eq!(day.plan(), wait(noon() + 1.second(), WaitReason::Rate));
    day.pass(1);
    day.call();
    day.pass(9);
    assert_eq!(day.plan(), Plan::WaitForCall(WaitReason::MaxCalls));
}

#[test]
fn progressive_rings_one_line_for_each_free_conversation() {
    let mut day = Day::new(PlannerLimits {
        max_calls: 50,
        ..limits()
    });
    let first = day.call();
    day.pass(1);
    let second = day.call();
    day.pass(1);
    let full = Plan::WaitForCall(WaitReason::Conversations);
    assert_eq!(day.plan(), full);
    day.planner.answered(first, day.now);
    assert_eq!(day.planner.seat(day.now), Some(Seat::Talk(first)));
    assert_eq!(day.planner.seat(day.now), None);
    assert_eq!(day.plan(), full);
    day.end(second, Disposition::NoAnswer);
    day.call();
}

#[test]
fn the_speech_services_limit_is_kept_where_it_is_lower() {
    let mut day = Day::new(limits());
    day.planner.speech_limit(Some(1));
    let first = day.call();
    day.pass(1);
    let full = Plan::WaitForCall(WaitReason::Conversations);
    assert_eq!(day.plan(), full);
    day.planner.speech_limit(None);
    let second = day.call();
    // Lowered again while two ring: the second to answer waits, and is let go after 2 s.
    day.planner.speech_limit(Some(1));
    day.planner.answered(first, day.now);
    day.planner.answered(second, day.now);
    assert_eq!(day.planner.seat(day.now), Some(Seat::Talk(first)));
    assert_eq!(day.planner.seat(day.now), None);
    let due = day.now + 2.seconds();
    assert_eq!(day.plan(), wait(due, WaitReason::MaxCalls));
    day.now = due;
    assert_eq!(day.planner.seat(day.now), Some(Seat::Drop(second)));
    assert_eq!(day.planner.seat(day.now), None);
}

#[test]
fn whoever_answered_gets_the_conversation_that_becomes_free_in_time() {
    let mut day = Day::new(limits());
    let first = day.call();
    day.pass(1);
    let second = day.call();
    day.planner.speech_limit(Some(1));
    day.planner.answered(first, day.now);
    day.planner.answered(second, day.now);
    assert_eq!(day.planner.seat(day.now), Some(Seat::Talk(first)));
    day.pass(1);
    day.end(first, Disposition::Answered);
    assert_eq!(day.planner.seat(day.now), Some(Seat::Talk(second)));
    assert_eq!(day.planner.pulse().talking, 1);
    day.end(second, Disposition::Answered);
    let pulse = day.planner.pulse();
    assert_eq!((pulse.live, pulse.talking, pulse.waiting), (0, 0, 0));
}

/// Teaches that a fifth answers, by calls that end well.
fn taught(day: &mut Day) {
    for call in 0..600 {
        day.pass(1);
        let Plan::Call(caller_id) = day.plan() else {
            panic!("{:?}", day.plan());
        };
        let lead = day.place(caller_id);
        day.now += 8.seconds();
        if call % 5 == 0 {
            day.planner.answered(lead, day.now);
            assert_eq!(day.planner.seat(day.now), Some(Seat::Talk(lead)));
            day.pass(30);
            day.end(lead, Disposition::Answered);
        } else {
            day.end(lead, Disposition::NoAnswer);
        }
    }
}

#[test]
fn adaptive_begins_like_progressive_and_learns_to_ring_more() {
    let mut day = Day::new(PlannerLimits {
        max_calls: 30,
        max_conversations: 5,
        calls_per_second: 100.0,
        mode: Mode::Adaptive { max_drop: 0.03 },
        policy: Policy {
            hours: "any".parse().unwrap(),
            default_timezone: TimeZone::UTC,
        },
        ..limits()
    });
    let most = |day: &mut Day| {
        while let Plan::Call(caller_id) = day.plan() {
            day.place(caller_id);
            day.now += 10.milliseconds();
        }
        day.live.len()
    };
    assert_eq!(most(&mut day), 5);
    for lead in day.live.clone() {
        day.end(lead, Disposition::NoAnswer);
    }
    taught(&mut day);
    let many = most(&mut day);
    assert!((8..=30).contains(&many), "{many}");
    let pulse = day.planner.pulse();
    assert!(pulse.answer_chance.unwrap() < 0.3);
    assert_eq!(pulse.drop_rate, Some(0.0));
    assert!(matches!(
        day.plan(),
        Plan::WaitUntil(_, WaitReason::Conversations) | Plan::WaitForCall(WaitReason::MaxCalls)
    ));
}

#[test]
fn a_run_that_remembers_earlier_ones_rings_more_from_its_first_minute() {
    let fresh = || {
        Day::new(PlannerLimits {
            max_calls: 60,
            max_conversations: 10,
            calls_per_second: 100.0,
            mode: Mode::Adaptive { max_drop: 0.03 },
            ..limits()
        })
    };
    let most = |mut day: Day| {
        while let Plan::Call(caller_id) = day.plan() {
            day.place(caller_id);
            day.now += 10.milliseconds();
        }
        day.live.len()
    };
    let past = |ago: i64, dropped| {
        let placed = noon() - ago.seconds();
        let answered = (ago % 5 == 0).then(|| placed + 10.seconds());
        PastCall {
            placed,
            answered,
            ended: placed + 30.seconds(),
            disposition: if answered.is_some() {
                Disposition::Answered
            } else {
                Disposition::NoAnswer
            },
            dropped: answered.is_some() && dropped,
        }
    };
    let remembers = |dropped: fn(i64) -> bool| {
        let mut day = fresh();
        for ago in (1..2_000).rev() {
            day.planner.remember(&past(ago, dropped(ago)));
        }
        day
    };
    assert_eq!(most(fresh()), 10);
    let well = most(remembers(|_| false));
    assert!((20..50).contains(&well), "{well}");
    // Drops of earlier runs are the campaign's, too.
    assert_eq!(most(remembers(|ago| ago % 100 == 0)), 10);
}

#[test]
fn at_night_it_waits_for_the_morning() {
    let mut day = Day::new(limits());
    day.now += 12.hours();
    let morning = "2026-11-23T05:00:00Z".parse().unwrap();
    assert_eq!(day.plan(), wait(morning, WaitReason::Hours));
    let due = day.now + 30.minutes();
    day.now = noon();
    assert_eq!(
        day.ask(Supply::Later(due)),
        wait(due, WaitReason::NobodyDue)
    );
    assert_eq!(day.ask(Supply::Later(noon())), Plan::Call(None));
}

#[test]
fn a_rate_is_reached_slowly_again_after_a_night_and_after_a_pause() {
    let mut day = Day::new(PlannerLimits {
        max_calls: 1_000,
        max_conversations: 1_000,
        calls_per_second: 10.0,
        ramp: Ramp::default(),
        ..limits()
    });
    let first_gap = |day: &mut Day| {
        day.call();
        let plan = day.plan();
        let Plan::WaitUntil(until, WaitReason::Rate) = plan else {
            panic!("{plan:?}");
        };
        until.duration_since(day.now)
    };
    let second = SignedDuration::from_secs(1);
    assert_eq!(first_gap(&mut day), second);
    day.pass(60);
    assert!(first_gap(&mut day) < second / 5);
    day.pass(12 * 3_600);
    assert!(matches!(day.plan(), Plan::WaitUntil(_, WaitReason::Hours)));
    day.pass(12 * 3_600);
    assert_eq!(first_gap(&mut day), second);
    day.pass(60);
    for lead in day.live.clone().into_iter().chain((0..5).map(LeadId)) {
        day.planner.placed(lead, None, day.now);
        day.end(lead, Disposition::Congestion);
    }
    let paused = WaitReason::Breaker(Trouble::Congestion);
    assert_eq!(day.plan(), wait(day.now + 60.seconds(), paused));
    day.pass(60);
    assert_eq!(day.plan(), Plan::Call(None));
    let probe = day.place(None);
    day.end(probe, Disposition::Busy);
    day.pass(1);
    assert_eq!(first_gap(&mut day).as_millis(), 769, "the second of a ramp");
}

#[test]
fn caller_ids_take_turns_and_full_days_wait_for_midnight() {
    let id = |number: &str| CallerIdLimits {
        daily: Some(1),
        ..CallerIdLimits::new(number)
    };
    let mut day = Day::new(PlannerLimits {
        max_calls: 9,
        max_conversations: 9,
        caller_ids: vec![id("+74950000001"), id("+74950000002")],
        policy: Policy {
            hours: "any".parse().unwrap(),
            default_timezone: TimeZone::UTC,
        },
        ..limits()
    });
    for number in ["+74950000001", "+74950000002"] {
        day.call();
        let (_, key) = *day.placed.last().unwrap();
        let shown = day.planner.caller_ids().number(key.unwrap());
        assert_eq!(shown, Some(number));
        day.pass(1);
    }
    let midnight = noon() + 15.hours();
    assert_eq!(day.plan(), wait(midnight, WaitReason::CallerIds));
}

#[test]
fn every_end_lets_the_talks_end_first() {
    let over = |day: &mut Day, supply, reason| {
        let talking = LeadId(9_999);
        day.planner.placed(talking, None, day.now - 1.hour());
        let draining = Plan::WaitForCall(WaitReason::Draining(reason));
        assert_eq!(day.ask(supply), draining);
        day.planner.ended(talking, Disposition::Answered, day.now);
        assert_eq!(day.ask(supply), Plan::Drained(reason));
    };
    let mut exhausted = Day::new(limits());
    over(&mut exhausted, Supply::Exhausted, DrainReason::Exhausted);
    let mut limited = Day::new(PlannerLimits {
        limit: Some(1),
        ..limits()
    });
    let only = limited.call();
    limited.end(only, Disposition::Busy);
    over(&mut limited, Supply::Ready, DrainReason::Limit);
    let mut stopped = Day::new(limits());
    stopped.planner.stop();
    over(&mut stopped, Supply::Ready, DrainReason::Stopped);
    let mut broken = Day::new(PlannerLimits {
        breaker: BreakerLimits {
            pauses: 0,
            ..BreakerLimits::default()
        },
        ..limits()
    });
    broken.planner.trouble(Trouble::Refused, noon() - 1.hour());
    let probe = broken.call();
    broken.end(probe, Disposition::TrunkRefused);
    let reason = DrainReason::Breaker(Trouble::Refused);
    assert_eq!(broken.plan(), Plan::Drained(reason));
}

#[test]
fn it_pauses_says_why_asks_where_it_can_and_probes_with_one_call() {
    let mut day = Day::new(limits());
    for _ in 0..5 {
        let lead = day.call();
        day.end(lead, Disposition::TrunkUnreachable);
        day.pass(1);
    }
    let until = day.now - 1.second() + 60.seconds();
    let reason = WaitReason::Breaker(Trouble::Offline);
    assert_eq!(day.plan(), wait(until, reason));
    day.now = until;
    assert_eq!(day.plan(), Plan::Ask(Trouble::Offline));
    day.planner.asking();
    assert_eq!(
        day.plan(),
        wait(until + 2.seconds(), reason),
        "it is being asked"
    );
    day.planner.asked(Ok(()), day.now);
    let probe = day.call();
    day.pass(5);
    assert_eq!(day.plan(), Plan::WaitForCall(reason));
    day.end(probe, Disposition::Answered);
    assert_eq!(day.plan(), Plan::Call(None));
}

#[test]
fn a_call_that_was_never_begun_is_no_call_and_may_know_why() {
    let mut day = Day::new(PlannerLimits {
        limit: Some(2),
        ..limits()
    });
    let first = day.call();
    day.planner
        .withdrawn(first, Some(Trouble::OutOfCredits), day.now);
    let reason = WaitReason::Breaker(Trouble::OutOfCredits);
    assert_eq!(day.plan(), wait(noon() + 60.seconds(), reason));
    day.pass(60);
    assert_eq!(day.plan(), Plan::Ask(Trouble::OutOfCredits));
    day.planner.asked(Ok(()), day.now);
    for _ in 0..2 {
        let lead = day.call();
        day.end(lead, Disposition::Busy);
        day.pass(1);
    }
    assert_eq!(day.plan(), Plan::Drained(DrainReason::Limit));
}

#[test]
fn a_call_may_tell_what_its_disposition_does_not() {
    let mut day = Day::new(limits());
    let lead = day.call();
    let end = CallEnded {
        disposition: Disposition::Answered,
        trouble: Some(Trouble::OutOfCredits),
    };
    day.planner.ended(lead, end, day.now);
    let reason = WaitReason::Breaker(Trouble::OutOfCredits);
    assert_eq!(day.plan(), wait(noon() + 60.seconds(), reason));
}

#[test]
fn numbers_held_by_others_are_looked_for_again() {
    let later = wait(noon() + 2.seconds(), WaitReason::HeldElsewhere);
    assert_eq!(Day::new(limits()).ask(Supply::HeldElsewhere), later);
}

/// What may happen on a made-up day.
#[derive(Debug, Clone, Copy)]
enum Step {
    Pass(i64),
    Ask,
    Answer(usize),
    End(usize, Disposition),
    Withdraw(usize),
    Trouble(usize),
    SpeechLimit(Option<u32>),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0i64..400).prop_map(Step::Pass),
        1 => (0i64..20_000).prop_map(Step::Pass),
        1 => (0i64..4 * 3_600_000).prop_map(Step::Pass),
        8 => Just(Step::Ask),
        3 => (0usize..9).prop_map(Step::Answer),
        4 => (0usize..9, prop::sample::select(Disposition::ALL.to_vec()))
            .prop_map(|(call, disposition)| Step::End(call, disposition)),
        1 => (0usize..9).prop_map(Step::Withdraw),
        1 => (0usize..60).prop_map(Step::Trouble),
        1 => prop::option::of(1u32..6).prop_map(Step::SpeechLimit),
    ]
}

/// A planner on a made-up day, and who of its calls talks.
struct Checked {
    day: Day,
    talking: Vec<LeadId>,
    slots: usize,
    speech: usize,
}

impl Checked {
    fn take(&mut self, step: Step) -> Result<(), TestCaseError> {
        let now = self.day.now;
        match step {
            Step::Pass(ms) => self.day.now += ms.milliseconds(),
            Step::Answer(call) => {
                if let Some(lead) = self.day.live.get(call) {
                    self.day.planner.answered(*lead, now);
                }
            }
            Step::End(call, disposition) => {
                if let Some(lead) = self.day.live.get(call).copied() {
                    self.talking.retain(|talks| *talks != lead);
                    self.day.end(lead, disposition);
                }
            }
            Step::Withdraw(call) => {
                if let Some(lead) = self.day.live.get(call).copied() {
                    self.talking.retain(|talks| *talks != lead);
                    self.day.live.retain(|live| *live != lead);
                    self.day.planner.withdrawn(lead, None, now);
                }
            }
            Step::Trouble(which) => {
                if let Some(trouble) = Trouble::ALL.get(which) {
                    self.day.planner.trouble(*trouble, now);
                }
            }
            Step::SpeechLimit(limit) => {
                self.speech = limit.map_or(usize::MAX, |limit| limit as usize);
                self.day.planner.speech_limit(limit);
            }
            Step::Ask => self.plan()?,
        }
        self.seat()
    }

    fn seat(&mut self) -> Result<(), TestCaseError> {
        while let Some(seat) = self.day.planner.seat(self.day.now) {
            if let Seat::Talk(lead) = seat {
                self.talking.push(lead);
                prop_assert!(self.talking.len() <= self.slots.min(self.speech));
            }
        }
        Ok(())
    }

    fn plan(&mut self) -> Result<(), TestCaseError> {
        let now = self.day.now;
        match self.day.plan() {
            Plan::Call(caller_id) => {
                self.day.place(caller_id);
            }
            Plan::Ask(_) => self.day.planner.asked(Ok(()), now),
            Plan::WaitUntil(until, _) => prop_assert!(until > now),
            Plan::WaitForCall(_) => {
                prop_assert!(!self.day.live.is_empty(), "would wait for ever");
            }
            Plan::Drained(_) => prop_assert!(self.day.live.is_empty()),
        }
        Ok(())
    }
}

proptest! {
    #[test]
    fn no_day_breaks_a_limit(
        steps in prop::collection::vec(step(), 1..400),
        max_calls in 1u32..12, slots in 1u32..8, rate in 0.2f64..20.0,
        limit in prop::option::of(0u64..30), max_drop in prop::option::of(0.0f64..1.0),
    ) {
        let mode = max_drop.map_or(Mode::Progressive, |max_drop| Mode::Adaptive { max_drop });
        let mut checked = Checked {
            day: Day::new(PlannerLimits {
                max_calls, max_conversations: slots, mode, calls_per_second: rate, limit,
                ramp: Ramp::default(), ..limits()
            }),
            talking: Vec::new(),
            slots: slots as usize,
            speech: usize::MAX,
        };
        let mut withdrawn = 0;
        for step in steps {
            let before = checked.day.live.len();
            let withdraws = matches!(step, Step::Withdraw(_));
            checked.take(step)?;
            withdrawn += if withdraws { before - checked.day.live.len() } else { 0 };
            prop_assert!(checked.day.live.len() <= max_calls as usize);
            prop_assert!(max_drop.is_some() || checked.day.live.len() <= slots as usize);
            prop_assert_eq!(checked.day.planner.pulse().live, checked.day.live.len());
        }
        let placed: Vec<_> = checked.day.placed.iter().map(|(at, _)| *at).collect();
        let counted = (placed.len() - withdrawn) as u64;
        prop_assert!(limit.is_none_or(|limit| counted <= limit));
        for pair in placed.windows(2) {
            let gap = pair[1].duration_since(pair[0]).as_secs_f64();
            prop_assert!(gap * rate >= 1.0 - 1e-6);
        }
        let policy = limits().policy;
        prop_assert!(placed.iter().all(|&time| policy.may_ring(time).is_ok()));
    }
}
