//! Attempts: begun before the originate, marked before the dial, ended once.

use std::path::Path;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::case::Case;
use super::refusals::{
    AttemptRules, refuse_busy, refuse_claimed, refuse_closed, refuse_forbidden, refuse_spent,
    refuse_unclaimed,
};
use super::sql::{At, Json};
use super::{
    AttemptEnd, Conclusion, Ledger, NewAttempt, OpenAttempt, StoreError, claim, forbidden,
};
use crate::campaign::{
    AttemptId, CALL_LATER, DROPPED, LeadId, LeadPolicy, LeadState, RunId, Verdict,
};
use crate::line::Disposition;
use crate::phone::{Extension, PhoneNumber};

impl Ledger {
    /// Records an attempt, committed to the disk when this returns; only then may Asterisk be
    /// asked for the channel.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`], [`StoreError::Busy`], [`StoreError::Claimed`] and
    /// [`StoreError::NotClaimed`] are decided
    /// in the same transaction: nothing was recorded and nobody may be rung.
    pub fn begin_attempt(&self, attempt: &NewAttempt) -> Result<AttemptId, StoreError> {
        self.write(|tx| begin_attempt(tx, attempt))
    }

    /// As [`begin_attempt`](Self::begin_attempt), if a campaign's rules still allow it: since the
    /// claim it may have been paused, the window may have closed, and other processes ring too.
    ///
    /// # Errors
    /// Also [`StoreError::Closed`], [`StoreError::OutsideHours`] and [`StoreError::CallerIdSpent`];
    /// [`StoreError::Forbidden`] for any number of the lead.
    pub fn begin_attempt_under(
        &self,
        attempt: &NewAttempt,
        rules: &AttemptRules<'_>,
    ) -> Result<AttemptId, StoreError> {
        self.write(|tx| {
            if let Some(lead) = attempt.lead {
                refuse_closed(tx, lead, rules.policy, attempt.at)?;
            }
            if let (Some(caller_id), Some(day)) = (&attempt.caller_id, rules.caller_day) {
                refuse_spent(tx, caller_id, day)?;
            }
            begin_attempt(tx, attempt)
        })
    }

    /// Records that `dial` is about to be sent, committed before it is. From now on the lead
    /// counts as rung.
    ///
    /// # Errors
    /// [`StoreError::AlreadyDialled`] (never send it twice), [`StoreError::AlreadyEnded`],
    /// [`StoreError::Forbidden`] when the number was forbidden since the attempt began.
    pub fn mark_dialled(&self, attempt: AttemptId, at: Timestamp) -> Result<(), StoreError> {
        self.write(|tx| mark_dialled(tx, attempt, at).map(drop))
    }

    /// As [`mark_dialled`](Self::mark_dialled), if the lead's campaign still allows to ring it: the
    /// last look before the phone rings.
    ///
    /// # Errors
    /// Also [`StoreError::Closed`] and [`StoreError::OutsideHours`]; [`StoreError::Forbidden`] for
    /// any number of the lead. Nothing is sent then.
    pub fn mark_dialled_under(
        &self,
        attempt: AttemptId,
        policy: &LeadPolicy,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|tx| match mark_dialled(tx, attempt, at)? {
            Some(lead) => refuse_closed(tx, lead, policy, at),
            None => Ok(()),
        })
    }

    /// Takes back that `dial` was sent: it never was, or Asterisk refused it, and nobody was rung.
    ///
    /// # Errors
    /// [`StoreError::AlreadyEnded`], [`StoreError::NoSuchCall`].
    pub fn unmark_dialled(&self, attempt: AttemptId) -> Result<(), StoreError> {
        self.write(|tx| {
            Known::find(tx, attempt)?;
            tx.execute(
                "UPDATE attempts SET dialled_at = NULL WHERE id = ?1 AND ringing_at IS NULL",
                [attempt],
            )?;
            Ok(())
        })
    }

    /// Records that the phone rings.
    ///
    /// # Errors
    /// [`StoreError::AlreadyEnded`], [`StoreError::NoSuchCall`].
    pub fn mark_ringing(&self, attempt: AttemptId, at: Timestamp) -> Result<(), StoreError> {
        self.mark(attempt, "ringing_at", at)
    }

    /// Records that the call was answered.
    ///
    /// # Errors
    /// [`StoreError::AlreadyEnded`], [`StoreError::NoSuchCall`].
    pub fn mark_answered(&self, attempt: AttemptId, at: Timestamp) -> Result<(), StoreError> {
        self.mark(attempt, "answered_at", at)
    }

    /// Keeps where a call is being recorded: should this process die, its recording can be deleted.
    ///
    /// # Errors
    /// [`StoreError::AlreadyEnded`], [`StoreError::NoSuchCall`].
    pub fn mark_recorded(&self, attempt: AttemptId, path: &Path) -> Result<(), StoreError> {
        self.write(|tx| {
            Known::find(tx, attempt)?;
            tx.prepare_cached(
                "INSERT INTO calls (attempt, recording) VALUES (?1, ?2)
                 ON CONFLICT (attempt) DO UPDATE SET recording = excluded.recording",
            )?
            .execute(params![attempt, path.to_string_lossy()])?;
            Ok(())
        })
    }

    /// Keeps what a talk comes to before the callee is told: should this process die, it is known.
    ///
    /// # Errors
    /// [`StoreError::AlreadyEnded`], [`StoreError::NoSuchCall`].
    pub fn conclude_attempt(
        &self,
        attempt: AttemptId,
        conclusion: &Conclusion,
    ) -> Result<(), StoreError> {
        self.write(|tx| {
            Known::find(tx, attempt)?;
            let outcome = conclusion.outcome.as_deref();
            let call_back_at = conclusion.call_back_at.map(At);
            tx.prepare_cached(
                "UPDATE attempts SET outcome = coalesce(?2, outcome),
                     call_back_at = coalesce(?3, call_back_at) WHERE id = ?1",
            )?
            .execute(params![attempt, outcome, call_back_at])?;
            tx.prepare_cached(
                "INSERT INTO calls (attempt, data) VALUES (?1, ?2)
                 ON CONFLICT (attempt) DO UPDATE SET data = coalesce(excluded.data, data)",
            )?
            .execute(params![attempt, Json(conclusion.data.clone())])?;
            Ok(())
        })
    }

    fn mark(
        &self,
        attempt: AttemptId,
        column: &'static str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|tx| {
            Known::find(tx, attempt)?;
            tx.execute(
                &format!("UPDATE attempts SET {column} = coalesce({column}, ?2) WHERE id = ?1"),
                params![attempt, At(at)],
            )?;
            Ok(())
        })
    }

    /// Records the end of an attempt, and what becomes of its lead as far as that is plain without
    /// the policy: the next claim judges it. An attempt ends once.
    ///
    /// # Errors
    /// [`StoreError::AlreadyEnded`], [`StoreError::NoSuchCall`].
    pub fn end_attempt(&self, end: &AttemptEnd) -> Result<(), StoreError> {
        self.write(|tx| end_attempt(tx, end).map(drop))
    }

    /// Records the end of an attempt, and decides in the same transaction by the policy what becomes
    /// of its lead; the verdict, if it has a lead.
    ///
    /// # Errors
    /// As of [`end_attempt`](Self::end_attempt).
    pub fn end_attempt_under(
        &self,
        end: &AttemptEnd,
        policy: &LeadPolicy,
    ) -> Result<Option<Verdict>, StoreError> {
        self.write(|tx| {
            let Some(lead) = end_attempt(tx, end)? else {
                return Ok(None);
            };
            let Some(case) = Case::read(tx, lead, policy, end.at)? else {
                return Ok(None);
            };
            let verdict = case.verdict(policy, end.at);
            claim::settle(tx, lead, &verdict)?;
            Ok(Some(verdict))
        })
    }

    /// Attempts without an end, of one run or of all. Those of a dead run are to be looked up in
    /// Asterisk by their channel and then ended.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn open_attempts(&self, run: Option<RunId>) -> Result<Vec<OpenAttempt>, StoreError> {
        self.read(|tx| {
            let mut query = tx.prepare_cached(
                "SELECT a.*, r.app FROM attempts a JOIN runs r ON r.id = a.run
                 WHERE a.ended_at IS NULL AND (?1 IS NULL OR a.run = ?1) ORDER BY a.id",
            )?;
            let open = query
                .query_map([run], open_attempt)?
                .collect::<Result<_, _>>()?;
            Ok(open)
        })
    }
}

/// Records an attempt, if nothing stands against it.
fn begin_attempt(tx: &Connection, attempt: &NewAttempt) -> Result<AttemptId, StoreError> {
    refuse_forbidden(tx, &attempt.number)?;
    refuse_busy(tx, &attempt.number)?;
    refuse_claimed(tx, attempt)?;
    if let Some(lead) = attempt.lead {
        refuse_unclaimed(tx, lead, attempt)?;
    }
    tx.execute(
        "INSERT INTO attempts (run, campaign, lead, ordinal, channel_id, number, caller_id,
                               trunk, scenario, created_at, extension)
         VALUES (?1, ?2, ?3, 1 + (SELECT count(*) FROM attempts WHERE lead = ?3),
                 ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        params![
            attempt.run,
            attempt.campaign,
            attempt.lead,
            attempt.channel_id,
            attempt.number,
            attempt.caller_id,
            attempt.trunk,
            attempt.scenario,
            At(attempt.at),
            attempt.extension.as_ref().map(Extension::as_str),
        ],
    )?;
    Ok(AttemptId(tx.last_insert_rowid()))
}

/// What is known of an attempt that has no end yet.
pub(super) struct Known {
    number: PhoneNumber,
    lead: Option<LeadId>,
    dialled_at: Option<At>,
}

impl Known {
    pub(super) fn find(connection: &Connection, id: AttemptId) -> Result<Self, StoreError> {
        let mut query = connection.prepare_cached(
            "SELECT number, lead, dialled_at, ended_at IS NOT NULL AS ended
             FROM attempts WHERE id = ?1",
        )?;
        let found = query
            .query_row([id], |row| {
                let known = Self {
                    number: row.get("number")?,
                    lead: row.get("lead")?,
                    dialled_at: row.get("dialled_at")?,
                };
                Ok((known, row.get::<_, bool>("ended")?))
            })
            .optional()?;
        match found {
            None => Err(StoreError::NoSuchCall(id)),
            Some((_, true)) => Err(StoreError::AlreadyEnded(id)),
            Some((known, false)) => Ok(known),
        }
    }
}

/// Writes the end and frees the lead, which is returned.
fn end_attempt(tx: &Connection, end: &AttemptEnd) -> Result<Option<LeadId>, StoreError> {
    let known = Known::find(tx, end.attempt)?;
    write_end(tx, end)?;
    if end.opted_out {
        // Written during the talk already, unless the ledger was not to be had then.
        forbidden::opt_out(tx, &known.number, end.attempt, end.at)?;
    }
    let Some(lead) = known.lead else {
        return Ok(None);
    };
    let dialled = known.dialled_at.is_some();
    let again = end.call_back_at.is_some() || end.outcome.as_deref() == Some(CALL_LATER);
    let dropped = end.outcome.as_deref() == Some(DROPPED);
    let settled = dialled && end.disposition == Disposition::Answered && !again && !dropped;
    let state = if settled {
        LeadState::Done
    } else {
        LeadState::Retry
    };
    // A promise is kept by a call that reaches the callee's phone.
    let kept = dialled
        && !matches!(
            end.disposition,
            Disposition::Congestion
                | Disposition::TrunkRefused
                | Disposition::TrunkUnreachable
                | Disposition::Blocked
                | Disposition::Failed
        );
    tx.prepare_cached(
        "UPDATE leads SET state = ?2, tried_at = coalesce(?3, tried_at), claimed_number = NULL,
             promised_at = coalesce(?4, iif(?5, NULL, promised_at)),
             due_at = coalesce(?4, iif(?5, NULL, promised_at)),
             why = iif(?6, 'settled', NULL)
         WHERE id = ?1",
    )?
    .execute(params![
        lead,
        state,
        dialled.then_some(At(end.at)),
        end.call_back_at.map(At),
        kept,
        settled,
    ])?;
    Ok(Some(lead))
}

/// Marks the dial; the lead, if it has one.
fn mark_dialled(
    tx: &Connection,
    attempt: AttemptId,
    at: Timestamp,
) -> Result<Option<LeadId>, StoreError> {
    let known = Known::find(tx, attempt)?;
    if known.dialled_at.is_some() {
        return Err(StoreError::AlreadyDialled(attempt));
    }
    refuse_forbidden(tx, &known.number)?;
    tx.execute(
        "UPDATE attempts SET dialled_at = ?2 WHERE id = ?1",
        params![attempt, At(at)],
    )?;
    Ok(known.lead)
}

fn write_end(tx: &Connection, end: &AttemptEnd) -> Result<(), StoreError> {
    tx.prepare_cached(
        "UPDATE attempts SET ended_at = ?2, ringing_at = coalesce(?3, ringing_at),
             answered_at = coalesce(?4, answered_at), disposition = ?5,
             outcome = coalesce(?6, outcome), cause = ?7, sip = ?8, hung_up_by = ?9, error = ?10,
             call_back_at = coalesce(?11, call_back_at), cost = ?12
         WHERE id = ?1",
    )?
    .execute(params![
        end.attempt,
        At(end.at),
        end.ringing_at.map(At),
        end.answered_at.map(At),
        end.disposition,
        end.outcome,
        end.cause,
        end.sip,
        end.hung_up_by,
        end.error,
        end.call_back_at.map(At),
        end.cost,
    ])?;
    let recording = end.recording.as_ref().map(|path| path.to_string_lossy());
    tx.prepare_cached(
        "INSERT INTO calls (attempt, ring_ms, talk_ms, recording, data)
         VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (attempt) DO UPDATE SET ring_ms = excluded.ring_ms,
             talk_ms = excluded.talk_ms, recording = coalesce(excluded.recording, recording),
             data = coalesce(excluded.data, data)",
    )?
    .execute(params![
        end.attempt,
        end.ring_ms,
        end.talk_ms,
        recording,
        Json(end.data.clone()),
    ])?;
    Ok(())
}

fn open_attempt(row: &Row<'_>) -> rusqlite::Result<OpenAttempt> {
    let time = |column| row.get::<_, Option<At>>(column).map(|at| at.map(|at| at.0));
    Ok(OpenAttempt {
        id: row.get("id")?,
        run: row.get("run")?,
        app: row.get("app")?,
        lead: row.get("lead")?,
        campaign: row.get("campaign")?,
        channel_id: row.get("channel_id")?,
        number: row.get("number")?,
        created_at: row.get::<_, At>("created_at")?.0,
        dialled_at: time("dialled_at")?,
        answered_at: time("answered_at")?,
        outcome: row.get("outcome")?,
        call_back_at: time("call_back_at")?,
    })
}
