//! What the people of a list are like, from the calls that were made: for a forecast.
//!
//! Few calls say little, so each share leans on a usual one with the weight of some calls
//! (a beta prior), and what is still not known of it can be asked for in standard deviations.

use std::collections::{BTreeMap, VecDeque};

use super::AttemptFact;
use crate::campaign::CALL_LATER;
use crate::campaign::simulation::{Lengths, Miss, People};
use crate::line::Disposition;

/// So many calls of the usual stand beside those that were made.
const USUAL_CALLS: f64 = 20.0;
/// The newest lengths of each kind are looked at, so that memory stays flat.
const NEWEST: usize = 3_000;
/// Fewer lengths than this are no sample.
const SAMPLE: usize = 8;

/// What was seen so far.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Habits {
    /// Calls that were dialled and taken to the callee.
    calls: u64,
    /// First calls to numbers that exist, and those answered.
    first: Counted,
    /// Leads whose first call told whether the number exists, and those that do not.
    invalid: Counted,
    answered: u64,
    machines: u64,
    contacts: Counted,
    by_hour: BTreeMap<u8, Counted>,
    misses: BTreeMap<Disposition, u64>,
    lengths: BTreeMap<Kind, VecDeque<f64>>,
}

/// How often something was so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Counted {
    times: u64,
    of: u64,
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Answer,
    Talk,
    Machine,
    Invalid,
    Miss(Disposition),
}

impl Counted {
    fn add(&mut self, so: bool) {
        self.of += 1;
        self.times += u64::from(so);
    }

    /// The share, leaning on a usual one; `deviations` of what is not known of it on top.
    fn share(self, usual: f64, deviations: f64) -> f64 {
        let of = self.of as f64 + USUAL_CALLS;
        let share = (self.times as f64 + usual * USUAL_CALLS) / of;
        let deviation = (share * (1.0 - share) / (of + 1.0)).sqrt();
        (share + deviations * deviation).clamp(0.005, 0.995)
    }
}

impl Habits {
    /// Takes a call.
    pub fn add(&mut self, fact: &AttemptFact) {
        let Some(kind) = kind(fact) else {
            return;
        };
        self.calls += 1;
        let answers = matches!(kind, Kind::Answer | Kind::Machine);
        let exists = kind != Kind::Invalid;
        if fact.ordinal == 1 {
            self.invalid.add(!exists);
        }
        if exists {
            if fact.ordinal == 1 {
                self.first.add(answers);
            }
            self.by_hour.entry(fact.hour).or_default().add(answers);
        }
        match kind {
            Kind::Answer | Kind::Talk => {
                self.answered += 1;
                let later = fact.outcome.as_deref() == Some(CALL_LATER);
                self.contacts.add(later);
                self.measure(Kind::Talk, fact.talk_ms);
                self.measure(Kind::Answer, before_talk(fact));
            }
            Kind::Machine => {
                self.answered += 1;
                self.machines += 1;
                self.measure(Kind::Machine, fact.talk_ms);
                self.measure(Kind::Answer, before_talk(fact));
            }
            Kind::Invalid => self.measure(Kind::Invalid, fact.lasted_ms),
            Kind::Miss(disposition) => {
                *self.misses.entry(disposition).or_default() += 1;
                self.measure(kind, fact.lasted_ms);
            }
        }
    }

    /// How many calls it is drawn from.
    pub fn calls(&self) -> u64 {
        self.calls
    }

    fn measure(&mut self, kind: Kind, ms: Option<i64>) {
        let Some(ms) = ms.filter(|ms| *ms > 0) else {
            return;
        };
        let lengths = self.lengths.entry(kind).or_default();
        if lengths.len() == NEWEST {
            lengths.pop_front();
        }
        lengths.push_back(ms as f64 / 1_000.0);
    }

    /// The people behind these calls. Of what is not known, `answers` and `talks` say how far it may
    /// be off, in standard deviations; 0 is the likeliest.
    pub fn people(&self, answers: f64, talks: f64) -> People {
        let usual = People::default();
        let machines = Counted {
            times: self.machines,
            of: self.answered,
        };
        People {
            answers: self.first.share(usual.answers, answers),
            alike: usual.alike,
            by_hour: self.by_hour(&usual.by_hour),
            machines: machines.share(usual.machines, 0.0),
            invalid: self.invalid.share(usual.invalid, 0.0),
            misses: self.misses(&usual.misses),
            invalid_after: self.lengths(Kind::Invalid, usual.invalid_after),
            answer_after: self.lengths(Kind::Answer, usual.answer_after),
            call_later: self.contacts.share(usual.call_later, 0.0),
            talks: self.talks(&usual.talks, talks),
            machine_talk: self.lengths(Kind::Machine, usual.machine_talk),
        }
    }

    /// How much likelier an answer is in each hour than over all of them.
    fn by_hour(&self, usual: &[f64; 24]) -> [f64; 24] {
        let sum = |part: fn(&Counted) -> u64| self.by_hour.values().map(part).sum::<u64>() as f64;
        let (times, of) = (sum(|hour| hour.times), sum(|hour| hour.of));
        let mean = (times + 1.0) / (of + 4.0);
        let mut by_hour = *usual;
        for (hour, place) in by_hour.iter_mut().enumerate() {
            let seen = u8::try_from(hour)
                .ok()
                .and_then(|hour| self.by_hour.get(&hour));
            let Some(seen) = seen else {
                continue;
            };
            let expected = seen.of as f64 * mean;
            // As many answers are expected of the usual as of twenty calls.
            let weight = USUAL_CALLS * mean;
            *place = (seen.times as f64 + *place * weight) / (expected + weight);
        }
        by_hour
    }

    fn misses(&self, usual: &[(Miss, f64)]) -> Vec<(Miss, f64)> {
        let whole: f64 = usual.iter().map(|(_, weight)| weight).sum();
        let mut misses: Vec<(Miss, f64)> = usual
            .iter()
            .map(|(miss, weight)| (*miss, weight / whole * USUAL_CALLS))
            .collect();
        for (&disposition, &count) in &self.misses {
            let known = misses
                .iter_mut()
                .find(|(miss, _)| miss.disposition == disposition);
            let own = self.sample(Kind::Miss(disposition));
            if let Some((miss, weight)) = known {
                *weight += count as f64;
                // One that rings as long as it may goes on to do so.
                miss.after = miss.after.map(|usual| own.unwrap_or(usual));
            } else {
                let after = own;
                misses.push((Miss { disposition, after }, count as f64));
            }
        }
        misses
    }

    /// Talks in three kinds, from the shortest third to the longest.
    fn talks(&self, usual: &[(Lengths, f64)], deviations: f64) -> Vec<(Lengths, f64)> {
        let mut seen: Vec<f64> = self
            .lengths
            .get(&Kind::Talk)
            .into_iter()
            .flatten()
            .copied()
            .collect();
        seen.sort_by(f64::total_cmp);
        let count = seen.len() as f64;
        let mut talks: Vec<(Lengths, f64)> = if seen.len() < SAMPLE {
            usual.to_vec()
        } else {
            let third = seen.len().div_ceil(3);
            let thirds = seen.chunks(third);
            thirds
                .filter_map(|part| Some((Lengths::like(part)?, part.len() as f64)))
                .collect()
        };
        // The logarithm of talks deviates by one or so from call to call.
        let off = (deviations / (count + USUAL_CALLS).sqrt()).exp();
        for (lengths, _) in &mut talks {
            lengths.median_s *= off;
        }
        talks
    }

    fn lengths(&self, kind: Kind, usual: Lengths) -> Lengths {
        self.sample(kind).unwrap_or(usual)
    }

    /// `None` of too few.
    fn sample(&self, kind: Kind) -> Option<Lengths> {
        let seen: Vec<f64> = self.lengths.get(&kind)?.iter().copied().collect();
        if seen.len() < SAMPLE {
            return None;
        }
        Lengths::like(&seen)
    }
}

/// What a call tells of people; `None`: it never came to them.
fn kind(fact: &AttemptFact) -> Option<Kind> {
    if !fact.dialled {
        return None;
    }
    Some(match fact.disposition {
        Disposition::Answered => Kind::Answer,
        Disposition::Machine => Kind::Machine,
        Disposition::InvalidNumber => Kind::Invalid,
        Disposition::Busy
        | Disposition::NoAnswer
        | Disposition::Rejected
        | Disposition::Unreachable => Kind::Miss(fact.disposition),
        Disposition::Congestion
        | Disposition::TrunkRefused
        | Disposition::TrunkUnreachable
        | Disposition::Blocked
        | Disposition::Interrupted
        | Disposition::Failed => return None,
    })
}

/// From the dial to the answer.
fn before_talk(fact: &AttemptFact) -> Option<i64> {
    Some(fact.lasted_ms? - fact.talk_ms?)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn fact(ordinal: u32, disposition: Disposition) -> AttemptFact {
        let answered = matches!(disposition, Disposition::Answered | Disposition::Machine);
        AttemptFact {
            at: Timestamp::UNIX_EPOCH,
            hour: 11,
            ordinal,
            caller_id: None,
            dialled: true,
            disposition,
            outcome: None,
            ring_ms: None,
            talk_ms: answered.then_some(30_000),
            lasted_ms: Some(40_000),
            cost: None,
            sound: None,
        }
    }

    fn seen(calls: &[(Disposition, u32)]) -> Habits {
        let mut habits = Habits::default();
        for (disposition, count) in calls {
            for _ in 0..*count {
                habits.add(&fact(1, *disposition));
            }
        }
        habits
    }

    #[test]
    fn without_calls_the_usual_is_told_and_with_many_their_own() {
        let usual = People::default();
        let none = Habits::default().people(0.0, 0.0);
        assert!((none.answers - usual.answers).abs() < 1e-9);
        assert!((none.talk_mean_s() - usual.talk_mean_s()).abs() < 1e-9);
        assert!(
            none.by_hour
                .iter()
                .zip(&usual.by_hour)
                .all(|(a, b)| (a - b).abs() < 1e-9)
        );
        let habits = seen(&[
            (Disposition::Answered, 900),
            (Disposition::Machine, 300),
            (Disposition::NoAnswer, 600),
            (Disposition::Busy, 200),
            (Disposition::InvalidNumber, 100),
            (Disposition::Congestion, 500),
        ]);
        assert_eq!(habits.calls(), 2_100);
        let people = habits.people(0.0, 0.0);
        assert!((people.answers - 0.6).abs() < 0.01, "{}", people.answers);
        assert!((people.machines - 0.25).abs() < 0.01);
        assert!((people.invalid - 100.0 / 2_100.0).abs() < 0.01);
        assert!((people.talk_mean_s() - 30.0).abs() < 0.5);
        assert!((people.answer_after.median_s - 10.0).abs() < 0.1);
        let share = |disposition| {
            let whole: f64 = people.misses.iter().map(|(_, weight)| weight).sum();
            let found = people
                .misses
                .iter()
                .find(|(miss, _)| miss.disposition == disposition);
            found.unwrap().1 / whole
        };
        assert!((share(Disposition::NoAnswer) - 0.75).abs() < 0.02);
    }

    #[test]
    fn what_is_not_known_is_wide_with_few_calls_and_narrow_with_many() {
        let width =
            |habits: &Habits| habits.people(2.0, 0.0).answers - habits.people(-2.0, 0.0).answers;
        let few = seen(&[(Disposition::Answered, 2), (Disposition::NoAnswer, 6)]);
        let many = seen(&[(Disposition::Answered, 250), (Disposition::NoAnswer, 750)]);
        assert!(width(&few) > 0.25 && width(&many) < 0.06);
        let long = few.people(0.0, 1.0).talk_mean_s() / few.people(0.0, -1.0).talk_mean_s();
        assert!((1.2..1.8).contains(&long), "{long}");
    }

    #[test]
    fn hours_in_which_more_answer_are_liked_better() {
        let mut habits = Habits::default();
        for call in 0..400 {
            let evening = call % 2 == 0;
            let answered = call % 4 == 0 || (evening && call % 8 == 2);
            let disposition = if answered {
                Disposition::Answered
            } else {
                Disposition::NoAnswer
            };
            let hour = if evening { 19 } else { 10 };
            habits.add(&AttemptFact {
                hour,
                ..fact(1, disposition)
            });
        }
        let by_hour = habits.people(0.0, 0.0).by_hour;
        assert!(by_hour[19] > 1.5 && by_hour[10] < 0.5, "{by_hour:?}");
    }
}
