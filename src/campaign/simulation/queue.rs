//! The leads of a simulation that wait: who is due, and of those who comes first.
//!
//! As in the ledger: whoever has been due for longest, a point of priority counting like so much
//! waiting; then the place in the list.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use jiff::{SignedDuration, Timestamp};

use super::places::Places;
use crate::campaign::Supply;

/// Due since then, priority counted in; then the place in the list.
type Rank = (Timestamp, u32);

/// The leads that wait.
#[derive(Debug)]
pub(super) struct Queue {
    /// By the time at which they are due.
    later: BinaryHeap<Reverse<(Timestamp, u32, i32)>>,
    /// Due now, as far as the hours at their place allow.
    due: BinaryHeap<Reverse<(Rank, i32)>>,
    /// How much waiting a point of priority counts for.
    step: SignedDuration,
}

impl Queue {
    pub(super) fn new(step: SignedDuration) -> Self {
        Self {
            later: BinaryHeap::new(),
            due: BinaryHeap::new(),
            step,
        }
    }

    /// A lead of this priority is due at some time.
    pub(super) fn put(&mut self, lead: u32, priority: i32, due: Timestamp) {
        self.later.push(Reverse((due, lead, priority)));
    }

    /// Whether somebody may be rung. Whoever is due outside the calling hours of his own day is
    /// put off to their opening, and nobody who has none waits for ever.
    pub(super) fn supply(&mut self, places: &mut Places<'_>, now: Timestamp) -> Supply {
        while let Some(&Reverse((due, lead, priority))) = self.later.peek() {
            if due > now {
                break;
            }
            self.later.pop();
            let rank = due.checked_sub(self.step.saturating_mul(priority));
            self.due
                .push(Reverse(((rank.unwrap_or(due), lead), priority)));
        }
        while let Some(&Reverse(((_, lead), priority))) = self.due.peek() {
            match places.opening(lead, now) {
                Some(opening) if opening <= now => return Supply::Ready,
                opening => {
                    self.due.pop();
                    if let Some(opening) = opening {
                        self.put(lead, priority, opening);
                    }
                }
            }
        }
        match self.later.peek() {
            Some(&Reverse((due, ..))) => Supply::Later(due),
            None => Supply::Exhausted,
        }
    }

    /// Takes the lead that `supply` found ready.
    pub(super) fn take(&mut self) -> Option<u32> {
        let Reverse(((_, lead), _)) = self.due.pop()?;
        Some(lead)
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use jiff::tz::TimeZone;

    use super::*;
    use crate::campaign::CallingWindow;

    #[test]
    fn who_is_due_for_longest_comes_first_and_priority_counts_as_waiting() {
        let window = CallingWindow {
            hours: "09:00-20:00".parse().unwrap(),
            holidays: None,
        };
        let places = [
            vec![TimeZone::UTC],
            vec![TimeZone::get("Asia/Omsk").unwrap()],
        ];
        let of_lead = [0, 0, 0, 1, 0];
        let mut places = Places::new(&window, &places, &of_lead);
        let noon: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let mut queue = Queue::new(SignedDuration::from_hours(1));
        queue.put(0, 0, noon - 10.minutes());
        queue.put(1, 2, noon);
        queue.put(2, 0, noon + 30.minutes());
        queue.put(3, 0, noon + 3.hours());
        queue.put(4, 0, noon - 10.minutes());
        let mut taken = Vec::new();
        let mut now = noon;
        loop {
            match queue.supply(&mut places, now) {
                Supply::Ready => taken.push((now, queue.take().unwrap())),
                Supply::Later(at) => now = at,
                Supply::Exhausted => break,
            }
        }
        // In Omsk, six hours ahead, 15:00 is evening: it waits for the next morning.
        let morning = "2026-11-24T03:00:00Z".parse().unwrap();
        let expected = [
            (noon, 1),
            (noon, 0),
            (noon, 4),
            (noon + 30.minutes(), 2),
            (morning, 3),
        ];
        assert_eq!(taken, expected);
    }
}
