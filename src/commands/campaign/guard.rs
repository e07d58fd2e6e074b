//! What stands between a campaign and the first call: the preset, and whoever overrides it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use super::super::written;
use crate::campaign::{Preset, Refusal};
use crate::commands::{Desk, talk_plan};
use crate::dialogue::{Scenario, discloses};
use crate::driver;
use crate::output::{ExitStatus, UserError};
use crate::settings::Settings;
use crate::store::{Campaign, Ledger};

/// What a preset refused and a person allowed.
#[derive(Debug)]
pub(super) struct Overridden {
    refusals: Vec<Refusal>,
    reason: String,
}

/// Scenarios that leads have for themselves, by their names in the list.
pub(super) type OwnScenarios = BTreeMap<String, Arc<Scenario>>;

/// Asks the preset about a campaign: its scenario, where there is one yet, and those that leads
/// have for themselves.
///
/// # Errors
/// It refuses, and nobody gave a reason why that does not apply.
pub(super) fn guard(
    settings: &Settings,
    (scenario, own): (Option<&Scenario>, &OwnScenarios),
    desk: &Desk<'_>,
) -> anyhow::Result<Option<Overridden>> {
    let policy = &settings.policy;
    if settings.rehearsal {
        return Ok(None);
    }
    warn_of_calendar(settings, desk);
    if let Some(warning) = nights(settings) {
        desk.printer.warning(&warning);
    }
    if let Some(preset) = &policy.preset {
        for note in preset.notes(policy.purpose) {
            desk.printer
                .message(&format!("preset {}: {note}", preset.name()));
        }
    }
    let of_own = own
        .iter()
        .flat_map(|(name, scenario)| refusals_of_own(settings, name, scenario));
    let mut refusals = policy.refusals(scenario.is_none_or(discloses));
    refusals.extend(of_own);
    if refusals.is_empty() {
        return Ok(None);
    }
    let Some(reason) = policy.override_reason.clone() else {
        return Err(refused(&refusals, settings).into());
    };
    for refusal in &refusals {
        desk.printer.warning(&format!("overridden: {refusal}"));
    }
    Ok(Some(Overridden { refusals, reason }))
}

/// What the preset does not allow of a scenario that leads have for themselves, beyond what it says
/// of the settings. Nothing in a rehearsal, which rings nobody.
fn refusals_of_own(settings: &Settings, name: &str, scenario: &Scenario) -> Vec<Refusal> {
    if settings.rehearsal || discloses(scenario) {
        return Vec::new();
    }
    let of_all = settings.policy.refusals(true);
    let refusals = settings.policy.refusals(false).into_iter();
    refusals
        .filter(|refusal| !of_all.contains(refusal))
        .map(|refusal| Refusal {
            what: format!("for the leads with `{name}`, {}", refusal.what),
            ..refusal
        })
        .collect()
}

/// Asks the preset about a scenario that a lead names who came while the campaign was run.
///
/// # Errors
/// It refuses, and nobody gave a reason why that does not apply: what it says.
pub(super) fn allow_late(
    settings: &Settings,
    name: &str,
    scenario: &Scenario,
) -> Result<(), String> {
    let refusals = refusals_of_own(settings, name, scenario);
    if refusals.is_empty() {
        return Ok(());
    }
    let each: Vec<String> = refusals.iter().map(ToString::to_string).collect();
    let each = each.join("; ");
    if settings.policy.override_reason.is_none() {
        return Err(each);
    }
    tracing::warn!("overridden: {each}");
    Ok(())
}

/// Reads the scenarios that leads have for themselves; each must be sound. `given` are the variables
/// that every lead brings.
///
/// # Errors
/// One of them cannot be read, or a call must not be placed with it.
pub(super) fn own_scenarios(
    names: BTreeSet<String>,
    given: &BTreeSet<String>,
    settings: &Settings,
    desk: &Desk<'_>,
) -> anyhow::Result<OwnScenarios> {
    let read = |name: String| {
        let (shown, scenario) = talk_plan::read(Some(Path::new(&name)), settings, desk)?;
        let scenario = talk_plan::judge((&shown, scenario), given, settings, desk)?;
        Ok((name, scenario))
    };
    names.into_iter().map(read).collect()
}

fn refused(refusals: &[Refusal], settings: &Settings) -> UserError {
    let who = match &settings.policy.preset {
        Some(preset) => format!("the preset {}", preset.name()),
        None => "the policy".to_owned(),
    };
    let purpose = settings.policy.purpose.as_str();
    let each: Vec<String> = refusals.iter().map(ToString::to_string).collect();
    let hints: Vec<&str> = refusals
        .iter()
        .map(|refusal| refusal.hint.as_str())
        .collect();
    let message = format!("{who} refuses these calls ({purpose}): {}", each.join("; "));
    UserError::new(ExitStatus::Invalid, "policy_refused", message).hint(format!(
        "{}; or say why it does not apply: --override WHY (kept in the history)",
        hints.join("; ")
    ))
}

/// What to say of calling hours that go over midnight: nobody means to ring people in their sleep.
pub(in crate::commands) fn nights(settings: &Settings) -> Option<String> {
    let hours = &settings.policy.leads.window.hours;
    let swapped = hours.swapped()?;
    Some(format!(
        "the calling hours {hours} go over midnight: people are rung at night (swapped? write {swapped})"
    ))
}

/// A calendar that ends is a trap: the days after it look like any others.
fn warn_of_calendar(settings: &Settings, desk: &Desk<'_>) {
    let zone = &settings.policy.default_timezone;
    let year = driver::now().to_zoned(zone.clone()).year();
    if let Some(calendar) = &settings.policy.leads.window.holidays
        && !calendar.covers(year)
    {
        let name = calendar.name();
        desk.printer.warning(&format!(
            "the calendar of holidays `{name}` does not know {year}: only the fixed days are off"
        ));
    }
}

impl Overridden {
    /// Writes what was overridden, and why, into the history of the campaign.
    pub(super) fn record(
        &self,
        campaign: &Campaign,
        settings: &Settings,
        ledger: &Ledger,
    ) -> anyhow::Result<()> {
        let refused: Vec<String> = self.refusals.iter().map(ToString::to_string).collect();
        let now = driver::now();
        let detail = serde_json::json!({
            "preset": settings.policy.preset.as_ref().map(Preset::name),
            "purpose": settings.policy.purpose.as_str(),
            "reason": self.reason,
            "refused": refused,
            "at": written::rfc3339(now, &settings.policy.default_timezone),
        });
        ledger.record_decision(campaign.id, now, "override", &detail)?;
        Ok(())
    }
}
