//! Between a call that was answered and the campaign that says whether it may talk.

use tokio::sync::{mpsc, watch};

use crate::call::WaitingWords;
use crate::campaign::LeadId;

/// What becomes of an answered call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seating {
    /// There is a conversation for it.
    Talk,
    /// There was none in time.
    Drop,
}

/// A call's way to its conversation: it tells that it was answered, and is told what becomes of it.
#[derive(Debug, Clone)]
pub struct SeatDoor {
    /// Whose call it is.
    pub lead: LeadId,
    /// What callees hear who have to wait.
    pub words: WaitingWords,
    /// Takes those that were answered.
    pub answered: mpsc::Sender<LeadId>,
    /// Tells what becomes of this one.
    pub seating: watch::Receiver<Option<Seating>>,
}

impl SeatDoor {
    /// The call was answered.
    pub(super) async fn tell_answered(&self) {
        if self.answered.send(self.lead).await.is_err() {
            tracing::debug!(lead = %self.lead, "answered after the campaign had ended");
        }
    }

    /// What becomes of it. A campaign that is gone lets nobody wait.
    async fn told(&mut self) -> Seating {
        let told = self.seating.wait_for(Option::is_some).await;
        told.ok().and_then(|told| *told).unwrap_or(Seating::Drop)
    }
}

/// Waits behind the door, once; for ever where there is none.
pub(super) async fn told(door: &mut Option<SeatDoor>) -> Seating {
    let Some(waiting) = door else {
        return std::future::pending().await;
    };
    let seating = waiting.told().await;
    *door = None;
    seating
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_call_tells_its_answer_and_is_told_once_what_becomes_of_it() {
        let (answered, mut from_calls) = mpsc::channel(1);
        let (seats, seating) = watch::channel(None);
        let words = WaitingWords {
            greeting: "one moment".to_owned(),
            farewell: "goodbye".to_owned(),
        };
        let lead = LeadId(7);
        let mut door = Some(SeatDoor {
            lead,
            words,
            answered,
            seating,
        });
        door.as_ref().unwrap().tell_answered().await;
        assert_eq!(from_calls.recv().await, Some(lead));
        seats.send_replace(Some(Seating::Talk));
        assert_eq!(told(&mut door).await, Seating::Talk);
        assert!(door.is_none());
        let later = std::time::Duration::from_millis(20);
        assert!(tokio::time::timeout(later, told(&mut door)).await.is_err());
    }
}
