//! What a simulation tells: the days with their bands, when the list is exhausted, at what pace.

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::campaign::Mode;
use crate::campaign::simulation::{Band, Bands, Simulation};
use crate::cli::CampaignSimulateArgs;
use crate::commands::written::counted;
use crate::commands::{Desk, written};
use crate::output::{Envelope, ExitStatus, Paint, Table, UserError};

/// The width of the picture beside the table, in characters.
const BAR: f64 = 40.0;

pub(super) fn print(
    simulation: &Simulation,
    bands: &Bands,
    arguments: &CampaignSimulateArgs,
    desk: &Desk<'_>,
) -> anyhow::Result<()> {
    if desk.printer.is_json() {
        let body = body(simulation, bands, arguments);
        return desk
            .printer
            .json(&Envelope::new("novodial.simulation/1", body));
    }
    if bands.days.is_empty() {
        let message = "not one call could be placed in these days";
        return Err(UserError::new(ExitStatus::No, "nothing_rung", message)
            .hint("look at --hours and --days")
            .into());
    }
    let printer = desk.printer;
    printer.data(&printer.paint(Paint::Strong, &title(simulation, bands, arguments)))?;
    printer.data("")?;
    printer.table(table(simulation, bands))?;
    printer.data("")?;
    for line in summary(simulation, bands) {
        printer.data(&line)?;
    }
    Ok(())
}

fn title(simulation: &Simulation, bands: &Bands, arguments: &CampaignSimulateArgs) -> String {
    let limits = &simulation.limits;
    let mode = match limits.mode {
        Mode::Progressive => "progressive".to_owned(),
        Mode::Adaptive { max_drop } => format!("adaptive below {} drops", percent(max_drop)),
    };
    format!(
        "{}, {mode}: {} and {} at once, {} calls a second; {} from seed {}",
        counted(simulation.leads, "lead"),
        counted(limits.max_conversations, "conversation"),
        counted(limits.max_calls, "call"),
        limits.calls_per_second,
        counted(bands.runs, "run"),
        arguments.seed
    )
}

fn table(simulation: &Simulation, bands: &Bands) -> Table {
    let mut table = Table::new(["day", "calls", "answered", "talks", "dropped", "left", ""]);
    for day in &bands.days {
        table.row([
            day.date.to_string(),
            whole(day.attempts.middle),
            whole(day.answers.middle),
            whole(day.conversations.middle),
            whole(day.drops.middle),
            whole(day.left.middle),
            bar(day.left.middle, f64::from(simulation.leads)),
        ]);
    }
    table
}

/// As many signs as the part has of the whole; one at least for what is not nothing.
fn bar(part: f64, whole: f64) -> String {
    if part <= 0.0 || whole <= 0.0 {
        return String::new();
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between nothing and the width"
    )]
    let signs = (BAR * part / whole).round().clamp(1.0, BAR) as usize;
    "#".repeat(signs)
}

fn summary(simulation: &Simulation, bands: &Bands) -> Vec<String> {
    let zone = &simulation.limits.zone;
    let mut lines = vec![end(bands, zone)];
    let per_hour = bands.conversations_per_hour;
    lines.push(format!(
        "{} calls, {} talks: {} an hour ({}), slots busy {} of the time",
        whole(bands.attempts.middle),
        whole(bands.conversations.middle),
        whole(per_hour.middle),
        span(per_hour, whole),
        percent(bands.occupancy.middle)
    ));
    if matches!(simulation.limits.mode, Mode::Adaptive { .. }) {
        lines.push(format!(
            "{} of the answers dropped ({}); in the worst thousand in a row {}",
            percent(bands.drop_rate.middle),
            span(bands.drop_rate, percent),
            percent(bands.worst_drop_rate.most)
        ));
    }
    lines
}

fn end(bands: &Bands, zone: &TimeZone) -> String {
    let left = bands.days.last().map(|day| day.left);
    let left = left.map_or_else(String::new, |left| {
        format!("{} leads left ({})", whole(left.middle), span(left, whole))
    });
    match &bands.exhausted {
        Some(end) if end.runs == bands.runs => format!(
            "exhausted {} ({} to {})",
            written::moment(end.middle, zone),
            written::moment(end.earliest, zone),
            written::moment(end.latest, zone)
        ),
        Some(end) => format!(
            "exhausted in {} of {} runs; else {left}",
            end.runs, bands.runs
        ),
        None => format!("not exhausted: {left}"),
    }
}

fn span(band: Band, shown: impl Fn(f64) -> String) -> String {
    format!("{} to {}", shown(band.least), shown(band.most))
}

fn whole(number: f64) -> String {
    format!("{number:.0}")
}

fn percent(share: f64) -> String {
    let text = format!("{:.1}", share * 100.0);
    format!("{}%", text.strip_suffix(".0").unwrap_or(&text))
}

fn body(simulation: &Simulation, bands: &Bands, arguments: &CampaignSimulateArgs) -> Value {
    let limits = &simulation.limits;
    let zone = &limits.zone;
    let (mode, max_drop) = match limits.mode {
        Mode::Progressive => ("progressive", None),
        Mode::Adaptive { max_drop } => ("adaptive", Some(max_drop)),
    };
    let days: Vec<_> = bands
        .days
        .iter()
        .map(|day| {
            json!({
                "date": day.date.to_string(), "attempts": whole_band(day.attempts),
                "answers": whole_band(day.answers), "conversations": whole_band(day.conversations),
                "drops": whole_band(day.drops), "left": whole_band(day.left),
            })
        })
        .collect();
    let moment = |at| written::rfc3339(at, zone);
    let exhausted = bands.exhausted.map(|end| {
        json!({
            "runs": end.runs, "earliest": moment(end.earliest), "middle": moment(end.middle),
            "latest": moment(end.latest),
        })
    });
    json!({
        "leads": simulation.leads, "mode": mode, "max_drop": max_drop,
        "max_conversations": limits.max_conversations, "max_calls": limits.max_calls,
        "calls_per_second": limits.calls_per_second, "hours": simulation.policy.window.hours.to_string(),
        "seed": arguments.seed, "runs": bands.runs, "days": days, "exhausted": exhausted,
        "attempts": whole_band(bands.attempts), "conversations": whole_band(bands.conversations),
        "conversations_per_hour": shares(bands.conversations_per_hour),
        "occupancy": shares(bands.occupancy), "drop_rate": shares(bands.drop_rate),
        "worst_drop_rate": shares(bands.worst_drop_rate),
    })
}

fn whole_band(band: Band) -> Value {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "counts, far below 2^53"
    )]
    let count = |number: f64| number as u64;
    json!({ "least": count(band.least), "middle": count(band.middle), "most": count(band.most) })
}

fn shares(band: Band) -> Value {
    let rounded = |number: f64| (number * 10_000.0).round() / 10_000.0;
    json!({
        "least": rounded(band.least), "middle": rounded(band.middle), "most": rounded(band.most),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_shares_of_the_width() {
        assert_eq!(bar(50.0, 100.0).len(), 20);
        assert_eq!(bar(0.1, 100.0), "#");
        assert_eq!(bar(0.0, 100.0), "");
        assert_eq!(bar(200.0, 100.0).len(), 40);
    }

    #[test]
    fn percents_have_a_digit_where_it_tells_something() {
        assert_eq!(percent(0.03), "3%");
        assert_eq!(percent(0.0234), "2.3%");
    }
}
