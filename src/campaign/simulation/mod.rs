//! Campaigns on a virtual clock: the planner that rings people also rings made-up ones, so that a
//! week of a hundred thousand leads passes in seconds.
//!
//! Planner, pacing, breaker, caller ids, calling hours and the policy on repeats are those of a
//! campaign. Made up are the people ([`People`]: who answers, when, for how long). No audio, no
//! exchange, no database.

mod bands;
mod engine;
mod lead;
mod outcome;
mod people;
mod places;
mod queue;
mod random;

pub use bands::{Band, Bands, DayBands, Exhaustion};
pub use outcome::{DayRow, SimulatedRun};
pub use people::{Lengths, Miss, People};

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::pacing::BadRate;
use super::planner::PlannerLimits;
use super::{LeadPolicy, PastAttempt, Terms};
use crate::phone::CellNumber;

/// What is simulated.
#[derive(Debug, Clone)]
pub struct Simulation {
    /// What the campaign may do; hours are the policy's, in each lead's own time.
    pub limits: PlannerLimits,
    /// Whom to ring, how often and when.
    pub policy: LeadPolicy,
    /// How many leads there are.
    pub leads: u32,
    /// The places where they live, each with the zones it may be in: all must be open.
    pub places: Vec<Vec<TimeZone>>,
    /// The place of each lead, by its number in `places`; the first for leads beyond the list.
    pub place_of_lead: Vec<u16>,
    /// The numbers of leads that have several.
    pub numbers: BTreeMap<u32, LeadNumbers>,
    /// What the list says of leads of which it says anything.
    pub terms: BTreeMap<u32, Terms>,
    /// What was done before for leads that were rung already, the oldest first.
    pub before: BTreeMap<u32, Vec<PastAttempt>>,
    /// The hours that leads were promised and that are still to be kept.
    pub promised: BTreeMap<u32, Timestamp>,
    /// What they are like.
    pub people: People,
    /// When it begins.
    pub from: Timestamp,
    /// When it is broken off at the latest.
    pub lasts: SignedDuration,
}

/// The numbers of a lead that has several, in the order of the list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LeadNumbers {
    cells: Vec<CellNumber>,
    /// Where each lives, as in [`Simulation::place_of_lead`].
    places: Vec<u16>,
}

impl FromIterator<(CellNumber, u16)> for LeadNumbers {
    fn from_iter<T: IntoIterator<Item = (CellNumber, u16)>>(numbers: T) -> Self {
        let (cells, places) = numbers.into_iter().unzip();
        Self { cells, places }
    }
}

impl Simulation {
    /// Lives it through once. The same seed gives the same run.
    ///
    /// # Errors
    /// [`BadRate`].
    pub fn run(&self, seed: u64) -> Result<SimulatedRun, BadRate> {
        self.run_among(&self.people, seed)
    }

    /// The same among other people: for bands over what is not known of them.
    ///
    /// # Errors
    /// [`BadRate`].
    pub fn run_among(&self, people: &People, seed: u64) -> Result<SimulatedRun, BadRate> {
        engine::Engine::new(self, people, seed).map(engine::Engine::run)
    }
}

#[cfg(test)]
mod tests;
