//! Why leads are refused, in the summaries of runs and dry runs: the reasons, the most frequent one
//! first, and where each lead's is told.

use crate::commands::history::campaign_name;
use crate::commands::written::shell_word;
use crate::driver;
use crate::settings::Settings;
use crate::store::{Campaign, Ledger};

/// More reasons than this are not told.
const REASONS: usize = 3;

/// `refused: 5 no consent to such calls (column consent); each: novodial campaign leads …`; nothing
/// where nobody is.
///
/// # Errors
/// The ledger cannot be read.
pub(super) fn line(
    campaign: &Campaign,
    settings: &Settings,
    ledger: &Ledger,
) -> anyhow::Result<Option<String>> {
    let groups = ledger.refused_by_reason(campaign.id)?;
    let mut reasons = Vec::new();
    for (one, count) in groups.iter().take(REASONS) {
        if let Some(view) = ledger.lead(*one, &settings.policy.leads, driver::now())? {
            reasons.push(format!("{count} {}", view.verdict));
        }
    }
    if reasons.is_empty() {
        return Ok(None);
    }
    let others = if groups.len() > REASONS { "; …" } else { "" };
    let name = campaign_name(&campaign.name, settings.rehearsal);
    Ok(Some(format!(
        "refused: {}{others}; each of them: novodial campaign leads {} --state refused",
        reasons.join("; "),
        shell_word(&name)
    )))
}
