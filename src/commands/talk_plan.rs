//! What `call` and `campaign run` have in common before anybody is rung: the scenario, found,
//! read and checked; the policy of the hours.

use std::collections::BTreeSet;
use std::future::Future;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;

use super::{Desk, scenario};
use crate::campaign::{NextOpening, Policy};
use crate::dialogue::{Finding, Scenario, lint};
use crate::driver;
use crate::line::Disposition;
use crate::output::{ExitStatus, UserError};
use crate::settings::Settings;

/// Finds, reads and checks the scenario: the one named, else `scenario.toml` of the working
/// folder, else the offer that is shipped, in the language of the settings. `given` are the
/// variables that every lead brings.
pub(super) fn scenario(
    named: Option<&Path>,
    given: &BTreeSet<String>,
    settings: &Settings,
    desk: &Desk<'_>,
) -> anyhow::Result<Arc<Scenario>> {
    let opened = match named {
        Some(named) => scenario::open(named, desk)?,
        None => scenario::open_usual(&settings.elevenlabs.language, desk)?,
    };
    let (shown, scenario) = opened.scenario()?;
    if let Some(fault) = lint(&scenario, given).iter().find(|finding| finding.fatal) {
        return Err(refused(&shown, fault));
    }
    // Leads have names more often than not: a scenario that can do without one is not to be
    // warned of at every call.
    let mut usual = given.clone();
    usual.insert("name".to_owned());
    for finding in lint(&scenario, &usual) {
        desk.printer
            .warning(&format!("{shown}: {} ({})", finding.message, finding.hint));
    }
    Ok(Arc::new(scenario))
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

/// The policy of the settings.
pub(super) fn policy(settings: &Settings) -> Policy {
    Policy {
        hours: settings.policy.hours,
        default_timezone: settings.policy.default_timezone.clone(),
    }
}

/// Whether it may ring now.
///
/// # Errors
/// A blocked call, with the time from which on it may ring.
pub(super) fn within_hours(settings: &Settings) -> anyhow::Result<()> {
    let Err(NextOpening(opening)) = policy(settings).may_ring(driver::now()) else {
        return Ok(());
    };
    let zone = &settings.policy.default_timezone;
    let message = format!(
        "outside the calling hours {}: it may ring again {}",
        settings.policy.hours,
        super::written::moment(opening, zone)
    );
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
