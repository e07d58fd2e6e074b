//! What was done for a lead so far, as far as the policy must know.

use jiff::Timestamp;

use crate::line::Disposition;
use crate::phone::{CellNumber, PhoneNumber};

/// The outcome of a call that was answered and for which no dialogue was free.
pub const DROPPED: &str = "dropped";
/// The outcome of a dialogue that is to be taken up again.
pub const CALL_LATER: &str = "call_later";

/// One attempt of a lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastAttempt {
    /// The number that was rung.
    pub number: PhoneNumber,
    /// When it began.
    pub at: Timestamp,
    /// When it ended; `None` while it goes on.
    pub ended_at: Option<Timestamp>,
    /// How it ended on the line.
    pub disposition: Option<Disposition>,
    /// What the dialogue concluded.
    pub outcome: Option<String>,
    /// Whether `dial` was sent.
    pub dialled: bool,
    /// Whether somebody, or something, answered.
    pub answered: bool,
    /// The hour that the callee was promised in it.
    pub call_back_at: Option<Timestamp>,
}

/// One call to a number, whatever the campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberCall {
    /// When it began.
    pub at: Timestamp,
    /// When it ended; `None` while it goes on.
    pub ended_at: Option<Timestamp>,
    /// Whether it counts as an attempt: it was dialled, and the network took it to the callee.
    pub counts: bool,
}

/// What was done so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LeadHistory {
    /// The lead's attempts, the oldest first.
    pub attempts: Vec<PastAttempt>,
    /// The calls to the number that is to be rung, of all campaigns, of the last month at least, the
    /// oldest first.
    pub number_calls: Vec<NumberCall>,
    /// Why the number is on the do-not-call list, if it is.
    pub forbidden: Option<String>,
    /// Whether somebody rings the number at this moment.
    pub being_rung: bool,
}

/// What an attempt means for those after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ending {
    /// The line was busy.
    Busy,
    /// It rang and nobody answered.
    NoAnswer,
    /// The phone is off.
    PhoneOff,
    /// A machine answered.
    Machine,
    /// The callee declined.
    Rejected,
    /// Answered, and nobody of ours was free to talk.
    Dropped,
    /// The callee asks to be called at another time.
    CallLater,
    /// It reached nobody and that was not the callee's doing: it costs no attempt.
    Congestion,
    /// We broke it off after it was dialled.
    Interrupted,
    /// No such number.
    Invalid,
    /// The matter is settled.
    Settled,
}

impl Ending {
    /// Those that have a rule of their own on when to repeat.
    pub const REPEATED: [Self; 7] = [
        Self::Busy,
        Self::NoAnswer,
        Self::PhoneOff,
        Self::Machine,
        Self::Rejected,
        Self::Dropped,
        Self::CallLater,
    ];

    /// The word in settings and messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::NoAnswer => "no_answer",
            Self::PhoneOff => "phone_off",
            Self::Machine => "machine",
            Self::Rejected => "rejected",
            Self::Dropped => "dropped",
            Self::CallLater => "call_later",
            Self::Congestion => "congestion",
            Self::Interrupted => "interrupted",
            Self::Invalid => "invalid_number",
            Self::Settled => "settled",
        }
    }

    /// Whether it is another part of the day that may help.
    pub fn wants_another_part_of_the_day(self) -> bool {
        matches!(self, Self::NoAnswer | Self::PhoneOff | Self::Machine)
    }
}

impl PastAttempt {
    /// What it means for the next attempt; `None` while it goes on.
    pub fn ending(&self) -> Option<Ending> {
        if !self.dialled {
            return self.disposition.map(|_| Ending::Congestion);
        }
        Some(match (self.disposition?, self.outcome.as_deref()) {
            (Disposition::Answered, Some(DROPPED)) => Ending::Dropped,
            (Disposition::Answered, Some(CALL_LATER)) => Ending::CallLater,
            (Disposition::Answered, _) if self.call_back_at.is_some() => Ending::CallLater,
            (Disposition::Answered, _) => Ending::Settled,
            (Disposition::Machine, _) => Ending::Machine,
            (Disposition::Busy, _) => Ending::Busy,
            (Disposition::NoAnswer, _) => Ending::NoAnswer,
            (Disposition::Rejected, _) => Ending::Rejected,
            (Disposition::Unreachable, _) => Ending::PhoneOff,
            (Disposition::InvalidNumber, _) => Ending::Invalid,
            (Disposition::Interrupted, _) => Ending::Interrupted,
            // A fault of ours in the middle of a talk was heard by the callee.
            (Disposition::Failed, _) if self.answered => Ending::Interrupted,
            (
                Disposition::Congestion
                | Disposition::TrunkRefused
                | Disposition::TrunkUnreachable
                | Disposition::Blocked
                | Disposition::Failed,
                _,
            ) => Ending::Congestion,
        })
    }

    /// Whether it counts as an attempt.
    pub fn counts(&self) -> bool {
        self.dialled && self.ending() != Some(Ending::Congestion)
    }

    /// When it was over, as far as is known.
    pub fn over_at(&self) -> Timestamp {
        self.ended_at.unwrap_or(self.at)
    }
}

/// Which of a lead's numbers comes next: the first that was not tried, then by turns; a number that
/// does not exist never, a busy one again, and one that answered before any other. `None`: not one
/// of them exists.
pub fn next_number(numbers: &[CellNumber], attempts: &[PastAttempt]) -> Option<usize> {
    let valid = |index: &usize| {
        numbers.get(*index).is_some_and(|number| {
            let ends = attempts
                .iter()
                .filter(|attempt| attempt.number == number.number);
            !ends
                .map(PastAttempt::ending)
                .any(|ending| ending == Some(Ending::Invalid))
        })
    };
    let last = attempts.iter().rev().find(|attempt| attempt.counts());
    let Some(last) = last else {
        return (0..numbers.len()).find(valid);
    };
    let place = numbers
        .iter()
        .position(|number| number.number == last.number);
    let place = place.unwrap_or(0);
    let stays = matches!(
        last.ending(),
        Some(Ending::Busy | Ending::Dropped | Ending::CallLater | Ending::Interrupted)
    );
    let first = if stays { place } else { place + 1 };
    (first..first + numbers.len())
        .map(|index| index % numbers.len())
        .find(valid)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(last: u32) -> CellNumber {
        CellNumber {
            number: PhoneNumber::from_e164(&format!("+7900000{last:04}")).unwrap(),
            extension: None,
        }
    }

    fn attempt(last: u32, disposition: Disposition) -> PastAttempt {
        PastAttempt {
            number: number(last).number,
            at: Timestamp::UNIX_EPOCH,
            ended_at: None,
            disposition: Some(disposition),
            outcome: None,
            dialled: true,
            answered: false,
            call_back_at: None,
        }
    }

    #[test]
    fn numbers_are_tried_by_turns_and_those_that_do_not_exist_never_again() {
        let numbers = [number(1), number(2), number(3)];
        let mut attempts = Vec::new();
        let mut next = |done: Option<PastAttempt>| {
            attempts.extend(done);
            next_number(&numbers, &attempts)
        };
        assert_eq!(next(None), Some(0));
        assert_eq!(
            next(Some(attempt(1, Disposition::Busy))),
            Some(0),
            "is there"
        );
        assert_eq!(next(Some(attempt(1, Disposition::NoAnswer))), Some(1));
        assert_eq!(
            next(Some(attempt(2, Disposition::Congestion))),
            Some(1),
            "not rung at all"
        );
        assert_eq!(next(Some(attempt(2, Disposition::InvalidNumber))), Some(2));
        assert_eq!(next(Some(attempt(3, Disposition::Machine))), Some(0));
        assert_eq!(
            next(Some(attempt(1, Disposition::NoAnswer))),
            Some(2),
            "2 does not exist"
        );
        assert_eq!(next(Some(attempt(3, Disposition::InvalidNumber))), Some(0));
        assert_eq!(next(Some(attempt(1, Disposition::InvalidNumber))), None);
    }

    #[test]
    fn only_what_reached_the_callee_counts() {
        let counted: Vec<_> = Disposition::ALL
            .into_iter()
            .filter(|&disposition| attempt(1, disposition).counts())
            .map(Disposition::as_str)
            .collect();
        assert_eq!(
            counted,
            [
                "answered",
                "machine",
                "busy",
                "no_answer",
                "rejected",
                "unreachable",
                "invalid_number",
                "interrupted",
            ]
        );
        let undialled = PastAttempt {
            dialled: false,
            ..attempt(1, Disposition::Interrupted)
        };
        assert!(!undialled.counts());
        let broken = PastAttempt {
            answered: true,
            ..attempt(1, Disposition::Failed)
        };
        assert_eq!(broken.ending(), Some(Ending::Interrupted));
    }
}
