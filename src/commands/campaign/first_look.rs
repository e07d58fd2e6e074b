//! A list looked at before anything of it is written: one that does not go with its scenario leaves
//! the ledger as it was.

use std::path::Path;
use std::sync::Arc;

use super::list_report::ListReport;
use super::list_scenario::{Brings, scenario_of};
use super::order::Order;
use super::run::rules;
use super::source::{ListRules, Source, Taker};
use crate::campaign::{Lead, RejectedRow};
use crate::cli::CampaignRunArgs;
use crate::commands::{Desk, talk_plan};
use crate::dialogue::Scenario;
use crate::driver;
use crate::output::plain;
use crate::settings::Settings;
use crate::store::{Ledger, StoreError};

/// What a list has, read and not kept.
pub(super) struct FirstLook {
    pub(super) list: ListReport,
    /// The leads that name the part of their callee, for a rehearsal.
    pub(super) with_callees: Vec<Lead>,
}

impl FirstLook {
    /// Reads a list from its beginning to its end; `None` where it can be read but once.
    ///
    /// # Errors
    /// The list as a whole cannot be read.
    pub(super) fn at(source: &Source, rules: &ListRules<'_>) -> anyhow::Result<Option<Self>> {
        if source.is_read_once() {
            return Ok(None);
        }
        let mut leads = WithCallees::default();
        let list = source.read(rules, &mut leads)?;
        Ok(Some(Self {
            list,
            with_callees: leads.0,
        }))
    }

    /// Whether no row of it can be used, though there are rows.
    pub(super) fn is_all_rejected(&self) -> bool {
        self.list.leads == 0 && self.list.rejected_count > 0
    }

    /// Reads the scenario that the list is for. Where the list does not go with it, the rows are
    /// told that cannot be used either.
    ///
    /// # Errors
    /// The scenario is wrong, or there is none; rows lack what it says.
    pub(super) fn scenario(
        &self,
        named: Option<&Path>,
        settings: &Settings,
        desk: &Desk<'_>,
    ) -> anyhow::Result<Arc<Scenario>> {
        let scenario = scenario_of(named, &Brings::of(&self.list), settings, desk);
        scenario.inspect_err(|_| self.list.tell(desk))
    }
}

/// A list that was looked at, and the scenario that it goes with.
pub(super) struct Looked {
    pub(super) look: FirstLook,
    /// `None`: there is no lead in it to hold the scenario against.
    pub(super) scenario: Option<Arc<Scenario>>,
}

/// Looks at the list before anything is written, or at the scenario alone where the list can be read
/// but once or is going to grow. `None`: the list was not looked at, or there is none, or another
/// process runs the campaign, which opening it tells.
///
/// # Errors
/// The list or the scenario cannot be used, or they do not go together.
pub(super) fn look(
    arguments: &CampaignRunArgs,
    order: &Order,
    ledger: &Ledger,
    desk: &Desk<'_>,
) -> anyhow::Result<Option<Looked>> {
    let Some(source) = &order.list else {
        return Ok(None);
    };
    match ledger.campaign(&order.name) {
        Ok(known) if driver::campaign_runner(ledger.path(), known.id)?.is_some() => {
            return Ok(None);
        }
        Ok(_) | Err(StoreError::NoSuchCampaign(_)) => {}
        Err(error) => return Err(error.into()),
    }
    let named = order.scenario(arguments);
    let rules = rules(arguments, &order.settings, Arc::new(ledger.numbering()?));
    let looked = (!arguments.watch).then(|| FirstLook::at(source, &rules));
    let Some(look) = looked.transpose()?.flatten() else {
        talk_plan::refuse_unreadable(named.as_deref(), &order.settings, desk)?;
        return Ok(None);
    };
    let scenario = (!look.is_all_rejected())
        .then(|| look.scenario(named.as_deref(), &order.settings, desk))
        .transpose()?;
    Ok(Some(Looked { look, scenario }))
}

/// Says that a list is in the ledger which was refused after it: it can be read but once, or grows.
pub(super) fn tell_of_the_kept(shown: &str, campaign: &str, desk: &Desk<'_>) {
    let (shown, campaign) = (plain(shown), plain(campaign));
    desk.printer.warning(&format!(
        "{shown}: its leads are in the campaign {campaign} all the same, since a pipe, or a list that \
         grows, is taken as it comes; nobody was rung"
    ));
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
