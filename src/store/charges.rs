//! What the provider charged, by its own ids, and the attempts that went out to it.

use jiff::Timestamp;
use rusqlite::{Row, params};

use super::sql::{At, Count};
use super::{Ledger, StoreError};
use crate::campaign::{AttemptId, CampaignId, Money};
use crate::line::Disposition;
use crate::phone::PhoneNumber;
use crate::report::ProviderLeg;
use crate::report::reconcile::RungAttempt;

/// An attempt that went out, with what is told about its cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptToReconcile {
    /// What it is known by.
    pub rung: RungAttempt,
    /// Its campaign.
    pub campaign: Option<CampaignId>,
    /// How it ended on the line.
    pub disposition: Option<Disposition>,
    /// What the talk came to.
    pub outcome: Option<String>,
}

/// What writing legs down has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ChargesRecorded {
    /// Legs that were not known.
    pub new: u64,
    /// Legs that the provider, or the match, has changed since.
    pub changed: u64,
}

impl Ledger {
    /// The attempts that were dialled between two moments, both included, of all campaigns, in the
    /// order of time.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn dialled_between(
        &self,
        from: Timestamp,
        till: Timestamp,
    ) -> Result<Vec<AttemptToReconcile>, StoreError> {
        self.read(|tx| {
            let mut query = tx.prepare_cached(
                "SELECT id, campaign, number, caller_id, dialled_at, answered_at, ended_at,
                     disposition, outcome
                 FROM attempts WHERE dialled_at BETWEEN ?1 AND ?2 ORDER BY dialled_at, id",
            )?;
            let found = query
                .query_map([At(from), At(till)], to_reconcile)?
                .collect::<Result<_, _>>()?;
            Ok(found)
        })
    }

    /// When the first and the last attempt of a campaign were dialled.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn dialled_span(
        &self,
        campaign: CampaignId,
    ) -> Result<Option<(Timestamp, Timestamp)>, StoreError> {
        self.read(|tx| {
            let (first, last) = tx.query_row(
                "SELECT min(dialled_at), max(dialled_at) FROM attempts WHERE campaign = ?1",
                [campaign],
                |row| Ok((row.get::<_, Option<At>>(0)?, row.get::<_, Option<At>>(1)?)),
            )?;
            Ok(first.zip(last).map(|(first, last)| (first.0, last.0)))
        })
    }

    /// Writes legs down by the provider's ids, each with the attempt it belongs to, if that is
    /// known. A leg that is there already is brought up to date; an attempt that was found once is
    /// not forgotten because a later look has missed it.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn record_charges(
        &self,
        legs: &[(ProviderLeg, Option<AttemptId>)],
    ) -> Result<ChargesRecorded, StoreError> {
        self.write(|tx| {
            let mut recorded = ChargesRecorded::default();
            let mut known = tx.prepare_cached("SELECT count(*) FROM charges WHERE id = ?1")?;
            let mut write = tx.prepare_cached(
                "INSERT INTO charges (id, session, at, calling, called, talked, charged, direction,
                                      per_minute, amount, finish, attempt)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
                 ON CONFLICT (id) DO UPDATE SET session = excluded.session, at = excluded.at,
                     calling = excluded.calling, called = excluded.called,
                     talked = excluded.talked, charged = excluded.charged,
                     direction = excluded.direction, per_minute = excluded.per_minute,
                     amount = excluded.amount, finish = excluded.finish,
                     attempt = coalesce(excluded.attempt, attempt)
                 WHERE (session, at, calling, called, talked, charged, direction, per_minute,
                        amount, finish, attempt)
                     IS NOT (excluded.session, excluded.at, excluded.calling, excluded.called,
                        excluded.talked, excluded.charged, excluded.direction,
                        excluded.per_minute, excluded.amount, excluded.finish,
                        coalesce(excluded.attempt, attempt))",
            )?;
            for (leg, attempt) in legs {
                let was_known: i64 = known.query_row([&leg.id], |row| row.get(0))?;
                let written = write.execute(params![
                    leg.id,
                    leg.session,
                    At(leg.at),
                    leg.calling,
                    leg.called,
                    leg.talked,
                    leg.charged_seconds,
                    leg.direction,
                    leg.per_minute.map(|money| money.0),
                    leg.charge.map(|money| money.0),
                    leg.finish,
                    attempt,
                ])?;
                match (was_known, written) {
                    (0, _) => recorded.new += 1,
                    (_, 0) => {}
                    (_, _) => recorded.changed += 1,
                }
            }
            Ok(recorded)
        })
    }

    /// The legs of calls since a moment that were charged for, of whatever campaign or of none, the
    /// oldest first: what a tariff is read off.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn charges_since(&self, since: Timestamp) -> Result<Vec<ProviderLeg>, StoreError> {
        self.read(|tx| {
            let mut query = tx.prepare_cached(
                "SELECT * FROM charges WHERE at >= ?1 AND amount IS NOT NULL ORDER BY at, id",
            )?;
            let legs = query
                .query_map([At(since)], leg)?
                .collect::<Result<_, _>>()?;
            Ok(legs)
        })
    }

    /// What the provider charged for the attempts of a campaign, and for how many of them that is
    /// known.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn charged_of_campaign(&self, campaign: CampaignId) -> Result<(u64, Money), StoreError> {
        self.charged("a.campaign = ?1", campaign.0)
    }

    /// What the provider charged for an attempt; `None` if that is not known.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn charged_of_attempt(&self, attempt: AttemptId) -> Result<Option<Money>, StoreError> {
        let (attempts, sum) = self.charged("a.id = ?1", attempt.0)?;
        Ok((attempts > 0).then_some(sum))
    }

    fn charged(&self, which: &'static str, id: i64) -> Result<(u64, Money), StoreError> {
        self.read(|tx| {
            let mut query = tx.prepare_cached(&format!(
                "SELECT count(DISTINCT a.id), coalesce(sum(c.amount), 0)
                 FROM charges c JOIN attempts a ON a.id = c.attempt WHERE {which}"
            ))?;
            let found = query.query_row([id], |row| {
                Ok((row.get::<_, Count>(0)?.0, Money(row.get(1)?)))
            })?;
            Ok(found)
        })
    }
}

fn to_reconcile(row: &Row<'_>) -> rusqlite::Result<AttemptToReconcile> {
    let time = |column| row.get::<_, Option<At>>(column).map(|at| at.map(|at| at.0));
    let (answered, ended) = (time("answered_at")?, time("ended_at")?);
    let disposition: Option<Disposition> = row.get("disposition")?;
    let seconds = |from: Timestamp, till: Timestamp| {
        u32::try_from(till.duration_since(from).as_secs()).unwrap_or(0)
    };
    // The time of an end that was only guessed says nothing about the talk.
    let seen = disposition.is_some_and(|how| how != Disposition::Interrupted);
    let talked = match (answered, ended) {
        (Some(answered), Some(ended)) if seen => Some(seconds(answered, ended)),
        (None, Some(_)) if seen => Some(0),
        _ => None,
    };
    let number: PhoneNumber = row.get("number")?;
    let digits = |number: &str| number.trim_start_matches('+').to_owned();
    let caller_id: Option<String> = row.get("caller_id")?;
    Ok(AttemptToReconcile {
        rung: RungAttempt {
            id: row.get("id")?,
            at: row.get::<_, At>("dialled_at")?.0,
            called: digits(number.e164()),
            caller_id: caller_id
                .as_deref()
                .and_then(crate::report::reconcile::number),
            talked,
        },
        campaign: row.get("campaign")?,
        disposition,
        outcome: row.get("outcome")?,
    })
}

fn leg(row: &Row<'_>) -> rusqlite::Result<ProviderLeg> {
    let money = |column| {
        row.get::<_, Option<i64>>(column)
            .map(|money| money.map(Money))
    };
    Ok(ProviderLeg {
        id: row.get("id")?,
        session: row.get("session")?,
        at: row.get::<_, At>("at")?.0,
        calling: row.get("calling")?,
        called: row.get("called")?,
        talked: row.get("talked")?,
        charged_seconds: row.get("charged")?,
        direction: row.get("direction")?,
        per_minute: money("per_minute")?,
        charge: money("amount")?,
        finish: row.get("finish")?,
    })
}
