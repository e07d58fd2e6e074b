//! `novodial campaign simulate`: a campaign on a virtual clock, lived through several times.

mod people;
mod picture;
mod report;

use std::collections::{BTreeMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::num::NonZero;
use std::sync::Arc;

use anyhow::Context;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::source::{ListRules, Source, Taker};
use crate::campaign::simulation::{Bands, Miss, People, SimulatedRun, Simulation};
use crate::campaign::{
    BadRate, BreakerLimits, Lead, LeadPolicy, Mode, PlannerLimits, Ramp, RejectedRow, Terms,
};
use crate::cli::{CampaignSimulateArgs, PacingMode};
use crate::commands::Desk;
use crate::commands::written::counted;
use crate::driver;
use crate::line::Disposition;
use crate::output::{ExitStatus, UserError};
use crate::phone::Numbering;
use crate::rehearsal::people::Cast;
use crate::settings::{Flag, Settings};

/// Beside every conversation so many lines may ring in the adaptive mode: enough for answers of
/// one in twenty.
const LINES_PER_SLOT: u32 = 10;

pub(in crate::commands) fn simulate(
    arguments: &CampaignSimulateArgs,
    desk: &Desk<'_>,
) -> anyhow::Result<ExitStatus> {
    let own = desk.own_settings(&arguments.policy)?;
    let settings = desk.settings_of(&own, &[], flags(arguments))?;
    let leads = leads(arguments, &settings, desk)?;
    let people = people(arguments, desk)?;
    let simulation = simulation(arguments, &settings, leads, people)?;
    let runs = live_through(arguments.runs.into(), &|run| {
        simulation.run(arguments.seed.wrapping_add(run))
    })?;
    let slots = simulation.limits.max_conversations;
    let bands = Bands::over(&runs, slots).context("no run at all")?;
    if let Some(path) = &arguments.svg {
        let drawn = picture::svg(&bands, simulation.leads);
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

/// How many leads there are, and where they live.
#[derive(Debug, Default)]
struct Leads {
    count: u32,
    terms: BTreeMap<u32, Terms>,
    places: Vec<Vec<TimeZone>>,
    place_of_lead: Vec<u16>,
}

fn leads(
    arguments: &CampaignSimulateArgs,
    settings: &Settings,
    desk: &Desk<'_>,
) -> anyhow::Result<Leads> {
    let Some(path) = &arguments.leads else {
        return Ok(Leads {
            count: arguments.count.unwrap_or(0),
            places: vec![vec![settings.policy.default_timezone.clone()]],
            ..Leads::default()
        });
    };
    // A look leaves nothing behind: no ledger is made for it.
    let known = settings.storage.database.exists();
    let numbering = match known.then(|| desk.ledger(settings)).transpose()? {
        Some(ledger) => ledger.numbering()?,
        None => Numbering::default(),
    };
    let rules = ListRules {
        number_column: arguments.phone_column.as_deref(),
        numbers: &settings.policy.numbers,
        numbering: Arc::new(numbering),
    };
    let mut census = Census::new(settings, Arc::clone(&rules.numbering));
    let source = Source::new(path, desk);
    let list = source.read(&rules, &mut census)?;
    if list.rejected_count > 0 {
        desk.printer.warning(&format!(
            "{}: {} cannot be used; see `novodial campaign check`",
            source.shown(),
            counted(list.rejected_count, "row")
        ));
    }
    Ok(census.leads)
}

/// Counts leads by where they live.
struct Census {
    numbering: Arc<Numbering>,
    default: TimeZone,
    known: BTreeMap<String, u16>,
    numbers: HashSet<u64>,
    leads: Leads,
}

impl Census {
    fn new(settings: &Settings, numbering: Arc<Numbering>) -> Self {
        Self {
            numbering,
            default: settings.policy.default_timezone.clone(),
            known: BTreeMap::new(),
            numbers: HashSet::new(),
            leads: Leads::default(),
        }
    }

    fn place(&mut self, lead: &Lead) -> anyhow::Result<u16> {
        let (name, zones) = if let Some(zone) = &lead.terms.timezone {
            (zone.name().to_owned(), vec![zone.time_zone().clone()])
        } else {
            let place = self.numbering.place(&lead.number);
            let zones = place.zones.iter().map(|name| TimeZone::get(name));
            let zones: Vec<_> = zones.collect::<Result<_, _>>()?;
            (place.zones.join(" "), zones)
        };
        if let Some(known) = self.known.get(&name) {
            return Ok(*known);
        }
        let place = u16::try_from(self.leads.places.len())?;
        self.leads.places.push(if zones.is_empty() {
            vec![self.default.clone()]
        } else {
            zones
        });
        self.known.insert(name, place);
        Ok(place)
    }
}

impl Taker for Census {
    fn leads(&mut self, leads: Vec<Lead>) -> anyhow::Result<()> {
        for lead in &leads {
            let mut hasher = DefaultHasher::new();
            (&lead.number, &lead.extension).hash(&mut hasher);
            if self.numbers.insert(hasher.finish()) {
                let place = self.place(lead)?;
                self.leads.place_of_lead.push(place);
                if lead.terms != Terms::default() {
                    self.leads
                        .terms
                        .insert(self.leads.count, lead.terms.clone());
                }
                self.leads.count += 1;
            }
        }
        Ok(())
    }

    fn rejected(&mut self, _: &RejectedRow, _: &[String], _: u8) -> anyhow::Result<()> {
        Ok(())
    }
}

fn simulation(
    arguments: &CampaignSimulateArgs,
    settings: &Settings,
    leads: Leads,
    people: People,
) -> anyhow::Result<Simulation> {
    let slots = arguments.slots.unwrap_or(settings.campaign.max_calls);
    let (mode, lines) = match arguments.mode {
        PacingMode::Progressive => (Mode::Progressive, slots),
        PacingMode::Adaptive => {
            let max_drop = arguments.max_drop;
            (Mode::Adaptive { max_drop }, slots * LINES_PER_SLOT)
        }
    };
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
            zone: settings.policy.default_timezone.clone(),
            breaker: BreakerLimits::default(),
        },
        policy: policy(arguments, settings),
        leads: leads.count,
        terms: leads.terms,
        places: leads.places,
        place_of_lead: leads.place_of_lead,
        before: BTreeMap::new(),
        promised: BTreeMap::new(),
        people,
        from: midnight(arguments, settings)?,
        lasts: SignedDuration::from_hours(24 * i64::from(arguments.days)),
    })
}

/// The policy of the settings.
fn policy(arguments: &CampaignSimulateArgs, settings: &Settings) -> LeadPolicy {
    let mut policy = settings.policy.leads.clone();
    policy.limits.lead_total = arguments.attempts.or(policy.limits.lead_total);
    policy
}

/// The people of the cast, and what was asked for on top.
fn people(arguments: &CampaignSimulateArgs, desk: &Desk<'_>) -> anyhow::Result<People> {
    let folder = arguments.callees.as_deref().map(|folder| desk.path(folder));
    let mut people = people::of_cast(&Cast::load(folder.as_deref())?);
    people.answers = arguments.answers.unwrap_or(people.answers);
    people.machines = arguments.machines.unwrap_or(people.machines);
    if !arguments.weights.is_empty() {
        people.misses = weighted(&people.misses, &arguments.weights);
    }
    if let Some(seconds) = arguments.talk {
        let stretch = f64::from(seconds) / people.talk_mean_s();
        for (lengths, _) in &mut people.talks {
            lengths.median_s *= stretch;
        }
    }
    Ok(people)
}

/// The same ends of calls by other weights; one that is not named has none.
fn weighted(known: &[(Miss, f64)], weights: &[(Disposition, f64)]) -> Vec<(Miss, f64)> {
    let usual = People::default();
    let named = weights.iter().map(|(disposition, weight)| {
        let miss = known
            .iter()
            .chain(&usual.misses)
            .find(|(miss, _)| miss.disposition == *disposition);
        let rings_out = Miss {
            disposition: *disposition,
            after: None,
        };
        (miss.map_or(rings_out, |(miss, _)| *miss), *weight)
    });
    named.collect()
}

/// The midnight with which the first day begins.
fn midnight(arguments: &CampaignSimulateArgs, settings: &Settings) -> anyhow::Result<Timestamp> {
    let zone = &settings.policy.default_timezone;
    let first = if let Some(date) = arguments.from {
        date
    } else {
        let today = driver::now().to_zoned(zone.clone()).date();
        today.checked_add(1.day())?
    };
    Ok(first.to_zoned(zone.clone())?.timestamp())
}

/// So many runs, each by its place among them, on as many threads as there are processors.
pub(super) fn live_through(
    runs: u64,
    live: &(impl Fn(u64) -> Result<SimulatedRun, BadRate> + Sync),
) -> anyhow::Result<Vec<SimulatedRun>> {
    let places: Vec<u64> = (0..runs).collect();
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
    let share = places.len().div_ceil(threads).max(1);
    let parts: Vec<Result<Vec<_>, BadRate>> = std::thread::scope(|scope| {
        let work = |places: &'_ [u64]| {
            let places = places.to_vec();
            scope.spawn(move || places.into_iter().map(live).collect())
        };
        let threads: Vec<_> = places.chunks(share).map(work).collect();
        threads
            .into_iter()
            .map(|thread| match thread.join() {
                Ok(runs) => runs,
                Err(panic) => std::panic::resume_unwind(panic),
            })
            .collect()
    });
    let mut runs = Vec::with_capacity(places.len());
    for part in parts {
        runs.extend(part?);
    }
    Ok(runs)
}
