//! What a run may cost, held: before a call begins, what it would cost at its longest is set aside.

use std::collections::HashMap;

use crate::campaign::{LeadId, Money};

/// What a run may cost.
#[derive(Debug, Default)]
pub(super) struct Budget {
    limit: Option<Money>,
    spent: Money,
    /// For the calls that go on.
    aside: HashMap<LeadId, Money>,
    /// For calls of which it is not known what they cost.
    unknown: Money,
    /// The last call asked for was too dear, and no call has ended since.
    short: bool,
}

impl Budget {
    /// A budget of which nothing is spent; `None` has no end.
    pub(super) fn new(limit: Option<Money>) -> Self {
        Self {
            limit,
            ..Self::default()
        }
    }

    /// Sets aside what a call may cost; `false`: there is not so much left.
    pub(super) fn reserve(&mut self, call: LeadId, dearest: Money) -> bool {
        let aside: Money = self.aside.values().copied().sum();
        let enough = self
            .limit
            .is_none_or(|limit| self.spent + self.unknown + aside + dearest <= limit);
        if enough {
            self.aside.insert(call, dearest);
        }
        self.short = !enough && !self.aside.is_empty();
        enough
    }

    /// A call is over and cost so much.
    pub(super) fn settle(&mut self, call: LeadId, cost: Money) {
        self.aside.remove(&call);
        self.spent = self.spent + cost;
        self.short = false;
    }

    /// A call is over, and nobody knows what it cost: the most that it can have.
    pub(super) fn forfeit(&mut self, call: LeadId) {
        let dearest = self.aside.remove(&call).unwrap_or_default();
        self.unknown = self.unknown + dearest;
        self.short = false;
    }

    /// Whether nothing can be afforded before a call has ended.
    pub(super) fn is_short(&self) -> bool {
        self.short
    }

    /// What was spent.
    pub(super) fn spent(&self) -> Money {
        self.spent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(text: &str) -> Money {
        Money::parse(text).unwrap()
    }

    #[test]
    fn no_call_begins_that_might_break_the_limit() {
        let mut budget = Budget::new(Some(money("10")));
        assert!(budget.reserve(LeadId(1), money("4")));
        assert!(budget.reserve(LeadId(2), money("6")));
        assert!(!budget.reserve(LeadId(3), money("0.01")));
        assert!(budget.is_short());
        budget.settle(LeadId(2), money("1.50"));
        assert!(!budget.is_short());
        assert!(budget.reserve(LeadId(3), money("4.50")));
        budget.settle(LeadId(1), money("4"));
        budget.settle(LeadId(3), money("4.50"));
        assert_eq!(budget.spent(), money("10"));
        assert!(!budget.reserve(LeadId(4), money("1")));
        assert!(!budget.is_short(), "no call goes on that could end");
    }

    #[test]
    fn a_call_of_unknown_cost_is_waited_for_no_more_and_the_limit_holds() {
        let mut budget = Budget::new(Some(money("10")));
        assert!(budget.reserve(LeadId(1), money("4")));
        assert!(!budget.reserve(LeadId(2), money("7")));
        assert!(budget.is_short());
        budget.forfeit(LeadId(1));
        assert!(!budget.is_short(), "no call goes on that could end");
        assert!(!budget.reserve(LeadId(2), money("7")) && !budget.is_short());
        assert!(budget.reserve(LeadId(2), money("6")));
        assert_eq!(budget.spent(), money("0"));
    }

    #[test]
    fn without_a_limit_everything_is_affordable() {
        let mut budget = Budget::new(None);
        assert!(budget.reserve(LeadId(1), money("1000000")));
    }
}
