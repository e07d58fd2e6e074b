//! How fast days pass, and what adaptive pacing gains: `cargo bench --bench simulation`.
//!
//! Three tables: a week of 100,000 leads in wall time; conversations an hour of the adaptive mode
//! for one of the progressive, by how many answer and how long they talk; drops over many seeds
//! and answer rates that change with the hour. `-- quick` leaves most seeds out.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a program that measures, for a person at a terminal"
)]

use std::collections::BTreeMap;
use std::time::Instant;

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use novodial::campaign::simulation::{Lengths, People, SimulatedRun, Simulation};
use novodial::campaign::{
    AttemptLimits, BreakerLimits, CallingWindow, LeadPolicy, Mode, PlannerLimits, Ramp,
};

const ADAPTIVE: Mode = Mode::Adaptive { max_drop: 0.03 };

/// Ten conversations at once, a ring timeout of 30 s, any hour, each lead rung once.
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
            zone: TimeZone::get("Europe/Moscow").unwrap(),
            breaker: BreakerLimits::default(),
        },
        leads: 400_000,
        policy: LeadPolicy {
            limits: AttemptLimits {
                lead_total: Some(1),
                ..LeadPolicy::default().limits
            },
            ..LeadPolicy::default()
        },
        terms: BTreeMap::new(),
        places: vec![vec![TimeZone::get("Europe/Moscow").unwrap()]],
        place_of_lead: Vec::new(),
        numbers: BTreeMap::new(),
        before: BTreeMap::new(),
        promised: BTreeMap::new(),
        people,
        from: "2026-11-23T06:00:00Z".parse().unwrap(),
        lasts: SignedDuration::from_hours(hours),
    }
}

fn week(mode: Mode, slots: u32) {
    let mut simulation = simulation(People::default(), mode, 7 * 24);
    simulation.policy = LeadPolicy {
        window: CallingWindow {
            hours: "09:00-20:00".parse().unwrap(),
            holidays: None,
        },
        ..LeadPolicy::default()
    };
    simulation.limits.max_conversations = slots;
    simulation.limits.max_calls = slots * 10;
    simulation.leads = 100_000;
    let begun = Instant::now();
    let run = simulation.run(1).unwrap();
    let seconds = begun.elapsed().as_secs_f64();
    let name = match mode {
        Mode::Progressive => "progressive",
        Mode::Adaptive { .. } => "adaptive",
    };
    println!(
        "{name:11} {slots:5} {:9} {:9} {:9} {seconds:8.2}",
        run.total(|day| day.attempts),
        run.total(|day| day.conversations),
        run.days.last().map_or(0, |day| day.left),
    );
}

fn gains(seeds: u64) {
    println!("\nanswers  talk s  progressive/h  adaptive/h  gain  busy  drops  worst seed");
    let talks = [None, Some(30.0), Some(45.0), Some(60.0), Some(90.0)];
    for talk in talks {
        for answers in [0.05, 0.1, 0.2, 0.3, 0.4, 0.6] {
            let mut people = People::alike(answers);
            if let Some(seconds) = talk {
                people.talks = vec![(Lengths::about(seconds, 0.5), 1.0)];
            }
            let runs = |mode| -> Vec<SimulatedRun> {
                (1..=seeds)
                    .map(|seed| simulation(people.clone(), mode, 10).run(seed).unwrap())
                    .collect()
            };
            let mean = |runs: &[SimulatedRun], number: &dyn Fn(&SimulatedRun) -> f64| {
                runs.iter().map(number).sum::<f64>() / runs.len() as f64
            };
            let (progressive, adaptive) = (runs(Mode::Progressive), runs(ADAPTIVE));
            let slow = mean(&progressive, &SimulatedRun::conversations_per_hour);
            let fast = mean(&adaptive, &SimulatedRun::conversations_per_hour);
            let worst = adaptive.iter().map(SimulatedRun::drop_rate);
            println!(
                "{answers:7.2} {:7.0} {slow:14.0} {fast:11.0} {:5.2} {:5.2} {:6.2}% {:10.2}%",
                people.talk_mean_s(),
                fast / slow,
                mean(&adaptive, &|run| run.occupancy(10)),
                100.0 * mean(&adaptive, &SimulatedRun::drop_rate),
                100.0 * worst.fold(0.0, f64::max),
            );
        }
    }
}

/// Answer rates between 5 and 60 of 100 that change with every hour.
fn weather(seed: u64) -> People {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut draw = |low: f64, high: f64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        low + (high - low) * ((state >> 11) as f64 / (1_u64 << 53) as f64)
    };
    let answers = draw(0.05, 0.4);
    let mut people = People::alike(answers);
    for hour in &mut people.by_hour {
        *hour = draw(0.5, 0.6 / answers).min(draw(1.0, 2.0));
    }
    people.talks = vec![(Lengths::about(draw(10.0, 120.0), draw(0.2, 0.9)), 1.0)];
    people
}

fn drops(seeds: u64) {
    let mut overall: Vec<f64> = Vec::new();
    let mut in_a_row: Vec<f64> = Vec::new();
    for seed in 1..=seeds {
        let run = simulation(weather(seed), ADAPTIVE, 10).run(seed).unwrap();
        overall.push(run.drop_rate());
        in_a_row.push(run.worst_drop_rate);
    }
    println!("\n{seeds} days of changing answer rates      median    most  above 3%");
    for (name, rates) in [
        ("drops of the day", overall),
        ("worst 1000 in a row", in_a_row),
    ] {
        let mut rates = rates;
        rates.sort_by(f64::total_cmp);
        let above = rates.iter().filter(|rate| **rate > 0.03).count();
        println!(
            "{name:38} {:5.2}%  {:5.2}%  {above}",
            100.0 * rates[rates.len() / 2],
            100.0 * rates[rates.len() - 1],
        );
    }
}

fn main() {
    let quick = std::env::args().any(|argument| argument == "quick");
    println!(
        "a week of 100,000 leads, 09:00 to 20:00\nmode        slots     calls     talks      left        s"
    );
    for slots in [10, 30, 100] {
        week(Mode::Progressive, slots);
        week(ADAPTIVE, slots);
    }
    gains(if quick { 1 } else { 5 });
    drops(if quick { 20 } else { 200 });
}
