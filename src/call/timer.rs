//! Time inside a call, and the deadlines the machine has set.

use std::collections::BTreeMap;
use std::fmt;

/// Milliseconds since the call was begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct CallTime(pub u64);

impl CallTime {
    /// This many milliseconds later.
    #[must_use]
    pub fn plus(self, ms: u64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` until now; 0 if that is not earlier.
    pub fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl fmt::Display for CallTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03}", self.0 / 1000, self.0 % 1000)
    }
}

/// What a deadline is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Timer {
    /// It rang for as long as it may, and Asterisk did not end it.
    Ringing,
    /// The callee answered and said nothing: begin.
    Hello,
    /// By now the greeting tells who answered: it went on for too long, or it has paused.
    LongGreeting,
    /// Speech over our prompt lasts long enough to hold the prompt.
    BargeIn,
    /// It lasts long enough to be meant.
    Meant,
    /// It was short, and no word of it came: go on with the prompt.
    GoOn,
    /// The callee's pause is long enough to be the end of the turn.
    Endpoint,
    /// The callee's turn lasts too long.
    LongTurn,
    /// The recogniser owes a text.
    Text,
    /// A model was asked what was meant.
    Advice,
    /// What was begun on a guess was heard for long enough.
    Guess,
    /// The callee can listen again after a key: say what is to be said.
    Speak,
    /// Nobody said anything.
    NoInput,
    /// The goodbye was played; give the network time to carry its end.
    Goodbye,
    /// The call lasts too long.
    Duration,
    /// A prompt did not end.
    Prompt,
    /// The machine has fallen silent, or goes on for ever, and no beep came.
    Beep,
    /// Nobody has taken the call that is to be handed over.
    Transfer,
    /// The callee left, and the text of the last words does not come.
    LastWords,
    /// A hang-up was asked for and no release came.
    Release,
}

/// The deadlines that are set: one of a kind.
#[derive(Debug, Clone, Default)]
pub(super) struct Timers(BTreeMap<Timer, CallTime>);

impl Timers {
    pub(super) fn set(&mut self, timer: Timer, at: CallTime) {
        self.0.insert(timer, at);
    }

    pub(super) fn clear(&mut self, timer: Timer) {
        self.0.remove(&timer);
    }

    /// The hello is over, or no longer waited for.
    pub(super) fn clear_hello(&mut self) {
        self.clear_each([
            Timer::Hello,
            Timer::LongGreeting,
            Timer::Endpoint,
            Timer::Text,
        ]);
    }

    /// The callee's turn is over, or no longer waited for.
    pub(super) fn clear_turn(&mut self) {
        self.clear_each([
            Timer::Endpoint,
            Timer::Text,
            Timer::LongTurn,
            Timer::NoInput,
        ]);
    }

    fn clear_each<const N: usize>(&mut self, timers: [Timer; N]) {
        for timer in timers {
            self.clear(timer);
        }
    }

    pub(super) fn clear_all(&mut self) {
        self.0.clear();
    }

    pub(super) fn is_set(&self, timer: Timer) -> bool {
        self.0.contains_key(&timer)
    }

    /// The earliest deadline.
    pub(super) fn next(&self) -> Option<(CallTime, Timer)> {
        self.0.iter().map(|(timer, at)| (*at, *timer)).min()
    }

    /// Takes a deadline that has passed; `false` where it was moved or cleared meanwhile.
    pub(super) fn take(&mut self, timer: Timer, now: CallTime) -> bool {
        let due = self.0.get(&timer).is_some_and(|at| *at <= now);
        if due {
            self.0.remove(&timer);
        }
        due
    }
}
