//! `novodial campaign simulate`: a campaign on a virtual clock, lived through several times.

mod picture;
mod report;

use std::num::NonZero;

use anyhow::Context;
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::campaign::simulation::{Bands, People, Retries, SimulatedRun, Simulation};
use crate::campaign::{BadRate, BreakerLimits, LeadFile, Mode, PlannerLimits, Ramp};
use crate::cli::{CampaignSimulateArgs, PacingMode};
use crate::commands::{Desk, talk_plan};
use crate::driver;
use crate::output::{ExitStatus, UserError};
use crate::settings::{Flag, Settings};

/// Beside every conversation so many lines may ring in the adaptive mode: enough for answers of
/// one in twenty.
const LINES_PER_SLOT: u32 = 10;

pub(in crate::commands) fn simulate(
    arguments: &CampaignSimulateArgs,
    desk: &Desk<'_>,
) -> anyhow::Result<ExitStatus> {
    let settings = desk.settings_with(flags(arguments))?;
    let leads = count_leads(arguments, &settings, desk)?;
    let simulation = simulation(arguments, &settings, leads)?;
    let runs = live_through(&simulation, arguments)?;
    let slots = simulation.limits.max_conversations;
    let bands = Bands::over(&runs, slots).context("no run at all")?;
    if let Some(path) = &arguments.svg {
        let drawn = picture::svg(&bands, leads);
        std::fs::write(desk.path(path), drawn).map_err(|error| {
            let message = format!("`{}` cannot be written: {error}", path.display());
            UserError::new(ExitStatus::Invalid, "bad_svg", message).hint("check the path")
        })?;
    }
    report::print(&simulation, &bands, arguments, desk)?;
    let done = bands.exhausted.is_some_and(|end| end.runs == bands.runs);
    Ok(if done {
        ExitStatus::Success
    } else {
        ExitStatus::No
    })
}

fn flags(arguments: &CampaignSimulateArgs) -> Vec<Flag> {
    let given = [
        ("policy.hours", "--hours", &arguments.hours),
        (
            "campaign.calls_per_second",
            "--cps",
            &arguments.calls_per_second,
        ),
    ];
    let given = given.into_iter().filter_map(|(key, flag, text)| {
        Some(Flag {
            key,
            flag,
            text: text.clone()?,
        })
    });
    given.collect()
}

fn count_leads(
    arguments: &CampaignSimulateArgs,
    settings: &Settings,
    desk: &Desk<'_>,
) -> anyhow::Result<u32> {
    let Some(path) = &arguments.leads else {
        return Ok(arguments.count.unwrap_or(0));
    };
    let shown = path.display().to_string();
    let bytes = std::fs::read(desk.path(path)).map_err(|error| {
        let message = format!("the lead list `{shown}` cannot be read: {error}");
        UserError::new(ExitStatus::Invalid, "bad_leads", message).hint("check the path")
    })?;
    let column = arguments.phone_column.as_deref();
    let list = LeadFile::parse(&shown, &bytes, column, &settings.policy.numbers)?;
    if !list.rejected.is_empty() {
        let rejected = list.rejected.len();
        desk.printer
            .warning(&format!("{shown}: {rejected} rows cannot be used"));
    }
    Ok(u32::try_from(list.leads.len())?)
}

fn simulation(
    arguments: &CampaignSimulateArgs,
    settings: &Settings,
    leads: u32,
) -> anyhow::Result<Simulation> {
    let slots = arguments.slots.unwrap_or(settings.campaign.max_calls);
    let (mode, lines) = match arguments.mode {
        PacingMode::Progressive => (Mode::Progressive, slots),
        PacingMode::Adaptive => {
            let max_drop = arguments.max_drop;
            (Mode::Adaptive { max_drop }, slots * LINES_PER_SLOT)
        }
    };
    let policy = talk_plan::policy(settings);
    let zone = policy.default_timezone.clone();
    Ok(Simulation {
        limits: PlannerLimits {
            max_calls: arguments.max_calls.unwrap_or(lines),
            max_conversations: slots,
            mode,
            calls_per_second: settings.campaign.calls_per_second,
            ramp: Ramp::default(),
            caller_ids: Vec::new(),
            ring_timeout: SignedDuration::try_from(settings.call.ring_timeout)?,
            limit: None,
            policy,
            breaker: BreakerLimits::default(),
        },
        leads,
        zones: vec![zone],
        zone_of_lead: Vec::new(),
        people: people(arguments),
        retries: Retries {
            attempts: arguments.attempts,
            ..Retries::default()
        },
        from: midnight(arguments, settings)?,
        lasts: SignedDuration::from_hours(24 * i64::from(arguments.days)),
    })
}

fn people(arguments: &CampaignSimulateArgs) -> People {
    let usual = People::default();
    let mut people = People {
        answers: arguments.answers.unwrap_or(usual.answers),
        machines: arguments.machines.unwrap_or(usual.machines),
        ..usual
    };
    if !arguments.weights.is_empty() {
        people.misses.clone_from(&arguments.weights);
    }
    if let Some(seconds) = arguments.talk {
        let stretch = f64::from(seconds) / people.talk_mean_s();
        for (lengths, _) in &mut people.talks {
            lengths.median_s *= stretch;
        }
    }
    people
}

/// The midnight with which the first day begins.
fn midnight(arguments: &CampaignSimulateArgs, settings: &Settings) -> anyhow::Result<Timestamp> {
    let zone = &settings.policy.default_timezone;
    let first = match arguments.from {
        Some(date) => date,
        None => {
            let today = driver::now().to_zoned(zone.clone()).date();
            today.checked_add(1.day())?
        }
    };
    Ok(first.to_zoned(zone.clone())?.timestamp())
}

/// Every run, each from its own seed, on as many threads as there are processors.
fn live_through(
    simulation: &Simulation,
    arguments: &CampaignSimulateArgs,
) -> anyhow::Result<Vec<SimulatedRun>> {
    let seeds: Vec<u64> = (0..u64::from(arguments.runs))
        .map(|run| arguments.seed.wrapping_add(run))
        .collect();
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
    let share = seeds.len().div_ceil(threads).max(1);
    let parts: Vec<Result<Vec<_>, BadRate>> = std::thread::scope(|scope| {
        let work = |seeds: &'_ [u64]| {
            let seeds = seeds.to_vec();
            scope.spawn(move || seeds.into_iter().map(|seed| simulation.run(seed)).collect())
        };
        let threads: Vec<_> = seeds.chunks(share).map(work).collect();
        threads
            .into_iter()
            .map(|thread| match thread.join() {
                Ok(runs) => runs,
                Err(panic) => std::panic::resume_unwind(panic),
            })
            .collect()
    });
    let mut runs = Vec::with_capacity(seeds.len());
    for part in parts {
        runs.extend(part?);
    }
    Ok(runs)
}
