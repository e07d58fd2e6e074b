//! What `call` and `campaign run` have in common before anybody is rung: the scenario, found,
//! read and checked; the hours in which a number may be rung.

use std::collections::BTreeSet;
use std::future::Future;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use jiff::tz::TimeZone;

use super::{Desk, scenario};
use crate::campaign::Narrowing;
use crate::dialogue::{Finding, Scenario, lint, not_brought};
use crate::driver;
use crate::line::Disposition;
use crate::output::{ExitStatus, UserError};
use crate::phone::{Numbering, PhoneNumber};
use crate::settings::Settings;

/// Finds, reads and checks the scenario: the one named, else `scenario.toml` of the working
/// folder. `given` are the variables that every lead brings.
pub(super) fn scenario(
    named: Option<&Path>,
    given: &BTreeSet<String>,
    settings: &Settings,
    desk: &Desk<'_>,
) -> anyhow::Result<Arc<Scenario>> {
    let (shown, scenario) = read(named, settings, desk)?;
    refuse_without((&shown, &scenario), given, |name| {
        format!("--var {name}=VALUE, or a value under [variables] of the scenario")
    })?;
    judge((&shown, scenario), given, settings, desk)
}

/// Finds and reads the scenario, as it is shown. Without any a rehearsal takes the offer that is
/// shipped, in the language of the settings; people are told nothing that nobody asked for.
///
/// # Errors
/// There is none, or it is wrong.
pub(super) fn read(
    named: Option<&Path>,
    settings: &Settings,
    desk: &Desk<'_>,
) -> anyhow::Result<(String, Scenario)> {
    if let Some(read) = read_any(named, desk)? {
        return Ok(read);
    }
    if !settings.rehearsal {
        return Err(scenario::none_named().into());
    }
    let offer = scenario::open_offer(&settings.elevenlabs.language)?;
    desk.printer.message(&format!(
        "no scenario is named: the rehearsal takes `{}`, which is shipped",
        offer.shown
    ));
    offer.scenario()
}

/// Refuses what a run would find out only once its list is taken: that there is no scenario, or that
/// it cannot be read.
///
/// # Errors
/// As of [`read`].
pub(super) fn refuse_unreadable(
    named: Option<&Path>,
    settings: &Settings,
    desk: &Desk<'_>,
) -> anyhow::Result<()> {
    if read_any(named, desk)?.is_none() && !settings.rehearsal {
        return Err(scenario::none_named().into());
    }
    Ok(())
}

/// The scenario named, else that of the working folder, if there is one.
///
/// # Errors
/// It is wrong.
pub(super) fn read_any(
    named: Option<&Path>,
    desk: &Desk<'_>,
) -> anyhow::Result<Option<(String, Scenario)>> {
    let opened = match named {
        Some(named) => Some(scenario::open(named, desk)?),
        None => scenario::open_usual(desk)?,
    };
    opened.map(scenario::Opened::scenario).transpose()
}

/// Checks a scenario with the variables that every lead brings.
pub(super) fn judge(
    (shown, scenario): (&str, Scenario),
    given: &BTreeSet<String>,
    settings: &Settings,
    desk: &Desk<'_>,
) -> anyhow::Result<Arc<Scenario>> {
    if let Some(fault) = lint(&scenario, given).iter().find(|finding| finding.fatal) {
        return Err(refused(shown, fault));
    }
    // Leads have names more often than not: a scenario that can do without one is not to be
    // warned of at every call.
    let mut usual = given.clone();
    usual.insert("name".to_owned());
    for finding in lint(&scenario, &usual) {
        desk.printer
            .warning(&format!("{shown}: {} ({})", finding.message, finding.hint));
    }
    if !settings.call.record && scenario.says_it_records() {
        desk.printer.warning(&format!(
            "{shown}: it tells callees that the talk is recorded, and it is not (take that out of its prompts)"
        ));
    }
    Ok(Arc::new(scenario))
}

/// Reads and checks a scenario that a lead names who came while the campaign was run.
pub(super) fn late_scenario(
    named: &str,
    given: &BTreeSet<String>,
    folder: &Path,
) -> anyhow::Result<Arc<Scenario>> {
    let (shown, scenario) = scenario::open_in(Path::new(named), folder)?.scenario()?;
    match lint(&scenario, given).iter().find(|finding| finding.fatal) {
        Some(fault) => Err(refused(&shown, fault)),
        None => Ok(Arc::new(scenario)),
    }
}

/// Whether everything that `fields` names is given; `ways` says how it can be.
///
/// # Errors
/// The first that is not.
pub(super) fn refuse_without(
    (shown, scenario): (&str, &Scenario),
    given: &BTreeSet<String>,
    ways: impl Fn(&str) -> String,
) -> Result<(), UserError> {
    let Some(name) = not_brought(scenario, given).into_iter().next() else {
        return Ok(());
    };
    let message = format!("{shown}: it needs `{name}` for everybody it rings ([scenario] fields)");
    Err(UserError::new(ExitStatus::Invalid, "bad_scenario", message)
        .hint(format!("give it: {}", ways(name))))
}

fn refused(shown: &str, finding: &Finding) -> anyhow::Error {
    UserError::new(
        ExitStatus::Invalid,
        "bad_scenario",
        format!("{shown}: {}", finding.message),
    )
    .hint(&finding.hint)
    .into()
}

/// The zones that a number may live in, at least one.
pub(super) fn zones(
    number: &PhoneNumber,
    numbering: &Numbering,
    settings: &Settings,
) -> Vec<TimeZone> {
    let mut zones: Vec<TimeZone> = numbering
        .place(number)
        .zones
        .iter()
        .filter_map(|name| TimeZone::get(name).ok())
        .collect();
    if zones.is_empty() {
        zones.push(settings.policy.default_timezone.clone());
    }
    zones
}

/// Whether somebody in these zones may be rung now.
///
/// # Errors
/// A blocked call, with the time from which on it may ring.
pub(super) fn within_hours(zones: &[TimeZone], settings: &Settings) -> anyhow::Result<()> {
    let policy = &settings.policy.leads;
    let now = driver::now();
    let opening = policy.window.next_opening(now, zones, Narrowing::default());
    let until = match opening {
        Some(opening) if opening <= now => return Ok(()),
        Some(opening) => {
            let zone = &settings.policy.default_timezone;
            format!(
                "it may ring again {}",
                super::written::moment(opening, zone)
            )
        }
        None => "its zones have no hour in common".to_owned(),
    };
    let hours = &policy.window.hours;
    let message = format!("outside the calling hours {hours} where the callee lives: {until}");
    Err(UserError::new(
        ExitStatus::Call(Disposition::Blocked),
        "outside_hours",
        message,
    )
    .hint("wait, or change [policy] hours (`any` lifts the limit)")
    .into())
}

/// A listener for signals.
pub(super) fn listen(drains: bool) -> anyhow::Result<driver::Stop> {
    driver::Stop::listen(drains).context("no signals from the system")
}

/// Does what comes before the first call, unless a signal ends it.
pub(super) async fn unless_stopped<T>(
    stop: &driver::Stop,
    work: impl Future<Output = anyhow::Result<T>>,
) -> anyhow::Result<T> {
    tokio::select! {
        biased;
        () = stop.drain.cancelled() => {
            let status = signal_status(stop).unwrap_or(ExitStatus::Interrupted);
            Err(UserError::new(status, "stopped", "stopped before anybody was rung").into())
        }
        done = work => done,
    }
}

/// The status of a run that a signal ended.
pub(super) fn signal_status(stop: &driver::Stop) -> Option<ExitStatus> {
    stop.signal().map(|signal| match signal {
        driver::Signal::Interrupt => ExitStatus::Interrupted,
        driver::Signal::Terminate => ExitStatus::Terminated,
    })
}
