//! The words between the planner and its driver: limits in, how things stand in, what to do out.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::campaign::breaker::{BreakerLimits, Sign, Trouble};
use crate::campaign::caller_ids::{CallerIdKey, CallerIdLimits};
use crate::campaign::pacing::Ramp;
use crate::line::Disposition;

/// How many lines ring beside the talks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Mode {
    /// One for each free slot: nobody who answers is ever without a talk.
    Progressive,
    /// More than there are free slots, by how many answer.
    Adaptive {
        /// The share of answers that may be dropped, 0 to 1: no dialogue within 2 s.
        max_drop: f64,
    },
}

/// What a campaign may do.
#[derive(Debug, Clone)]
pub struct PlannerLimits {
    /// Calls at once, ringing ones counted.
    pub max_calls: u32,
    /// Conversations at once; the speech service's limit where that is lower.
    pub max_conversations: u32,
    /// How many lines ring beside them.
    pub mode: Mode,
    /// Calls a second.
    pub calls_per_second: f64,
    /// How that rate is reached.
    pub ramp: Ramp,
    /// The caller ids to choose from; none leaves the choice to the trunk.
    pub caller_ids: Vec<CallerIdLimits>,
    /// How long a call may ring.
    pub ring_timeout: SignedDuration,
    /// Calls of this run.
    pub limit: Option<u64>,
    /// By whose calendar days are counted. When to ring is none of the planner's: the supply says.
    pub zone: TimeZone,
    /// When to pause.
    pub breaker: BreakerLimits,
}

/// How things stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Situation {
    /// The time.
    pub now: Timestamp,
    /// Whether there is somebody to ring.
    pub supply: Supply,
}

/// Whether there is somebody to ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Supply {
    /// As far as is known, yes.
    Ready,
    /// Nobody before this time: retries that fall due, windows that open.
    Later(Timestamp),
    /// This run has nobody left to ring.
    Exhausted,
}

/// What to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    /// Claim a lead and ring it, with this caller id; then tell [`Planner::placed`](super::Planner::placed).
    Call(Option<CallerIdKey>),
    /// Ask after this trouble, ringing nobody; tell [`Planner::asked`](super::Planner::asked)
    /// before anything else.
    Ask(Trouble),
    /// Nothing before this time; ask again then, or when something happens to a call.
    WaitUntil(Timestamp, WaitReason),
    /// Nothing before something happens to a call.
    WaitForCall(WaitReason),
    /// The run is over and no call goes on.
    Drained(DrainReason),
}

/// Why the campaign waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitReason {
    /// As many calls as allowed go on.
    MaxCalls,
    /// As many lines ring as there are conversations to be had.
    Conversations,
    /// The next call is due a moment later.
    Rate,
    /// Every caller id has reached its limit.
    CallerIds,
    /// Nobody is due before then.
    NobodyDue,
    /// The breaker paused the campaign for this reason, or its probe is out.
    Breaker(Trouble),
    /// Nothing new is begun; the calls that go on come to their end.
    Draining(DrainReason),
}

/// Why a run ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DrainReason {
    /// Nobody is left to ring.
    Exhausted,
    /// The calls of this run are used up.
    Limit,
    /// Somebody stopped it.
    Stopped,
    /// The breaker gave up, for this reason.
    Breaker(Trouble),
}

/// What becomes of a call that was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seat<C> {
    /// There is a conversation for it: begin the dialogue.
    Talk(C),
    /// There was none in time: say that we ring again, and hang up.
    Drop(C),
}

/// How a call ended, as far as the planner needs to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallEnded {
    /// How it ended on the line.
    pub disposition: Disposition,
    /// What was found to be wrong outside, beyond what the disposition tells: the speech service.
    pub trouble: Option<Trouble>,
}

impl From<Disposition> for CallEnded {
    fn from(disposition: Disposition) -> Self {
        Self {
            disposition,
            trouble: None,
        }
    }
}

impl CallEnded {
    pub(super) fn sign(self, lasted: SignedDuration) -> Sign {
        match self.trouble {
            Some(trouble) => Sign::Fails(trouble),
            None => Sign::of(self.disposition, lasted),
        }
    }
}

/// A call of an earlier run, as the ledger keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PastCall {
    /// When it was placed.
    pub placed: Timestamp,
    /// When it was answered, if it was.
    pub answered: Option<Timestamp>,
    /// When it was over.
    pub ended: Timestamp,
    /// How it ended on the line.
    pub disposition: Disposition,
    /// Whether it was answered and got no dialogue.
    pub dropped: bool,
}

/// How the pacing stands, for a live view and for statistics.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pulse {
    /// Calls that go on.
    pub live: usize,
    /// Calls that ring.
    pub ringing: usize,
    /// Answered calls that wait for a conversation.
    pub waiting: usize,
    /// Conversations.
    pub talking: usize,
    /// Conversations at once, as allowed now.
    pub slots: u32,
    /// The chance that a fresh call is answered, as reckoned now; only in the adaptive mode.
    pub answer_chance: Option<f64>,
    /// The chance of a drop that may be taken now; only in the adaptive mode.
    pub bound: Option<f64>,
    /// The share of answers that were dropped of late; `None` before the first.
    pub drop_rate: Option<f64>,
}
