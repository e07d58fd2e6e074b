//! What one decision of the planner costs: `cargo bench --bench planner`.
//!
//! A planner is brought to full swing: some talks, many lines that ring, a thousand calls learnt
//! from. Then it is asked what to do, again and again, at times that move on by some
//! milliseconds, as a driver asks it. Printed are the median and the 99th of 100 over single
//! decisions, of both modes.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a program that measures, for a person at a terminal"
)]

use std::hint::black_box;
use std::time::Instant;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use novodial::campaign::{
    BreakerLimits, CallerIdLimits, LeadId, Mode, Plan, Planner, PlannerLimits, Ramp, Situation,
    Supply,
};
use novodial::line::Disposition;

const DECISIONS: usize = 4_000;

fn planner(mode: Mode, slots: u32, lines: u32) -> Planner {
    let limits = PlannerLimits {
        max_calls: lines,
        max_conversations: slots,
        mode,
        calls_per_second: 1_000.0,
        ramp: Ramp::NONE,
        caller_ids: (0..20)
            .map(|last| CallerIdLimits {
                daily: Some(1_000_000),
                ..CallerIdLimits::new(format!("+749500000{last:02}"))
            })
            .collect(),
        ring_timeout: SignedDuration::from_secs(30),
        limit: None,
        zone: TimeZone::get("Europe/Moscow").unwrap(),
        breaker: BreakerLimits::default(),
    };
    Planner::new(limits).unwrap()
}

/// A fifth answers after some 10 s, talks take half a minute; then the floor is filled.
fn in_full_swing(planner: &mut Planner, talks: u32, lines: u32, start: Timestamp) -> Timestamp {
    let mut now = start;
    let mut lead = 0;
    let mut place = |planner: &mut Planner, now| {
        lead += 1;
        planner.placed(LeadId(lead), None, now);
        LeadId(lead)
    };
    for call in 0..1_000 {
        let lead = place(planner, now);
        now += SignedDuration::from_millis(5_000 + call * 37 % 10_000);
        if call % 5 == 0 {
            planner.answered(lead, now);
            while planner.seat(now).is_some() {}
            now += SignedDuration::from_secs(30);
            planner.ended(lead, Disposition::Answered, now);
        } else {
            planner.ended(lead, Disposition::NoAnswer, now);
        }
    }
    for _ in 0..talks {
        let lead = place(planner, now);
        planner.answered(lead, now);
        while planner.seat(now).is_some() {}
        now += SignedDuration::from_millis(400);
    }
    for _ in talks..lines {
        place(planner, now);
        now += SignedDuration::from_millis(70);
    }
    now
}

fn measure(mode: Mode, slots: u32, lines: u32) -> (f64, f64) {
    let start: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
    // One line more is allowed than ring, so that every decision weighs it.
    let mut planner = planner(mode, slots, lines + 1);
    let mut now = in_full_swing(&mut planner, slots * 7 / 10, lines, start);
    let mut nanos = Vec::with_capacity(DECISIONS);
    let mut calls = 0;
    for _ in 0..DECISIONS {
        now += SignedDuration::from_millis(3);
        let situation = Situation {
            now,
            supply: Supply::Ready,
        };
        let begun = Instant::now();
        let plan = black_box(planner.plan(black_box(&situation)));
        nanos.push(begun.elapsed().as_nanos());
        calls += usize::from(matches!(plan, Plan::Call(_)));
    }
    black_box(calls);
    nanos.sort_unstable();
    let at = |share: usize| nanos[nanos.len() * share / 100] as f64 / 1_000.0;
    (at(50), at(99))
}

fn main() {
    println!("slots  lines   progressive p50, p99 µs    adaptive p50, p99 µs");
    for (slots, lines) in [
        (10, 40),
        (30, 120),
        (100, 400),
        (300, 1_200),
        (1_000, 4_000),
    ] {
        let (p50, p99) = measure(Mode::Progressive, slots, lines);
        let (a50, a99) = measure(Mode::Adaptive { max_drop: 0.03 }, slots, lines);
        println!("{slots:5}  {lines:5}  {p50:12.2} {p99:8.2} {a50:18.2} {a99:8.2}");
    }
}
