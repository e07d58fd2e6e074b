//! One lead of a simulation: who is at its end, what was tried, and what the policy says to that.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::people::{Fate, Person};
use crate::campaign::{
    CALL_LATER, DROPPED, LeadFacts, LeadHistory, LeadPolicy, NumberCall, PastAttempt, Terms,
    Verdict,
};
use crate::line::Disposition;
use crate::phone::PhoneNumber;

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
    pub(super) number: &'a PhoneNumber,
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
}

impl SimulatedLead {
    pub(super) fn new(person: Person) -> Self {
        Self {
            person,
            call: None,
            tried: Vec::new(),
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
            at: call.placed,
            ended: now,
            outcome,
        });
    }

    /// What the policy says to it now. Its number is made up: the policy asks only whether it is
    /// the same one.
    pub(super) fn verdict(
        &self,
        policy: &LeadPolicy,
        known: &Known<'_>,
        now: Timestamp,
    ) -> Verdict {
        let tried = self.tried.iter().map(|tried| tried.past(known.number));
        let attempts: Vec<_> = known.before.iter().cloned().chain(tried).collect();
        let number_calls = attempts.iter().map(|attempt| NumberCall {
            at: attempt.at,
            ended_at: attempt.ended_at,
            counts: attempt.counts(),
        });
        let invalid = self
            .tried
            .iter()
            .any(|tried| tried.outcome == Outcome::Line(Disposition::InvalidNumber));
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
            invalid,
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
