//! Who of those that answered may talk: the planner decides, the calls wait behind their doors.

use std::collections::BTreeMap;

use jiff::Timestamp;
use tokio::sync::{mpsc, watch};

use crate::call::WaitingWords;
use crate::campaign::{LeadId, Planner, Seat};
use crate::driver::seat::{SeatDoor, Seating};

/// Answers that were not told yet; more than ever ring at once.
const ANSWERS: usize = 1024;

/// The doors of one run.
#[derive(Debug)]
pub(super) struct Doors {
    /// `None` where no more lines ring than there are conversations.
    words: Option<WaitingWords>,
    answered: mpsc::Sender<LeadId>,
    waiting: BTreeMap<LeadId, watch::Sender<Option<Seating>>>,
    dropped: u64,
}

impl Doors {
    /// The doors, and what tells of those that were answered.
    pub(super) fn new(words: Option<WaitingWords>) -> (Self, mpsc::Receiver<LeadId>) {
        let (answered, from_calls) = mpsc::channel(ANSWERS);
        let doors = Self {
            words,
            answered,
            waiting: BTreeMap::new(),
            dropped: 0,
        };
        (doors, from_calls)
    }

    /// A door for a call that is about to be made; `None` where none has to wait.
    pub(super) fn open(&mut self, lead: LeadId) -> Option<SeatDoor> {
        let words = self.words.clone()?;
        let (seats, seating) = watch::channel(None);
        self.waiting.insert(lead, seats);
        Some(SeatDoor {
            lead,
            words,
            answered: self.answered.clone(),
            seating,
        })
    }

    /// Lets those who answered in, or go.
    pub(super) fn seat(&mut self, planner: &mut Planner, now: Timestamp) {
        while let Some(seat) = planner.seat(now) {
            let (lead, seating) = match seat {
                Seat::Talk(lead) => (lead, Seating::Talk),
                Seat::Drop(lead) => (lead, Seating::Drop),
            };
            self.dropped += u64::from(seating == Seating::Drop);
            if let Some(door) = self.waiting.get(&lead) {
                door.send_replace(Some(seating));
            }
        }
    }

    /// A call is over, or was never begun.
    pub(super) fn close(&mut self, lead: LeadId) {
        self.waiting.remove(&lead);
    }

    /// How many were let go so far.
    pub(super) fn dropped(&self) -> u64 {
        self.dropped
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use jiff::{SignedDuration, ToSpan};

    use super::*;
    use crate::campaign::{BreakerLimits, Mode, PlannerLimits, Ramp};

    fn planner(max_conversations: u32) -> Planner {
        Planner::new(PlannerLimits {
            max_calls: 10,
            max_conversations,
            mode: Mode::Adaptive { max_drop: 0.03 },
            calls_per_second: 100.0,
            ramp: Ramp::NONE,
            caller_ids: Vec::new(),
            ring_timeout: SignedDuration::from_secs(30),
            limit: None,
            zone: TimeZone::UTC,
            breaker: BreakerLimits::default(),
        })
        .unwrap()
    }

    fn words() -> WaitingWords {
        WaitingWords {
            greeting: "one moment".to_owned(),
            farewell: "goodbye".to_owned(),
        }
    }

    #[test]
    fn with_one_conversation_the_second_who_answers_waits_two_seconds_and_is_let_go() {
        let now: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
        let mut planner = planner(1);
        let (mut doors, _from_calls) = Doors::new(Some(words()));
        let [first, second] = [1, 2].map(|lead| {
            planner.placed(LeadId(lead), None, now);
            doors.open(LeadId(lead)).unwrap()
        });
        let told = |door: &SeatDoor| *door.seating.borrow();
        planner.answered(first.lead, now);
        planner.answered(second.lead, now);
        doors.seat(&mut planner, now);
        assert_eq!((told(&first), told(&second)), (Some(Seating::Talk), None));
        doors.seat(&mut planner, now + 2.seconds());
        assert_eq!(told(&second), Some(Seating::Drop));
        assert_eq!(doors.dropped(), 1);
        doors.close(second.lead);
        assert_eq!(doors.waiting.len(), 1);
    }

    #[test]
    fn where_each_call_has_its_conversation_there_are_no_doors() {
        let (mut doors, _from_calls) = Doors::new(None);
        assert!(doors.open(LeadId(1)).is_none());
    }

    #[test]
    fn the_word_for_a_drop_is_one_in_calls_and_in_the_policy() {
        assert_eq!(crate::call::DROPPED, crate::campaign::DROPPED);
    }
}
