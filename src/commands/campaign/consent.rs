//! The word of a person before anybody is rung, and what is written down only after it.

use super::dry_run;
use super::guard::Overridden;
use super::order::Order;
use super::run_end;
use super::source::Source;
use crate::cli::CampaignRunArgs;
use crate::commands::written::counted;
use crate::commands::{Desk, scenario, talk_plan};
use crate::dialogue::Scenario;
use crate::output::{ExitStatus, UserError, plain};
use crate::settings::OwnSetting;
use crate::store::{Campaign, Ledger};

/// Rings people only after somebody said so: a person at the terminal, or `--yes`. A rehearsal rings
/// nobody.
///
/// # Errors
/// Nobody can be asked, or the keyboard cannot be read.
pub(super) fn consent(
    arguments: &CampaignRunArgs,
    order: &Order,
    (calls, scenario): (u64, &Scenario),
    desk: &Desk<'_>,
) -> anyhow::Result<bool> {
    if is_given(arguments, order) {
        return Ok(true);
    }
    let people = people(arguments, Some(calls), &scenario.name);
    if desk.printer.can_ask() {
        return desk.printer.confirm(&format!("Ring {people} now?"));
    }
    Err(not_confirmed(&people).into())
}

/// Whether nobody need be asked.
pub(super) fn is_given(arguments: &CampaignRunArgs, order: &Order) -> bool {
    arguments.yes || order.settings.rehearsal
}

/// Keeps what the campaign goes by from now on: the scenario that was named, its own settings, what
/// was overridden, and the rules of this run.
///
/// # Errors
/// The ledger cannot be written.
pub(super) fn keep(
    arguments: &CampaignRunArgs,
    (order, overridden): (&Order, Option<&Overridden>),
    (campaign, ledger): (&Campaign, &Ledger),
    desk: &Desk<'_>,
) -> anyhow::Result<()> {
    if let Some(named) = &arguments.scenario {
        ledger.set_campaign_scenario(campaign.id, &scenario::to_keep(named, desk))?;
    }
    let kept = OwnSetting::keep(&campaign.settings, &order.own);
    ledger.set_campaign_settings(campaign.id, &kept)?;
    if let Some(overridden) = overridden {
        overridden.record(campaign, &order.settings, ledger)?;
    }
    run_end::record_rules(campaign, &order.settings, ledger)
}

/// Where nobody can be asked nothing is written either: the list is tried out on a copy.
///
/// # Errors
/// Somebody would be rung, or whatever would stop the run.
pub(super) fn refuse_unasked(
    arguments: &CampaignRunArgs,
    order: &Order,
    desk: &Desk<'_>,
) -> anyhow::Result<()> {
    let is_read_once = order.list.as_ref().is_some_and(Source::is_read_once);
    let (calls, scenario) = if arguments.watch || is_read_once {
        let named = order.scenario(arguments);
        let (_, scenario) = talk_plan::read(named.as_deref(), &order.settings, desk)?;
        (None, scenario.name)
    } else {
        match dry_run::left(arguments, order, desk)? {
            // There is nobody to ring, or another process is at it; the run says which.
            None | Some((0, _)) => return Ok(()),
            Some((left, scenario)) => (Some(left), scenario),
        }
    };
    Err(not_confirmed(&people(arguments, calls, &scenario)).into())
}

/// ``14 people along `offer.ru` ``; `calls` is `None` where that is not known beforehand.
fn people(arguments: &CampaignRunArgs, calls: Option<u64>, scenario: &str) -> String {
    let who = match calls.filter(|_| !arguments.watch) {
        None => "everybody who comes with the list".to_owned(),
        Some(calls) => {
            let most = arguments.limit.map_or(calls, |most| most.min(calls));
            counted(most, "person")
        }
    };
    format!("{who} along `{}`", plain(scenario))
}

fn not_confirmed(people: &str) -> UserError {
    UserError::new(
        ExitStatus::Usage,
        "not_confirmed",
        format!("this would ring {people}, and nobody can be asked"),
    )
    .hint("say --yes, or look first with --dry-run")
}
