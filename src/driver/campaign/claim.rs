//! Whom the next call rings: a claim in the ledger, under way while everything else goes on.
//!
//! Another process may hold the ledger for seconds: talks and those who wait for one must not notice.

use std::sync::Arc;

use jiff::SignedDuration;
use tokio::task::JoinError;

use super::{Halt, Run, Step};
use crate::campaign::{CallerIdKey, LeadId, Money};
use crate::dialogue::Scenario;
use crate::driver::clock;
use crate::driver::news::CampaignStep;
use crate::driver::recovery::give_back;
use crate::driver::scribe::on_ledger;
use crate::store::{CallerDay, Claim, LeadRow, Refused};

/// What a claim has found, and the caller id whose turn it was.
pub(super) type Claimed = (Option<CallerIdKey>, anyhow::Result<(Claim, Vec<Refused>)>);

/// The number that a callee sees.
#[derive(Debug)]
pub(super) struct Shown {
    /// Which of the campaign's it is.
    pub(super) key: Option<CallerIdKey>,
    /// As it is sent; `None` leaves it to the trunk.
    pub(super) number: Option<String>,
    /// How often it may ring in a day.
    pub(super) day: Option<CallerDay>,
}

impl Run<'_> {
    /// Begins to claim the next lead; one claim at a time.
    pub(super) fn claim(&mut self, caller_id: Option<CallerIdKey>) -> Step {
        if !self.claims.is_empty() || self.budget.is_short() {
            return self.idle();
        }
        let (campaign, run) = (self.job.campaign, self.station.run.id);
        let policy = Arc::clone(&self.job.policy);
        let ledger = self.station.ledger.clone();
        self.claims.spawn(async move {
            let claimed = on_ledger(&ledger, move |ledger| {
                ledger.next_lead_and_refused(campaign, run, &policy, clock::now())
            });
            (caller_id, claimed.await)
        });
        self.idle()
    }

    /// A claim is decided: the lead is rung, if it has found one and nothing has come between.
    pub(super) fn claimed(&mut self, claimed: Result<Claimed, JoinError>) {
        let (caller_id, found) = match claimed {
            Ok((caller_id, Ok(found))) => (caller_id, found),
            Ok((_, Err(error))) => return self.ledger_failed(error),
            Err(panic) => return self.ledger_failed(panic.into()),
        };
        let (claim, refused) = found;
        for refused in refused {
            self.outbox.put(CampaignStep::Refused(Box::new(refused)));
        }
        // Without a lead those who were looked at must wait; the supply is told anew.
        let Some(lead) = claim.lead() else { return };
        if self.planner.is_stopped() {
            return self.return_lead(lead.id);
        }
        match self.scenarios.of(&lead) {
            Err(why) => {
                self.aside.push(lead.id);
                let lead = lead.id;
                self.outbox.put(CampaignStep::Skipped { lead, why });
            }
            Ok(scenario) => {
                if self.budget.reserve(lead.id, self.dearest(&lead)) {
                    self.place(&lead, scenario, caller_id);
                } else {
                    self.cannot_afford(lead.id);
                }
            }
        }
    }

    fn place(&mut self, lead: &LeadRow, scenario: Arc<Scenario>, caller_id: Option<CallerIdKey>) {
        let now = clock::now();
        self.tell_probe(now);
        let shown = self.caller_of(lead, caller_id, now);
        self.planner.placed(lead.id, shown.key, now);
        self.outbox
            .put(CampaignStep::Chosen(Box::new(lead.clone())));
        self.begin(lead, scenario, shown);
    }

    /// What the longest call to a lead would cost.
    fn dearest(&self, lead: &LeadRow) -> Money {
        let plan = &self.station.plan;
        let longest = i64::try_from(plan.rules.max_duration_ms).unwrap_or(i64::MAX);
        let longest = SignedDuration::from_millis(longest);
        plan.tariff.cost(&lead.number, longest)
    }

    /// The money left may not do for one call more: calls that go on may turn out cheaper.
    fn cannot_afford(&mut self, lead: LeadId) {
        self.return_lead(lead);
        if self.calls.is_empty() {
            self.halt(Halt::MaxCost);
        }
    }

    /// Gives a claimed lead back that is not rung.
    fn return_lead(&mut self, lead: LeadId) {
        let ledger = self.station.ledger.clone();
        self.chores
            .spawn(async move { give_back(&ledger, lead).await });
    }
}
