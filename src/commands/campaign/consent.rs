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

/// What came of the question before anything was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// Nobody was asked: the word was given beforehand, or another process runs the campaign.
    Unasked,
    /// A yes, to so many leads at most; `None`: to everybody who comes with the list.
    Yes(Option<u64>),
    /// A no, or nobody to ask about: the run is over.
    End(ExitStatus),
}

impl Answer {
    /// Whether so many leads were agreed to.
    fn holds_for(self, leads: u64) -> bool {
        match self {
            Self::Yes(most) => most.is_none_or(|most| leads <= most),
            Self::Unasked | Self::End(_) => false,
        }
    }

    /// Whether the list was told of before the question.
    pub(super) fn has_told(self) -> bool {
        matches!(self, Self::Yes(Some(_)))
    }
}

/// Asks whether to ring people, before anything is written: the list is tried out on a copy. One that
/// can be read but once, or grows, is left to whoever says yes.
///
/// # Errors
/// Nobody can be asked, or whatever would stop the run before it rings.
pub(super) fn ask(
    arguments: &CampaignRunArgs,
    order: &Order,
    desk: &Desk<'_>,
) -> anyhow::Result<Answer> {
    if is_given(arguments, order) {
        return Ok(Answer::Unasked);
    }
    let (people, most) = if is_tried_out(arguments, order) {
        // Who is at it is told by the lock of the campaign.
        let Some(found) = dry_run::outlook(arguments, order, desk)? else {
            return Ok(Answer::Unasked);
        };
        if found.counts.left() == 0 {
            let (found, refused) = ((&found.campaign, &found.counts), found.refused.as_deref());
            let ended = run_end::nobody_left(found, refused, &order.settings, desk);
            return ended.map(Answer::End);
        }
        let people = people(arguments, Some(found.counts.left()), &found.scenario);
        (people, Some(found.unjudged))
    } else {
        let named = order.scenario(arguments);
        let (_, scenario) = talk_plan::read(named.as_deref(), &order.settings, desk)?;
        (people(arguments, None, &scenario.name), None)
    };
    if is_agreed(&people, desk)? {
        return Ok(Answer::Yes(most));
    }
    desk.printer
        .message("nobody is rung, and everything is as it was");
    Ok(Answer::End(ExitStatus::No))
}

/// Holds the run to the settings it needs, before anybody is asked and anything is written. Whatever
/// else would stop it is told first, where the list can be tried out; a run that finds nobody to
/// ring needs none.
///
/// # Errors
/// What is missing, or whatever else would stop the run before it rings.
pub(super) fn require_settings(
    arguments: &CampaignRunArgs,
    order: &Order,
    desk: &Desk<'_>,
) -> anyhow::Result<()> {
    let Err(missing) = order.settings.require_for_calls() else {
        return Ok(());
    };
    if order.settings.rehearsal {
        return Err(missing.into());
    }
    if is_tried_out(arguments, order) {
        let found = dry_run::outlook(arguments, order, desk)?;
        if found.is_none_or(|found| found.counts.left() == 0) {
            return Ok(());
        }
    } else {
        talk_plan::read(order.scenario(arguments).as_deref(), &order.settings, desk)?;
    }
    Err(missing.into())
}

/// Whether what a run would find can be known without touching its list.
fn is_tried_out(arguments: &CampaignRunArgs, order: &Order) -> bool {
    let is_read_once = order.list.as_ref().is_some_and(Source::is_read_once);
    !(arguments.watch || is_read_once)
}

/// Whether the leads that a run has found may be rung: it was agreed to before, or somebody says yes
/// now, since more are there than the question told.
///
/// # Errors
/// Nobody can be asked, or the keyboard cannot be read.
pub(super) fn consent(
    arguments: &CampaignRunArgs,
    (order, answer): (&Order, Answer),
    (left, scenario): (u64, &Scenario),
    desk: &Desk<'_>,
) -> anyhow::Result<bool> {
    if is_given(arguments, order) || answer.holds_for(left) {
        return Ok(true);
    }
    let agreed = is_agreed(&people(arguments, Some(left), &scenario.name), desk)?;
    if !agreed {
        desk.printer
            .message("nobody is rung; the rows of the list stay in the campaign");
    }
    Ok(agreed)
}

fn is_agreed(people: &str, desk: &Desk<'_>) -> anyhow::Result<bool> {
    if desk.printer.can_ask() {
        return desk.printer.confirm(&format!("Ring {people} now?"));
    }
    Err(not_confirmed(people).into())
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

/// ``14 people along `offer.ru` ``; `left` is `None` where that is not known beforehand.
fn people(arguments: &CampaignRunArgs, left: Option<u64>, scenario: &str) -> String {
    let who = match left.filter(|_| !arguments.watch) {
        None => match arguments.limit {
            None => "everybody who comes with the list".to_owned(),
            Some(most) => format!("at most {} of the list", counted(most, "person")),
        },
        Some(left) => counted(wanted(arguments, left), "person"),
    };
    format!("{who} along `{}`", plain(scenario))
}

/// How many of those who are left the run is to ring.
pub(super) fn wanted(arguments: &CampaignRunArgs, left: u64) -> u64 {
    arguments.limit.map_or(left, |most| most.min(left))
}

fn not_confirmed(people: &str) -> UserError {
    UserError::new(
        ExitStatus::Usage,
        "not_confirmed",
        format!("this would ring {people}, and nobody can be asked"),
    )
    .hint("say --yes, or look first with --dry-run")
}
