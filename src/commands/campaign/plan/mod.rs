//! `novodial campaign plan`: when the list will be exhausted and what it will cost, from its own
//! history.

mod chance;
mod report;

use std::collections::BTreeMap;

use anyhow::Context;
use jiff::{SignedDuration, Timestamp};

use super::found::FoundCampaign;
use super::pacing;
use super::simulate::live_through;
use crate::campaign::simulation::{Band, Bands, LeadNumbers, SimulatedRun, Simulation};
use crate::campaign::{Money, Tariff, Terms};
use crate::cli::CampaignPlanArgs;
use crate::commands::Desk;
use crate::commands::history::History;
use crate::driver;
use crate::output::ExitStatus;
use crate::phone::CellNumber;
use crate::report::Habits;
use crate::settings::Settings;
use crate::store::LeftLead;

/// Runs for the bands, and the leads that all runs together may ring before there are fewer.
const RUNS: u64 = 20;
const FEWEST_RUNS: u64 = 5;
const RUNG_IN_ALL: u64 = 400_000;

/// A forecast.
struct Forecast<'a> {
    found: FoundCampaign<'a>,
    simulation: Simulation,
    habits: Habits,
    bands: Bands,
    /// What is still to be paid; `None` without a tariff.
    cost: Option<Band>,
    /// What was paid so far.
    spent: Money,
}

pub(in crate::commands) fn plan(
    arguments: &CampaignPlanArgs,
    desk: &Desk<'_>,
) -> anyhow::Result<ExitStatus> {
    let settings = desk.settings()?;
    let history = History::open(&settings, desk)?;
    let found = FoundCampaign::find(
        &arguments.name,
        &history,
        pacing::flags(&arguments.pacing),
        desk,
    )?;
    let (ledger, id) = (found.ledger, found.campaign.id);
    let mut habits = Habits::default();
    ledger.each_fact(id, None, found.zone(), &mut |fact| habits.add(fact))?;
    let left = left(&found)?;
    if left.count == 0 {
        return report::nobody(&found, desk);
    }
    let minute = left.minute();
    let simulation = simulation(arguments, &found.settings, left)?;
    let runs = arguments.runs.map_or_else(
        || (RUNG_IN_ALL / u64::from(simulation.leads)).clamp(FEWEST_RUNS, RUNS),
        u64::from,
    );
    // What is not known of the people is spread over the runs like chance itself.
    let lived = live_through(runs, &|run| {
        let answers = chance::deviations(run, runs);
        let talks = chance::deviations((run * 7 + 3) % runs, runs);
        let people = habits.people(answers, talks);
        simulation.run_among(&people, arguments.seed.wrapping_add(run))
    })?;
    let slots = simulation.limits.max_conversations;
    let bands = Bands::over(&lived, slots).context("no run at all")?;
    let tariff = &found.settings.tariff;
    let cost = tariff
        .is_set()
        .then(|| Band::of(lived.iter().map(|run| cost(run, tariff, minute))));
    let done = bands.exhausted.is_some_and(|end| end.runs == bands.runs);
    let forecast = Forecast {
        spent: ledger.pulse(id)?.cost.unwrap_or_default(),
        found,
        simulation,
        habits,
        bands,
        cost: cost.flatten(),
    };
    report::print(&forecast, arguments, desk)?;
    Ok(if done {
        ExitStatus::Success
    } else {
        ExitStatus::No
    })
}

/// The leads that are still to be rung.
#[derive(Debug, Default)]
struct Left {
    count: u32,
    places: Vec<Vec<jiff::tz::TimeZone>>,
    place_of_lead: Vec<u16>,
    numbers: BTreeMap<u32, LeadNumbers>,
    terms: BTreeMap<u32, Terms>,
    before: BTreeMap<u32, Vec<crate::campaign::PastAttempt>>,
    promised: BTreeMap<u32, Timestamp>,
    /// The prices of a minute to each of them, together.
    minutes: Money,
}

fn left(found: &FoundCampaign<'_>) -> anyhow::Result<Left> {
    let mut left = Left::default();
    let mut areas: Vec<i64> = Vec::new();
    let tariff = &found.settings.tariff;
    let id = found.campaign.id;
    found
        .ledger
        .each_left(id, &mut |lead| left.add(lead, &mut areas, tariff))?;
    let policy = &found.settings.policy.leads;
    for area in areas {
        left.places.push(found.ledger.area_zones(area, policy)?);
    }
    Ok(left)
}

impl Left {
    fn add(&mut self, lead: LeftLead, areas: &mut Vec<i64>, tariff: &Tariff) {
        let mut place = |area: i64| {
            let known = areas.iter().position(|known| *known == area);
            let place = known.unwrap_or_else(|| {
                areas.push(area);
                areas.len() - 1
            });
            u16::try_from(place).unwrap_or(0)
        };
        let own = place(lead.area);
        self.place_of_lead.push(own);
        if !lead.others.is_empty() {
            let first = CellNumber {
                number: lead.number.clone(),
                extension: None,
            };
            let others = lead.others.into_iter();
            let others = others.map(|(other, area)| (other, place(area)));
            let numbers = std::iter::once((first, own)).chain(others).collect();
            self.numbers.insert(self.count, numbers);
        }
        self.minutes = self.minutes + tariff.minute(&lead.number);
        if lead.terms != Terms::default() {
            self.terms.insert(self.count, lead.terms);
        }
        if !lead.attempts.is_empty() {
            self.before.insert(self.count, lead.attempts);
        }
        if let Some(at) = lead.promised_at {
            self.promised.insert(self.count, at);
        }
        self.count += 1;
    }

    /// The price of a minute, on average.
    fn minute(&self) -> Money {
        self.minutes.times(1.0 / f64::from(self.count.max(1)))
    }
}

/// What a run cost. Talks are paid in steps: a begun one in full, which is half a step on average.
fn cost(run: &SimulatedRun, tariff: &Tariff, minute: Money) -> f64 {
    let attempts = run.total(|day| day.attempts) as f64;
    let answers = run.total(|day| day.answers) as f64;
    let talked: f64 = run.days.iter().map(|day| day.talk_time.as_secs_f64()).sum();
    let billed = talked + answers * tariff.step.as_secs_f64() / 2.0;
    let amount = tariff.attempt_fee.times(attempts)
        + minute.times(billed / 60.0)
        + tariff.speech_minute.times(talked / 60.0);
    amount.amount()
}

fn simulation(
    arguments: &CampaignPlanArgs,
    settings: &Settings,
    left: Left,
) -> anyhow::Result<Simulation> {
    let from: Timestamp = driver::now();
    Ok(Simulation {
        limits: pacing::limits(settings, None)?,
        policy: settings.policy.leads.clone(),
        leads: left.count,
        places: left.places,
        place_of_lead: left.place_of_lead,
        numbers: left.numbers,
        terms: left.terms,
        before: left.before,
        promised: left.promised,
        people: crate::campaign::simulation::People::default(),
        from,
        lasts: SignedDuration::from_hours(24 * i64::from(arguments.days)),
    })
}
