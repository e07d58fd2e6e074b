//! What a campaign tells while it runs, and its summary.

use std::collections::BTreeMap;

use super::pause_report;
use super::run_end::{Left, reason};
use crate::ari::SocketState;
use crate::campaign::{DrainReason, RunId, WaitReason};
use crate::commands::calls::CallReport as Written;
use crate::commands::{Desk, history, written};
use crate::driver::{CallNews, CallReport, CampaignEnd, CampaignNews, Halt};
use crate::line::Disposition;
use crate::output::{Envelope, Format, Paint, Printer, Progress, Snapshot, Table, plain};
use crate::report::Percentiles;
use crate::settings::Settings;
use crate::store::{CallFilter, CallRef, Campaign, CampaignState, Ledger};

/// Counts what happens, shows it, and says what a person should see.
pub(super) struct Tally<'a> {
    printer: &'a Printer,
    settings: &'a Settings,
    ledger: &'a Ledger,
    progress: Progress,
    snapshot: Snapshot,
    ended: BTreeMap<Disposition, u64>,
}

impl<'a> Tally<'a> {
    pub(super) fn new(
        total: u64,
        printer: &'a Printer,
        settings: &'a Settings,
        ledger: &'a Ledger,
    ) -> Self {
        let snapshot = Snapshot {
            total,
            waiting: total,
            ..Snapshot::default()
        };
        let progress = Progress::campaign(printer, total);
        Self {
            printer,
            settings,
            ledger,
            progress,
            snapshot,
            ended: BTreeMap::new(),
        }
    }

    /// Takes a piece of news.
    pub(super) fn take(&mut self, news: &CampaignNews) -> anyhow::Result<()> {
        match news {
            CampaignNews::Call(CallNews::Begun(_)) => {
                self.snapshot.live += 1;
                self.snapshot.waiting = self.snapshot.waiting.saturating_sub(1);
            }
            CampaignNews::Call(CallNews::Ended(report)) => self.ended(report)?,
            CampaignNews::Call(CallNews::Phase(..) | CallNews::Turn(..)) => return Ok(()),
            CampaignNews::Waiting(reason, until) => {
                if let Some(text) = self.waiting(*reason, *until) {
                    self.progress.line(&text);
                }
            }
            CampaignNews::Halted(halt) => self.progress.line(halted(*halt)),
            CampaignNews::Probing(trouble) => self.progress.line(&pause_report::probing(*trouble)),
            CampaignNews::GoesOn(trouble) => self.progress.line(&pause_report::goes_on(*trouble)),
            CampaignNews::SpeechLimit(conversations) => {
                self.progress
                    .line(&pause_report::speech_limit(*conversations));
            }
            CampaignNews::Asterisk(SocketState::Lost) => {
                self.progress
                    .line("the connection to Asterisk is lost; no new calls until it is back");
            }
            CampaignNews::Asterisk(_) => self.progress.line("connected to Asterisk again"),
            CampaignNews::Skipped { lead, why } => {
                self.progress
                    .line(&format!("lead {lead} is skipped: {}", plain(why)));
            }
        }
        self.show();
        Ok(())
    }

    fn ended(&mut self, report: &CallReport) -> anyhow::Result<()> {
        let disposition = report.end.disposition;
        self.snapshot.live = self.snapshot.live.saturating_sub(1);
        self.snapshot.done += 1;
        self.snapshot.total = self.snapshot.total.max(self.snapshot.done);
        self.snapshot.answered += u64::from(disposition == Disposition::Answered);
        *self.ended.entry(disposition).or_default() += 1;
        self.snapshot.per_disposition = self
            .ended
            .iter()
            .map(|(word, count)| (word.to_string(), *count))
            .collect();
        if self.printer.format() == Format::Jsonl {
            let detail = self.ledger.call(CallRef::Id(report.attempt))?;
            let body = Written::detail(&detail, &self.settings.policy.default_timezone)
                .rehearsed(self.settings.rehearsal);
            return self.printer.json(&Envelope::new(Written::SCHEMA, body));
        }
        self.progress.line(&line(report, self.settings.rehearsal));
        Ok(())
    }

    fn waiting(&self, reason: WaitReason, until: Option<jiff::Timestamp>) -> Option<String> {
        let zone = &self.settings.policy.default_timezone;
        let until = until
            .map(|at| written::moment(at, zone))
            .unwrap_or_default();
        match reason {
            // The probe is out.
            WaitReason::Breaker(_) if until.is_empty() => None,
            WaitReason::Breaker(trouble) => Some(format!(
                "{}: pausing until {until} ({})",
                trouble.explanation(),
                trouble.hint()
            )),
            WaitReason::NobodyDue if until.is_empty() => Some("waiting for more leads".to_owned()),
            WaitReason::NobodyDue => Some(format!("nobody is due before {until}: waiting")),
            WaitReason::Draining(DrainReason::Stopped) => Some(
                "no new calls; waiting for the talks to end (Ctrl-C again hangs up)".to_owned(),
            ),
            WaitReason::CallerIds => Some(format!(
                "every caller id has reached its limit: waiting until {until}"
            )),
            WaitReason::MaxCalls
            | WaitReason::Conversations
            | WaitReason::Rate
            | WaitReason::Draining(_) => None,
        }
    }

    /// Draws how it stands.
    pub(super) fn show(&mut self) {
        self.progress.update(&self.snapshot);
    }

    pub(super) fn finish(self) {
        self.progress.finish();
    }
}

fn halted(halt: Halt) -> &'static str {
    match halt {
        Halt::Until => "the hour of --until has come: no new calls",
        Halt::MaxCost => {
            "no new calls: the longest one might cost more than is left of --max-cost \
             ([call] max_duration sets how long it may be)"
        }
        Halt::Closed(CampaignState::Cancelled) => "the campaign was cancelled: no new calls",
        Halt::Closed(CampaignState::Paused | CampaignState::Open) => {
            "the campaign was paused: no new calls"
        }
    }
}

/// `call 12 to +7900***0001: answered, agreed, talked 21.0 s`
fn line(report: &CallReport, rehearsal: bool) -> String {
    let end = &report.end;
    let mut parts = vec![end.disposition.to_string()];
    parts.extend(
        end.outcome
            .as_deref()
            .map(|outcome| plain(outcome).into_owned()),
    );
    let talked = end.talk_ms.and_then(|ms| i64::try_from(ms).ok());
    parts.extend(talked.map(|ms| format!("talked {}", written::seconds(ms))));
    let error = report
        .error
        .as_deref()
        .map(|error| format!(" ({})", plain(error)));
    let (call, number) = (history::id(report.attempt, rehearsal), &report.number);
    format!(
        "call {call} to {number}: {}{}",
        parts.join(", "),
        error.unwrap_or_default()
    )
}

/// Which run of which campaign is told of.
#[derive(Debug)]
pub(super) struct RunCampaign<'a> {
    pub(super) campaign: &'a Campaign,
    pub(super) run: RunId,
    pub(super) settings: &'a Settings,
}

/// The summary of a run: by disposition and outcome, what is left, how long callees waited.
pub(super) fn print_end(
    told: &RunCampaign<'_>,
    (end, left): (&CampaignEnd, &Left),
    ledger: &Ledger,
    desk: &Desk<'_>,
) -> anyhow::Result<()> {
    let printer = desk.printer;
    let (campaign, run, rehearsal) = (told.campaign, told.run, told.settings.rehearsal);
    let name = history::campaign_name(&campaign.name, rehearsal);
    let rows = ledger.summary(Some(campaign.id), Some(run))?;
    let (counts, zone) = (left.counts, &told.settings.policy.default_timezone);
    let next_due = left.next_due.filter(|_| counts.left() > 0);
    let waits = Percentiles::of(ledger.latencies(Some(campaign.id), Some(run))?);
    let left = counts.left();
    if printer.is_json() {
        let attempts: Vec<_> = rows
            .iter()
            .map(|row| {
                serde_json::json!({ "disposition": row.disposition.as_str(), "outcome": row.outcome,
                                    "count": row.count })
            })
            .collect();
        let body = serde_json::json!({
            "campaign": name, "rehearsal": rehearsal, "calls": end.calls, "reason": reason(end),
            "done": counts.done, "left": left, "forbidden": counts.forbidden,
            "exhausted": counts.exhausted, "refused": counts.refused,
            "next_due": next_due.map(|at| written::rfc3339(at, zone)), "cost": end.cost.to_string(),
            "dropped": end.dropped, "pauses": pause_report::pauses(end),
            "attempts": attempts, "latency_p50_ms": waits.map(|w| w.p50), "latency_p95_ms": waits.map(|w| w.p95),
        });
        return printer.json(&Envelope::new("novodial.campaign_run/1", body));
    }
    let mut table = Table::new(["calls", "disposition", "outcome"]);
    for row in &rows {
        let outcome = row.outcome.clone().unwrap_or_default();
        table.row([row.count.to_string(), row.disposition.to_string(), outcome]);
    }
    printer.table(table)?;
    let rehearsed = if rehearsal { "rehearsed: " } else { "" };
    let title = format!(
        "{rehearsed}{} calls, {} leads done, {left} left",
        end.calls, counts.done
    );
    printer.data(&printer.paint(Paint::Strong, &title))?;
    if let Some(at) = next_due.filter(|_| !rehearsal) {
        let (name, at) = (plain(&campaign.name), written::moment(at, zone));
        printer.data(&format!(
            "the next is due {at}: novodial campaign run {name} goes on then"
        ))?;
    }
    if end.cost.0 > 0 {
        let currency = &told.settings.tariff.currency;
        printer.data(&format!("the calls cost {} {currency}", end.cost))?;
    }
    for line in pause_report::lines(end) {
        printer.data(&line)?;
    }
    if rehearsal {
        hint(campaign, ledger, printer)?;
    }
    if let Some(waits) = waits {
        let (p50, p95) = (waits.p50, waits.p95);
        printer.data(&format!(
            "callees waited {p50} ms for our answer (median), 95 of 100 at most {p95} ms"
        ))?;
    }
    Ok(())
}

/// Where what was said can be read and heard.
fn hint(campaign: &Campaign, ledger: &Ledger, printer: &Printer) -> anyhow::Result<()> {
    let filter = CallFilter {
        disposition: Some(Disposition::Answered),
        campaign: Some(campaign.name.clone()),
        limit: Some(1),
        ..CallFilter::default()
    };
    if let Some(call) = ledger.calls(&filter)?.first() {
        let id = history::id(call.attempt, true);
        let recorded = call.recording.as_deref();
        let folder = recorded.and_then(std::path::Path::parent);
        let heard = folder.map_or_else(String::new, |folder| {
            format!("; the recordings are in {}", folder.display())
        });
        printer.message(&format!("to read a talk: novodial calls show {id}{heard}"));
    }
    Ok(())
}
