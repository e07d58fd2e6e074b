//! How a run may not begin, and how it ends: what is left, when the next lead is due, the exit code.

use jiff::Timestamp;

use super::refused;
use crate::campaign::DrainReason;
use crate::commands::{Desk, history, talk_plan, written};
use crate::driver::{self, CampaignEnd, Halt};
use crate::output::{Envelope, ExitStatus, Format, UserError, plain};
use crate::settings::Settings;
use crate::store::{Campaign, CampaignState, LeadCounts, Ledger};

/// What a run leaves for another.
#[derive(Debug)]
pub(super) struct Left {
    /// How the leads stand.
    pub(super) counts: LeadCounts,
    /// Those of the refused whom the run put aside unrung, for want of a value or of words: the next
    /// run tries them again.
    pub(super) aside: u64,
    /// Why the others of them are refused, in words.
    pub(super) refused: Option<String>,
    /// When the next of them is due.
    pub(super) next_due: Option<Timestamp>,
}

/// What is left of a campaign now.
///
/// # Errors
/// The ledger cannot be read.
pub(super) fn left(
    campaign: &Campaign,
    settings: &Settings,
    ledger: &Ledger,
) -> anyhow::Result<Left> {
    let policy = &settings.policy.leads;
    Ok(Left {
        counts: ledger.lead_counts(campaign.id)?,
        aside: ledger.leads_aside(campaign.id)?,
        refused: refused::line(campaign, settings, ledger)?,
        next_due: ledger.next_due(campaign.id, policy, driver::now())?,
    })
}

/// The exit code of a run.
///
/// # Errors
/// A fault of the speech service, of Asterisk or of ours that stopped it.
pub(super) fn status(
    end: &CampaignEnd,
    left: &Left,
    stop: &driver::Stop,
    settings: &Settings,
) -> anyhow::Result<ExitStatus> {
    if let Some(error) = &end.speech {
        return Err(error.clone().into());
    }
    if let Some(fault) = &end.fault {
        return Err(
            UserError::new(ExitStatus::Outside, "campaign_fault", fault.clone())
                .hint("see `novodial asterisk check`; run the campaign again to go on")
                .into(),
        );
    }
    if let Some(status) = talk_plan::signal_status(stop) {
        return Ok(status);
    }
    if matches!(end.reason, DrainReason::Breaker(_)) {
        return Ok(ExitStatus::Paused);
    }
    Ok(if left.is_anybody(settings.rehearsal) {
        ExitStatus::No
    } else {
        ExitStatus::Success
    })
}

impl Left {
    /// Whether somebody is left for another run. Nobody will rehearse a list again tomorrow: who is
    /// left for a later hour is done with there.
    fn is_anybody(&self, rehearsal: bool) -> bool {
        let counts = &self.counts;
        let later = if rehearsal { 0 } else { counts.retry };
        counts.new + later + counts.in_call + self.aside > 0
    }
}

/// Why a run ended, in a word.
pub(super) fn reason(end: &CampaignEnd) -> &'static str {
    match (end.halted, end.reason) {
        (Some(Halt::Until), _) => "until",
        (Some(Halt::MaxCost), _) => "max_cost",
        (Some(Halt::Closed(CampaignState::Cancelled)), _) => "cancelled",
        (Some(Halt::Closed(CampaignState::Paused | CampaignState::Open)), _) => "paused",
        (None, DrainReason::Exhausted) => "exhausted",
        (None, DrainReason::Limit) => "limit",
        (None, DrainReason::Stopped) => "stopped",
        (None, DrainReason::Breaker(_)) => "breaker",
    }
}

/// Writes the rules that a run goes by into the history of the campaign.
///
/// # Errors
/// The ledger cannot be written.
pub(super) fn record_rules(
    campaign: &Campaign,
    settings: &Settings,
    ledger: &Ledger,
) -> anyhow::Result<()> {
    let policy = &settings.policy;
    let mut detail = serde_json::json!({
        "preset": policy.preset.as_ref().map(crate::campaign::Preset::name),
        "purpose": policy.purpose.as_str(),
        "hours": policy.leads.window.hours.to_string(),
    });
    // What callees saw beside the number is asked for months later.
    for (name, label) in [
        ("label_text", &policy.label_text),
        ("label_category", &policy.label_category),
    ] {
        if let (Some(label), Some(detail)) = (label, detail.as_object_mut()) {
            detail.insert(name.to_owned(), label.as_str().into());
        }
    }
    Ok(ledger.record_decision(campaign.id, driver::now(), "run", &detail)?)
}

/// A campaign that somebody paused or cancelled is not run.
///
/// # Errors
/// It is paused or cancelled.
pub(super) fn refuse_closed(campaign: &Campaign, rehearsal: bool) -> anyhow::Result<()> {
    let (code, word) = match campaign.state {
        CampaignState::Open => return Ok(()),
        CampaignState::Paused => ("campaign_paused", "paused"),
        CampaignState::Cancelled => ("campaign_cancelled", "cancelled"),
    };
    let name = history::campaign_name(&campaign.name, rehearsal);
    let message = format!("the campaign `{name}` is {word}");
    Err(UserError::new(ExitStatus::No, code, message)
        .hint(format!("to go on with it: novodial campaign resume {name}"))
        .into())
}

/// Nobody was there to be rung; `refused` says why leads are refused, where any are.
///
/// # Errors
/// It cannot be printed.
pub(super) fn nobody_left(
    (campaign, counts): (&Campaign, &LeadCounts),
    refused: Option<&str>,
    settings: &Settings,
    desk: &Desk<'_>,
) -> anyhow::Result<ExitStatus> {
    let rehearsal = settings.rehearsal;
    if desk.printer.format() == Format::Text {
        let parts = [
            (counts.done, "done"),
            (counts.exhausted, "rung as often as the policy allows"),
            (counts.refused, "refused by the policy or the list"),
            (counts.forbidden, "on the do-not-call list"),
        ];
        let parts: Vec<String> = parts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{count} {word}"))
            .collect();
        let why = if parts.is_empty() {
            "it has no leads".to_owned()
        } else {
            parts.join(", ")
        };
        let name = history::campaign_name(&campaign.name, rehearsal);
        desk.printer.data(&format!(
            "nobody is left to ring in campaign {}: {why}",
            plain(&name)
        ))?;
        if let Some(refused) = refused {
            desk.printer.data(refused)?;
        }
    } else {
        let zone = &settings.policy.default_timezone;
        let body = serde_json::json!({
            "event": "summary", "at": written::rfc3339(driver::now(), zone), "run": null,
            "campaign": history::campaign_name(&campaign.name, rehearsal), "rehearsal": rehearsal,
            "calls": 0, "reason": "exhausted", "next_due": null,
            "done": counts.done, "left": 0, "forbidden": counts.forbidden,
            "exhausted": counts.exhausted, "refused": counts.refused, "aside": 0,
        });
        desk.printer
            .json(&Envelope::new("novodial.campaign_run/1", body))?;
    }
    Ok(ExitStatus::Success)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_was_put_aside_unrung_is_left_in_a_rehearsal_too() {
        let left = |counts, aside| Left {
            counts,
            aside,
            refused: None,
            next_due: None,
        };
        let done = LeadCounts {
            done: 3,
            exhausted: 1,
            refused: 2,
            ..LeadCounts::default()
        };
        for rehearsal in [false, true] {
            assert!(!left(done, 0).is_anybody(rehearsal));
            assert!(left(done, 2).is_anybody(rehearsal));
        }
        let later = LeadCounts { retry: 1, ..done };
        assert!(left(later, 0).is_anybody(false) && !left(later, 0).is_anybody(true));
    }
}
