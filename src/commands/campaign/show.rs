//! `novodial campaign show`: how far a campaign is, by disposition and outcome, and what waits for
//! when.

use jiff::Timestamp;
use serde::Serialize;

use super::found::FoundCampaign;
use super::list::CampaignReport;
use crate::campaign::{AttemptId, Money};
use crate::commands::history::{self, History};
use crate::commands::written::counted;
use crate::commands::{Desk, written};
use crate::driver;
use crate::output::{Envelope, ExitStatus, Paint, Table, plain};
use crate::report::OutcomeCount;
use crate::store::{CampaignEvent, CampaignPulse, CampaignState, LeadCounts, SpeechUsed, Waits};

/// One line of the summary in JSON.
#[derive(Debug, Serialize)]
struct Ended {
    disposition: &'static str,
    outcome: Option<String>,
    count: u64,
}

/// What waits, in JSON.
#[derive(Debug, Serialize)]
struct Waiting {
    /// `null`: nothing but their turn.
    why: Option<String>,
    leads: u64,
    first: String,
    last: String,
}

/// What was decided, in JSON.
#[derive(Debug, Serialize)]
struct Decision {
    at: String,
    what: String,
    detail: serde_json::Value,
}

#[derive(Debug, Serialize)]
struct Report {
    #[serde(flatten)]
    campaign: CampaignReport,
    /// Leads of 100 that need no more attempts.
    percent_done: f64,
    /// Whether a process runs it now, and which, as far as that is known.
    running: bool,
    runner_pid: Option<u32>,
    live: u64,
    /// Calls without an end whose process is gone.
    abandoned: u64,
    attempts_made: u64,
    first_attempt_at: Option<String>,
    last_attempt_at: Option<String>,
    /// As things stand; `null` where nobody is rung any more.
    next_attempt_at: Option<String>,
    cost: Option<f64>,
    /// What the provider charged, as far as `novofon reconcile` has found it.
    charged: Option<f64>,
    /// For how many attempts.
    charged_attempts: u64,
    currency: String,
    /// Characters that the speech service was paid for in its calls.
    speech_characters: u64,
    /// How much it heard in them.
    speech_heard_ms: u64,
    attempts: Vec<Ended>,
    waiting: Vec<Waiting>,
    decisions: Vec<Decision>,
}

/// Everything that is told of a campaign.
struct Stand<'a> {
    found: FoundCampaign<'a>,
    now: Timestamp,
    leads: LeadCounts,
    ended: Vec<OutcomeCount>,
    waits: Vec<Waits>,
    pulse: CampaignPulse,
    /// Calls without an end whose process is gone.
    abandoned: Vec<AttemptId>,
    /// Attempts that the provider charged for, and what.
    charged: (u64, Money),
    speech: SpeechUsed,
    decisions: Vec<CampaignEvent>,
}

pub(in crate::commands) fn show(name: &str, desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    let settings = desk.settings()?;
    let history = History::open(&settings, desk)?;
    let found = FoundCampaign::find(name, &history, Vec::new(), desk)?;
    let (ledger, id, now) = (found.ledger, found.campaign.id, driver::now());
    let abandoned = driver::abandoned_calls(ledger)?.into_iter();
    let abandoned = abandoned.filter(|call| call.campaign == Some(id));
    let stand = Stand {
        now,
        leads: ledger.lead_counts(id)?,
        ended: ledger.summary(Some(id), None)?,
        waits: ledger.waits(id, &found.settings.policy.leads, now)?,
        pulse: ledger.pulse(id)?,
        abandoned: abandoned.map(|call| call.id).collect(),
        charged: ledger.charged_of_campaign(id)?,
        speech: ledger.speech_of_campaign(id)?,
        decisions: ledger.decisions(id)?,
        found,
    };
    if desk.printer.is_json() {
        let report = stand.report();
        desk.printer
            .json(&Envelope::new("novodial.campaign/1", report))?;
    } else {
        stand.print(desk)?;
    }
    Ok(ExitStatus::Success)
}

impl Stand<'_> {
    fn report(&self) -> Report {
        let zone = self.found.zone();
        let time = |at: Timestamp| written::rfc3339(at, zone);
        let waiting = self.waits.iter().map(|waits| Waiting {
            why: waits.why.clone(),
            leads: waits.leads,
            first: time(waits.first),
            last: time(waits.last),
        });
        let decisions = self.decisions.iter().map(|decision| Decision {
            at: time(decision.at),
            what: decision.kind.clone(),
            detail: decision.detail.clone(),
        });
        let campaign = CampaignReport::of(&self.found.campaign, &self.leads, zone);
        Report {
            campaign: campaign.rehearsed(self.found.rehearsal),
            percent_done: (self.percent_done() * 10.0).round() / 10.0,
            running: self.found.runner.is_some(),
            runner_pid: self.found.runner.and_then(|runner| runner.pid),
            live: self.live(),
            abandoned: self.abandoned.len() as u64,
            attempts_made: self.pulse.attempts,
            first_attempt_at: self.pulse.first_at.map(time),
            last_attempt_at: self.pulse.last_at.map(time),
            next_attempt_at: self.next().map(time),
            cost: self.pulse.cost.map(Money::amount),
            charged: (self.charged.0 > 0).then(|| self.charged.1.amount()),
            charged_attempts: self.charged.0,
            currency: self.found.settings.tariff.currency.clone(),
            speech_characters: self.speech.characters,
            speech_heard_ms: self.speech.heard_ms,
            attempts: self.ended.iter().map(row).collect(),
            waiting: waiting.collect(),
            decisions: decisions.collect(),
        }
    }

    /// What was really charged, and what the speech service was used for.
    fn paid(&self, currency: &str) -> Vec<(&'static str, String)> {
        let (attempts, sum) = self.charged;
        let charged = (attempts > 0).then(|| {
            let text = format!("{sum} {currency} by the provider, for {attempts} of the calls");
            ("charged", text)
        });
        let SpeechUsed {
            characters,
            heard_ms,
        } = self.speech;
        let speech = (characters > 0 || heard_ms > 0).then(|| {
            let heard = written::seconds(i64::try_from(heard_ms).unwrap_or(i64::MAX));
            (
                "speech",
                format!("{} spoken, {heard} heard", counted(characters, "character")),
            )
        });
        charged.into_iter().chain(speech).collect()
    }

    /// Of those that may be rung at all.
    fn percent_done(&self) -> f64 {
        let total = self.leads.total();
        if total == 0 {
            return 0.0;
        }
        (total - self.leads.left()) as f64 * 100.0 / total as f64
    }

    /// Calls that go on.
    fn live(&self) -> u64 {
        let abandoned = self.abandoned.len() as u64;
        self.pulse.live.saturating_sub(abandoned)
    }

    /// `2 calls without an end: …`, where a process was killed during its calls.
    fn left_behind(&self) -> Option<String> {
        let first = *self.abandoned.first()?;
        let calls = counted(self.abandoned.len() as u64, "call");
        Some(format!(
            "{calls} without an end, whose process is gone: the next run ends what it left, or \
             novodial calls hangup {}",
            history::id(first, self.found.rehearsal)
        ))
    }

    /// When the next call may be made.
    fn next(&self) -> Option<Timestamp> {
        let open = self.found.campaign.state == CampaignState::Open;
        let first = self.waits.iter().map(|waits| waits.first).min();
        first.filter(|_| open).map(|at| at.max(self.now))
    }

    fn print(&self, desk: &Desk<'_>) -> anyhow::Result<()> {
        let printer = desk.printer;
        let campaign = &self.found.campaign;
        let rehearsed = if self.found.rehearsal {
            ", rehearsed"
        } else {
            ""
        };
        let state = match campaign.state {
            CampaignState::Open => "",
            CampaignState::Paused => ", paused",
            CampaignState::Cancelled => ", cancelled",
        };
        let title = format!("Campaign {}{rehearsed}{state}", self.found.name());
        printer.data(&printer.paint(Paint::Strong, &title))?;
        for (name, fact) in self.facts() {
            printer.data(&format!("  {name:<10}{}", plain(&fact)))?;
        }
        if !self.ended.is_empty() {
            let mut table = Table::new(["attempts", "disposition", "outcome"]);
            for line in self.ended.iter().map(row) {
                let outcome = line.outcome.unwrap_or_default();
                table.row([line.count.to_string(), line.disposition.to_owned(), outcome]);
            }
            printer.data("")?;
            printer.table(table)?;
        }
        if !self.waits.is_empty() {
            printer.data("")?;
            printer.table(self.waiting())?;
        }
        Ok(())
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        let (campaign, leads, pulse) = (&self.found.campaign, &self.leads, &self.pulse);
        let zone = self.found.zone();
        let mut facts = vec![("list", campaign.source.clone())];
        facts.extend(
            campaign
                .scenario
                .clone()
                .map(|scenario| ("scenario", scenario)),
        );
        let total = leads.total();
        facts.push((
            "progress",
            format!(
                "{:.1} % of {} {} done with",
                self.percent_done(),
                counted(total, "lead"),
                if total == 1 { "is" } else { "are" }
            ),
        ));
        let in_call = if self.found.is_left() {
            "left in a call"
        } else {
            "in a call"
        };
        facts.push(("leads", how_they_stand(leads, in_call)));
        let calls = pulse.last_at.map(|last| {
            let last = written::moment(last, zone);
            format!(
                "{} made, {} live, the last on {last}",
                pulse.attempts,
                self.live()
            )
        });
        facts.extend(calls.map(|calls| ("calls", calls)));
        facts.extend(self.left_behind().map(|told| ("left", told)));
        let runner = self.found.runner.map(|runner| match runner.pid {
            Some(pid) => format!("goes on in process {pid}"),
            None => "goes on in another process".to_owned(),
        });
        facts.extend(runner.map(|runner| ("run", runner)));
        let cost = pulse.cost.filter(|cost| cost.0 > 0);
        let currency = &self.found.settings.tariff.currency;
        facts.extend(cost.map(|cost| ("cost", format!("{cost} {currency}"))));
        facts.extend(self.paid(currency));
        let next = match (self.next(), campaign.state) {
            (Some(at), _) if at <= self.now => "now".to_owned(),
            (Some(at), _) => written::moment(at, zone),
            (None, CampaignState::Open) => "nobody is left".to_owned(),
            (None, CampaignState::Paused | CampaignState::Cancelled) => {
                format!(
                    "nobody before novodial campaign resume {}",
                    self.found.name()
                )
            }
        };
        facts.push(("next", next));
        let changed = self
            .decisions
            .iter()
            .rfind(|event| event.kind == campaign_word(campaign.state));
        facts.extend(changed.map(|event| ("since", written::moment(event.at, zone))));
        facts
    }

    fn waiting(&self) -> Table {
        let zone = self.found.zone();
        let time = |at: Timestamp| {
            if at <= self.now {
                "now".to_owned()
            } else {
                written::moment(at, zone)
            }
        };
        let mut table = Table::new(["waiting", "for", "first", "last"]);
        for waits in &self.waits {
            let why = waits.why.clone().unwrap_or_else(|| "their turn".to_owned());
            table.row([
                waits.leads.to_string(),
                why,
                time(waits.first),
                time(waits.last),
            ]);
        }
        table
    }
}

/// The word in the history of what brought a campaign into this state.
fn campaign_word(state: CampaignState) -> &'static str {
    match state {
        CampaignState::Open => "",
        CampaignState::Paused | CampaignState::Cancelled => state.as_str(),
    }
}

fn row(count: &OutcomeCount) -> Ended {
    Ended {
        disposition: count.disposition.as_str(),
        outcome: count.outcome.clone(),
        count: count.count,
    }
}

/// `1 done, 3 new`: every state that leads are in; `in_call` says it of those that are.
fn how_they_stand(leads: &LeadCounts, in_call: &str) -> String {
    let counts = [
        (leads.done, "done"),
        (leads.new, "new"),
        (leads.retry, "wait for another attempt"),
        (leads.in_call, in_call),
        (leads.forbidden, "on the do-not-call list"),
        (leads.exhausted, "rung as often as allowed"),
        (leads.refused, "not to be rung as list and policy stand"),
    ];
    let counts = counts.iter().filter(|(count, _)| *count > 0);
    let counts: Vec<String> = counts
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    if counts.is_empty() {
        return "none".to_owned();
    }
    counts.join(", ")
}
