//! Before a rehearsed campaign begins anew: the last one of its name is put aside only when nothing
//! is wrong with what was typed, and nobody is at it.

use std::sync::Arc;

use super::run::{lock, rules};
use super::source::{Source, Taker};
use crate::campaign::{Lead, RejectedRow};
use crate::cli::CampaignRunArgs;
use crate::commands::rehearsal::{self, Callees};
use crate::commands::{Desk, scenario};
use crate::language::Language;
use crate::phone::Numbering;
use crate::settings::Settings;
use crate::store::{Ledger, StoreError};

/// Makes room for a rehearsal of this list.
///
/// # Errors
/// A callee, a trouble, the list or the scenario is wrong; the last rehearsal of this name goes on.
/// Nothing was put aside.
pub(super) fn make_room(
    arguments: &CampaignRunArgs,
    (name, source): (&str, &Source),
    (settings, ledger): (&Settings, &Ledger),
    desk: &Desk<'_>,
) -> anyhow::Result<()> {
    let callees = Callees::of(&arguments.rehearsal, Language::Russian, desk)?;
    if let Some(named) = &arguments.scenario {
        scenario::open(named, desk)?.scenario()?;
    }
    // Standard input can be read once only.
    if let Some(mut callees) = callees.filter(|_| *source != Source::Stdin) {
        let mut leads = WithCallees::default();
        let numbering = Arc::new(Numbering::default());
        source.read(&rules(arguments, settings, numbering), &mut leads)?;
        callees.assign_leads(source.shown(), &leads.0)?;
    }
    let _last = match ledger.campaign(name) {
        Ok(last) => Some(lock(&last, ledger)?),
        Err(StoreError::NoSuchCampaign(_)) => None,
        Err(error) => return Err(error.into()),
    };
    rehearsal::begin_afresh(Some(name), ledger)
}

/// The leads that name their callee.
#[derive(Default)]
struct WithCallees(Vec<Lead>);

impl Taker for WithCallees {
    fn leads(&mut self, leads: Vec<Lead>) -> anyhow::Result<()> {
        let named = leads.into_iter();
        self.0
            .extend(named.filter(|lead| lead.terms.callee.is_some()));
        Ok(())
    }

    fn rejected(&mut self, _: &RejectedRow, _: &[String], _: u8) -> anyhow::Result<()> {
        Ok(())
    }
}
