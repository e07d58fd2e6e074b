//! What a run may cost, held: before a call begins, what it would cost at its longest is set aside.

use std::collections::HashMap;

use super::{Halt, Run, Step};
use crate::campaign::{LeadId, Money};
use crate::driver::scribe::on_ledger;
use crate::store::LeadRow;

/// What a run may cost.
#[derive(Debug, Default)]
pub(super) struct Budget {
    limit: Option<Money>,
    spent: Money,
    /// For the calls that go on.
    aside: HashMap<LeadId, Money>,
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
            .is_none_or(|limit| self.spent + aside + dearest <= limit);
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

    /// Whether nothing can be afforded before a call has ended.
    pub(super) fn is_short(&self) -> bool {
        self.short
    }

    /// What was spent.
    pub(super) fn spent(&self) -> Money {
        self.spent
    }
}

impl Run<'_> {
    /// What the longest call to a lead would cost.
    pub(super) fn dearest(&self, lead: &LeadRow) -> Money {
        let plan = &self.station.plan;
        let longest = i64::try_from(plan.rules.max_duration_ms).unwrap_or(i64::MAX);
        let longest = jiff::SignedDuration::from_millis(longest);
        plan.tariff.cost(&lead.number, longest)
    }

    /// The money left may not do for one call more: calls that go on may turn out cheaper.
    pub(super) async fn cannot_afford(&mut self, lead: LeadId) -> anyhow::Result<Step> {
        on_ledger(&self.station.ledger, move |ledger| {
            ledger.release_lead(lead)
        })
        .await?;
        if self.calls.is_empty() {
            self.halt(Halt::MaxCost);
        }
        Ok(Step::Again)
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
    fn without_a_limit_everything_is_affordable() {
        let mut budget = Budget::new(None);
        assert!(budget.reserve(LeadId(1), money("1000000")));
    }
}
