//! Chance from a seed: the same seed gives the same days.

/// A stream of chance (`SplitMix64`, S. Vigna, public domain): small, fast, and good enough for
/// days that are made up.
#[derive(Debug, Clone)]
pub(super) struct Random {
    state: u64,
}

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        let mut random = Self { state: seed };
        // Neighbouring seeds must not begin alike.
        random.state = random.next().wrapping_add(seed.rotate_left(32));
        random
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to below 1, all alike.
    pub(super) fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True with this chance.
    pub(super) fn happens(&mut self, chance: f64) -> bool {
        self.share() < chance
    }

    /// Normally distributed, mean 0 and deviation 1 (Box and Muller).
    pub(super) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.share()).ln()).sqrt();
        radius * (2.0 * std::f64::consts::PI * self.share()).cos()
    }

    /// Gamma distributed with this shape and scale 1 (Marsaglia and Tsang, 2000).
    fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            let boost = (1.0 - self.share()).powf(1.0 / shape);
            return self.gamma(shape + 1.0) * boost;
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let v = (1.0 + c * x).powi(3);
            if v > 0.0 && (1.0 - self.share()).ln() < 0.5 * x * x + d - d * v + d * v.ln() {
                return d * v;
            }
        }
    }

    /// A share with this mean; the greater `alike`, the closer to it (beta distributed, with the
    /// parameters `mean * alike` and `(1 - mean) * alike`).
    pub(super) fn share_about(&mut self, mean: f64, alike: f64) -> f64 {
        let mean = mean.clamp(0.001, 0.999);
        let (yes, no) = (self.gamma(mean * alike), self.gamma((1.0 - mean) * alike));
        if yes + no > 0.0 {
            yes / (yes + no)
        } else {
            mean
        }
    }

    /// One of the weighted items; `None` of none.
    pub(super) fn one_of<'a, T>(&mut self, items: &'a [(T, f64)]) -> Option<&'a T> {
        let whole: f64 = items.iter().map(|(_, weight)| weight).sum();
        let mut place = self.share() * whole;
        for (item, weight) in items {
            place -= weight;
            if place < 0.0 {
                return Some(item);
            }
        }
        items.last().map(|(item, _)| item)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_and_its_neighbour_does_not() {
        let draw = |seed| {
            let mut random = Random::new(seed);
            [random.next(), random.next()]
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7)[0], draw(8)[0]);
        assert_ne!(draw(7)[1], draw(8)[0]);
    }

    #[test]
    fn means_and_spreads_are_those_asked_for() {
        let mut random = Random::new(1);
        let mut mean = |draw: &mut dyn FnMut(&mut Random) -> f64| {
            (0..40_000).map(|_| draw(&mut random)).sum::<f64>() / 40_000.0
        };
        assert!((mean(&mut |random| random.share()) - 0.5).abs() < 0.01);
        assert!(mean(&mut |random| random.normal()).abs() < 0.02);
        assert!((mean(&mut |random| random.normal().powi(2)) - 1.0).abs() < 0.03);
        assert!((mean(&mut |random| random.share_about(0.2, 1.5)) - 0.2).abs() < 0.01);
        // The variance of a beta distribution.
        let square = mean(&mut |random| (random.share_about(0.2, 1.5) - 0.2).powi(2));
        assert!((square - 0.16 / 2.5).abs() < 0.003, "{square}");
        let weighted = [(0.0, 3.0), (1.0, 1.0)];
        let ones = mean(&mut |random| *random.one_of(&weighted).unwrap());
        assert!((ones - 0.25).abs() < 0.01);
    }
}
