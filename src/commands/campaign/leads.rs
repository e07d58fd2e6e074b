//! `novodial campaign leads`: the leads of a campaign, page by page.

use jiff::Timestamp;
use serde_json::json;

use super::found::FoundCampaign;
use super::lead_report::{LeadReport, lead_id};
use crate::campaign::LeadId;
use crate::cli::CampaignLeadsArgs;
use crate::commands::history::History;
use crate::commands::{Desk, written};
use crate::driver;
use crate::output::{ExitStatus, JsonList, Table};
use crate::store::{LeadPage, LeadView, Standing};

/// Leads that are read at once.
const PAGE: u32 = 1_000;
/// Leads that are shown to a person who asked for no number.
const SHOWN: u64 = 100;

pub(in crate::commands) fn leads(
    arguments: &CampaignLeadsArgs,
    desk: &Desk<'_>,
) -> anyhow::Result<ExitStatus> {
    let settings = desk.settings()?;
    let history = History::open(&settings, desk)?;
    let found = FoundCampaign::find(&arguments.name, &history, Vec::new(), desk)?;
    let listing = Listing {
        standing: arguments.state.as_deref().and_then(Standing::parse),
        now: driver::now(),
        found,
    };
    if desk.printer.is_json() {
        listing.json(arguments.limit, desk)?;
    } else {
        listing.table(arguments.limit.unwrap_or(SHOWN), desk)?;
    }
    Ok(ExitStatus::Success)
}

struct Listing<'a> {
    found: FoundCampaign<'a>,
    standing: Option<Standing>,
    now: Timestamp,
}

/// Gives each lead of a campaign to `take`, at most `limit` of them; whether there are more.
///
/// # Errors
/// The ledger cannot be read, or what `take` returns.
pub(super) fn each_lead(
    found: &FoundCampaign<'_>,
    (standing, limit): (Option<Standing>, Option<u64>),
    now: Timestamp,
    take: &mut dyn FnMut(&LeadView) -> anyhow::Result<()>,
) -> anyhow::Result<bool> {
    let mut page = LeadPage {
        campaign: found.campaign.id,
        standing,
        after: LeadId(0),
        size: PAGE,
    };
    let mut left = limit.unwrap_or(u64::MAX);
    loop {
        // One more than is wanted tells whether there are more.
        page.size = u32::try_from(left.saturating_add(1)).map_or(PAGE, |left| left.min(PAGE));
        let leads = found
            .ledger
            .leads(&page, &found.settings.policy.leads, now)?;
        let Some(last) = leads.last() else {
            return Ok(false);
        };
        page.after = last.id;
        for lead in &leads {
            if left == 0 {
                return Ok(true);
            }
            left -= 1;
            take(lead)?;
        }
    }
}

impl Listing<'_> {
    fn json(&self, limit: Option<u64>, desk: &Desk<'_>) -> anyhow::Result<()> {
        let facts = json!({
            "campaign": self.found.name(),
            "rehearsal": self.found.rehearsal,
            "state": self.standing.map(Standing::as_str),
        });
        let facts = facts.as_object().cloned().unwrap_or_default();
        let schemas = ("novodial.leads/1", "novodial.lead/1");
        let mut list = JsonList::begin(
            (desk.printer.stream(), desk.printer.format()),
            schemas,
            &facts,
            "leads",
        )?;
        let wanted = (self.standing, limit);
        each_lead(&self.found, wanted, self.now, &mut |view| {
            list.item(&LeadReport::of(view, &self.found, self.now))
        })?;
        list.end()
    }

    fn table(&self, limit: u64, desk: &Desk<'_>) -> anyhow::Result<()> {
        let mut table = empty_table();
        let (mut rows, mut told) = (0_u64, false);
        let more = each_lead(
            &self.found,
            (self.standing, Some(limit)),
            self.now,
            &mut |view| {
                table.row(self.row(view));
                rows += 1;
                told = true;
                if rows.is_multiple_of(u64::from(PAGE)) {
                    // Whoever asks for very many gets them in pieces with a heading each.
                    desk.printer
                        .table(std::mem::replace(&mut table, empty_table()))?;
                    told = false;
                }
                Ok(())
            },
        )?;
        if told {
            desk.printer.table(table)?;
        }
        if rows == 0 {
            desk.printer.message("no such leads");
        }
        if more {
            desk.printer.message(&format!(
                "these are the first {limit}; --limit N shows more, --format jsonl all of them"
            ));
        }
        Ok(())
    }

    fn row(&self, view: &LeadView) -> [String; 7] {
        let report = LeadReport::of(view, &self.found, self.now);
        let ended = report.disposition.unwrap_or_default();
        let ended = match &report.outcome {
            Some(outcome) => format!("{ended}, {outcome}"),
            None => ended.to_owned(),
        };
        let extension = report.extension.map(|digits| format!(" ext. {digits}"));
        let next = view
            .next_at(self.now)
            .filter(|_| report.next_attempt_at.is_some());
        let next = next.map_or_else(String::new, |at| {
            if at <= self.now {
                "now".to_owned()
            } else {
                written::moment(at, self.found.zone())
            }
        });
        [
            lead_id(view.id, self.found.rehearsal),
            report.number.e164().to_owned() + &extension.unwrap_or_default(),
            report.name.unwrap_or_default(),
            report.state.to_owned(),
            if report.attempts == 0 {
                String::new()
            } else {
                format!("{}: {ended}", report.attempts)
            },
            next,
            report.why.join(", "),
        ]
    }
}

fn empty_table() -> Table {
    Table::new(["lead", "number", "name", "state", "attempts", "next", "why"])
}
