//! The table that turns the end of a line into a disposition.
//!
//! What Asterisk reports is not enough by itself: our own ring timeout brings the same cause and
//! SIP code as a phone that is off, and a dead trunk looks like nobody at home. So who ended the
//! line and whether it rang are facts beside the release. The SIP code decides where there is one
//! (`tech_cause`, Asterisk 22.7 and later), the Q.850 cause (ITU-T Q.850 §2.2.7) where there is
//! none. The `dialstatus` of a `Dial` event is never asked: it says `NOANSWER` for nearly all.

use super::{Cause, Disposition, LineEvent, Release};
use Disposition::{
    Answered, Busy, Congestion, Failed, Interrupted, InvalidNumber, NoAnswer, Rejected,
    TrunkRefused, TrunkUnreachable, Unreachable,
};

/// Who brought the line to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EndedBy {
    /// The callee, the network or the trunk.
    FarEnd,
    /// We, because the network had said that nobody will answer.
    Announcement,
    /// We, because it rang for as long as it may. Also Asterisk on our behalf, by the `timeout`
    /// of `dial`.
    RingTimeout,
    /// We, because the talk was over or had lasted as long as it may.
    Talk,
    /// We, because the user or a signal stopped the call.
    User,
    /// We, because of a fault of ours: the media or a request failed.
    Fault,
}

/// What the network said before the answer, by a tone or in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EarlyMedia {
    /// The line is busy (425 Hz, 0.35 s on and off), or the callee talks with somebody.
    Busy,
    /// The network has no way to it (425 Hz, 0.175 s on and off).
    Congestion,
    /// The phone is off or out of coverage, or cannot be reached for another reason.
    Unreachable,
    /// There is no such number.
    NoSuchNumber,
}

impl EarlyMedia {
    /// The word used in the history and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::Congestion => "congestion",
            Self::Unreachable => "unreachable",
            Self::NoSuchNumber => "no_such_number",
        }
    }
}

/// All that is known about one line when it has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LineFacts {
    /// Why the channel ended; `None` where it ended while nobody watched.
    pub release: Option<Release>,
    /// A `Ringing` was seen: a phone rang.
    pub rang: bool,
    /// A `Progress` was seen: the network took the call and opened the audio.
    pub progress: bool,
    /// An `Answered` was seen.
    pub answered: bool,
    /// Who ended it.
    pub ended_by: EndedBy,
    /// What the network said before the answer, if anything was understood.
    pub heard: Option<EarlyMedia>,
}

impl LineFacts {
    /// A line of which nothing is known yet. Until somebody is seen ending it, its end counts as
    /// Asterisk's own time limit, which alone comes without a word before.
    pub const NEW: Self = Self {
        release: None,
        rang: false,
        progress: false,
        answered: false,
        ended_by: EndedBy::RingTimeout,
        heard: None,
    };

    /// Takes in what the exchange reported. Who hangs up sets `ended_by` when it does.
    pub fn observe(&mut self, event: &LineEvent) {
        match event {
            LineEvent::Ringing => self.rang = true,
            LineEvent::Progress => self.progress = true,
            LineEvent::Answered => self.answered = true,
            LineEvent::FarEndHungUp(_) | LineEvent::Lost => self.far_end_ended(),
            LineEvent::Released(release) => {
                self.release = Some(*release);
                // A time limit ends with 19, in old versions with 16.
                if !matches!(release.cause, Cause(16 | 19)) {
                    self.far_end_ended();
                }
            }
            LineEvent::Dialled | LineEvent::Digit { .. } => {}
        }
    }

    fn far_end_ended(&mut self) {
        if self.ended_by == EndedBy::RingTimeout {
            self.ended_by = EndedBy::FarEnd;
        }
    }
}

/// What a row of a table says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// The same in any case.
    Always(Disposition),
    /// One thing where a phone rang or the network opened the audio, another where the trunk
    /// never said a word.
    Alive {
        /// After `Ringing` or `Progress`.
        yes: Disposition,
        /// After neither.
        no: Disposition,
    },
    /// One thing where a phone rang, another where none did, whatever the network played.
    Rang {
        /// After `Ringing`.
        yes: Disposition,
        /// Without.
        no: Disposition,
    },
}

use Verdict::{Alive, Always, Rang};

/// First and last SIP status of a row, and its verdict. The first row that fits decides.
const BY_SIP: &[(u16, u16, Verdict)] = &[
    // A redirection is not followed.
    (300, 399, Always(Unreachable)),
    (401, 401, Always(TrunkRefused)),
    // Caller id not ours, direction closed, no money.
    (402, 403, Always(TrunkRefused)),
    (404, 404, Always(InvalidNumber)),
    (407, 407, Always(TrunkRefused)),
    // Also made by Asterisk itself when the trunk kept silent for 32 s (timer B).
    (
        408,
        408,
        Alive {
            yes: NoAnswer,
            no: TrunkUnreachable,
        },
    ),
    (410, 410, Always(InvalidNumber)),
    // A phone that rang was not off: some networks end their own ring timer with 480.
    (
        480,
        480,
        Rang {
            yes: NoAnswer,
            no: Unreachable,
        },
    ),
    // No such transaction, a loop, too many hops: routing broken on the way.
    (481, 483, Always(Congestion)),
    (484, 485, Always(InvalidNumber)),
    (486, 486, Always(Busy)),
    // Cancelled, and not by us: the network's own ring timer.
    (
        487,
        487,
        Alive {
            yes: NoAnswer,
            no: Congestion,
        },
    ),
    (488, 488, Always(TrunkRefused)),
    (491, 491, Always(Congestion)),
    // What is left of 4xx: the trunk does not like how we ask.
    (400, 499, Always(TrunkRefused)),
    (501, 501, Always(TrunkRefused)),
    (505, 505, Always(TrunkRefused)),
    (500, 599, Always(Congestion)),
    (600, 600, Always(Busy)),
    (603, 603, Always(Rejected)),
    (604, 604, Always(InvalidNumber)),
    (606, 606, Always(TrunkRefused)),
    // 607 unwanted, 608 rejected by analytics, and what may come.
    (601, 699, Always(Rejected)),
];

/// First and last Q.850 cause of a row, and its verdict. The first row that fits decides.
const BY_CAUSE: &[(u8, u8, Verdict)] = &[
    // Asterisk had no cause: something inside it failed.
    (0, 0, Always(Failed)),
    (1, 1, Always(InvalidNumber)),
    (2, 3, Always(TrunkRefused)),
    (4, 5, Always(InvalidNumber)),
    (
        16,
        16,
        Alive {
            yes: NoAnswer,
            no: Congestion,
        },
    ),
    (17, 17, Always(Busy)),
    (
        18,
        18,
        Alive {
            yes: NoAnswer,
            no: TrunkUnreachable,
        },
    ),
    (
        19,
        19,
        Rang {
            yes: NoAnswer,
            no: Unreachable,
        },
    ),
    (20, 20, Always(Unreachable)),
    (21, 21, Always(Rejected)),
    (22, 22, Always(InvalidNumber)),
    (23, 23, Always(Unreachable)),
    // Answered elsewhere.
    (26, 26, Always(NoAnswer)),
    (27, 27, Always(Unreachable)),
    (28, 28, Always(InvalidNumber)),
    (29, 29, Always(TrunkRefused)),
    (
        31,
        31,
        Alive {
            yes: NoAnswer,
            no: Congestion,
        },
    ),
    // No circuit, network out of order, temporary failure, switch congested.
    (25, 47, Always(Congestion)),
    // Not subscribed, barred, not implemented, incompatible: what we ask for is not on offer.
    (49, 88, Always(TrunkRefused)),
    // Protocol errors, and the timer that ran out (102).
    (91, 111, Always(Congestion)),
    (
        127,
        127,
        Alive {
            yes: NoAnswer,
            no: Congestion,
        },
    ),
];

/// Decides how an attempt ended on the line.
///
/// Whether it was a person or a machine that answered is not known here: an answered line is
/// [`Disposition::Answered`] until the call knows better.
pub fn classify(facts: &LineFacts) -> Disposition {
    match facts.ended_by {
        EndedBy::Fault => return Failed,
        EndedBy::User => return Interrupted,
        EndedBy::Talk | EndedBy::FarEnd | EndedBy::RingTimeout | EndedBy::Announcement
            if facts.answered =>
        {
            return Answered;
        }
        EndedBy::Talk | EndedBy::FarEnd | EndedBy::RingTimeout | EndedBy::Announcement => {}
    }
    if let Some(heard) = facts.heard {
        return by_ear(heard);
    }
    match (facts.ended_by, facts.release) {
        // The release of a line that we gave up repeats what we said ourselves.
        (EndedBy::RingTimeout | EndedBy::Talk | EndedBy::Announcement, _) => resolve(
            Alive {
                yes: NoAnswer,
                no: TrunkUnreachable,
            },
            facts,
        ),
        (_, Some(release)) => resolve(verdict(release), facts),
        (_, None) => Interrupted,
    }
}

/// What the network itself said to the ear comes before the code it sent afterwards.
fn by_ear(heard: EarlyMedia) -> Disposition {
    match heard {
        EarlyMedia::Busy => Busy,
        EarlyMedia::Congestion => Congestion,
        EarlyMedia::Unreachable => Unreachable,
        EarlyMedia::NoSuchNumber => InvalidNumber,
    }
}

fn verdict(release: Release) -> Verdict {
    let Cause(cause) = release.cause;
    let by_sip = release.sip.and_then(|sip| row(BY_SIP, sip));
    by_sip
        .or_else(|| row(BY_CAUSE, cause))
        .unwrap_or(Always(Failed))
}

fn row<T: PartialOrd + Copy>(table: &[(T, T, Verdict)], code: T) -> Option<Verdict> {
    table
        .iter()
        .find(|(first, last, _)| (*first..=*last).contains(&code))
        .map(|(_, _, verdict)| *verdict)
}

fn resolve(verdict: Verdict, facts: &LineFacts) -> Disposition {
    match verdict {
        Always(disposition) => disposition,
        Alive { yes, .. } if facts.rang || facts.progress => yes,
        Rang { yes, .. } if facts.rang => yes,
        Alive { no, .. } | Rang { no, .. } => no,
    }
}

#[cfg(test)]
#[path = "classify_tests.rs"]
mod tests;
