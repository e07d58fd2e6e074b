//! `novodial campaign export`: the calls of a campaign with what was said in them, or its leads.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::export_cells::{Rows, slot_cells, slot_titles, transcript};
use super::export_leads;
use super::export_target::Target;
use super::found::FoundCampaign;
use super::lead_report::lead_id;
use crate::campaign::{AttemptId, Money};
use crate::cli::CampaignExportArgs;
use crate::commands::calls::{CallReport, TurnReport};
use crate::commands::history::History;
use crate::commands::{Desk, history, written};
use crate::output::{ExitStatus, Format, JsonList};
use crate::store::ExportedCall;

/// Calls that are read at once.
const PAGE: u32 = 500;

/// A call in JSON: as `calls show` has it, and what only a campaign knows.
#[derive(Debug, Serialize)]
struct ExportReport {
    #[serde(flatten)]
    call: CallReport,
    lead: Option<String>,
    line: Option<u64>,
    extension: Option<String>,
    trunk: Option<String>,
    dialled_at: Option<String>,
    ringing_at: Option<String>,
    call_back_at: Option<String>,
    cost: Option<f64>,
}

pub(in crate::commands) fn export(
    arguments: &CampaignExportArgs,
    desk: &Desk<'_>,
) -> anyhow::Result<ExitStatus> {
    let settings = desk.settings()?;
    let history = History::open(&settings, desk)?;
    let found = FoundCampaign::find(&arguments.name, &history, Vec::new(), desk)?;
    let mut target = Target::open(arguments.out.as_deref(), desk)?;
    let count = if arguments.leads {
        export_leads::export(&found, &mut target)?
    } else {
        calls(&found, &mut target)?
    };
    let what = if arguments.leads { "leads" } else { "calls" };
    if let Some(path) = target.close()? {
        let shown = path.display();
        desk.printer
            .message(&format!("{shown}: {count} {what} written"));
    }
    Ok(ExitStatus::Success)
}

fn calls(found: &FoundCampaign<'_>, target: &mut Target) -> anyhow::Result<u64> {
    let (stream, into_file) = target.stream()?;
    if target.format == Format::Text {
        let slots = found.ledger.gathered_names(found.campaign.id)?;
        let titles = slot_titles(&slots);
        let head = TITLES.iter().copied();
        let head = head.chain(titles.iter().map(String::as_str));
        let mut rows = Rows::begin(stream, head.chain(["transcript"]), into_file)?;
        let count = each_call(found, &mut |call| {
            let cells = cells(call, &slots, found);
            rows.row(cells.iter().map(String::as_str))
        })?;
        rows.end()?;
        return Ok(count);
    }
    let facts = json!({ "campaign": found.name(), "rehearsal": found.rehearsal });
    let facts = facts.as_object().cloned().unwrap_or_default();
    let schemas = ("novodial.campaign_calls/1", CallReport::SCHEMA);
    let mut list = JsonList::begin((stream, target.format), schemas, &facts, "calls")?;
    let count = each_call(found, &mut |call| list.item(&report(call, found)))?;
    list.end()?;
    Ok(count)
}

/// Gives each call to `take`; how many there were.
fn each_call(
    found: &FoundCampaign<'_>,
    take: &mut dyn FnMut(&ExportedCall) -> anyhow::Result<()>,
) -> anyhow::Result<u64> {
    let (mut after, mut count) = (AttemptId(0), 0);
    loop {
        let page = found
            .ledger
            .calls_with_turns(found.campaign.id, after, PAGE)?;
        let Some(last) = page.last() else {
            return Ok(count);
        };
        after = last.call.attempt;
        for call in &page {
            take(call)?;
            count += 1;
        }
    }
}

fn report(exported: &ExportedCall, found: &FoundCampaign<'_>) -> ExportReport {
    let call = &exported.call;
    let zone = found.zone();
    let time = |at: Timestamp| written::rfc3339(at, zone);
    let turns = exported.turns.iter().map(TurnReport::of);
    let report = CallReport {
        turns: Some(turns.collect()),
        ..CallReport::summary(call, zone)
    };
    ExportReport {
        call: report.rehearsed(found.rehearsal),
        lead: call.lead.map(|lead| lead_id(lead, found.rehearsal)),
        line: exported.line,
        extension: exported.extension.clone(),
        trunk: call.trunk.clone(),
        dialled_at: call.dialled_at.map(time),
        ringing_at: call.ringing_at.map(time),
        call_back_at: exported.call_back_at.map(time),
        cost: exported.cost.map(Money::amount),
    }
}

const TITLES: [&str; 27] = [
    "id",
    "campaign",
    "lead",
    "line",
    "number",
    "extension",
    "name",
    "attempt",
    "caller_id",
    "trunk",
    "scenario",
    "created_at",
    "dialled_at",
    "ringing_at",
    "answered_at",
    "ended_at",
    "disposition",
    "outcome",
    "cause",
    "sip",
    "hung_up_by",
    "ring_ms",
    "talk_ms",
    "call_back_at",
    "cost",
    "recording",
    "error",
];

/// One row, in the order of the titles.
fn cells(exported: &ExportedCall, slots: &[String], found: &FoundCampaign<'_>) -> Vec<String> {
    let call = &exported.call;
    let zone = found.zone();
    let time = |at: Option<Timestamp>| at.map(|at| written::rfc3339(at, zone)).unwrap_or_default();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let number = |number: Option<i64>| number.map(|n| n.to_string()).unwrap_or_default();
    let mut cells = vec![
        history::id(call.attempt, found.rehearsal),
        found.name(),
        call.lead
            .map(|lead| lead_id(lead, found.rehearsal))
            .unwrap_or_default(),
        exported
            .line
            .map(|line| line.to_string())
            .unwrap_or_default(),
        call.number.e164().to_owned(),
        text(&exported.extension),
        text(&call.name),
        call.ordinal.to_string(),
        text(&call.caller_id),
        text(&call.trunk),
        text(&call.scenario),
        time(Some(call.created_at)),
        time(call.dialled_at),
        time(call.ringing_at),
        time(call.answered_at),
        time(call.ended_at),
        call.disposition
            .map(|word| word.as_str().to_owned())
            .unwrap_or_default(),
        text(&call.outcome),
        number(call.cause.map(|cause| i64::from(cause.0))),
        number(call.sip.map(i64::from)),
        call.hung_up_by
            .map(|who| who.as_str().to_owned())
            .unwrap_or_default(),
        number(call.ring_ms),
        number(call.talk_ms),
        time(exported.call_back_at),
        exported
            .cost
            .map(|cost| cost.to_string())
            .unwrap_or_default(),
        call.recording
            .as_ref()
            .map(|path| path.display().to_string())
            .unwrap_or_default(),
        text(&call.error),
    ];
    let nothing = Map::new();
    let gathered = match &call.data {
        Value::Object(gathered) => gathered,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            &nothing
        }
    };
    cells.extend(slot_cells(slots, gathered));
    cells.push(transcript(&exported.turns));
    cells
}
