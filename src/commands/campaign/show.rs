//! `novodial campaign show`: how far a campaign is, by disposition and outcome.

use serde::Serialize;

use super::list::CampaignReport;
use crate::commands::Desk;
use crate::commands::history::{History, campaign_name};
use crate::output::{Envelope, ExitStatus, Paint, Table, plain};
use crate::report::OutcomeCount;

/// One line of the summary in JSON.
#[derive(Debug, Serialize)]
struct Ended {
    disposition: &'static str,
    outcome: Option<String>,
    count: u64,
}

#[derive(Debug, Serialize)]
struct Report {
    #[serde(flatten)]
    campaign: CampaignReport,
    attempts: Vec<Ended>,
}

pub(in crate::commands) fn show(name: &str, desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    let settings = desk.settings()?;
    let history = History::open(&settings, desk)?;
    let (campaign, ledger, rehearsal) = history.campaign(name)?;
    let leads = ledger.lead_counts(campaign.id)?;
    let ended = ledger.summary(Some(campaign.id), None)?;
    let printer = desk.printer;
    if printer.is_json() {
        let zone = &settings.policy.default_timezone;
        let report = Report {
            campaign: CampaignReport::of(&campaign, &leads, zone).rehearsed(rehearsal),
            attempts: ended.iter().map(row).collect(),
        };
        printer.json(&Envelope::new("novodial.campaign/1", report))?;
        return Ok(ExitStatus::Success);
    }
    let rehearsed = if rehearsal { ", rehearsed" } else { "" };
    let title = format!(
        "Campaign {}{rehearsed}",
        campaign_name(&campaign.name, rehearsal)
    );
    printer.data(&printer.paint(Paint::Strong, &title))?;
    printer.data(&format!("  list   {}", plain(&campaign.source)))?;
    printer.data(&format!(
        "  leads  {}: {} done, {} new, {} for a later run, {} live, {} on the do-not-call list",
        leads.total(),
        leads.done,
        leads.new,
        leads.retry,
        leads.in_call,
        leads.forbidden
    ))?;
    if !ended.is_empty() {
        let mut table = Table::new(["attempts", "disposition", "outcome"]);
        for line in ended.iter().map(row) {
            let outcome = line.outcome.unwrap_or_default();
            table.row([line.count.to_string(), line.disposition.to_owned(), outcome]);
        }
        printer.data("")?;
        printer.table(table)?;
    }
    Ok(ExitStatus::Success)
}

fn row(count: &OutcomeCount) -> Ended {
    Ended {
        disposition: count.disposition.as_str(),
        outcome: count.outcome.clone(),
        count: count.count,
    }
}
