//! `novodial amd tune`: what each threshold would cost, on labelled recordings.

use serde_json::json;

use super::corpus::{self, Labelled};
use crate::cli::AmdTuneArgs;
use crate::commands::Desk;
use crate::output::{Envelope, ExitStatus, Table};
use crate::report::{Judged, Rate, TradeOff, best};

/// The thresholds of the table, in milliseconds.
const THRESHOLDS: [u32; 13] = [
    1_200, 1_400, 1_600, 1_800, 2_000, 2_200, 2_500, 2_800, 3_200, 3_600, 4_000, 4_500, 5_000,
];

pub(super) fn tune(arguments: &AmdTuneArgs, desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    let recordings = corpus::read(&desk.path(&arguments.folder))?;
    let table: Vec<TradeOff> = THRESHOLDS
        .iter()
        .map(|longest_ms| judge(&recordings, *longest_ms))
        .collect();
    let best = best(&table, arguments.most_people / 100.0);
    let people = recordings.iter().filter(|one| !one.is_machine).count();
    let machines = recordings.len() - people;
    let printer = desk.printer;
    if printer.is_json() {
        let body = json!({
            "people": people, "machines": machines,
            "table": table.iter().map(row_json).collect::<Vec<_>>(),
            "best": best.as_ref().map(row_json),
        });
        printer.json(&Envelope::new("novodial.amd_tune/1", body))?;
        return Ok(ExitStatus::Success);
    }
    printer.message(&format!("{people} people, {machines} machines"));
    let mut rows = Table::new([
        "first words of",
        "people taken for machines",
        "machines taken for people",
        "median verdict",
    ]);
    for row in &table {
        rows.row([
            format!("{} ms and more", row.longest_ms),
            percent(row.people),
            percent(row.machines),
            format!("{} ms", row.median_ms),
        ]);
    }
    printer.table(rows)?;
    if let Some(best) = best {
        printer.data("")?;
        printer.data("[call]")?;
        printer.data(&format!("longest_hello = \"{}ms\"", best.longest_ms))?;
    }
    Ok(ExitStatus::Success)
}

fn judge(recordings: &[Labelled], longest_ms: u32) -> TradeOff {
    let judged: Vec<Judged> = recordings
        .iter()
        .map(|one| {
            let verdict = one.hello.verdict(longest_ms);
            Judged {
                is_machine: one.is_machine,
                called_machine: verdict.machine,
                after_ms: verdict.after_ms.into(),
            }
        })
        .collect();
    TradeOff::of(longest_ms, &judged)
}

/// `1.5 % (3 of 200)`
fn percent(rate: Rate) -> String {
    let share = rate.value().map(|share| format!("{:.1} %", share * 100.0));
    let share = share.unwrap_or_else(|| "-".to_owned());
    format!("{share} ({} of {})", rate.times, rate.of)
}

fn row_json(row: &TradeOff) -> serde_json::Value {
    json!({
        "longest_hello_ms": row.longest_ms,
        "people_taken_for_machines": row.people.value(),
        "machines_taken_for_people": row.machines.value(),
        "median_verdict_ms": row.median_ms,
    })
}
