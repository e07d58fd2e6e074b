//! The policy on made-up leads: each rule by itself, and all of them on random days.

use jiff::ToSpan;
use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::campaign::{Bound, Calendar, Consent};
use crate::line::Disposition;
use crate::phone::PhoneNumber;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn number() -> PhoneNumber {
    PhoneNumber::from_e164("+79000000001").unwrap()
}

fn policy() -> LeadPolicy {
    LeadPolicy {
        window: CallingWindow {
            hours: "Mon-Fri 09:00-20:00, Sat 10:00-18:00".parse().unwrap(),
            holidays: Calendar::shipped("ru"),
        },
        default_zone: moscow(),
        other_part_of_day: false,
        ..LeadPolicy::default()
    }
}

fn moscow() -> TimeZone {
    TimeZone::get("Europe/Moscow").unwrap()
}

/// A lead with a history under construction.
struct Story {
    policy: LeadPolicy,
    terms: Terms,
    zones: Vec<TimeZone>,
    promised_at: Option<Timestamp>,
    history: LeadHistory,
}

impl Story {
    fn new() -> Self {
        Self {
            policy: policy(),
            terms: Terms::default(),
            zones: vec![moscow()],
            promised_at: None,
            history: LeadHistory::default(),
        }
    }

    /// An attempt of a minute that ends so.
    fn then(mut self, when: &str, disposition: Disposition) -> Self {
        self.ring(at(when), disposition, None);
        self
    }

    fn ring(&mut self, when: Timestamp, disposition: Disposition, outcome: Option<&str>) {
        let attempt = PastAttempt {
            number: number(),
            at: when,
            ended_at: Some(when + 1.minute()),
            disposition: Some(disposition),
            outcome: outcome.map(str::to_owned),
            dialled: true,
            answered: disposition == Disposition::Answered,
            call_back_at: None,
        };
        self.history.number_calls.push(NumberCall {
            at: when,
            ended_at: attempt.ended_at,
            counts: attempt.counts(),
        });
        self.history.attempts.push(attempt);
    }

    fn verdict(&self, now: Timestamp) -> Verdict {
        let facts = LeadFacts {
            terms: &self.terms,
            zones: &self.zones,
            promised_at: self.promised_at,
            invalid: false,
        };
        self.policy.verdict(&facts, &self.history, now)
    }

    /// The hour and the reasons, for a person.
    fn said(&self, now: &str) -> String {
        match self.verdict(at(now)) {
            Verdict::NotBefore(until, _) => {
                let until = until.to_zoned(moscow());
                format!("{}: {}", until.strftime("%d %H:%M"), self.verdict(at(now)))
            }
            verdict @ (Verdict::May | Verdict::Never(_)) => verdict.to_string(),
        }
    }
}

// Friday, 20 November 2026; Moscow is three hours ahead.
const FRIDAY_NOON: &str = "2026-11-20T09:00:00Z";

#[test]
fn a_new_lead_is_rung_in_its_window() {
    let story = Story::new();
    assert_eq!(story.verdict(at(FRIDAY_NOON)), Verdict::May);
    assert_eq!(
        story.said("2026-11-20T17:00:00Z"),
        "21 10:00: outside the calling window where the callee lives"
    );
}

#[rstest]
#[case(
    Disposition::Busy,
    "20 12:16: busy for the 1st time, repeated after 15 min"
)]
#[case(
    Disposition::NoAnswer,
    "20 14:01: no_answer for the 1st time, repeated after 2 h"
)]
#[case(
    Disposition::Unreachable,
    "20 16:01: phone_off for the 1st time, repeated after 4 h"
)]
#[case(
    Disposition::Machine,
    "20 16:01: machine for the 1st time, repeated after 4 h"
)]
#[case(
    Disposition::Rejected,
    "21 12:01: rejected for the 1st time, repeated after 1 d"
)]
#[case(
    Disposition::Congestion,
    "20 12:06: congestion for the 1st time, repeated after 5 min; the number was rung less than 15 min before"
)]
#[case(
    Disposition::Interrupted,
    "20 12:16: the number was rung less than 15 min before"
)]
#[case(Disposition::Answered, "reached")]
fn each_ending_has_its_repeat(#[case] disposition: Disposition, #[case] said: &str) {
    let story = Story::new().then(FRIDAY_NOON, disposition);
    let found = story.said("2026-11-20T09:02:00Z");
    // The gap moves a congestion a little further.
    let said = said.replace("20 12:06", "20 12:16");
    assert_eq!(found, said);
}

#[test]
fn delays_grow_and_end_at_the_limit() {
    let mut story = Story::new();
    story.policy.limits.lead = Quota::default();
    story.policy.limits.number = Quota::default();
    let mut now = at("2026-11-16T06:00:00Z");
    let mut waits = Vec::new();
    loop {
        story.ring(now, Disposition::Busy, None);
        match story.verdict(now + 1.minute()) {
            Verdict::NotBefore(until, _) => {
                waits.push(until.duration_since(now + 1.minute()).as_mins());
                now = until;
            }
            Verdict::Never(why) => {
                assert_eq!(why.to_string(), "busy 6 times, which is the limit");
                break;
            }
            Verdict::May => panic!("at once"),
        }
    }
    assert_eq!(waits, [15, 30, 120, 120, 120]);
}

#[test]
fn congestion_costs_no_attempt() {
    let mut story = Story::new();
    for hour in 0..9 {
        story.ring(
            at(FRIDAY_NOON) + hour.hours(),
            Disposition::Congestion,
            None,
        );
    }
    assert_eq!(story.verdict(at("2026-11-21T09:00:00Z")), Verdict::May);
}

#[test]
fn limits_count_the_lead_and_the_number_over_all_campaigns() {
    let mut story = Story::new();
    story.policy.limits.number = Quota {
        day: Some(1),
        week: Some(2),
        month: None,
    };
    // Another campaign rang the number this morning and on Wednesday.
    for when in ["2026-11-18T07:00:00Z", "2026-11-20T07:00:00Z"] {
        story.history.number_calls.push(NumberCall {
            at: at(when),
            ended_at: None,
            counts: true,
        });
    }
    assert_eq!(
        story.said(FRIDAY_NOON),
        "25 09:00: the number was rung 2 times in a week, which is the limit; outside the calling window where the callee lives"
    );
    let mut story = Story::new().then("2026-11-20T07:00:00Z", Disposition::Busy);
    story.policy.limits.lead_total = Some(1);
    assert_eq!(story.said(FRIDAY_NOON), "rung 1 times, which is the limit");
}

#[test]
fn nobody_answered_is_repeated_at_another_part_of_the_day() {
    let mut story = Story::new().then("2026-11-20T06:30:00Z", Disposition::NoAnswer);
    story.policy.other_part_of_day = true;
    assert_eq!(
        story.said("2026-11-20T08:40:00Z"),
        "20 12:00: a repeat at another part of the day"
    );
    // In the afternoon of a Saturday no other part comes before Monday: too long to wait.
    let mut story = Story::new().then("2026-11-21T09:30:00Z", Disposition::NoAnswer);
    story.policy.other_part_of_day = true;
    story.policy.window.hours = "Sat 12:00-17:00, Mon 12:00-17:00".parse().unwrap();
    assert_eq!(
        story.said("2026-11-21T09:40:00Z"),
        "21 14:31: no_answer for the 1st time, repeated after 2 h"
    );
}

#[test]
fn a_promised_hour_comes_before_delays_but_not_before_the_window() {
    let mut story = Story::new();
    story.ring(at(FRIDAY_NOON), Disposition::Answered, Some(CALL_LATER));
    assert_eq!(
        story.said("2026-11-20T09:02:00Z"),
        "20 14:01: call_later for the 1st time, repeated after 2 h"
    );
    story.promised_at = Some(at("2026-11-20T12:30:00Z"));
    assert_eq!(
        story.said("2026-11-20T09:02:00Z"),
        "20 15:30: the callee was promised this hour"
    );
    story.promised_at = Some(at("2026-11-20T19:00:00Z"));
    assert_eq!(
        story.said("2026-11-20T09:02:00Z"),
        "21 10:00: the callee was promised this hour; outside the calling window where the callee lives"
    );
    story.promised_at = None;
    story.history.attempts[0].outcome = Some("agreed".to_owned());
    assert_eq!(story.said("2026-11-23T09:02:00Z"), "reached: agreed");
}

#[test]
fn a_dropped_answer_is_repeated_later() {
    let mut story = Story::new();
    story.ring(at(FRIDAY_NOON), Disposition::Answered, Some(DROPPED));
    assert_eq!(
        story.said("2026-11-20T09:02:00Z"),
        "20 13:01: dropped for the 1st time, repeated after 1 h"
    );
}

#[test]
fn consent_is_asked_for_where_the_purpose_needs_it() {
    let mut story = Story::new();
    let mut said = |consent: &str, date: Option<&str>, needed: bool| {
        story.policy.needs_consent = needed;
        story.terms.consent = Consent::parse(consent);
        story.terms.consent_date = date.map(|date| date.parse().unwrap());
        story.said(FRIDAY_NOON)
    };
    assert_eq!(said("", None, false), "may be rung now");
    assert_eq!(
        said("no", None, false),
        "the callee refused such calls (column `consent`)"
    );
    assert_eq!(
        said("", None, true),
        "no consent to such calls (column `consent`)"
    );
    assert_eq!(
        said("да", None, true),
        "the consent has no date (column `consent_date`)"
    );
    assert_eq!(
        said("да", Some("2026-11-21"), true),
        "21 10:00: the consent holds from 2026-11-21 on; outside the calling window where the callee lives"
    );
    assert_eq!(
        said("анкета 5", Some("2026-11-20"), true),
        "may be rung now"
    );
}

#[test]
fn a_consent_of_a_day_to_come_holds_when_that_day_has_begun_everywhere() {
    let mut story = Story::new();
    story.policy.window = CallingWindow::any();
    story.policy.needs_consent = true;
    story.terms.consent = Consent::parse("да");
    story.terms.consent_date = Some("2026-11-21".parse().unwrap());
    story.zones = ["Asia/Kamchatka", "Europe/Moscow"]
        .map(|name| TimeZone::get(name).unwrap())
        .into();
    let (begins, date) = (at("2026-11-20T21:00:00Z"), "2026-11-21".parse().unwrap());
    let ahead = Verdict::NotBefore(begins, vec![WhyLater::ConsentAhead(date)]);
    assert_eq!(story.verdict(at(FRIDAY_NOON)), ahead);
    assert_eq!(story.verdict(begins), Verdict::May);
}

#[test]
fn the_list_bounds_the_time() {
    let mut story = Story::new();
    story.terms.not_before = Bound::parse("2026-11-23");
    assert_eq!(
        story.said(FRIDAY_NOON),
        "23 09:00: the list says not_before; outside the calling window where the callee lives"
    );
    story.terms.not_before = Bound::parse("14:00");
    assert_eq!(
        story.said(FRIDAY_NOON),
        "20 14:00: outside the calling window where the callee lives"
    );
    story.terms.not_after = Bound::parse("2026-11-19");
    assert_eq!(story.said(FRIDAY_NOON), "not_after is over");
    story.terms.not_before = Bound::parse("2026-11-21 18:00");
    story.terms.not_after = Bound::parse("2026-11-22");
    assert_eq!(
        story.said(FRIDAY_NOON),
        "not_after is over",
        "no window in between"
    );
}

#[test]
fn forbidden_and_busy_numbers_are_left_alone() {
    let mut story = Story::new();
    story.history.being_rung = true;
    assert_eq!(
        story.said(FRIDAY_NOON),
        "20 12:00: the number is being rung at this moment"
    );
    story.history.forbidden = Some("asked by letter".to_owned());
    assert_eq!(
        story.said(FRIDAY_NOON),
        "on the do-not-call list: asked by letter"
    );
}

#[test]
fn zones_that_share_no_hour_are_told() {
    let mut story = Story::new();
    story.zones = ["Europe/Kaliningrad", "Asia/Kamchatka"]
        .map(|zone| TimeZone::get(zone).unwrap())
        .to_vec();
    story.policy.window.hours = "09:00-12:00".parse().unwrap();
    assert_eq!(
        story.verdict(at(FRIDAY_NOON)),
        Verdict::Never(WhyNever::NeverOpen)
    );
}

fn any_disposition() -> impl Strategy<Value = Disposition> {
    prop::sample::select(Disposition::ALL.to_vec())
}

#[test]
fn calls_that_do_not_get_through_cost_no_attempt_and_end_for_the_day_all_the_same() {
    let mut story = Story::new();
    for minute in 0..6i64 {
        let verdict = story.verdict(at(FRIDAY_NOON) + (20 * minute).minutes());
        assert_eq!(verdict, Verdict::May, "{minute}");
        let when = at(FRIDAY_NOON) + (20 * minute).minutes();
        story.ring(when, Disposition::Congestion, None);
    }
    let verdict = story.verdict(at(FRIDAY_NOON) + 3.hours());
    let Verdict::NotBefore(until, whys) = verdict else {
        panic!("{verdict:?}");
    };
    assert_eq!(until, at("2026-11-21T07:00:00Z"), "Saturday, ten o'clock");
    assert!(whys.contains(&WhyLater::Congested(6)), "{whys:?}");
    story.policy.retry.congestion_per_day = None;
    let verdict = story.verdict(at(FRIDAY_NOON) + 3.hours());
    assert_eq!(verdict, Verdict::May);
}

#[test]
fn a_rehearsal_waits_seconds_where_life_waits_hours() {
    let hasty = policy().in_haste();
    for ending in Ending::REPEATED {
        let rule = hasty.retry.of(ending).unwrap();
        let longest = rule.delays.iter().max().unwrap();
        assert!(longest.as_secs() <= 2, "{ending:?} {longest}");
        assert_eq!(rule.limit, policy().retry.of(ending).unwrap().limit);
    }
    assert_eq!(hasty.limits.lead, policy().limits.lead, "limits stay");
}

#[test]
fn a_rehearsal_goes_the_same_way_over_midnight_and_heeds_no_hour_of_a_lead() {
    let mut story = Story::new();
    story.policy = LeadPolicy::default().in_haste();
    story.terms.not_before = Some(Bound::Daily(jiff::civil::time(9, 0, 0, 0)));
    // Both ends of a Moscow midnight.
    let before = at("2026-11-22T20:59:50Z");
    assert_eq!(story.verdict(before), Verdict::May);
    story.ring(before, Disposition::Congestion, None);
    story.ring(before + 2.seconds(), Disposition::Congestion, None);
    let Verdict::NotBefore(next, whys) = story.verdict(at("2026-11-22T21:05:00Z")) else {
        panic!("two a day are the limit");
    };
    assert_eq!(whys, [WhyLater::Congested(2)]);
    assert_eq!(next, before + 24.hours());
}

proptest! {
    #[test]
    fn a_promise_of_the_verdict_is_kept_and_nothing_comes_before_it(
        rings in prop::collection::vec((0i64..60 * 24 * 4, any_disposition(), any::<bool>()), 0..12),
        later in 0i64..60 * 24 * 3,
        looks in prop::collection::vec(0u32..1000, 8),
        other_part in any::<bool>(),
    ) {
        let mut story = Story::new();
        story.policy.other_part_of_day = other_part;
        let mut now = at("2026-12-20T00:00:00Z");
        for (minutes, disposition, later) in rings {
            now += minutes.minutes();
            story.ring(now, disposition, later.then_some(CALL_LATER));
        }
        now += later.minutes();
        let verdict = story.verdict(now);
        if let Verdict::NotBefore(until, whys) = &verdict {
            prop_assert!(*until > now && !whys.is_empty());
            prop_assert_eq!(story.verdict(*until), Verdict::May, "{}", verdict);
            let span = until.duration_since(now).as_millis();
            for look in looks {
                let between = now + jiff::SignedDuration::from_millis(
                    i64::try_from(span * i128::from(look) / 1000).unwrap());
                prop_assert!(story.verdict(between) != Verdict::May, "may at {between}: {verdict}");
            }
        }
        prop_assert!(!verdict.to_string().is_empty());
    }

    #[test]
    fn whoever_obeys_the_verdict_breaks_no_limit_and_no_window(
        days in prop::collection::vec((1i64..60 * 12, any_disposition()), 1..40),
        day in 1u32..4, week in 1u32..8, gap in 1i64..300,
        zone in prop::sample::select(vec!["Europe/Moscow", "Asia/Kamchatka", "Europe/Kaliningrad"]),
    ) {
        let mut story = Story::new();
        let zone = TimeZone::get(zone).unwrap();
        story.zones = vec![zone.clone(), moscow()];
        story.policy.limits.number = Quota { day: Some(day), week: Some(week), month: None };
        story.policy.limits.smallest_gap = SignedDuration::from_mins(gap);
        let mut now = at("2026-12-20T00:00:00Z");
        let mut rung: Vec<Timestamp> = Vec::new();
        for (minutes, disposition) in days {
            now += minutes.minutes();
            match story.verdict(now) {
                Verdict::May => {}
                Verdict::NotBefore(until, _) => now = until,
                Verdict::Never(_) => break,
            }
            // An independent look at the clock on the callee's wall.
            for zone in [&zone, &moscow()] {
                let local = now.to_zoned(zone.clone());
                let open = match local.weekday().to_monday_one_offset() {
                    7 => 0..0,
                    6 => 10..18,
                    _ => 9..20,
                };
                prop_assert!(open.contains(&local.hour()), "{local}");
                let (month, date) = (local.month(), local.day());
                prop_assert!(!(month == 1 && date <= 8 || month == 12 && date == 31), "{local}");
            }
            let before = rung.last().copied();
            let rested = before.is_none_or(|last| {
                now.duration_since(last) >= SignedDuration::from_mins(gap + 1)
            });
            prop_assert!(rested, "{before:?} {now}");
            let counted = story.history.number_calls.iter().filter(|call| call.counts);
            let today = now.to_zoned(zone.clone()).date();
            let dates: Vec<_> = counted.map(|call| call.at.to_zoned(zone.clone()).date()).collect();
            prop_assert!(dates.iter().filter(|date| **date == today).count() < day as usize);
            let oldest = today.checked_sub(6.days()).unwrap();
            prop_assert!(dates.iter().filter(|date| **date >= oldest).count() < week as usize);
            rung.push(now);
            story.ring(now, disposition, None);
        }
    }
}
