//! How far the provider's clock is from ours, read off calls that can hardly be other ones.

use jiff::SignedDuration;

use super::{ProviderCall, RungAttempt};

/// Clocks are no further apart than this.
const FURTHEST_MS: i64 = 600_000;
/// What is within it of each other counts as one difference.
const WIDTH_MS: i64 = 6_000;
/// So many attempts have a difference of their own: a clock may be set right within a month.
const BLOCK: usize = 200;
/// Fewer that agree are an accident.
const FEWEST: usize = 5;

/// The differences of the clocks in the course of time.
#[derive(Debug)]
pub(super) struct Clocks {
    blocks: Vec<Option<i64>>,
    usual: i64,
}

impl Clocks {
    /// Reads them off. `attempts` are in the order of time; `candidates` are, for each attempt, the
    /// calls that rang the same number with the same caller id.
    pub(super) fn read(
        attempts: &[RungAttempt],
        candidates: &[Vec<usize>],
        calls: &[ProviderCall],
    ) -> Self {
        let differences = |(attempt, near): (&RungAttempt, &Vec<usize>)| -> Vec<i64> {
            let calls = near.iter().filter_map(|index| calls.get(*index));
            let apart = calls.map(|call| ms(call.at.duration_since(attempt.at)));
            apart.filter(|apart| apart.abs() <= FURTHEST_MS).collect()
        };
        let each: Vec<Vec<i64>> = attempts.iter().zip(candidates).map(differences).collect();
        let blocks = each.chunks(BLOCK).map(agreed).collect();
        Self {
            blocks,
            usual: agreed(&each).unwrap_or(0),
        }
    }

    /// The differences that may hold for the attempt of this place, in milliseconds: that of its own
    /// time, and those just before and after, in case a clock was set right in between.
    pub(super) fn of(&self, place: usize) -> Vec<i64> {
        let block = place / BLOCK;
        let around = [Some(block), block.checked_sub(1), block.checked_add(1)];
        let known = around
            .into_iter()
            .flatten()
            .filter_map(|block| *self.blocks.get(block)?);
        let mut clocks: Vec<i64> = Vec::new();
        for clock in known {
            if clocks.iter().all(|other| (other - clock).abs() > WIDTH_MS) {
                clocks.push(clock);
            }
        }
        if clocks.is_empty() {
            clocks.push(self.usual);
        }
        clocks
    }
}

/// The middle of the differences on which most agree, if enough do.
fn agreed(each: &[Vec<i64>]) -> Option<i64> {
    let mut all: Vec<i64> = each.iter().flatten().copied().collect();
    all.sort_unstable();
    let with_any = each.iter().filter(|own| !own.is_empty()).count();
    let mut best: &[i64] = &[];
    let mut first = 0;
    for (last, apart) in all.iter().enumerate() {
        while all.get(first).is_some_and(|low| apart - low > WIDTH_MS) {
            first += 1;
        }
        let window = all.get(first..=last).unwrap_or_default();
        if window.len() > best.len() {
            best = window;
        }
    }
    let enough = best.len() >= FEWEST && best.len() * 4 >= with_any;
    best.get(best.len() / 2).copied().filter(|_| enough)
}

fn ms(apart: SignedDuration) -> i64 {
    i64::try_from(apart.as_millis()).unwrap_or(i64::MAX)
}
