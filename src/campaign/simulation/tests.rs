//! What the pacing promises, on made-up days.

use jiff::SignedDuration;
use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::campaign::{AttemptLimits, BreakerLimits, Mode, PlannerLimits, Ramp};
use crate::line::Disposition;
use crate::phone::PhoneNumber;

const ADAPTIVE: Mode = Mode::Adaptive { max_drop: 0.03 };

/// Ten conversations at once, a ring timeout of 30 s, and more leads than can be rung.
fn simulation(people: People, mode: Mode, hours: i64) -> Simulation {
    Simulation {
        limits: PlannerLimits {
            max_calls: 150,
            max_conversations: 10,
            mode,
            calls_per_second: 10.0,
            ramp: Ramp::default(),
            caller_ids: Vec::new(),
            ring_timeout: SignedDuration::from_secs(30),
            limit: None,
            zone: TimeZone::UTC,
            breaker: BreakerLimits::default(),
        },
        leads: 60_000,
        policy: LeadPolicy {
            // Nobody is rung twice.
            limits: AttemptLimits {
                lead_total: Some(1),
                ..LeadPolicy::default().limits
            },
            ..LeadPolicy::default()
        },
        terms: BTreeMap::new(),
        places: vec![vec![TimeZone::UTC]],
        place_of_lead: Vec::new(),
        numbers: BTreeMap::new(),
        before: std::collections::BTreeMap::new(),
        promised: std::collections::BTreeMap::new(),
        people,
        from: "2026-11-23T06:00:00Z".parse().unwrap(),
        lasts: SignedDuration::from_hours(hours),
    }
}

fn run(people: &People, mode: Mode, hours: i64, seed: u64) -> SimulatedRun {
    simulation(people.clone(), mode, hours).run(seed).unwrap()
}

/// Conversations an hour of the adaptive mode for one of the progressive, and its worst share of
/// drops.
fn gain(people: &People) -> (f64, f64) {
    let (mut adaptive, mut progressive, mut worst) = (0, 0, 0.0_f64);
    for seed in 1..=3 {
        let one = run(people, ADAPTIVE, 4, seed);
        adaptive += one.total(|day| day.conversations);
        worst = worst.max(one.drop_rate());
        let one = run(people, Mode::Progressive, 4, seed);
        progressive += one.total(|day| day.conversations);
        assert_eq!(one.total(|day| day.drops), 0);
    }
    (adaptive as f64 / progressive as f64, worst)
}

/// With talks as long as rehearsed ones are, and with talks of three quarters of a minute: the
/// longer people talk, the less there is to gain.
#[rstest]
#[case::rehearsed(0.2, None, 1.8)]
#[case::rehearsed(0.4, None, 1.25)]
#[case::longer(0.2, Some(45.0), 1.8)]
#[case::longer(0.4, Some(45.0), 1.25)]
fn with_ten_slots_adaptive_has_the_more_conversations_the_fewer_answer(
    #[case] answers: f64,
    #[case] talk_s: Option<f64>,
    #[case] least: f64,
) {
    let mut people = People::alike(answers);
    if let Some(seconds) = talk_s {
        people.talks = vec![(Lengths::about(seconds, 0.5), 1.0)];
    }
    let (gain, drops) = gain(&people);
    println!("{answers}: {gain:.2} times the conversations, {drops:.4} dropped");
    assert!(gain >= least, "{gain}");
    assert!(drops < 0.03, "{drops}");
}

/// Days on which people answer by the hour as they please, from nearly nobody to most.
fn weather() -> impl Strategy<Value = People> {
    let hours = prop::collection::vec(0.4f64..2.0, 24);
    let talks = (10.0f64..120.0, 0.2f64..0.9);
    (0.05f64..0.6, hours, talks, 1.0f64..50.0).prop_map(|(answers, hours, talk, alike)| People {
        alike,
        by_hour: hours.try_into().unwrap_or([1.0; 24]),
        talks: vec![(Lengths::about(talk.0, talk.1), 1.0)],
        ..People::alike(answers)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn drops_stay_below_their_share_whoever_answers_and_when(
        people in weather(), seed in any::<u64>(), slots in 3u32..16,
    ) {
        let mut simulation = simulation(people, ADAPTIVE, 3);
        simulation.limits.max_conversations = slots;
        let run = simulation.run(seed).unwrap();
        prop_assert!(run.drop_rate() <= 0.03, "{}", run.drop_rate());
        prop_assert!(run.worst_drop_rate <= 0.031, "{}", run.worst_drop_rate);
        prop_assert!(run.most_conversations <= slots as usize);
        prop_assert!(run.most_calls <= 150);
    }
}

#[test]
fn a_simulation_that_ends_at_midnight_has_no_day_more() {
    let mut simulation = simulation(People::default(), Mode::Progressive, 3);
    simulation.from = "2026-11-23T21:00:00Z".parse().unwrap();
    let days = simulation.run(1).unwrap().days;
    let dates: Vec<_> = days.iter().map(|day| day.date.to_string()).collect();
    assert_eq!(dates, ["2026-11-23"]);
}

#[test]
fn a_lead_is_not_rung_before_the_hour_that_it_was_promised() {
    let mut simulation = simulation(People::default(), Mode::Progressive, 1);
    simulation.leads = 1;
    let end = simulation.from + simulation.lasts;
    let attempts = |simulation: &Simulation| simulation.run(1).unwrap().total(|day| day.attempts);
    assert!(attempts(&simulation) > 0);
    simulation.promised.insert(0, end);
    assert_eq!(
        attempts(&simulation),
        0,
        "not before the hour that was promised"
    );
}

#[test]
fn a_lead_with_several_numbers_is_rung_by_the_clock_of_the_one_that_comes_next() {
    let mut simulation = simulation(People::default(), Mode::Progressive, 6);
    let cell = |last: u32| CellNumber {
        number: PhoneNumber::from_e164(&format!("+7900000{last:04}")).unwrap(),
        extension: None,
    };
    simulation.leads = 1;
    simulation.policy.limits.lead_total = None;
    simulation.policy.other_part_of_day = false;
    simulation.policy.window.hours = "09:00-20:00".parse().unwrap();
    simulation.places = ["UTC", "Asia/Vladivostok"]
        .map(|zone| vec![TimeZone::get(zone).unwrap()])
        .into();
    // Two in the afternoon, and midnight in Vladivostok: its morning is nine hours ahead.
    simulation.from = "2026-11-23T14:00:00Z".parse().unwrap();
    let missed = PastAttempt {
        number: cell(1).number,
        at: "2026-11-23T11:00:00Z".parse().unwrap(),
        ended_at: None,
        disposition: Some(Disposition::NoAnswer),
        outcome: None,
        dialled: true,
        answered: false,
        call_back_at: None,
    };
    simulation.before.insert(0, vec![missed]);
    let attempts = |simulation: &Simulation| simulation.run(1).unwrap().total(|day| day.attempts);
    assert!(attempts(&simulation) > 0, "with but one number");
    let numbers = [(cell(1), 0), (cell(2), 1)];
    simulation.numbers.insert(0, numbers.into_iter().collect());
    assert_eq!(attempts(&simulation), 0, "the next one sleeps");
    simulation.lasts = SignedDuration::from_hours(10);
    assert!(attempts(&simulation) > 0, "its morning has come");
}
