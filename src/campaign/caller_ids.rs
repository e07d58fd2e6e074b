//! Caller ids in rotation: the one that rested longest rings next, as far as its limits allow.
//!
//! A number that rings thousands of people a day is soon marked as spam by the operators, so each
//! has a limit for a day, by the calendar of the campaign's own time zone, and a rate.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::pacing::{BadRate, Pacer};

/// A caller id and how much it may ring.
#[derive(Debug, Clone, PartialEq)]
pub struct CallerIdLimits {
    /// What the callee sees.
    pub number: String,
    /// Calls a day.
    pub daily: Option<u32>,
    /// Calls a second.
    pub calls_per_second: Option<f64>,
    /// Calls that it placed today already, as the ledger knows.
    pub used_today: u32,
}

impl CallerIdLimits {
    /// A caller id without limits of its own.
    pub fn new(number: impl Into<String>) -> Self {
        Self {
            number: number.into(),
            daily: None,
            calls_per_second: None,
            used_today: 0,
        }
    }
}

/// Names one of the caller ids of a [`CallerIds`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallerIdKey(usize);

/// The caller ids of a run.
#[derive(Debug, Clone)]
pub struct CallerIds {
    ids: Vec<CallerId>,
    zone: TimeZone,
    /// When the counts of the day begin anew; `None` before the first look at a clock.
    day_ends: Option<Timestamp>,
    /// Calls placed so far, to tell who rested longest.
    placed: u64,
}

#[derive(Debug, Clone)]
struct CallerId {
    number: String,
    daily: Option<u32>,
    used_today: u32,
    pacer: Option<Pacer>,
    /// The number of its last call, counted over all caller ids.
    last: u64,
}

impl CallerIds {
    /// Caller ids whose days are those of `zone`. None at all is one without a name or limit.
    ///
    /// # Errors
    /// [`BadRate`].
    pub fn new(limits: Vec<CallerIdLimits>, zone: TimeZone) -> Result<Self, BadRate> {
        let ids = limits.into_iter().map(|limits| {
            Ok(CallerId {
                pacer: limits.calls_per_second.map(Pacer::new).transpose()?,
                number: limits.number,
                daily: limits.daily,
                used_today: limits.used_today,
                last: 0,
            })
        });
        Ok(Self {
            ids: ids.collect::<Result<_, _>>()?,
            zone,
            day_ends: None,
            placed: 0,
        })
    }

    /// The caller id to ring with now; `None` where there are none to choose from.
    ///
    /// # Errors
    /// All have reached a limit; the time at which the first of them may ring again.
    pub fn choose(&mut self, now: Timestamp) -> Result<Option<CallerIdKey>, Timestamp> {
        self.turn_day(now);
        let day_ends = self.day_ends.unwrap_or(Timestamp::MAX);
        let mut earliest = Timestamp::MAX;
        let mut best: Option<(u64, CallerIdKey)> = None;
        for (key, id) in self.ids.iter_mut().enumerate() {
            match id.allowed(now, day_ends) {
                Ok(()) if best.is_none_or(|(last, _)| id.last < last) => {
                    best = Some((id.last, CallerIdKey(key)));
                }
                Ok(()) => {}
                Err(at) => earliest = earliest.min(at),
            }
        }
        match best {
            Some((_, key)) => Ok(Some(key)),
            None if self.ids.is_empty() => Ok(None),
            None => Err(earliest),
        }
    }

    /// Whether this caller id may ring now, for a lead that asks for it.
    ///
    /// # Errors
    /// Not now; it says when.
    pub fn may_ring(&mut self, key: CallerIdKey, now: Timestamp) -> Result<(), Timestamp> {
        self.turn_day(now);
        let day_ends = self.day_ends.unwrap_or(Timestamp::MAX);
        self.ids
            .get_mut(key.0)
            .map_or(Ok(()), |id| id.allowed(now, day_ends))
    }

    /// A call with this caller id is placed now.
    pub fn placed(&mut self, key: CallerIdKey, now: Timestamp) {
        self.turn_day(now);
        self.placed += 1;
        if let Some(id) = self.ids.get_mut(key.0) {
            id.last = self.placed;
            id.used_today = id.used_today.saturating_add(1);
            if let Some(pacer) = &mut id.pacer {
                pacer.placed(now);
            }
        }
    }

    /// When the day of a caller id began, and how many calls it may place in it; `None` where it
    /// has no limit.
    pub fn day(&self, key: CallerIdKey, now: Timestamp) -> Option<(Timestamp, u32)> {
        let daily = self.ids.get(key.0)?.daily?;
        let today = now.to_zoned(self.zone.clone()).date();
        let began = today.to_zoned(self.zone.clone()).ok()?;
        Some((began.timestamp(), daily))
    }

    /// A caller id has placed all its calls of this day: others ring with it too.
    pub fn spent(&mut self, number: &str, now: Timestamp) {
        self.turn_day(now);
        for id in self.ids.iter_mut().filter(|id| id.number == number) {
            id.used_today = id
                .daily
                .map_or(id.used_today, |daily| id.used_today.max(daily));
        }
    }

    /// The number of a caller id.
    pub fn number(&self, key: CallerIdKey) -> Option<&str> {
        self.ids.get(key.0).map(|id| id.number.as_str())
    }

    /// The caller id of a number, if it is one of these.
    pub fn find(&self, number: &str) -> Option<CallerIdKey> {
        let place = self.ids.iter().position(|id| id.number == number)?;
        Some(CallerIdKey(place))
    }

    /// At midnight everybody may ring again. A clock set back begins no new day.
    fn turn_day(&mut self, now: Timestamp) {
        let Some(ends) = self.day_ends else {
            self.day_ends = Some(self.midnight_after(now));
            return;
        };
        if now >= ends {
            self.day_ends = Some(self.midnight_after(now));
            for id in &mut self.ids {
                id.used_today = 0;
            }
        }
    }

    fn midnight_after(&self, now: Timestamp) -> Timestamp {
        let today = now.to_zoned(self.zone.clone()).date();
        today
            .checked_add(1.day())
            .and_then(|day| day.to_zoned(self.zone.clone()))
            .map_or(Timestamp::MAX, |midnight| midnight.timestamp())
    }
}

impl CallerId {
    fn allowed(&mut self, now: Timestamp, day_ends: Timestamp) -> Result<(), Timestamp> {
        if self.daily.is_some_and(|daily| self.used_today >= daily) {
            return Err(day_ends);
        }
        let allowed = self.pacer.as_mut().map(|pacer| pacer.next_allowed(now));
        match allowed {
            Some(at) if at > now => Err(at),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn noon() -> Timestamp {
        "2026-11-22T09:00:00Z".parse().unwrap()
    }

    fn moscow() -> TimeZone {
        TimeZone::get("Europe/Moscow").unwrap()
    }

    fn ids(limits: Vec<CallerIdLimits>) -> CallerIds {
        CallerIds::new(limits, moscow()).unwrap()
    }

    fn id(last: u32, daily: Option<u32>) -> CallerIdLimits {
        CallerIdLimits {
            daily,
            ..CallerIdLimits::new(format!("+7495000000{last}"))
        }
    }

    fn ring(ids: &mut CallerIds, now: Timestamp) -> Result<String, Timestamp> {
        let key = ids.choose(now)?.unwrap();
        ids.placed(key, now);
        Ok(ids.number(key).unwrap().to_owned())
    }

    #[test]
    fn they_take_turns_until_their_day_is_full_and_begin_anew_at_midnight() {
        let mut ids = ids(vec![id(1, Some(2)), id(2, Some(1)), id(3, None)]);
        let rung: Vec<_> = (0..6)
            .map(|_| ring(&mut ids, noon()).unwrap().pop().unwrap())
            .collect();
        assert_eq!(rung, ['1', '2', '3', '1', '3', '3']);
        let midnight = noon() + 12.hours();
        assert_eq!(ring(&mut ids, midnight).unwrap(), "+74950000002");
    }

    #[test]
    fn with_all_days_full_it_says_when_the_next_begins() {
        let mut used = id(1, Some(5));
        used.used_today = 5;
        let mut ids = ids(vec![used]);
        let midnight = noon() + 12.hours();
        assert_eq!(ring(&mut ids, noon()), Err(midnight));
        // A clock set back over midnight gives nothing twice.
        assert_eq!(ids.choose(noon() - 20.hours()), Err(midnight));
        assert!(ring(&mut ids, midnight).is_ok());
    }

    #[test]
    fn one_that_others_have_used_up_rests_until_midnight() {
        let mut ids = ids(vec![id(1, Some(9)), id(2, None)]);
        let first = ids.find("+74950000001").unwrap();
        let began = noon() - 12.hours();
        assert_eq!(ids.day(first, noon()), Some((began, 9)));
        let second = ids.find("+74950000002").unwrap();
        assert_eq!(ids.day(second, noon()), None);
        ids.spent("+74950000001", noon());
        for _ in 0..3 {
            assert_eq!(ring(&mut ids, noon()).unwrap(), "+74950000002");
        }
        assert_eq!(ring(&mut ids, noon() + 12.hours()).unwrap(), "+74950000001");
    }

    #[test]
    fn each_has_a_rate_of_its_own() {
        let slow = CallerIdLimits {
            calls_per_second: Some(0.5),
            ..id(1, None)
        };
        let mut ids = ids(vec![
            slow.clone(),
            CallerIdLimits {
                number: "x".into(),
                ..slow
            },
        ]);
        assert!(ring(&mut ids, noon()).is_ok());
        assert_eq!(ring(&mut ids, noon() + 1.second()), Ok("x".into()));
        assert_eq!(
            ring(&mut ids, noon() + 1.second()),
            Err(noon() + 2.seconds())
        );
        let first = ids.find("+74950000001").unwrap();
        assert_eq!(ids.may_ring(first, noon() + 2.seconds()), Ok(()));
        assert_eq!(ids.find("+74950000009"), None);
    }

    #[test]
    fn without_any_there_is_nothing_to_choose() {
        assert_eq!(ids(vec![]).choose(noon()), Ok(None));
    }

    proptest! {
        #[test]
        fn no_day_holds_more_calls_than_a_caller_id_may_place(
            steps in prop::collection::vec(0i64..7_200_000, 1..200),
            daily in prop::collection::vec(prop::option::of(1u32..8), 1..4),
        ) {
            let limits = (1..).zip(&daily).map(|(last, daily)| id(last, *daily)).collect();
            let mut ids = ids(limits);
            let mut now = noon();
            let mut by_day = BTreeMap::<_, u32>::new();
            for step in steps {
                now += step.milliseconds();
                match ids.choose(now) {
                    Ok(key) => {
                        let key = key.unwrap();
                        ids.placed(key, now);
                        let day = now.to_zoned(moscow()).date();
                        let count = by_day.entry((key, day)).or_default();
                        *count += 1;
                        prop_assert!(daily[key.0].is_none_or(|daily| *count <= daily));
                    }
                    Err(at) => {
                        prop_assert!(at > now);
                        prop_assert!(daily.iter().all(Option::is_some));
                    }
                }
            }
        }
    }
}
