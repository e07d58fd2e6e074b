//! `novodial novofon reconcile`: the provider's calls and charges beside our attempts.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;

use super::reconcile_report::{Report, Sides};
use super::{check, data_api, provider};
use crate::campaign::{AttemptId, Money};
use crate::cli::NovoFonReconcileArgs;
use crate::commands::Desk;
use crate::line::Disposition;
use crate::novofon::{NovoFon, Window, our_line};
use crate::output::ExitStatus;
use crate::report::ProviderLeg;
use crate::report::reconcile::{self, Reconciliation, Spent};
use crate::settings::Settings;
use crate::store::{AttemptToReconcile, Ledger};

/// Calls of the provider are looked for this long before the first attempt and after the last: its
/// clock may be off by as much.
const AROUND: SignedDuration = SignedDuration::from_mins(10);

pub(super) fn reconcile(
    arguments: &NovoFonReconcileArgs,
    desk: &Desk<'_>,
) -> anyhow::Result<ExitStatus> {
    let settings = desk.settings()?;
    let provider = provider(&settings)?;
    let ledger = desk.ledger(&settings)?;
    let campaign = ledger.campaign(&arguments.campaign)?;
    let Some((first, last)) = ledger.dialled_span(campaign.id)? else {
        let name = &campaign.name;
        desk.printer
            .message(&format!("nobody of the campaign `{name}` was rung yet"));
        return Ok(ExitStatus::Success);
    };
    let window = Window {
        from: first.saturating_sub(AROUND)?,
        till: last.saturating_add(AROUND)?,
    };
    let (legs, shown) = desk.block_on(told(&provider, window, &settings))?;
    // Attempts at the edges belong to calls at the edges, whatever their campaign.
    let attempts = ledger.dialled_between(
        window.from.saturating_sub(AROUND)?,
        window.till.saturating_add(AROUND)?,
    )?;
    let rung: Vec<_> = attempts
        .iter()
        .map(|attempt| attempt.rung.clone())
        .collect();
    let found = reconcile::reconcile(&rung, &reconcile::calls(&legs), &shown);
    let recorded = record(&legs, &found, &ledger)?;
    let ours: BTreeMap<AttemptId, &AttemptToReconcile> = attempts
        .iter()
        .filter(|attempt| attempt.campaign == Some(campaign.id))
        .map(|attempt| (attempt.rung.id, attempt))
        .collect();
    let report = Report {
        campaign: &campaign.name,
        sides: Sides::of(&found, &ours),
        spent: spent(&found, &ours),
        recorded,
    };
    report.print(arguments.unmatched, &settings, desk)?;
    Ok(if report.sides.is_whole() {
        ExitStatus::Success
    } else {
        ExitStatus::No
    })
}

/// The legs of the time, and the number that our line shows in place of others.
async fn told(
    provider: &NovoFon,
    window: Window,
    settings: &Settings,
) -> anyhow::Result<(Vec<ProviderLeg>, BTreeSet<String>)> {
    let (None, Some(user)) = (&provider.data, &provider.user) else {
        let data = data_api(provider)?;
        let lines = data.sip_lines().await?;
        let line = our_line(&lines, &check::plan(settings));
        let shown = line.and_then(|line| reconcile::number(line.caller_id.as_deref()?));
        return Ok((data.legs(window).await?, shown.into_iter().collect()));
    };
    Ok((user.legs(window).await?, BTreeSet::new()))
}

/// Keeps what was charged, and what is matched; calls of others that cost nothing are not ours to
/// keep.
fn record(
    legs: &[ProviderLeg],
    found: &Reconciliation,
    ledger: &Ledger,
) -> anyhow::Result<crate::store::ChargesRecorded> {
    let pairs = found.pairs.iter();
    let attempt_of: BTreeMap<&str, AttemptId> = pairs
        .flat_map(|(attempt, call)| call.legs.iter().map(|leg| (leg.as_str(), *attempt)))
        .collect();
    let kept = legs
        .iter()
        .map(|leg| (leg.clone(), attempt_of.get(leg.id.as_str()).copied()));
    let kept: Vec<_> = kept
        .filter(|(leg, attempt)| leg.charge.is_some() || attempt.is_some())
        .collect();
    Ok(ledger.record_charges(&kept)?)
}

fn spent(found: &Reconciliation, ours: &BTreeMap<AttemptId, &AttemptToReconcile>) -> Spent {
    let of_campaign = found.pairs.iter().filter_map(|(id, call)| {
        let attempt = ours.get(id)?;
        let ended = attempt.disposition.map_or("unknown", Disposition::as_str);
        let outcome = attempt.outcome.as_deref().unwrap_or(ended);
        let answered = attempt.disposition == Some(Disposition::Answered);
        let cost = call.charge.unwrap_or(Money(0));
        Some((outcome.to_owned(), answered, cost))
    });
    Spent::of(of_campaign)
}
