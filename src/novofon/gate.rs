//! When an API may be asked again: what it told of its limits, and gaps where it tells none.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use tokio::time::{Instant, sleep};

use super::{NovoFonError, NovoFonErrorClass};

/// Above this, a reset is a point in time and not so many seconds from now.
const POINT_IN_TIME: i64 = 1_000_000_000;
const LONGEST: Duration = Duration::from_hours(24);

/// Requests pass one by one, none before its time.
#[derive(Debug, Default)]
pub(super) struct Gate {
    open_at: Option<Instant>,
}

impl Gate {
    /// Lets nobody pass for this long.
    pub(super) fn shut(&mut self, wait: Duration) {
        self.shut_from(Instant::now(), wait);
    }

    fn shut_from(&mut self, now: Instant, wait: Duration) {
        let until = now + wait.min(LONGEST);
        self.open_at = Some(self.open_at.map_or(until, |at| at.max(until)));
    }

    /// Waits for its turn.
    ///
    /// # Errors
    /// It would take longer than `patience`.
    pub(super) async fn pass(&self, patience: Duration) -> Result<(), NovoFonError> {
        let wait = self.wait(Instant::now());
        if wait > patience {
            return Err(exhausted(wait));
        }
        if !wait.is_zero() {
            tracing::info!(seconds = wait.as_secs(), "waiting for NovoFon's limit");
        }
        sleep(wait).await;
        Ok(())
    }

    fn wait(&self, now: Instant) -> Duration {
        self.open_at
            .map_or(Duration::ZERO, |at| at.saturating_duration_since(now))
    }
}

fn exhausted(wait: Duration) -> NovoFonError {
    let minutes = wait.as_secs().div_ceil(60);
    NovoFonError::new(
        NovoFonErrorClass::Quota,
        format!("NovoFon: the limit of requests is used up for another {minutes} min"),
        "try again after that, and see what else asks with this key; NovoFon's support raises the limit",
    )
}

/// What the headers of an answer of the user API tell of its limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Told {
    /// How many more requests are free until the reset.
    pub(super) remaining: Option<u64>,
    /// How long it is to the reset.
    pub(super) reset: Option<Duration>,
}

impl Told {
    /// Reads `X-RateLimit-Remaining`, `X-RateLimit-Reset` and `Retry-After`. A reset that is a point
    /// in time is compared with the server's own clock.
    pub(super) fn read(headers: &HeaderMap) -> Self {
        let text = |name: &str| headers.get(name)?.to_str().ok();
        let number = |name: &str| text(name)?.trim().parse::<i64>().ok();
        let now = text(DATE.as_str())
            .and_then(|date| jiff::fmt::rfc2822::parse(date).ok())
            .map_or_else(Timestamp::now, |date| date.timestamp());
        let reset = number("x-ratelimit-reset").map(|reset| match reset {
            at if at >= POINT_IN_TIME => at - now.as_second(),
            seconds => seconds,
        });
        let seconds = number(RETRY_AFTER.as_str()).or(reset);
        Self {
            remaining: number("x-ratelimit-remaining").and_then(|left| u64::try_from(left).ok()),
            reset: seconds.map(|seconds| Duration::from_secs(seconds.max(0).unsigned_abs())),
        }
    }
}

/// `metadata.limits` of an answer of the Data API, in points and seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct Points {
    pub(super) day_remaining: Option<i64>,
    pub(super) day_reset: Option<i64>,
    pub(super) minute_remaining: Option<i64>,
    pub(super) minute_reset: Option<i64>,
}

impl Points {
    /// How long no request can succeed, if none can now.
    pub(super) fn wait(&self) -> Option<Duration> {
        let seconds = |reset: Option<i64>, usual: i64| {
            let seconds = match reset.unwrap_or(usual) {
                at if at >= POINT_IN_TIME => at - Timestamp::now().as_second(),
                seconds => seconds,
            };
            // The second in which it is reset has to pass as well.
            Duration::from_secs(seconds.max(0).unsigned_abs())
        };
        let used_up = |left: Option<i64>| left.is_some_and(|left| left <= 0);
        if used_up(self.day_remaining) {
            return Some(seconds(self.day_reset, 86_400));
        }
        used_up(self.minute_remaining).then(|| seconds(self.minute_reset, 60))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn headers_tell_what_is_left_and_when_it_is_reset() {
        let told = Told::read(&headers(&[
            ("x-ratelimit-limit", "100"),
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", "1735844400"),
            ("date", "Thu, 02 Jan 2025 18:59:30 GMT"),
        ]));
        assert_eq!(told.remaining, Some(0));
        assert_eq!(told.reset, Some(Duration::from_secs(30)));
        let told = Told::read(&headers(&[
            ("retry-after", "7"),
            ("x-ratelimit-reset", "9"),
        ]));
        assert_eq!(told.reset, Some(Duration::from_secs(7)));
        assert_eq!(Told::read(&HeaderMap::new()), Told::default());
    }

    #[test]
    fn points_of_the_day_weigh_more_than_those_of_the_minute() {
        let points = Points {
            minute_remaining: Some(0),
            minute_reset: Some(12),
            ..Points::default()
        };
        assert_eq!(points.wait(), Some(Duration::from_secs(12)));
        let day = Points {
            day_remaining: Some(0),
            day_reset: Some(5_000),
            ..points
        };
        assert_eq!(day.wait(), Some(Duration::from_secs(5_000)));
        let left = Points {
            minute_remaining: Some(1),
            ..points
        };
        assert_eq!(left.wait(), None);
    }

    #[tokio::test]
    async fn a_gate_opens_in_its_time_and_not_for_the_impatient() {
        let now = Instant::now();
        let mut gate = Gate::default();
        gate.pass(Duration::ZERO).await.unwrap();
        gate.shut_from(now, Duration::from_secs(40));
        gate.shut_from(now, Duration::from_secs(5));
        assert_eq!(
            gate.wait(now),
            Duration::from_secs(40),
            "the longer one holds"
        );
        assert_eq!(gate.wait(now + Duration::from_secs(41)), Duration::ZERO);
        let error = gate.pass(Duration::from_secs(20)).await.unwrap_err();
        assert_eq!(error.class, NovoFonErrorClass::Quota);
    }
}
