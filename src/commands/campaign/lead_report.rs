//! A lead, what was done and what comes next: the same object from `leads`, `why` and `export`.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::found::FoundCampaign;
use crate::campaign::{LeadId, PastAttempt, Verdict, WhyLater};
use crate::commands::{history, written};
use crate::line::Disposition;
use crate::phone::PhoneNumber;
use crate::store::{CampaignState, LeadView, Standing};

/// One lead in JSON. `null` where nothing is known, or not yet.
#[derive(Debug, Serialize)]
pub(super) struct LeadReport {
    /// The lead's number in the ledger.
    pub(super) lead_id: i64,
    /// The same as commands take it: `42`, or `r-42` of a rehearsal.
    pub(super) id: String,
    pub(super) campaign: String,
    pub(super) rehearsal: bool,
    /// E.164.
    pub(super) number: PhoneNumber,
    pub(super) extension: Option<String>,
    pub(super) name: Option<String>,
    /// Its line in the list.
    pub(super) line: u64,
    pub(super) state: &'static str,
    /// Attempts so far.
    pub(super) attempts: usize,
    pub(super) last_attempt_at: Option<String>,
    /// Of the last attempt that ended.
    pub(super) disposition: Option<&'static str>,
    /// Of the last dialogue.
    pub(super) outcome: Option<String>,
    /// As things stand; `null` where it is not rung any more, or not before the campaign is
    /// resumed.
    pub(super) next_attempt_at: Option<String>,
    /// What it waits for, or why it is not rung: words for programs.
    pub(super) why: Vec<&'static str>,
    /// The same for people.
    pub(super) explanation: String,
}

impl LeadReport {
    pub(super) fn of(view: &LeadView, found: &FoundCampaign<'_>, now: Timestamp) -> Self {
        let zone = found.zone();
        let time = |at: Timestamp| written::rfc3339(at, zone);
        let ended = view.attempts.iter().rev();
        let ended = ended.clone().find_map(|attempt| attempt.disposition);
        let concluded = view.attempts.iter().rev();
        let concluded = concluded
            .clone()
            .find_map(|attempt| attempt.outcome.clone());
        let next = view
            .next_at(now)
            .filter(|_| found.campaign.state == CampaignState::Open);
        Self {
            lead_id: view.id.0,
            id: lead_id(view.id, found.rehearsal),
            campaign: found.name(),
            rehearsal: found.rehearsal,
            number: view.lead.number.clone(),
            extension: view.lead.extension.as_ref().map(ToString::to_string),
            name: view.lead.name.clone(),
            line: view.lead.line,
            state: view.standing.as_str(),
            attempts: view.attempts.len(),
            last_attempt_at: view.attempts.last().map(|last| time(last.at)),
            disposition: ended.map(Disposition::as_str),
            outcome: concluded,
            next_attempt_at: next.map(time),
            why: whys(view, found),
            explanation: explanation(view, found),
        }
    }
}

/// The id of a lead as people write it: `42`, or `r-42` of a rehearsal.
pub(super) fn lead_id(id: LeadId, rehearsal: bool) -> String {
    history::id(crate::campaign::AttemptId(id.0), rehearsal)
}

/// What it waits for, or why it is not rung.
fn whys(view: &LeadView, found: &FoundCampaign<'_>) -> Vec<&'static str> {
    let mut whys = match (view.standing, &view.verdict) {
        (Standing::InCall, _) if found.is_left() => return vec!["abandoned"],
        (Standing::InCall, _) => return vec!["being_rung"],
        (_, Verdict::Never(why)) => vec![why.as_str()],
        (Standing::Done, _) => vec!["settled"],
        (_, Verdict::May) => Vec::new(),
        (_, Verdict::NotBefore(_, whys)) => whys.iter().map(WhyLater::as_str).collect(),
    };
    match found.campaign.state {
        CampaignState::Open => {}
        _ if view.standing == Standing::Done => {}
        CampaignState::Paused => whys.insert(0, "paused"),
        CampaignState::Cancelled => whys.insert(0, "cancelled"),
    }
    whys
}

/// One clause: why it was, is not, or will be rung, and when.
pub(super) fn explanation(view: &LeadView, found: &FoundCampaign<'_>) -> String {
    let verdict = match (view.standing, &view.verdict) {
        (Standing::InCall, _) if found.is_left() => {
            return "was being rung when its process ended; the next run goes on with it"
                .to_owned();
        }
        (Standing::InCall, _) => return "is being rung at this moment".to_owned(),
        (_, Verdict::Never(why)) if view.attempts.is_empty() => {
            return format!("is not rung: {why}");
        }
        (_, Verdict::Never(why)) => return format!("is not rung again: {why}"),
        (Standing::Done, _) => {
            return "is not rung again: it was done with under the rules of then".to_owned();
        }
        (_, Verdict::May) => "may be rung now".to_owned(),
        (_, verdict @ Verdict::NotBefore(at, _)) => {
            let zone = found.zone();
            let local = local(*at, view, zone);
            format!(
                "will be rung from {}{local} on: {verdict}",
                written::moment(*at, zone)
            )
        }
    };
    match found.campaign.state {
        CampaignState::Open => verdict,
        CampaignState::Paused => {
            format!("is not rung while the campaign is paused; without that it {verdict}")
        }
        CampaignState::Cancelled => {
            format!("is not rung: the campaign is cancelled; without that it {verdict}")
        }
    }
}

/// The same hour where the callee lives, if that is another one.
fn local(at: Timestamp, view: &LeadView, zone: &TimeZone) -> String {
    let Some(theirs) = view.zones.first() else {
        return String::new();
    };
    if theirs.to_offset(at) == zone.to_offset(at) {
        return String::new();
    }
    let time = at.to_zoned(theirs.clone()).strftime("%H:%M").to_string();
    format!(" ({time} where the callee lives)")
}

/// `rung 2 times, last on 2026-11-22 12:00:00: no_answer`; nothing for one never rung.
pub(super) fn done_so_far(attempts: &[PastAttempt], zone: &TimeZone) -> Option<String> {
    let last = attempts.last()?;
    let times = match attempts.len() {
        1 => "once, on".to_owned(),
        2 => "twice, last on".to_owned(),
        times => format!("{times} times, last on"),
    };
    let ended = match (last.disposition, &last.outcome) {
        (Some(disposition), Some(outcome)) => format!(": {disposition}, {outcome}"),
        (Some(disposition), None) => format!(": {disposition}"),
        (None, _) => String::new(),
    };
    let at = written::moment(last.at, zone);
    Some(format!("rung {times} {at}{ended}"))
}
