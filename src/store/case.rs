//! A lead as the policy wants to see it: what the list says, what was done, who rings it now.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::areas::{Areas, numbers_of, zones_of};
use super::aside::BY_A_RUN;
use super::claim::PARKED;
use super::import::lead_of;
use super::sql::At;
use super::{LeadRow, StoreError, forbidden};
use crate::campaign::{
    CampaignId, Lead, LeadFacts, LeadHistory, LeadId, LeadPolicy, NumberCall, PastAttempt, Verdict,
    WhyNever, next_number,
};
use crate::phone::{CellNumber, PhoneNumber};

/// Calls to a number older than this are of no concern to any limit.
const MEMORY: SignedDuration = SignedDuration::from_hours(24 * 33);

/// One lead with everything that the policy asks for.
#[derive(Debug, Clone)]
pub(super) struct Case {
    pub(super) id: LeadId,
    pub(super) campaign: CampaignId,
    pub(super) lead: Lead,
    pub(super) promised_at: Option<Timestamp>,
    /// Where the number to ring next lives.
    pub(super) zones: Vec<TimeZone>,
    areas: Areas,
    area: i64,
    pub(super) history: LeadHistory,
    /// The number to ring next; `None`: none of them exists.
    pub(super) next: Option<CellNumber>,
    /// A run put it aside, though the policy has nothing against it.
    pub(super) aside: Option<WhyNever>,
}

impl Case {
    /// Reads a lead.
    pub(super) fn read(
        connection: &Connection,
        id: LeadId,
        policy: &LeadPolicy,
        now: Timestamp,
    ) -> Result<Option<Self>, StoreError> {
        let mut query = connection.prepare_cached(
            "SELECT l.*, a.zones FROM leads l JOIN areas a ON a.id = l.area WHERE l.id = ?1",
        )?;
        let found = query
            .query_row([id], |row| {
                Ok(Self {
                    id,
                    campaign: row.get("campaign")?,
                    lead: lead_of(row)?,
                    promised_at: row.get::<_, Option<At>>("promised_at")?.map(|at| at.0),
                    zones: zones(&row.get::<_, String>("zones")?, policy),
                    areas: Areas::read(row)?,
                    area: row.get("area")?,
                    history: LeadHistory::default(),
                    next: None,
                    aside: aside(row)?,
                })
            })
            .optional()?;
        let Some(mut case) = found else {
            return Ok(None);
        };
        case.history.attempts = attempts_of(connection, id)?;
        let numbers = case.numbers();
        let next = next_number(&numbers, &case.history.attempts);
        case.next = next.and_then(|index| numbers.get(index).cloned());
        // The calls to its own number matter even where no number of it is left.
        let number = case
            .next
            .as_ref()
            .map_or(&case.lead.number, |next| &next.number)
            .clone();
        let number = &number;
        case.rings(connection, number, policy)?;
        case.history.number_calls = calls_to(connection, number, now)?;
        // Whoever opted out on one phone is not rung on another.
        for number in &numbers {
            if let Some(entry) = forbidden::entry_of(connection, &number.number)? {
                case.history.forbidden = Some(entry.reason);
            }
        }
        case.history.being_rung = is_being_rung(connection, number, id)?;
        Ok(Some(case))
    }

    /// All numbers, the list's first one first.
    pub(super) fn numbers(&self) -> Vec<CellNumber> {
        numbers_of(&self.lead)
    }

    /// Judges it by the clock of this one of its numbers: while it is being rung, another one comes
    /// next.
    pub(super) fn rings(
        &mut self,
        connection: &Connection,
        number: &PhoneNumber,
        policy: &LeadPolicy,
    ) -> Result<(), StoreError> {
        if let Some(area) = self.areas.get(number).filter(|area| *area != self.area) {
            self.zones = zones_of(connection, area, policy)?;
            self.area = area;
        }
        Ok(())
    }

    /// What the policy says; of a lead that a run put aside, why.
    pub(super) fn told(&self, policy: &LeadPolicy, now: Timestamp) -> Verdict {
        match (self.verdict(policy, now), &self.aside) {
            (Verdict::May | Verdict::NotBefore(..), Some(why)) => Verdict::Never(why.clone()),
            (verdict, _) => verdict,
        }
    }

    pub(super) fn verdict(&self, policy: &LeadPolicy, now: Timestamp) -> Verdict {
        policy.verdict(&self.facts(), &self.history, now)
    }

    /// Whether its calling window is open, whatever was done before.
    pub(super) fn is_open(&self, policy: &LeadPolicy, now: Timestamp) -> bool {
        policy.is_open(&self.facts(), now)
    }

    fn facts(&self) -> LeadFacts<'_> {
        LeadFacts {
            terms: &self.lead.terms,
            zones: &self.zones,
            promised_at: self.promised_at,
            invalid: self.next.is_none(),
        }
    }

    /// The lead as a call needs it.
    pub(super) fn row(&self) -> LeadRow {
        let attempts = u32::try_from(self.history.attempts.len()).unwrap_or(u32::MAX);
        let own = CellNumber {
            number: self.lead.number.clone(),
            extension: self.lead.extension.clone(),
        };
        let next = self.next.clone().unwrap_or(own);
        LeadRow {
            id: self.id,
            campaign: self.campaign,
            number: next.number,
            extension: next.extension,
            name: self.lead.name.clone(),
            terms: self.lead.terms.clone(),
            fields: self.lead.fields.clone(),
            line: self.lead.line,
            zone: self.zones.first().cloned().unwrap_or(TimeZone::UTC),
            attempts,
        }
    }
}

fn aside(row: &Row<'_>) -> rusqlite::Result<Option<WhyNever>> {
    let due_ms: Option<i64> = row.get("due_at")?;
    let parked = due_ms == Some(PARKED.0.as_millisecond());
    let why: Option<String> = row.get("why")?;
    let of_word = |word: String| BY_A_RUN.into_iter().find(|why| why.as_str() == word);
    Ok(why.filter(|_| parked).and_then(of_word))
}

/// The zones of an area; the default one where it names none.
pub(super) fn zones(names: &str, policy: &LeadPolicy) -> Vec<TimeZone> {
    let known: Vec<TimeZone> = names
        .split_ascii_whitespace()
        .filter_map(|name| crate::campaign::Zone::parse(name).ok())
        .map(|zone| zone.time_zone().clone())
        .collect();
    if known.is_empty() {
        return vec![policy.default_zone.clone()];
    }
    known
}

pub(super) fn attempts_of(
    connection: &Connection,
    lead: LeadId,
) -> Result<Vec<PastAttempt>, StoreError> {
    let mut query = connection.prepare_cached(
        "SELECT number, created_at, dialled_at, answered_at, ended_at, disposition, outcome,
             call_back_at
         FROM attempts WHERE lead = ?1 ORDER BY id",
    )?;
    let attempts = query
        .query_map([lead], past_attempt)?
        .collect::<Result<_, _>>()?;
    Ok(attempts)
}

fn past_attempt(row: &Row<'_>) -> rusqlite::Result<PastAttempt> {
    let time = |column| row.get::<_, Option<At>>(column).map(|at| at.map(|at| at.0));
    let dialled_at = time("dialled_at")?;
    Ok(PastAttempt {
        number: row.get("number")?,
        at: dialled_at.unwrap_or(row.get::<_, At>("created_at")?.0),
        ended_at: time("ended_at")?,
        disposition: row.get("disposition")?,
        outcome: row.get("outcome")?,
        dialled: dialled_at.is_some(),
        answered: time("answered_at")?.is_some(),
        call_back_at: time("call_back_at")?,
    })
}

/// The calls to a number that may count, of all campaigns and of none.
fn calls_to(
    connection: &Connection,
    number: &PhoneNumber,
    now: Timestamp,
) -> Result<Vec<NumberCall>, StoreError> {
    let since = now.checked_sub(MEMORY).unwrap_or(Timestamp::MIN);
    let mut query = connection.prepare_cached(
        "SELECT number, created_at, dialled_at, answered_at, ended_at, disposition, outcome,
             call_back_at
         FROM attempts WHERE number = ?1 AND dialled_at IS NOT NULL
             AND created_at >= max(?2, coalesce((SELECT afresh_at FROM ledger), 0))
         ORDER BY created_at",
    )?;
    let calls = query.query_map(params![number, At(since)], |row| {
        let attempt = past_attempt(row)?;
        Ok(NumberCall {
            at: attempt.at,
            ended_at: attempt.ended_at,
            counts: attempt.counts(),
        })
    })?;
    Ok(calls.collect::<Result<_, _>>()?)
}

/// Whether an attempt to the number is open, or another lead with it is claimed.
fn is_being_rung(
    connection: &Connection,
    number: &PhoneNumber,
    lead: LeadId,
) -> Result<bool, StoreError> {
    let mut query = connection.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM attempts WHERE number = ?1 AND ended_at IS NULL)
             OR EXISTS (SELECT 1 FROM leads
                        WHERE claimed_number = ?1 AND state = 'in_call' AND id <> ?2)",
    )?;
    Ok(query.query_row(params![number, lead], |row| row.get(0))?)
}
