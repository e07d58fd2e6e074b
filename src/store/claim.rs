//! The claim of the next lead: whom the policy allows now, the most urgent first.
//!
//! A lead waits in one of two queues: ready, by area and rank, or due at a time. Leads of an area
//! share their window, so those whose window is closed are passed over without being looked at. A
//! lead at the head of the ready ones is judged by the policy; if it must wait, its due time is
//! written down and it is not looked at again before. So the next lead is found in a few steps,
//! however many there are.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::case::{Case, zones};
use super::sql::{At, Count};
use super::{CampaignState, Claim, LeadRow, Ledger, StoreError};
use crate::campaign::{CampaignId, LeadId, LeadPolicy, Narrowing, RunId, Verdict, WhyLater};
use crate::phone::PhoneNumber;

/// The due time of leads that wait for nothing but another list or another policy.
pub(super) const PARKED: At = At(Timestamp::MAX);
/// Leads that are judged in one claim; with more, the caller asks again.
const JUDGED: usize = 64;
/// Leads that have become due and are put among the ready ones at once.
const PROMOTED: u32 = 64;

/// A lead that the policy did not allow to ring when it was its turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Which lead.
    pub lead: LeadId,
    /// The number that would have been rung.
    pub number: PhoneNumber,
    /// From when on it may be rung, or why never.
    pub verdict: Verdict,
}

pub(super) const WAITING: &str = "state IN ('new', 'retry')";

impl Ledger {
    /// Claims the next lead that the policy allows to ring now: it is `in_call` from now on, and no
    /// other run or process gets it, or its number.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn next_lead(
        &self,
        campaign: CampaignId,
        run: RunId,
        policy: &LeadPolicy,
        now: Timestamp,
    ) -> Result<Claim, StoreError> {
        let (claim, _) = self.next_lead_and_refused(campaign, run, policy, now)?;
        Ok(claim)
    }

    /// As [`next_lead`](Self::next_lead); also those whom the policy did not allow to ring when
    /// it was their turn, and why.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn next_lead_and_refused(
        &self,
        campaign: CampaignId,
        run: RunId,
        policy: &LeadPolicy,
        now: Timestamp,
    ) -> Result<(Claim, Vec<Refused>), StoreError> {
        self.write(|tx| {
            let mut queue = Queue {
                tx,
                campaign,
                policy,
                now,
                refused: Vec::new(),
            };
            match queue.state()? {
                CampaignState::Open => {}
                closed @ (CampaignState::Paused | CampaignState::Cancelled) => {
                    return Ok((Claim::Closed(closed), Vec::new()));
                }
            }
            let claim = match queue.next()? {
                Next::Lead(case) => Claim::Lead(Box::new(take(tx, &case, run)?)),
                Next::Later(at, why) => Claim::Later(at, why),
                Next::Nobody => Claim::Exhausted,
            };
            Ok((claim, queue.refused))
        })
    }

    /// When the next lead may be there to claim: now or before means now; `None` if none of them is
    /// ever due as things stand. A quick look that judges nobody.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn next_due(
        &self,
        campaign: CampaignId,
        policy: &LeadPolicy,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        self.read(|tx| {
            let queue = Queue {
                tx,
                campaign,
                policy,
                now,
                refused: Vec::new(),
            };
            if queue.state()? != CampaignState::Open {
                return Ok(None);
            }
            let due = queue.first_due()?.map(|(at, _)| at);
            Ok(due.into_iter().chain(queue.first_opening()?).min())
        })
    }

    /// How many leads wait for nothing but their turn, where the calling window is open now; counted
    /// up to `most`.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn callable_leads(
        &self,
        campaign: CampaignId,
        policy: &LeadPolicy,
        (now, most): (Timestamp, u32),
    ) -> Result<u64, StoreError> {
        self.read(|tx| {
            let queue = Queue {
                tx,
                campaign,
                policy,
                now,
                refused: Vec::new(),
            };
            queue.callable(most)
        })
    }

    /// Whether a campaign may be run.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn campaign_state(&self, campaign: CampaignId) -> Result<CampaignState, StoreError> {
        self.read(|tx| campaign_state(tx, campaign))
    }

    /// Gives a claimed lead back: it was not rung after all, and any run may claim it. A lead
    /// that is not claimed, or has an open attempt, is left alone.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn release_lead(&self, lead: LeadId) -> Result<(), StoreError> {
        self.write(|tx| release(tx, lead).map(|_| ()))
    }
}

/// Whether it was claimed and is no more.
pub(super) fn release(tx: &Connection, lead: LeadId) -> Result<bool, StoreError> {
    let released = tx
        .prepare_cached(
            "UPDATE leads SET claimed_by = NULL, claimed_number = NULL, due_at = promised_at,
                 why = NULL,
                 state = iif(EXISTS (SELECT 1 FROM attempts a WHERE a.lead = ?1),
                             'retry', 'new')
             WHERE id = ?1 AND state = 'in_call' AND NOT EXISTS
                 (SELECT 1 FROM attempts a WHERE a.lead = ?1 AND a.ended_at IS NULL)",
        )?
        .execute([lead])?;
    Ok(released > 0)
}

/// Whether a campaign may be run.
pub(super) fn campaign_state(
    connection: &Connection,
    campaign: CampaignId,
) -> Result<CampaignState, StoreError> {
    let mut query = connection.prepare_cached("SELECT state FROM campaigns WHERE id = ?1")?;
    Ok(query.query_row([campaign], |row| row.get(0))?)
}

/// Takes a lead out of the queue.
fn take(tx: &Connection, case: &Case, run: RunId) -> Result<LeadRow, StoreError> {
    let row = case.row();
    tx.prepare_cached(
        "UPDATE leads SET state = 'in_call', claimed_by = ?2, claimed_number = ?3, due_at = NULL,
             why = NULL
         WHERE id = ?1",
    )?
    .execute(params![row.id, run, row.number])?;
    Ok(row)
}

/// What the queue has.
enum Next {
    Lead(Box<Case>),
    Later(Timestamp, String),
    Nobody,
}

/// The leads of a campaign that wait.
struct Queue<'a> {
    tx: &'a Connection,
    campaign: CampaignId,
    policy: &'a LeadPolicy,
    now: Timestamp,
    /// Those who were judged and must wait.
    refused: Vec<Refused>,
}

/// The first ready lead of an area.
struct Head {
    area: i64,
    rank: i64,
    line: i64,
    lead: LeadId,
}

impl Queue<'_> {
    fn state(&self) -> Result<CampaignState, StoreError> {
        campaign_state(self.tx, self.campaign)
    }

    fn next(&mut self) -> Result<Next, StoreError> {
        for lead in self.promised()? {
            if let Some(case) = self.judge(lead)? {
                return Ok(Next::Lead(case));
            }
        }
        self.promote()?;
        let mut heads = self.heads()?;
        for _ in 0..JUDGED {
            let first = heads
                .iter()
                .enumerate()
                .min_by_key(|(_, head)| (head.rank, head.line));
            let Some((place, head)) = first else {
                return self.nobody_now();
            };
            if let Some(case) = self.judge(head.lead)? {
                return Ok(Next::Lead(case));
            }
            let area = head.area;
            if let Some(next) = self.head(area)? {
                heads.push(next);
            }
            heads.swap_remove(place);
        }
        // There are more to judge; what was found out is kept.
        Ok(Next::Later(self.now, "judging".to_owned()))
    }

    /// Those who were promised an hour that has come, the longest ago first.
    fn promised(&self) -> Result<Vec<LeadId>, StoreError> {
        let mut query = self.tx.prepare_cached(&format!(
            "SELECT id FROM leads WHERE campaign = ?1 AND {WAITING} AND promised_at IS NOT NULL
                 AND due_at <= ?2
             ORDER BY due_at LIMIT 16"
        ))?;
        let ids = query.query_map(params![self.campaign, At(self.now)], |row| row.get(0))?;
        Ok(ids.collect::<Result<_, _>>()?)
    }

    /// Puts those whose time has come among the ready ones.
    fn promote(&self) -> Result<(), StoreError> {
        self.tx
            .prepare_cached(&format!(
                "UPDATE leads SET due_at = NULL WHERE id IN
                     (SELECT id FROM leads WHERE campaign = ?1 AND {WAITING}
                          AND due_at IS NOT NULL AND due_at <= ?2 AND promised_at IS NULL
                      ORDER BY due_at, rank LIMIT ?3)"
            ))?
            .execute(params![self.campaign, At(self.now), PROMOTED])?;
        Ok(())
    }

    /// The areas that have ready leads. The index is skipped through, not read.
    fn areas(&self) -> Result<Vec<(i64, String)>, StoreError> {
        let mut query = self.tx.prepare_cached(&format!(
            "WITH RECURSIVE ready (area) AS (
                 SELECT min(area) FROM leads
                     WHERE campaign = ?1 AND {WAITING} AND due_at IS NULL
                 UNION ALL
                 SELECT (SELECT min(area) FROM leads
                             WHERE campaign = ?1 AND {WAITING} AND due_at IS NULL
                                 AND area > ready.area)
                 FROM ready WHERE ready.area IS NOT NULL)
             SELECT a.id, a.zones FROM ready JOIN areas a ON a.id = ready.area"
        ))?;
        let areas = query.query_map([self.campaign], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(areas.collect::<Result<_, _>>()?)
    }

    /// The areas that have ready leads and whose window is open.
    fn open_areas(&self) -> Result<Vec<i64>, StoreError> {
        let (policy, now) = (self.policy, self.now);
        let open = |names: &str| {
            let zones = zones(names, policy);
            policy.window.is_open(now, &zones, Narrowing::default())
        };
        let areas = self.areas()?.into_iter();
        Ok(areas
            .filter_map(|(area, names)| open(&names).then_some(area))
            .collect())
    }

    /// The first ready lead of each area whose window is open.
    fn heads(&self) -> Result<Vec<Head>, StoreError> {
        let mut heads = Vec::new();
        for area in self.open_areas()? {
            heads.extend(self.head(area)?);
        }
        Ok(heads)
    }

    /// Ready leads of areas whose window is open, counted up to `most`.
    fn callable(&self, most: u32) -> Result<u64, StoreError> {
        let mut query = self.tx.prepare_cached(&format!(
            "SELECT count(*) FROM (SELECT 1 FROM leads
                 WHERE campaign = ?1 AND area = ?2 AND {WAITING} AND due_at IS NULL LIMIT ?3)"
        ))?;
        let most = u64::from(most);
        let mut found = 0;
        for area in self.open_areas()? {
            let rest = Count(most - found);
            let Count(count) =
                query.query_row(params![self.campaign, area, rest], |row| row.get(0))?;
            found += count;
            if found >= most {
                break;
            }
        }
        Ok(found)
    }

    fn head(&self, area: i64) -> Result<Option<Head>, StoreError> {
        let mut query = self.tx.prepare_cached(&format!(
            "SELECT id, rank, line FROM leads
             WHERE campaign = ?1 AND area = ?2 AND {WAITING} AND due_at IS NULL
             ORDER BY rank, line LIMIT 1"
        ))?;
        let head = query.query_row(params![self.campaign, area], |row| {
            Ok(Head {
                area,
                lead: row.get(0)?,
                rank: row.get(1)?,
                line: row.get(2)?,
            })
        });
        Ok(head.optional()?)
    }

    /// The lead, if it may be rung now; otherwise it is put where it belongs.
    fn judge(&mut self, lead: LeadId) -> Result<Option<Box<Case>>, StoreError> {
        let Some(case) = Case::read(self.tx, lead, self.policy, self.now)? else {
            return Ok(None);
        };
        match case.verdict(self.policy, self.now) {
            Verdict::May => Ok(Some(Box::new(case))),
            verdict @ (Verdict::NotBefore(..) | Verdict::Never(_)) => {
                settle(self.tx, lead, &verdict)?;
                self.refused.push(Refused {
                    lead,
                    number: case.row().number,
                    verdict,
                });
                Ok(None)
            }
        }
    }

    fn nobody_now(&self) -> Result<Next, StoreError> {
        let opening = self
            .first_opening()?
            .map(|at| (at, "calling_window".to_owned()));
        let next = self.first_due()?.into_iter().chain(opening).min();
        Ok(next.map_or(Next::Nobody, |(at, why)| Next::Later(at, why)))
    }

    /// The first of those that wait for a time.
    fn first_due(&self) -> Result<Option<(Timestamp, String)>, StoreError> {
        let mut query = self.tx.prepare_cached(&format!(
            "SELECT due_at, why FROM leads
             WHERE campaign = ?1 AND {WAITING} AND due_at IS NOT NULL AND due_at < ?2
             ORDER BY due_at, rank LIMIT 1"
        ))?;
        let due = query.query_row(params![self.campaign, PARKED], |row| {
            let why: Option<String> = row.get(1)?;
            Ok((
                row.get::<_, At>(0)?.0,
                why.unwrap_or_else(|| "promised".to_owned()),
            ))
        });
        Ok(due.optional()?)
    }

    /// When the first area with ready leads opens.
    fn first_opening(&self) -> Result<Option<Timestamp>, StoreError> {
        let openings = self.areas()?.into_iter().filter_map(|(_, names)| {
            let zones = zones(&names, self.policy);
            self.policy
                .window
                .next_opening(self.now, &zones, Narrowing::default())
        });
        Ok(openings.min())
    }
}

/// Writes down what the policy says of a lead that it does not allow to ring now.
pub(super) fn settle(tx: &Connection, lead: LeadId, verdict: &Verdict) -> Result<(), StoreError> {
    let (state, due, why) = match verdict {
        Verdict::May => (None, None, None),
        Verdict::NotBefore(at, whys) => (None, Some(At(*at)), whys.last().map(WhyLater::as_str)),
        Verdict::Never(why) if why.is_done() => (Some("done"), None, Some(why.as_str())),
        Verdict::Never(why) => (None, Some(PARKED), Some(why.as_str())),
    };
    tx.prepare_cached(
        "UPDATE leads SET state = coalesce(?2, state), due_at = ?3, why = ?4 WHERE id = ?1",
    )?
    .execute(params![lead, state, due, why])?;
    Ok(())
}

/// How many leads are ready or due at a time, for whoever wants to know what waits for when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Why they wait; `None`: ready.
    pub why: Option<String>,
    /// When the first of them is due.
    pub first: Option<Timestamp>,
    /// When the last of them is due.
    pub last: Option<Timestamp>,
    /// How many.
    pub leads: u64,
}

impl Ledger {
    /// What waits for when, by the reason: ready leads first, then by the time.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn waiting(&self, campaign: CampaignId) -> Result<Vec<Waiting>, StoreError> {
        self.read(|tx| {
            let mut query = tx.prepare_cached(&format!(
                "SELECT why, min(due_at), max(due_at), count(*) FROM leads
                 WHERE campaign = ?1 AND {WAITING} AND (due_at IS NULL OR due_at < ?2)
                 GROUP BY due_at IS NULL, iif(due_at IS NULL, NULL, why)
                 ORDER BY due_at IS NOT NULL, 2"
            ))?;
            let waiting = query.query_map(params![campaign, PARKED], |row| {
                let time = |index| row.get::<_, Option<At>>(index).map(|at| at.map(|at| at.0));
                let first = time(1)?;
                let why: Option<String> = row.get(0)?;
                Ok(Waiting {
                    why: first.map(|_| why.unwrap_or_else(|| "promised".to_owned())),
                    first,
                    last: time(2)?,
                    leads: row.get::<_, Count>(3)?.0,
                })
            })?;
            Ok(waiting.collect::<Result<_, _>>()?)
        })
    }
}
