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
    pub(super) fn left(&mut self) -> u64 {
        let over = self
            .began
            .is_none_or(|began| began.elapsed() >= self.length);
        if over {
            self.used = 0;
            self.began = None;
        }
        self.limit.saturating_sub(self.used)
    }

    /// Takes one; the stretch begins with the first.
    pub(super) fn take(&mut self) {
        self.began.get_or_insert_with(Instant::now);
        self.used += 1;
    }

    /// Whole seconds until it begins anew; at least one.
    pub(super) fn reset(&self) -> u64 {
        let gone = self.began.map_or(Duration::ZERO, |began| began.elapsed());
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

    #[tokio::test(start_paused = true)]
    async fn it_is_used_up_and_begins_anew() {
        let mut quota = Quota::new(2, Duration::from_mins(1));
        assert_eq!(quota.left(), 2);
        quota.take();
        tokio::time::advance(Duration::from_secs(45)).await;
        quota.take();
        assert_eq!((quota.left(), quota.reset()), (0, 15));
        tokio::time::advance(Duration::from_secs(15)).await;
        assert_eq!(quota.left(), 2);
    }
}
