//! `novodial campaign run --dry-run`: whom the run would ring, tried out on a copy of the ledger.
//!
//! The copy is taken the same way as a run takes the ledger: whatever would keep the run from
//! ringing stops this, with the same exit code; settings that are missing do so once it is told who
//! would be rung. Else it ends well, also where the run would leave people for later. Nothing is
//! written, and nobody is rung.

use std::sync::Arc;

use anyhow::Context;

use super::guard::{guard, own_scenarios};
use super::intake;
use super::list_report::{misspelt, misspelt_json};
use super::list_scenario::{Brings, scenario_of};
use super::order::Order;
use super::refused;
use super::run::{open_campaign, refuse_useless, rules, warn_of_others};
use crate::cli::CampaignRunArgs;
use crate::commands::written::counted;
use crate::commands::{Desk, written};
use crate::driver;
use crate::output::{Envelope, ExitStatus, plain};
use crate::settings::Settings;
use crate::store::{Campaign, LeadCounts, Ledger, Scratch, Waits};

/// What a run would find.
pub(super) struct Outlook {
    pub(super) campaign: Campaign,
    /// Leads and rejected rows of the list; `None` where no list was named.
    list: Option<(u64, u64)>,
    pub(super) counts: LeadCounts,
    /// Those that are left before the policy has looked at them.
    pub(super) unjudged: u64,
    /// Those that are not rung at once, by the reason.
    waits: Vec<Waits>,
    /// Those that may be rung now.
    now: u64,
    /// Of them, those that this run would ring at first.
    would_ring: u64,
    /// Why leads are refused, in words, where any are.
    pub(super) refused: Option<String>,
    /// Columns that were probably meant to be others, in JSON.
    misspelt: Vec<serde_json::Value>,
    pub(super) scenario: String,
}

/// Tells whom the run would ring, and what it lacks to do so.
///
/// # Errors
/// Whatever would stop the run before it rings.
pub(super) fn dry_run(
    arguments: &CampaignRunArgs,
    order: &Order,
    desk: &Desk<'_>,
) -> anyhow::Result<ExitStatus> {
    let settings = &order.settings;
    let copy = Scratch::of(&settings.storage.database)?;
    let campaign = open_campaign(arguments, order, (None, &copy.ledger), desk)?;
    if let Some(runner) = driver::campaign_runner(&settings.storage.database, campaign.id)? {
        let process = runner
            .pid
            .map_or_else(String::new, |id| format!(" (process {id})"));
        desk.printer.warning(&format!(
            "the campaign `{}` is being run by another process{process}",
            plain(&campaign.name)
        ));
    }
    let outlook = look(arguments, order, (campaign, &copy.ledger), desk)?;
    if desk.printer.is_json() {
        let body = outlook.json(settings);
        desk.printer
            .json(&Envelope::new("novodial.dry_run/1", body))?;
    } else {
        outlook.print(settings, desk)?;
    }
    if outlook.counts.left() > 0 {
        settings.require_for_calls().context("the run would fail")?;
    }
    Ok(ExitStatus::Success)
}

/// What a run would find; `None` where another process is at it.
///
/// # Errors
/// Whatever would stop the run before it rings.
pub(super) fn outlook(
    arguments: &CampaignRunArgs,
    order: &Order,
    desk: &Desk<'_>,
) -> anyhow::Result<Option<Outlook>> {
    let database = &order.settings.storage.database;
    let copy = Scratch::of(database)?;
    let campaign = open_campaign(arguments, order, (None, &copy.ledger), desk)?;
    if driver::campaign_runner(database, campaign.id)?.is_some() {
        return Ok(None);
    }
    look(arguments, order, (campaign, &copy.ledger), desk).map(Some)
}

/// Does what a run does before it rings.
fn look(
    arguments: &CampaignRunArgs,
    order: &Order,
    (campaign, copy): (Campaign, &Ledger),
    desk: &Desk<'_>,
) -> anyhow::Result<Outlook> {
    let settings = &order.settings;
    let policy = &settings.policy.leads;
    let numbering = Arc::new(copy.numbering()?);
    let (mut brings, mut list) = (Brings::default(), None);
    if let Some(source) = &order.list {
        let rules = rules(arguments, settings, Arc::clone(&numbering));
        let read = intake::try_out(source, &rules, (&campaign, policy), copy)?.list;
        read.tell(desk);
        refuse_useless(source, &read)?;
        list = Some((read.leads, read.rejected_count));
        brings = Brings::of(&read);
    } else {
        brings.variables = copy.variables_of_any(campaign.id)?;
    }
    let named = order.scenario(arguments);
    let scenario = scenario_of(named.as_deref(), &brings, settings, desk)?;
    let slips = misspelt(&brings.misspelt, &brings.variables, Some(&scenario));
    let brought = copy.variables_of_all(campaign.id)?;
    warn_of_others(&scenario, &brought, desk);
    let own = copy.own_scenarios(campaign.id)?;
    let own = own_scenarios(own, &brought, settings, desk)?;
    guard(settings, (Some(&scenario), &own), desk)?;
    let usual = scenario.name.clone();
    copy.plan_campaign(campaign.id, policy, &numbering)?;
    copy.try_aside_again(campaign.id)?;
    let unjudged = copy.lead_counts(campaign.id)?.left();
    let at = driver::now();
    copy.judge_all(campaign.id, policy, at)?;
    let (turn, waits): (Vec<_>, Vec<_>) = copy
        .waits(campaign.id, policy, at)?
        .into_iter()
        .partition(|waits| waits.why.is_none());
    let now = turn.iter().map(|waits| waits.leads).sum();
    let refused = refused::line(&campaign, settings, copy)?;
    Ok(Outlook {
        counts: copy.lead_counts(campaign.id)?,
        unjudged,
        campaign,
        refused,
        list,
        waits,
        now,
        would_ring: arguments.limit.map_or(now, |limit| limit.min(now)),
        misspelt: misspelt_json(&slips),
        scenario: usual,
    })
}

impl Outlook {
    fn later(&self) -> u64 {
        self.waits.iter().map(|waits| waits.leads).sum()
    }

    fn json(&self, settings: &Settings) -> serde_json::Value {
        let zone = &settings.policy.default_timezone;
        let counts = &self.counts;
        let (leads, rejected) = self.list.unwrap_or((counts.left(), 0));
        let next = self.waits.iter().map(|waits| waits.first).min();
        let waiting: Vec<_> = self
            .waits
            .iter()
            .map(|waits| {
                serde_json::json!({ "why": waits.why, "leads": waits.leads,
                    "first": written::rfc3339(waits.first, zone) })
            })
            .collect();
        serde_json::json!({
            "campaign": self.campaign.name, "leads": leads, "rejected": rejected,
            "misspelt": self.misspelt, "scenario": self.scenario,
            "trunk": settings.asterisk.trunk, "would_ring": self.would_ring, "now": self.now,
            "later": self.later(), "new": counts.new, "retry": counts.retry,
            "in_call": counts.in_call, "done": counts.done, "do_not_call": counts.forbidden,
            "exhausted": counts.exhausted, "refused": counts.refused,
            "next_due": next.map(|at| written::rfc3339(at, zone)), "waiting": waiting,
        })
    }

    fn print(&self, settings: &Settings, desk: &Desk<'_>) -> anyhow::Result<()> {
        let zone = &settings.policy.default_timezone;
        desk.printer.data(&format!(
            "would ring {} now through `{}` with the scenario `{}`",
            counted(self.would_ring, "lead"),
            settings.asterisk.trunk,
            self.scenario
        ))?;
        let counts = &self.counts;
        let parts = [
            (self.now, "may be rung now"),
            (self.later(), "later"),
            (counts.in_call, "being rung"),
            (counts.done, "done"),
            (counts.forbidden, "on the do-not-call list"),
            (counts.exhausted, "rung as often as the policy allows"),
            (counts.refused, "refused by the policy or the list"),
        ];
        let parts: Vec<String> = parts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{count} {word}"))
            .collect();
        let name = plain(&self.campaign.name);
        let shown = if parts.is_empty() {
            "no leads".to_owned()
        } else {
            parts.join(", ")
        };
        desk.printer.data(&format!("campaign {name}: {shown}"))?;
        if let Some(refused) = &self.refused {
            desk.printer.data(refused)?;
        }
        for waits in &self.waits {
            let why = waits.why.as_deref().unwrap_or_default();
            let first = written::moment(waits.first, zone);
            desk.printer.data(&format!(
                "{} wait ({why}), the first until {first}",
                waits.leads
            ))?;
        }
        if let Some((_, rejected)) = self.list.filter(|(_, rejected)| *rejected > 0) {
            desk.printer.data(&format!(
                "{} of the list cannot be used",
                counted(rejected, "row")
            ))?;
        }
        Ok(())
    }
}
