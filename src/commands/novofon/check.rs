//! `novodial novofon check`, its lines for `doctor`, and the channels of the line for a campaign.

use std::time::Duration;

use super::provider;
use crate::commands::{Desk, check_lines as told};
use crate::novofon::{self, ProviderPlan};
use crate::output::ExitStatus;
use crate::report::CheckLine;
use crate::settings::Settings;

/// How long a campaign waits to learn how many calls the line carries.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) fn check(desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    let settings = desk.settings()?;
    let lines = desk.block_on(async { Ok(check_lines(&settings).await) })?;
    let schemas = ("novodial.novofon_check/1", "novodial.novofon_check_line/1");
    let also = serde_json::json!({ "keys": settings.novofon.is_set() });
    told::report(&lines, schemas, also, desk.printer)
}

/// Everything that the provider can tell; keys that cannot be read are a line as well.
pub(in crate::commands) async fn check_lines(settings: &Settings) -> Vec<CheckLine> {
    match provider(settings) {
        Ok(provider) => novofon::check(&provider, &plan(settings)).await,
        Err(error) => {
            let hint = "see [novofon] in novodial.toml, or the variables NOVODIAL_NOVOFON_...";
            vec![CheckLine::failure("keys", format!("{error:#}"), hint)]
        }
    }
}

/// What of our settings the provider is to bear out.
pub(super) fn plan(settings: &Settings) -> ProviderPlan {
    let campaign = &settings.campaign;
    let rotated = campaign.pacing.caller_ids.iter();
    let mut caller_ids: Vec<String> = rotated.map(|caller_id| caller_id.number.clone()).collect();
    if caller_ids.is_empty() {
        caller_ids.extend(settings.asterisk.caller_id.clone());
    }
    ProviderPlan {
        line: settings.novofon.line.clone(),
        caller_ids,
        max_calls: campaign.max_calls_set.then_some(campaign.max_calls),
    }
}

/// How many calls at once our line carries, and its login; `None` if the provider cannot be asked
/// or does not tell.
///
/// # Errors
/// Why it does not answer, in one line for a warning.
pub(in crate::commands) async fn channels(
    settings: &Settings,
) -> Result<Option<(String, u32)>, String> {
    if !settings.novofon.is_set() {
        return Ok(None);
    }
    let asking = async {
        let provider = provider(settings)?;
        let Some(data) = &provider.data else {
            return anyhow::Ok(None);
        };
        let lines = data.sip_lines().await?;
        let line = novofon::our_line(&lines, &plan(settings));
        Ok(line.and_then(|line| Some((line.login.clone(), line.channels?))))
    };
    match tokio::time::timeout(PATIENCE, asking).await {
        Ok(told) => told.map_err(|error| format!("{error:#}")),
        Err(_) => Err("NovoFon does not answer in time".to_owned()),
    }
}
