//! `novodial novofon numbers`

use serde::Serialize;

use super::{data_api, provider};
use crate::commands::Desk;
use crate::novofon::NovoFon;
use crate::output::{Envelope, ExitStatus, Format, Table};

/// One number in JSON.
#[derive(Debug, Serialize)]
struct Row {
    number: String,
    active: bool,
    status: Option<String>,
    kind: Option<String>,
    monthly_fee: Option<String>,
}

pub(super) fn numbers(desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    let settings = desk.settings()?;
    let provider = provider(&settings)?;
    let rows = desk.block_on(rows(&provider))?;
    match desk.printer.format() {
        Format::Text if rows.is_empty() => desk.printer.message("the account has no number"),
        Format::Text => {
            let mut table = Table::new(["number", "state", "kind"]);
            for row in &rows {
                let status = row.status.clone().unwrap_or_default();
                table.row([
                    row.number.clone(),
                    status,
                    row.kind.clone().unwrap_or_default(),
                ]);
            }
            desk.printer.table(table)?;
        }
        Format::Json => {
            let body = serde_json::json!({ "numbers": rows });
            let body = Envelope::new("novodial.novofon_numbers/1", body);
            desk.printer.json(&body)?;
        }
        Format::Jsonl => {
            for row in &rows {
                let row = Envelope::new("novodial.novofon_number/1", row);
                desk.printer.json(&row)?;
            }
        }
    }
    Ok(ExitStatus::Success)
}

/// From the Data API, or from the older one where only that has a key.
async fn rows(provider: &NovoFon) -> anyhow::Result<Vec<Row>> {
    if let (None, Some(user)) = (&provider.data, &provider.user) {
        let numbers = user.numbers().await?.into_iter();
        return Ok(numbers
            .map(|number| Row {
                active: number.is_active(),
                number: number.number,
                status: number.status,
                kind: number.description,
                monthly_fee: number.monthly_fee.map(|fee| fee.to_string()),
            })
            .collect());
    }
    let numbers = data_api(provider)?.numbers().await?.into_iter();
    Ok(numbers
        .map(|number| Row {
            active: number.is_active(),
            number: number.number,
            status: number.status,
            kind: number.kind,
            monthly_fee: None,
        })
        .collect())
}
