//! The hours of callees in many places; the calendar is asked once a minute and place.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::campaign::policy::{CallingHours, NextOpening};

/// Where the leads live.
#[derive(Debug, Clone)]
pub(super) struct Places {
    places: Vec<Place>,
    /// The place of each lead; leads beyond the list live in the first.
    of_lead: Vec<u16>,
}

#[derive(Debug, Clone)]
struct Place {
    /// The zones it may be in: where several are possible, all must be open.
    zones: Vec<TimeZone>,
    /// The minute that was looked at last, and what was seen.
    known: Option<(i64, Look)>,
}

/// How a place stands at some minute.
#[derive(Debug, Clone, Copy)]
struct Look {
    hour: i8,
    may_ring: Result<(), Timestamp>,
}

impl Places {
    pub(super) fn new(places: &[Vec<TimeZone>], of_lead: Vec<u16>) -> Self {
        let places = places.iter().map(|zones| Place {
            zones: zones.clone(),
            known: None,
        });
        Self {
            places: places.collect(),
            of_lead,
        }
    }

    /// Whether a lead may be rung now.
    ///
    /// # Errors
    /// Not now; it says when.
    pub(super) fn may_ring(
        &mut self,
        lead: u32,
        hours: CallingHours,
        now: Timestamp,
    ) -> Result<(), Timestamp> {
        self.look(lead, hours, now).may_ring
    }

    /// The hour of the lead's day, 0 to 23.
    pub(super) fn hour(&mut self, lead: u32, hours: CallingHours, now: Timestamp) -> i8 {
        self.look(lead, hours, now).hour
    }

    fn look(&mut self, lead: u32, hours: CallingHours, now: Timestamp) -> Look {
        let place = self.of_lead.get(lead as usize).copied().unwrap_or(0);
        let Some(place) = self.places.get_mut(usize::from(place)) else {
            return Look {
                hour: 12,
                may_ring: Ok(()),
            };
        };
        // Windows begin and end with a minute.
        let minute = now.as_second().div_euclid(60);
        match place.known {
            Some((known, look)) if known == minute => look,
            _ => {
                let look = place.ask(hours, now);
                place.known = Some((minute, look));
                look
            }
        }
    }
}

impl Place {
    fn ask(&self, hours: CallingHours, now: Timestamp) -> Look {
        let zone = self.zones.first().cloned().unwrap_or(TimeZone::UTC);
        Look {
            hour: now.to_zoned(zone).hour(),
            may_ring: self.opening(hours, now),
        }
    }

    /// The first moment from now at which all zones are open.
    fn opening(&self, hours: CallingHours, now: Timestamp) -> Result<(), Timestamp> {
        let mut at = now;
        // Zones lie less than a day apart; windows that never meet are not waited for for ever.
        for _ in 0..8 {
            let closed = self
                .zones
                .iter()
                .find_map(|zone| hours.may_ring(at, zone).err());
            match closed {
                Some(NextOpening(opening)) => at = opening,
                None if at == now => return Ok(()),
                None => return Err(at),
            }
        }
        Err(Timestamp::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_of_two_zones_is_open_when_both_are() {
        let zone = |name| TimeZone::get(name).unwrap();
        let places = vec![
            vec![zone("Europe/Moscow")],
            vec![zone("Europe/Kaliningrad"), zone("Asia/Kamchatka")],
            vec![zone("Europe/Moscow"), zone("America/New_York")],
        ];
        let mut places = Places::new(&places, vec![0, 1, 2]);
        let hours = "09:00-20:00".parse().unwrap();
        let morning: Timestamp = "2026-11-23T06:00:00Z".parse().unwrap();
        assert_eq!(places.may_ring(0, hours, morning), Ok(()));
        assert_eq!(places.hour(0, hours, morning), 9);
        // 09:00 in Kaliningrad is 19:00 in Kamchatka.
        let opening = "2026-11-23T07:00:00Z".parse().unwrap();
        assert_eq!(places.may_ring(1, hours, morning), Err(opening));
        assert_eq!(places.may_ring(1, hours, opening), Ok(()));
        let opening = "2026-11-23T14:00:00Z".parse().unwrap();
        assert_eq!(places.may_ring(2, hours, morning), Err(opening));
        let never = "09:00-10:00".parse().unwrap();
        assert_eq!(places.may_ring(1, never, morning), Err(Timestamp::MAX));
    }
}
