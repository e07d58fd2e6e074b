//! `novodial campaign stats`: how well the calls of a campaign do.

use jiff::Timestamp;
use serde::Serialize;

use super::found::FoundCampaign;
use crate::campaign::Money;
use crate::cli::CampaignStatsArgs;
use crate::commands::calls::since;
use crate::commands::history::History;
use crate::commands::{Desk, written};
use crate::driver;
use crate::output::{Envelope, ExitStatus, Paint, Table, plain};
use crate::report::{CampaignStats, Rate, Tally};

use super::stats_limits::{Limits, sound_json, sound_lines};

/// A rate in JSON.
#[derive(Debug, Serialize)]
struct RateReport {
    value: Option<f64>,
    low: f64,
    high: f64,
    n: u64,
}

/// Calls, added up, in JSON.
#[derive(Debug, Serialize)]
struct TallyReport {
    attempts: u64,
    dialled: u64,
    contacts: u64,
    machines: u64,
    dropped: u64,
    answer_seizure_ratio: RateReport,
    contact_rate: RateReport,
    drop_rate: RateReport,
    average_talk_ms: Option<i64>,
    attempts_per_contact: Option<f64>,
    /// In units of the tariff's currency.
    cost: Option<f64>,
}

/// A group of calls in JSON.
#[derive(Debug, Serialize)]
struct Group<K: Serialize> {
    #[serde(flatten)]
    key: K,
    #[serde(flatten)]
    calls: TallyReport,
}

impl RateReport {
    fn of(rate: Rate) -> Self {
        let (low, high) = rate.band();
        Self {
            value: rate.value().map(rounded),
            low: rounded(low),
            high: rounded(high),
            n: rate.of,
        }
    }
}

/// Four decimals: more than a thousand calls can tell.
fn rounded(share: f64) -> f64 {
    (share * 1e4).round() / 1e4
}

impl TallyReport {
    fn of(tally: &Tally) -> Self {
        Self {
            attempts: tally.attempts,
            dialled: tally.dialled,
            contacts: tally.contacts,
            machines: tally.machines,
            dropped: tally.dropped,
            answer_seizure_ratio: RateReport::of(tally.answer_seizure()),
            contact_rate: RateReport::of(tally.contact()),
            drop_rate: RateReport::of(tally.drop_rate()),
            average_talk_ms: tally.average_talk_ms(),
            attempts_per_contact: tally.attempts_per_contact().map(rounded),
            cost: tally.cost.map(Money::amount),
        }
    }
}

/// The leads that were rung, and those that answered.
#[derive(Debug, Clone, Copy)]
struct Reached {
    leads: u64,
    reached: u64,
}

pub(in crate::commands) fn stats(
    arguments: &CampaignStatsArgs,
    desk: &Desk<'_>,
) -> anyhow::Result<ExitStatus> {
    let limits = Limits::parse(&arguments.fail_if)?;
    let settings = desk.settings()?;
    let history = History::open(&settings, desk)?;
    let found = FoundCampaign::find(&arguments.name, &history, Vec::new(), desk)?;
    let name = found.name();
    if !arguments.fail_if.is_empty() && found.rehearsal && arguments.name != name {
        // A watcher that judges rehearsals for calls would never be told.
        let typed = plain(&arguments.name);
        desk.printer.warning(&format!(
            "there is no campaign {typed}: these are the calls of its rehearsal, {name}"
        ));
    }
    let since = arguments.since.as_deref();
    let since = since.map(|typed| since::parse(typed, driver::now(), found.zone()));
    let since = since.transpose()?;
    let mut stats = CampaignStats::default();
    let (ledger, campaign) = (found.ledger, found.campaign.id);
    ledger.each_fact(campaign, since, found.zone(), &mut |fact| stats.add(fact))?;
    let (leads, reached) = ledger.leads_reached(campaign, since)?;
    let reached = Reached { leads, reached };
    let limits = limits.judge(&stats);
    if desk.printer.is_json() {
        print_json(&stats, (reached, limits.json()), &found, desk)?;
    } else {
        print_text(&stats, reached, (&found, since.is_some()), desk)?;
        limits.print(desk.printer)?;
    }
    Ok(limits.status())
}

fn print_json(
    stats: &CampaignStats,
    (reached, limits): (Reached, serde_json::Value),
    found: &FoundCampaign<'_>,
    desk: &Desk<'_>,
) -> anyhow::Result<()> {
    let time = |at: Timestamp| written::rfc3339(at, found.zone());
    let group = |key: serde_json::Value, tally: &Tally| Group {
        key,
        calls: TallyReport::of(tally),
    };
    let hours = stats.by_hour.iter();
    let hours: Vec<_> = hours
        .map(|(hour, tally)| group(serde_json::json!({ "hour": hour }), tally))
        .collect();
    let callers = stats.by_caller_id.iter();
    let callers: Vec<_> = callers
        .map(|(caller_id, tally)| group(serde_json::json!({ "caller_id": caller_id }), tally))
        .collect();
    let ordinals = stats.by_attempt.iter();
    let ordinals: Vec<_> = ordinals
        .map(|(ordinal, tally)| group(serde_json::json!({ "ordinal": ordinal }), tally))
        .collect();
    let counts = |counts: Vec<(&str, u64)>| -> serde_json::Map<String, serde_json::Value> {
        let counts = counts.into_iter();
        counts
            .map(|(word, count)| (word.to_owned(), count.into()))
            .collect()
    };
    let dispositions = stats.by_disposition.iter();
    let dispositions = counts(dispositions.map(|(word, n)| (word.as_str(), *n)).collect());
    let outcomes = stats.by_outcome.iter();
    let outcomes = counts(outcomes.map(|(word, n)| (word.as_str(), *n)).collect());
    let body = serde_json::json!({
        "campaign": found.name(), "rehearsal": found.rehearsal,
        "first_at": stats.span.map(|(first, _)| time(first)),
        "last_at": stats.span.map(|(_, last)| time(last)),
        "leads_rung": reached.leads, "leads_reached": reached.reached,
        "currency": found.settings.tariff.currency,
        "dispositions": dispositions, "outcomes": outcomes,
        "sound": sound_json(&stats.sound), "limits": limits,
        "by_hour": hours, "by_caller_id": callers, "by_attempt": ordinals,
    });
    let report = Group {
        key: body,
        calls: TallyReport::of(&stats.all),
    };
    desk.printer
        .json(&Envelope::new("novodial.campaign_stats/1", report))
}

/// Where nothing is to be told.
fn nothing(since: bool) -> &'static str {
    if since {
        "no call has ended since then"
    } else {
        "no call has ended yet"
    }
}

fn print_text(
    stats: &CampaignStats,
    reached: Reached,
    (found, since): (&FoundCampaign<'_>, bool),
    desk: &Desk<'_>,
) -> anyhow::Result<()> {
    let printer = desk.printer;
    let title = format!("Campaign {}", found.name());
    printer.data(&printer.paint(Paint::Strong, &title))?;
    let Some((first, last)) = stats.span else {
        printer.message(nothing(since));
        return Ok(());
    };
    let zone = found.zone();
    let all = &stats.all;
    let fact = |name: &str, text: &str| printer.data(&format!("  {name:<22}{text}"));
    let (first, last) = (written::moment(first, zone), written::moment(last, zone));
    fact(
        "calls",
        &format!("{} dialled, from {first} to {last}", all.dialled),
    )?;
    let share = Rate {
        times: reached.reached,
        of: reached.leads,
    };
    fact(
        "leads reached",
        &format!(
            "{} of {} rung, {}",
            reached.reached,
            reached.leads,
            banded(share)
        ),
    )?;
    fact("answer-seizure ratio", &banded(all.answer_seizure()))?;
    fact("contact rate", &banded(all.contact()))?;
    fact("attempts per contact", &per_contact(all))?;
    fact("average call", &average(all))?;
    if all.dropped > 0 {
        fact("dropped", &banded(all.drop_rate()))?;
    }
    for (name, text) in sound_lines(&stats.sound) {
        fact(name, &text)?;
    }
    if let Some(cost) = all.cost.filter(|cost| cost.0 > 0) {
        let currency = &found.settings.tariff.currency;
        fact("cost", &format!("{cost} {}", plain(currency)))?;
    }
    let hours = stats.by_hour.iter();
    groups(
        "hour",
        hours.map(|(hour, tally)| (format!("{hour:02}:00"), tally)),
        desk,
    )?;
    let callers = stats.by_caller_id.iter().map(|(caller, tally)| {
        (
            caller.clone().unwrap_or_else(|| "(the trunk's)".to_owned()),
            tally,
        )
    });
    groups("caller id", callers, desk)?;
    let ordinals = stats.by_attempt.iter();
    groups(
        "attempt",
        ordinals.map(|(ordinal, tally)| (ordinal.to_string(), tally)),
        desk,
    )
}

fn groups<'a>(
    heading: &str,
    groups: impl Iterator<Item = (String, &'a Tally)>,
    desk: &Desk<'_>,
) -> anyhow::Result<()> {
    let mut table = Table::new([
        heading,
        "dialled",
        "answered",
        "contacts",
        "contact rate",
        "average call",
        "per contact",
    ]);
    for (key, tally) in groups {
        table.row([
            key,
            tally.dialled.to_string(),
            tally.answer_seizure().times.to_string(),
            tally.contacts.to_string(),
            banded(tally.contact()),
            average(tally),
            per_contact(tally),
        ]);
    }
    desk.printer.data("")?;
    desk.printer.table(table)
}

/// `23.5 % (18.2 to 29.9)`
fn banded(rate: Rate) -> String {
    let Some(value) = rate.value() else {
        return "-".to_owned();
    };
    let (low, high) = rate.band();
    let percent = |share: f64| share * 100.0;
    format!(
        "{:.1} % ({:.1} to {:.1})",
        percent(value),
        percent(low),
        percent(high)
    )
}

fn average(tally: &Tally) -> String {
    tally
        .average_talk_ms()
        .map_or_else(|| "-".to_owned(), written::seconds)
}

fn per_contact(tally: &Tally) -> String {
    let attempts = tally.attempts_per_contact();
    attempts.map_or_else(|| "-".to_owned(), |attempts| format!("{attempts:.1}"))
}
