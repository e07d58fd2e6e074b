//! How long Asterisk has been away.

use jiff::{SignedDuration, Timestamp};

/// A restart, and that of a whole machine, takes less; then a person should know.
const LONGEST: SignedDuration = SignedDuration::from_mins(10);

/// Whether Asterisk is away, and since when.
#[derive(Debug, Default)]
pub(super) struct Outage {
    since: Option<Timestamp>,
}

impl Outage {
    /// It is away; whether it has been for so long that it is no use to wait.
    pub(super) fn lasts(&mut self, now: Timestamp) -> bool {
        let since = *self.since.get_or_insert(now);
        now.duration_since(since) >= LONGEST
    }

    /// It is there.
    pub(super) fn is_over(&mut self) {
        self.since = None;
    }

    /// What to tell when it was no use to wait.
    pub(super) fn fault() -> String {
        let minutes = LONGEST.as_mins();
        format!("Asterisk was not to be reached for {minutes} minutes")
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;

    #[test]
    fn a_restart_is_waited_for_and_an_asterisk_that_stays_away_is_not() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let mut outage = Outage::default();
        assert!(!outage.lasts(now));
        assert!(!outage.lasts(now + 9.minutes()));
        outage.is_over();
        assert!(!outage.lasts(now + 11.minutes()), "away anew");
        assert!(!outage.lasts(now + 20.minutes()));
        assert!(outage.lasts(now + 21.minutes()));
    }
}
