//! Breakers on made-up days: what trips them, what closes them, when they give up.

use jiff::ToSpan;
use proptest::prelude::*;

use super::*;
use crate::line::Disposition;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

const CONGESTED: Sign = Sign::Fails(Trouble::Congestion);
const OFFLINE: Sign = Sign::Fails(Trouble::Offline);

fn tripped(trouble: Trouble) -> Breaker {
    let mut breaker = Breaker::new(BreakerLimits::default());
    for _ in 0..5 {
        assert_eq!(breaker.state(at(0)), BreakerState::Closed);
        breaker.ended(Sign::Fails(trouble), at(0));
    }
    breaker
}

#[test]
fn five_failures_in_a_row_pause_and_the_reason_is_said() {
    let mut breaker = tripped(Trouble::Congestion);
    assert_eq!(
        breaker.state(at(1)),
        BreakerState::PausedUntil(at(60), Trouble::Congestion)
    );
    assert_eq!(
        breaker.state(at(60)),
        BreakerState::ProbeNow(Trouble::Congestion)
    );
    assert_eq!(
        *breaker.pauses(),
        BTreeMap::from([(Trouble::Congestion, 1)])
    );
}

#[test]
fn one_call_that_the_trunk_took_starts_the_count_anew() {
    let mut breaker = Breaker::new(BreakerLimits::default());
    for sign in [CONGESTED, OFFLINE] {
        for _ in 0..4 {
            breaker.ended(sign, at(0));
            breaker.ended(Sign::Nothing, at(0));
        }
        breaker.ended(Sign::Works, at(0));
        breaker.ended(Sign::Works, at(0));
        breaker.ended(Sign::Works, at(0));
        breaker.ended(Sign::Works, at(0));
        breaker.ended(Sign::Works, at(0));
    }
    assert_eq!(breaker.state(at(0)), BreakerState::Closed);
}

#[test]
fn a_trunk_that_fails_every_other_call_is_paused_too() {
    let mut breaker = Breaker::new(BreakerLimits::default());
    for _ in 0..9 {
        breaker.ended(Sign::Works, at(0));
        breaker.ended(CONGESTED, at(0));
    }
    assert_eq!(breaker.state(at(0)), BreakerState::Closed);
    breaker.ended(Sign::Works, at(0));
    breaker.ended(CONGESTED, at(0));
    assert_eq!(
        breaker.state(at(0)),
        BreakerState::PausedUntil(at(60), Trouble::Congestion)
    );
}

#[test]
fn one_probe_goes_out_at_a_time_and_decides() {
    let mut breaker = tripped(Trouble::Silent);
    assert_eq!(
        breaker.state(at(60)),
        BreakerState::ProbeNow(Trouble::Silent)
    );
    breaker.placed(at(60));
    assert_eq!(
        breaker.state(at(61)),
        BreakerState::Probing(Trouble::Silent)
    );
    breaker.ended(Sign::Nothing, at(62));
    let again = BreakerState::ProbeNow(Trouble::Silent);
    assert_eq!(breaker.state(at(62)), again, "it told nothing");
    breaker.placed(at(62));
    breaker.ended(Sign::Works, at(70));
    assert_eq!(breaker.state(at(70)), BreakerState::Closed);
}

#[test]
fn pauses_grow_and_then_it_gives_up_for_good() {
    let mut breaker = tripped(Trouble::Refused);
    let mut now = at(60);
    for length in [120, 240] {
        assert_eq!(breaker.state(now), BreakerState::ProbeNow(Trouble::Refused));
        breaker.placed(now);
        breaker.ended(Sign::Fails(Trouble::Refused), now);
        let until = now + length.seconds();
        let paused = BreakerState::PausedUntil(until, Trouble::Refused);
        assert_eq!(breaker.state(now), paused);
        now = until;
    }
    assert_eq!(breaker.state(now), BreakerState::ProbeNow(Trouble::Refused));
    breaker.placed(now);
    breaker.ended(Sign::Fails(Trouble::Refused), now);
    let given_up = BreakerState::GivenUp(Trouble::Refused);
    assert_eq!(breaker.state(now), given_up);
    breaker.ended(Sign::Works, now);
    assert_eq!(breaker.state(at(1_000_000)), given_up);
    assert_eq!(*breaker.pauses(), BTreeMap::from([(Trouble::Refused, 3)]));
}

#[test]
fn an_endpoint_that_is_there_again_is_asked_first_and_then_probed() {
    let mut breaker = tripped(Trouble::Offline);
    let ask = BreakerState::AskNow(Trouble::Offline);
    assert_eq!(breaker.state(at(60)), ask);
    breaker.asked(Err(Trouble::Offline), at(61));
    assert_eq!(
        breaker.state(at(61)),
        BreakerState::PausedUntil(at(181), Trouble::Offline),
        "nobody was rung to find that out"
    );
    assert_eq!(breaker.state(at(181)), ask);
    breaker.asked(Ok(()), at(181));
    assert_eq!(
        breaker.state(at(181)),
        BreakerState::ProbeNow(Trouble::Offline)
    );
    breaker.placed(at(181));
    breaker.ended(Sign::Works, at(190));
    assert_eq!(breaker.state(at(190)), BreakerState::Closed);
}

#[test]
fn an_empty_account_pauses_at_once_and_nobody_is_rung_for_it() {
    let mut breaker = Breaker::new(BreakerLimits::default());
    breaker.ended(Sign::Fails(Trouble::OutOfCredits), at(0));
    let paused = BreakerState::PausedUntil(at(60), Trouble::OutOfCredits);
    assert_eq!(breaker.state(at(0)), paused);
    // Calls that began before may well end well: their prompts were at hand.
    breaker.ended(Sign::Works, at(5));
    assert_eq!(breaker.state(at(5)), paused);
    let ask = BreakerState::AskNow(Trouble::OutOfCredits);
    assert_eq!(breaker.state(at(60)), ask);
    breaker.ended(Sign::Works, at(60));
    assert_eq!(breaker.state(at(60)), ask);
    breaker.asked(Ok(()), at(60));
    assert_eq!(breaker.state(at(60)), BreakerState::Closed);
}

#[test]
fn an_account_that_says_it_has_credits_and_has_too_few_is_not_asked_for_ever() {
    let mut breaker = Breaker::new(BreakerLimits::default());
    let trouble = Trouble::OutOfCredits;
    let mut now = at(0);
    for _ in 0..BreakerLimits::default().pauses {
        breaker.trip(trouble, now);
        let BreakerState::PausedUntil(until, _) = breaker.state(now) else {
            panic!("no pause: {:?}", breaker.state(now));
        };
        now = until;
        assert_eq!(breaker.state(now), BreakerState::AskNow(trouble));
        breaker.asked(Ok(()), now);
        assert_eq!(breaker.state(now), BreakerState::Closed);
    }
    breaker.trip(trouble, now);
    assert_eq!(breaker.state(now), BreakerState::GivenUp(trouble));
}

#[test]
fn that_somebody_was_busy_does_not_show_that_the_account_has_enough() {
    let mut breaker = Breaker::new(BreakerLimits::default());
    let trouble = Trouble::OutOfCredits;
    let mut now = at(0);
    let mut again = |breaker: &mut Breaker| {
        breaker.trip(trouble, now);
        let BreakerState::PausedUntil(until, _) = breaker.state(now) else {
            panic!("no pause: {:?}", breaker.state(now));
        };
        let pause = until.duration_since(now);
        now = until;
        assert_eq!(breaker.state(now), BreakerState::AskNow(trouble));
        breaker.asked(Ok(()), now);
        pause
    };
    let first = again(&mut breaker);
    breaker.ended(Sign::Works, at(100));
    assert!(again(&mut breaker) > first, "its pauses grow on");
    breaker.ended(Sign::Talks, at(300));
    assert_eq!(again(&mut breaker), first, "a talk was carried");
}

#[test]
fn a_call_from_before_the_pause_is_not_the_probe() {
    let mut breaker = tripped(Trouble::Silent);
    assert_eq!(
        breaker.state(at(60)),
        BreakerState::ProbeNow(Trouble::Silent)
    );
    assert!(!breaker.awaits_another(at(10)), "no probe is out");
    breaker.placed(at(60));
    assert!(breaker.awaits_another(at(10)));
    assert!(!breaker.awaits_another(at(60)), "it is the probe");
}

#[test]
fn of_two_troubles_the_one_that_no_call_would_find_out_is_kept() {
    let mut breaker = tripped(Trouble::Congestion);
    breaker.trip(Trouble::Offline, at(10));
    let first = BreakerState::PausedUntil(at(60), Trouble::Congestion);
    assert_eq!(breaker.state(at(10)), first);
    breaker.trip(Trouble::SpeechDown, at(20));
    let second = BreakerState::PausedUntil(at(80), Trouble::SpeechDown);
    assert_eq!(breaker.state(at(20)), second);
    let both = BTreeMap::from([(Trouble::Congestion, 1), (Trouble::SpeechDown, 1)]);
    assert_eq!(*breaker.pauses(), both);
}

#[test]
fn calls_from_before_the_pause_neither_lengthen_it_nor_are_ignored_when_they_succeed() {
    let mut breaker = tripped(Trouble::Congestion);
    breaker.ended(CONGESTED, at(30));
    let paused = BreakerState::PausedUntil(at(60), Trouble::Congestion);
    assert_eq!(breaker.state(at(31)), paused);
    // Nor are they taken for the probe.
    assert_eq!(
        breaker.state(at(60)),
        BreakerState::ProbeNow(Trouble::Congestion)
    );
    breaker.ended(CONGESTED, at(61));
    assert_eq!(
        breaker.state(at(61)),
        BreakerState::ProbeNow(Trouble::Congestion)
    );
    breaker.ended(Sign::Works, at(62));
    assert_eq!(breaker.state(at(62)), BreakerState::Closed);
}

#[test]
fn a_clock_set_back_does_not_lengthen_the_pause() {
    let mut breaker = tripped(Trouble::Congestion);
    assert_eq!(
        breaker.state(at(-3600)),
        BreakerState::PausedUntil(at(-3540), Trouble::Congestion)
    );
}

#[test]
fn dispositions_are_signs() {
    let of = |disposition| Sign::of(disposition, SignedDuration::from_secs(1));
    assert_eq!(of(Disposition::Congestion), CONGESTED);
    assert_eq!(of(Disposition::Busy), Sign::Works);
    assert_eq!(of(Disposition::Failed), Sign::Nothing);
}

proptest! {
    /// Whatever happens, it gives up after the pauses it may make in a row, and never lets a
    /// second probe out beside the first.
    #[test]
    fn it_never_has_two_probes_out(
        steps in prop::collection::vec((0u8..7, 0usize..6, 0i64..200), 1..200)
    ) {
        let mut breaker = Breaker::new(BreakerLimits::default());
        let (mut second, mut probes) = (0, 0);
        for (step, trouble, pass) in steps {
            second += pass;
            let (now, trouble) = (at(second), Trouble::ALL[trouble]);
            match step {
                0 => breaker.ended(Sign::Works, now),
                1 => breaker.ended(Sign::Nothing, now),
                2 | 3 => breaker.ended(Sign::Fails(trouble), now),
                4 => breaker.trip(trouble, now),
                5 => breaker.asked(Err(trouble), now),
                _ => breaker.asked(Ok(()), now),
            }
            match breaker.state(now) {
                BreakerState::ProbeNow(_) => {
                    breaker.placed(now);
                    probes += 1;
                    prop_assert!(matches!(breaker.state(now), BreakerState::Probing(_)));
                }
                BreakerState::PausedUntil(until, _) => prop_assert!(until > now),
                BreakerState::Closed
                | BreakerState::AskNow(_)
                | BreakerState::Probing(_)
                | BreakerState::GivenUp(_) => {}
            }
        }
        let pauses: u32 = breaker.pauses().values().sum();
        prop_assert!(probes <= 1 + 200, "{probes} {pauses}");
    }
}
