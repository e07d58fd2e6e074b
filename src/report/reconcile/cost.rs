//! What calls did cost: in all, an attempt, a conversation, an outcome.

use std::collections::BTreeMap;

use crate::campaign::Money;

/// What the attempts of one outcome cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutcomeCost {
    /// The outcome, or the disposition where there was no talk.
    pub outcome: String,
    /// Attempts that ended so.
    pub attempts: u64,
    /// What they cost.
    pub cost: Money,
}

/// What attempts cost.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Spent {
    /// Attempts of which the provider's side is known.
    pub attempts: u64,
    /// Those that somebody answered.
    pub conversations: u64,
    /// What all of them cost.
    pub total: Money,
    /// By outcome, the dearest first.
    pub by_outcome: Vec<OutcomeCost>,
}

impl Spent {
    /// Adds attempts up: the outcome of each, whether somebody answered, and what was charged.
    pub fn of(attempts: impl IntoIterator<Item = (String, bool, Money)>) -> Self {
        let mut spent = Self::default();
        let mut outcomes: BTreeMap<String, (u64, Money)> = BTreeMap::new();
        for (outcome, answered, cost) in attempts {
            spent.attempts += 1;
            spent.conversations += u64::from(answered);
            spent.total = spent.total + cost;
            let sum = outcomes.entry(outcome).or_default();
            *sum = (sum.0 + 1, sum.1 + cost);
        }
        let of = |(outcome, (attempts, cost))| OutcomeCost {
            outcome,
            attempts,
            cost,
        };
        spent.by_outcome = outcomes.into_iter().map(of).collect();
        spent
            .by_outcome
            .sort_by(|a, b| (b.cost, &a.outcome).cmp(&(a.cost, &b.outcome)));
        spent
    }

    /// What an attempt cost on the average.
    pub fn per_attempt(&self) -> Option<Money> {
        share(self.total, self.attempts)
    }

    /// What a conversation cost on the average, the attempts in vain included.
    pub fn per_conversation(&self) -> Option<Money> {
        share(self.total, self.conversations)
    }
}

impl OutcomeCost {
    /// What an attempt of this outcome cost on the average.
    pub fn per_attempt(&self) -> Option<Money> {
        share(self.cost, self.attempts)
    }
}

fn share(total: Money, parts: u64) -> Option<Money> {
    let parts = i64::try_from(parts).ok().filter(|parts| *parts > 0)?;
    Some(Money((total.0 + parts / 2).div_euclid(parts)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_attempts_in_vain_are_part_of_what_a_conversation_costs() {
        let spent = Spent::of([
            ("no_answer".to_owned(), false, Money(3_000)),
            ("agreed".to_owned(), true, Money(20_000)),
            ("no_answer".to_owned(), false, Money(3_000)),
            ("refused".to_owned(), true, Money(14_000)),
        ]);
        assert_eq!(spent.total, Money(40_000));
        assert_eq!(spent.per_attempt(), Some(Money(10_000)));
        assert_eq!(spent.per_conversation(), Some(Money(20_000)));
        let dearest = &spent.by_outcome[0];
        assert_eq!((dearest.outcome.as_str(), dearest.attempts), ("agreed", 1));
        let vain = spent
            .by_outcome
            .iter()
            .find(|one| one.outcome == "no_answer");
        assert_eq!(vain.and_then(OutcomeCost::per_attempt), Some(Money(3_000)));
        assert_eq!(Spent::default().per_conversation(), None);
    }
}
