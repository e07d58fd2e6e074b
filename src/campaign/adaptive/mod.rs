//! Adaptive pacing: rings more people than there are free slots, since most do not answer.
//!
//! It rings the most lines whose chance of more answers than free slots, at any of some moments to
//! come, stays below a bound ([`chances`]); whether a line that rings will be answered, and when,
//! and which talk will be over by then, is learnt from recent calls ([`answers`], [`times`]); and
//! the bound is steered by the drops that come of it ([`steering`]).

mod answers;
mod chances;
mod steering;
mod times;

use jiff::SignedDuration;

use answers::Answers;
use chances::{Count, Moments};
use steering::Steering;
use times::Times;

/// The moments to come at which answers are weighed against free slots. Answers come some 4 to
/// 20 s after a call is placed; what lies beyond a half-minute is the next calls' to look after.
/// The moments at which it is closest come first.
const MOMENTS_MS: [i64; 5] = [12_000, 18_000, 7_000, 28_000, 3_000];
/// Beyond so many steps of convolution the tail is approximated.
const EXACT_STEPS: usize = 12_000;
/// Talks above this length are all alike: long.
const LONGEST_TALK_MS: i64 = 600_000;

/// So many lines may ring beyond the free slots for each drop that can be afforded. However suddenly
/// people begin to answer, half of those lines find a slot: some do not answer at all, and talks end
/// meanwhile. A line for each drop would be safe beyond doubt and lose a tenth of the conversations.
const EXCESS_A_DROP: f64 = 2.0;

/// How the slots and lines stand.
#[derive(Debug, Clone, Default)]
pub(super) struct Lines {
    /// Slots without a talk and not yet due to anybody who answered.
    pub(super) free: usize,
    /// For each call that rings, how long it has, in milliseconds.
    pub(super) ringing_ms: Vec<i64>,
    /// For each talk, how long it has lasted, in milliseconds.
    pub(super) talking_ms: Vec<i64>,
}

/// Learns from calls, and says whether another may ring.
#[derive(Debug, Clone)]
pub(super) struct Adaptive {
    answers: Answers,
    talks: Times,
    steering: Steering,
    /// How long an answered call may wait for a slot.
    patience_ms: i64,
}

impl Adaptive {
    /// Keeps drops below this share of the answers, 0 to 1.
    pub(super) fn new(max_drop: f64, ring_timeout: SignedDuration, patience_ms: i64) -> Self {
        Self {
            answers: Answers::new(ring_timeout),
            // Before the first talk: a minute on average.
            talks: Times::new(LONGEST_TALK_MS, 300.0, 10.0, |s| 1.0 - (-s / 60.0).exp()),
            steering: Steering::new(max_drop),
            patience_ms,
        }
    }

    /// The hour of the day, 0 to 23.
    pub(super) fn at_hour(&mut self, hour: i8) {
        self.answers.at_hour(hour);
    }

    /// A call was answered; after how long, where that is known.
    pub(super) fn answered(&mut self, after_ms: Option<i64>) {
        self.answers.answered(after_ms);
    }

    /// A call ended after so long and nobody had answered.
    pub(super) fn missed(&mut self, after_ms: i64) {
        self.answers.missed(after_ms);
    }

    /// An answered call came to its dialogue, or was dropped.
    pub(super) fn served(&mut self, dropped: bool) {
        self.steering.answered(dropped);
    }

    /// A talk is over, after so long.
    pub(super) fn talked(&mut self, ms: i64) {
        self.talks.took(ms);
    }

    /// The chance that a fresh call is answered.
    pub(super) fn answer_chance(&self) -> f64 {
        self.answers.chance()
    }

    /// The chance of a drop that may be taken now.
    pub(super) fn bound(&self) -> f64 {
        self.steering.bound()
    }

    /// The share of dropped answers of late.
    pub(super) fn drop_rate(&self) -> Option<f64> {
        self.steering.drop_rate()
    }

    /// Whether one more line may ring.
    pub(super) fn may_ring(&self, lines: &Lines) -> bool {
        // With a free slot for each line that rings nobody can be dropped.
        if lines.ringing_ms.len() < lines.free {
            return true;
        }
        let bound = self.steering.bound();
        let excess = lines.ringing_ms.len() + 1 - lines.free;
        bound > 0.0
            && excess as f64 <= self.steering.affordable() * EXCESS_A_DROP
            && self.stays_below(bound, lines)
    }

    /// Whether with one more line the chance of more answers than free slots stays below `bound`
    /// at every moment to come.
    fn stays_below(&self, bound: f64, lines: &Lines) -> bool {
        let ages = lines.ringing_ms.iter().copied().chain([0]);
        let ringing: Vec<_> = ages.map(|age| self.answers.ringing(age)).collect();
        let capacity = lines.free + lines.talking_ms.len();
        let exact = ringing.len() * (capacity + 1) <= EXACT_STEPS;
        MOMENTS_MS.iter().all(|&moment| {
            let answered = ringing.iter().map(|call| call.answered_within(moment));
            // Who answers at that moment is patient for a little longer.
            let until = moment + self.patience_ms;
            let over = lines
                .talking_ms
                .iter()
                .map(|&age| self.talks.ends_within(age, until));
            let chance = if exact {
                let mut answers = Count::new(capacity);
                answered.for_each(|chance| answers.add(chance));
                let mut ends = Count::new(lines.talking_ms.len());
                over.for_each(|chance| ends.add(chance));
                answers.exceeds(&ends, lines.free)
            } else {
                let mut surplus = Moments::default();
                answered.for_each(|chance| surplus.add(chance));
                over.for_each(|chance| surplus.subtract(chance));
                surplus.exceeds(lines.free as f64)
            };
            chance <= bound
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A fifth is answered after 5 to 15 s, the rest rings for 30 s; talks take a minute.
    fn taught(max_drop: f64) -> Adaptive {
        let mut adaptive = Adaptive::new(max_drop, SignedDuration::from_secs(30), 2_000);
        adaptive.at_hour(12);
        for call in 0..2_000 {
            if call % 5 == 0 {
                adaptive.answered(Some(5_000 + call * 37 % 10_000));
                adaptive.served(false);
                adaptive.talked(call * 61 % 120_000);
            } else {
                adaptive.missed(30_000);
            }
        }
        adaptive
    }

    /// How many fresh lines may ring at once beside talks that began just now.
    fn most(adaptive: &Adaptive, free: usize, talking: usize) -> usize {
        let mut lines = Lines {
            free,
            talking_ms: vec![0; talking],
            ..Lines::default()
        };
        while adaptive.may_ring(&lines) {
            lines.ringing_ms.push(0);
        }
        lines.ringing_ms.len()
    }

    #[test]
    fn before_anything_is_known_a_line_rings_for_each_free_slot() {
        let adaptive = Adaptive::new(0.03, SignedDuration::from_secs(30), 2_000);
        assert_eq!(most(&adaptive, 10, 0), 10);
        assert_eq!(most(&adaptive, 0, 10), 0);
    }

    #[test]
    fn the_fewer_answer_the_more_lines_ring_but_not_for_no_slot() {
        let adaptive = taught(0.03);
        let (all, half, none) = (
            most(&adaptive, 10, 0),
            most(&adaptive, 5, 5),
            most(&adaptive, 0, 10),
        );
        assert!((25..60).contains(&all), "{all}");
        assert!(half < all && half > 5, "{half}");
        assert!(none < half, "{none}");
    }

    #[test]
    fn no_more_lines_ring_than_the_drops_that_can_be_afforded() {
        let adaptive = taught(0.03);
        let most = most(&adaptive, 100, 0);
        let excess = adaptive.steering.affordable() * EXCESS_A_DROP;
        let (fits, one_more) = ((most - 100) as f64, (most - 99) as f64);
        assert!(fits <= excess && one_more > excess, "{most} {excess}");
    }

    #[test]
    fn many_lines_are_reckoned_as_few_are() {
        let adaptive = taught(0.03);
        let bound = adaptive.bound();
        let most = |free: usize| {
            let mut lines = Lines {
                free,
                ..Lines::default()
            };
            while adaptive.stays_below(bound, &lines) {
                lines.ringing_ms.push(0);
            }
            lines.ringing_ms.len()
        };
        // Past the limit of exactness; of 100 slots a larger share can be used.
        let (ten, hundred) = (most(10), most(100));
        assert!(hundred * (100 + 1) > EXACT_STEPS);
        assert!(hundred > 10 * ten && hundred < 500, "{ten} {hundred}");
    }
}
