//! Leads as a person looks at them: how each stands, and what the policy says of it now.
//!
//! Lists are read in pages, each in a transaction of its own: whoever pipes a hundred thousand leads
//! into a slow reader holds up nobody, and memory stays flat.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::{Connection, params};

use super::case::Case;
use super::claim::PARKED;
use super::sql::{Count, Json};
use super::{Ledger, StoreError};
use crate::campaign::{
    AttemptId, CampaignId, Lead, LeadId, LeadPolicy, LeadState, PastAttempt, Verdict,
};
use crate::phone::{CellNumber, PhoneNumber};

/// How a lead stands; every lead has one of these, and the counts of a campaign add up over them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Never tried.
    New,
    /// Waits for another attempt.
    Retry,
    /// Claimed by a run.
    InCall,
    /// Never to be rung again.
    Done,
    /// New or waiting, but on the do-not-call list.
    Forbidden,
    /// Rung as often as the policy allows.
    Exhausted,
    /// Not to be rung as the policy or the list stands.
    Refused,
}

impl Standing {
    /// Every one, in the order they are told.
    pub const ALL: [Self; 7] = [
        Self::New,
        Self::Retry,
        Self::InCall,
        Self::Done,
        Self::Forbidden,
        Self::Exhausted,
        Self::Refused,
    ];

    /// The word in JSON and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => LeadState::New.as_str(),
            Self::Retry => LeadState::Retry.as_str(),
            Self::InCall => LeadState::InCall.as_str(),
            Self::Done => LeadState::Done.as_str(),
            Self::Forbidden => "forbidden",
            Self::Exhausted => "exhausted",
            Self::Refused => "refused",
        }
    }

    /// The meaning of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|standing| standing.as_str() == word)
    }
}

/// How a lead stands, in SQL: `l` is the lead, `d` its entry on the do-not-call list, `?2` the due
/// time of those that are parked.
pub(super) const STANDING: &str = "CASE
         WHEN l.state NOT IN ('new', 'retry') THEN l.state
         WHEN d.number IS NOT NULL THEN 'forbidden'
         WHEN l.due_at = ?2 THEN iif(l.why = 'exhausted', 'exhausted', 'refused')
         ELSE l.state END";

/// Which leads to list.
#[derive(Debug, Clone, Copy)]
pub struct LeadPage {
    /// Whose.
    pub campaign: CampaignId,
    /// Only those that stand so.
    pub standing: Option<Standing>,
    /// Only those behind this one.
    pub after: LeadId,
    /// At most so many.
    pub size: u32,
}

/// One lead, as a person looks at it.
#[derive(Debug, Clone)]
pub struct LeadView {
    /// Its id.
    pub id: LeadId,
    /// Its campaign.
    pub campaign: CampaignId,
    /// What the list says.
    pub lead: Lead,
    /// How it stands.
    pub standing: Standing,
    /// What was done, the oldest first.
    pub attempts: Vec<PastAttempt>,
    /// The hour that the callee was promised.
    pub promised_at: Option<Timestamp>,
    /// The number to ring next; `None`: none of its numbers exists.
    pub next: Option<CellNumber>,
    /// The zones it may live in.
    pub zones: Vec<TimeZone>,
    /// What the policy says now.
    pub verdict: Verdict,
}

impl LeadView {
    /// When it may be rung, as things stand: `None` for a lead that is never rung, or is being rung.
    pub fn next_at(&self, now: Timestamp) -> Option<Timestamp> {
        match (self.standing, &self.verdict) {
            (Standing::InCall | Standing::Done, _) | (_, Verdict::Never(_)) => None,
            (_, Verdict::May) => Some(now),
            (_, Verdict::NotBefore(at, _)) => Some(*at),
        }
    }
}

impl Ledger {
    /// A page of the leads of a campaign, in the order in which they came into it.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn leads(
        &self,
        page: &LeadPage,
        policy: &LeadPolicy,
        now: Timestamp,
    ) -> Result<Vec<LeadView>, StoreError> {
        self.read(|tx| {
            let mut views = Vec::new();
            for (id, standing) in ids(tx, page)? {
                views.extend(view(tx, id, standing, (policy, now))?);
            }
            Ok(views)
        })
    }

    /// One lead; `None` if there is none of this id.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn lead(
        &self,
        id: LeadId,
        policy: &LeadPolicy,
        now: Timestamp,
    ) -> Result<Option<LeadView>, StoreError> {
        self.read(|tx| {
            let mut query = tx.prepare_cached(&format!(
                "SELECT {STANDING} FROM leads l LEFT JOIN do_not_call d ON d.number = l.number
                 WHERE l.id = ?1"
            ))?;
            let mut rows = query.query(params![id, PARKED])?;
            let Some(row) = rows.next()? else {
                return Ok(None);
            };
            view(tx, id, standing(row.get(0)?)?, (policy, now))
        })
    }

    /// The campaign of a lead; `None` if there is none of this id.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn campaign_of(&self, lead: LeadId) -> Result<Option<CampaignId>, StoreError> {
        self.read(|tx| {
            let mut query = tx.prepare_cached("SELECT campaign FROM leads WHERE id = ?1")?;
            let mut rows = query.query([lead])?;
            let row = rows.next()?;
            Ok(row.map(|row| row.get(0)).transpose()?)
        })
    }

    /// The leads of a campaign that have this number, as their own or as another one of theirs.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn leads_with(
        &self,
        campaign: CampaignId,
        number: &PhoneNumber,
    ) -> Result<Vec<LeadId>, StoreError> {
        self.read(|tx| {
            let mut query = tx.prepare_cached(
                "SELECT id FROM leads WHERE campaign = ?1 AND number = ?2
                 UNION SELECT l.id FROM leads l, json_each(l.alternates) j
                     WHERE l.campaign = ?1 AND l.alternates IS NOT NULL
                         AND instr(l.alternates, ?2) > 0 AND j.value ->> 'number' = ?2
                 ORDER BY 1",
            )?;
            let ids = query.query_map(params![campaign, number], |row| row.get(0))?;
            Ok(ids.collect::<Result<_, _>>()?)
        })
    }

    /// How many leads of its campaign stand before a ready one, whatever the policy will say of each
    /// when its turn comes.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn leads_before(&self, lead: LeadId) -> Result<u64, StoreError> {
        self.read(|tx| {
            let mut query = tx.prepare_cached(
                "SELECT count(*) FROM leads l JOIN leads other ON other.campaign = l.campaign
                 WHERE l.id = ?1 AND other.state IN ('new', 'retry') AND other.due_at IS NULL
                     AND (other.rank, other.line) < (l.rank, l.line)
                     AND NOT EXISTS (SELECT 1 FROM do_not_call d WHERE d.number = other.number)",
            )?;
            Ok(query.query_row([lead], |row| row.get::<_, Count>(0))?.0)
        })
    }

    /// The call that rings a lead at this moment.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn call_of(&self, lead: LeadId) -> Result<Option<AttemptId>, StoreError> {
        self.read(|tx| {
            let mut query = tx.prepare_cached(
                "SELECT max(id) FROM attempts WHERE lead = ?1 AND ended_at IS NULL",
            )?;
            Ok(query.query_row([lead], |row| row.get(0))?)
        })
    }

    /// What the dialogues with a lead gathered, later calls over earlier ones; without what only
    /// describes the sound.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn gathered(
        &self,
        lead: LeadId,
    ) -> Result<serde_json::Map<String, serde_json::Value>, StoreError> {
        self.read(|tx| {
            let mut query = tx.prepare_cached(
                "SELECT k.data FROM attempts a JOIN calls k ON k.attempt = a.id
                 WHERE a.lead = ?1 AND k.data IS NOT NULL ORDER BY a.id",
            )?;
            let mut rows = query.query([lead])?;
            let mut gathered = serde_json::Map::new();
            while let Some(row) = rows.next()? {
                let Json(data) = row.get(0)?;
                if let serde_json::Value::Object(data) = data {
                    gathered.extend(data);
                }
            }
            gathered.retain(|name, _| !NOT_GATHERED.contains(&name.as_str()));
            Ok(gathered)
        })
    }

    /// The names of all that the dialogues of a campaign gathered.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn gathered_names(&self, campaign: CampaignId) -> Result<Vec<String>, StoreError> {
        self.read(|tx| {
            let mut query = tx.prepare_cached(
                "SELECT DISTINCT j.key FROM attempts a JOIN calls k ON k.attempt = a.id,
                     json_each(k.data) j
                 WHERE a.campaign = ?1 AND k.data IS NOT NULL ORDER BY 1",
            )?;
            let names = query.query_map([campaign], |row| row.get(0))?;
            let mut names = names.collect::<Result<Vec<String>, _>>()?;
            names.retain(|name| !NOT_GATHERED.contains(&name.as_str()));
            Ok(names)
        })
    }
}

/// What a call keeps beside what was gathered in it: who answered, how it sounded, what was used of
/// the speech service.
pub const NOT_GATHERED: [&str; 3] = ["sound", "speech", "answered_by"];

/// By the order of ids, so that a page goes on where the last one ended; the plus keeps SQLite from
/// sorting all leads of the campaign for each page.
fn ids(tx: &Connection, page: &LeadPage) -> Result<Vec<(LeadId, Standing)>, StoreError> {
    let mut query = tx.prepare_cached(&format!(
        "SELECT l.id, {STANDING} AS standing
         FROM leads l LEFT JOIN do_not_call d ON d.number = l.number
         WHERE +l.campaign = ?1 AND l.id > ?3 AND (?4 IS NULL OR standing = ?4)
         ORDER BY l.id LIMIT ?5"
    ))?;
    let standing_word = page.standing.map(Standing::as_str);
    let mut rows = query.query(params![
        page.campaign,
        PARKED,
        page.after,
        standing_word,
        page.size
    ])?;
    let mut ids = Vec::new();
    while let Some(row) = rows.next()? {
        ids.push((row.get(0)?, standing(row.get(1)?)?));
    }
    Ok(ids)
}

fn standing(word: String) -> Result<Standing, StoreError> {
    Standing::parse(&word).ok_or(StoreError::Damaged(word))
}

fn view(
    tx: &Connection,
    id: LeadId,
    standing: Standing,
    (policy, now): (&LeadPolicy, Timestamp),
) -> Result<Option<LeadView>, StoreError> {
    let Some(case) = Case::read(tx, id, policy, now)? else {
        return Ok(None);
    };
    let verdict = case.told(policy, now);
    Ok(Some(LeadView {
        id,
        campaign: case.campaign,
        lead: case.lead,
        standing,
        attempts: case.history.attempts,
        promised_at: case.promised_at,
        next: case.next,
        zones: case.zones,
        verdict,
    }))
}
