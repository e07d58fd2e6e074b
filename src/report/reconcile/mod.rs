//! Which of the provider's calls is which of ours, and what they cost.
//!
//! The provider cannot be told our names for calls, so a call is known again by whom it rang, with
//! which number, when, and how long was talked. Clocks differ, and by how much is read off the calls
//! themselves; what fits two is matched with neither: a charge in the wrong place is worse than one
//! in none. The answer depends on nothing but what is handed in, so that doing it again changes
//! nothing.

mod clock;
mod cost;
mod pairing;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::ProviderLeg;
use crate::campaign::{AttemptId, Money};

pub use cost::{OutcomeCost, Spent};
pub use pairing::reconcile;

/// An attempt that went out to the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RungAttempt {
    /// Which.
    pub id: AttemptId,
    /// When the dial was sent.
    pub at: Timestamp,
    /// Who was rung: digits, the country in front.
    pub called: String,
    /// With which number: digits; `None` where the line chose.
    pub caller_id: Option<String>,
    /// Seconds of talk, 0 if nobody answered; `None` if the end was not seen.
    pub talked: Option<u32>,
}

/// A call of the provider: the legs that share a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderCall {
    /// The ids of its legs.
    pub legs: Vec<String>,
    /// When its first leg began.
    pub at: Timestamp,
    /// Whom its legs rang: digits, the country in front.
    pub called: BTreeSet<String>,
    /// With which numbers; logins of lines are left out.
    pub calling: BTreeSet<String>,
    /// Seconds of talk of its longest leg, as far as it is told.
    pub talked: Option<u32>,
    /// Seconds that were charged for.
    pub charged_seconds: Option<u32>,
    /// What was charged for all its legs; `None` if nothing is known of a charge.
    pub charge: Option<Money>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reconciliation {
    /// Attempts and the provider's call of each.
    pub pairs: Vec<(AttemptId, ProviderCall)>,
    /// Attempts of which the provider knows nothing.
    pub only_here: Vec<AttemptId>,
    /// Calls of the provider of which we know nothing.
    pub only_there: Vec<ProviderCall>,
    /// Calls that fit several attempts, or the other way round; the attempts stand in `only_here`.
    pub doubtful: Vec<ProviderCall>,
}

/// Legs as calls, the earliest first.
pub fn calls(legs: &[ProviderLeg]) -> Vec<ProviderCall> {
    let mut sessions: BTreeMap<&str, ProviderCall> = BTreeMap::new();
    for leg in legs {
        let session = leg.session.as_deref().unwrap_or(&leg.id);
        let call = sessions.entry(session).or_insert_with(|| ProviderCall {
            legs: Vec::new(),
            at: leg.at,
            called: BTreeSet::new(),
            calling: BTreeSet::new(),
            talked: None,
            charged_seconds: None,
            charge: None,
        });
        call.add(leg);
    }
    let mut calls: Vec<ProviderCall> = sessions.into_values().collect();
    calls.sort_by(|a, b| (a.at, &a.legs).cmp(&(b.at, &b.legs)));
    calls
}

impl ProviderCall {
    fn add(&mut self, leg: &ProviderLeg) {
        self.legs.push(leg.id.clone());
        self.at = self.at.min(leg.at);
        self.called.extend(number(&leg.called));
        self.calling.extend(number(&leg.calling));
        self.talked = self.talked.max(leg.talked);
        self.charged_seconds = self.charged_seconds.max(leg.charged_seconds);
        self.charge = match (self.charge, leg.charge) {
            (None, charge) | (charge, None) => charge,
            (Some(sum), Some(charge)) => Some(sum + charge),
        };
    }
}

/// A number as digits with the country in front; `None` for the login of a line and the like.
pub fn number(written: &str) -> Option<String> {
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    match digits.len() {
        0..10 => None,
        10 => Some(format!("7{digits}")),
        11 => match digits.strip_prefix('8') {
            Some(rest) => Some(format!("7{rest}")),
            None => Some(digits),
        },
        _ => Some(digits),
    }
}
