//! `novodial campaign run`: works through a lead list, day by day, until nobody is left to ring.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use tokio::sync::mpsc;

use super::channels;
use super::consent::{self, Answer};
use super::dry_run::dry_run;
use super::feed::{Feed, FeedPlan};
use super::first_look::{FirstLook, Looked, look, tell_of_the_kept};
use super::guard::{Overridden, OwnScenarios, allow_late, guard, own_scenarios};
use super::intake::{self, Intake};
use super::list_report::ListReport;
use super::list_scenario::{Brings, scenario_of};
use super::order::Order;
use super::other_list;
use super::pacing;
use super::refused;
use super::rehearsed::make_room;
use super::run_end::{self, nobody_left};
use super::run_report::{RunCampaign, print_end};
use super::run_watch::Tally;
use super::source::{ListRules, Source};
use crate::campaign::{Planner, PlannerLimits};
use crate::cli::{CampaignRunArgs, IfRunning};
use crate::commands::rehearsal::{self, Callees};
use crate::commands::{Desk, history, talk_plan};
use crate::dialogue::{Scenario, lint, not_brought};
use crate::driver::{
    self, CampaignEnd, CampaignJob, CampaignLock, CampaignNews, LockRefused, Scenarios,
    open_station, run_campaign,
};
use crate::output::{ExitStatus, UserError, is_broken_pipe};
use crate::phone::Numbering;
use crate::settings::Settings;
use crate::store::{CallFilter, Campaign, Ledger};

/// Events that the watcher of a run has not taken; with more, no new calls are begun.
const UNREAD: usize = 64;

pub(in crate::commands) fn run(
    arguments: &CampaignRunArgs,
    desk: &Desk<'_>,
) -> anyhow::Result<ExitStatus> {
    let mut order = Order::read(arguments, desk)?;
    let stay = order.stay(arguments)?;
    let max_cost = order.max_cost(arguments)?;
    pacing::limits(&order.settings, arguments.limit)?;
    if arguments.dry_run {
        return dry_run(arguments, &order, desk);
    }
    consent::require_settings(arguments, &order, desk)?;
    let answer = consent::ask(arguments, &order, desk)?;
    if let Answer::End(status) = answer {
        return Ok(status);
    }
    channels::cap(&mut order.settings, desk)?;
    let limits = pacing::limits(&order.settings, arguments.limit)?;
    let ledger = desk.ledger(&order.settings)?;
    let hushed = desk.printer.hushed();
    // What was told before the question is not told again.
    let told = answer.has_told();
    let quiet = desk.with(if told { &hushed } else { desk.printer });
    let (_lock, campaign, looked) = match open(arguments, &order, &ledger, &quiet) {
        Err(running) if is_skipped(arguments, &running, desk) => return Ok(ExitStatus::Success),
        opened => opened?,
    };
    let prepared = prepare(arguments, &order, (&campaign, &ledger, looked), &quiet)?;
    if let Some(intake) = prepared.intake.as_ref().filter(|_| answer.has_told()) {
        intake.tell_done(&campaign.name, desk);
    }
    let decided = (&order, answer);
    let calls = match agree(arguments, decided, (&campaign, &ledger), &prepared, desk)? {
        ControlFlow::Continue(calls) => calls,
        ControlFlow::Break(status) => return Ok(status),
    };
    let Prepared {
        scenario,
        own,
        feed,
        callees,
        ..
    } = prepared;
    let language = scenario.language;
    let job = CampaignJob {
        campaign: campaign.id,
        scenarios: scenarios((scenario, own), &order.settings, desk),
        fields: BTreeMap::new(),
        policy: Arc::new(order.settings.policy.leads.clone()),
        stay,
        max_cost,
        feed: feed.as_ref().map(|feed| feed.news.clone()),
        waiting: pacing::waiting_words(&order.settings, language),
    };
    let planner = pacing::planner(limits.clone(), &campaign, &ledger)?;
    let ready = Ready {
        campaign: &campaign,
        ledger: &ledger,
        job,
        planner,
        limits,
        calls,
    };
    let status = desk.block_on(ring(ready, callees, order.settings, desk))?;
    let read = feed.map(|feed| feed.end_after(status, desk.printer));
    if let Some(intake) = read.transpose()?.flatten() {
        intake.tell(&campaign.name, desk);
    }
    Ok(status)
}

/// Asks whoever must be asked, and keeps what the run was told to go by: how many calls there are to
/// make, or how it ends where nobody is to be rung.
fn agree(
    arguments: &CampaignRunArgs,
    (order, answer): (&Order, Answer),
    (campaign, ledger): (&Campaign, &Ledger),
    prepared: &Prepared,
    desk: &Desk<'_>,
) -> anyhow::Result<ControlFlow<ExitStatus, u64>> {
    let counts = ledger.lead_counts(campaign.id)?;
    let decided = (order, prepared.overridden.as_ref());
    let keep = || consent::keep(arguments, decided, (campaign, ledger), desk);
    if counts.left() == 0 && prepared.feed.is_none() {
        if consent::is_given(arguments, order) || answer != Answer::Unasked {
            keep()?;
        }
        let refused = refused::line(campaign, &order.settings, ledger)?;
        let found = (campaign, &counts);
        let ended = nobody_left(found, refused.as_deref(), &order.settings, desk)?;
        return Ok(ControlFlow::Break(ended));
    }
    let found = (counts.left(), prepared.scenario.as_ref());
    if !consent::consent(arguments, (order, answer), found, desk)? {
        return Ok(ControlFlow::Break(ExitStatus::No));
    }
    keep()?;
    Ok(ControlFlow::Continue(consent::wanted(
        arguments,
        counts.left(),
    )))
}

/// Everything that a run is begun with.
struct Ready<'a> {
    campaign: &'a Campaign,
    ledger: &'a Ledger,
    job: CampaignJob,
    planner: Planner,
    limits: PlannerLimits,
    calls: u64,
}

/// Opens the line, works through the campaign, and tells how it ended.
async fn ring(
    ready: Ready<'_>,
    callees: Option<Callees>,
    settings: Settings,
    desk: &Desk<'_>,
) -> anyhow::Result<ExitStatus> {
    let Ready {
        campaign,
        ledger,
        job,
        planner,
        limits,
        calls,
    } = ready;
    let stop = talk_plan::listen(true)?;
    let (rehearsal, settings) = rehearsal::begin(callees, settings, desk).await?;
    let opening = open_station(&settings, ledger.clone(), job.scenarios.usual().language);
    let open = talk_plan::unless_stopped(&stop, Box::pin(opening)).await?;
    let told = RunCampaign {
        campaign,
        run: open.station.run.id,
        settings: &settings,
    };
    let mut tally = Tally::new(calls, &told, ledger, desk.printer);
    let mut prompts = job.scenarios.usual().constant_prompts();
    let waiting = job.waiting.clone();
    prompts.extend(
        waiting
            .into_iter()
            .flat_map(|words| [words.greeting, words.farewell]),
    );
    let warming =
        async { Ok(driver::prepare(&open.station, prompts, &driver::Meter::default()).await?) };
    let end = match talk_plan::unless_stopped(&stop, warming).await {
        Ok(()) => match tally.started(&job, &limits) {
            Ok(()) => watch(&open.station, (job, planner), &stop, &mut tally).await,
            Err(error) => Err(error),
        },
        Err(error) => Err(error),
    };
    open.close().await?;
    rehearsal::end(rehearsal).await;
    tally.finish();
    let end = end?;
    let left = run_end::left(campaign, &settings, ledger)?;
    match print_end(&told, (&end, &left), ledger, desk) {
        // Nobody reads any more; how it ended is told by the exit code.
        Err(error) if is_broken_pipe(&error) => {}
        printed => printed?,
    }
    run_end::status(&end, &left, &stop, &settings)
}

/// What a run has once its list is read.
struct Prepared {
    intake: Option<Intake>,
    scenario: Arc<Scenario>,
    own: OwnScenarios,
    overridden: Option<Overridden>,
    feed: Option<Feed>,
    callees: Option<Callees>,
}

/// Opens the campaign and keeps others from it.
fn open(
    arguments: &CampaignRunArgs,
    order: &Order,
    ledger: &Ledger,
    desk: &Desk<'_>,
) -> anyhow::Result<(CampaignLock, Campaign, Option<Looked>)> {
    let looked = look(arguments, order, ledger, desk)?;
    let at = looked.as_ref().map(|looked| &looked.look);
    let campaign = open_campaign(arguments, order, (at, ledger), desk)?;
    Ok((lock(&campaign, ledger)?, campaign, looked))
}

/// Reads the list, the scenario and the rules. What the run was told to go by is not written yet.
fn prepare(
    arguments: &CampaignRunArgs,
    order: &Order,
    (campaign, ledger, looked): (&Campaign, &Ledger, Option<Looked>),
    desk: &Desk<'_>,
) -> anyhow::Result<Prepared> {
    let settings = &order.settings;
    let numbering = Arc::new(ledger.numbering()?);
    let mut taken = take_list(arguments, order, (campaign, ledger), &numbering, desk)?;
    let scenario = if let Some(scenario) = looked.and_then(|looked| looked.scenario) {
        scenario
    } else {
        let named = order.scenario(arguments);
        let read = scenario_of(named.as_deref(), &taken.brings, settings, desk);
        if let (Err(_), Some(list)) = (&read, &order.list) {
            tell_of_the_kept(list.shown(), &campaign.name, desk);
        }
        read?
    };
    let brought = ledger.variables_of_all(campaign.id)?;
    warn_of_others(&scenario, &brought, desk);
    let own = ledger.own_scenarios(campaign.id)?;
    let own = own_scenarios(own, &brought, settings, desk)?;
    let overridden = guard(settings, (Some(&scenario), &own), desk)?;
    ledger.plan_campaign(campaign.id, &settings.policy.leads, &numbering)?;
    ledger.try_aside_again(campaign.id)?;
    let mut callees = Callees::of(&arguments.rehearsal, scenario.language, desk)?;
    if let Some(callees) = &mut callees {
        let shown = order.list.as_ref().map_or("", Source::shown);
        let named = taken.intake.as_mut().map(|intake| &mut intake.with_callees);
        callees.assign_leads(shown, &named.map(std::mem::take).unwrap_or_default())?;
        if arguments.rehearsal.go_on {
            let earlier = CallFilter {
                campaign: Some(order.name.clone()),
                ..CallFilter::default()
            };
            callees.go_on_from(&earlier, ledger)?;
        }
    }
    Ok(Prepared {
        intake: taken.intake,
        scenario,
        own,
        overridden,
        feed: taken.feed,
        callees,
    })
}

/// Some leads may lack what others bring, those of earlier lists above all: it is said before, and
/// does not keep the others from being rung.
pub(super) fn warn_of_others(scenario: &Scenario, brought: &BTreeSet<String>, desk: &Desk<'_>) {
    let lint = lint(scenario, brought);
    let fatal = lint.iter().filter(|one| one.fatal);
    let told = fatal.map(|finding| format!("{} ({})", finding.message, finding.hint));
    let needed = not_brought(scenario, brought).into_iter();
    for what in told.chain(needed.map(|name| format!("it needs `{name}` ([scenario] fields)"))) {
        desk.printer.warning(&format!(
            "not every lead has what the scenario says: {what}; leads without it are put aside"
        ));
    }
}

/// What a list brought.
#[derive(Default)]
struct Taken {
    brings: Brings,
    intake: Option<Intake>,
    feed: Option<Feed>,
}

/// Reads the list into the ledger, or begins to.
fn take_list(
    arguments: &CampaignRunArgs,
    order: &Order,
    (campaign, ledger): (&Campaign, &Ledger),
    numbering: &Arc<Numbering>,
    desk: &Desk<'_>,
) -> anyhow::Result<Taken> {
    let policy = &order.settings.policy;
    let Some(source) = &order.list else {
        return Ok(Taken {
            brings: Brings {
                variables: ledger.variables_of_any(campaign.id)?,
                ..Brings::default()
            },
            ..Taken::default()
        });
    };
    if arguments.watch {
        let feed = Feed::start(FeedPlan {
            source: source.clone(),
            number_column: arguments.phone_column.clone(),
            numbers: policy.numbers.clone(),
            numbering: Arc::clone(numbering),
            campaign: campaign.clone(),
            policy: policy.leads.clone(),
            rejected: source.rejected_path(&campaign.name, desk),
            ledger: ledger.clone(),
        })?;
        let (feed, first) = feed.first_rows()?;
        return Ok(Taken {
            brings: Brings {
                list: Some(source.shown().to_owned()),
                variables: first.columns,
                misspelt: first.misspelt,
                ..Brings::default()
            },
            feed: Some(feed),
            ..Taken::default()
        });
    }
    let rules = rules(arguments, &order.settings, Arc::clone(numbering));
    let intake = intake::import(source, &rules, (campaign, &policy.leads), ledger, desk)?;
    intake.tell(
        &history::campaign_name(&campaign.name, order.settings.rehearsal),
        desk,
    );
    refuse_useless(source, &intake.list)?;
    Ok(Taken {
        brings: Brings::of(&intake.list),
        intake: Some(intake),
        feed: None,
    })
}

pub(super) fn rules<'a>(
    arguments: &'a CampaignRunArgs,
    settings: &'a Settings,
    numbering: Arc<Numbering>,
) -> ListRules<'a> {
    ListRules {
        number_column: arguments.phone_column.as_deref(),
        numbers: &settings.policy.numbers,
        numbering,
    }
}

/// Refuses a list that has rows, none of which can be used.
pub(super) fn refuse_useless(source: &Source, list: &ListReport) -> Result<(), UserError> {
    if list.leads > 0 || list.rejected_count == 0 {
        return Ok(());
    }
    let message = format!("no row of the lead list `{}` can be used", source.shown());
    Err(UserError::new(ExitStatus::Invalid, "bad_leads", message).hint("mend the rows named above"))
}

/// The scenarios of a campaign: those of leads that come later are read, and held to the preset, as
/// they come.
fn scenarios(
    (usual, own): (Arc<Scenario>, OwnScenarios),
    settings: &Settings,
    desk: &Desk<'_>,
) -> Scenarios {
    let folder = desk.path(Path::new(""));
    let settings = settings.clone();
    Scenarios::new(usual, own, move |name, given| {
        let late = talk_plan::late_scenario(name, given, &folder);
        let late = late.map_err(|error| format!("{error:#}"))?;
        allow_late(&settings, name, &late)?;
        Ok(late)
    })
}

/// The campaign of a run. A rehearsal that begins anew puts the last of its name aside.
pub(super) fn open_campaign(
    arguments: &CampaignRunArgs,
    order: &Order,
    (looked, ledger): (Option<&FirstLook>, &Ledger),
    desk: &Desk<'_>,
) -> anyhow::Result<Campaign> {
    let rehearsal = order.settings.rehearsal;
    let campaign = match &order.list {
        None => ledger.campaign(&order.name)?,
        Some(source) => {
            let numbering = Arc::new(Numbering::default());
            source.peek(&rules(arguments, &order.settings, numbering))?;
            if rehearsal && !arguments.rehearsal.go_on {
                let named = (order.name.as_str(), source);
                make_room(arguments, named, (looked, ledger), desk)?;
            }
            // The scenario is kept once somebody has said yes.
            let opened = ledger.open_campaign(&order.name, &source.kept(), None, driver::now());
            let named = arguments.campaign.is_some();
            opened.map_err(|error| other_list::explain(error, (source, named)))?
        }
    };
    run_end::refuse_closed(&campaign, rehearsal)?;
    Ok(campaign)
}

pub(super) fn lock(campaign: &Campaign, ledger: &Ledger) -> anyhow::Result<CampaignLock> {
    let owner = match CampaignLock::take(ledger.path(), campaign.id) {
        Ok(lock) => return Ok(lock),
        Err(LockRefused::File(error)) => return Err(error.into()),
        Err(LockRefused::Running(owner)) => owner,
    };
    let process = owner.map_or_else(String::new, |id| format!(" (process {id})"));
    let message = format!(
        "the campaign `{}` is being run by another process{process}",
        campaign.name
    );
    Err(
        UserError::new(ExitStatus::AlreadyRunning, "already_running", message)
            .hint("wait for it to end, or stop it")
            .into(),
    )
}

/// Whether another process runs the campaign, and that is no fault; it is said.
fn is_skipped(arguments: &CampaignRunArgs, error: &anyhow::Error, desk: &Desk<'_>) -> bool {
    let told = error.downcast_ref::<UserError>();
    let is_running = told.is_some_and(|error| error.status == ExitStatus::AlreadyRunning);
    let skipped = is_running && arguments.if_running == IfRunning::Skip;
    if skipped {
        desk.printer.message(&format!("nothing is done: {error}"));
    }
    skipped
}

/// Runs the campaign and shows it while it goes on.
///
/// The campaign is a task of its own: whoever reads slowly, or not at all, keeps no callee
/// waiting, only calls that are not yet begun.
async fn watch(
    station: &driver::Station,
    (job, planner): (CampaignJob, Planner),
    stop: &driver::Stop,
    tally: &mut Tally<'_>,
) -> anyhow::Result<CampaignEnd> {
    let (news, mut heard) = mpsc::channel::<CampaignNews>(UNREAD);
    let campaign = tokio::spawn({
        let (station, stop) = (station.clone(), stop.clone());
        async move { run_campaign(&station, &job, planner, &stop, news).await }
    });
    let mut second = tokio::time::interval(std::time::Duration::from_secs(1));
    let mut shown = Ok(());
    loop {
        tokio::select! {
            item = heard.recv() => match item {
                Some(item) if shown.is_ok() => shown = tally.take(&item),
                Some(_) => {}
                None => break,
            },
            _ = second.tick() => tally.show(),
        }
        if tally.is_closed() || shown.is_err() {
            stop.drain.cancel();
        }
    }
    let end = campaign.await.context("the campaign's task ended early")?;
    shown?;
    end
}
