//! `novodial novofon balance`

use super::{provider, user_api};
use crate::commands::Desk;
use crate::output::{Envelope, ExitStatus, Format};

pub(super) fn balance(desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    let settings = desk.settings()?;
    let provider = provider(&settings)?;
    let user = user_api(&provider)?;
    let balance = desk.block_on(async { Ok(user.balance().await?) })?;
    match desk.printer.format() {
        Format::Text => {
            let line = format!("{} {}", balance.amount, balance.currency);
            desk.printer.data(&line)?;
        }
        Format::Json | Format::Jsonl => {
            let body = serde_json::json!({
                "balance": balance.amount.to_string(), "currency": balance.currency,
            });
            let body = Envelope::new("novodial.novofon_balance/1", body);
            desk.printer.json(&body)?;
        }
    }
    Ok(ExitStatus::Success)
}
