//! What the pacing promises, on made-up days.

use super::*;
use crate::campaign::{BreakerLimits, CallingHours, Mode, PlannerLimits, Policy, Ramp};
use jiff::SignedDuration;

fn simulation(people: People, mode: Mode, hours: i64) -> Simulation {
    Simulation {
        limits: PlannerLimits {
            max_calls: 200,
            max_conversations: 10,
            mode,
            calls_per_second: 10.0,
            ramp: Ramp::NONE,
            caller_ids: Vec::new(),
            ring_timeout: SignedDuration::from_secs(30),
            limit: None,
            policy: Policy {
                hours: CallingHours::Any,
                default_timezone: TimeZone::UTC,
            },
            breaker: BreakerLimits::default(),
        },
        leads: 200_000,
        zones: vec![TimeZone::UTC],
        zone_of_lead: vec![],
        people,
        retries: Retries { attempts: 1, ..Retries::default() },
        from: "2026-11-23T06:00:00Z".parse().unwrap(),
        lasts: SignedDuration::from_hours(hours),
    }
}

#[test]
#[ignore]
fn tune() {
    let hours = 10;
    for talk in [0.0, 30.0, 60.0, 90.0] {
    for answers in [0.05, 0.1, 0.2, 0.3, 0.4, 0.6] {
        let mut people = People::alike(answers);
        if talk > 0.0 { people.talks = vec![(Lengths::about(talk, 0.4), 1.0)]; }
        let t0 = std::time::Instant::now();
        let run = |mode, seed| simulation(people.clone(), mode, hours).run(seed).unwrap();
        let conv = |r: &SimulatedRun| r.total(|d| d.conversations) as f64 / hours as f64;
        let (mut p, mut a, mut worst, mut drop): (f64,f64,f64,f64) = (0.,0.,0.,0.);
        for seed in 0..4 {
            p += conv(&run(Mode::Progressive, seed)) / 4.;
            let r = run(Mode::Adaptive { max_drop: 0.03 }, seed);
            a += conv(&r) / 4.;
            worst = worst.max(r.drop_rate());
            drop += r.drop_rate() / 4.;
        }
        println!("talk {:.0} answers {answers}: prog {p:.0}/h adaptive {a:.0}/h ratio {:.2} util {:.2} drop {:.4} worst {:.4}  {:?}",
            people.talk_mean_s(), a / p, a * people.talk_mean_s() / 36000., drop, worst, t0.elapsed());
    }}
}
