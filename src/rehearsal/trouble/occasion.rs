//! When a trouble strikes: at which calls, in what share of them.

use crate::rehearsal::random::Random;

/// The calls that a trouble strikes. For the speech service its sockets and requests are counted
/// in the same way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occasion {
    /// The first, counted from 1.
    pub from: u32,
    /// The last, if there is one.
    pub until: Option<u32>,
    /// From the first on each so many-th.
    pub every: u32,
    /// So many in a row each time.
    pub in_a_row: u32,
    /// Of these so many out of a hundred, drawn by the seed.
    pub percent: u32,
}

impl Occasion {
    /// Every one.
    pub const ALWAYS: Self = Self {
        from: 1,
        until: None,
        every: 1,
        in_a_row: 1,
        percent: 100,
    };

    /// The same, moved so that it strikes the first there is.
    pub(super) fn at_the_first(self) -> Self {
        let moved = self.from.saturating_sub(1);
        Self {
            from: 1,
            until: self.until.map(|until| until.saturating_sub(moved)),
            ..self
        }
    }

    /// Whether it strikes this number, from 1; `woe` tells apart what is drawn by one seed.
    pub(super) fn strikes(self, seed: u64, woe: usize, number: u32) -> bool {
        let Some(since) = number.checked_sub(self.from) else {
            return false;
        };
        let is_in_time = self.until.is_none_or(|until| number <= until);
        let is_its_turn = since % self.every.max(1) < self.in_a_row;
        let share = || Random::named(seed, &format!("trouble {woe} {number}")).share() * 100.0;
        is_in_time && is_its_turn && (self.percent >= 100 || share() < f64::from(self.percent))
    }

    /// Whether it strikes all there are.
    pub(super) fn is_always(self) -> bool {
        self.from <= 1 && self.until.is_none() && self.in_a_row >= self.every && self.percent >= 100
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn struck(occasion: Occasion) -> Vec<u32> {
        (1..=12).filter(|n| occasion.strikes(1, 0, *n)).collect()
    }

    #[test]
    fn calls_are_struck_from_until_every_and_in_a_row() {
        let always = Occasion::ALWAYS;
        assert_eq!(struck(always).len(), 12);
        assert!(always.is_always());
        let few = Occasion {
            from: 3,
            until: Some(4),
            ..always
        };
        assert_eq!(struck(few), [3, 4]);
        assert!(!few.is_always());
        let bursts = Occasion {
            from: 2,
            every: 5,
            in_a_row: 2,
            ..always
        };
        assert_eq!(struck(bursts), [2, 3, 7, 8, 12]);
        assert_eq!(struck(few.at_the_first()), [1, 2]);
        assert_eq!(struck(bursts.at_the_first()), [1, 2, 6, 7, 11, 12]);
    }

    #[test]
    fn a_share_is_drawn_by_the_seed_and_told_apart() {
        let half = Occasion {
            percent: 50,
            ..Occasion::ALWAYS
        };
        let struck = |seed, woe| -> Vec<u32> {
            (1..=1_000)
                .filter(|n| half.strikes(seed, woe, *n))
                .collect()
        };
        assert!((430..570).contains(&struck(1, 0).len()));
        assert_eq!(struck(1, 0), struck(1, 0));
        assert_ne!(struck(1, 0), struck(2, 0));
        assert_ne!(struck(1, 0), struck(1, 1));
    }
}
