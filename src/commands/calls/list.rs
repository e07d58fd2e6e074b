//! `novodial calls list`

use jiff::Timestamp;

use super::{CallReport, since};
use crate::cli::CallsListArgs;
use crate::commands::history::{self, History};
use crate::commands::{Desk, written};
use crate::line::Disposition;
use crate::output::{Envelope, ExitStatus, Format, Table};
use crate::settings::Settings;
use crate::store::{CallFilter, CallSummary};

pub(in crate::commands) fn list(
    arguments: &CallsListArgs,
    desk: &Desk<'_>,
) -> anyhow::Result<ExitStatus> {
    let settings = desk.settings()?;
    let filter = filter(arguments, &settings, desk)?;
    let calls = found(arguments, &filter, &History::open(&settings, desk)?)?;
    let zone = &settings.policy.default_timezone;
    let report = |(call, rehearsal): &(CallSummary, bool)| {
        CallReport::summary(call, zone).rehearsed(*rehearsal)
    };
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
            for (call, rehearsal) in &calls {
                table.row(row(call, *rehearsal, &settings));
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

/// The newest of both histories, or of the one that is asked for.
fn found(
    arguments: &CallsListArgs,
    filter: &CallFilter,
    history: &History,
) -> anyhow::Result<Vec<(CallSummary, bool)>> {
    let mut calls = Vec::new();
    for (ledger, rehearsal) in history.ledgers() {
        let left_out = if rehearsal {
            arguments.real
        } else {
            arguments.rehearsed
        };
        if !left_out {
            let own = ledger.calls(filter)?.into_iter();
            calls.extend(own.map(|call| (call, rehearsal)));
        }
    }
    // Stable: calls of one history keep their order.
    calls.sort_by_key(|(call, _)| std::cmp::Reverse(call.created_at));
    calls.truncate(usize::try_from(arguments.limit).unwrap_or(usize::MAX));
    Ok(calls)
}

fn filter(
    arguments: &CallsListArgs,
    settings: &Settings,
    desk: &Desk<'_>,
) -> anyhow::Result<CallFilter> {
    // A number that was rung under other rules can still be looked for.
    let rules = settings.policy.numbers.without_limits();
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
        scenario: None,
        since: arguments
            .since
            .as_deref()
            .map(|typed| since::parse(typed, Timestamp::now(), zone))
            .transpose()?,
        limit: Some(arguments.limit),
    })
}

fn row(call: &CallSummary, rehearsal: bool, settings: &Settings) -> [String; 8] {
    let campaign = call.campaign.as_ref();
    [
        history::id(call.attempt, rehearsal),
        written::moment(call.created_at, &settings.policy.default_timezone),
        call.number.e164().to_owned(),
        call.disposition
            .map_or("(live)", Disposition::as_str)
            .to_owned(),
        call.outcome.clone().unwrap_or_default(),
        call.talk_ms.map(written::seconds).unwrap_or_default(),
        campaign.map_or_else(String::new, |name| history::campaign_name(name, rehearsal)),
        call.name.clone().unwrap_or_default(),
    ]
}
