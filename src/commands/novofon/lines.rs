//! `novodial novofon lines`

use serde::Serialize;

use super::{data_api, provider};
use crate::commands::Desk;
use crate::novofon::NovoFon;
use crate::output::{Envelope, ExitStatus, Format, Table};

/// One line in JSON.
#[derive(Debug, Serialize)]
struct Row {
    login: String,
    registered: Option<bool>,
    kind: Option<String>,
    channels: Option<u32>,
    billing: Option<String>,
    caller_id: Option<String>,
}

pub(super) fn lines(desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    let settings = desk.settings()?;
    let provider = provider(&settings)?;
    let rows = desk.block_on(rows(&provider))?;
    match desk.printer.format() {
        Format::Text if rows.is_empty() => desk.printer.message("the account has no SIP line"),
        Format::Text => {
            let heads = [
                "login",
                "registered",
                "type",
                "channels",
                "billing",
                "caller id",
            ];
            let mut table = Table::new(heads);
            for row in &rows {
                table.row(cells(row));
            }
            desk.printer.table(table)?;
        }
        Format::Json => {
            let body = serde_json::json!({ "lines": rows });
            let body = Envelope::new("novodial.novofon_lines/1", body);
            desk.printer.json(&body)?;
        }
        Format::Jsonl => {
            for row in &rows {
                let row = Envelope::new("novodial.novofon_line/1", row);
                desk.printer.json(&row)?;
            }
        }
    }
    Ok(ExitStatus::Success)
}

fn cells(row: &Row) -> [String; 6] {
    let registered = match row.registered {
        Some(true) => "yes",
        Some(false) => "no",
        None => "",
    };
    [
        row.login.clone(),
        registered.to_owned(),
        row.kind.clone().unwrap_or_default(),
        row.channels
            .map(|channels| channels.to_string())
            .unwrap_or_default(),
        row.billing.clone().unwrap_or_default(),
        row.caller_id.clone().unwrap_or_default(),
    ]
}

/// From the Data API, or from the older one where only that has a key.
async fn rows(provider: &NovoFon) -> anyhow::Result<Vec<Row>> {
    if let (None, Some(user)) = (&provider.data, &provider.user) {
        let mut rows = Vec::new();
        for sip in user.sips().await? {
            rows.push(Row {
                registered: Some(user.is_online(&sip.id).await?),
                login: sip.id,
                kind: None,
                channels: sip.lines,
                billing: None,
                caller_id: None,
            });
        }
        return Ok(rows);
    }
    let lines = data_api(provider)?.sip_lines().await?.into_iter();
    Ok(lines
        .map(|line| Row {
            login: line.login,
            registered: line.registered,
            kind: line.kind,
            channels: line.channels,
            billing: line.billing,
            caller_id: line.caller_id,
        })
        .collect())
}
