//! What `call`, `campaign run` and `asterisk check` do before and after a rehearsal; the rest they
//! do as ever.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context;

use super::Desk;
use crate::campaign::Lead;
use crate::cli::RehearsalArgs;
use crate::driver::{self, Rehearsal, RehearsalPlan};
use crate::language::Language;
use crate::output::{ExitStatus, UserError};
use crate::rehearsal::people::{Cast, CastError, Everyone};
use crate::rehearsal::trouble::{Trouble, TroubleError};
use crate::settings::{Flag, OwnSetting, Settings};
use crate::store::{CallFilter, Ledger};

/// The seed where none is given: fixed, so that a rehearsal repeats itself.
const SEED: u64 = 1;
/// Ringing and waiting take so many times less than in life: somebody is watching.
const HASTE: u32 = 3;

/// What is usual in a rehearsal where the user's settings say nothing: made-up callees cost no
/// line, and nobody likes to watch a phone ring.
const USUAL: [(&str, &str); 5] = [
    ("campaign.max_calls", "20"),
    ("campaign.calls_per_second", "4"),
    ("call.ring_timeout", "10s"),
    ("campaign.ramp_up", "0s"),
    ("campaign.breaker_pause", "4s"),
];

/// The settings of a command that may be rehearsed.
pub(super) fn settings(
    arguments: &RehearsalArgs,
    flags: Vec<Flag>,
    desk: &Desk<'_>,
) -> anyhow::Result<Settings> {
    settings_of(arguments, &[], flags, desk)
}

/// The settings of a campaign that may be rehearsed, with `own` that belong to it alone.
pub(super) fn settings_of(
    arguments: &RehearsalArgs,
    own: &[OwnSetting],
    flags: Vec<Flag>,
    desk: &Desk<'_>,
) -> anyhow::Result<Settings> {
    if !arguments.rehearse {
        return desk.settings_of(own, &[], flags);
    }
    let usual = USUAL.map(|(key, text)| Flag {
        key,
        flag: "--rehearse",
        text: text.to_owned(),
    });
    let settings = desk.settings_of(own, &usual, flags)?;
    Ok(driver::rehearsal_settings(settings))
}

/// Whom a rehearsal rings.
#[derive(Debug)]
pub(super) struct Callees {
    everyone: Everyone,
    seed: u64,
    trouble: Trouble,
}

impl Callees {
    /// The callees of a rehearsal; `None` for a command that rings real people.
    ///
    /// # Errors
    /// A file of a callee or a trouble is wrong, or there is none of this name.
    pub(super) fn of(
        arguments: &RehearsalArgs,
        language: Language,
        desk: &Desk<'_>,
    ) -> anyhow::Result<Option<Self>> {
        if !arguments.rehearse {
            return Ok(None);
        }
        let folder = arguments.callees.as_deref().map(|path| desk.path(path));
        let seed = arguments.seed.unwrap_or(SEED);
        let cast = Cast::load(folder.as_deref()).map_err(|error| unknown_callee(&error))?;
        let everyone = Everyone::new(Arc::new(cast), seed, language).in_haste(HASTE);
        let trouble = trouble(arguments.trouble.as_deref())?;
        Ok(Some(Self {
            everyone,
            seed,
            trouble,
        }))
    }

    /// The same where there is one call only: it meets what would have struck first.
    pub(super) fn for_one_call(mut self) -> Self {
        self.trouble = self.trouble.for_one_call();
        self
    }

    /// Gives a number to the callee of `--callee`.
    ///
    /// # Errors
    /// Nobody is called so.
    pub(super) fn assign(&mut self, number: &str, callee: &str) -> anyhow::Result<()> {
        self.everyone
            .assign(number, callee)
            .map_err(|error| bad_callee(&error, ExitStatus::Usage))
    }

    /// Gives each lead to the callee in its column `callee`, where it has one.
    ///
    /// # Errors
    /// Nobody is called so; told with the line of the list.
    pub(super) fn assign_leads(&mut self, list: &str, leads: &[Lead]) -> anyhow::Result<()> {
        assign_leads(&mut self.everyone, list, leads)
    }

    /// Counts the calls of a rehearsal that is continued, so that they are not had again.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub(super) fn go_on_from(
        &mut self,
        earlier: &CallFilter,
        ledger: &Ledger,
    ) -> anyhow::Result<()> {
        let mut attempts = BTreeMap::new();
        for call in ledger.calls(earlier)? {
            *attempts.entry(call.number.e164().to_owned()).or_insert(0) += 1;
        }
        for (number, count) in attempts {
            self.everyone.attempted(&number, count);
        }
        Ok(())
    }

    /// Starts the exchange and the speech service, and points the settings at them.
    ///
    /// # Errors
    /// A port cannot be had.
    pub(super) async fn begin(
        self,
        settings: &Settings,
        desk: &Desk<'_>,
    ) -> anyhow::Result<(Rehearsal, Settings)> {
        let seed = self.seed;
        let plan = RehearsalPlan {
            everyone: self.everyone,
            trouble: self.trouble,
            seed,
            trunk: settings.asterisk.trunk.clone(),
            listen: RehearsalPlan::FREE_PORTS,
        };
        let rehearsal = Rehearsal::start(plan).await?;
        let settings = rehearsal.settings(settings)?;
        desk.printer.message(&format!(
            "rehearsal: nobody is rung, the callees are made up (seed {seed})"
        ));
        Ok((rehearsal, settings))
    }
}

/// Starts a rehearsal if there are callees for one; the settings to go on with.
///
/// # Errors
/// A port cannot be had.
pub(super) async fn begin(
    callees: Option<Callees>,
    settings: Settings,
    desk: &Desk<'_>,
) -> anyhow::Result<(Option<Rehearsal>, Settings)> {
    match callees {
        None => Ok((None, settings)),
        Some(callees) => {
            let (rehearsal, settings) = callees.begin(&settings, desk).await?;
            Ok((Some(rehearsal), settings))
        }
    }
}

/// Ends it.
pub(super) async fn end(rehearsal: Option<Rehearsal>) {
    if let Some(rehearsal) = rehearsal {
        rehearsal.close().await;
    }
}

/// Gives each lead to the callee in its column `callee`, where it has one.
pub(super) fn assign_leads(
    everyone: &mut Everyone,
    list: &str,
    leads: &[Lead],
) -> anyhow::Result<()> {
    for lead in leads {
        let Some(callee) = &lead.terms.callee else {
            continue;
        };
        let others = lead.alternates.iter().map(|other| &other.number);
        for number in std::iter::once(&lead.number).chain(others) {
            everyone
                .assign(number.e164(), callee)
                .map_err(|error| unknown_callee(&error))
                .with_context(|| format!("{list}:{}", lead.line))?;
        }
    }
    Ok(())
}

/// What goes wrong, by the words of the user.
pub(super) fn trouble(list: Option<&str>) -> anyhow::Result<Trouble> {
    let read = list.map_or_else(|| Ok(Trouble::none()), Trouble::from_list);
    read.map_err(|error| unknown_trouble(&error).into())
}

/// Begins anew: the last rehearsal of a campaign is put aside, and what was rung or opted out
/// before counts no more, unless another rehearsal goes on meanwhile, to which it belongs.
///
/// # Errors
/// The ledger cannot be written.
pub(super) fn begin_afresh(campaign: Option<&str>, ledger: &Ledger) -> anyhow::Result<()> {
    if driver::somebody_runs(ledger)? {
        return Ok(ledger.put_aside(campaign)?);
    }
    Ok(ledger.begin_afresh(campaign)?)
}

/// A callee's mistake in the user's words, in a file or a list.
pub(super) fn unknown_callee(error: &CastError) -> anyhow::Error {
    bad_callee(error, ExitStatus::Invalid)
}

fn bad_callee(error: &CastError, status: ExitStatus) -> anyhow::Error {
    let user = UserError::new(status, "bad_callee", error.to_string());
    match error.hint() {
        Some(hint) => user.hint(hint),
        None => user,
    }
    .into()
}

fn unknown_trouble(error: &TroubleError) -> UserError {
    let status = match error {
        TroubleError::Unknown { .. } => ExitStatus::Usage,
        TroubleError::Unreadable { .. } | TroubleError::Wrong(_) => ExitStatus::Invalid,
    };
    let user = UserError::new(status, "bad_trouble", error.to_string());
    match error.hint() {
        Some(hint) => user.hint(hint),
        None => user,
    }
}
