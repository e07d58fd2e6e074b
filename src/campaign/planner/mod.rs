//! The planner: given how things stand, what the campaign does now.
//!
//! It never reads a clock: the time is handed in, so that what it promises (never above the
//! limits, never outside the hours, drops below their share) can be tested on made-up days. Its
//! door: tell it what happens ([`placed`](Planner::placed), [`answered`](Planner::answered),
//! [`ended`](Planner::ended), …); after that let people in or go until [`seat`](Planner::seat) has
//! nothing more to say; then do what [`plan`](Planner::plan) says.

mod floor;
mod hour;
mod learn;
mod words;

pub use words::{
    CallEnded, DrainReason, Mode, PastCall, Plan, PlannerLimits, Pulse, Seat, Situation, Supply,
    WaitReason,
};

use jiff::{SignedDuration, Timestamp};

use super::adaptive::Adaptive;
use super::breaker::{Breaker, BreakerState, Sign, Trouble};
use super::caller_ids::{CallerIdKey, CallerIds};
use super::id::LeadId;
use super::pacing::{BadRate, Pacer};
use super::policy::{NextOpening, Policy};
use floor::{Floor, PATIENCE};
use hour::Hour;

/// How soon to look again when every lead left is being rung by somebody else.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_secs(2);
/// How soon to weigh the chances again: they change with every second that a line rings.
const WEIGH_AGAIN: SignedDuration = SignedDuration::from_secs(1);

/// Decides for one run of one campaign.
#[derive(Debug, Clone)]
pub struct Planner {
    max_calls: usize,
    max_conversations: u32,
    speech_limit: Option<u32>,
    calls_left: Option<u64>,
    policy: Policy,
    pacer: Pacer,
    caller_ids: CallerIds,
    breaker: Breaker,
    /// Whether calls were kept back for long, so that the rate is to be reached anew.
    rested: bool,
    adaptive: Option<Adaptive>,
    floor: Floor<LeadId>,
    hour: Hour,
    stopped: bool,
    /// Whether it is being asked after a trouble.
    asking: bool,
}

impl Planner {
    /// A planner for a run that begins.
    ///
    /// # Errors
    /// [`BadRate`].
    pub fn new(limits: PlannerLimits) -> Result<Self, BadRate> {
        let zone = limits.policy.default_timezone.clone();
        let patience_ms = i64::try_from(PATIENCE.as_millis()).unwrap_or(0);
        Ok(Self {
            max_calls: limits.max_calls.max(1) as usize,
            max_conversations: limits.max_conversations.max(1),
            speech_limit: None,
            calls_left: limits.limit,
            policy: limits.policy,
            pacer: Pacer::new(limits.calls_per_second)?.with_ramp(limits.ramp),
            caller_ids: CallerIds::new(limits.caller_ids, zone.clone())?,
            breaker: Breaker::new(limits.breaker),
            rested: false,
            adaptive: match limits.mode {
                Mode::Progressive => None,
                Mode::Adaptive { max_drop } => {
                    Some(Adaptive::new(max_drop, limits.ring_timeout, patience_ms))
                }
            },
            floor: Floor::new(),
            hour: Hour::new(zone),
            stopped: false,
            asking: false,
        })
    }

    /// What to do now.
    pub fn plan(&mut self, situation: &Situation) -> Plan {
        let plan = self.decide(situation.now, situation.supply);
        // Whoever answered and waits must not wait for ever, whatever else is waited for.
        match (plan, self.floor.seat_due()) {
            (Plan::WaitUntil(until, reason), Some(due)) => Plan::WaitUntil(until.min(due), reason),
            (Plan::WaitForCall(reason), Some(due)) => Plan::WaitUntil(due, reason),
            (plan, _) => plan,
        }
    }

    /// The next answered call to let in or to let go; ask until there is none.
    pub fn seat(&mut self, now: Timestamp) -> Option<Seat<LeadId>> {
        let seat = self.floor.seat(self.slots() as usize, now)?;
        if let Some(adaptive) = &mut self.adaptive {
            adaptive.served(matches!(seat, Seat::Drop(_)));
        }
        Some(seat)
    }

    /// When the next of those who answered and wait is to be let in or let go.
    pub fn seat_due(&self) -> Option<Timestamp> {
        self.floor.seat_due()
    }

    /// A call to this lead is placed now.
    pub fn placed(&mut self, call: LeadId, caller_id: Option<CallerIdKey>, now: Timestamp) {
        if std::mem::take(&mut self.rested) {
            self.pacer.restart();
        }
        self.pacer.placed(now);
        if let Some(key) = caller_id {
            self.caller_ids.placed(key, now);
        }
        self.breaker.placed(now);
        self.calls_left = self.calls_left.map(|left| left.saturating_sub(1));
        self.floor.placed(call, now);
    }

    /// A call was answered, by a person or a machine; [`seat`](Self::seat) says when it may talk.
    pub fn answered(&mut self, call: LeadId, now: Timestamp) {
        let Some(rang) = self.floor.answered(call, now) else {
            return;
        };
        self.learn_answer(rang, now);
    }

    /// A call is over.
    pub fn ended(&mut self, call: LeadId, end: impl Into<CallEnded>, now: Timestamp) {
        let Some(live) = self.floor.ended(call) else {
            return;
        };
        let end = end.into();
        let lasted = now.duration_since(live.placed);
        let sign = end.sign(lasted);
        let worked = matches!(sign, Sign::Works | Sign::Talks);
        // A call from before the pause that fails does not speak for the probe.
        if worked || !self.breaker.awaits_another(live.placed) {
            self.breaker.ended(sign, now);
        }
        self.learn_end(live, end, now);
    }

    /// A call that was placed was never begun: nobody was rung for it.
    pub fn withdrawn(&mut self, call: LeadId, trouble: Option<Trouble>, now: Timestamp) {
        let Some(live) = self.floor.ended(call) else {
            return;
        };
        self.calls_left = self.calls_left.map(|left| left + 1);
        match trouble {
            Some(trouble) => self.breaker.trip(trouble, now),
            None if self.breaker.awaits_another(live.placed) => {}
            None => self.breaker.probe_lost(),
        }
    }

    /// Something outside is known to be wrong: no call need find it out.
    pub fn trouble(&mut self, trouble: Trouble, now: Timestamp) {
        self.breaker.trip(trouble, now);
    }

    /// The asking of [`Plan::Ask`] has begun: nobody is rung until [`asked`](Self::asked).
    pub fn asking(&mut self) {
        self.asking = true;
    }

    /// The answer to [`Plan::Ask`].
    pub fn asked(&mut self, answer: Result<(), Trouble>, now: Timestamp) {
        self.asking = false;
        self.breaker.asked(answer, now);
    }

    /// How many conversations the speech service allows at once, as it last said.
    pub fn speech_limit(&mut self, limit: Option<u32>) {
        self.speech_limit = limit;
    }

    /// Begin nothing new.
    pub fn stop(&mut self) {
        self.stopped = true;
    }

    /// What stopped it is over.
    pub fn go_on(&mut self) {
        self.stopped = false;
    }

    /// Whether it was told to begin nothing new.
    pub fn is_stopped(&self) -> bool {
        self.stopped
    }

    /// The caller ids, to ask for their numbers.
    pub fn caller_ids(&mut self) -> &mut CallerIds {
        &mut self.caller_ids
    }

    /// How often the breaker paused the campaign, and why.
    pub fn breaker(&self) -> &Breaker {
        &self.breaker
    }

    /// What the breaker says now.
    pub fn breaker_state(&mut self, now: Timestamp) -> BreakerState {
        self.breaker.state(now)
    }

    /// How the pacing stands.
    pub fn pulse(&self) -> Pulse {
        let busy = self.floor.busy();
        let adaptive = self.adaptive.as_ref();
        Pulse {
            live: self.floor.live(),
            ringing: busy.ringing,
            waiting: busy.waiting,
            talking: busy.talking,
            slots: self.slots(),
            answer_chance: adaptive.map(Adaptive::answer_chance),
            bound: adaptive.map(Adaptive::bound),
            drop_rate: adaptive.and_then(Adaptive::drop_rate),
        }
    }

    /// Conversations at once, as allowed now.
    fn slots(&self) -> u32 {
        let speech = self.speech_limit.unwrap_or(u32::MAX);
        self.max_conversations.min(speech)
    }

    fn decide(&mut self, now: Timestamp, supply: Supply) -> Plan {
        let live = self.floor.live();
        if let Some(reason) = self.over(now, supply) {
            return if live == 0 {
                Plan::Drained(reason)
            } else {
                Plan::WaitForCall(WaitReason::Draining(reason))
            };
        }
        let wait = self
            .breaker_wait(now)
            .or_else(|| self.supply_wait(now, supply))
            .or_else(|| self.lines_wait(now));
        if let Some(plan) = wait {
            return plan;
        }
        let caller_id = match self.caller_ids.choose(now) {
            Ok(key) => key,
            Err(at) => return Plan::WaitUntil(at, WaitReason::CallerIds),
        };
        let allowed = self.pacer.next_allowed(now);
        if allowed > now {
            return Plan::WaitUntil(allowed, WaitReason::Rate);
        }
        Plan::Call(caller_id)
    }

    fn breaker_wait(&mut self, now: Timestamp) -> Option<Plan> {
        let state = self.breaker.state(now);
        self.rested |= state != BreakerState::Closed;
        match state {
            BreakerState::PausedUntil(until, trouble) => {
                Some(Plan::WaitUntil(until, WaitReason::Breaker(trouble)))
            }
            BreakerState::AskNow(trouble) if self.asking => {
                let reason = WaitReason::Breaker(trouble);
                Some(Plan::WaitUntil(after(now, LOOK_AGAIN), reason))
            }
            BreakerState::AskNow(trouble) => Some(Plan::Ask(trouble)),
            BreakerState::Probing(trouble) if self.floor.live() > 0 => {
                Some(Plan::WaitForCall(WaitReason::Breaker(trouble)))
            }
            // A probe that is out while no call goes on was never reported; send another.
            BreakerState::Probing(_)
            | BreakerState::Closed
            | BreakerState::ProbeNow(_)
            | BreakerState::GivenUp(_) => None,
        }
    }

    fn supply_wait(&mut self, now: Timestamp, supply: Supply) -> Option<Plan> {
        let wait = if let Err(NextOpening(opening)) = self.policy.may_ring(now) {
            Some((opening, WaitReason::Hours))
        } else {
            match supply {
                Supply::Later(at) if at > now => Some((at, WaitReason::NobodyDue)),
                Supply::HeldElsewhere => Some((after(now, LOOK_AGAIN), WaitReason::HeldElsewhere)),
                Supply::Later(_) | Supply::Ready | Supply::Exhausted => None,
            }
        };
        let (until, reason) = wait?;
        self.rested |= reason == WaitReason::Hours;
        Some(Plan::WaitUntil(until, reason))
    }

    fn lines_wait(&mut self, now: Timestamp) -> Option<Plan> {
        if self.floor.live() >= self.max_calls {
            return Some(Plan::WaitForCall(WaitReason::MaxCalls));
        }
        let slots = self.slots() as usize;
        let Some(adaptive) = &mut self.adaptive else {
            let full = self.floor.live() >= slots;
            return full.then_some(Plan::WaitForCall(WaitReason::Conversations));
        };
        adaptive.at_hour(self.hour.of(now));
        if adaptive.may_ring(&self.floor.lines(slots, now)) {
            return None;
        }
        let again = after(now, WEIGH_AGAIN);
        Some(Plan::WaitUntil(again, WaitReason::Conversations))
    }

    fn over(&mut self, now: Timestamp, supply: Supply) -> Option<DrainReason> {
        if self.stopped {
            return Some(DrainReason::Stopped);
        }
        if let BreakerState::GivenUp(trouble) = self.breaker.state(now) {
            return Some(DrainReason::Breaker(trouble));
        }
        if self.calls_left == Some(0) {
            Some(DrainReason::Limit)
        } else if supply == Supply::Exhausted {
            Some(DrainReason::Exhausted)
        } else {
            None
        }
    }
}

fn after(now: Timestamp, length: SignedDuration) -> Timestamp {
    now.checked_add(length).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
