//! The calls that go on, and who of those that answered has a conversation.

use std::collections::{BTreeMap, VecDeque};

use jiff::{SignedDuration, Timestamp};

use super::words::Seat;
use crate::campaign::adaptive::Lines;

/// An answered call without dialogue after this time is a drop; until then it hears a cached
/// greeting. The American rule (16 CFR 310.4(b)(4)) counts from the end of the callee's greeting;
/// this counts from the answer, which is stricter.
pub(super) const PATIENCE: SignedDuration = SignedDuration::from_secs(2);

/// A call that goes on.
#[derive(Debug, Clone, Copy)]
pub(super) struct LiveCall {
    pub(super) placed: Timestamp,
    pub(super) phase: Phase,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Ringing,
    /// Answered, and no conversation is free.
    Waiting,
    Talking {
        since: Timestamp,
    },
    /// Dropped, and not yet gone.
    Leaving,
}

/// The calls that go on.
#[derive(Debug, Clone)]
pub(super) struct Floor<C> {
    calls: BTreeMap<C, LiveCall>,
    /// Those that answered and wait, the one that waits longest first.
    waiting: VecDeque<(C, Timestamp)>,
    ringing: usize,
    talking: usize,
}

/// How many calls ring, wait and talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Busy {
    pub(super) ringing: usize,
    pub(super) waiting: usize,
    pub(super) talking: usize,
}

impl<C: Copy + Ord> Floor<C> {
    pub(super) fn new() -> Self {
        Self {
            calls: BTreeMap::new(),
            waiting: VecDeque::new(),
            ringing: 0,
            talking: 0,
        }
    }

    /// How many calls go on.
    pub(super) fn live(&self) -> usize {
        self.calls.len()
    }

    /// How they stand.
    pub(super) fn busy(&self) -> Busy {
        Busy {
            ringing: self.ringing,
            waiting: self.waiting.len(),
            talking: self.talking,
        }
    }

    pub(super) fn placed(&mut self, call: C, now: Timestamp) {
        let fresh = LiveCall {
            placed: now,
            phase: Phase::Ringing,
        };
        // A lead that is rung anew while its call was never reported ended.
        if self.calls.contains_key(&call) {
            self.ended(call);
        }
        self.ringing += 1;
        self.calls.insert(call, fresh);
    }

    /// A call was answered; how long it rang, unless that was known already.
    pub(super) fn answered(&mut self, call: C, now: Timestamp) -> Option<SignedDuration> {
        let live = self.calls.get_mut(&call)?;
        if live.phase != Phase::Ringing {
            return None;
        }
        live.phase = Phase::Waiting;
        self.ringing -= 1;
        self.waiting.push_back((call, now));
        Some(now.duration_since(live.placed))
    }

    /// Whom of those that answered to let in or let go now.
    pub(super) fn seat(&mut self, slots: usize, now: Timestamp) -> Option<Seat<C>> {
        let &(call, since) = self.waiting.front()?;
        let (phase, seat) = if self.talking < slots {
            self.talking += 1;
            (Phase::Talking { since: now }, Seat::Talk(call))
        } else if now.duration_since(since) >= PATIENCE {
            (Phase::Leaving, Seat::Drop(call))
        } else {
            return None;
        };
        self.waiting.pop_front();
        if let Some(live) = self.calls.get_mut(&call) {
            live.phase = phase;
        }
        Some(seat)
    }

    /// When the one that waits longest must be let go.
    pub(super) fn seat_due(&self) -> Option<Timestamp> {
        let (_, since) = self.waiting.front()?;
        Some(since.checked_add(PATIENCE).unwrap_or(Timestamp::MAX))
    }

    /// A call is over; how it stood.
    pub(super) fn ended(&mut self, call: C) -> Option<LiveCall> {
        let live = self.calls.remove(&call)?;
        match live.phase {
            Phase::Talking { .. } => self.talking -= 1,
            Phase::Waiting => self.waiting.retain(|(waits, _)| *waits != call),
            Phase::Ringing => self.ringing -= 1,
            Phase::Leaving => {}
        }
        Some(live)
    }

    /// How slots and lines stand, for the adaptive pacing.
    pub(super) fn lines(&self, slots: usize, now: Timestamp) -> Lines {
        let age = |since: Timestamp| (now.as_millisecond() - since.as_millisecond()).max(0);
        let mut lines = Lines {
            free: slots.saturating_sub(self.talking + self.waiting.len()),
            ..Lines::default()
        };
        for call in self.calls.values() {
            match call.phase {
                Phase::Ringing => lines.ringing_ms.push(age(call.placed)),
                Phase::Talking { since } => lines.talking_ms.push(age(since)),
                Phase::Waiting | Phase::Leaving => {}
            }
        }
        lines
    }
}
