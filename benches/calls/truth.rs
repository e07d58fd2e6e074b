//! Whether what novodial measured on its two channels is what the callees measured at their ends.

use std::collections::BTreeMap;

use serde_json::Value;

use super::stage::{Stage, percentile};

/// Prints how far the two lie apart, over the gaps of all calls that both sides counted alike.
pub(super) fn compare(stage: &Stage, measured: &[Value]) {
    let ours: BTreeMap<String, Vec<i64>> = stage
        .history()
        .iter()
        .map(|call| {
            (
                digits(&call["number"]),
                numbers(&call["data"]["sound"]["gaps_ms"]),
            )
        })
        .collect();
    let (mut apart, mut unlike) = (Vec::new(), 0);
    for call in measured {
        let turns = call["turns"].as_array().unwrap().iter();
        let theirs: Vec<i64> = turns.filter_map(|turn| turn["gap_ms"].as_i64()).collect();
        match ours.get(&digits(&call["number"])) {
            Some(ours) if ours.len() == theirs.len() => {
                let pairs = ours.iter().zip(&theirs);
                apart.extend(pairs.map(|(ours, theirs)| ours.abs_diff(*theirs)));
            }
            _ => unlike += 1,
        }
    }
    let at = |percent| percentile(&apart, percent).map_or("-".to_owned(), |ms| ms.to_string());
    println!(
        "  measured on our channels and by the callee: apart by p50 {} ms, p95 {} ms, at most {} ms, \
         of {} gaps; {unlike} calls with another number of gaps",
        at(50),
        at(95),
        at(100),
        apart.len()
    );
}

fn digits(number: &Value) -> String {
    let text = number.as_str().unwrap_or_default();
    text.chars().filter(char::is_ascii_digit).collect()
}

fn numbers(list: &Value) -> Vec<i64> {
    let list = list.as_array().map_or(&[][..], Vec::as_slice);
    list.iter().filter_map(Value::as_i64).collect()
}
