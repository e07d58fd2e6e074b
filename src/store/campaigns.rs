//! Campaigns: made, paused, cancelled, and what was decided about them.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::Value;

use super::import::typed;
use super::sql::{At, Json};
use super::{Campaign, CampaignEvent, CampaignState, Ledger, StoreError};
use crate::campaign::CampaignId;

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
            let made = known.is_none();
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
            let campaign = find_campaign(tx, name)?
                .ok_or_else(|| StoreError::NoSuchCampaign(name.to_owned()))?;
            if made {
                record(
                    tx,
                    campaign.id,
                    at,
                    "created",
                    &serde_json::json!({ "list": source }),
                )?;
            }
            Ok(campaign)
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

    /// Pauses, resumes or cancels a campaign. A run that goes on begins no call more once it is not
    /// open. `false`: it was so before.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn set_campaign_state(
        &self,
        campaign: CampaignId,
        state: CampaignState,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write(|tx| {
            let changed = tx.execute(
                "UPDATE campaigns SET state = ?2 WHERE id = ?1 AND state <> ?2",
                params![campaign, state],
            )?;
            if changed > 0 {
                let kind = match state {
                    CampaignState::Open => "resumed",
                    CampaignState::Paused => "paused",
                    CampaignState::Cancelled => "cancelled",
                };
                record(tx, campaign, at, kind, &Value::Null)?;
            }
            Ok(changed > 0)
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

    /// Keeps the scenario that this campaign is talked along from now on: a full path, or the name
    /// of one that is shipped.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn set_campaign_scenario(
        &self,
        campaign: CampaignId,
        scenario: &str,
    ) -> Result<(), StoreError> {
        self.write(|tx| {
            tx.execute(
                "UPDATE campaigns SET scenario = ?2 WHERE id = ?1",
                params![campaign, scenario],
            )?;
            Ok(())
        })
    }

    /// Keeps settings that belong to this campaign alone.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn set_campaign_settings(
        &self,
        campaign: CampaignId,
        settings: &Value,
    ) -> Result<(), StoreError> {
        self.write(|tx| {
            tx.execute(
                "UPDATE campaigns SET settings = ?2 WHERE id = ?1",
                params![campaign, Json(settings.clone())],
            )?;
            Ok(())
        })
    }

    /// Writes into a campaign's history what was decided about it.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn record_decision(
        &self,
        campaign: CampaignId,
        at: Timestamp,
        kind: &str,
        detail: &Value,
    ) -> Result<(), StoreError> {
        self.write(|tx| record(tx, campaign, at, kind, detail))
    }

    /// What was decided about a campaign, in order.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn decisions(&self, campaign: CampaignId) -> Result<Vec<CampaignEvent>, StoreError> {
        self.read(|tx| {
            let mut query = tx.prepare_cached(
                "SELECT at, kind, detail FROM campaign_events WHERE campaign = ?1 ORDER BY id",
            )?;
            let events = query.query_map([campaign], |row| {
                Ok(CampaignEvent {
                    at: row.get::<_, At>(0)?.0,
                    kind: row.get(1)?,
                    detail: row.get::<_, Json>(2)?.0,
                })
            })?;
            Ok(events.collect::<Result<_, _>>()?)
        })
    }
}

fn record(
    tx: &Connection,
    campaign: CampaignId,
    at: Timestamp,
    kind: &str,
    detail: &Value,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO campaign_events (campaign, at, kind, detail) VALUES (?1, ?2, ?3, ?4)",
        params![campaign, At(at), kind, Json(detail.clone())],
    )?;
    Ok(())
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
        state: row.get("state")?,
        titles: typed(row, "titles")?.unwrap_or_default(),
        settings: row.get::<_, Json>("settings")?.0,
    })
}
