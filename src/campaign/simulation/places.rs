//! The hours of callees in many places; the calendar is asked once a minute and place.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::campaign::{CallingWindow, Narrowing};

/// Where the leads live, and when they may be rung there.
#[derive(Debug, Clone)]
pub(super) struct Places<'a> {
    window: &'a CallingWindow,
    list: Vec<Place<'a>>,
    /// The place of each lead; leads beyond the list live in the first.
    of_lead: &'a [u16],
    /// Those whose next number lives elsewhere.
    moved: BTreeMap<u32, u16>,
}

#[derive(Debug, Clone)]
struct Place<'a> {
    /// The zones it may be in: where several are possible, all must be open.
    zones: &'a [TimeZone],
    /// The minute that was looked at last, and what was seen.
    known: Option<(i64, Look)>,
}

/// How a place stands at some minute.
#[derive(Debug, Clone, Copy)]
struct Look {
    hour: i8,
    opening: Option<Timestamp>,
}

impl<'a> Places<'a> {
    pub(super) fn new(
        window: &'a CallingWindow,
        places: &'a [Vec<TimeZone>],
        of_lead: &'a [u16],
    ) -> Self {
        let places = places.iter().map(|zones| Place { zones, known: None });
        Self {
            window,
            list: places.collect(),
            of_lead,
            moved: BTreeMap::new(),
        }
    }

    /// The zones that a lead may live in.
    pub(super) fn zones(&self, lead: u32) -> &'a [TimeZone] {
        self.list
            .get(self.place_of(lead))
            .map_or(&[], |place| place.zones)
    }

    /// When a lead may be rung: now, or the next opening; `None` if never in the weeks ahead.
    pub(super) fn opening(&mut self, lead: u32, now: Timestamp) -> Option<Timestamp> {
        match self.look(lead, now) {
            Some(look) => look.opening.map(|opening| opening.max(now)),
            None => Some(now),
        }
    }

    /// The hour of the lead's day, 0 to 23.
    pub(super) fn hour(&mut self, lead: u32, now: Timestamp) -> i8 {
        self.look(lead, now).map_or(12, |look| look.hour)
    }

    /// The next number of a lead lives there.
    pub(super) fn moves(&mut self, lead: u32, place: u16) {
        self.moved.insert(lead, place);
    }

    fn place_of(&self, lead: u32) -> usize {
        let moved = self.moved.get(&lead);
        let place = moved.or_else(|| self.of_lead.get(lead as usize));
        usize::from(place.copied().unwrap_or(0))
    }

    fn look(&mut self, lead: u32, now: Timestamp) -> Option<Look> {
        let (place, window) = (self.place_of(lead), self.window);
        let place = self.list.get_mut(place)?;
        // Windows begin and end with a minute.
        let minute = now.as_second().div_euclid(60);
        Some(match place.known {
            Some((known, look)) if known == minute => look,
            _ => {
                let zone = place.zones.first().cloned().unwrap_or(TimeZone::UTC);
                let look = Look {
                    hour: now.to_zoned(zone).hour(),
                    opening: window.next_opening(now, place.zones, Narrowing::default()),
                };
                place.known = Some((minute, look));
                look
            }
        })
    }
}
