//! The policy on leads: how often a lead and a number may be rung, when to repeat, in which hours.
//!
//! Pure: what was done comes in as a history, out comes a verdict: now, not before a time, or never,
//! each with its reason. The ledger asks it before it hands out a lead, and `campaign why` shows it.

mod history;
mod limits;
mod retry;
#[cfg(test)]
mod tests;
mod verdict;
mod why;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

pub use history::{CALL_LATER, DROPPED, Ending, LeadHistory, NumberCall, PastAttempt, next_number};
pub use limits::{Quota, Span};
pub use retry::{RetryRule, RetryRules};
pub use why::{Verdict, Whose, WhyLater, WhyNever};

use super::Terms;
use super::calling_window::CallingWindow;

/// How much faster than in life a rehearsal waits: a day in two seconds.
const HASTE: i32 = 43_200;

/// How often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttemptLimits {
    /// Attempts of one lead, at whichever of its numbers.
    pub lead: Quota,
    /// Attempts of one lead in all.
    pub lead_total: Option<u32>,
    /// Attempts at one number, whatever the campaign.
    pub number: Quota,
    /// Between the end of a call to a number and the next one, whatever the campaign.
    pub smallest_gap: SignedDuration,
}

/// The rules on whom to ring, how often and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadPolicy {
    /// The hours, in the callee's time.
    pub window: CallingWindow,
    /// The zone of callees of whom nothing better is known.
    pub default_zone: TimeZone,
    /// How often.
    pub limits: AttemptLimits,
    /// When to repeat.
    pub retry: RetryRules,
    /// Whether a repeat after nobody answered waits for another part of the day.
    pub other_part_of_day: bool,
    /// Whether only those are rung whose consent, with its date, is in the list.
    pub needs_consent: bool,
    /// How much longer a lead must have waited to come before one of a point of priority more.
    pub priority_step: SignedDuration,
    /// Whether neither the calendar nor the hour matters, as in a rehearsal: a day is 24 hours and
    /// not a date, and the hours that a lead has for itself do not hold.
    pub timeless: bool,
}

/// What is known of a lead beside its history.
#[derive(Debug, Clone, Copy)]
pub struct LeadFacts<'a> {
    /// What the list says.
    pub terms: &'a Terms,
    /// The zones it may live in, at least one.
    pub zones: &'a [TimeZone],
    /// The hour that the callee was promised.
    pub promised_at: Option<Timestamp>,
    /// Whether none of its numbers exists.
    pub invalid: bool,
}

fn hasten(delay: SignedDuration) -> SignedDuration {
    delay / HASTE
}

impl LeadPolicy {
    /// The same for a rehearsal, which somebody watches: a day of waiting passes in two seconds,
    /// and at any part of the day. The limits stay, but no midnight passes in a rehearsal: it goes
    /// the same way whenever it begins.
    #[must_use]
    pub fn in_haste(mut self) -> Self {
        self.limits.smallest_gap = hasten(self.limits.smallest_gap);
        self.retry = self.retry.with_delays(hasten);
        self.retry.congestion_per_day = Some(2);
        self.other_part_of_day = false;
        self.timeless = true;
        self
    }
}

impl Default for LeadPolicy {
    /// The settings' defaults.
    fn default() -> Self {
        let minutes = SignedDuration::from_mins;
        let hours = SignedDuration::from_hours;
        let rule = |ending, delays: &[SignedDuration], limit| {
            let delays = delays.to_vec();
            (ending, RetryRule { delays, limit })
        };
        Self {
            window: CallingWindow::any(),
            default_zone: TimeZone::UTC,
            limits: AttemptLimits {
                lead: Quota {
                    day: Some(3),
                    week: Some(7),
                    month: Some(12),
                },
                lead_total: Some(10),
                number: Quota {
                    day: Some(4),
                    week: Some(10),
                    month: Some(20),
                },
                smallest_gap: minutes(15),
            },
            retry: RetryRules::new(
                [
                    rule(Ending::Busy, &[minutes(15), minutes(30), hours(2)], 6),
                    rule(Ending::NoAnswer, &[hours(2), hours(4), hours(24)], 5),
                    rule(Ending::PhoneOff, &[hours(4), hours(24)], 4),
                    rule(Ending::Machine, &[hours(4), hours(24)], 3),
                    rule(Ending::Rejected, &[hours(24)], 2),
                    rule(Ending::Dropped, &[hours(1), hours(24)], 2),
                    rule(Ending::CallLater, &[hours(2), hours(24)], 3),
                ],
                minutes(5),
            ),
            other_part_of_day: true,
            needs_consent: false,
            priority_step: hours(1),
            timeless: false,
        }
    }
}
