//! Percentiles of measured lengths, exact: every value is kept, there are never many.

/// A set of values in milliseconds by rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Percentiles {
    /// How many values.
    pub count: usize,
    /// Half are at or below.
    pub p50: i64,
    /// 95 of 100 are at or below.
    pub p95: i64,
    /// 99 of 100 are at or below.
    pub p99: i64,
    /// The greatest.
    pub max: i64,
}

impl Percentiles {
    /// Ranks the values (nearest rank, so each result is a value that occurred); `None` of none.
    pub fn of(mut values: Vec<i64>) -> Option<Self> {
        values.sort_unstable();
        let rank = |percent: usize| {
            let rank = (values.len() * percent).div_ceil(100);
            values.get(rank.saturating_sub(1)).copied()
        };
        Some(Self {
            count: values.len(),
            p50: rank(50)?,
            p95: rank(95)?,
            p99: rank(99)?,
            max: rank(100)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_occurred() {
        let shuffled = (1..=200).map(|n| n * 77 % 201).collect();
        let ranks = Percentiles::of(shuffled).unwrap();
        assert_eq!(
            ranks,
            Percentiles {
                count: 200,
                p50: 100,
                p95: 190,
                p99: 198,
                max: 200
            }
        );
        let one = Percentiles::of(vec![-3]).unwrap();
        assert_eq!((one.p50, one.p99, one.max), (-3, -3, -3));
        assert_eq!(Percentiles::of(Vec::new()), None);
    }
}
