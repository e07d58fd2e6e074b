//! What stands between a campaign and the first call: the preset, and whoever overrides it.

use super::super::written;
use crate::campaign::{Preset, Refusal};
use crate::commands::Desk;
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

/// Asks the preset.
///
/// # Errors
/// It refuses, and nobody gave a reason why that does not apply.
pub(super) fn guard(
    settings: &Settings,
    scenario: &Scenario,
    desk: &Desk<'_>,
) -> anyhow::Result<Option<Overridden>> {
    let policy = &settings.policy;
    if settings.rehearsal {
        return Ok(None);
    }
    warn_of_calendar(settings, desk);
    if let Some(preset) = &policy.preset {
        for note in preset.notes(policy.purpose) {
            desk.printer
                .message(&format!("preset {}: {note}", preset.name()));
        }
    }
    let refusals = policy.refusals(discloses(scenario));
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
