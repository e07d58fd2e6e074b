//! `novodial campaign list`, and how a campaign stands as JSON.

use jiff::tz::TimeZone;
use serde::Serialize;

use crate::commands::history::{History, campaign_name};
use crate::commands::{Desk, written};
use crate::output::{Envelope, ExitStatus, Format, Table};
use crate::store::{Campaign, LeadCounts};

/// A campaign and its leads in JSON.
#[derive(Debug, Serialize)]
pub(super) struct CampaignReport {
    name: String,
    rehearsal: bool,
    source: String,
    scenario: Option<String>,
    created_at: String,
    /// `open`, `paused` or `cancelled`.
    state: &'static str,
    leads: LeadReport,
}

/// How its leads stand; they add up to the total.
#[derive(Debug, Serialize)]
struct LeadReport {
    total: u64,
    new: u64,
    in_call: u64,
    done: u64,
    retry: u64,
    forbidden: u64,
    exhausted: u64,
    refused: u64,
}

impl CampaignReport {
    pub(super) fn of(campaign: &Campaign, leads: &LeadCounts, zone: &TimeZone) -> Self {
        Self {
            name: campaign.name.clone(),
            rehearsal: false,
            source: campaign.source.clone(),
            scenario: campaign.scenario.clone(),
            created_at: written::rfc3339(campaign.created_at, zone),
            state: campaign.state.as_str(),
            leads: LeadReport {
                total: leads.total(),
                new: leads.new,
                in_call: leads.in_call,
                done: leads.done,
                retry: leads.retry,
                forbidden: leads.forbidden,
                exhausted: leads.exhausted,
                refused: leads.refused,
            },
        }
    }
}

impl CampaignReport {
    /// The same, marked as a rehearsal if it was one.
    pub(super) fn rehearsed(self, rehearsal: bool) -> Self {
        Self {
            name: campaign_name(&self.name, rehearsal),
            rehearsal,
            ..self
        }
    }
}

/// A campaign, how its leads stand, and whether it is a rehearsal.
type Listed = (Campaign, LeadCounts, bool);

pub(in crate::commands) fn list(desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    let settings = desk.settings()?;
    let history = History::open(&settings, desk)?;
    let campaigns = with_counts(&history)?;
    let zone = &settings.policy.default_timezone;
    let report = |(campaign, leads, rehearsal): &Listed| {
        CampaignReport::of(campaign, leads, zone).rehearsed(*rehearsal)
    };
    match desk.printer.format() {
        Format::Text if campaigns.is_empty() => desk.printer.message("no campaigns yet"),
        Format::Text => {
            let mut table =
                Table::new(["name", "state", "started", "leads", "done", "left", "list"]);
            for (campaign, leads, rehearsal) in &campaigns {
                table.row([
                    campaign_name(&campaign.name, *rehearsal),
                    campaign.state.as_str().to_owned(),
                    written::moment(campaign.created_at, zone),
                    leads.total().to_string(),
                    leads.done.to_string(),
                    leads.left().to_string(),
                    campaign.source.clone(),
                ]);
            }
            desk.printer.table(table)?;
        }
        Format::Json => {
            let campaigns: Vec<CampaignReport> = campaigns.iter().map(report).collect();
            let body = serde_json::json!({ "campaigns": campaigns });
            desk.printer
                .json(&Envelope::new("novodial.campaigns/1", body))?;
        }
        Format::Jsonl => {
            for found in &campaigns {
                desk.printer
                    .json(&Envelope::new("novodial.campaign/1", report(found)))?;
            }
        }
    }
    Ok(ExitStatus::Success)
}

fn with_counts(history: &History) -> anyhow::Result<Vec<Listed>> {
    let mut campaigns = Vec::new();
    for (ledger, rehearsal) in history.ledgers() {
        for campaign in ledger.campaigns()? {
            let leads = ledger.lead_counts(campaign.id)?;
            campaigns.push((campaign, leads, rehearsal));
        }
    }
    Ok(campaigns)
}
