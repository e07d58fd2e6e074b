//! How a campaign stands as a whole: what waits for when, what goes on, what it cost.

use jiff::Timestamp;
use rusqlite::params;

use super::sql::{At, Count};
use super::{Ledger, StoreError, case};
use crate::campaign::{CampaignId, LeadPolicy, Money, Narrowing};

/// What waits, for when and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waits {
    /// Why; `None`: nothing but their turn.
    pub why: Option<String>,
    /// When the first of them is due.
    pub first: Timestamp,
    /// When the last of them is due.
    pub last: Timestamp,
    /// How many.
    pub leads: u64,
}

/// What the calls of a campaign came to so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CampaignPulse {
    /// Attempts, those that go on among them.
    pub attempts: u64,
    /// Those that go on.
    pub live: u64,
    /// When the first was made.
    pub first_at: Option<Timestamp>,
    /// When the last was made.
    pub last_at: Option<Timestamp>,
    /// What they cost; `None` where there was no tariff.
    pub cost: Option<Money>,
}

/// What the speech service was used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SpeechUsed {
    /// Characters that it was paid for.
    pub characters: u64,
    /// Sound that it heard, in milliseconds.
    pub heard_ms: u64,
}

impl Ledger {
    /// What waits for when, by the reason: those whose turn has come first, those that wait for
    /// their calling window, then the others by the time.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn waits(
        &self,
        campaign: CampaignId,
        policy: &LeadPolicy,
        now: Timestamp,
    ) -> Result<Vec<Waits>, StoreError> {
        let mut waits: Vec<Waits> = Vec::new();
        for (zones, leads) in self.ready_by_area(campaign)? {
            let zones = case::zones(&zones, policy);
            let opening = policy
                .window
                .next_opening(now, &zones, Narrowing::default());
            // An area that never opens is told lead by lead: each of them is refused.
            let Some(at) = opening else { continue };
            let why = (at > now).then(|| "calling_window".to_owned());
            match waits.iter_mut().find(|known| known.why == why) {
                Some(known) => {
                    known.first = known.first.min(at);
                    known.last = known.last.max(at);
                    known.leads += leads;
                }
                None => waits.push(Waits {
                    why,
                    first: at,
                    last: at,
                    leads,
                }),
            }
        }
        waits.sort_by_key(|waits| waits.why.is_some());
        for waiting in self.waiting(campaign)? {
            if let (Some(first), Some(last)) = (waiting.first, waiting.last) {
                waits.push(Waits {
                    why: waiting.why,
                    first,
                    last,
                    leads: waiting.leads,
                });
            }
        }
        Ok(waits)
    }

    /// The zones of the areas that have ready leads, and how many. Those on the do-not-call list are
    /// not among them.
    fn ready_by_area(&self, campaign: CampaignId) -> Result<Vec<(String, u64)>, StoreError> {
        self.read(|tx| {
            let mut query = tx.prepare_cached(
                "SELECT a.zones, count(*) FROM leads l JOIN areas a ON a.id = l.area
                 WHERE l.campaign = ?1 AND l.state IN ('new', 'retry') AND l.due_at IS NULL
                     AND NOT EXISTS (SELECT 1 FROM do_not_call d WHERE d.number = l.number)
                 GROUP BY l.area",
            )?;
            let areas = query.query_map(params![campaign], |row| {
                Ok((row.get(0)?, row.get::<_, Count>(1)?.0))
            })?;
            Ok(areas.collect::<Result<_, _>>()?)
        })
    }

    /// What the calls of a campaign came to so far.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn pulse(&self, campaign: CampaignId) -> Result<CampaignPulse, StoreError> {
        self.read(|tx| {
            let mut query = tx.prepare_cached(
                "SELECT count(*), count(*) FILTER (WHERE ended_at IS NULL), min(created_at),
                     max(created_at), sum(cost)
                 FROM attempts WHERE campaign = ?1",
            )?;
            let pulse = query.query_row([campaign], |row| {
                let time = |index| row.get::<_, Option<At>>(index).map(|at| at.map(|at| at.0));
                Ok(CampaignPulse {
                    attempts: row.get::<_, Count>(0)?.0,
                    live: row.get::<_, Count>(1)?.0,
                    first_at: time(2)?,
                    last_at: time(3)?,
                    cost: row.get::<_, Option<i64>>(4)?.map(Money),
                })
            })?;
            Ok(pulse)
        })
    }

    /// What the speech service was used for in the calls of a campaign.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn speech_of_campaign(&self, campaign: CampaignId) -> Result<SpeechUsed, StoreError> {
        self.read(|tx| {
            let mut query = tx.prepare_cached(
                "SELECT coalesce(sum(k.data ->> '$.speech.characters'), 0),
                     coalesce(sum(k.data ->> '$.speech.heard_ms'), 0)
                 FROM calls k JOIN attempts a ON a.id = k.attempt WHERE a.campaign = ?1",
            )?;
            let used = query.query_row([campaign], |row| {
                Ok(SpeechUsed {
                    characters: row.get::<_, Count>(0)?.0,
                    heard_ms: row.get::<_, Count>(1)?.0,
                })
            })?;
            Ok(used)
        })
    }
}
