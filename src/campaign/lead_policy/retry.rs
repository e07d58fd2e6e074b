//! When to repeat, by how the last attempt ended.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::history::Ending;

/// Calls of a day that reach nobody through no doing of the callee, where nobody says otherwise.
const CONGESTION_PER_DAY: u32 = 6;

/// A list of delays and a limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryRule {
    /// After the first ending of the kind, after the second …; the last one for all that follow.
    pub delays: Vec<SignedDuration>,
    /// So many attempts may end so; after that the lead is not rung again.
    pub limit: u32,
}

/// The rules of all endings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryRules {
    rules: BTreeMap<Ending, RetryRule>,
    /// After an attempt that reached nobody through no doing of the callee.
    pub congestion: SignedDuration,
    /// So many of those in a day; they cost no attempt, and yet nobody gains by more.
    pub congestion_per_day: Option<u32>,
}

impl RetryRule {
    /// How long to wait after so many endings of the kind.
    pub fn delay(&self, endings: usize) -> SignedDuration {
        let place = endings.saturating_sub(1);
        let delay = self.delays.get(place).or(self.delays.last());
        delay.copied().unwrap_or(SignedDuration::ZERO)
    }
}

impl RetryRules {
    /// The rules of what is repeated, one for each of [`Ending::REPEATED`]; an ending without one is
    /// not repeated.
    pub fn new(
        rules: impl IntoIterator<Item = (Ending, RetryRule)>,
        congestion: SignedDuration,
    ) -> Self {
        Self {
            rules: rules.into_iter().collect(),
            congestion,
            congestion_per_day: Some(CONGESTION_PER_DAY),
        }
    }

    /// The same with every delay changed.
    #[must_use]
    pub(super) fn with_delays(mut self, change: impl Fn(SignedDuration) -> SignedDuration) -> Self {
        let delays = self.rules.values_mut().flat_map(|rule| &mut rule.delays);
        for delay in delays.chain([&mut self.congestion]) {
            *delay = change(*delay);
        }
        self
    }

    /// The rule of an ending; `None`: it is not repeated.
    pub fn of(&self, ending: Ending) -> Option<&RetryRule> {
        self.rules.get(&ending)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_delay_serves_for_all_that_follow() {
        let rule = RetryRule {
            delays: vec![SignedDuration::from_mins(15), SignedDuration::from_hours(1)],
            limit: 5,
        };
        let minutes: Vec<_> = (1..=4)
            .map(|endings| rule.delay(endings).as_mins())
            .collect();
        assert_eq!(minutes, [15, 60, 60, 60]);
        let empty = RetryRule {
            delays: Vec::new(),
            limit: 2,
        };
        assert_eq!(empty.delay(1), SignedDuration::ZERO);
    }
}
