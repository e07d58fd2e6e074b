//! What a campaign tells while it runs: a live view for people, a line an event for programs.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::lead_report::lead_id;
use super::pause_report;
use super::run_events::EventLines;
use super::run_report::RunCampaign;
use crate::ari::SocketState;
use crate::campaign::{AttemptId, DrainReason, LeadId, PlannerLimits, Verdict, WaitReason};
use crate::commands::{history, written};
use crate::driver::{self, CallReport, CallStep, CampaignJob, CampaignNews, CampaignStep, Halt};
use crate::line::Disposition;
use crate::output::{Format, LiveCall, Printer, Progress, Snapshot, is_broken_pipe, plain};
use crate::phone::PhoneNumber;
use crate::store::{CampaignState, Ledger};

/// Counts what happens, shows it, and says what a person should see.
pub(super) struct Tally<'a> {
    told: &'a RunCampaign<'a>,
    progress: Progress,
    snapshot: Snapshot,
    ended: BTreeMap<Disposition, u64>,
    live: BTreeMap<AttemptId, Live>,
    /// `None` where no lines are asked for, or nobody reads them any more.
    lines: Option<EventLines<'a>>,
    ledger: &'a Ledger,
    closed: bool,
    /// Whether it was said that, and why, no new calls begin.
    halted: bool,
}

/// A call that goes on.
struct Live {
    number: PhoneNumber,
    phase: &'static str,
    /// When it began to ring or, once it is answered, to be talked.
    since: Timestamp,
    words: String,
}

impl<'a> Tally<'a> {
    pub(super) fn new(
        total: u64,
        told: &'a RunCampaign<'a>,
        ledger: &'a Ledger,
        printer: &'a Printer,
    ) -> Self {
        let lines = printer.format() == Format::Jsonl;
        Self {
            told,
            progress: Progress::campaign(printer, total),
            snapshot: Snapshot {
                total,
                waiting: total,
                ..Snapshot::default()
            },
            ended: BTreeMap::new(),
            live: BTreeMap::new(),
            ledger,
            lines: lines.then(|| EventLines::new(told, ledger, printer)),
            closed: false,
            halted: false,
        }
    }

    /// The run begins.
    pub(super) fn started(
        &mut self,
        job: &CampaignJob,
        limits: &PlannerLimits,
    ) -> anyhow::Result<()> {
        let begins = (driver::now(), self.snapshot.total);
        let lines = self.lines.as_ref();
        let written = lines.map_or(Ok(()), |lines| lines.started(begins, job, limits));
        self.heed(written)
    }

    /// Takes a piece of news.
    pub(super) fn take(&mut self, news: &CampaignNews) -> anyhow::Result<()> {
        let lines = self.lines.as_mut();
        let written = lines.map_or(Ok(()), |lines| lines.take(news));
        self.heed(written)?;
        match &news.event {
            CampaignStep::Call(attempt, step) => self.call(news.at, *attempt, step),
            CampaignStep::Chosen(_) | CampaignStep::Refused(_) => return Ok(()),
            CampaignStep::Waiting(reason, until) => {
                if let Some(text) = self.waiting(*reason, *until) {
                    self.progress.line(&text);
                }
            }
            CampaignStep::Halted(halt) => {
                self.halted = true;
                self.progress.line(halted(*halt));
            }
            CampaignStep::Resumed => {
                self.halted = false;
                self.progress.line("the campaign was resumed: going on");
            }
            CampaignStep::Probing(trouble) => self.progress.line(&pause_report::probing(*trouble)),
            CampaignStep::GoesOn(trouble) => self.progress.line(&pause_report::goes_on(*trouble)),
            CampaignStep::SpeechLimit(conversations) => {
                self.progress
                    .line(&pause_report::speech_limit(*conversations));
            }
            CampaignStep::Asterisk(state) => self.progress.line(asterisk(*state)),
            CampaignStep::Skipped { lead, why } => {
                let text = skipped(*lead, why, self.told.settings.rehearsal, self.ledger);
                self.progress.line(&text);
            }
        }
        self.show();
        Ok(())
    }

    /// Whether nobody reads the lines any more.
    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }

    /// A reader that went away is no fault: the calls that go on come to their end.
    fn heed(&mut self, written: anyhow::Result<()>) -> anyhow::Result<()> {
        match written {
            Err(error) if is_broken_pipe(&error) => {
                self.lines = None;
                self.closed = true;
                self.progress
                    .line("nobody reads the output any more: no new calls");
                Ok(())
            }
            written => written,
        }
    }

    fn call(&mut self, at: Timestamp, attempt: AttemptId, step: &CallStep) {
        match step {
            CallStep::Begun(begun) => {
                self.snapshot.waiting = self.snapshot.waiting.saturating_sub(1);
                let live = Live {
                    number: begun.number.clone(),
                    phase: "preparing",
                    since: at,
                    words: String::new(),
                };
                self.live.insert(attempt, live);
            }
            CallStep::Phase(phase) => {
                if let Some(live) = self.live.get_mut(&attempt) {
                    live.phase = phase;
                    if ["dialling", "answered"].contains(phase) {
                        live.since = at;
                    }
                }
            }
            CallStep::Turn(turn) => {
                if let Some(live) = self.live.get_mut(&attempt) {
                    live.words = format!("{}: {}", turn.speaker.as_str(), turn.text);
                }
            }
            CallStep::Ended(report) => self.ended(report),
        }
    }

    fn ended(&mut self, report: &CallReport) {
        let disposition = report.end.disposition;
        self.live.remove(&report.attempt);
        // A lead that is to be rung again is not done with.
        if matches!(report.verdict, None | Some(Verdict::Never(_))) {
            self.snapshot.done += 1;
        } else {
            self.snapshot.waiting += 1;
        }
        self.snapshot.total = self.snapshot.total.max(self.snapshot.done);
        self.snapshot.answered += u64::from(disposition == Disposition::Answered);
        *self.ended.entry(disposition).or_default() += 1;
        self.snapshot.per_disposition = self
            .ended
            .iter()
            .map(|(word, count)| (word.to_string(), *count))
            .collect();
        if self.lines.is_none() {
            self.progress
                .call(&line(report, self.told.settings.rehearsal));
        }
    }

    fn waiting(&self, reason: WaitReason, until: Option<Timestamp>) -> Option<String> {
        let zone = &self.told.settings.policy.default_timezone;
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
            // It was said what for.
            WaitReason::Draining(DrainReason::Stopped) if self.halted => None,
            WaitReason::Draining(DrainReason::Stopped) if self.closed => {
                Some("waiting for the talks to end".to_owned())
            }
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
        let (now, rehearsal) = (driver::now(), self.told.settings.rehearsal);
        let calls = self.live.iter().map(|(attempt, live)| LiveCall {
            id: history::id(*attempt, rehearsal),
            number: live.number.to_string(),
            state: live.phase.to_owned(),
            seconds: now.duration_since(live.since).as_secs().max(0),
            words: live.words.clone(),
        });
        self.snapshot.calls = calls.collect();
        self.snapshot.live = u64::try_from(self.live.len()).unwrap_or(u64::MAX);
        self.progress.update(&self.snapshot);
    }

    pub(super) fn finish(self) {
        self.progress.finish();
    }
}

/// `lead r-6 (line 7 of the list) is skipped: …`
fn skipped(lead: LeadId, why: &str, rehearsal: bool, ledger: &Ledger) -> String {
    let id = lead_id(lead, rehearsal);
    // What cannot be read is not worth a fault here: the id tells which one it is.
    let listed = ledger.listed(lead).ok().flatten();
    let line = listed.map(|lead| format!(" (line {} of the list)", lead.line));
    let line = line.unwrap_or_default();
    format!("lead {id}{line} is skipped: {}", plain(why))
}

/// What has become of the connection to Asterisk.
fn asterisk(state: SocketState) -> &'static str {
    match state {
        SocketState::Connected => "connected to Asterisk again",
        SocketState::Lost => "the connection to Asterisk is lost; no new calls until it is back",
        SocketState::Replaced => {
            "another process took over our application at Asterisk: all calls are hung up"
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_application_that_another_process_took_is_no_connection() {
        let told = asterisk(SocketState::Replaced);
        assert!(
            told.contains("hung up") && !told.contains("again"),
            "{told}"
        );
    }
}
