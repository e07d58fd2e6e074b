//! `novodial campaign add`: a lead list into the ledger, for a run to come.

use std::path::Path;
use std::sync::Arc;

use super::first_look::{FirstLook, tell_of_the_kept};
use super::intake;
use super::list_report::{misspelt, misspelt_json, tell_misspelt};
use super::list_scenario::{Brings, scenario_of};
use super::other_list;
use super::source::{ListRules, Source};
use crate::cli::CampaignAddArgs;
use crate::commands::{Desk, scenario, talk_plan};
use crate::dialogue::Scenario;
use crate::output::{Envelope, ExitStatus};
use crate::settings::{OwnSetting, Settings};

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
    let named = arguments.scenario.as_deref();
    let mut scenario = named
        .map(|named| before(named, (&source, &rules), &settings, desk))
        .transpose()?
        .flatten();
    // A list that cannot be read makes no campaign.
    source.peek(&rules)?;
    let keep = named.map(|path| scenario::to_keep(path, desk));
    let named_so = (name.as_str(), arguments.campaign.is_some());
    let campaign = other_list::open(named_so, (&source, keep.as_deref()), &ledger, desk)?;
    ledger.set_campaign_settings(campaign.id, &OwnSetting::keep(&campaign.settings, &own))?;
    let policy = &settings.policy.leads;
    let intake = intake::import(&source, &rules, (&campaign, policy), &ledger, desk)?;
    other_list::keep_titles(&campaign, &source, &ledger)?;
    intake.tell(&campaign.name, desk);
    let brings = Brings::of(&intake.list);
    if let Some(named) = named.filter(|_| scenario.is_none()) {
        let read = scenario_of(Some(named), &brings, &settings, desk);
        scenario = Some(read.inspect_err(|_| {
            tell_of_the_kept(source.shown(), &campaign.name, desk);
        })?);
    }
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

/// Reads the scenario, and holds the list against it where that can be read again, before anything
/// is written; `None`: the list is not looked at yet.
///
/// # Errors
/// The scenario is wrong, or rows lack what it says.
fn before(
    named: &Path,
    (source, rules): (&Source, &ListRules<'_>),
    settings: &Settings,
    desk: &Desk<'_>,
) -> anyhow::Result<Option<Arc<Scenario>>> {
    let Some(look) = FirstLook::at(source, rules)? else {
        talk_plan::read(Some(named), settings, desk)?;
        return Ok(None);
    };
    look.scenario(Some(named), settings, desk).map(Some)
}
