//! What `campaign run` was asked for: which campaign, from which list, with which settings.

use std::path::PathBuf;

use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;

use super::pacing;
use super::source::Source;
use crate::campaign::Money;
use crate::cli::CampaignRunArgs;
use crate::commands::{Desk, rehearsal, scenario};
use crate::driver::{self, Stay};
use crate::output::{ExitStatus, UserError, plain};
use crate::settings::{OwnSetting, Settings, nearest};
use crate::store::{Campaign, StoreError};

/// What a run was asked for.
pub(super) struct Order {
    /// The campaign's name.
    pub(super) name: String,
    /// The list to read; `None`: what is in the ledger is gone on with.
    pub(super) list: Option<Source>,
    /// What the command line sets for the campaign.
    pub(super) own: Vec<OwnSetting>,
    /// The settings, with what the campaign keeps.
    pub(super) settings: Settings,
    /// The scenario that the campaign keeps.
    kept_scenario: Option<PathBuf>,
}

impl Order {
    /// Reads what was typed, and what the campaign keeps.
    ///
    /// # Errors
    /// The settings are wrong, or there is neither a list nor a campaign of that name.
    pub(super) fn read(arguments: &CampaignRunArgs, desk: &Desk<'_>) -> anyhow::Result<Self> {
        let own = desk.own_settings(&arguments.policy)?;
        let load = |own: &[OwnSetting]| {
            rehearsal::settings_of(
                &arguments.rehearsal,
                own,
                pacing::flags(&arguments.pacing),
                desk,
            )
        };
        let settings = load(&own)?;
        let source = Source::new(&arguments.leads, desk);
        let is_list = source.is_there() && !source.is_folder();
        if !is_list && arguments.rehearsal.rehearse {
            return Err(no_callees(arguments, &source).into());
        }
        let name = if is_list {
            source.campaign(arguments.campaign.as_deref())?
        } else {
            arguments.leads.display().to_string()
        };
        let known = known(&name, &settings, desk)?;
        if !is_list && known.is_none() {
            return Err(neither(arguments, (&name, &source), &settings, desk)?.into());
        }
        // A rehearsal that begins anew has nothing to go on with.
        let kept = known.filter(|_| !arguments.rehearsal.rehearse || arguments.rehearsal.go_on);
        let kept_scenario = kept.as_ref().and_then(|campaign| campaign.scenario.clone());
        let settings = match kept {
            None => settings,
            Some(campaign) => {
                let mut all = OwnSetting::kept(&campaign.name, &campaign.settings)?;
                all.extend(own.iter().cloned());
                load(&all)?
            }
        };
        Ok(Self {
            name,
            list: is_list.then_some(source),
            own,
            settings,
            kept_scenario: kept_scenario.as_deref().map(scenario::of_kept),
        })
    }

    /// The scenario to talk along: the one named now, else the one that the campaign keeps. `None`:
    /// that of the folder.
    pub(super) fn scenario(&self, arguments: &CampaignRunArgs) -> Option<PathBuf> {
        let named = arguments.scenario.clone();
        named.or_else(|| self.kept_scenario.clone())
    }

    /// How long the run goes on.
    ///
    /// # Errors
    /// The hour is none, or is over.
    pub(super) fn stay(&self, arguments: &CampaignRunArgs) -> anyhow::Result<Stay> {
        let (now, zone) = (driver::now(), &self.settings.policy.default_timezone);
        let mut stay = if self.settings.rehearsal {
            Stay::rehearsed()
        } else {
            Stay::today(now, zone)
        };
        if arguments.no_wait {
            stay = stay.without_waiting();
        }
        let until = arguments.until.as_deref();
        stay.until = until.map(|text| hour(text, now, zone)).transpose()?;
        Ok(stay)
    }

    /// What the run may cost.
    ///
    /// # Errors
    /// It is no amount, or nothing has a price.
    pub(super) fn max_cost(&self, arguments: &CampaignRunArgs) -> anyhow::Result<Option<Money>> {
        let Some(text) = &arguments.max_cost else {
            return Ok(None);
        };
        let wrong = |message: String| UserError::new(ExitStatus::Usage, "bad_cost", message);
        let Some(amount) = Money::parse(text) else {
            let message = format!("`{}` is no amount of money", plain(text));
            return Err(wrong(message).hint("write it like 500 or 99.50").into());
        };
        if !self.settings.tariff.is_set() {
            let message = "the cost cannot be held: no price is set".to_owned();
            return Err(wrong(message)
                .hint("write what a minute costs into [tariff]: mobile, fixed, prefixes")
                .into());
        }
        Ok(Some(amount))
    }
}

/// The campaign of this name, if there is a ledger that has it.
fn known(name: &str, settings: &Settings, desk: &Desk<'_>) -> anyhow::Result<Option<Campaign>> {
    if !settings.storage.database.exists() {
        return Ok(None);
    }
    match desk.ledger(settings)?.campaign(name) {
        Ok(campaign) => Ok(Some(campaign)),
        Err(StoreError::NoSuchCampaign(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// What was named is no list and no campaign: the nearest name that there is.
fn neither(
    arguments: &CampaignRunArgs,
    (name, source): (&str, &Source),
    settings: &Settings,
    desk: &Desk<'_>,
) -> anyhow::Result<UserError> {
    if is_path(arguments) || source.is_there() {
        return Ok(source.is_no_list());
    }
    let mut names = Vec::new();
    if settings.storage.database.exists() {
        let campaigns = desk.ledger(settings)?.campaigns()?;
        names.extend(campaigns.into_iter().map(|campaign| campaign.name));
    }
    let message = format!("`{}` is neither a lead list nor a campaign", plain(name));
    let near = nearest(name, names.iter().map(String::as_str));
    let hint = match near {
        Some(near) => format!("write {near}; all of them: novodial campaign list"),
        None => "name a CSV file, or a campaign of `novodial campaign list`".to_owned(),
    };
    Ok(UserError::new(ExitStatus::Invalid, "bad_leads", message).hint(plain(&hint).into_owned()))
}

/// Who has which number in a rehearsal stands in the list.
fn no_callees(arguments: &CampaignRunArgs, source: &Source) -> UserError {
    let told = source.is_no_list();
    if is_path(arguments) || source.is_there() {
        return told;
    }
    told.hint("a rehearsal needs the list itself: its column `callee` says who has which number")
}

/// Whether what was typed is a path, and no name of a campaign.
fn is_path(arguments: &CampaignRunArgs) -> bool {
    let path = &arguments.leads;
    arguments.campaign.is_some() || path.extension().is_some() || path.components().count() > 1
}

/// An hour of today.
fn hour(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Timestamp, UserError> {
    let wrong = |message: String| UserError::new(ExitStatus::Usage, "bad_until", message);
    let shown = plain(text);
    let time = Time::strptime("%H:%M", text)
        .map_err(|_| wrong(format!("`{shown}` is no hour")).hint("write it like 18:00"))?;
    let today = now.to_zoned(zone.clone()).date().to_datetime(time);
    let at = today
        .to_zoned(zone.clone())
        .map_err(|_| wrong(format!("`{shown}` is no hour of today")))?
        .timestamp();
    if at <= now {
        let zone = zone.iana_name().unwrap_or("the default time zone");
        return Err(wrong(format!("{shown} is over for today in {zone}"))
            .hint("name a later hour, or leave --until out"));
    }
    Ok(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn until_is_an_hour_of_today_that_is_still_to_come() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let zone = TimeZone::get("Europe/Moscow").unwrap();
        let at = hour("18:00", now, &zone).unwrap();
        assert_eq!(at.to_string(), "2026-11-22T15:00:00Z");
        for (text, complaint) in [
            ("15:00", "15:00 is over for today in Europe/Moscow"),
            ("25:00", "`25:00` is no hour"),
            ("six", "`six` is no hour"),
        ] {
            assert_eq!(hour(text, now, &zone).unwrap_err().to_string(), complaint);
        }
    }
}
