//! The people of a simulation from the cast of a rehearsal: how often a call is answered, by a
//! person or a machine, how it ends else, and after what time.
//!
//! The cast is drawn from, like a rehearsal does, so that a folder of one's own characters counts
//! as it would there. How people differ among each other, by the hour and in how long they talk
//! is not in a cast; that stays as the simulation has it.

use std::collections::BTreeMap;

use crate::campaign::simulation::{Lengths, Miss, People};
use crate::line::Disposition;
use crate::rehearsal::people::{Cast, Fate, call_seed};

/// So many first calls are drawn; a share is then known to half a point of a hundred.
const DRAWN: u32 = 20_000;

/// People as the cast has them.
pub(super) fn of_cast(cast: &Cast) -> People {
    let mut drawn = Drawn::default();
    for lead in 0..DRAWN {
        drawn.call(cast, &lead.to_string());
    }
    drawn.people()
}

/// What the calls that were drawn met.
#[derive(Default)]
struct Drawn {
    /// After what time each answer came, in seconds.
    answers: Vec<f64>,
    machines: usize,
    misses: BTreeMap<Disposition, Vec<Option<f64>>>,
}

impl Drawn {
    fn call(&mut self, cast: &Cast, lead: &str) {
        let character = cast.draw(1, lead, 1);
        let plan = character.line_plan(call_seed(1, lead, 1));
        let after = plan.end.map(|(ms, _)| f64::from(ms) / 1_000.0);
        match (disposition(character.line.fate), after) {
            (Disposition::Answered, Some(after)) => {
                self.answers.push(after);
                self.machines += usize::from(character.is_machine());
            }
            (missed, after) => self.misses.entry(missed).or_default().push(after),
        }
    }

    fn people(mut self) -> People {
        let usual = People::default();
        let invalid = self.misses.remove(&Disposition::InvalidNumber);
        let invalid: Vec<f64> = invalid.into_iter().flatten().flatten().collect();
        let missed: usize = self.misses.values().map(Vec::len).sum();
        let exist = (self.answers.len() + missed).max(1);
        let misses = self.misses.into_iter().map(|(disposition, after)| {
            let weight = after.len() as f64;
            let after: Vec<f64> = after.into_iter().flatten().collect();
            let after = Lengths::like(&after);
            (Miss { disposition, after }, weight)
        });
        People {
            answers: self.answers.len() as f64 / exist as f64,
            machines: self.machines as f64 / self.answers.len().max(1) as f64,
            invalid: invalid.len() as f64 / f64::from(DRAWN),
            misses: misses.collect(),
            invalid_after: Lengths::like(&invalid).unwrap_or(usual.invalid_after),
            answer_after: Lengths::like(&self.answers).unwrap_or(usual.answer_after),
            ..usual
        }
    }
}

fn disposition(fate: Fate) -> Disposition {
    match fate {
        Fate::Answers => Disposition::Answered,
        Fate::Busy => Disposition::Busy,
        Fate::RingsOut => Disposition::NoAnswer,
        Fate::Declines => Disposition::Rejected,
        Fate::NoSuchNumber => Disposition::InvalidNumber,
        Fate::PhoneOff => Disposition::Unreachable,
        Fate::Congestion => Disposition::Congestion,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_cast_is_met_as_often_as_its_weights_say() {
        let people = of_cast(&Cast::shipped().unwrap());
        let near = |found: f64, expected: f64| assert!((found - expected).abs() < 0.015, "{found}");
        near(people.invalid, 0.03);
        near(people.answers, 0.49);
        near(people.machines, 13.0 / 49.0);
        let whole: f64 = people.misses.iter().map(|(_, weight)| weight).sum();
        let share = |disposition| {
            let miss = people
                .misses
                .iter()
                .find(|(miss, _)| miss.disposition == disposition);
            miss.map_or(0.0, |(_, weight)| weight / whole)
        };
        near(share(Disposition::Busy), 6.0 / 51.0);
        near(share(Disposition::Congestion), 1.0 / 51.0);
        assert!((4.0..20.0).contains(&people.answer_after.median_s));
    }
}
