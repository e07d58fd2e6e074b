//! How a reconciliation is told.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::campaign::{AttemptId, Money};
use crate::commands::written::counted;
use crate::commands::{Desk, written};
use crate::line::Disposition;
use crate::output::{Envelope, Format, Table};
use crate::report::reconcile::{ProviderCall, Reconciliation, Spent};
use crate::settings::Settings;
use crate::store::{AttemptToReconcile, ChargesRecorded};

/// Both sides, as far as the campaign is concerned.
pub(super) struct Sides<'a> {
    matched: usize,
    without_charge: usize,
    only_here: Vec<&'a AttemptToReconcile>,
    only_there: &'a [ProviderCall],
    doubtful: &'a [ProviderCall],
}

/// Everything that is told.
pub(super) struct Report<'a> {
    pub(super) campaign: &'a str,
    pub(super) sides: Sides<'a>,
    pub(super) spent: Spent,
    pub(super) recorded: ChargesRecorded,
}

impl<'a> Sides<'a> {
    pub(super) fn of(
        found: &'a Reconciliation,
        ours: &BTreeMap<AttemptId, &'a AttemptToReconcile>,
    ) -> Self {
        let of_campaign = || found.pairs.iter().filter(|(id, _)| ours.contains_key(id));
        let without = of_campaign().filter(|(_, call)| call.charge.is_none());
        let only_here = found.only_here.iter();
        Self {
            matched: of_campaign().count(),
            without_charge: without.count(),
            only_here: only_here.filter_map(|id| ours.get(id).copied()).collect(),
            only_there: &found.only_there,
            doubtful: &found.doubtful,
        }
    }

    /// Whether each attempt that came as far as the provider was found there. Calls of others are no
    /// fault: an account has other uses.
    pub(super) fn is_whole(&self) -> bool {
        self.doubtful.is_empty() && !self.only_here.iter().any(|attempt| went_out(attempt))
    }
}

/// Whether the provider must know of it.
fn went_out(attempt: &AttemptToReconcile) -> bool {
    !matches!(
        attempt.disposition,
        Some(Disposition::TrunkUnreachable | Disposition::TrunkRefused | Disposition::Failed)
    )
}

impl Report<'_> {
    pub(super) fn print(
        &self,
        unmatched: bool,
        settings: &Settings,
        desk: &Desk<'_>,
    ) -> anyhow::Result<()> {
        match desk.printer.format() {
            Format::Text => {
                self.text(settings, desk)?;
                if unmatched {
                    self.unmatched(settings, desk)?;
                }
                Ok(())
            }
            Format::Json | Format::Jsonl => {
                let body = Envelope::new("novodial.reconciliation/1", self.json(settings));
                desk.printer.json(&body)
            }
        }
    }

    fn text(&self, settings: &Settings, desk: &Desk<'_>) -> anyhow::Result<()> {
        let (sides, spent) = (&self.sides, &self.spent);
        let dialled = sides.matched + sides.only_here.len();
        let data = |line: &str| desk.printer.data(line);
        data(&format!(
            "campaign {}: {} went out, {} found at the provider ({} not charged)",
            self.campaign,
            counted(dialled, "attempt"),
            sides.matched,
            sides.without_charge
        ))?;
        let never = sides
            .only_here
            .iter()
            .filter(|attempt| !went_out(attempt))
            .count();
        data(&format!(
            "only here: {}, {never} of them refused by the trunk; only there: {}, {}; in doubt: {}",
            counted(sides.only_here.len(), "attempt"),
            counted(sides.only_there.len(), "call"),
            sum(sides.only_there),
            sides.doubtful.len()
        ))?;
        let currency = &settings.tariff.currency;
        let each = |amount: Option<Money>| amount.map_or_else(|| "-".to_owned(), |m| m.to_string());
        data(&format!(
            "charged: {} {currency}; {} an attempt, {} a conversation",
            spent.total,
            each(spent.per_attempt()),
            each(spent.per_conversation())
        ))?;
        data(&format!(
            "kept: {} new charges, {} changed",
            self.recorded.new, self.recorded.changed
        ))?;
        if spent.by_outcome.is_empty() {
            return Ok(());
        }
        let mut table = Table::new(["outcome", "attempts", "charged", "each"]);
        for one in &spent.by_outcome {
            let cells = [
                one.outcome.clone(),
                one.attempts.to_string(),
                one.cost.to_string(),
                each(one.per_attempt()),
            ];
            table.row(cells);
        }
        desk.printer.table(table)
    }

    /// What is on one side only, line by line.
    fn unmatched(&self, settings: &Settings, desk: &Desk<'_>) -> anyhow::Result<()> {
        let zone = &settings.policy.default_timezone;
        let mut table = Table::new(["side", "started", "number", "own number", "talk", "charged"]);
        for attempt in &self.sides.only_here {
            let rung = &attempt.rung;
            table.row([
                format!("here, call {}", rung.id),
                written::moment(rung.at, zone),
                rung.called.clone(),
                rung.caller_id.clone().unwrap_or_default(),
                rung.talked
                    .map(|seconds| format!("{seconds} s"))
                    .unwrap_or_default(),
                String::new(),
            ]);
        }
        let there = self.sides.only_there.iter().map(|call| ("there", call));
        let doubtful = self.sides.doubtful.iter().map(|call| ("in doubt", call));
        for (side, call) in there.chain(doubtful) {
            let list = |numbers: &std::collections::BTreeSet<String>| {
                numbers.iter().cloned().collect::<Vec<_>>().join(" ")
            };
            table.row([
                side.to_owned(),
                written::moment(call.at, zone),
                list(&call.called),
                list(&call.calling),
                call.talked
                    .map(|seconds| format!("{seconds} s"))
                    .unwrap_or_default(),
                call.charge
                    .map(|charge| charge.to_string())
                    .unwrap_or_default(),
            ]);
        }
        desk.printer.table(table)
    }

    fn json(&self, settings: &Settings) -> Value {
        let zone = &settings.policy.default_timezone;
        let (sides, spent) = (&self.sides, &self.spent);
        let amount = |amount: Option<Money>| amount.map(|amount| amount.to_string());
        let here = sides.only_here.iter().map(|attempt| {
            json!({
                "attempt_id": attempt.rung.id.0, "number": attempt.rung.called,
                "caller_id": attempt.rung.caller_id,
                "dialled_at": written::rfc3339(attempt.rung.at, zone),
                "disposition": attempt.disposition.map(Disposition::as_str),
            })
        });
        let call = |call: &ProviderCall| {
            json!({
                "legs": call.legs, "started_at": written::rfc3339(call.at, zone),
                "called": call.called, "calling": call.calling, "talk_s": call.talked,
                "charge": amount(call.charge),
            })
        };
        let outcomes = spent.by_outcome.iter().map(|one| {
            json!({
                "outcome": one.outcome, "attempts": one.attempts,
                "charged": one.cost.to_string(), "each": amount(one.per_attempt()),
            })
        });
        json!({
            "campaign": self.campaign, "currency": settings.tariff.currency,
            "matched": sides.matched, "not_charged": sides.without_charge,
            "only_here": here.collect::<Vec<_>>(),
            "only_there": sides.only_there.iter().map(call).collect::<Vec<_>>(),
            "doubtful": sides.doubtful.iter().map(call).collect::<Vec<_>>(),
            "charged": spent.total.to_string(), "per_attempt": amount(spent.per_attempt()),
            "per_conversation": amount(spent.per_conversation()),
            "conversations": spent.conversations,
            "by_outcome": outcomes.collect::<Vec<_>>(),
            "charges_new": self.recorded.new, "charges_changed": self.recorded.changed,
        })
    }
}

fn sum(calls: &[ProviderCall]) -> Money {
    calls.iter().filter_map(|call| call.charge).sum()
}
