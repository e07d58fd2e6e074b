//! The circuit breaker: when call after call fails for a reason outside, nobody else is to be
//! rung for it.
//!
//! So many failures in a row, or so large a share of the last calls, and it pauses; after the
//! pause it probes: by asking where asking tells (an endpoint's state, the account of the speech
//! service), by one call where it does not. A probe that fails makes the next pause twice as
//! long; after some pauses it gives up. The reason is kept through all of it.

mod trouble;

pub use trouble::{Sign, Trouble};

use std::collections::{BTreeMap, VecDeque};

use jiff::{SignedDuration, Timestamp};

/// When to pause, and when to give up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerLimits {
    /// Pause after so many failures in a row.
    pub failures: u32,
    /// Look at so many calls of late; pause when half of them failed. At least `failures`.
    pub recent: u32,
    /// The length of the first pause.
    pub pause: SignedDuration,
    /// Give up when the probe after this many pauses failed.
    pub pauses: u32,
}

impl Default for BreakerLimits {
    fn default() -> Self {
        Self {
            failures: 5,
            recent: 20,
            pause: SignedDuration::from_secs(60),
            pauses: 3,
        }
    }
}

/// What the breaker says now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerState {
    /// Calls may be placed.
    Closed,
    /// No calls until then, and why.
    PausedUntil(Timestamp, Trouble),
    /// Ask after this trouble without ringing anybody; then tell [`Breaker::asked`].
    AskNow(Trouble),
    /// One call may be placed, as a probe.
    ProbeNow(Trouble),
    /// The probe is out; no other call until it ends.
    Probing(Trouble),
    /// It does not pass; a person must look.
    GivenUp(Trouble),
}

/// Watches how calls end.
#[derive(Debug, Clone)]
pub struct Breaker {
    limits: BreakerLimits,
    inner: Inner,
    /// How many pauses each trouble has brought.
    pauses: BTreeMap<Trouble, u32>,
    /// What was said to be well again after its pause, until a talk shows that it is.
    believed: Option<Pause>,
}

#[derive(Debug, Clone)]
enum Inner {
    Closed(Record),
    Open(Pause),
    /// `asked`: the asking is done, or tells nothing here; a call is next.
    Probe {
        pause: Pause,
        asked: bool,
        /// When the probe was placed, while it is out.
        out: Option<Timestamp>,
    },
    GivenUp(Trouble),
}

#[derive(Debug, Clone, Copy)]
struct Pause {
    until: Timestamp,
    trouble: Trouble,
    /// Which in a row of pauses, from 1.
    ordinal: u32,
}

/// How the last calls ended.
#[derive(Debug, Clone, Default)]
struct Record {
    in_row: u32,
    recent: VecDeque<bool>,
}

impl Record {
    /// Takes in a call; whether there have been too many failures now.
    fn takes(&mut self, failed: bool, limits: &BreakerLimits) -> bool {
        self.in_row = if failed { self.in_row + 1 } else { 0 };
        self.recent.push_back(failed);
        let most = limits.recent.max(limits.failures) as usize;
        if self.recent.len() > most {
            self.recent.pop_front();
        }
        let failures = self.recent.iter().filter(|failed| **failed).count();
        self.in_row >= limits.failures || (self.recent.len() == most && 2 * failures >= most)
    }
}

impl Breaker {
    /// A breaker that lets calls pass.
    pub fn new(limits: BreakerLimits) -> Self {
        Self {
            limits,
            inner: Inner::Closed(Record::default()),
            pauses: BTreeMap::new(),
            believed: None,
        }
    }

    /// What may be done now.
    pub fn state(&mut self, now: Timestamp) -> BreakerState {
        if let Inner::Open(pause) = &mut self.inner {
            // A clock set back must not lengthen the pause.
            pause.until = pause.until.min(self.limits.pause_end(now, pause.ordinal));
            if pause.until > now {
                return BreakerState::PausedUntil(pause.until, pause.trouble);
            }
            self.inner = Inner::Probe {
                asked: !pause.trouble.can_be_asked(),
                pause: *pause,
                out: None,
            };
        }
        match &self.inner {
            Inner::Closed(_) => BreakerState::Closed,
            Inner::Open(pause) => BreakerState::PausedUntil(pause.until, pause.trouble),
            Inner::Probe { pause, out, asked } => match (asked, out) {
                (false, _) => BreakerState::AskNow(pause.trouble),
                (true, None) => BreakerState::ProbeNow(pause.trouble),
                (true, Some(_)) => BreakerState::Probing(pause.trouble),
            },
            Inner::GivenUp(trouble) => BreakerState::GivenUp(*trouble),
        }
    }

    /// A call is placed.
    pub fn placed(&mut self, now: Timestamp) {
        if let Inner::Probe { out, .. } = &mut self.inner {
            *out = Some(now);
        }
    }

    /// Whether a probe is out, and a call placed then is another one, from before the pause.
    pub fn awaits_another(&self, placed: Timestamp) -> bool {
        match &self.inner {
            Inner::Probe { out, .. } => out.is_some_and(|probe| placed < probe),
            Inner::Closed(_) | Inner::Open(_) | Inner::GivenUp(_) => false,
        }
    }

    /// The probe that was out is lost: no call goes on, and none was reported ended.
    pub fn probe_lost(&mut self) {
        if let Inner::Probe { out, .. } = &mut self.inner {
            *out = None;
        }
    }

    /// A call ended.
    pub fn ended(&mut self, sign: Sign, now: Timestamp) {
        match sign {
            Sign::Works => self.works(),
            Sign::Talks => {
                self.believed = None;
                self.works();
            }
            Sign::Fails(trouble) => self.fails(trouble, now),
            Sign::Nothing => self.probe_lost(),
        }
    }

    /// Something outside is known to be wrong, from whoever may know: no need to count.
    pub fn trip(&mut self, trouble: Trouble, now: Timestamp) {
        match &self.inner {
            Inner::Closed(_) => self.open_again(trouble, now),
            // The reason that a call cannot find out by itself is the one to keep.
            Inner::Open(pause) if pause.trouble.is_of_trunk() && !trouble.is_of_trunk() => {
                let ordinal = pause.ordinal;
                self.open(trouble, now, ordinal);
            }
            Inner::Open(_) | Inner::GivenUp(_) => {}
            Inner::Probe { pause, .. } => {
                let ordinal = pause.ordinal;
                self.probe_failed(trouble, now, ordinal);
            }
        }
    }

    /// The answer to [`BreakerState::AskNow`]: it is well, or what is wrong with it.
    pub fn asked(&mut self, answer: Result<(), Trouble>, now: Timestamp) {
        let Inner::Probe { pause, asked, .. } = &mut self.inner else {
            return;
        };
        let (ordinal, of_trunk) = (pause.ordinal, pause.trouble.is_of_trunk());
        match answer {
            // An endpoint that is there again has yet to take a call.
            Ok(()) if of_trunk => *asked = true,
            Ok(()) => {
                self.believed = Some(*pause);
                self.inner = Inner::Closed(Record::default());
            }
            Err(trouble) => self.probe_failed(trouble, now, ordinal),
        }
    }

    /// How many pauses each trouble has brought so far.
    pub fn pauses(&self) -> &BTreeMap<Trouble, u32> {
        &self.pauses
    }

    fn works(&mut self) {
        match &mut self.inner {
            Inner::Closed(record) => {
                record.takes(false, &self.limits);
            }
            Inner::Open(pause) | Inner::Probe { pause, .. } if pause.trouble.is_of_trunk() => {
                self.inner = Inner::Closed(Record::default());
            }
            // That the trunk takes calls says nothing of the speech service.
            Inner::Probe { out, .. } => *out = None,
            Inner::Open(_) | Inner::GivenUp(_) => {}
        }
    }

    fn fails(&mut self, trouble: Trouble, now: Timestamp) {
        match &mut self.inner {
            Inner::Closed(record) => {
                if record.takes(true, &self.limits) || trouble.is_certain() {
                    self.open_again(trouble, now);
                }
            }
            Inner::Probe { pause, out, .. } if out.is_some() => {
                let ordinal = pause.ordinal;
                self.probe_failed(trouble, now, ordinal);
            }
            // Calls placed before the pause fail like the ones that caused it.
            Inner::Open(_) | Inner::Probe { .. } | Inner::GivenUp(_) => {}
        }
    }

    /// A trouble that was said to be over and is back goes on with its pauses: an account with
    /// something left, and not enough for a call, would else be asked for ever.
    fn open_again(&mut self, trouble: Trouble, now: Timestamp) {
        match self.believed.take() {
            Some(pause) if pause.trouble == trouble => {
                self.probe_failed(trouble, now, pause.ordinal);
            }
            Some(_) | None => self.open(trouble, now, 1),
        }
    }

    fn probe_failed(&mut self, trouble: Trouble, now: Timestamp, ordinal: u32) {
        if ordinal >= self.limits.pauses {
            self.inner = Inner::GivenUp(trouble);
        } else {
            self.open(trouble, now, ordinal + 1);
        }
    }

    fn open(&mut self, trouble: Trouble, now: Timestamp, ordinal: u32) {
        *self.pauses.entry(trouble).or_default() += 1;
        self.inner = Inner::Open(Pause {
            until: self.limits.pause_end(now, ordinal),
            trouble,
            ordinal,
        });
    }
}

impl BreakerLimits {
    /// When the pause of this number, begun now, ends; each is twice as long as the one before.
    fn pause_end(&self, now: Timestamp, ordinal: u32) -> Timestamp {
        let doublings = ordinal.saturating_sub(1).min(16);
        self.pause
            .checked_mul(1 << doublings)
            .and_then(|length| now.checked_add(length).ok())
            .unwrap_or(Timestamp::MAX)
    }
}

#[cfg(test)]
mod tests;
