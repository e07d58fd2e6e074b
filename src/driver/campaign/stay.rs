//! How long a run goes on: what it waits for, and what makes it begin no more calls.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use tokio::sync::watch;

use crate::campaign::Supply;
use crate::driver::clock;
use crate::store::CampaignState;

/// A number that is being rung by others is free this soon, or looked at again.
const HELD: SignedDuration = SignedDuration::from_secs(6);
/// Nobody needs to be told of a shorter wait.
const MOMENT: SignedDuration = SignedDuration::from_secs(30);
/// At the end of the day, what falls due this soon is still waited for.
const EVENING: SignedDuration = SignedDuration::from_mins(15);

/// What ended a run before its time, beside the planner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Halt {
    /// The hour that the user set.
    Until,
    /// The money that the user set.
    MaxCost,
    /// Somebody paused or cancelled the campaign.
    Closed(CampaignState),
}

/// The longest delay that the settings allow (90 days) takes this long in a rehearsal.
const REHEARSED: SignedDuration = SignedDuration::from_mins(3);

/// How long a run goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stay {
    /// No call begins from then on.
    pub until: Option<Timestamp>,
    /// Whoever is due up to then is waited for; `None`: nobody is.
    pub waits: Option<Timestamp>,
    /// Whoever is due so soon is waited for in any case.
    pub soon: SignedDuration,
}

impl Stay {
    /// A run that begins now and waits for what falls due today, by the clock of `zone`.
    pub fn today(now: Timestamp, zone: &TimeZone) -> Self {
        let midnight = now
            .to_zoned(zone.clone())
            .date()
            .checked_add(1.day())
            .and_then(|tomorrow| tomorrow.to_zoned(zone.clone()))
            .map_or(now, |midnight| midnight.timestamp());
        Self {
            until: None,
            waits: Some(midnight.max(after(now, EVENING))),
            soon: HELD,
        }
    }

    /// A rehearsal: repeats are waited for, which are hastened, and no hour of the clock is.
    pub fn rehearsed() -> Self {
        Self {
            until: None,
            waits: None,
            soon: REHEARSED,
        }
    }

    /// The same, waiting for nobody.
    #[must_use]
    pub fn without_waiting(mut self) -> Self {
        (self.waits, self.soon) = (None, HELD);
        self
    }

    /// Whether its hour has come.
    pub(super) fn is_over(self, now: Timestamp) -> bool {
        self.until.is_some_and(|until| now >= until)
    }

    /// What there is for this run, if the next lead is due then; `feeding`: more leads may come.
    pub(super) fn supply(self, due: Option<Timestamp>, feeding: bool, now: Timestamp) -> Supply {
        let reach = self.waits.unwrap_or(now).max(after(now, self.soon));
        let reach = self.until.map_or(reach, |until| reach.min(until));
        match due {
            Some(at) if at <= now => Supply::Ready,
            Some(at) if at < reach => Supply::Later(at),
            Some(at) if feeding => Supply::Later(at),
            None if feeding => Supply::Later(Timestamp::MAX),
            Some(_) | None => Supply::Exhausted,
        }
    }
}

/// Whether so short a wait needs no word.
pub(super) fn is_soon(until: Timestamp) -> bool {
    until < after(clock::now(), MOMENT)
}

fn after(now: Timestamp, length: SignedDuration) -> Timestamp {
    now.checked_add(length).unwrap_or(Timestamp::MAX)
}

/// What is told of a list that is read while it is worked through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListNews {
    /// How many pieces of it were read.
    pub pieces: u64,
    /// Why it is read no further, though it may go on.
    pub failed: Option<String>,
}

/// Waits for news of leads; once no more will come, the feed is put away. Why, if it failed.
pub(super) async fn fed(feed: &mut Option<watch::Receiver<ListNews>>) -> Option<String> {
    let Some(news) = feed else {
        return std::future::pending().await;
    };
    let is_over = news.changed().await.is_err();
    let failed = news.borrow_and_update().failed.clone();
    if is_over || failed.is_some() {
        *feed = None;
    }
    failed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn moscow() -> TimeZone {
        TimeZone::get("Europe/Moscow").unwrap()
    }

    #[test]
    fn what_falls_due_today_is_waited_for_and_tomorrow_is_for_another_run() {
        let now = at("2026-11-22T15:00:00Z");
        let stay = Stay::today(now, &moscow());
        let tonight = at("2026-11-22T20:59:00Z");
        let tomorrow = at("2026-11-22T21:00:00Z");
        let supply = |due| stay.supply(due, false, now);
        assert_eq!(supply(Some(now)), Supply::Ready);
        assert_eq!(supply(Some(tonight)), Supply::Later(tonight));
        assert_eq!(supply(Some(tomorrow)), Supply::Exhausted);
        assert_eq!(supply(None), Supply::Exhausted);
        let late = at("2026-11-22T20:58:00Z");
        let soon = at("2026-11-22T21:05:00Z");
        let evening = Stay::today(late, &moscow());
        assert_eq!(evening.supply(Some(soon), false, late), Supply::Later(soon));
    }

    #[test]
    fn without_waiting_only_what_others_ring_at_this_moment_is_waited_for() {
        let now = at("2026-11-22T15:00:00Z");
        let stay = Stay::today(now, &moscow()).without_waiting();
        let (held, later) = (at("2026-11-22T15:00:05Z"), at("2026-11-22T15:01:00Z"));
        assert_eq!(stay.supply(Some(held), false, now), Supply::Later(held));
        assert_eq!(stay.supply(Some(later), false, now), Supply::Exhausted);
    }

    #[test]
    fn a_rehearsal_waits_for_repeats_and_for_no_hour_whenever_it_begins() {
        // Ten seconds before midnight in Moscow, and a minute after.
        for now in [at("2026-11-22T20:59:50Z"), at("2026-11-22T21:01:00Z")] {
            let stay = Stay::rehearsed();
            let (repeat, hour) = (after(now, HELD), after(now, SignedDuration::from_mins(10)));
            assert_eq!(stay.supply(Some(repeat), false, now), Supply::Later(repeat));
            assert_eq!(stay.supply(Some(hour), false, now), Supply::Exhausted);
            let stay = stay.without_waiting();
            assert_eq!(stay.supply(Some(repeat), false, now), Supply::Exhausted);
        }
    }

    #[test]
    fn nothing_is_waited_for_beyond_the_hour_that_ends_it() {
        let now = at("2026-11-22T12:00:00Z");
        let until = at("2026-11-22T15:00:00Z");
        let stay = Stay {
            until: Some(until),
            ..Stay::today(now, &moscow())
        };
        assert!(!stay.is_over(now) && stay.is_over(until));
        let later = at("2026-11-22T15:30:00Z");
        assert_eq!(stay.supply(Some(later), false, now), Supply::Exhausted);
    }

    #[tokio::test]
    async fn a_list_that_fails_says_why_and_one_that_ends_says_nothing() {
        let (told, news) = watch::channel(ListNews::default());
        let mut feed = Some(news.clone());
        told.send_modify(|news| news.pieces += 1);
        assert_eq!(fed(&mut feed).await, None);
        assert!(feed.is_some(), "more may come");
        told.send_modify(|news| news.failed = Some("no disk".to_owned()));
        assert_eq!(fed(&mut feed).await.as_deref(), Some("no disk"));
        assert!(feed.is_none());
        let (told, news) = watch::channel(ListNews::default());
        feed = Some(news);
        drop(told);
        assert_eq!((fed(&mut feed).await, feed.is_none()), (None, true));
    }

    #[test]
    fn while_leads_come_in_nobody_leaves() {
        let now = at("2026-11-22T12:00:00Z");
        let stay = Stay::today(now, &moscow());
        assert!(matches!(stay.supply(None, true, now), Supply::Later(_)));
        let next_week = at("2026-11-29T12:00:00Z");
        assert!(matches!(
            stay.supply(Some(next_week), true, now),
            Supply::Later(_)
        ));
    }
}
