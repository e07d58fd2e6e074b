//! `novodial novofon`: what the provider knows of line, numbers, money and calls.

mod balance;
mod calls;
pub(super) mod check;
mod lines;
mod numbers;
mod reconcile;
mod reconcile_report;
mod tariff;

pub(super) use check::channels;

use super::Desk;
use crate::cli::NovoFonCommand;
use crate::novofon::{DataApi, NovoFon, NovoFonConfig, UserApi};
use crate::output::ExitStatus;
use crate::settings::{Settings, SettingsError};

pub(super) fn run(command: &NovoFonCommand, desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    match command {
        NovoFonCommand::Check => check::check(desk),
        NovoFonCommand::Balance => balance::balance(desk),
        NovoFonCommand::Numbers => numbers::numbers(desk),
        NovoFonCommand::Lines => lines::lines(desk),
        NovoFonCommand::Calls(arguments) => calls::calls(arguments, desk),
        NovoFonCommand::Reconcile(arguments) => reconcile::reconcile(arguments, desk),
        NovoFonCommand::Tariff(arguments) => tariff::tariff(arguments, desk),
    }
}

/// The provider with the keys that are set; asks nothing yet.
fn provider(settings: &Settings) -> anyhow::Result<NovoFon> {
    let novofon = &settings.novofon;
    let keys = novofon.keys()?;
    let mut config = NovoFonConfig::new(novofon.base_url.clone(), novofon.data_url.clone());
    config.user_api = keys.user_api;
    config.data_api = keys.data_api;
    Ok(NovoFon::new(&config)?)
}

/// The Data API, for what it alone tells.
fn data_api(provider: &NovoFon) -> Result<&DataApi, SettingsError> {
    let missing =
        || SettingsError::not_set("novofon", "access_token", "the access token of NovoFon");
    provider.data.as_ref().ok_or_else(missing)
}

/// The user API, for what it alone tells.
fn user_api(provider: &NovoFon) -> Result<&UserApi, SettingsError> {
    let missing = || {
        let what = "the key of NovoFon's older API, with its secret";
        SettingsError::not_set("novofon", "key", what)
    };
    provider.user.as_ref().ok_or_else(missing)
}
