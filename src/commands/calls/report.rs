//! One call in JSON: the same object from `call`, `calls show` and, without turns, `calls list`.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::campaign::AttemptId;
use crate::commands::{history, written};
use crate::dialogue::By;
use crate::phone::PhoneNumber;
use crate::store::{CallDetail, CallSummary, HungUpBy, Speaker, TurnRow};

/// One call. `null` where nothing is known, or not yet.
#[derive(Debug, Clone, Serialize)]
pub struct CallReport {
    /// The call's number in the ledger.
    pub attempt_id: i64,
    /// The same as commands take it: `42`, or `r-42` of a rehearsal.
    pub id: String,
    /// Nobody was rung: the callee was made up.
    pub rehearsal: bool,
    /// E.164.
    pub number: PhoneNumber,
    /// The lead's name.
    pub name: Option<String>,
    /// The campaign's name.
    pub campaign: Option<String>,
    /// The lead's first, second ... attempt.
    pub ordinal: u32,
    /// What the callee saw.
    pub caller_id: Option<String>,
    /// The scenario's file.
    pub scenario: Option<String>,
    /// RFC 3339.
    pub created_at: String,
    /// RFC 3339.
    pub answered_at: Option<String>,
    /// RFC 3339; `null` while it goes on.
    pub ended_at: Option<String>,
    /// How it ended on the line.
    pub disposition: Option<&'static str>,
    /// What the dialogue concluded.
    pub outcome: Option<String>,
    /// Q.850.
    pub cause: Option<u8>,
    /// SIP status.
    pub sip: Option<u16>,
    /// `bot`, `callee` or `network`.
    pub hung_up_by: Option<&'static str>,
    /// How long it rang.
    pub ring_ms: Option<i64>,
    /// How long the talk lasted.
    pub talk_ms: Option<i64>,
    /// The recording's file.
    pub recording: Option<String>,
    /// What the dialogue gathered.
    pub data: serde_json::Value,
    /// What failed.
    pub error: Option<String>,
    /// What was said; left out of lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turns: Option<Vec<TurnReport>>,
}

/// One turn.
#[derive(Debug, Clone, Serialize)]
pub struct TurnReport {
    /// `bot` or `callee`.
    pub speaker: &'static str,
    /// What was said.
    pub text: String,
    /// The state of the dialogue.
    pub state: Option<String>,
    /// What was understood.
    pub intent: Option<String>,
    /// Who understood it: `rules`, or `model` where the rules found nothing.
    pub by: Option<&'static str>,
    /// Since originate.
    pub at_ms: i64,
    /// How long it took.
    pub duration_ms: Option<i64>,
    /// From the end of the callee's speech to the first sound of ours.
    pub latency_ms: Option<i64>,
    /// Where a barge-in cut it, since originate.
    pub cut_at_ms: Option<i64>,
}

impl CallReport {
    /// The schema's name.
    pub const SCHEMA: &'static str = "novodial.call/1";

    /// A call without its turns, times in the zone of the settings.
    pub fn summary(call: &CallSummary, zone: &TimeZone) -> Self {
        let time = |at: Timestamp| written::rfc3339(at, zone);
        Self {
            attempt_id: call.attempt.0,
            id: history::id(call.attempt, false),
            rehearsal: false,
            number: call.number.clone(),
            name: call.name.clone(),
            campaign: call.campaign.clone(),
            ordinal: call.ordinal,
            caller_id: call.caller_id.clone(),
            scenario: call.scenario.clone(),
            created_at: time(call.created_at),
            answered_at: call.answered_at.map(time),
            ended_at: call.ended_at.map(time),
            disposition: call.disposition.map(crate::line::Disposition::as_str),
            outcome: call.outcome.clone(),
            cause: call.cause.map(|cause| cause.0),
            sip: call.sip,
            hung_up_by: call.hung_up_by.map(hung_up_by),
            ring_ms: call.ring_ms,
            talk_ms: call.talk_ms,
            recording: call
                .recording
                .as_ref()
                .map(|path| path.display().to_string()),
            data: call.data.clone(),
            error: call.error.clone(),
            turns: None,
        }
    }

    /// The same, marked as a rehearsal if it was one.
    #[must_use]
    pub fn rehearsed(self, rehearsal: bool) -> Self {
        Self {
            id: history::id(AttemptId(self.attempt_id), rehearsal),
            campaign: self
                .campaign
                .map(|name| history::campaign_name(&name, rehearsal)),
            rehearsal,
            ..self
        }
    }

    /// A call with its turns.
    pub fn detail(detail: &CallDetail, zone: &TimeZone) -> Self {
        Self {
            turns: Some(detail.turns.iter().map(TurnReport::of).collect()),
            ..Self::summary(&detail.call, zone)
        }
    }
}

impl TurnReport {
    /// A turn of a call that goes on.
    pub fn live(turn: &crate::call::Turn) -> Self {
        let ms = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        Self {
            speaker: turn.speaker.as_str(),
            text: turn.text.clone(),
            state: turn.state.clone(),
            intent: turn.intent.clone(),
            by: by(turn.intent.as_ref(), turn.advised),
            at_ms: ms(turn.at.0),
            duration_ms: Some(ms(turn.duration_ms)),
            latency_ms: turn.latency_ms.map(ms),
            cut_at_ms: turn.cut.then(|| ms(turn.at.0 + turn.duration_ms)),
        }
    }

    /// A turn of a call that has ended.
    pub fn of(turn: &TurnRow) -> Self {
        Self {
            speaker: speaker(turn.speaker),
            text: turn.text.clone(),
            state: turn.state.clone(),
            intent: turn.intent.clone(),
            by: by(turn.intent.as_ref(), turn.advised),
            at_ms: turn.at_ms,
            duration_ms: turn.duration_ms,
            latency_ms: turn.latency_ms,
            cut_at_ms: turn.cut_at_ms,
        }
    }
}

/// Who understood a turn, where something was understood.
fn by(intent: Option<&String>, advised: bool) -> Option<&'static str> {
    let by = if advised { By::Model } else { By::Rules };
    intent.map(|_| by.as_str())
}

/// The word of JSON and of text.
pub(super) fn speaker(speaker: Speaker) -> &'static str {
    match speaker {
        Speaker::Bot => "bot",
        Speaker::Callee => "callee",
    }
}

/// The word of JSON and of text.
pub(super) fn hung_up_by(who: HungUpBy) -> &'static str {
    match who {
        HungUpBy::Bot => "bot",
        HungUpBy::Callee => "callee",
        HungUpBy::Network => "network",
    }
}
