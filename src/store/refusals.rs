//! What stands against an attempt, decided in the transaction that would record it.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::case::Case;
use super::sql::At;
use super::{CampaignState, NewAttempt, StoreError, claim, forbidden};
use crate::campaign::{LeadId, LeadPolicy};
use crate::phone::PhoneNumber;

/// What a campaign's attempt has to keep to.
#[derive(Debug, Clone, Copy)]
pub struct AttemptRules<'a> {
    /// Whom to ring, and when.
    pub policy: &'a LeadPolicy,
    /// How often its caller id may ring in a day; `None`: as often as it likes.
    pub caller_day: Option<CallerDay>,
}

/// How often a caller id may ring in a day, whoever rings with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallerDay {
    /// When the day began.
    pub since: Timestamp,
    /// So many calls.
    pub calls: u32,
}

/// What may have changed since a lead was claimed.
pub(super) fn refuse_closed(
    tx: &Connection,
    (lead, number): (LeadId, &PhoneNumber),
    policy: &LeadPolicy,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(mut case) = Case::read(tx, lead, policy, now)? else {
        return Err(StoreError::NotClaimed(lead));
    };
    match claim::campaign_state(tx, case.campaign)? {
        CampaignState::Open => {}
        closed @ (CampaignState::Paused | CampaignState::Cancelled) => {
            return Err(StoreError::Closed(closed));
        }
    }
    // Whoever opted out on one phone is not rung on another.
    for number in case.numbers() {
        refuse_forbidden(tx, &number.number)?;
    }
    // Each of its numbers has a clock of its own.
    case.rings(tx, number, policy)?;
    if case.is_open(policy, now) {
        Ok(())
    } else {
        Err(StoreError::OutsideHours(lead))
    }
}

/// All processes and single calls share what a caller id may ring in a day.
pub(super) fn refuse_spent(
    tx: &Connection,
    caller_id: &str,
    day: CallerDay,
) -> Result<(), StoreError> {
    let used: u32 = tx
        .prepare_cached(
            "SELECT count(*) FROM
                 (SELECT 1 FROM attempts WHERE caller_id = ?1 AND created_at >= ?2
                      AND (dialled_at IS NOT NULL OR ended_at IS NULL) LIMIT ?3)",
        )?
        .query_row(params![caller_id, At(day.since), day.calls], |row| {
            row.get(0)
        })?;
    if used < day.calls {
        return Ok(());
    }
    Err(StoreError::CallerIdSpent(caller_id.to_owned()))
}

/// A number on the do-not-call list.
pub(super) fn refuse_forbidden(
    connection: &Connection,
    number: &PhoneNumber,
) -> Result<(), StoreError> {
    match forbidden::entry_of(connection, number)? {
        Some(entry) => Err(StoreError::Forbidden(Box::new(entry))),
        None => Ok(()),
    }
}

/// A number with an open attempt, whatever the campaign or the process.
pub(super) fn refuse_busy(connection: &Connection, number: &PhoneNumber) -> Result<(), StoreError> {
    let open = connection
        .prepare_cached("SELECT id, run FROM attempts WHERE number = ?1 AND ended_at IS NULL")?
        .query_row([number], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    match open {
        Some((attempt, run)) => Err(StoreError::Busy { attempt, run }),
        None => Ok(()),
    }
}

/// A number that another lead was claimed with is as good as being rung.
pub(super) fn refuse_claimed(
    connection: &Connection,
    attempt: &NewAttempt,
) -> Result<(), StoreError> {
    let other = connection
        .prepare_cached(
            "SELECT id FROM leads WHERE claimed_number = ?1 AND state = 'in_call' AND id IS NOT ?2",
        )?
        .query_row(params![attempt.number, attempt.lead], |row| row.get(0))
        .optional()?;
    match other {
        Some(lead) => Err(StoreError::Claimed(lead)),
        None => Ok(()),
    }
}

/// A lead may be rung only by the run that claimed it, at its own number.
pub(super) fn refuse_unclaimed(
    connection: &Connection,
    lead: LeadId,
    attempt: &NewAttempt,
) -> Result<(), StoreError> {
    let claimed: bool = connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM leads WHERE id = ?1 AND state = 'in_call'
                 AND claimed_by = ?2 AND claimed_number = ?3 AND campaign IS ?4)",
        )?
        .query_row(
            params![lead, attempt.run, attempt.number, attempt.campaign],
            |row| row.get(0),
        )?;
    if claimed {
        Ok(())
    } else {
        Err(StoreError::NotClaimed(lead))
    }
}
