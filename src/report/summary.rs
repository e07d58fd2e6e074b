//! How calls ended, by disposition and outcome, with shares.

use crate::line::Disposition;

/// How many attempts ended in one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutcomeCount {
    /// How they ended on the line.
    pub disposition: Disposition,
    /// What their dialogues concluded.
    pub outcome: Option<String>,
    /// How many.
    pub count: u64,
}

/// The attempts of a run or a campaign by how they ended.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Summary {
    /// All attempts.
    pub total: u64,
    /// The dispositions that occurred, the most frequent first.
    pub dispositions: Vec<DispositionShare>,
    /// The outcomes that occurred, over all dispositions, the most frequent first.
    pub outcomes: Vec<OutcomeShare>,
}

/// One disposition.
#[derive(Debug, Clone, PartialEq)]
pub struct DispositionShare {
    /// Which.
    pub disposition: Disposition,
    /// How many attempts ended so.
    pub count: u64,
    /// Their share of all attempts, 0 to 100.
    pub percent: f64,
}

/// One outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct OutcomeShare {
    /// Which.
    pub outcome: String,
    /// How many dialogues concluded so.
    pub count: u64,
    /// Their share of all dialogues with an outcome, 0 to 100.
    pub percent: f64,
}

impl Summary {
    /// Sums up counts; the same pair may come more than once.
    pub fn new(counts: &[OutcomeCount]) -> Self {
        let total = counts.iter().map(|row| row.count).sum();
        let dispositions = tally(counts.iter().map(|row| (row.disposition, row.count)));
        let outcomes = tally(
            counts
                .iter()
                .filter_map(|row| Some((row.outcome.clone()?, row.count))),
        );
        let concluded = outcomes.iter().map(|(_, count)| count).sum();
        Self {
            total,
            dispositions: dispositions
                .into_iter()
                .map(|(disposition, count)| DispositionShare {
                    disposition,
                    count,
                    percent: percent(count, total),
                })
                .collect(),
            outcomes: outcomes
                .into_iter()
                .map(|(outcome, count)| OutcomeShare {
                    outcome,
                    count,
                    percent: percent(count, concluded),
                })
                .collect(),
        }
    }
}

/// Adds up by key; the greatest count first, equal ones in the order of their keys.
fn tally<K: Ord>(counts: impl Iterator<Item = (K, u64)>) -> Vec<(K, u64)> {
    let mut sums = std::collections::BTreeMap::new();
    for (key, count) in counts.filter(|(_, count)| *count > 0) {
        *sums.entry(key).or_insert(0) += count;
    }
    let mut sums: Vec<_> = sums.into_iter().collect();
    sums.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    sums
}

/// A share in percent; 0 of nothing.
fn percent(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        return 0.0;
    }
    part as f64 * 100.0 / whole as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(disposition: Disposition, outcome: Option<&str>, count: u64) -> OutcomeCount {
        OutcomeCount {
            disposition,
            outcome: outcome.map(str::to_owned),
            count,
        }
    }

    #[test]
    fn attempts_are_summed_by_disposition_and_by_outcome() {
        let summary = Summary::new(&[
            row(Disposition::Busy, None, 1),
            row(Disposition::Answered, Some("agreed"), 3),
            row(Disposition::Answered, Some("refused"), 2),
            row(Disposition::Machine, Some("refused"), 2),
            row(Disposition::Failed, None, 0),
        ]);
        assert_eq!(summary.total, 8);
        let dispositions: Vec<_> = summary
            .dispositions
            .iter()
            .map(|share| (share.disposition, share.count, share.percent))
            .collect();
        assert_eq!(
            dispositions,
            [
                (Disposition::Answered, 5, 62.5),
                (Disposition::Machine, 2, 25.0),
                (Disposition::Busy, 1, 12.5),
            ]
        );
        let outcomes: Vec<_> = summary
            .outcomes
            .iter()
            .map(|share| (share.outcome.as_str(), share.count))
            .collect();
        assert_eq!(outcomes, [("refused", 4), ("agreed", 3)]);
        let sum: f64 = summary.outcomes.iter().map(|share| share.percent).sum();
        assert!((sum - 100.0).abs() < 1e-9);
    }

    #[test]
    fn nothing_sums_up_to_nothing() {
        assert_eq!(Summary::new(&[]), Summary::default());
    }
}
