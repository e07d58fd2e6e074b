//! Before a rehearsed campaign begins anew: the last one of its name is put aside only when nothing
//! is wrong with what was typed, and nobody is at it.

use super::first_look::FirstLook;
use super::run::lock;
use super::source::Source;
use crate::cli::CampaignRunArgs;
use crate::commands::rehearsal::{self, Callees};
use crate::commands::{Desk, scenario};
use crate::language::Language;
use crate::store::{Ledger, StoreError};

/// Makes room for a rehearsal of this list, which was looked at where it can be read again.
///
/// # Errors
/// A callee, a trouble or the scenario is wrong; the last rehearsal of this name goes on. Nothing
/// was put aside.
pub(super) fn make_room(
    arguments: &CampaignRunArgs,
    (name, source): (&str, &Source),
    (looked, ledger): (Option<&FirstLook>, &Ledger),
    desk: &Desk<'_>,
) -> anyhow::Result<()> {
    let callees = Callees::of(&arguments.rehearsal, Language::Russian, desk)?;
    if let Some(named) = &arguments.scenario {
        scenario::open(named, desk)?.scenario()?;
    }
    if let (Some(mut callees), Some(looked)) = (callees, looked) {
        callees.assign_leads(source.shown(), &looked.with_callees)?;
    }
    let _last = match ledger.campaign(name) {
        Ok(last) => Some(lock(&last, ledger)?),
        Err(StoreError::NoSuchCampaign(_)) => None,
        Err(error) => return Err(error.into()),
    };
    rehearsal::begin_afresh(Some(name), ledger)
}
