//! How long something takes, learnt from what it took of late: rings and talks.

/// The width of a class, in milliseconds.
const CLASS_MS: i64 = 1_000;

/// A distribution of lengths in classes of a second, fading with every new one.
#[derive(Debug, Clone)]
pub(super) struct Times {
    /// The weight at or below the end of each class, not yet divided by the whole.
    up_to: Vec<f64>,
    /// What is left of the old weights when a new length comes.
    fade: f64,
}

impl Times {
    /// A distribution over lengths below `longest_ms`, begun with `weight` lengths that are spread
    /// as `prior` says: the share at or below so many seconds. Some `memory` lengths of late count.
    pub(super) fn new(
        longest_ms: i64,
        memory: f64,
        weight: f64,
        prior: impl Fn(f64) -> f64,
    ) -> Self {
        let classes = (longest_ms.max(CLASS_MS) / CLASS_MS).min(600);
        let mut up_to: Vec<_> = (1..=classes)
            .map(|class| weight * prior(class as f64 * CLASS_MS as f64 / 1_000.0))
            .collect();
        if let Some(last) = up_to.last_mut() {
            *last = weight;
        }
        Self {
            up_to,
            fade: 1.0 - 1.0 / memory,
        }
    }

    /// One took so long.
    pub(super) fn took(&mut self, ms: i64) {
        let class = usize::try_from(ms / CLASS_MS).unwrap_or(0);
        let class = class.min(self.up_to.len().saturating_sub(1));
        for (place, weight) in self.up_to.iter_mut().enumerate() {
            *weight *= self.fade;
            if place >= class {
                *weight += 1.0;
            }
        }
    }

    /// The share that took at most so long.
    pub(super) fn share_by(&self, ms: i64) -> f64 {
        let whole = self.up_to.last().copied().unwrap_or(0.0);
        if ms <= 0 || whole <= 0.0 {
            return 0.0;
        }
        let class = usize::try_from(ms / CLASS_MS).unwrap_or(usize::MAX);
        let Some(upper) = self.up_to.get(class) else {
            return 1.0;
        };
        let lower = class
            .checked_sub(1)
            .and_then(|below| self.up_to.get(below))
            .copied()
            .unwrap_or(0.0);
        let way = (ms % CLASS_MS) as f64 / CLASS_MS as f64;
        ((lower + (upper - lower) * way) / whole).clamp(0.0, 1.0)
    }

    /// The chance that what has lasted `age_ms` ends within the next `within_ms`.
    pub(super) fn ends_within(&self, age_ms: i64, within_ms: i64) -> f64 {
        let by_now = self.share_by(age_ms);
        let left = 1.0 - by_now;
        if left < 1e-6 {
            // Longer than anything known: no reason to expect its end any moment.
            return 0.0;
        }
        ((self.share_by(age_ms + within_ms) - by_now) / left).clamp(0.0, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn uniform(longest_s: i64) -> Times {
        Times::new(longest_s * 1_000, 100.0, 10.0, |s| s / longest_s as f64)
    }

    #[test]
    fn it_begins_with_the_prior_and_learns() {
        let mut times = uniform(20);
        assert!((times.share_by(5_000) - 0.25).abs() < 1e-9);
        assert!((times.share_by(5_500) - 0.275).abs() < 1e-9);
        assert!((times.ends_within(10_000, 5_000) - 0.5).abs() < 1e-9);
        for _ in 0..1_000 {
            times.took(7_200);
        }
        assert!(times.share_by(7_000) < 0.001);
        assert!(times.share_by(8_000) > 0.999);
        assert!(times.ends_within(6_900, 1_200) > 0.99);
        // Nothing takes so long: nothing is known of its end.
        assert!(times.ends_within(60_000, 1_000).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn shares_grow_from_none_to_all(
            took in prop::collection::vec(-5i64..100_000, 0..100), a in 0i64..60_000, b in 0i64..60_000
        ) {
            let mut times = uniform(30);
            for ms in &took {
                times.took(*ms);
            }
            let (a, b) = (a.min(b), a.max(b));
            prop_assert!(times.share_by(a) <= times.share_by(b));
            prop_assert!((0.0..=1.0).contains(&times.ends_within(a, b)));
            prop_assert!((times.share_by(30_000) - 1.0).abs() < 1e-9);
            prop_assert!(times.share_by(0).abs() < 1e-9);
        }
    }
}
