//! How far a guess may be off, spread evenly over runs.

/// The deviation that belongs to a place among so many, in standard deviations: places stand for
/// equal chances (the quantile of a normal distribution by Abramowitz and Stegun, 26.2.23, off by
/// less than 0.0005).
pub(super) fn deviations(place: u64, of: u64) -> f64 {
    let chance = (place as f64 + 0.5) / of.max(1) as f64;
    let (tail, sign) = if chance < 0.5 {
        (chance, -1.0)
    } else {
        (1.0 - chance, 1.0)
    };
    let t = (-2.0 * tail.max(1e-9).ln()).sqrt();
    let above = 2.515_517 + t * (0.802_853 + t * 0.010_328);
    let below = 1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308));
    sign * (t - above / below)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_spread_like_a_bell() {
        let near = |found: f64, expected: f64| assert!((found - expected).abs() < 0.002, "{found}");
        near(deviations(0, 1), 0.0);
        near(deviations(0, 20), -1.96);
        near(deviations(19, 20), 1.96);
        near(deviations(15, 20) + deviations(4, 20), 0.0);
        let inside = (0..1000).filter(|place| deviations(*place, 1000).abs() < 1.0);
        assert!((680..=685).contains(&inside.count()));
    }
}
