//! Calls at once on a real Asterisk, the telephone lab's (`tests/lab/lab.sh`): `-- lab 40`. Run as root.
//!
//! The dialer, both exchanges, the callees and the double of the speech service share the machine.
//! Printed is how many of the frames that callees heard came too late for their turn of 20 ms: by up
//! to 40 ms, and by more.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use serde_json::Value;

use super::load::{processor_seconds, spoken_ms};
use super::stage::{TALK, percentile, ring};

/// The first of the callees who hear the scenario of the benchmarks out.
const FIRST: u64 = 79_000_000_200;
const CALLEES: usize = 40;

/// A line for each number of calls.
pub(super) fn measure(counts: &[usize]) {
    println!("calls at once | late by up to 40 ms | by more | gap p50 | p95 | of a core, a call");
    for count in counts {
        measure_one(*count);
    }
}

fn measure_one(count: usize) {
    assert!(count <= CALLEES, "the lab has {CALLEES} callees who talk");
    let mut variables = exports(&lab("up"));
    let caller = "NOVODIAL_ASTERISK_CALLER_ID".to_owned();
    variables.push((caller, "+74950000000".to_owned()));
    let folder = tempfile::tempdir().unwrap();
    let mut leads = "phone\n".to_owned();
    for number in (FIRST..).take(count) {
        writeln!(leads, "+{number}").unwrap();
    }
    fs::write(folder.path().join("leads.csv"), leads).unwrap();
    fs::write(folder.path().join("talk.toml"), TALK).unwrap();
    let per_second = (count as f64 / 8.0).max(1.0);
    let mut campaign = ring(folder.path(), variables, (count, per_second));
    let mut processor = 0.0;
    while campaign.try_wait().unwrap().is_none() {
        processor = processor_seconds(campaign.id()).unwrap_or(processor);
        sleep(Duration::from_millis(500));
    }
    let calls: Vec<Value> = lab("down")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    report(count, &calls, processor);
}

/// What the lab's script prints.
fn lab(action: &str) -> String {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/lab/lab.sh");
    let told = Command::new(script)
        .args([action, "bench"])
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&told.stderr);
    assert!(told.status.success(), "{script} {action}: {errors}");
    String::from_utf8(told.stdout).unwrap()
}

/// The variables of `export NAME=value`.
fn exports(script: &str) -> Vec<(String, String)> {
    let assignments = script
        .lines()
        .filter_map(|line| line.strip_prefix("export "));
    let pairs = assignments.filter_map(|assignment| assignment.split_once('='));
    pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn report(count: usize, calls: &[Value], processor: f64) {
    let sum = |of: &dyn Fn(&Value) -> u64| calls.iter().map(of).sum::<u64>() as f64;
    let number = |call: &Value, key: &str| call[key].as_u64().unwrap();
    let frames = sum(&spoken_ms) / 20.0;
    let gaps: Vec<u64> = calls
        .iter()
        .flat_map(|call| call["turns"].as_array().unwrap())
        .filter_map(|turn| turn["gap_ms"].as_u64())
        .collect();
    println!(
        "{count:>13} | {:>17.3} % | {:>5.3} % | {:>4} ms | {:>4} ms | {:.2} %   ({} calls, {frames} frames)",
        sum(&|call| number(call, "late_frames")) / frames * 100.0,
        sum(&|call| number(call, "lost_frames")) / frames * 100.0,
        percentile(&gaps, 50).unwrap_or(0),
        percentile(&gaps, 95).unwrap_or(0),
        processor / (sum(&|call| number(call, "released_ms")) / 1_000.0) * 100.0,
        calls.len(),
    );
}
