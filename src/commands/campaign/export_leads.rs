//! `novodial campaign export --leads`: the columns of the list, and what came of each lead.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::export_cells::{Rows, slot_cells, slot_titles};
use super::export_target::Target;
use super::found::FoundCampaign;
use super::lead_report::LeadReport;
use super::leads::each_lead;
use crate::campaign::{LeadId, OriginalColumns};
use crate::driver;
use crate::output::{Format, JsonList};
use crate::store::{LeadPage, LeadView};

/// Leads that are looked at to know the columns.
const SAMPLE: u32 = 200;

/// The columns that are put behind those of the list.
const ADDED: [&str; 9] = [
    "lead",
    "state",
    "attempts",
    "last_attempt_at",
    "disposition",
    "outcome",
    "next_attempt_at",
    "why",
    "explanation",
];

/// A lead in JSON.
#[derive(Debug, Serialize)]
struct ExportedLead {
    #[serde(flatten)]
    lead: LeadReport,
    /// The columns of the list by their titles.
    columns: Map<String, Value>,
    /// What the dialogues gathered.
    slots: Map<String, Value>,
}

/// What is needed to write leads.
struct Writing<'a> {
    found: &'a FoundCampaign<'a>,
    titles: Vec<String>,
    columns: OriginalColumns,
    now: Timestamp,
}

pub(super) fn export(found: &FoundCampaign<'_>, target: &mut Target) -> anyhow::Result<u64> {
    let now = driver::now();
    let titles = found.campaign.titles.clone();
    let page = LeadPage {
        campaign: found.campaign.id,
        standing: None,
        after: LeadId(0),
        size: SAMPLE,
    };
    let sample = found
        .ledger
        .leads(&page, &found.settings.policy.leads, now)?;
    let columns = OriginalColumns::new(&titles, &sample.iter().map(|view| &view.lead));
    let writing = Writing {
        found,
        titles,
        columns,
        now,
    };
    if target.format == Format::Text {
        writing.csv(target)
    } else {
        writing.json(target)
    }
}

impl Writing<'_> {
    fn csv(&self, target: &mut Target) -> anyhow::Result<u64> {
        let (stream, into_file) = target.stream()?;
        let slots = self.found.ledger.gathered_names(self.found.campaign.id)?;
        let slot_titles = slot_titles(&slots);
        let titles = self.titles.iter().map(String::as_str);
        let titles = titles
            .chain(ADDED)
            .chain(slot_titles.iter().map(String::as_str));
        let mut rows = Rows::begin(stream, titles, into_file)?;
        let mut count = 0;
        each_lead(self.found, (None, None), self.now, &mut |view| {
            let report = LeadReport::of(view, self.found, self.now);
            let mut cells = self.columns.fields(&view.lead);
            cells.extend([
                report.id,
                report.state.to_owned(),
                report.attempts.to_string(),
                report.last_attempt_at.unwrap_or_default(),
                report.disposition.unwrap_or_default().to_owned(),
                report.outcome.unwrap_or_default(),
                report.next_attempt_at.unwrap_or_default(),
                report.why.join(", "),
                report.explanation,
            ]);
            cells.extend(slot_cells(&slots, &self.gathered(view)?));
            count += 1;
            rows.row(cells.iter().map(String::as_str))
        })?;
        rows.end()?;
        Ok(count)
    }

    fn json(&self, target: &mut Target) -> anyhow::Result<u64> {
        let (stream, _) = target.stream()?;
        let facts = json!({
            "campaign": self.found.name(), "rehearsal": self.found.rehearsal,
            "titles": self.titles,
        });
        let facts = facts.as_object().cloned().unwrap_or_default();
        let schemas = ("novodial.campaign_leads/1", "novodial.campaign_lead/1");
        let mut list = JsonList::begin((stream, target.format), schemas, &facts, "leads")?;
        let mut count = 0;
        each_lead(self.found, (None, None), self.now, &mut |view| {
            let fields = self.columns.fields(&view.lead);
            let columns = self.titles.iter().cloned().zip(fields);
            let columns = columns.filter(|(title, _)| !title.trim().is_empty());
            count += 1;
            list.item(&ExportedLead {
                lead: LeadReport::of(view, self.found, self.now),
                columns: columns
                    .map(|(title, field)| (title, field.into()))
                    .collect(),
                slots: self.gathered(view)?,
            })
        })?;
        list.end()?;
        Ok(count)
    }

    /// Leads that were never rung are not asked for.
    fn gathered(&self, view: &LeadView) -> anyhow::Result<Map<String, Value>> {
        if view.attempts.iter().any(|attempt| attempt.answered) {
            return Ok(self.found.ledger.gathered(view.id)?);
        }
        Ok(Map::new())
    }
}
