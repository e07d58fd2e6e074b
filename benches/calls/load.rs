//! What calls at once cost the dialer: `-- load 10 50 100 200`.
//!
//! For each number of calls: a campaign rings callees of the embedded exchange (a process of its
//! own) until all have talked for a while. Printed are the dialer's own processor time for each
//! second of a call, its largest memory, and how many of the frames that callees heard came too late
//! for their turn of 20 ms: by up to 40 ms, which a telephone conceals, and by more.

use std::fs;
use std::process::Child;
use std::thread::sleep;
use std::time::Duration;

use super::stage::{Callee, Stage};
use serde_json::Value;

/// Ticks of /proc/PID/stat in a second.
const TICKS: f64 = 100.0;
/// How often the dialer is looked at.
const LOOK: Duration = Duration::from_millis(500);

/// A line for each number of calls.
pub(super) fn measure(counts: &[usize]) {
    println!(
        "calls at once | of a core, a call | memory | late by up to 40 ms | by more | exchange's core, a call"
    );
    for count in counts {
        measure_one(*count);
    }
}

/// Talks for half a minute and has time for it.
fn talker() -> Callee {
    let text = "about = \"Measures.\"\n\n[line]\nring_ms = 1000\n\n[person]\nreaction_ms = [400, 800]\n\
        \n[ru]\nhello = \"Алло?\"\notherwise = [\"Да, хорошо.\", \"Да, интересно.\", \"Да, двенадцать.\"]\n";
    ("talker".to_owned(), text.to_owned())
}

fn measure_one(count: usize) {
    let stage = Stage::set(&[talker()], count * 2);
    let per_second = (count as f64 / 8.0).max(1.0);
    let mut campaign = stage.campaign(count, per_second);
    let (mut last, mut memory) = (0.0, 0);
    while campaign.try_wait().unwrap().is_none() {
        last = processor_seconds(campaign.id()).unwrap_or(last);
        memory = memory.max(largest_memory(&campaign).unwrap_or(0));
        sleep(LOOK);
    }
    let exchange = processor_seconds(stage.exchange_id()).unwrap();
    let calls = stage.measured();
    let sum = |of: &dyn Fn(&Value) -> u64| calls.iter().map(of).sum::<u64>() as f64;
    let talked = sum(&|call| call["released_ms"].as_u64().unwrap()) / 1_000.0;
    let spoken = sum(&|call| spoken_ms(call)) / 20.0;
    let share = |what: &str| sum(&|call| call[what].as_u64().unwrap()) / spoken * 100.0;
    println!(
        "{count:>13} | {:>15.2} % | {:>3} MB | {:>17.3} % | {:>5.3} % | {:.2} %   ({} calls, {talked:.0} s of talk)",
        last / talked * 100.0,
        memory / 1_024,
        share("late_frames"),
        share("lost_frames"),
        exchange / talked * 100.0,
        calls.len(),
    );
}

/// How long the bot was heard.
pub(super) fn spoken_ms(call: &Value) -> u64 {
    let turns = call["turns"].as_array().unwrap().iter();
    let at = |turn: &Value, key: &str| turn[key].as_u64().unwrap();
    turns
        .map(|turn| at(turn, "ended_ms") - at(turn, "began_ms"))
        .sum()
}

/// User and system time of a process; `None` once it has ended.
pub(super) fn processor_seconds(id: u32) -> Option<f64> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let fields: Vec<_> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) / TICKS).filter(|seconds| *seconds > 0.0)
}

/// The most memory it has had, in KiB.
fn largest_memory(process: &Child) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", process.id())).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
