//! Keeps dropped answers under their limit by moving the bound on the chance of a drop.
//!
//! An integral controller on the logarithm of the bound: every answer that was not dropped raises
//! it a little, every drop lowers it by as much more as drops should be rarer. It comes to rest
//! where drops are as frequent as they may be, whatever the chances were reckoned to be (the
//! argument of adaptive conformal inference, I. Gibbs and E. Candès, 2021). A brake on the drops
//! of the last answers stands behind it: with few drops left to afford the bound shrinks, with
//! none it is shut. So it begins shut, too: nobody is rung beyond the free slots before the
//! answers of this run can afford one drop.

use std::collections::VecDeque;

/// The drop rate is taken over so many answers of late.
const WINDOW: usize = 1_000;
/// The controller aims below the limit, since what it holds is an average.
const AIM: f64 = 0.8;
/// How much one drop moves the logarithm of the bound: a fifth of the bound, which leaves its
/// noise well below what the free slots depend on.
const GAIN: f64 = 0.25;
/// The bound to begin with, and between what it moves: below, nothing is gained by ringing more;
/// above, a change of the answer rate would find too many lines ringing.
const FIRST_BOUND: f64 = 0.005;
const LEAST_BOUND: f64 = 0.000_3;
const GREATEST_BOUND: f64 = 0.2;
/// With fewer drops than this left to afford, the brake begins to bite.
const HEADROOM: f64 = 6.0;
/// Of a full window so many are kept back: lines that ring when the brake is shut may still be
/// dropped.
const KEPT_BACK: f64 = 2.0;

/// The controller.
#[derive(Debug, Clone)]
pub(super) struct Steering {
    max_drop: f64,
    log_bound: f64,
    /// The last answers, true where dropped.
    window: VecDeque<bool>,
    dropped: usize,
}

impl Steering {
    /// Steers below this share of dropped answers, 0 to 1.
    pub(super) fn new(max_drop: f64) -> Self {
        let max_drop = if max_drop.is_finite() {
            max_drop.clamp(0.0, 1.0)
        } else {
            0.0
        };
        Self {
            max_drop,
            log_bound: FIRST_BOUND.ln(),
            window: VecDeque::with_capacity(WINDOW),
            dropped: 0,
        }
    }

    /// An answered call came to its dialogue, or was dropped.
    pub(super) fn answered(&mut self, dropped: bool) {
        let cost = f64::from(u8::from(dropped));
        let moved = self.log_bound + GAIN * (AIM * self.max_drop - cost);
        self.log_bound = moved.clamp(LEAST_BOUND.ln(), GREATEST_BOUND.ln());
        self.window.push_back(dropped);
        self.dropped += usize::from(dropped);
        if self.window.len() > WINDOW && self.window.pop_front() == Some(true) {
            self.dropped -= 1;
        }
    }

    /// The chance of a drop that may be taken now; 0 lets no call ring beyond the free slots.
    pub(super) fn bound(&self) -> f64 {
        let affordable = self.affordable();
        let spare = affordable - KEPT_BACK * self.window.len() as f64 / WINDOW as f64;
        if spare < 1.0 {
            return 0.0;
        }
        self.log_bound.exp() * (spare / HEADROOM).min(1.0)
    }

    /// So many more answers may be dropped before their share is too large.
    pub(super) fn affordable(&self) -> f64 {
        self.max_drop * self.window.len() as f64 - self.dropped as f64
    }

    /// The share of dropped answers of late; `None` before the first answer.
    pub(super) fn drop_rate(&self) -> Option<f64> {
        let answers = self.window.len();
        (answers > 0).then(|| self.dropped as f64 / answers as f64)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nobody_is_over_dialled_before_a_drop_can_be_afforded() {
        let mut steering = Steering::new(0.03);
        for _ in 0..35 {
            steering.answered(false);
            assert!(steering.bound() <= 0.0);
        }
        steering.answered(false);
        assert!(steering.bound() > 0.0);
        steering.answered(true);
        assert!(steering.bound() <= 0.0);
    }

    #[test]
    fn without_drops_the_bound_grows_to_its_greatest_and_a_drop_lowers_it() {
        let mut steering = Steering::new(0.03);
        for _ in 0..2_000 {
            steering.answered(false);
        }
        let greatest = steering.bound();
        assert!((greatest - GREATEST_BOUND).abs() < 1e-9);
        steering.answered(true);
        assert!(steering.bound() < greatest * 0.8);
    }

    #[test]
    fn no_drop_allowed_is_no_over_dialling() {
        for max_drop in [0.0, -1.0, f64::NAN] {
            let mut steering = Steering::new(max_drop);
            (0..5_000).for_each(|_| steering.answered(false));
            assert!(steering.bound() <= 0.0);
        }
    }

    proptest! {
        /// Against weather that drops with any chance while the bound is open, and cannot while
        /// it is shut.
        #[test]
        fn no_window_holds_more_drops_than_allowed(
            max_drop in 0.01f64..0.1,
            weather in prop::collection::vec((1usize..300, 0.0f64..0.5), 1..30), seed in any::<u64>(),
        ) {
            let mut steering = Steering::new(max_drop);
            let mut random = seed | 1;
            for (answers, chance) in weather {
                for _ in 0..answers {
                    random ^= random << 13;
                    random ^= random >> 7;
                    random ^= random << 17;
                    let drawn = (random >> 11) as f64 / (1u64 << 53) as f64;
                    steering.answered(steering.bound() > 0.0 && drawn < chance);
                    // One answer more than a full window may go by between a look and a drop.
                    let slack = 1.0 / steering.window.len() as f64;
                    prop_assert!(steering.drop_rate().unwrap() <= max_drop + slack);
                }
            }
        }
    }
}
