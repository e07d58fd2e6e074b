//! How many of so many independent chances come true: the Poisson binomial distribution.
//!
//! Exact by convolution while that is cheap; for hundreds of calls at once a normal tail with a
//! correction for skewness (A. Volkova, Theory Probab. Appl. 40(4), 1996), whose error is then
//! far below what is known of the chances themselves.

/// The distribution of a count of chances that come true, told apart up to `most`.
#[derive(Debug, Clone)]
pub(super) struct Count {
    /// The chance of exactly 0, 1, 2, … up to `most`.
    exactly: Vec<f64>,
    /// The chance of more than `most`.
    beyond: f64,
}

impl Count {
    /// Nothing can come true yet.
    pub(super) fn new(most: usize) -> Self {
        let mut exactly = vec![0.0; most + 1];
        if let Some(none) = exactly.first_mut() {
            *none = 1.0;
        }
        Self {
            exactly,
            beyond: 0.0,
        }
    }

    /// One chance more, from 0 to 1.
    pub(super) fn add(&mut self, chance: f64) {
        let mut from_below = 0.0;
        for here in &mut self.exactly {
            let up = *here * chance;
            *here += from_below - up;
            from_below = up;
        }
        self.beyond += from_below;
    }

    /// The chance that this count exceeds another, independent one by more than `free`.
    pub(super) fn exceeds(&self, other: &Self, free: usize) -> f64 {
        // From the greatest count down, `above` is the chance of more than what is looked at.
        let mut above = self.beyond;
        let most = self.exactly.len();
        let mut total = 0.0;
        for (count, chance) in self.exactly.iter().enumerate().rev() {
            // More than `count`, and the other one is `count - free`.
            if let Some(same) = count.checked_sub(free).and_then(|n| other.exactly.get(n)) {
                total += same * above;
            }
            above += chance;
        }
        // Where the other one is so great that only `beyond` exceeds it.
        let rest = other.exactly.iter().skip(most.saturating_sub(free));
        total + rest.sum::<f64>() * self.beyond
    }
}

/// Mean, variance and third moment of a difference of two counts.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Moments {
    mean: f64,
    variance: f64,
    third: f64,
}

impl Moments {
    /// One chance more on the side that counts up.
    pub(super) fn add(&mut self, chance: f64) {
        let variance = chance * (1.0 - chance);
        self.mean += chance;
        self.variance += variance;
        self.third += variance * (1.0 - 2.0 * chance);
    }

    /// One chance more on the side that counts down.
    pub(super) fn subtract(&mut self, chance: f64) {
        let variance = chance * (1.0 - chance);
        self.mean -= chance;
        self.variance += variance;
        self.third -= variance * (1.0 - 2.0 * chance);
    }

    /// About the chance that the difference is more than `free`.
    pub(super) fn exceeds(&self, free: f64) -> f64 {
        let deviation = self.variance.sqrt();
        if deviation < 1e-9 {
            return if self.mean > free + 0.5 { 1.0 } else { 0.0 };
        }
        let x = (free + 0.5 - self.mean) / deviation;
        let skew = self.third / (deviation * deviation * deviation);
        let density = (-0.5 * x * x).exp() / (2.0 * std::f64::consts::PI).sqrt();
        let below = below_normal(x) + skew * (1.0 - x * x) * density / 6.0;
        (1.0 - below).clamp(0.0, 1.0)
    }
}

/// The normal distribution function (Abramowitz and Stegun 26.2.17, error below 7.5e-8).
fn below_normal(x: f64) -> f64 {
    const B: [f64; 5] = [
        0.319_381_530,
        -0.356_563_782,
        1.781_477_937,
        -1.821_255_978,
        1.330_274_429,
    ];
    let t = 1.0 / (1.0 + 0.231_641_9 * x.abs());
    let sum = B.iter().rev().fold(0.0, |sum, b| (sum + b) * t);
    let tail = sum * (-0.5 * x * x).exp() / (2.0 * std::f64::consts::PI).sqrt();
    if x < 0.0 { tail } else { 1.0 - tail }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn count(chances: &[f64], most: usize) -> Count {
        let mut count = Count::new(most);
        for chance in chances {
            count.add(*chance);
        }
        count
    }

    /// Every way the chances can come true, one by one.
    fn by_hand(up: &[f64], down: &[f64], free: usize) -> f64 {
        let all: Vec<_> = up.iter().chain(down).copied().collect();
        let mut total = 0.0;
        for outcome in 0u32..1 << all.len() {
            let came = |index: usize| outcome >> index & 1 == 1;
            let chance: f64 = (0..all.len())
                .map(|index| {
                    if came(index) {
                        all[index]
                    } else {
                        1.0 - all[index]
                    }
                })
                .product();
            let ups = (0..up.len()).filter(|index| came(*index)).count();
            let downs = (up.len()..all.len()).filter(|index| came(*index)).count();
            if ups > free + downs {
                total += chance;
            }
        }
        total
    }

    proptest! {
        #[test]
        fn the_tail_is_that_of_counting_every_way(
            up in prop::collection::vec(0.0f64..1.0, 0..7),
            down in prop::collection::vec(0.0f64..1.0, 0..5),
            free in 0usize..5,
        ) {
            let expected = by_hand(&up, &down, free);
            let ends = count(&down, down.len());
            let answers = count(&up, free + down.len());
            prop_assert!((answers.exceeds(&ends, free) - expected).abs() < 1e-9);
            // Told apart further than needed, it is the same.
            let answers = count(&up, 12);
            prop_assert!((answers.exceeds(&ends, free) - expected).abs() < 1e-9);
        }

        #[test]
        fn the_approximation_is_near_where_it_is_used(
            chance in 0.03f64..0.7, calls in 150usize..500, talks in 20usize..60,
            ends in 0.05f64..0.6, surplus in -5i32..25,
        ) {
            let (up, down) = (vec![chance; calls], vec![ends; talks]);
            let mean = chance * calls as f64 - ends * talks as f64;
            let near = |free: &usize| *free as f64 + 0.5 >= mean + f64::from(surplus);
            let free = (0..500).find(near).unwrap_or(500);
            let mut moments = Moments::default();
            for chance in &up {
                moments.add(*chance);
            }
            for chance in &down {
                moments.subtract(*chance);
            }
            let exact = count(&up, free + talks).exceeds(&count(&down, talks), free);
            let about = moments.exceeds(free as f64);
            prop_assert!((exact - about).abs() < 0.004, "{exact} {about}");
        }
    }

    #[test]
    fn certainty_is_no_special_case() {
        assert!((count(&[1.0, 1.0], 1).exceeds(&count(&[], 0), 1) - 1.0).abs() < 1e-12);
        let mut certain = Moments::default();
        certain.add(1.0);
        certain.add(1.0);
        assert!(certain.exceeds(1.0) > 0.999 && certain.exceeds(2.0) < 0.001);
    }
}
