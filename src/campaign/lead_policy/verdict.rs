//! The verdict: each rule says from when on it has nothing against a call, and the rules are asked
//! round until none of them moves the hour any more.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::history::{Ending, LeadHistory, PastAttempt};
use super::limits::{Quota, Reached};
use super::why::{Verdict, Whose, WhyLater, WhyNever};
use super::{LeadFacts, LeadPolicy};
use crate::campaign::calling_window::Narrowing;
use crate::campaign::{Bound, Consent};
use crate::line::Disposition;

/// More rounds than rules can push each other; then the hour stands as it is.
const ROUNDS: usize = 64;
/// How soon to look again at a number that somebody else rings.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_secs(5);
/// How long a repeat at another part of the day may be put off.
const PATIENCE: SignedDuration = SignedDuration::from_hours(24);

/// What a rule says of a moment: nothing against it, or when to ask again, and why.
type Ruling = Option<(Timestamp, WhyLater)>;

impl LeadPolicy {
    /// Whether a lead's calling window is open now, whatever was done for it before.
    pub fn is_open(&self, lead: &LeadFacts<'_>, now: Timestamp) -> bool {
        let history = LeadHistory::default();
        let case = Case::new(self, lead, &history, now);
        !case.expired(now)
            && case.not_before(now).is_none()
            && self.window.is_open(now, lead.zones, case.narrowing())
    }

    /// Whether, and from when on, a lead may be rung.
    pub fn verdict(&self, lead: &LeadFacts<'_>, history: &LeadHistory, now: Timestamp) -> Verdict {
        let case = Case::new(self, lead, history, now);
        if let Some(why) = case.never() {
            return Verdict::Never(why);
        }
        case.first_moment()
    }
}

/// One lead before the policy.
struct Case<'a> {
    policy: &'a LeadPolicy,
    lead: &'a LeadFacts<'a>,
    history: &'a LeadHistory,
    /// The last attempt that counts.
    last: Option<&'a PastAttempt>,
    now: Timestamp,
    /// Whose calendar counts the days.
    zone: &'a TimeZone,
}

impl<'a> Case<'a> {
    fn new(
        policy: &'a LeadPolicy,
        lead: &'a LeadFacts<'a>,
        history: &'a LeadHistory,
        now: Timestamp,
    ) -> Self {
        Self {
            policy,
            lead,
            history,
            last: history.attempts.iter().rfind(|attempt| attempt.counts()),
            now,
            zone: lead.zones.first().unwrap_or(&policy.default_zone),
        }
    }
}

impl Case<'_> {
    /// What no waiting mends.
    fn never(&self) -> Option<WhyNever> {
        if let Some(why) = &self.history.forbidden {
            return Some(WhyNever::Forbidden(why.clone()));
        }
        self.settled()
            .or_else(|| self.without_consent())
            .or_else(|| self.exhausted())
            .or_else(|| self.expired(self.now).then_some(WhyNever::Expired))
    }

    fn settled(&self) -> Option<WhyNever> {
        let attempts = self.history.attempts.iter().rev();
        let settled = attempts
            .clone()
            .find(|attempt| attempt.ending() == Some(Ending::Settled));
        // A call-back that was asked for after that opens the matter again.
        if let (Some(settled), None) = (settled, self.lead.promised_at) {
            return Some(WhyNever::Settled(settled.outcome.clone()));
        }
        if self.lead.invalid {
            return Some(WhyNever::Invalid);
        }
        let last = self.last?;
        let ending = last.ending()?;
        let repeated = match ending {
            Ending::Congestion | Ending::Interrupted | Ending::Invalid | Ending::Settled => true,
            Ending::Busy
            | Ending::NoAnswer
            | Ending::PhoneOff
            | Ending::Machine
            | Ending::Rejected
            | Ending::Dropped
            | Ending::CallLater => self.policy.retry.of(ending).is_some(),
        };
        let disposition = last.disposition.unwrap_or(Disposition::Failed);
        (!repeated && self.lead.promised_at.is_none()).then_some(WhyNever::NotRepeated(disposition))
    }

    fn without_consent(&self) -> Option<WhyNever> {
        let terms = self.lead.terms;
        // Whoever refused is not rung, whatever the purpose.
        if terms.consent == Some(Consent::Refused) {
            return Some(WhyNever::ConsentRefused);
        }
        if !self.policy.needs_consent {
            return None;
        }
        match (&terms.consent, terms.consent_date) {
            (None, _) => Some(WhyNever::NoConsent),
            (Some(_), None) => Some(WhyNever::NoConsentDate),
            (Some(_), Some(_)) => None,
        }
    }

    /// A consent holds from its day on, wherever the callee may live.
    fn consent(&self, at: Timestamp) -> Ruling {
        let date = self
            .lead
            .terms
            .consent_date
            .filter(|_| self.policy.needs_consent)?;
        let day = Bound::Day(date);
        let begin = self.earliest(day).or_else(|| day.begins(self.zone));
        let begin = begin.unwrap_or(Timestamp::MAX);
        (begin > at).then_some((begin, WhyLater::ConsentAhead(date)))
    }

    fn exhausted(&self) -> Option<WhyNever> {
        let counted = self
            .history
            .attempts
            .iter()
            .filter(|attempt| attempt.counts());
        if let Some(limit) = self.policy.limits.lead_total
            && counted.count() >= limit as usize
        {
            return Some(WhyNever::Attempts(limit));
        }
        if self.lead.promised_at.is_some() {
            return None;
        }
        let ending = self.last?.ending()?;
        let limit = self.policy.retry.of(ending)?.limit;
        (self.times(ending) >= limit).then_some(WhyNever::Exhausted { ending, limit })
    }

    fn times(&self, ending: Ending) -> u32 {
        let attempts = self.history.attempts.iter();
        let times = attempts
            .filter(|attempt| attempt.ending() == Some(ending))
            .count();
        u32::try_from(times).unwrap_or(u32::MAX)
    }

    fn expired(&self, at: Timestamp) -> bool {
        let end = self
            .lead
            .terms
            .not_after
            .and_then(|bound| self.latest(bound));
        end.is_some_and(|end| at >= end)
    }

    /// Of several zones, the end that comes first and the beginning that comes last.
    fn latest(&self, bound: Bound) -> Option<Timestamp> {
        self.lead
            .zones
            .iter()
            .filter_map(|zone| bound.ends(zone))
            .min()
    }

    fn earliest(&self, bound: Bound) -> Option<Timestamp> {
        self.lead
            .zones
            .iter()
            .filter_map(|zone| bound.begins(zone))
            .max()
    }

    /// Asks the rules round until all agree.
    fn first_moment(&self) -> Verdict {
        let rules: [fn(&Self, Timestamp) -> Ruling; 9] = [
            Self::repeat,
            Self::congested,
            Self::gap,
            Self::lead_limit,
            Self::number_limit,
            Self::not_before,
            Self::consent,
            Self::other_part,
            Self::being_rung,
        ];
        let (mut at, mut whys) = (self.now, Vec::<WhyLater>::new());
        for _ in 0..ROUNDS {
            let ruling = rules
                .iter()
                .find_map(|rule| rule(self, at).filter(|(to, _)| *to > at));
            let moved = match ruling {
                Some(ruling) => Some(ruling),
                None => match self.window(at) {
                    Some(opening) => (opening > at).then_some((opening, WhyLater::Window)),
                    None => return Verdict::Never(WhyNever::NeverOpen),
                },
            };
            let Some((to, why)) = moved else {
                break;
            };
            at = to;
            if !whys.contains(&why) {
                whys.push(why);
            }
        }
        if self.expired(at) {
            return Verdict::Never(WhyNever::Expired);
        }
        if at == Timestamp::MAX {
            // A limit of none at all.
            return Verdict::Never(WhyNever::Attempts(0));
        }
        if whys.is_empty() {
            return Verdict::May;
        }
        Verdict::NotBefore(at, whys)
    }

    fn window(&self, at: Timestamp) -> Option<Timestamp> {
        self.policy
            .window
            .next_opening(at, self.lead.zones, self.narrowing())
    }

    fn narrowing(&self) -> Narrowing {
        let terms = self.lead.terms;
        if self.policy.timeless {
            return Narrowing::default();
        }
        Narrowing {
            from: terms.not_before.and_then(Bound::daily),
            to: terms.not_after.and_then(Bound::daily),
        }
    }

    fn being_rung(&self, at: Timestamp) -> Ruling {
        let again = self.now.checked_add(LOOK_AGAIN).ok()?;
        let waits = self.history.being_rung && again > at;
        waits.then_some((again, WhyLater::BeingRung))
    }

    fn not_before(&self, at: Timestamp) -> Ruling {
        let begin = self
            .lead
            .terms
            .not_before
            .and_then(|bound| self.earliest(bound))?;
        (begin > at).then_some((begin, WhyLater::NotBefore))
    }

    /// The delay after the last ending, or the hour that was promised instead.
    fn repeat(&self, at: Timestamp) -> Ruling {
        if let Some(promised) = self.lead.promised_at {
            return (promised > at).then_some((promised, WhyLater::Promised));
        }
        let (due, why) = self.due()?;
        (due > at).then_some((due, why))
    }

    fn due(&self) -> Option<(Timestamp, WhyLater)> {
        let last = self.history.attempts.last()?;
        let ending = last.ending()?;
        let times = self.times(ending);
        let delay = match ending {
            Ending::Congestion => self.policy.retry.congestion,
            // Another number of the lead, or the gap, says when.
            Ending::Invalid | Ending::Interrupted | Ending::Settled => return None,
            Ending::Busy
            | Ending::NoAnswer
            | Ending::PhoneOff
            | Ending::Machine
            | Ending::Rejected
            | Ending::Dropped
            | Ending::CallLater => self.policy.retry.of(ending)?.delay(times as usize),
        };
        let due = last.over_at().checked_add(delay).ok()?;
        Some((
            due,
            WhyLater::Repeat {
                ending,
                times,
                delay,
            },
        ))
    }

    /// So many calls that reached nobody are enough for a day.
    fn congested(&self, at: Timestamp) -> Ruling {
        let attempts = self.history.attempts.iter();
        let idle = attempts.filter(|attempt| attempt.ending() == Some(Ending::Congestion));
        let times: Vec<Timestamp> = idle.map(|attempt| attempt.at).collect();
        let quota = Quota {
            day: self.policy.retry.congestion_per_day,
            ..Quota::default()
        };
        let reached = self.reached(quota, &times, at)?;
        Some((reached.until, WhyLater::Congested(reached.limit)))
    }

    /// The smallest gap between two calls to one number, from the end of the first.
    fn gap(&self, at: Timestamp) -> Ruling {
        let gap = self.policy.limits.smallest_gap;
        let calls = self.history.number_calls.iter();
        let last = calls.map(|call| call.ended_at.unwrap_or(call.at)).max()?;
        let free = last.checked_add(gap).ok()?;
        // A call that seems to lie ahead was made before the clock was set back.
        let sane = self.now.checked_add(gap).ok()?;
        let free = free.min(sane);
        (free > at).then_some((free, WhyLater::Gap(gap)))
    }

    fn lead_limit(&self, at: Timestamp) -> Ruling {
        let counted = self
            .history
            .attempts
            .iter()
            .filter(|attempt| attempt.counts());
        let times: Vec<Timestamp> = counted.map(|attempt| attempt.at).collect();
        self.limit(Whose::Lead, &times, at)
    }

    fn number_limit(&self, at: Timestamp) -> Ruling {
        let counted = self.history.number_calls.iter().filter(|call| call.counts);
        let times: Vec<Timestamp> = counted.map(|call| call.at).collect();
        self.limit(Whose::Number, &times, at)
    }

    fn limit(&self, whose: Whose, times: &[Timestamp], at: Timestamp) -> Ruling {
        let quota = match whose {
            Whose::Lead => self.policy.limits.lead,
            Whose::Number => self.policy.limits.number,
        };
        let reached = self.reached(quota, times, at)?;
        let why = WhyLater::Limit {
            whose,
            limit: reached.limit,
            span: reached.span,
        };
        Some((reached.until, why))
    }

    fn reached(&self, quota: Quota, times: &[Timestamp], at: Timestamp) -> Option<Reached> {
        if self.policy.timeless {
            quota.reached_by_hours(times, at)
        } else {
            quota.reached(times, at, self.zone)
        }
    }

    /// After nobody answered, another part of the day; given up when that would take too long.
    fn other_part(&self, at: Timestamp) -> Ruling {
        let ending = self.last?.ending()?;
        let wanted = self.policy.other_part_of_day
            && self.lead.promised_at.is_none()
            && ending.wants_another_part_of_the_day();
        let last = self.last?.at.to_zoned(self.zone.clone());
        let local = at.to_zoned(self.zone.clone());
        if !wanted || Part::of(local.time()) != Part::of(last.time()) {
            return None;
        }
        let boundary = match Part::of(local.time()).ends() {
            Some(end) => local.date().to_datetime(end),
            None => local
                .date()
                .checked_add(1.day())
                .ok()?
                .to_datetime(Time::MIN),
        };
        let boundary = boundary.to_zoned(self.zone.clone()).ok()?.timestamp();
        let opening = self.window(boundary)?;
        let (due, _) = self.due()?;
        let patience = due.checked_add(PATIENCE).ok()?;
        (opening <= patience).then_some((opening, WhyLater::OtherPartOfDay))
    }
}

/// A part of the day as far as being at home goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Morning,
    Afternoon,
    Evening,
}

impl Part {
    fn of(time: Time) -> Self {
        match time.hour() {
            ..12 => Self::Morning,
            12..17 => Self::Afternoon,
            _ => Self::Evening,
        }
    }

    /// Its last hour; `None` at midnight.
    fn ends(self) -> Option<Time> {
        match self {
            Self::Morning => Some(Time::constant(12, 0, 0, 0)),
            Self::Afternoon => Some(Time::constant(17, 0, 0, 0)),
            Self::Evening => None,
        }
    }
}
