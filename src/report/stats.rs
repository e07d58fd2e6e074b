//! How well the calls of a campaign do: answered, reached, talked; as a whole, by hour, by caller
//! id, by attempt.
//!
//! Facts are folded in one by one and forgotten. Every rate carries its 95 % band (Wilson's score
//! interval), so that three calls are not taken for a law.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{SoundFact, SoundTally};
use crate::campaign::{DROPPED, Money};
use crate::line::Disposition;

/// What the statistics must know of an attempt that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptFact {
    /// When it was dialled, or made.
    pub at: Timestamp,
    /// The hour of the callee's day then, 0 to 23.
    pub hour: u8,
    /// The lead's first, second … attempt.
    pub ordinal: u32,
    /// What the callee saw.
    pub caller_id: Option<String>,
    /// Whether `dial` was sent.
    pub dialled: bool,
    /// How it ended on the line.
    pub disposition: Disposition,
    /// What the dialogue concluded.
    pub outcome: Option<String>,
    /// How long it rang, in milliseconds.
    pub ring_ms: Option<i64>,
    /// How long the talk lasted, in milliseconds.
    pub talk_ms: Option<i64>,
    /// From the dial to the end, in milliseconds.
    pub lasted_ms: Option<i64>,
    /// What it cost.
    pub cost: Option<Money>,
    /// What it sounded like.
    pub sound: Option<SoundFact>,
}

/// A share of so many, with the band in which the true one lies at 95 %.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// How often it was so.
    pub times: u64,
    /// Of how many.
    pub of: u64,
}

impl Rate {
    /// The share, 0 to 1; `None` of none.
    pub fn value(self) -> Option<f64> {
        (self.of > 0).then(|| self.times as f64 / self.of as f64)
    }

    /// The band (Wilson, 1927), 0 to 1; all of it where nothing is known.
    pub fn band(self) -> (f64, f64) {
        const Z: f64 = 1.959_963_985;
        let Some(share) = self.value() else {
            return (0.0, 1.0);
        };
        let n = self.of as f64;
        let scale = 1.0 + Z * Z / n;
        let middle = (share + Z * Z / (2.0 * n)) / scale;
        let half = Z / scale * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
        ((middle - half).max(0.0), (middle + half).min(1.0))
    }
}

/// Attempts, added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// All that ended.
    pub attempts: u64,
    /// Those that were dialled: what the trunk was asked for.
    pub dialled: u64,
    /// Answered by a person.
    pub contacts: u64,
    /// Answered by a machine.
    pub machines: u64,
    /// Answered by a person for whom no dialogue was free in time; among the contacts.
    pub dropped: u64,
    /// The talks with people whose length is known, and their length together.
    pub talks: u64,
    /// In milliseconds.
    pub talk_ms: i64,
    /// What they cost; `None` where no prices were known.
    pub cost: Option<Money>,
}

impl Tally {
    /// Adds an attempt.
    pub fn add(&mut self, fact: &AttemptFact) {
        self.attempts += 1;
        self.cost = match (self.cost, fact.cost) {
            (Some(sum), Some(cost)) => Some(sum + cost),
            (sum, cost) => sum.or(cost),
        };
        if !fact.dialled {
            return;
        }
        self.dialled += 1;
        match fact.disposition {
            Disposition::Answered => {
                self.contacts += 1;
                self.dropped += u64::from(fact.outcome.as_deref() == Some(DROPPED));
                if let Some(ms) = fact.talk_ms {
                    self.talks += 1;
                    self.talk_ms = self.talk_ms.saturating_add(ms);
                }
            }
            Disposition::Machine => self.machines += 1,
            Disposition::Busy
            | Disposition::NoAnswer
            | Disposition::Rejected
            | Disposition::Unreachable
            | Disposition::InvalidNumber
            | Disposition::Congestion
            | Disposition::TrunkRefused
            | Disposition::TrunkUnreachable
            | Disposition::Blocked
            | Disposition::Interrupted
            | Disposition::Failed => {}
        }
    }

    /// Answered, by whomever, of those dialled (the answer-seizure ratio of ITU-T E.425).
    pub fn answer_seizure(&self) -> Rate {
        Rate {
            times: self.contacts + self.machines,
            of: self.dialled,
        }
    }

    /// Answered by a person, of those dialled.
    pub fn contact(&self) -> Rate {
        Rate {
            times: self.contacts,
            of: self.dialled,
        }
    }

    /// Answered by a machine, of those dialled.
    pub fn machine_rate(&self) -> Rate {
        Rate {
            times: self.machines,
            of: self.dialled,
        }
    }

    /// Dropped, of those answered by a person.
    pub fn drop_rate(&self) -> Rate {
        Rate {
            times: self.dropped,
            of: self.contacts,
        }
    }

    /// The average talk with a person, in milliseconds.
    pub fn average_talk_ms(&self) -> Option<i64> {
        self.talk_ms.checked_div(i64::try_from(self.talks).ok()?)
    }

    /// How many attempts it takes to reach a person.
    pub fn attempts_per_contact(&self) -> Option<f64> {
        (self.contacts > 0).then(|| self.dialled as f64 / self.contacts as f64)
    }
}

/// The calls of a campaign.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CampaignStats {
    /// All of them.
    pub all: Tally,
    /// What they sounded like.
    pub sound: SoundTally,
    /// By the hour of the callee's day; hours without a call are left out.
    pub by_hour: BTreeMap<u8, Tally>,
    /// By what the callee saw.
    pub by_caller_id: BTreeMap<Option<String>, Tally>,
    /// By the lead's first, second … attempt.
    pub by_attempt: BTreeMap<u32, Tally>,
    /// By how they ended on the line.
    pub by_disposition: BTreeMap<Disposition, u64>,
    /// By what the dialogues concluded.
    pub by_outcome: BTreeMap<String, u64>,
    /// When the first was made, and the last.
    pub span: Option<(Timestamp, Timestamp)>,
}

impl CampaignStats {
    /// Adds an attempt.
    pub fn add(&mut self, fact: &AttemptFact) {
        self.all.add(fact);
        if let Some(sound) = &fact.sound {
            self.sound.add(sound);
        }
        self.by_hour.entry(fact.hour).or_default().add(fact);
        // Not `entry`: the name would be copied for each of a hundred thousand calls.
        if let Some(tally) = self.by_caller_id.get_mut(&fact.caller_id) {
            tally.add(fact);
        } else {
            let new = self.by_caller_id.entry(fact.caller_id.clone());
            new.or_default().add(fact);
        }
        self.by_attempt.entry(fact.ordinal).or_default().add(fact);
        *self.by_disposition.entry(fact.disposition).or_default() += 1;
        if let Some(outcome) = &fact.outcome {
            if let Some(count) = self.by_outcome.get_mut(outcome) {
                *count += 1;
            } else {
                self.by_outcome.insert(outcome.clone(), 1);
            }
        }
        self.span = Some(match self.span {
            None => (fact.at, fact.at),
            Some((first, last)) => (first.min(fact.at), last.max(fact.at)),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(hour: u8, disposition: Disposition) -> AttemptFact {
        AttemptFact {
            at: Timestamp::UNIX_EPOCH,
            hour,
            ordinal: 1,
            caller_id: None,
            dialled: true,
            disposition,
            outcome: None,
            ring_ms: None,
            talk_ms: None,
            lasted_ms: None,
            cost: None,
            sound: None,
        }
    }

    #[test]
    fn a_machine_answers_but_is_nobody() {
        let mut stats = CampaignStats::default();
        let answered = AttemptFact {
            talk_ms: Some(30_000),
            cost: Some(Money(100)),
            ..fact(10, Disposition::Answered)
        };
        let dropped = AttemptFact {
            outcome: Some(DROPPED.to_owned()),
            talk_ms: Some(1_000),
            ..fact(11, Disposition::Answered)
        };
        let never_dialled = AttemptFact {
            dialled: false,
            ..fact(10, Disposition::Congestion)
        };
        stats.add(&answered);
        stats.add(&dropped);
        stats.add(&fact(10, Disposition::Machine));
        stats.add(&fact(11, Disposition::Busy));
        stats.add(&never_dialled);
        let all = stats.all;
        assert_eq!((all.attempts, all.dialled), (5, 4));
        assert_eq!(all.answer_seizure(), Rate { times: 3, of: 4 });
        assert_eq!(all.contact(), Rate { times: 2, of: 4 });
        assert_eq!(all.drop_rate(), Rate { times: 1, of: 2 });
        assert_eq!(all.average_talk_ms(), Some(15_500));
        assert_eq!(all.attempts_per_contact(), Some(2.0));
        assert_eq!(all.cost, Some(Money(100)));
        let hours: Vec<_> = stats.by_hour.iter().map(|(h, t)| (*h, t.dialled)).collect();
        assert_eq!(hours, [(10, 2), (11, 2)]);
        assert_eq!(stats.by_outcome.get(DROPPED), Some(&1));
        assert_eq!(Tally::default().average_talk_ms(), None);
        assert_eq!(Tally::default().attempts_per_contact(), None);
    }

    #[test]
    fn a_rate_of_few_says_so() {
        let rate = |times, of| Rate { times, of };
        assert_eq!(rate(0, 0).value(), None);
        assert_eq!(rate(0, 0).band(), (0.0, 1.0));
        let (low, high) = rate(1, 3).band();
        assert!((low - 0.0615).abs() < 0.001 && (high - 0.7923).abs() < 0.001);
        let (low, high) = rate(0, 10).band();
        assert!(low.abs() < 1e-12 && (high - 0.2775).abs() < 0.001, "{high}");
        let (low, high) = rate(200, 1000).band();
        assert!(0.17 < low && high < 0.23, "{low} {high}");
    }
}
