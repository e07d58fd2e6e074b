//! The summary of a run.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::pause_report;
use super::run_end::{Left, reason};
use crate::campaign::RunId;
use crate::commands::written::{counted, shell_word};
use crate::commands::{Desk, history, written};
use crate::driver::{self, CampaignEnd};
use crate::line::Disposition;
use crate::output::{Envelope, Paint, Printer, Table};
use crate::report::Percentiles;
use crate::settings::Settings;
use crate::store::{CallFilter, Campaign, LeadCounts, Ledger};

/// Which run of which campaign is told of.
#[derive(Debug)]
pub(super) struct RunCampaign<'a> {
    pub(super) campaign: &'a Campaign,
    pub(super) run: RunId,
    pub(super) settings: &'a Settings,
}

/// The summary of a run: by disposition and outcome, what is left, how long callees waited.
pub(super) fn print_end(
    told: &RunCampaign<'_>,
    (end, left): (&CampaignEnd, &Left),
    ledger: &Ledger,
    desk: &Desk<'_>,
) -> anyhow::Result<()> {
    let printer = desk.printer;
    let (campaign, run, rehearsal) = (told.campaign, told.run, told.settings.rehearsal);
    let name = history::campaign_name(&campaign.name, rehearsal);
    let rows = ledger.summary(Some(campaign.id), Some(run))?;
    let aside = left.aside;
    let refused = left.refused.as_deref();
    let (counts, zone) = (left.counts, &told.settings.policy.default_timezone);
    let next_due = left.next_due.filter(|_| counts.left() > 0);
    let waits = Percentiles::of(ledger.latencies(Some(campaign.id), Some(run))?);
    let left = counts.left();
    if printer.is_json() {
        let attempts: Vec<_> = rows
            .iter()
            .map(|row| {
                serde_json::json!({ "disposition": row.disposition.as_str(), "outcome": row.outcome,
                                    "count": row.count })
            })
            .collect();
        let at = written::rfc3339(driver::now(), zone);
        let priced = told.settings.tariff.is_set();
        let cost = priced.then(|| end.cost.amount());
        let body = serde_json::json!({
            "event": "summary", "at": at, "run": run.0, "campaign": name, "rehearsal": rehearsal, "calls": end.calls, "reason": reason(end),
            "done": counts.done, "left": left, "forbidden": counts.forbidden,
            "exhausted": counts.exhausted, "refused": counts.refused, "aside": aside,
            "next_due": next_due.map(|at| written::rfc3339(at, zone)), "cost": cost,
            "dropped": end.dropped, "pauses": pause_report::pauses(end),
            "attempts": attempts, "latency_p50_ms": waits.map(|w| w.p50), "latency_p95_ms": waits.map(|w| w.p95),
        });
        return printer.json(&Envelope::new("novodial.campaign_run/1", body));
    }
    let mut table = Table::new(["calls", "disposition", "outcome"]);
    for row in &rows {
        let outcome = row.outcome.clone().unwrap_or_default();
        table.row([row.count.to_string(), row.disposition.to_string(), outcome]);
    }
    if !rows.is_empty() {
        printer.table(table)?;
    }
    printer.data(&printer.paint(
        Paint::Strong,
        &title(end.calls, (&counts, aside), rehearsal),
    ))?;
    let put_aside = (aside > 0).then(|| why_aside(&name));
    for line in put_aside.as_deref().into_iter().chain(refused) {
        printer.data(line)?;
    }
    if let Some(at) = next_due {
        let due = (at, driver::now());
        printer.data(&goes_on(campaign, rehearsal, due, zone))?;
    }
    if end.cost.0 > 0 {
        let currency = &told.settings.tariff.currency;
        printer.data(&format!("the calls cost {} {currency}", end.cost))?;
    }
    for line in pause_report::lines(end) {
        printer.data(&line)?;
    }
    if rehearsal {
        hint(campaign, ledger, printer)?;
    }
    waits.map_or(Ok(()), |waits| printer.data(&waited(waits)))
}

fn waited(waits: Percentiles) -> String {
    let (p50, p95) = (waits.p50, waits.p95);
    format!("callees waited {p50} ms for our answer (median), 95 of 100 at most {p95} ms")
}

/// `26 calls, 10 leads done, 4 left, 1 on the do-not-call list`: every lead is told of.
fn title(calls: u64, (counts, aside): (&LeadCounts, u64), rehearsal: bool) -> String {
    let rehearsed = if rehearsal { "rehearsed: " } else { "" };
    let (done, left) = (counts.done, counts.left());
    let others = [
        (aside, "put aside unrung"),
        (counts.forbidden, "on the do-not-call list"),
        (counts.exhausted, "rung as often as the policy allows"),
        (
            counts.refused.saturating_sub(aside),
            "refused by the policy or the list",
        ),
    ];
    let others = others.iter().filter(|(count, _)| *count > 0);
    let others: Vec<String> = others
        .map(|(count, why)| format!(", {count} {why}"))
        .collect();
    format!(
        "{rehearsed}{}, {} done, {left} left{}",
        counted(calls, "call"),
        counted(done, "lead"),
        others.concat()
    )
}

/// What becomes of leads that were put aside, and where it stands why they were.
fn why_aside(name: &str) -> String {
    let name = shell_word(name);
    format!(
        "whoever was put aside is tried by the next run; why: novodial campaign leads {name} --state refused"
    )
}

/// How those who are left are gone on with: when the next of them is due, or that one is now.
fn goes_on(
    campaign: &Campaign,
    rehearsal: bool,
    (at, now): (Timestamp, Timestamp),
    zone: &TimeZone,
) -> String {
    let name = shell_word(&campaign.name);
    let command = if rehearsal {
        again(campaign, &name)
    } else {
        format!("novodial campaign run {name}")
    };
    if at <= now {
        return format!("the next is due now: {command} goes on");
    }
    let at = written::moment(at, zone);
    if rehearsal {
        format!("the next is due {at}, and a rehearsal does not wait: {command} goes on then")
    } else {
        format!("the next is due {at}: {command} goes on then")
    }
}

/// How a rehearsal is gone on with: with its list, and with its name where the list has another.
fn again(campaign: &Campaign, name: &str) -> String {
    let source = std::path::Path::new(&campaign.source);
    let (list, stem, from) = if campaign.source == "-" {
        ("-".to_owned(), None, " < LIST")
    } else {
        (shell_word(&campaign.source), source.file_stem(), "")
    };
    let named = if stem.is_some_and(|stem| stem == campaign.name.as_str()) {
        String::new()
    } else {
        format!(" --campaign {name}")
    };
    format!("novodial campaign run {list}{named} --rehearse --continue{from}")
}

/// Where what was said can be read and heard.
fn hint(campaign: &Campaign, ledger: &Ledger, printer: &Printer) -> anyhow::Result<()> {
    let filter = CallFilter {
        disposition: Some(Disposition::Answered),
        campaign: Some(campaign.name.clone()),
        limit: Some(1),
        ..CallFilter::default()
    };
    if let Some(call) = ledger.calls(&filter)?.first() {
        let id = history::id(call.attempt, true);
        let recorded = call.recording.as_deref();
        let folder = recorded.and_then(std::path::Path::parent);
        let heard = folder.map_or_else(String::new, |folder| {
            format!("; the recordings are in {}", folder.display())
        });
        printer.message(&format!("to read a talk: novodial calls show {id}{heard}"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::CampaignId;
    use crate::store::CampaignState;

    fn campaign(name: &str, source: &str) -> Campaign {
        Campaign {
            id: CampaignId(1),
            name: name.to_owned(),
            source: source.to_owned(),
            scenario: None,
            created_at: Timestamp::UNIX_EPOCH,
            state: CampaignState::Open,
            titles: Vec::new(),
            settings: serde_json::Value::Null,
        }
    }

    #[test]
    fn it_is_told_when_and_how_a_campaign_goes_on() {
        let now: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        let told = |rehearsal, at: &str| {
            goes_on(
                &campaign("spring", "/lists/spring.csv"),
                rehearsal,
                (at.parse().unwrap(), now),
                &TimeZone::UTC,
            )
        };
        let (due, later) = ("2026-11-20T12:00:00Z", "2026-11-21T09:00:00Z");
        assert_eq!(
            told(false, due),
            "the next is due now: novodial campaign run spring goes on"
        );
        let rehearsed = "novodial campaign run /lists/spring.csv --rehearse --continue goes on";
        assert_eq!(told(true, due), format!("the next is due now: {rehearsed}"));
        assert!(told(false, later).contains("2026-11-21 09:00:00 UTC"));
        assert!(told(true, later).ends_with(&format!("does not wait: {rehearsed} then")));
    }

    #[test]
    fn a_rehearsal_goes_on_under_its_own_name_and_with_its_own_list() {
        let told = |name, source| {
            let campaign = campaign(name, source);
            again(&campaign, &shell_word(name))
        };
        assert_eq!(
            told("april", "/lists/spring.csv"),
            "novodial campaign run /lists/spring.csv --campaign april --rehearse --continue"
        );
        assert_eq!(
            told("my list", "/my lists/my list.csv"),
            "novodial campaign run '/my lists/my list.csv' --rehearse --continue"
        );
        assert_eq!(
            told("live", "-"),
            "novodial campaign run - --campaign live --rehearse --continue < LIST"
        );
    }

    #[test]
    fn every_lead_is_told_of_once() {
        let counts = LeadCounts {
            done: 1,
            refused: 3,
            ..LeadCounts::default()
        };
        assert_eq!(
            title(1, (&counts, 2), false),
            "1 call, 1 lead done, 0 left, 2 put aside unrung, 1 refused by the policy or the list"
        );
        assert_eq!(
            title(1, (&counts, 0), false),
            "1 call, 1 lead done, 0 left, 3 refused by the policy or the list"
        );
    }
}
