//! A campaign that a command was asked for, with the settings that it is run with.

use jiff::tz::TimeZone;

use crate::cli::RehearsalArgs;
use crate::commands::history::{History, campaign_name};
use crate::commands::{Desk, rehearsal};
use crate::driver;
use crate::settings::{Flag, OwnSetting, Settings};
use crate::store::{Campaign, Ledger};

/// A campaign, where it is kept, and what it is run with.
#[derive(Debug)]
pub(super) struct FoundCampaign<'a> {
    pub(super) campaign: Campaign,
    pub(super) ledger: &'a Ledger,
    pub(super) rehearsal: bool,
    /// The settings of today with the campaign's own on top.
    pub(super) settings: Settings,
    /// Who runs it now.
    pub(super) runner: Option<driver::Runner>,
}

impl<'a> FoundCampaign<'a> {
    /// # Errors
    /// There is no campaign of this name; its settings, or its lock, cannot be read.
    pub(super) fn find(
        name: &str,
        history: &'a History,
        flags: Vec<Flag>,
        desk: &Desk<'_>,
    ) -> anyhow::Result<Self> {
        let (campaign, ledger, rehearsal) = history.campaign(name)?;
        Self::of(campaign, (ledger, rehearsal), flags, desk)
    }

    /// # Errors
    /// Its settings, or its lock, cannot be read.
    pub(super) fn of(
        campaign: Campaign,
        (ledger, rehearsal): (&'a Ledger, bool),
        flags: Vec<Flag>,
        desk: &Desk<'_>,
    ) -> anyhow::Result<Self> {
        let own = OwnSetting::kept(&campaign.name, &campaign.settings)?;
        let arguments = RehearsalArgs {
            rehearse: rehearsal,
            ..RehearsalArgs::default()
        };
        let settings = rehearsal::settings_of(&arguments, &own, flags, desk)?;
        let runner = driver::campaign_runner(ledger.path(), campaign.id)?;
        Ok(Self {
            campaign,
            ledger,
            rehearsal,
            settings,
            runner,
        })
    }

    /// Its name as people write it.
    pub(super) fn name(&self) -> String {
        campaign_name(&self.campaign.name, self.rehearsal)
    }

    /// Whether its leads that are in a call were left there: no process is at it.
    pub(super) fn is_left(&self) -> bool {
        self.runner.is_none()
    }

    /// The zone in which times are told.
    pub(super) fn zone(&self) -> &TimeZone {
        &self.settings.policy.default_timezone
    }
}
