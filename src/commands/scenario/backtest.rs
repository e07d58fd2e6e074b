//! `novodial scenario backtest`: past calls held along an edited scenario.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::past::Past;
use super::source::open;
use crate::cli::ScenarioBacktestArgs;
use crate::commands::Desk;
use crate::commands::calls::past_call;
use crate::commands::history;
use crate::commands::written::counted;
use crate::dialogue::{Divergence, Heard, Retold, retell};
use crate::output::{Envelope, ExitStatus, Format, Table, plain};
use crate::store::CallSummary;

/// One call and what the edited scenario makes of it.
struct Row {
    call: CallSummary,
    retold: Retold,
}

pub(super) fn backtest(
    arguments: &ScenarioBacktestArgs,
    desk: &Desk<'_>,
) -> anyhow::Result<ExitStatus> {
    let (_, scenario) = open(&arguments.file, desk)?.scenario()?;
    let scenario = Arc::new(scenario);
    let zone = desk.settings()?.policy.default_timezone;
    let past = Past::find(&arguments.calls, &scenario.name, arguments.rehearsed, desk)?;
    let rows = past
        .calls()
        .map(|call| {
            let call = call?;
            let fields = past.fields_of(&call)?;
            let retold = retell(&scenario, &past_call(&call, fields, &zone));
            Ok(Row {
                call: call.call,
                retold,
            })
        })
        .collect::<anyhow::Result<Vec<Row>>>()?;
    match desk.printer.format() {
        Format::Text => print(
            &rows,
            &scenario.name,
            (arguments.list, arguments.rehearsed),
            desk,
        )?,
        Format::Json => {
            let calls: Vec<Value> = rows.iter().map(report).collect();
            let body = json!({
                "scenario": scenario.name,
                "calls": calls,
                "outcomes": changes(&rows).into_iter().map(|((then, now), calls)| {
                    json!({ "then": then, "now": now, "calls": calls })
                }).collect::<Vec<_>>(),
            });
            desk.printer
                .json(&Envelope::new("novodial.scenario_backtest/1", body))?;
        }
        Format::Jsonl => {
            for row in &rows {
                let envelope = Envelope::new("novodial.scenario_backtest_call/1", report(row));
                desk.printer.json(&envelope)?;
            }
        }
    }
    let same = rows.iter().all(|row| matches!(row.retold, Retold::Same(_)));
    Ok(if same {
        ExitStatus::Success
    } else {
        ExitStatus::No
    })
}

/// How many calls went from which outcome to which.
fn changes(rows: &[Row]) -> BTreeMap<(String, String), usize> {
    let mut changes = BTreeMap::new();
    for row in rows {
        let word = |outcome: Option<&str>| outcome.unwrap_or("none").to_owned();
        let pair = (
            word(row.call.outcome.as_deref()),
            word(row.retold.outcome()),
        );
        *changes.entry(pair).or_default() += 1;
    }
    changes
}

fn print(
    rows: &[Row],
    scenario: &str,
    (list, rehearsed): (bool, bool),
    desk: &Desk<'_>,
) -> anyhow::Result<()> {
    let printer = desk.printer;
    if rows.is_empty() {
        let hint = if rehearsed {
            ""
        } else {
            "; --rehearsed looks at those that were rehearsed"
        };
        printer.message(&format!("no answered calls along `{scenario}`{hint}"));
        return Ok(());
    }
    let same = rows
        .iter()
        .filter(|row| matches!(row.retold, Retold::Same(_)));
    let same = same.count();
    let other = rows.len() - same;
    printer.data(&format!(
        "{}: {same} as before, {other} another way",
        counted(rows.len(), "call")
    ))?;
    let mut table = Table::new(["outcome then", "outcome now", "calls"]);
    for ((then, now), calls) in changes(rows) {
        table.row([then, now, calls.to_string()]);
    }
    printer.table(table)?;
    for (place, calls) in places(rows) {
        printer.data(&plain(&format!("{calls} diverge  {place}")))?;
    }
    for row in rows.iter().filter(|_| list) {
        if let Some(line) = line(row, rehearsed) {
            printer.data(&plain(&line))?;
        }
    }
    Ok(())
}

/// Where calls diverge, the most frequent place first.
fn places(rows: &[Row]) -> Vec<(String, usize)> {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for row in rows {
        let place = match &row.retold {
            Retold::Same(_) => continue,
            Retold::Diverged(found) => format!("{} then, {} now", found.then.0, found.now.0),
            Retold::Unspeakable(error) => error.clone(),
        };
        *places.entry(place).or_default() += 1;
    }
    let mut places: Vec<(String, usize)> = places.into_iter().collect();
    places.sort_by_key(|(_, calls)| std::cmp::Reverse(*calls));
    places
}

fn line(row: &Row, rehearsed: bool) -> Option<String> {
    let id = history::id(row.call.attempt, rehearsed);
    match &row.retold {
        Retold::Same(_) => None,
        Retold::Unspeakable(error) => Some(format!("call {id}: {error}")),
        Retold::Diverged(Divergence {
            step,
            heard,
            then,
            now,
            outcome,
        }) => {
            let heard = heard
                .as_ref()
                .map_or_else(|| "the opening".to_owned(), said);
            let outcome = outcome.as_deref().unwrap_or("unknown");
            Some(format!(
                "call {id}, answer {step}, {heard}: then {} “{}”, now {} “{}”, outcome {outcome}",
                then.0, then.1, now.0, now.1
            ))
        }
    }
}

fn said(heard: &Heard) -> String {
    match heard {
        Heard::Words(text) | Heard::Advised { words: text, .. } => format!("“{text}”"),
        Heard::Key(key) => format!("[{key}]"),
        Heard::Silence => "(silence)".to_owned(),
        Heard::TransferFailed => "(nobody takes the call)".to_owned(),
    }
}

fn report(row: &Row) -> Value {
    let divergence = match &row.retold {
        Retold::Diverged(found) => json!({
            "turn": found.step,
            "callee": found.heard.as_ref().map(said),
            "then": { "state": found.then.0, "bot": found.then.1 },
            "now": { "state": found.now.0, "bot": found.now.1 },
        }),
        Retold::Same(_) | Retold::Unspeakable(_) => Value::Null,
    };
    json!({
        "attempt_id": row.call.attempt.0,
        "outcome_then": row.call.outcome,
        "outcome_now": row.retold.outcome(),
        "divergence": divergence,
    })
}
