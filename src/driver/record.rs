//! The end of a call as the ledger keeps it: how it ended, what was promised, what it cost.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::call::{CallJob, CallReport};
use super::clock;
use super::scribe::firmly;
use super::station::Station;
use crate::audio::Truth;
use crate::call::{CallBack, CallEnd, NetworkSaid, Verdict};
use crate::campaign::{Ending, LeadPolicy};
use crate::line::Disposition;
use crate::store::{AttemptEnd, HungUpBy};

/// How soon to ring again who was promised a call at some time, where no policy says.
const SOMETIME: SignedDuration = SignedDuration::from_hours(2);

/// The end of a call whose machine did not finish: a defect, recorded as such.
pub(super) const NO_END: CallEnd = CallEnd {
    disposition: Disposition::Failed,
    outcome: None,
    call_back: None,
    data: serde_json::Value::Null,
    answered_by: None,
    network_said: None,
    release: None,
    hung_up_by: crate::call::HungUpBy::Us,
    ring_ms: None,
    talk_ms: None,
};

/// How promises become hours.
#[derive(Debug, Clone)]
pub(super) struct Promises {
    /// How soon to ring again who was promised a call at some time.
    sometime: SignedDuration,
    zone: TimeZone,
}

impl Promises {
    /// By the policy and the callee's clock.
    pub(super) fn new(policy: Option<&LeadPolicy>, zone: &TimeZone) -> Self {
        let rule = policy.and_then(|policy| policy.retry.of(Ending::CallLater));
        Self {
            sometime: rule.map_or(SOMETIME, |rule| rule.delay(1)),
            zone: zone.clone(),
        }
    }

    /// The hour of a promised call; one that has passed is taken for now.
    pub(super) fn hour(&self, promise: CallBack) -> Timestamp {
        self.hour_at(promise, clock::now())
    }

    fn hour_at(&self, promise: CallBack, now: Timestamp) -> Timestamp {
        let sometime = || now.checked_add(self.sometime).unwrap_or(now);
        match promise {
            CallBack::Sometime => sometime(),
            CallBack::At(moment) => moment
                .to_zoned(self.zone.clone())
                .map_or_else(|_| sometime(), |moment| moment.timestamp().max(now)),
        }
    }
}

/// Records the end of a call before it is told; its cost goes into the report.
pub(super) async fn record_end(
    station: &Station,
    job: &CallJob,
    report: &mut CallReport,
) -> anyhow::Result<()> {
    let now = clock::now();
    let tariff = &station.plan.tariff;
    if report.dialled {
        let talked = report.end.talk_ms.unwrap_or(0).try_into();
        let talked = SignedDuration::from_millis(talked.unwrap_or(i64::MAX));
        report.cost = tariff.cost(&report.number, talked);
    }
    let mut row = end_row(report, now);
    row.cost = tariff.is_set().then_some(report.cost.0);
    let policy = job.policy.clone();
    let promises = Promises::new(policy.as_deref(), &job.zone);
    row.call_back_at = report.end.call_back.map(|promise| promises.hour(promise));
    report.verdict = firmly(&station.ledger, move |ledger| match &policy {
        Some(policy) => ledger.end_attempt_under(&row, policy),
        None => ledger.end_attempt(&row).map(|()| None),
    })
    .await?;
    Ok(())
}

fn end_row(report: &CallReport, now: Timestamp) -> AttemptEnd {
    let end = &report.end;
    let mut row = AttemptEnd::new(report.attempt, end.disposition, now);
    row.outcome.clone_from(&end.outcome);
    row.cause = end.release.map(|release| release.cause);
    row.sip = end.release.and_then(|release| release.sip);
    row.hung_up_by = Some(hung_up_by(end));
    row.ring_ms = end.ring_ms.and_then(|ms| ms.try_into().ok());
    row.talk_ms = end.talk_ms.and_then(|ms| ms.try_into().ok());
    row.recording.clone_from(&report.recording);
    row.error.clone_from(&report.error);
    row.opted_out = report.opted_out;
    row.data = data(report);
    row
}

/// What is kept of a call beside its columns: what was gathered, who answered or what the network
/// said instead, how it sounded, what was used of the speech service. Nothing where nothing of that is.
fn data(report: &CallReport) -> Value {
    let gathered = report.end.data.as_object();
    let mut data = gathered.cloned().unwrap_or_default();
    let sound = report.truth.as_ref().map(sound);
    data.extend(sound.map(|sound| ("sound".to_owned(), sound)));
    let answered_by = report.end.answered_by.as_ref().map(answered_by);
    data.extend(answered_by.map(|who| ("answered_by".to_owned(), who)));
    let network_said = report.end.network_said.as_ref().map(network_said);
    data.extend(network_said.map(|said| ("network_said".to_owned(), said)));
    if report.characters > 0 || report.heard_ms > 0 {
        let used = json!({ "characters": report.characters, "heard_ms": report.heard_ms });
        data.insert("speech".to_owned(), used);
    }
    if data.is_empty() {
        return Value::Null;
    }
    Value::Object(data)
}

/// Who answered, in the shape of the history.
fn answered_by(verdict: &Verdict) -> Value {
    json!({
        "kind": verdict.answerer.as_str(),
        "reason": verdict.reason.to_string(),
        "after_ms": verdict.after_ms,
    })
}

/// What the network said before the answer, in the shape of the history.
fn network_said(said: &NetworkSaid) -> Value {
    json!({
        "kind": said.what.as_str(),
        "reason": said.by.to_string(),
        "at_ms": said.at.0,
    })
}

/// What a call sounded like, in the shape of the history.
fn sound(truth: &Truth) -> Value {
    json!({
        "gaps_ms": truth.gaps_ms,
        "barge_in_stops_ms": truth.barge_in_stops_ms,
        "talk_over_ms": truth.talk_over_ms,
        "longest_silence_ms": truth.longest_silence_ms,
        "clipped_end": truth.clipped_end,
        "underruns": truth.underruns,
    })
}

fn hung_up_by(end: &CallEnd) -> HungUpBy {
    match (end.hung_up_by, end.disposition) {
        (crate::call::HungUpBy::Us, _) => HungUpBy::Bot,
        (crate::call::HungUpBy::FarEnd, Disposition::Answered | Disposition::Machine) => {
            HungUpBy::Callee
        }
        (crate::call::HungUpBy::FarEnd, _) => HungUpBy::Network,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_is_kept_by_the_callees_clock_and_never_lies_behind() {
        let now: Timestamp = "2026-11-22T09:00:00Z".parse().unwrap();
        let zone = TimeZone::get("Asia/Vladivostok").unwrap();
        let at = |text: &str| CallBack::At(text.parse().unwrap());
        let hour = |promise| Promises::new(None, &zone).hour_at(promise, now).to_string();
        assert_eq!(hour(at("2026-11-23T15:00")), "2026-11-23T05:00:00Z");
        assert_eq!(hour(at("2026-11-22T15:00")), "2026-11-22T09:00:00Z", "over");
        assert_eq!(hour(CallBack::Sometime), "2026-11-22T11:00:00Z");
        let policy = LeadPolicy::default().in_haste();
        let soon = Promises::new(Some(&policy), &zone).hour_at(CallBack::Sometime, now);
        assert!(soon.duration_since(now) < SignedDuration::from_secs(10));
    }
}
