//! The people of a simulation: who answers, when, and for how long they talk.
//!
//! Everything here is an assumption and can be set; the defaults are those of a Russian list rung
//! by mobile, and stand in `docs/pacing.md` with what each is taken from.

use jiff::SignedDuration;

use super::random::Random;
use crate::campaign::PastAttempt;
use crate::line::Disposition;

/// Lengths about a median, never below nothing: log-normal, as waits and talks are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lengths {
    /// Half are shorter, in seconds.
    pub median_s: f64,
    /// How far they spread: the deviation of the logarithm. 0.5 puts two thirds of all between
    /// 0.6 and 1.65 medians.
    pub spread: f64,
}

impl Lengths {
    /// Lengths about this median, in seconds.
    pub const fn about(median_s: f64, spread: f64) -> Self {
        Self { median_s, spread }
    }

    /// Lengths like these examples, in seconds; `None` of none.
    pub fn like(examples: &[f64]) -> Option<Self> {
        let logs = || examples.iter().map(|seconds| seconds.max(0.05).ln());
        let count = examples.len() as f64;
        let mean = logs().sum::<f64>() / count;
        let variance = logs().map(|log| (log - mean) * (log - mean)).sum::<f64>() / count;
        (!examples.is_empty()).then(|| Self::about(mean.exp(), variance.sqrt()))
    }

    /// The mean, in seconds.
    pub fn mean_s(self) -> f64 {
        self.median_s * (self.spread * self.spread / 2.0).exp()
    }

    fn draw(self, random: &mut Random) -> SignedDuration {
        milliseconds(self.median_s * (random.normal() * self.spread).exp())
    }
}

/// How a call ends that nobody answers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Miss {
    /// How it ends on the line.
    pub disposition: Disposition,
    /// After what time; `None` for one that rings as long as it may.
    pub after: Option<Lengths>,
}

impl Miss {
    const fn after(disposition: Disposition, median_s: f64, spread: f64) -> Self {
        Self {
            disposition,
            after: Some(Lengths::about(median_s, spread)),
        }
    }
}

/// The people of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct People {
    /// The share of first calls that are answered, 0 to 1, of numbers that exist.
    pub answers: f64,
    /// How alike people are in that: at 1000 all are, at 1 most answer nearly always or nearly
    /// never, so that repeats find fewer and fewer of those who do.
    pub alike: f64,
    /// How much likelier than on average an answer is in each hour of the callee's day.
    pub by_hour: [f64; 24],
    /// The share of answers given by a machine.
    pub machines: f64,
    /// The share of numbers that do not exist.
    pub invalid: f64,
    /// How calls end that nobody answers, by weight.
    pub misses: Vec<(Miss, f64)>,
    /// After what time a number that does not exist says so.
    pub invalid_after: Lengths,
    /// After what time people answer, the trunk's own delay included.
    pub answer_after: Lengths,
    /// The share of talks that end with a wish to be called later.
    pub call_later: f64,
    /// How long people talk, by weight: those who hang up at once, who decide soon, who ask.
    pub talks: Vec<(Lengths, f64)>,
    /// How long a machine is listened to.
    pub machine_talk: Lengths,
}

impl Default for People {
    fn default() -> Self {
        Self {
            answers: 0.25,
            alike: 1.5,
            by_hour: [
                0.3, 0.2, 0.2, 0.2, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 1.0, 1.0, //
                1.05, 1.0, 1.0, 1.0, 1.05, 1.1, 1.15, 1.15, 1.1, 0.9, 0.6, 0.4,
            ],
            machines: 0.12,
            invalid: 0.03,
            misses: vec![
                (
                    Miss {
                        disposition: Disposition::NoAnswer,
                        after: None,
                    },
                    55.0,
                ),
                (Miss::after(Disposition::Unreachable, 6.0, 0.4), 22.0),
                (Miss::after(Disposition::Rejected, 9.0, 0.5), 14.0),
                (Miss::after(Disposition::Busy, 4.5, 0.35), 9.0),
            ],
            invalid_after: Lengths::about(2.5, 0.4),
            answer_after: Lengths::about(11.0, 0.45),
            call_later: 0.2,
            talks: vec![
                (Lengths::about(2.7, 0.3), 12.0),
                (Lengths::about(23.0, 0.3), 70.0),
                (Lengths::about(50.0, 0.2), 18.0),
            ],
            machine_talk: Lengths::about(3.2, 0.3),
        }
    }
}

/// What is true of one person in every call.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Person {
    /// The chance to answer at an average hour; `None` where there is no such number.
    answers: Option<f32>,
}

/// How one call goes, if it is let run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Fate {
    Answered {
        after: SignedDuration,
        talk: SignedDuration,
        machine: bool,
        /// The callee wishes to be called later.
        later: bool,
    },
    Missed {
        after: SignedDuration,
        disposition: Disposition,
    },
}

impl People {
    /// People who are all alike at all hours, for measuring: so many answer, and nobody's machine.
    pub fn alike(answers: f64) -> Self {
        Self {
            answers,
            alike: 1e6,
            by_hour: [1.0; 24],
            machines: 0.0,
            invalid: 0.0,
            call_later: 0.0,
            ..Self::default()
        }
    }

    /// The mean length of a talk with a person, in seconds.
    pub fn talk_mean_s(&self) -> f64 {
        let whole: f64 = self.talks.iter().map(|(_, weight)| weight).sum();
        let sum: f64 = self
            .talks
            .iter()
            .map(|(lengths, weight)| lengths.mean_s() * weight)
            .sum();
        if whole > 0.0 { sum / whole } else { 0.0 }
    }

    /// Somebody of the list, who was tried like this before: whoever missed many calls is one who
    /// answers seldom, likelier than not.
    pub(super) fn person(&self, before: &[PastAttempt], random: &mut Random) -> Person {
        let counted = before.iter().filter(|attempt| attempt.counts());
        let (answered, missed) = counted.fold((0.0, 0.0), |(answered, missed), attempt| {
            match attempt.disposition {
                Some(Disposition::Answered | Disposition::Machine) => (answered + 1.0, missed),
                _ => (answered, missed + 1.0),
            }
        });
        // A number that was reached, or rang, exists.
        let exists = answered + missed > 0.0 || !random.happens(self.invalid);
        let alike = self.alike + answered + missed;
        let mean = (self.answers * self.alike + answered) / alike;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a share; a hundred thousand of them"
        )]
        let answers = exists.then(|| random.share_about(mean, alike) as f32);
        Person { answers }
    }

    /// How a call to this person in this hour of the person's day goes.
    pub(super) fn fate(
        &self,
        person: Person,
        hour: i8,
        ring_timeout: SignedDuration,
        random: &mut Random,
    ) -> Fate {
        let Some(answers) = person.answers else {
            return Fate::Missed {
                after: self.invalid_after.draw(random).min(ring_timeout),
                disposition: Disposition::InvalidNumber,
            };
        };
        let usual = usize::try_from(hour)
            .ok()
            .and_then(|hour| self.by_hour.get(hour))
            .copied()
            .unwrap_or(1.0);
        if random.happens(f64::from(answers) * usual) {
            return self.answered(ring_timeout, random);
        }
        let miss = random.one_of(&self.misses).copied();
        let after = miss.and_then(|miss| miss.after);
        Fate::Missed {
            after: after.map_or(ring_timeout, |after| after.draw(random).min(ring_timeout)),
            disposition: miss.map_or(Disposition::NoAnswer, |miss| miss.disposition),
        }
    }

    fn answered(&self, ring_timeout: SignedDuration, random: &mut Random) -> Fate {
        let machine = random.happens(self.machines);
        let talks = random.one_of(&self.talks).copied();
        let talk = match talks {
            Some(talk) if !machine => talk,
            _ => self.machine_talk,
        };
        // Who would have answered after our patience is counted in the share of answers already:
        // the time is drawn again until it fits.
        let drawn = (0..20).map(|_| self.answer_after.draw(random));
        let after = drawn.into_iter().find(|after| *after < ring_timeout);
        Fate::Answered {
            after: after.unwrap_or(ring_timeout / 2),
            talk: talk.draw(random),
            machine,
            later: random.happens(self.call_later),
        }
    }
}

fn milliseconds(seconds: f64) -> SignedDuration {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "bounded to a day, and a length has no sign"
    )]
    let ms = (seconds.clamp(0.0, 86_400.0) * 1_000.0).round() as i64;
    SignedDuration::from_millis(ms)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    const TIMEOUT: SignedDuration = SignedDuration::from_secs(30);

    fn fates(people: &People, hour: i8, count: u32) -> Vec<Fate> {
        let mut random = Random::new(3);
        (0..count)
            .map(|_| {
                let person = people.person(&[], &mut random);
                people.fate(person, hour, TIMEOUT, &mut random)
            })
            .collect()
    }

    fn answered(fates: &[Fate]) -> f64 {
        let count = fates
            .iter()
            .filter(|fate| matches!(fate, Fate::Answered { .. }))
            .count();
        count as f64 / fates.len() as f64
    }

    #[test]
    fn so_many_answer_as_were_asked_for_and_more_in_the_evening() {
        for answers in [0.05, 0.2, 0.6] {
            let share = answered(&fates(&People::alike(answers), 12, 20_000));
            assert!((share - answers).abs() < 0.012, "{answers} {share}");
        }
        let people = People::default();
        let (noon, evening, night) = (
            answered(&fates(&people, 10, 20_000)),
            answered(&fates(&people, 19, 20_000)),
            answered(&fates(&people, 3, 20_000)),
        );
        assert!(night < noon && noon < evening, "{night} {noon} {evening}");
        assert!((noon - 0.25 * 0.97).abs() < 0.01, "{noon}");
    }

    #[test]
    fn people_differ_so_that_repeats_find_fewer() {
        let people = People::default();
        let mut random = Random::new(4);
        let (mut second, mut of) = (0, 0);
        for _ in 0..20_000 {
            let person = people.person(&[], &mut random);
            let mut call = || people.fate(person, 12, TIMEOUT, &mut random);
            if matches!(call(), Fate::Missed { .. }) {
                of += 1;
                second += i32::from(matches!(call(), Fate::Answered { .. }));
            }
        }
        let share = f64::from(second) / f64::from(of);
        assert!((0.10..0.20).contains(&share), "{share}");
    }

    #[test]
    fn lengths_can_be_taken_from_examples() {
        let mut random = Random::new(5);
        let lengths = Lengths::about(9.0, 0.5);
        let drawn: Vec<_> = (0..20_000)
            .map(|_| lengths.draw(&mut random).as_secs_f64())
            .collect();
        let found = Lengths::like(&drawn).unwrap();
        assert!((found.median_s - 9.0).abs() < 0.15, "{found:?}");
        assert!((found.spread - 0.5).abs() < 0.02, "{found:?}");
        assert_eq!(Lengths::like(&[]), None);
    }

    #[test]
    fn lengths_are_those_of_the_table_and_never_beyond_the_ring_timeout() {
        let fates = fates(&People::default(), 12, 40_000);
        let mut by = BTreeMap::<_, Vec<f64>>::new();
        let mut wishes = 0;
        for fate in &fates {
            let (name, after) = match fate {
                Fate::Answered {
                    after,
                    talk,
                    machine,
                    later,
                } => {
                    wishes += usize::from(*later);
                    let name = if *machine { "machine" } else { "talk" };
                    by.entry(name).or_default().push(talk.as_secs_f64());
                    ("answered", after)
                }
                Fate::Missed { after, disposition } => (disposition.as_str(), after),
            };
            assert!(*after <= TIMEOUT);
            by.entry(name).or_default().push(after.as_secs_f64());
        }
        let mean = |name: &str| by[name].iter().sum::<f64>() / by[name].len() as f64;
        assert!((mean("talk") - People::default().talk_mean_s()).abs() < 1.5);
        assert!((11.0..13.0).contains(&mean("answered")));
        assert!((mean("no_answer") - 30.0).abs() < 1e-9);
        assert!((4.0..6.0).contains(&mean("busy")));
        assert!(mean("invalid_number") < 4.0);
        let wishes = wishes as f64 / by["answered"].len() as f64;
        assert!((wishes - 0.2).abs() < 0.02, "{wishes}");
    }
}
