//! The number that a callee sees.

use jiff::Timestamp;

use super::Run;
use super::claim::Shown;
use crate::campaign::CallerIdKey;
use crate::store::{CallerDay, LeadRow};

impl Run<'_> {
    /// The number to show: the lead's own, as far as its limits allow, or the one whose turn it is.
    pub(super) fn caller_of(
        &mut self,
        lead: &LeadRow,
        turn: Option<CallerIdKey>,
        now: Timestamp,
    ) -> Shown {
        let form = self.station.plan.number_format;
        let own = lead.terms.caller_id.as_ref();
        let ids = self.planner.caller_ids();
        let mut key = turn;
        if let Some(own) = own {
            let shown = own.dialled(form);
            let known = ids.find(own.e164()).or_else(|| ids.find(&shown));
            match known {
                None => {
                    return Shown {
                        key: None,
                        number: Some(shown),
                        day: None,
                    };
                }
                Some(known) if ids.may_ring(known, now).is_ok() => key = Some(known),
                // Its day is full: better another number than a marked one.
                Some(_) => {}
            }
        }
        let day = key.and_then(|key| ids.day(key, now));
        Shown {
            key,
            number: key.and_then(|key| ids.number(key)).map(str::to_owned),
            day: day.map(|(since, calls)| CallerDay { since, calls }),
        }
    }
}
