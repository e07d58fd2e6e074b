//! A quota: so many requests in a stretch of time, which begins anew at its end.

use std::time::Duration;

use tokio::time::Instant;

/// A quota under way.
#[derive(Debug)]
pub(super) struct Quota {
    pub(super) limit: u64,
    length: Duration,
    began: Option<Instant>,
    used: u64,
}

impl Quota {
    pub(super) fn new(limit: u64, length: Duration) -> Self {
        Self {
            limit,
            length,
            began: None,
            used: 0,
        }
    }

    /// What is left now.
    pub(super) fn left(&mut self, now: Instant) -> u64 {
        let over = self
            .began
            .is_none_or(|began| now.saturating_duration_since(began) >= self.length);
        if over {
            self.used = 0;
            self.began = None;
        }
        self.limit.saturating_sub(self.used)
    }

    /// Takes one; the stretch begins with the first.
    pub(super) fn take(&mut self, now: Instant) {
        self.began.get_or_insert(now);
        self.used += 1;
    }

    /// Whole seconds until it begins anew; at least one.
    pub(super) fn reset(&self, now: Instant) -> u64 {
        let gone = self
            .began
            .map_or(Duration::ZERO, |began| now.saturating_duration_since(began));
        let left = self.length.saturating_sub(gone);
        left.as_millis()
            .div_ceil(1000)
            .max(1)
            .try_into()
            .unwrap_or(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_used_up_and_begins_anew() {
        let mut quota = Quota::new(2, Duration::from_mins(1));
        let begun = Instant::now();
        let after = |seconds| begun + Duration::from_secs(seconds);
        assert_eq!(quota.left(begun), 2);
        quota.take(begun);
        quota.take(after(45));
        assert_eq!((quota.left(after(45)), quota.reset(after(45))), (0, 15));
        assert_eq!(quota.left(after(60)), 2);
    }
}
