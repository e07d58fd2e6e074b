//! The rows that go into the ledger and come out of it, as plain structs.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::talk::{EventRow, TurnRow};
use crate::campaign::{AttemptId, CampaignId, LeadId, RunId, Terms};
use crate::line::{Cause, Disposition};
use crate::phone::{Extension, PhoneNumber};

/// A run of the program: the owner of an ARI application name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// The application name that belongs to this run alone.
    pub app: String,
    /// The process that runs, or ran, it.
    pub pid: u32,
    /// The machine of that process.
    pub host: String,
    /// When it began.
    pub started_at: Timestamp,
}

/// A campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Campaign {
    /// Its id.
    pub id: CampaignId,
    /// Its name, unique.
    pub name: String,
    /// The lead list it was made from.
    pub source: String,
    /// The scenario of its last run.
    pub scenario: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Whether it may be run.
    pub state: CampaignState,
    /// The columns of its list, in their order.
    pub titles: Vec<String>,
    /// Settings that belong to it alone; `Null` for none.
    pub settings: Value,
}

/// Whether a campaign may be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CampaignState {
    /// It may.
    Open,
    /// Not before somebody resumes it.
    Paused,
    /// Never again, unless somebody resumes it.
    Cancelled,
}

/// What was decided about a campaign.
#[derive(Debug, Clone, PartialEq)]
pub struct CampaignEvent {
    /// When.
    pub at: Timestamp,
    /// What: `created`, `paused`, `resumed`, `cancelled`, `override` …
    pub kind: String,
    /// The particulars.
    pub detail: Value,
}

/// What the queue has for a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// This lead, claimed.
    Lead(Box<LeadRow>),
    /// Nobody before this time; what the first of them waits for, in a word. A time that is not
    /// ahead: ask again at once.
    Later(Timestamp, String),
    /// Nobody, ever, as things stand.
    Exhausted,
    /// The campaign is paused or cancelled.
    Closed(CampaignState),
}

impl Claim {
    /// The lead, if there is one.
    pub fn lead(self) -> Option<LeadRow> {
        match self {
            Self::Lead(lead) => Some(*lead),
            Self::Later(..) | Self::Exhausted | Self::Closed(_) => None,
        }
    }
}

/// What an import, or a piece of it, did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImportReport {
    /// Leads the campaign did not have.
    pub added: u64,
    /// Leads of which something changed.
    pub updated: u64,
    /// Leads it had as they are.
    pub unchanged: u64,
    /// Rows that repeat a number of the same import; they were merged into the first.
    pub repeats: Vec<Repeat>,
}

/// A row that repeats a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repeat {
    /// Its line in the list.
    pub line: u64,
    /// The line of the lead it was merged into.
    pub first_line: u64,
}

/// A file of the numbering register that was imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberingFile {
    /// Its name.
    pub name: String,
    /// When.
    pub imported_at: Timestamp,
    /// How many ranges it has, neighbours joined.
    pub ranges: u64,
}

/// A lead, claimed for a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadRow {
    /// Its id.
    pub id: LeadId,
    /// Its campaign.
    pub campaign: CampaignId,
    /// Where to ring now: its own number, or one of its alternates.
    pub number: PhoneNumber,
    /// What to key in when the exchange behind that number has answered.
    pub extension: Option<Extension>,
    /// Its name.
    pub name: Option<String>,
    /// Its reserved columns.
    pub terms: Terms,
    /// Its other columns.
    pub fields: BTreeMap<String, String>,
    /// Its line in the list.
    pub line: u64,
    /// The clock that it lives by.
    pub zone: TimeZone,
    /// How many attempts were made before.
    pub attempts: u32,
}

/// How the leads of a campaign stand; they add up to the total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LeadCounts {
    /// Never tried.
    pub new: u64,
    /// Claimed by a run.
    pub in_call: u64,
    /// Never to be rung again.
    pub done: u64,
    /// For a later run.
    pub retry: u64,
    /// New or for a later run, but on the do-not-call list.
    pub forbidden: u64,
    /// Rung as often as the policy allows.
    pub exhausted: u64,
    /// Not to be rung as the policy or the list stands: no consent, a time that is over.
    pub refused: u64,
}

impl LeadCounts {
    /// All leads.
    pub fn total(&self) -> u64 {
        self.left() + self.done + self.forbidden + self.exhausted + self.refused
    }

    /// Those that are still to be rung, or are being rung.
    pub fn left(&self) -> u64 {
        self.new + self.retry + self.in_call
    }
}

/// A number that is never rung.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoNotCallEntry {
    /// The number.
    pub number: PhoneNumber,
    /// Why.
    pub reason: String,
    /// The call in which the callee asked for it.
    pub attempt: Option<AttemptId>,
    /// Since when.
    pub added_at: Timestamp,
}

/// An attempt about to be made.
#[derive(Debug, Clone)]
pub struct NewAttempt {
    /// The run that makes it.
    pub run: RunId,
    /// The claimed lead; `None` for a single call.
    pub lead: Option<LeadId>,
    /// The lead's campaign.
    pub campaign: Option<CampaignId>,
    /// The channel id that we choose before Asterisk knows of it.
    pub channel_id: String,
    /// Where to ring.
    pub number: PhoneNumber,
    /// The desk behind the exchange that answers there.
    pub extension: Option<Extension>,
    /// The caller id to show.
    pub caller_id: Option<String>,
    /// The trunk to dial through.
    pub trunk: Option<String>,
    /// The scenario of the talk.
    pub scenario: Option<String>,
    /// Now.
    pub at: Timestamp,
}

/// Who ended a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HungUpBy {
    /// We did.
    Bot,
    /// The callee did.
    Callee,
    /// The network, or Asterisk, did.
    Network,
}

/// What a talk comes to, kept before the callee is told.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Conclusion {
    /// What it concludes, where it does.
    pub outcome: Option<String>,
    /// The hour that was promised.
    pub call_back_at: Option<Timestamp>,
    /// What was gathered; `Null` for nothing.
    pub data: Value,
}

/// The end of an attempt. Times that are `None` keep what was marked before.
#[derive(Debug, Clone)]
pub struct AttemptEnd {
    /// Which attempt.
    pub attempt: AttemptId,
    /// When the channel was released, or when we learnt that it is gone.
    pub at: Timestamp,
    /// When the phone began to ring.
    pub ringing_at: Option<Timestamp>,
    /// When it was answered.
    pub answered_at: Option<Timestamp>,
    /// How it ended on the line.
    pub disposition: Disposition,
    /// What the dialogue concluded.
    pub outcome: Option<String>,
    /// The Q.850 cause.
    pub cause: Option<Cause>,
    /// The SIP status.
    pub sip: Option<u16>,
    /// Who ended it.
    pub hung_up_by: Option<HungUpBy>,
    /// How long it rang, in milliseconds.
    pub ring_ms: Option<i64>,
    /// How long the talk lasted, in milliseconds.
    pub talk_ms: Option<i64>,
    /// The recording.
    pub recording: Option<PathBuf>,
    /// What the dialogue gathered (slots); `Null` for nothing.
    pub data: Value,
    /// What failed, for a person.
    pub error: Option<String>,
    /// The hour that the callee was promised.
    pub call_back_at: Option<Timestamp>,
    /// What it cost, in ten-thousandths of the tariff's currency.
    pub cost: Option<i64>,
    /// Whether the callee asked not to be called again.
    pub opted_out: bool,
}

impl AttemptEnd {
    /// An end of which nothing is known but the disposition.
    pub fn new(attempt: AttemptId, disposition: Disposition, at: Timestamp) -> Self {
        Self {
            attempt,
            at,
            ringing_at: None,
            answered_at: None,
            disposition,
            outcome: None,
            cause: None,
            sip: None,
            hung_up_by: None,
            ring_ms: None,
            talk_ms: None,
            recording: None,
            data: Value::Null,
            error: None,
            call_back_at: None,
            cost: None,
            opted_out: false,
        }
    }
}

/// An attempt without an end: a call that goes on, or what a dead run left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenAttempt {
    /// Its id.
    pub id: AttemptId,
    /// The run that made it.
    pub run: RunId,
    /// That run's application name.
    pub app: String,
    /// Its lead.
    pub lead: Option<LeadId>,
    /// Its campaign.
    pub campaign: Option<CampaignId>,
    /// Its channel.
    pub channel_id: String,
    /// Its number.
    pub number: PhoneNumber,
    /// When it was made.
    pub created_at: Timestamp,
    /// When `dial` was sent; `None`: nobody was rung.
    pub dialled_at: Option<Timestamp>,
    /// When it was answered.
    pub answered_at: Option<Timestamp>,
    /// What the talk came to, if it did.
    pub outcome: Option<String>,
    /// The hour that the callee was promised.
    pub call_back_at: Option<Timestamp>,
}

/// Which calls to list; the default is all.
#[derive(Debug, Clone, Default)]
pub struct CallFilter {
    /// Only this disposition.
    pub disposition: Option<Disposition>,
    /// Only this outcome.
    pub outcome: Option<String>,
    /// Only this number.
    pub number: Option<PhoneNumber>,
    /// Only the campaign of this name.
    pub campaign: Option<String>,
    /// Only talks along the scenario of this name.
    pub scenario: Option<String>,
    /// Only calls made at this time or later.
    pub since: Option<Timestamp>,
    /// At most so many, the newest first.
    pub limit: Option<u32>,
}

/// Which call is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallRef {
    /// The call of this attempt.
    Id(AttemptId),
    /// The newest call.
    Last,
}

impl std::str::FromStr for CallRef {
    type Err = crate::campaign::BadId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "last" {
            return Ok(Self::Last);
        }
        AttemptId::parse(text).map(Self::Id)
    }
}

/// One call, with everything but what was said.
#[derive(Debug, Clone, PartialEq)]
pub struct CallSummary {
    /// Its id.
    pub attempt: AttemptId,
    /// The run that made it.
    pub run: RunId,
    /// That run's application name.
    pub app: String,
    /// The name of its campaign.
    pub campaign: Option<String>,
    /// Its lead.
    pub lead: Option<LeadId>,
    /// The lead's name.
    pub name: Option<String>,
    /// The lead's first, second … attempt.
    pub ordinal: u32,
    /// Its channel.
    pub channel_id: String,
    /// Its number.
    pub number: PhoneNumber,
    /// The caller id shown.
    pub caller_id: Option<String>,
    /// The trunk.
    pub trunk: Option<String>,
    /// The scenario.
    pub scenario: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When `dial` was sent.
    pub dialled_at: Option<Timestamp>,
    /// When it began to ring.
    pub ringing_at: Option<Timestamp>,
    /// When it was answered.
    pub answered_at: Option<Timestamp>,
    /// When it ended; `None` while it goes on.
    pub ended_at: Option<Timestamp>,
    /// How it ended on the line; `None` while it goes on.
    pub disposition: Option<Disposition>,
    /// What the dialogue concluded.
    pub outcome: Option<String>,
    /// The Q.850 cause.
    pub cause: Option<Cause>,
    /// The SIP status.
    pub sip: Option<u16>,
    /// Who ended it.
    pub hung_up_by: Option<HungUpBy>,
    /// How long it rang.
    pub ring_ms: Option<i64>,
    /// How long the talk lasted.
    pub talk_ms: Option<i64>,
    /// The recording.
    pub recording: Option<PathBuf>,
    /// What the dialogue gathered.
    pub data: Value,
    /// What failed.
    pub error: Option<String>,
}

/// One call with everything that is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct CallDetail {
    /// The call.
    pub call: CallSummary,
    /// What was said, in order.
    pub turns: Vec<TurnRow>,
    /// What happened, in order.
    pub events: Vec<EventRow>,
}

/// A call that was deleted from the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeletedCall {
    /// Its id.
    pub attempt: AttemptId,
    /// The recording, which the caller is to remove from the disk.
    pub recording: Option<PathBuf>,
}
