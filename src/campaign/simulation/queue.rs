//! The leads of a simulation that wait: who is due when, by the windows of the callees' days.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use jiff::{SignedDuration, Timestamp};

use super::places::Places;
use crate::campaign::{Supply, policy::CallingHours};
use crate::line::Disposition;

/// What becomes of a lead after a call; a simulation's own picture of a retry policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retries {
    /// Calls that a lead may cost; the trunk's faults cost none.
    pub attempts: u32,
    /// The wait after a busy line.
    pub busy: SignedDuration,
    /// After nobody answered, or the phone was off.
    pub no_answer: SignedDuration,
    /// After a machine.
    pub machine: SignedDuration,
    /// After an answer that we dropped.
    pub dropped: SignedDuration,
    /// After congestion.
    pub congestion: SignedDuration,
}

impl Default for Retries {
    fn default() -> Self {
        Self {
            attempts: 4,
            busy: SignedDuration::from_mins(20),
            no_answer: SignedDuration::from_hours(4),
            machine: SignedDuration::from_hours(6),
            dropped: SignedDuration::from_hours(24),
            congestion: SignedDuration::from_mins(5),
        }
    }
}

/// How a call of a simulation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Line(Disposition),
    /// Answered, and there was no conversation for it.
    Dropped,
}

impl Retries {
    /// When a lead that has had so many calls is due again; `None` when it is done.
    pub(super) fn after(&self, end: End, attempts: u32) -> Option<SignedDuration> {
        let wait = match end {
            End::Line(Disposition::Congestion) => return Some(self.congestion),
            End::Line(Disposition::Busy) => self.busy,
            End::Line(Disposition::NoAnswer | Disposition::Unreachable) => self.no_answer,
            End::Line(Disposition::Machine) => self.machine,
            End::Dropped => self.dropped,
            End::Line(
                Disposition::Answered
                | Disposition::Rejected
                | Disposition::InvalidNumber
                | Disposition::TrunkRefused
                | Disposition::TrunkUnreachable
                | Disposition::Blocked
                | Disposition::Interrupted
                | Disposition::Failed,
            ) => return None,
        };
        (attempts < self.attempts).then_some(wait)
    }
}

/// The leads that wait, by the time at which they are due and then by their place in the list.
#[derive(Debug)]
pub(super) struct Queue {
    due: BinaryHeap<Reverse<(Timestamp, u32)>>,
    hours: CallingHours,
}

impl Queue {
    /// Leads 0 to `count`, all due at `from`.
    pub(super) fn new(count: u32, from: Timestamp, hours: CallingHours) -> Self {
        Self {
            due: (0..count).map(|lead| Reverse((from, lead))).collect(),
            hours,
        }
    }

    pub(super) fn put(&mut self, lead: u32, due: Timestamp) {
        self.due.push(Reverse((due, lead)));
    }

    /// Whether somebody may be rung. Whoever is due outside the calling hours of his own day is
    /// put off to their opening.
    pub(super) fn supply(&mut self, places: &mut Places, now: Timestamp) -> Supply {
        while let Some(&Reverse((due, lead))) = self.due.peek() {
            if due > now {
                return Supply::Later(due);
            }
            match places.may_ring(lead, self.hours, now) {
                Ok(()) => return Supply::Ready,
                Err(opening) => {
                    self.due.pop();
                    self.put(lead, opening);
                }
            }
        }
        Supply::Exhausted
    }

    /// Takes the lead that `supply` found ready.
    pub(super) fn take(&mut self) -> Option<u32> {
        let Reverse((_, lead)) = self.due.pop()?;
        Some(lead)
    }
}
