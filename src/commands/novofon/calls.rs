//! `novodial novofon calls`

use jiff::tz::TimeZone;
use serde::Serialize;

use super::{data_api, provider};
use crate::cli::NovoFonCallsArgs;
use crate::commands::calls::since;
use crate::commands::{Desk, written};
use crate::driver;
use crate::novofon::{CallSession, NovoFon, Window};
use crate::output::{Envelope, ExitStatus, Format, Table};

/// One call in JSON.
#[derive(Debug, Serialize)]
struct Row {
    id: String,
    started_at: String,
    direction: Option<String>,
    source: Option<String>,
    number: Option<String>,
    own_number: Option<String>,
    talk_s: Option<u32>,
    finish_reason: Option<String>,
    region: Option<String>,
    cost: Option<String>,
}

pub(super) fn calls(arguments: &NovoFonCallsArgs, desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    let settings = desk.settings()?;
    let zone = &settings.policy.default_timezone;
    let till = driver::now();
    let from = since::parse(&arguments.since, till, zone)?;
    let provider = provider(&settings)?;
    let calls = desk.block_on(found(&provider, Window { from, till }))?;
    match desk.printer.format() {
        Format::Text if calls.is_empty() => desk.printer.message("no such calls"),
        Format::Text => {
            let heads = [
                "started",
                "way",
                "number",
                "own number",
                "talk",
                "ended by",
                "cost",
            ];
            let mut table = Table::new(heads);
            for call in &calls {
                table.row(cells(call, zone));
            }
            desk.printer.table(table)?;
        }
        Format::Json => {
            let rows: Vec<Row> = calls.iter().map(|call| row(call, zone)).collect();
            let body = serde_json::json!({ "calls": rows });
            let body = Envelope::new("novodial.novofon_calls/1", body);
            desk.printer.json(&body)?;
        }
        Format::Jsonl => {
            for call in &calls {
                let row = Envelope::new("novodial.novofon_call/1", row(call, zone));
                desk.printer.json(&row)?;
            }
        }
    }
    Ok(ExitStatus::Success)
}

/// From the Data API, or from the statistics of the older one where only that has a key.
async fn found(provider: &NovoFon, window: Window) -> anyhow::Result<Vec<CallSession>> {
    let (None, Some(user)) = (&provider.data, &provider.user) else {
        return Ok(data_api(provider)?.calls(window).await?);
    };
    let legs = user.legs(window).await?.into_iter();
    let mut calls: Vec<CallSession> = legs
        .map(|leg| CallSession {
            id: leg.id,
            at: leg.at,
            direction: None,
            source: None,
            contact: Some(leg.called),
            own: Some(leg.calling),
            talked: leg.talked.or(leg.charged_seconds),
            lasted: None,
            finish: leg.finish,
            region: None,
            cost: leg.charge,
        })
        .collect();
    calls.sort_by_key(|call| call.at);
    Ok(calls)
}

fn cells(call: &CallSession, zone: &TimeZone) -> [String; 7] {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    [
        written::moment(call.at, zone),
        text(&call.direction),
        text(&call.contact),
        text(&call.own),
        call.talked
            .map(|seconds| format!("{seconds} s"))
            .unwrap_or_default(),
        text(&call.finish),
        call.cost.map(|cost| cost.to_string()).unwrap_or_default(),
    ]
}

fn row(call: &CallSession, zone: &TimeZone) -> Row {
    Row {
        id: call.id.clone(),
        started_at: written::rfc3339(call.at, zone),
        direction: call.direction.clone(),
        source: call.source.clone(),
        number: call.contact.clone(),
        own_number: call.own.clone(),
        talk_s: call.talked,
        finish_reason: call.finish.clone(),
        region: call.region.clone(),
        cost: call.cost.map(|cost| cost.to_string()),
    }
}
