//! What a forecast tells: the end of the list, calls, talks and cost, each with its band.

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::Forecast;
use crate::campaign::simulation::{Band, Exhaustion};
use crate::campaign::{Mode, PlannerLimits};
use crate::cli::CampaignPlanArgs;
use crate::commands::campaign::found::FoundCampaign;
use crate::commands::written::counted;
use crate::commands::{Desk, written};
use crate::output::{Envelope, ExitStatus, Paint, Table, plain};
use crate::store::CampaignState;

/// Fewer calls than this say little of a list.
const FEW: u64 = 30;
/// Days that are listed one by one.
const DAYS: usize = 14;

/// Nobody is left.
pub(super) fn nobody(found: &FoundCampaign<'_>, desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    if desk.printer.is_json() {
        let body = json!({
            "campaign": found.name(), "rehearsal": found.rehearsal, "leads": 0,
            "exhausted": null, "calls": null, "conversations": null, "cost": null, "days": [],
        });
        desk.printer
            .json(&Envelope::new("novodial.campaign_plan/1", body))?;
    } else {
        let name = found.name();
        desk.printer
            .message(&format!("nobody is left to ring in campaign {name}"));
    }
    Ok(ExitStatus::Success)
}

pub(super) fn print(
    forecast: &Forecast<'_>,
    arguments: &CampaignPlanArgs,
    desk: &Desk<'_>,
) -> anyhow::Result<()> {
    if desk.printer.is_json() {
        let body = body(forecast, arguments);
        return desk
            .printer
            .json(&Envelope::new("novodial.campaign_plan/1", body));
    }
    let printer = desk.printer;
    let title = format!("Campaign {}", forecast.found.name());
    printer.data(&printer.paint(Paint::Strong, &title))?;
    for (name, fact) in facts(forecast, arguments) {
        printer.data(&format!("  {name:<11}{}", plain(&fact)))?;
    }
    if !forecast.bands.days.is_empty() {
        printer.data("")?;
        printer.table(days(forecast))?;
        let more = forecast.bands.days.len().saturating_sub(DAYS);
        if more > 0 {
            printer.message(&format!(
                "and {}; --format json has them all",
                counted(more, "more day")
            ));
        }
    }
    match forecast.found.campaign.state {
        CampaignState::Open => {}
        CampaignState::Paused | CampaignState::Cancelled => printer.warning(&format!(
            "the campaign is {}: reckoned as if it were resumed now",
            forecast.found.campaign.state.as_str()
        )),
    }
    Ok(())
}

fn facts(forecast: &Forecast<'_>, arguments: &CampaignPlanArgs) -> Vec<(&'static str, String)> {
    let bands = &forecast.bands;
    let currency = &forecast.found.settings.tariff.currency;
    let mut facts = vec![
        ("left", counted(forecast.simulation.leads, "lead")),
        ("limits", limits(&forecast.simulation.limits)),
        ("exhausted", end(forecast, arguments.days)),
        ("calls", banded(bands.attempts, whole)),
        ("talks", banded(bands.conversations, whole)),
    ];
    facts.push(match forecast.cost {
        Some(cost) => {
            let spent = forecast.spent;
            let spent = if spent.0 > 0 {
                format!("; {spent} {currency} were spent before")
            } else {
                String::new()
            };
            ("cost", format!("{} {currency}{spent}", banded(cost, money)))
        }
        None => (
            "cost",
            "not known: no prices are set ([tariff] in novodial.toml)".to_owned(),
        ),
    });
    facts.push(("from", source(forecast)));
    facts
}

fn limits(limits: &PlannerLimits) -> String {
    let mode = match limits.mode {
        Mode::Progressive => "progressive",
        Mode::Adaptive { .. } => "adaptive",
    };
    format!(
        "{mode}, {} and {} at once, {} calls a second",
        counted(limits.max_conversations, "conversation"),
        counted(limits.max_calls, "call"),
        limits.calls_per_second
    )
}

fn end(forecast: &Forecast<'_>, days: u16) -> String {
    let zone = forecast.found.zone();
    let bands = &forecast.bands;
    let told = |end: Exhaustion| {
        format!(
            "{} ({} to {})",
            written::moment(end.middle, zone),
            written::moment(end.earliest, zone),
            written::moment(end.latest, zone)
        )
    };
    let left = bands.days.last().map(|day| day.left);
    let left = left.map_or_else(
        || "nobody may be rung in this time".to_owned(),
        |left| format!("{} leads are left then", banded(left, whole)),
    );
    match bands.exhausted {
        Some(end) if end.runs == bands.runs => told(end),
        Some(end) => format!(
            "in {} of {} runs {}; in the others {left} after {days} days",
            end.runs,
            bands.runs,
            told(end)
        ),
        None => format!("not within {days} days: {left}"),
    }
}

fn source(forecast: &Forecast<'_>) -> String {
    let calls = forecast.habits.calls();
    let people = forecast.habits.people(0.0, 0.0);
    let habits = format!(
        "{:.0} % of first calls answered, {:.0} % of answers by machines, talks of {:.0} s on average",
        people.answers * 100.0,
        people.machines * 100.0,
        people.talk_mean_s()
    );
    let runs = forecast.bands.runs;
    match calls {
        0 => format!("no calls yet, a usual list: {habits}; {runs} runs"),
        1..FEW => format!(
            "only {}, and a usual list: {habits}; {runs} runs",
            counted(calls, "call")
        ),
        _ => format!("its own {calls} calls: {habits}; {runs} runs"),
    }
}

fn days(forecast: &Forecast<'_>) -> Table {
    let mut table = Table::new(["day", "calls", "talks", "left"]);
    for day in forecast.bands.days.iter().take(DAYS) {
        table.row([
            day.date.to_string(),
            banded(day.attempts, whole),
            banded(day.conversations, whole),
            banded(day.left, whole),
        ]);
    }
    table
}

/// `120 (98 to 150)`
fn banded(band: Band, shown: impl Fn(f64) -> String) -> String {
    let (least, most) = (shown(band.least), shown(band.most));
    format!("{} ({least} to {most})", shown(band.middle))
}

fn whole(number: f64) -> String {
    format!("{number:.0}")
}

fn money(amount: f64) -> String {
    format!("{amount:.2}")
}

fn body(forecast: &Forecast<'_>, arguments: &CampaignPlanArgs) -> Value {
    let zone = forecast.found.zone();
    let (bands, limits) = (&forecast.bands, &forecast.simulation.limits);
    let people = forecast.habits.people(0.0, 0.0);
    let days = bands.days.iter().map(|day| {
        json!({
            "date": day.date.to_string(), "calls": whole_band(day.attempts),
            "conversations": whole_band(day.conversations), "left": whole_band(day.left),
        })
    });
    let days: Vec<Value> = days.collect();
    json!({
        "campaign": forecast.found.name(), "rehearsal": forecast.found.rehearsal,
        "state": forecast.found.campaign.state.as_str(),
        "leads": forecast.simulation.leads,
        "max_conversations": limits.max_conversations, "max_calls": limits.max_calls,
        "calls_per_second": limits.calls_per_second,
        "runs": bands.runs, "seed": arguments.seed, "days_ahead": arguments.days,
        "exhausted": bands.exhausted.map(|end| exhausted(end, zone)),
        "calls": whole_band(bands.attempts), "conversations": whole_band(bands.conversations),
        "cost": forecast.cost.map(priced), "spent": forecast.spent.amount(),
        "currency": forecast.found.settings.tariff.currency,
        "from": {
            "calls": forecast.habits.calls(), "answers": rounded(people.answers),
            "machines": rounded(people.machines), "talk_s": rounded(people.talk_mean_s()),
        },
        "days": days,
    })
}

fn exhausted(end: Exhaustion, zone: &TimeZone) -> Value {
    let moment = |at| written::rfc3339(at, zone);
    json!({
        "runs": end.runs, "earliest": moment(end.earliest), "middle": moment(end.middle),
        "latest": moment(end.latest),
    })
}

fn whole_band(band: Band) -> Value {
    json!({ "least": band.least.round(), "middle": band.middle.round(), "most": band.most.round() })
}

fn priced(band: Band) -> Value {
    json!({
        "least": rounded(band.least), "middle": rounded(band.middle), "most": rounded(band.most),
    })
}

fn rounded(number: f64) -> f64 {
    (number * 1e4).round() / 1e4
}
