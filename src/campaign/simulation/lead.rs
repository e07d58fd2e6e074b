//! One lead of a simulation: who is at its end, what was tried, and what the policy says to that.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::people::{Fate, Person};
use crate::campaign::{
    CALL_LATER, DROPPED, LeadFacts, LeadHistory, LeadPolicy, NumberCall, PastAttempt, Terms,
    Verdict, next_number,
};
use crate::line::Disposition;
use crate::phone::{CellNumber, PhoneNumber};

/// What a call of a simulation came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Nobody answered, or a machine did.
    Line(Disposition),
    /// A talk that settled the matter.
    Settled,
    /// A talk that is to be taken up again.
    CallLater,
    /// Answered, and there was no conversation for it.
    Dropped,
}

#[derive(Debug, Clone, Copy)]
struct Tried {
    /// At which of its numbers.
    which: usize,
    at: Timestamp,
    ended: Timestamp,
    outcome: Outcome,
}

/// A call that goes on.
#[derive(Debug, Clone, Copy)]
pub(super) struct SimulatedCall {
    pub(super) placed: Timestamp,
    /// How it goes, if it is let go on.
    pub(super) fate: Fate,
    /// Answered, and there was no conversation for it.
    pub(super) dropped: bool,
    pub(super) talks_since: Option<Timestamp>,
}

/// What is known of a lead beside what happens in the simulation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known<'a> {
    pub(super) terms: &'a Terms,
    pub(super) zones: &'a [TimeZone],
    /// Made up, where it has but one: the policy asks only whether it is the same.
    pub(super) number: &'a PhoneNumber,
    /// Its numbers, where it has several.
    pub(super) numbers: &'a [CellNumber],
    /// What was done before it began.
    pub(super) before: &'a [PastAttempt],
    /// The hour that was promised before it began.
    pub(super) promised_at: Option<Timestamp>,
}

/// A lead.
#[derive(Debug, Clone)]
pub(super) struct SimulatedLead {
    pub(super) person: Person,
    pub(super) call: Option<SimulatedCall>,
    tried: Vec<Tried>,
    /// Which of its numbers comes next, and whether there is none.
    next: Option<usize>,
}

impl SimulatedLead {
    pub(super) fn new(person: Person) -> Self {
        Self {
            person,
            call: None,
            tried: Vec::new(),
            next: Some(0),
        }
    }

    /// Whether its phone was reached.
    fn has_rung(&self) -> bool {
        self.tried
            .iter()
            .any(|tried| tried.outcome != Outcome::Line(Disposition::Congestion))
    }

    /// Its call is over.
    pub(super) fn was_called(&mut self, call: &SimulatedCall, outcome: Outcome, now: Timestamp) {
        self.tried.push(Tried {
            which: self.next.unwrap_or(0),
            at: call.placed,
            ended: now,
            outcome,
        });
    }

    /// Looks which of its numbers comes next: its place among them, if there is one.
    pub(super) fn turn(&mut self, known: &Known<'_>) -> Option<usize> {
        self.next = match known.numbers {
            [] => {
                let invalid = Outcome::Line(Disposition::InvalidNumber);
                let mut tried = self.tried.iter();
                tried.all(|tried| tried.outcome != invalid).then_some(0)
            }
            several => next_number(several, &self.attempts(known)),
        };
        self.next
    }

    /// All that was done, the oldest first.
    fn attempts(&self, known: &Known<'_>) -> Vec<PastAttempt> {
        let number = |which: usize| {
            let several = known.numbers.get(which);
            several.map_or(known.number, |cell| &cell.number)
        };
        let tried = self.tried.iter();
        let tried = tried.map(|tried| tried.past(number(tried.which)));
        known.before.iter().cloned().chain(tried).collect()
    }

    /// What the policy says to it now, at the number that comes next.
    pub(super) fn verdict(
        &self,
        policy: &LeadPolicy,
        known: &Known<'_>,
        now: Timestamp,
    ) -> Verdict {
        let attempts = self.attempts(known);
        let next = self.next.and_then(|which| known.numbers.get(which));
        let calls = attempts.iter();
        let calls = calls.filter(|call| next.is_none_or(|next| next.number == call.number));
        let number_calls = calls.map(|attempt| NumberCall {
            at: attempt.at,
            ended_at: attempt.ended_at,
            counts: attempt.counts(),
        });
        let history = LeadHistory {
            number_calls: number_calls.collect(),
            attempts,
            forbidden: None,
            being_rung: false,
        };
        let facts = LeadFacts {
            terms: known.terms,
            zones: known.zones,
            // The first call that reaches the phone keeps the promise.
            promised_at: known.promised_at.filter(|_| !self.has_rung()),
            invalid: self.next.is_none(),
        };
        policy.verdict(&facts, &history, now)
    }
}

impl Tried {
    fn past(&self, number: &PhoneNumber) -> PastAttempt {
        let (disposition, outcome) = match self.outcome {
            Outcome::Line(disposition) => (disposition, None),
            Outcome::Settled => (Disposition::Answered, None),
            Outcome::CallLater => (Disposition::Answered, Some(CALL_LATER)),
            Outcome::Dropped => (Disposition::Answered, Some(DROPPED)),
        };
        PastAttempt {
            number: number.clone(),
            at: self.at,
            ended_at: Some(self.ended),
            disposition: Some(disposition),
            outcome: outcome.map(str::to_owned),
            dialled: true,
            answered: matches!(disposition, Disposition::Answered | Disposition::Machine),
            call_back_at: None,
        }
    }
}
