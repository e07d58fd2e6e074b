//! Campaigns and their leads: how they stand, and the claim of the next one.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::import::lead_of;
use super::sql::{At, Count, Json};
use super::{Campaign, LeadCounts, LeadRow, Ledger, StoreError};
use crate::campaign::{CampaignId, LeadId, RunId};

/// What makes a lead fit to be rung by run ?2 of campaign ?1: not tried by this run, for a repeat
/// last tried before this run began, not forbidden.
const LEFT: &str = "l.campaign = ?1 AND l.state IN ('new', 'retry')
    AND (l.tried_at IS NULL OR l.tried_at <= (SELECT started_at FROM runs WHERE id = ?2))
    AND NOT EXISTS (SELECT 1 FROM do_not_call d WHERE d.number = l.number)
    AND NOT EXISTS (SELECT 1 FROM attempts a WHERE a.number = l.number AND a.run = ?2)";

/// What keeps such a lead waiting: somebody else rings the number now, or is about to.
const FREE: &str = "NOT EXISTS
        (SELECT 1 FROM attempts a WHERE a.number = l.number AND a.ended_at IS NULL)
    AND NOT EXISTS (SELECT 1 FROM leads o WHERE o.claimed_number = l.number AND o.state = 'in_call')";

impl Ledger {
    /// Opens the campaign of this name, or makes it.
    ///
    /// # Errors
    /// [`StoreError::CampaignPathDiffers`] when the name belongs to another list.
    pub fn open_campaign(
        &self,
        name: &str,
        source: &str,
        scenario: Option<&str>,
        at: Timestamp,
    ) -> Result<Campaign, StoreError> {
        self.write(|tx| {
            let known = find_campaign(tx, name)?;
            if let Some(known) = known.filter(|campaign| campaign.source != source) {
                return Err(StoreError::CampaignPathDiffers {
                    name: name.to_owned(),
                    known: known.source,
                    given: source.to_owned(),
                });
            }
            tx.execute(
                "INSERT INTO campaigns (name, source, scenario, created_at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (name) DO UPDATE SET scenario = coalesce(?3, scenario)",
                params![name, source, scenario, At(at)],
            )?;
            find_campaign(tx, name)?.ok_or_else(|| StoreError::NoSuchCampaign(name.to_owned()))
        })
    }

    /// The campaign of this name.
    ///
    /// # Errors
    /// [`StoreError::NoSuchCampaign`], or the ledger cannot be read.
    pub fn campaign(&self, name: &str) -> Result<Campaign, StoreError> {
        self.read(|tx| find_campaign(tx, name))?
            .ok_or_else(|| StoreError::NoSuchCampaign(name.to_owned()))
    }

    /// All campaigns, in the order they were made.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn campaigns(&self) -> Result<Vec<Campaign>, StoreError> {
        self.read(|tx| {
            let mut query = tx.prepare_cached("SELECT * FROM campaigns ORDER BY id")?;
            let campaigns = query.query_map([], campaign)?.collect::<Result<_, _>>()?;
            Ok(campaigns)
        })
    }

    /// Keeps the columns of a campaign's list, in their order, for an export.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn set_titles(&self, campaign: CampaignId, titles: &[String]) -> Result<(), StoreError> {
        self.write(|tx| {
            tx.execute(
                "UPDATE campaigns SET titles = ?2 WHERE id = ?1",
                params![campaign, Json(titles.into())],
            )?;
            Ok(())
        })
    }

    /// Claims the next lead in the order of the list: it is `in_call` from now on, and no other
    /// run or process gets it, or its number.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn next_lead(
        &self,
        campaign: CampaignId,
        run: RunId,
    ) -> Result<Option<LeadRow>, StoreError> {
        self.write(|tx| {
            let mut query = tx.prepare_cached(&format!(
                "SELECT l.*, (SELECT count(*) FROM attempts a WHERE a.lead = l.id) AS attempts
                 FROM leads l WHERE {LEFT} AND {FREE} ORDER BY l.line, l.id LIMIT 1"
            ))?;
            let found = query.query_row(params![campaign, run], lead).optional()?;
            if let Some(lead) = &found {
                tx.execute(
                    "UPDATE leads SET state = 'in_call', claimed_by = ?2, claimed_number = ?3
                     WHERE id = ?1",
                    params![lead.id, run, lead.number],
                )?;
            }
            Ok(found)
        })
    }

    /// Gives a claimed lead back: it was not rung after all, and any run may claim it. A lead
    /// that is not claimed, or has an open attempt, is left alone.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn release_lead(&self, lead: LeadId) -> Result<(), StoreError> {
        self.write(|tx| {
            tx.execute(
                "UPDATE leads SET claimed_by = NULL,
                     state = iif(EXISTS (SELECT 1 FROM attempts a WHERE a.lead = ?1),
                                 'retry', 'new')
                 WHERE id = ?1 AND state = 'in_call' AND NOT EXISTS
                     (SELECT 1 FROM attempts a WHERE a.lead = ?1 AND a.ended_at IS NULL)",
                [lead],
            )?;
            Ok(())
        })
    }

    /// How many leads this run may still claim, now or when another call to their number ends.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn leads_left(&self, campaign: CampaignId, run: RunId) -> Result<u64, StoreError> {
        self.read(|tx| {
            let mut query =
                tx.prepare_cached(&format!("SELECT count(*) FROM leads l WHERE {LEFT}"))?;
            Ok(query
                .query_row(params![campaign, run], |row| row.get::<_, Count>(0))?
                .0)
        })
    }

    /// How the leads of a campaign stand.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn lead_counts(&self, campaign: CampaignId) -> Result<LeadCounts, StoreError> {
        self.read(|tx| {
            let mut query = tx.prepare_cached(
                "SELECT iif(l.state IN ('new', 'retry') AND d.number IS NOT NULL,
                            'forbidden', l.state), count(*)
                 FROM leads l LEFT JOIN do_not_call d ON d.number = l.number
                 WHERE l.campaign = ?1 GROUP BY 1",
            )?;
            let mut counts = LeadCounts::default();
            let mut rows = query.query([campaign])?;
            while let Some(row) = rows.next()? {
                let state: String = row.get(0)?;
                let Count(count) = row.get(1)?;
                match state.as_str() {
                    "new" => counts.new = count,
                    "in_call" => counts.in_call = count,
                    "done" => counts.done = count,
                    "retry" => counts.retry = count,
                    _ => counts.forbidden = count,
                }
            }
            Ok(counts)
        })
    }
}

fn find_campaign(connection: &Connection, name: &str) -> Result<Option<Campaign>, StoreError> {
    let mut query = connection.prepare_cached("SELECT * FROM campaigns WHERE name = ?1")?;
    Ok(query.query_row([name], campaign).optional()?)
}

fn campaign(row: &Row<'_>) -> rusqlite::Result<Campaign> {
    Ok(Campaign {
        id: row.get("id")?,
        name: row.get("name")?,
        source: row.get("source")?,
        scenario: row.get("scenario")?,
        created_at: row.get::<_, At>("created_at")?.0,
    })
}

fn lead(row: &Row<'_>) -> rusqlite::Result<LeadRow> {
    let lead = lead_of(row)?;
    Ok(LeadRow {
        id: row.get("id")?,
        campaign: row.get("campaign")?,
        number: lead.number,
        extension: lead.extension,
        name: lead.name,
        terms: lead.terms,
        fields: lead.fields,
        line: lead.line,
        attempts: row.get("attempts")?,
    })
}
