//! `novodial campaign add`: a lead list into the ledger, for a run to come.

use std::sync::Arc;

use super::intake;
use super::list_report::{misspelt, misspelt_json, tell_misspelt};
use super::list_scenario::{Brings, scenario_of};
use super::source::{ListRules, Source};
use crate::cli::CampaignAddArgs;
use crate::commands::{Desk, scenario};
use crate::driver;
use crate::output::{Envelope, ExitStatus};
use crate::settings::OwnSetting;

pub(in crate::commands) fn add(
    arguments: &CampaignAddArgs,
    desk: &Desk<'_>,
) -> anyhow::Result<ExitStatus> {
    let own = desk.own_settings(&arguments.policy)?;
    let settings = desk.settings_of(&own, &[], Vec::new())?;
    let source = Source::new(&arguments.leads, desk);
    let name = source.campaign(arguments.campaign.as_deref())?;
    let ledger = desk.ledger(&settings)?;
    let rules = ListRules {
        number_column: arguments.phone_column.as_deref(),
        numbers: &settings.policy.numbers,
        numbering: Arc::new(ledger.numbering()?),
    };
    let scenario = arguments.scenario.as_deref();
    let scenario = scenario.map(|path| scenario::to_keep(path, desk));
    let campaign =
        ledger.open_campaign(&name, &source.kept(), scenario.as_deref(), driver::now())?;
    ledger.set_campaign_settings(campaign.id, &OwnSetting::keep(&campaign.settings, &own))?;
    let policy = &settings.policy.leads;
    let intake = intake::import(&source, &rules, (&campaign, policy), &ledger, desk)?;
    let brings = Brings::of(&intake.list);
    let named = arguments.scenario.as_deref();
    let scenario = named
        .map(|path| scenario_of(Some(path), &brings, &settings, desk))
        .transpose()?;
    intake.tell(&campaign.name, desk);
    let misspelt = misspelt(&brings.misspelt, &brings.variables, scenario.as_deref());
    if scenario.is_none() {
        tell_misspelt(&misspelt, desk);
    }
    if desk.printer.is_json() {
        let done = &intake.imported;
        let body = serde_json::json!({
            "campaign": campaign.name, "added": done.added, "updated": done.updated,
            "unchanged": done.unchanged, "repeats": done.repeats.len(),
            "rejected": intake.list.rejected_count,
            "misspelt": misspelt_json(&misspelt),
            "rejected_file": intake.rejected_file.as_ref().map(|path| path.display().to_string()),
        });
        desk.printer
            .json(&Envelope::new("novodial.campaign_add/1", body))?;
    }
    Ok(if intake.list.rejected_count == 0 {
        ExitStatus::Success
    } else {
        ExitStatus::No
    })
}
