//! `novodial campaign run`: works through a lead list until nobody is left to ring.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tokio::sync::mpsc;

use super::guard::guard;
use super::pacing;
use super::run_report::{RunCampaign, Tally, print_end};
use crate::campaign::{DrainReason, LeadFile, Planner};
use crate::cli::CampaignRunArgs;
use crate::commands::rehearsal::{self, Callees};
use crate::commands::{Desk, history, talk_plan};
use crate::dialogue::Scenario;
use crate::driver::{
    self, CampaignEnd, CampaignJob, CampaignLock, CampaignNews, open_station, run_campaign,
};
use crate::output::{ExitStatus, Format, UserError, plain};
use crate::settings::{OwnSetting, Settings};
use crate::store::{Campaign, LeadCounts, Ledger};

/// Rejected rows that are told one by one; the rest is counted.
const TOLD_ROWS: usize = 10;

pub(in crate::commands) fn run(
    arguments: &CampaignRunArgs,
    desk: &Desk<'_>,
) -> anyhow::Result<ExitStatus> {
    let own = desk.own_settings(&arguments.policy)?;
    let settings = rehearsal::settings_of(
        &arguments.rehearsal,
        &own,
        pacing::flags(&arguments.pacing),
        desk,
    )?;
    let list = read_list(arguments, &settings, desk)?;
    let given = variables_of_all(&list);
    let scenario = talk_plan::scenario(arguments.scenario.as_deref(), &given, &settings, desk)?;
    let overridden = guard(&settings, &scenario, desk)?;
    let limits = pacing::limits(&settings, arguments.limit)?;
    if arguments.dry_run {
        return dry_run(&list, &scenario, &settings, desk);
    }
    let ledger = desk.ledger(&settings)?;
    let callees = callees(arguments, &list, &scenario, &ledger, desk)?;
    let campaign = open_campaign(arguments, &scenario, &ledger, desk)?;
    let _lock = lock(&campaign, &ledger)?;
    import(&list, (&campaign, &settings), &ledger, desk)?;
    ledger.set_campaign_settings(campaign.id, &OwnSetting::keep(&campaign.settings, &own))?;
    if let Some(overridden) = &overridden {
        overridden.record(&campaign, &settings, &ledger)?;
    }
    ledger.plan_campaign(campaign.id, &settings.policy.leads, &ledger.numbering()?)?;
    let counts = ledger.lead_counts(campaign.id)?;
    let open = counts.left();
    if open == 0 {
        return nobody_left(&campaign, &counts, settings.rehearsal, desk);
    }
    let calls = arguments.limit.map_or(open, |limit| limit.min(open));
    if !settings.rehearsal && !consent(arguments, calls, desk)? {
        return Ok(ExitStatus::No);
    }
    let planner = pacing::planner(limits, &campaign, &ledger)?;
    desk.block_on(async {
        let stop = talk_plan::listen(true)?;
        let (rehearsal, settings) = rehearsal::begin(callees, settings, desk).await?;
        let opening = open_station(&settings, ledger.clone(), scenario.language);
        let open = talk_plan::unless_stopped(&stop, Box::pin(opening)).await?;
        let job = job(&campaign, &scenario, &settings);
        let mut tally = Tally::new(calls, desk.printer, &settings, &ledger);
        let warming = async { Ok(driver::prepare(&open.station, constant_prompts(&job)).await?) };
        let end = match talk_plan::unless_stopped(&stop, warming).await {
            Ok(()) => watch(&open.station, &job, planner, &stop, &mut tally).await,
            Err(error) => Err(error),
        };
        let run = open.station.run.id;
        open.close().await?;
        rehearsal::end(rehearsal).await;
        tally.finish();
        let end = end?;
        let campaign = RunCampaign {
            campaign: &campaign,
            run,
            rehearsal: settings.rehearsal,
        };
        print_end(&campaign, &end, &ledger, desk)?;
        status(&end, &stop, &campaign, &ledger)
    })
}

fn import(
    list: &LeadFile,
    (campaign, settings): (&Campaign, &Settings),
    ledger: &Ledger,
    desk: &Desk<'_>,
) -> anyhow::Result<()> {
    let imported = ledger.import_leads(campaign.id, &list.leads, driver::now())?;
    desk.printer.message(&format!(
        "campaign {}: {} leads new, {} changed, {} as they were, {} rows rejected",
        history::campaign_name(&campaign.name, settings.rehearsal),
        imported.added,
        imported.updated,
        imported.unchanged,
        list.rejected.len()
    ));
    Ok(())
}

fn read_list(
    arguments: &CampaignRunArgs,
    settings: &Settings,
    desk: &Desk<'_>,
) -> anyhow::Result<LeadFile> {
    let shown = arguments.leads.display().to_string();
    let bytes = std::fs::read(desk.path(&arguments.leads)).map_err(|error| {
        let message = format!("the lead list `{shown}` cannot be read: {error}");
        UserError::new(ExitStatus::Invalid, "bad_leads", message).hint("check the path")
    })?;
    let rules = &settings.policy.numbers;
    let list = LeadFile::parse(&shown, &bytes, arguments.phone_column.as_deref(), rules)?;
    for row in list.rejected.iter().take(TOLD_ROWS) {
        desk.printer
            .warning(&format!("{shown}: {}", plain(&row.to_string())));
    }
    if list.rejected.len() > TOLD_ROWS {
        let more = list.rejected.len() - TOLD_ROWS;
        desk.printer.warning(&format!(
            "{shown}: and {more} rows more that cannot be used"
        ));
    }
    if list.leads.is_empty() && !list.rejected.is_empty() {
        let message = format!("no row of the lead list `{shown}` can be used");
        let user = UserError::new(ExitStatus::Invalid, "bad_leads", message);
        return Err(user.hint("mend the rows named above").into());
    }
    if !list.duplicates.is_empty() {
        let count = list.duplicates.len();
        desk.printer.message(&format!(
            "{shown}: {count} rows repeat a number and were merged"
        ));
    }
    Ok(list)
}

/// The variables that every lead of the list brings.
fn variables_of_all(list: &LeadFile) -> BTreeSet<String> {
    let mut leads = list.leads.iter().map(|lead| {
        lead.variables()
            .into_iter()
            .filter(|(_, value)| !value.trim().is_empty())
            .map(|(name, _)| name)
            .collect::<BTreeSet<String>>()
    });
    let Some(first) = leads.next() else {
        return BTreeSet::new();
    };
    leads.fold(first, |common, lead| {
        common.intersection(&lead).cloned().collect()
    })
}

/// Who is rung, if it is a rehearsal; one that begins anew puts the last of its name aside.
fn callees(
    arguments: &CampaignRunArgs,
    list: &LeadFile,
    scenario: &Scenario,
    ledger: &Ledger,
    desk: &Desk<'_>,
) -> anyhow::Result<Option<Callees>> {
    let mut callees = Callees::of(&arguments.rehearsal, scenario.language, desk)?;
    if let Some(callees) = &mut callees {
        let shown = arguments.leads.display().to_string();
        callees.assign_leads(&shown, &list.leads)?;
        let name = campaign_name(arguments);
        if arguments.go_on {
            callees.go_on_from(&name, ledger)?;
        } else {
            ledger.begin_afresh(Some(&name))?;
        }
    }
    Ok(callees)
}

/// The name given, else the stem of the file.
fn campaign_name(arguments: &CampaignRunArgs) -> String {
    let stem = || {
        arguments
            .leads
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
    };
    arguments.campaign.clone().or_else(stem).unwrap_or_default()
}

fn open_campaign(
    arguments: &CampaignRunArgs,
    scenario: &Scenario,
    ledger: &Ledger,
    desk: &Desk<'_>,
) -> anyhow::Result<Campaign> {
    let name = campaign_name(arguments);
    let typed = desk.path(&arguments.leads);
    let source = std::fs::canonicalize(&typed).unwrap_or(typed);
    let source = source.display().to_string();
    Ok(ledger.open_campaign(&name, &source, Some(&scenario.name), driver::now())?)
}

fn lock(campaign: &Campaign, ledger: &Ledger) -> anyhow::Result<CampaignLock> {
    CampaignLock::take(ledger.path(), campaign.id).map_err(|error| {
        if error.kind() != std::io::ErrorKind::WouldBlock {
            return error.into();
        }
        let message = format!(
            "the campaign `{}` is being run by another process",
            campaign.name
        );
        UserError::new(ExitStatus::AlreadyRunning, "already_running", message)
            .hint("wait for it to end, or stop it")
            .into()
    })
}

/// Rings people only after somebody said so: a person at the terminal, or `--yes`.
fn consent(arguments: &CampaignRunArgs, calls: u64, desk: &Desk<'_>) -> anyhow::Result<bool> {
    if arguments.yes {
        return Ok(true);
    }
    if desk.printer.can_ask() {
        return desk.printer.confirm(&format!("Ring {calls} people now?"));
    }
    Err(UserError::new(
        ExitStatus::Usage,
        "not_confirmed",
        format!("this would ring {calls} people, and nobody can be asked"),
    )
    .hint("say --yes, or look first with --dry-run")
    .into())
}

fn dry_run(
    list: &LeadFile,
    scenario: &Scenario,
    settings: &Settings,
    desk: &Desk<'_>,
) -> anyhow::Result<ExitStatus> {
    let (leads, rejected) = (list.leads.len(), list.rejected.len());
    if desk.printer.is_json() {
        let body = serde_json::json!({
            "leads": leads, "rejected": rejected, "duplicates": list.duplicates.len(),
            "scenario": scenario.name, "trunk": settings.asterisk.trunk,
        });
        desk.printer
            .json(&crate::output::Envelope::new("novodial.dry_run/1", body))?;
    } else {
        desk.printer.data(&format!(
            "would ring {leads} leads through `{}` with the scenario `{}`; {rejected} rows cannot be used",
            settings.asterisk.trunk, scenario.name
        ))?;
    }
    Ok(ExitStatus::Success)
}

fn nobody_left(
    campaign: &Campaign,
    counts: &LeadCounts,
    rehearsal: bool,
    desk: &Desk<'_>,
) -> anyhow::Result<ExitStatus> {
    if desk.printer.format() == Format::Text {
        desk.printer.data(&format!(
            "nobody is left to ring in campaign {}: {} done, {} on the do-not-call list",
            campaign.name, counts.done, counts.forbidden
        ))?;
    } else {
        let body = serde_json::json!({
            "campaign": history::campaign_name(&campaign.name, rehearsal), "rehearsal": rehearsal,
            "calls": 0, "reason": "exhausted",
            "done": counts.done, "left": 0, "forbidden": counts.forbidden,
        });
        desk.printer.json(&crate::output::Envelope::new(
            "novodial.campaign_run/1",
            body,
        ))?;
    }
    Ok(ExitStatus::Success)
}

/// What the campaign is run with.
fn job(campaign: &Campaign, scenario: &Arc<Scenario>, settings: &Settings) -> CampaignJob {
    CampaignJob {
        campaign: campaign.id,
        scenario: Arc::clone(scenario),
        fields: BTreeMap::new(),
        policy: Arc::new(settings.policy.leads.clone()),
        waiting: pacing::waiting_words(settings, scenario.language),
    }
}

/// What is said in every call.
fn constant_prompts(job: &CampaignJob) -> Vec<String> {
    let mut prompts = job.scenario.constant_prompts();
    if let Some(words) = &job.waiting {
        prompts.extend([words.greeting.clone(), words.farewell.clone()]);
    }
    prompts
}

/// Runs the campaign and shows it while it goes on.
async fn watch(
    station: &driver::Station,
    job: &CampaignJob,
    planner: Planner,
    stop: &driver::Stop,
    tally: &mut Tally<'_>,
) -> anyhow::Result<CampaignEnd> {
    let (news, mut heard) = mpsc::channel::<CampaignNews>(256);
    let campaign = async {
        let end = run_campaign(station, job, planner, stop, &news).await;
        drop(news);
        end
    };
    let show = async {
        let mut second = tokio::time::interval(std::time::Duration::from_secs(1));
        loop {
            tokio::select! {
                item = heard.recv() => match item {
                    Some(item) => tally.take(&item)?,
                    None => return anyhow::Ok(()),
                },
                _ = second.tick() => tally.show(),
            }
        }
    };
    let (end, shown) = tokio::join!(campaign, show);
    shown?;
    end
}

fn status(
    end: &CampaignEnd,
    stop: &driver::Stop,
    campaign: &RunCampaign<'_>,
    ledger: &Ledger,
) -> anyhow::Result<ExitStatus> {
    if let Some(error) = &end.speech {
        return Err(error.clone().into());
    }
    if let Some(fault) = &end.fault {
        return Err(
            UserError::new(ExitStatus::Outside, "campaign_fault", fault.clone())
                .hint("see `novodial asterisk check`; run the campaign again to go on")
                .into(),
        );
    }
    if let Some(status) = talk_plan::signal_status(stop) {
        return Ok(status);
    }
    let counts = ledger.lead_counts(campaign.campaign.id)?;
    if matches!(end.reason, DrainReason::Breaker(_)) {
        return Ok(ExitStatus::Paused);
    }
    // Nobody will rehearse a list again tomorrow: who is left for a later run is done with.
    let later = if campaign.rehearsal { 0 } else { counts.retry };
    let left = counts.new + later + counts.in_call;
    Ok(if left > 0 {
        ExitStatus::No
    } else {
        ExitStatus::Success
    })
}

/// The stem of a path, for tests of the name that a campaign gets.
#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::Lead;
    use crate::phone::{NumberRules, PhoneNumber};

    fn lead(pairs: &[(&str, &str)]) -> Lead {
        let number = PhoneNumber::parse("+79000000001", &NumberRules::default()).unwrap();
        Lead {
            fields: pairs
                .iter()
                .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
                .collect(),
            ..Lead::new(number, 2)
        }
    }

    #[test]
    fn only_what_every_lead_brings_counts_as_given() {
        let leads = vec![
            lead(&[("a", "1"), ("b", "2")]),
            lead(&[("a", "1"), ("b", " ")]),
        ];
        let list = LeadFile {
            leads,
            ..LeadFile::default()
        };
        assert_eq!(variables_of_all(&list), BTreeSet::from(["a".to_owned()]));
        assert_eq!(variables_of_all(&LeadFile::default()), BTreeSet::new());
    }
}
