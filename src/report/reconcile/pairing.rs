//! Finds the one call that an attempt must be, and leaves alone what may be two.

use std::collections::{BTreeMap, BTreeSet};

use super::clock::Clocks;
use super::{ProviderCall, Reconciliation, RungAttempt};

/// How far a call may begin from where the clocks say: signalling, whole seconds, a busy machine.
const TOLERANCE_MS: i64 = 10_000;
/// How far the seconds of talk may differ: each side hears answer and end by itself.
const TALK_S: u32 = 10;
/// So short a talk may have been none to the other side.
const BARELY_S: u32 = 2;

/// Matches the attempts of a time with the provider's calls of the same time. Both should be all
/// there are, not those of one campaign: what belongs to another one is then no stranger. `shown`
/// are the numbers that our line shows in place of what it is told.
pub fn reconcile(
    attempts: &[RungAttempt],
    calls: &[ProviderCall],
    shown: &BTreeSet<String>,
) -> Reconciliation {
    let mut attempts = attempts.to_vec();
    attempts.sort_by_key(|attempt| (attempt.at, attempt.id));
    let candidates = candidates(&attempts, calls, shown);
    let clocks = Clocks::read(&attempts, &candidates, calls);
    let mut of_attempt: Vec<Vec<usize>> = Vec::new();
    let mut of_call: BTreeMap<usize, usize> = BTreeMap::new();
    for (place, (attempt, near)) in attempts.iter().zip(&candidates).enumerate() {
        let clocks = clocks.of(place);
        let fits = |index: &&usize| {
            let call = calls.get(**index);
            call.is_some_and(|call| in_time(attempt, call, &clocks) && talks_agree(attempt, call))
        };
        let fitting: Vec<usize> = near.iter().filter(fits).copied().collect();
        for index in &fitting {
            *of_call.entry(*index).or_default() += 1;
        }
        of_attempt.push(fitting);
    }
    conclude(&attempts, calls, &of_attempt, &of_call)
}

/// For each attempt the calls that rang the same number with the same caller id, whenever.
fn candidates(
    attempts: &[RungAttempt],
    calls: &[ProviderCall],
    shown: &BTreeSet<String>,
) -> Vec<Vec<usize>> {
    let mut by_number: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, call) in calls.iter().enumerate() {
        for number in &call.called {
            by_number.entry(number).or_default().push(index);
        }
    }
    let of = |attempt: &RungAttempt| {
        let rung = by_number.get(attempt.called.as_str());
        let indices = rung.into_iter().flatten().copied();
        let fits = |index: &usize| {
            let call = calls.get(*index);
            call.is_some_and(|call| caller_ids_agree(attempt, call, shown))
        };
        indices.filter(fits).collect()
    };
    attempts.iter().map(of).collect()
}

/// A call of which only the login of the line is known, and an attempt that left the number to the
/// line, may be of any number.
fn caller_ids_agree(attempt: &RungAttempt, call: &ProviderCall, shown: &BTreeSet<String>) -> bool {
    let Some(ours) = &attempt.caller_id else {
        return true;
    };
    call.calling.is_empty()
        || call.calling.contains(ours)
        || call.calling.iter().any(|number| shown.contains(number))
}

fn in_time(attempt: &RungAttempt, call: &ProviderCall, clocks: &[i64]) -> bool {
    let apart = call.at.duration_since(attempt.at).as_millis();
    clocks
        .iter()
        .any(|clock| (apart - i128::from(*clock)).abs() <= i128::from(TOLERANCE_MS))
}

fn talks_agree(attempt: &RungAttempt, call: &ProviderCall) -> bool {
    let Some(ours) = attempt.talked else {
        return true;
    };
    match (call.talked, call.charged_seconds) {
        (Some(theirs), _) if (ours == 0) != (theirs == 0) => ours.max(theirs) <= BARELY_S,
        (Some(theirs), _) => ours.abs_diff(theirs) <= TALK_S,
        // What is charged is rounded up: it tells only whether anybody answered.
        (None, Some(charged)) => ours > 0 || charged == 0,
        (None, None) => true,
    }
}

/// Pairs are those that fit nothing but each other.
fn conclude(
    attempts: &[RungAttempt],
    calls: &[ProviderCall],
    of_attempt: &[Vec<usize>],
    of_call: &BTreeMap<usize, usize>,
) -> Reconciliation {
    let mut found = Reconciliation::default();
    let mut paired = BTreeSet::new();
    for (attempt, fitting) in attempts.iter().zip(of_attempt) {
        let only = match fitting.as_slice() {
            [index] if of_call.get(index) == Some(&1) => Some(*index),
            _ => None,
        };
        match only.and_then(|index| Some((index, calls.get(index)?))) {
            Some((index, call)) => {
                paired.insert(index);
                found.pairs.push((attempt.id, call.clone()));
            }
            None => found.only_here.push(attempt.id),
        }
    }
    for (index, call) in calls.iter().enumerate() {
        if paired.contains(&index) {
            continue;
        }
        if of_call.contains_key(&index) {
            found.doubtful.push(call.clone());
        } else {
            found.only_there.push(call.clone());
        }
    }
    found
}
