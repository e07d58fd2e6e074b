//! The hours of callees in many time zones; the calendar is asked once a minute and zone.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::campaign::policy::{CallingHours, NextOpening};

/// Where the leads live.
#[derive(Debug, Clone)]
pub(super) struct Zones {
    zones: Vec<Zone>,
    /// The zone of each lead; leads beyond the list live in the first zone.
    of_lead: Vec<u16>,
}

#[derive(Debug, Clone)]
struct Zone {
    zone: TimeZone,
    /// The minute that was looked at last, its hour of the day, and whether it may ring then.
    known: Option<(i64, i8, Result<(), Timestamp>)>,
}

impl Zones {
    pub(super) fn new(zones: &[TimeZone], of_lead: Vec<u16>) -> Self {
        let zones = zones.iter().map(|zone| Zone {
            zone: zone.clone(),
            known: None,
        });
        Self {
            zones: zones.collect(),
            of_lead,
        }
    }

    /// Whether a lead may be rung now; if not, when.
    pub(super) fn may_ring(
        &mut self,
        lead: u32,
        hours: CallingHours,
        now: Timestamp,
    ) -> Result<(), Timestamp> {
        self.look(lead, hours, now).1
    }

    /// The hour of the lead's day.
    pub(super) fn hour(&mut self, lead: u32, hours: CallingHours, now: Timestamp) -> i8 {
        self.look(lead, hours, now).0
    }

    fn look(
        &mut self,
        lead: u32,
        hours: CallingHours,
        now: Timestamp,
    ) -> (i8, Result<(), Timestamp>) {
        let zone = self.of_lead.get(lead as usize).copied().unwrap_or(0);
        let Some(zone) = self.zones.get_mut(usize::from(zone)) else {
            return (12, Ok(()));
        };
        // Windows begin and end with a minute.
        let minute = now.as_second().div_euclid(60);
        match zone.known {
            Some((known, hour, may)) if known == minute => (hour, may),
            _ => {
                let hour = now.to_zoned(zone.zone.clone()).hour();
                let may = hours
                    .may_ring(now, &zone.zone)
                    .map_err(|NextOpening(opening)| opening);
                zone.known = Some((minute, hour, may));
                (hour, may)
            }
        }
    }
}
