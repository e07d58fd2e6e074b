//! `novodial calls list`

use jiff::Timestamp;

use super::{CallReport, since};
use crate::cli::CallsListArgs;
use crate::commands::{Desk, written};
use crate::line::Disposition;
use crate::output::{Envelope, ExitStatus, Format, Table};
use crate::phone::NumberRules;
use crate::settings::Settings;
use crate::store::{CallFilter, CallSummary};

pub(in crate::commands) fn list(
    arguments: &CallsListArgs,
    desk: &Desk<'_>,
) -> anyhow::Result<ExitStatus> {
    let settings = desk.settings()?;
    let filter = filter(arguments, &settings, desk)?;
    let calls = desk.ledger(&settings)?.calls(&filter)?;
    let zone = &settings.policy.default_timezone;
    let report = |call| CallReport::summary(call, zone);
    match desk.printer.format() {
        Format::Text if calls.is_empty() => desk.printer.message("no such calls"),
        Format::Text => {
            let mut table = Table::new([
                "id",
                "started",
                "number",
                "disposition",
                "outcome",
                "talk",
                "campaign",
                "name",
            ]);
            for call in &calls {
                table.row(row(call, &settings));
            }
            desk.printer.table(table)?;
        }
        Format::Json => {
            let calls: Vec<CallReport> = calls.iter().map(report).collect();
            let body = serde_json::json!({ "calls": calls });
            desk.printer
                .json(&Envelope::new("novodial.calls/1", body))?;
        }
        Format::Jsonl => {
            for call in &calls {
                desk.printer
                    .json(&Envelope::new(CallReport::SCHEMA, report(call)))?;
            }
        }
    }
    Ok(ExitStatus::Success)
}

fn filter(
    arguments: &CallsListArgs,
    settings: &Settings,
    desk: &Desk<'_>,
) -> anyhow::Result<CallFilter> {
    // A number that was rung under other rules can still be looked for.
    let rules = NumberRules {
        premium: true,
        ..settings.policy.numbers.clone()
    };
    let zone = &settings.policy.default_timezone;
    Ok(CallFilter {
        disposition: arguments
            .disposition
            .as_deref()
            .and_then(Disposition::parse),
        outcome: arguments.outcome.clone(),
        number: arguments
            .number
            .as_deref()
            .map(|typed| desk.number(typed, &rules))
            .transpose()?,
        campaign: None,
        since: arguments
            .since
            .as_deref()
            .map(|typed| since::parse(typed, Timestamp::now(), zone))
            .transpose()?,
        limit: Some(arguments.limit),
    })
}

fn row(call: &CallSummary, settings: &Settings) -> [String; 8] {
    [
        call.attempt.to_string(),
        written::moment(call.created_at, &settings.policy.default_timezone),
        call.number.e164().to_owned(),
        call.disposition
            .map_or("(live)", Disposition::as_str)
            .to_owned(),
        call.outcome.clone().unwrap_or_default(),
        call.talk_ms.map(written::seconds).unwrap_or_default(),
        call.campaign.clone().unwrap_or_default(),
        call.name.clone().unwrap_or_default(),
    ]
}
