//! Every event of a run as a JSON object on a line of its own, for programs that follow it.
//!
//! All have `schema`, `event`, `at` (when it happened), `campaign`, `rehearsal` and `run`; the
//! table in `docs/campaigns.md` tells what else. An `ended` is the object of `calls show`, the
//! `summary` that of `--format json`.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::{Value, json};

use super::lead_report::lead_id;
use super::run_report::RunCampaign;
use crate::ari::SocketState;
use crate::campaign::{
    AttemptId, DrainReason, LeadId, Mode, PlannerLimits, Preset, Verdict, WaitReason, WhyLater,
};
use crate::commands::calls::{CallReport as Written, TurnReport};
use crate::commands::{history, written};
use crate::driver::{CallReport, CallStep, CampaignJob, CampaignNews, CampaignStep, Halt};
use crate::output::{Envelope, Printer};
use crate::phone::PhoneNumber;
use crate::store::{CallRef, CampaignState, Ledger};

/// The schema of all events but the end of a call and the summary.
const SCHEMA: &str = "novodial.event/1";

/// Writes the events of a run.
pub(super) struct EventLines<'a> {
    printer: &'a Printer,
    told: &'a RunCampaign<'a>,
    ledger: &'a Ledger,
    /// Who is rung by the calls that go on.
    live: HashMap<AttemptId, (Option<LeadId>, PhoneNumber)>,
}

/// What every event begins with.
#[derive(Serialize)]
struct Line<'a, T> {
    event: &'a str,
    at: String,
    campaign: String,
    rehearsal: bool,
    run: i64,
    #[serde(flatten)]
    body: T,
}

/// The end of a call, with what comes of the lead.
#[derive(Serialize)]
struct Ended {
    event: &'static str,
    at: String,
    run: i64,
    lead: Option<String>,
    /// By the tariff; `null` where no price is set.
    cost: Option<f64>,
    next_attempt_at: Option<String>,
    #[serde(flatten)]
    call: Written,
}

impl<'a> EventLines<'a> {
    pub(super) fn new(told: &'a RunCampaign<'a>, ledger: &'a Ledger, printer: &'a Printer) -> Self {
        Self {
            printer,
            told,
            ledger,
            live: HashMap::new(),
        }
    }

    /// The run begins: with whom, and how fast at most.
    pub(super) fn started(
        &self,
        (at, leads): (Timestamp, u64),
        job: &CampaignJob,
        limits: &PlannerLimits,
    ) -> anyhow::Result<()> {
        let policy = &self.told.settings.policy;
        let body = json!({
            "leads": leads,
            "scenario": job.scenarios.usual().name,
            "limits": self.limits(job, limits),
            "policy": {
                "preset": policy.preset.as_ref().map(Preset::name),
                "purpose": policy.purpose.as_str(),
                "hours": policy.leads.window.hours.to_string(),
            },
        });
        self.line("run_started", at, body)
    }

    fn limits(&self, job: &CampaignJob, limits: &PlannerLimits) -> Value {
        let (mode, max_drop) = match limits.mode {
            Mode::Progressive => ("progressive", None),
            Mode::Adaptive { max_drop } => ("adaptive", Some(max_drop)),
        };
        json!({
            "mode": mode, "max_drop": max_drop,
            "max_calls": limits.max_calls, "max_conversations": limits.max_conversations,
            "calls_per_second": limits.calls_per_second,
            "caller_ids": limits.caller_ids.iter().map(|id| &id.number).collect::<Vec<_>>(),
            "limit": limits.limit,
            "until": job.stay.until.map(|at| self.time(at)),
            "waits_until": job.stay.waits.map(|at| self.time(at)),
            "max_cost": job.max_cost.map(|cost| cost.to_string()),
        })
    }

    /// Writes what happened.
    pub(super) fn take(&mut self, news: &CampaignNews) -> anyhow::Result<()> {
        let at = news.at;
        match &news.event {
            CampaignStep::Call(attempt, step) => self.call(at, *attempt, step),
            CampaignStep::Chosen(lead) => {
                let body = json!({ "lead": self.lead(lead.id), "number": lead.number,
                    "name": lead.name, "ordinal": lead.attempts + 1 });
                self.line("lead_chosen", at, body)
            }
            CampaignStep::Refused(refused) => {
                let whom = (Some(refused.lead), &refused.number);
                self.verdict("lead_refused", at, whom, &refused.verdict)
            }
            CampaignStep::Skipped { lead, why } => {
                let body = json!({ "lead": self.lead(*lead), "explanation": why });
                self.line("lead_skipped", at, body)
            }
            CampaignStep::Waiting(reason, until) => self.waiting(at, *reason, *until),
            CampaignStep::Probing(trouble) => {
                self.line("breaker_probing", at, json!({ "reason": trouble.as_str() }))
            }
            CampaignStep::GoesOn(trouble) => {
                self.line("breaker_resumed", at, json!({ "reason": trouble.as_str() }))
            }
            CampaignStep::SpeechLimit(conversations) => {
                let body = json!({ "conversations": conversations });
                self.line("speech_limit", at, body)
            }
            CampaignStep::ListFailed(why) => {
                self.line("list_failed", at, json!({ "explanation": why }))
            }
            CampaignStep::Halted(halt) => self.halted(at, *halt),
            CampaignStep::Resumed => self.line("campaign_resumed", at, json!({})),
            CampaignStep::Asterisk(SocketState::Lost) => self.line("asterisk_lost", at, json!({})),
            CampaignStep::Asterisk(SocketState::Replaced) => {
                self.line("asterisk_replaced", at, json!({}))
            }
            CampaignStep::Asterisk(SocketState::Connected) => {
                self.line("asterisk_back", at, json!({}))
            }
        }
    }

    fn call(&mut self, at: Timestamp, attempt: AttemptId, step: &CallStep) -> anyhow::Result<()> {
        match step {
            CallStep::Begun(begun) => {
                self.live
                    .insert(attempt, (begun.lead, begun.number.clone()));
                let body = json!({ "caller_id": begun.caller_id, "scenario": begun.scenario });
                self.step("call_begun", at, attempt, body)
            }
            CallStep::Phase(phase @ ("dialling" | "ringing" | "answered")) => {
                self.step(phase, at, attempt, json!({}))
            }
            CallStep::Phase(_) => Ok(()),
            CallStep::Judged(verdict) => {
                let body = json!({ "kind": verdict.answerer.as_str(),
                    "explanation": verdict.reason.to_string(), "after_ms": verdict.after_ms });
                self.step("answered_by", at, attempt, body)
            }
            CallStep::Turn(turn) => {
                let turn = serde_json::to_value(TurnReport::live(turn))?;
                self.step("turn", at, attempt, turn)
            }
            CallStep::Ended(report) => self.ended(at, attempt, report),
        }
    }

    fn ended(
        &mut self,
        at: Timestamp,
        attempt: AttemptId,
        report: &CallReport,
    ) -> anyhow::Result<()> {
        self.live.remove(&attempt);
        let detail = self.ledger.call(CallRef::Id(attempt))?;
        let verdict = report.verdict.as_ref();
        let ended = Ended {
            event: "ended",
            at: self.time(at),
            run: self.told.run.0,
            lead: report.lead.map(|lead| self.lead(lead)),
            cost: self
                .told
                .settings
                .tariff
                .is_set()
                .then(|| report.cost.amount()),
            next_attempt_at: verdict
                .and_then(|verdict| next_at(verdict, at))
                .map(|at| self.time(at)),
            call: Written::detail(&detail, self.zone()).rehearsed(self.told.settings.rehearsal),
        };
        self.printer.json(&Envelope::new(Written::SCHEMA, ended))?;
        let whom = (report.lead, &report.number);
        match verdict {
            None => Ok(()),
            Some(verdict @ Verdict::Never(_)) => self.verdict("lead_finished", at, whom, verdict),
            Some(verdict) => self.verdict("retry_planned", at, whom, verdict),
        }
    }

    /// Something about a call that goes on.
    fn step(
        &self,
        event: &str,
        at: Timestamp,
        attempt: AttemptId,
        more: Value,
    ) -> anyhow::Result<()> {
        let whom = self.live.get(&attempt);
        let mut body = json!({
            "attempt_id": attempt.0,
            "id": history::id(attempt, self.told.settings.rehearsal),
            "lead": whom.and_then(|(lead, _)| *lead).map(|lead| self.lead(lead)),
            "number": whom.map(|(_, number)| number),
        });
        if let (Value::Object(body), Value::Object(more)) = (&mut body, more) {
            body.extend(more);
        }
        self.line(event, at, body)
    }

    /// What the policy makes of a lead.
    fn verdict(
        &self,
        event: &str,
        at: Timestamp,
        (lead, number): (Option<LeadId>, &PhoneNumber),
        verdict: &Verdict,
    ) -> anyhow::Result<()> {
        let (reason, explanation) = match verdict {
            Verdict::May => (None, None),
            Verdict::NotBefore(_, whys) => (
                whys.last().map(WhyLater::as_str),
                whys.last().map(ToString::to_string),
            ),
            Verdict::Never(why) => (Some(why.as_str()), Some(why.to_string())),
        };
        let body = json!({
            "lead": lead.map(|lead| self.lead(lead)), "number": number,
            "reason": reason, "explanation": explanation,
            "next_attempt_at": next_at(verdict, at).map(|at| self.time(at)),
        });
        self.line(event, at, body)
    }

    fn waiting(
        &self,
        at: Timestamp,
        reason: WaitReason,
        until: Option<Timestamp>,
    ) -> anyhow::Result<()> {
        let until = until.map(|at| self.time(at));
        let word = match reason {
            // What paces the calls is no news.
            WaitReason::MaxCalls
            | WaitReason::Conversations
            | WaitReason::Rate
            // A call that goes on may end so that its lead is rung again.
            | WaitReason::Draining(DrainReason::Exhausted) => return Ok(()),
            WaitReason::Breaker(trouble) => {
                // The probe is out.
                let Some(until) = until else { return Ok(()) };
                let body = json!({ "reason": trouble.as_str(), "until": until,
                    "explanation": trouble.explanation(), "hint": trouble.hint() });
                return self.line("breaker_paused", at, body);
            }
            WaitReason::Draining(reason) => {
                return self.line("draining", at, json!({ "reason": drained(reason) }));
            }
            WaitReason::CallerIds => "caller_ids",
            WaitReason::NobodyDue => "nobody_due",
        };
        self.line("waiting", at, json!({ "reason": word, "until": until }))
    }

    fn halted(&self, at: Timestamp, halt: Halt) -> anyhow::Result<()> {
        match halt {
            Halt::Until => self.line("draining", at, json!({ "reason": "until" })),
            Halt::MaxCost => self.line("draining", at, json!({ "reason": "max_cost" })),
            Halt::Closed(CampaignState::Cancelled) => {
                self.line("campaign_cancelled", at, json!({}))
            }
            Halt::Closed(CampaignState::Paused | CampaignState::Open) => {
                self.line("campaign_paused", at, json!({}))
            }
        }
    }

    fn line(&self, event: &str, at: Timestamp, body: Value) -> anyhow::Result<()> {
        let (campaign, rehearsal) = (self.told.campaign, self.told.settings.rehearsal);
        let line = Line {
            event,
            at: self.time(at),
            campaign: history::campaign_name(&campaign.name, rehearsal),
            rehearsal,
            run: self.told.run.0,
            body,
        };
        self.printer.json(&Envelope::new(SCHEMA, line))
    }

    fn lead(&self, lead: LeadId) -> String {
        lead_id(lead, self.told.settings.rehearsal)
    }

    fn zone(&self) -> &TimeZone {
        &self.told.settings.policy.default_timezone
    }

    fn time(&self, at: Timestamp) -> String {
        written::rfc3339(at, self.zone())
    }
}

/// When a lead is rung again; `None`: never.
fn next_at(verdict: &Verdict, now: Timestamp) -> Option<Timestamp> {
    match verdict {
        Verdict::May => Some(now),
        Verdict::NotBefore(at, _) => Some(*at),
        Verdict::Never(_) => None,
    }
}

/// Why nothing more is begun, in the words of the summary.
fn drained(reason: DrainReason) -> &'static str {
    match reason {
        DrainReason::Exhausted => "exhausted",
        DrainReason::Limit => "limit",
        DrainReason::Stopped => "stopped",
        DrainReason::Breaker(_) => "breaker",
    }
}
