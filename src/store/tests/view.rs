//! Leads and campaigns as a person looks at them.

use jiff::tz::TimeZone;
use serde_json::json;

use super::*;
use crate::campaign::{Bound, CampaignId, Consent, LeadId, Money, Terms, Verdict};
use crate::phone::CellNumber;
use crate::report::CampaignStats;

impl House {
    fn page(&self, standing: Option<Standing>, after: i64, size: u32) -> Vec<LeadView> {
        let page = LeadPage {
            campaign: self.campaign.id,
            standing,
            after: LeadId(after),
            size,
        };
        self.ledger.leads(&page, &self.policy, at(10)).unwrap()
    }

    fn add(&self, lead: Lead) {
        let leads = [lead];
        self.ledger
            .import_leads(self.campaign.id, &leads, at(0))
            .unwrap();
    }

    /// Ends an attempt by the policy.
    fn ends(&self, attempt: AttemptId, end: AttemptEnd) {
        let end = AttemptEnd { attempt, ..end };
        self.ledger.end_attempt_under(&end, &self.policy).unwrap();
    }
}

fn ids(views: &[LeadView]) -> Vec<i64> {
    views.iter().map(|view| view.id.0).collect()
}

#[test]
fn pages_hold_every_lead_once_and_only_those_asked_for() {
    let house = House::with_leads(&[1, 2, 3, 4, 5]);
    let other = house
        .ledger
        .open_campaign("autumn", "/lists/autumn.csv", None, at(0))
        .unwrap();
    house
        .ledger
        .import_leads(other.id, &[lead(1), lead(9)], at(0))
        .unwrap();
    house.add(lead(6));
    assert_eq!(ids(&house.page(None, 0, 3)), [1, 2, 3]);
    assert_eq!(
        ids(&house.page(None, 3, 100)),
        [4, 5, 8],
        "6 and 7 are another campaign's"
    );
    let answered = house.ring(house.run.id);
    house.ends(
        answered,
        AttemptEnd::new(answered, Disposition::Answered, at(9)),
    );
    house
        .ledger
        .forbid(&number(3), "letter", None, at(9))
        .unwrap();
    assert_eq!(ids(&house.page(Some(Standing::Done), 0, 100)), [1]);
    assert_eq!(ids(&house.page(Some(Standing::Forbidden), 0, 100)), [3]);
    assert_eq!(ids(&house.page(Some(Standing::New), 0, 2)), [2, 4]);
    let counts = house.ledger.lead_counts(house.campaign.id).unwrap();
    let listed = |standing| house.page(Some(standing), 0, 100).len() as u64;
    let all: u64 = Standing::ALL.into_iter().map(listed).sum();
    assert_eq!((all, counts.total()), (6, 6));
    assert_eq!(counts.new, listed(Standing::New));
}

#[test]
fn a_lead_tells_what_was_done_and_what_the_policy_says() {
    let mut house = House::with_leads(&[]);
    house.policy.needs_consent = true;
    let terms = Terms {
        consent: Some(Consent::Given(None)),
        consent_date: Some("2026-01-01".parse().unwrap()),
        not_before: Bound::parse("2099-01-01"),
        ..Terms::default()
    };
    house.add(Lead { terms, ..lead(1) });
    house.add(lead(2));
    let later = house
        .ledger
        .lead(LeadId(1), &house.policy, at(10))
        .unwrap()
        .unwrap();
    assert!(matches!(later.verdict, Verdict::NotBefore(..)));
    assert_eq!(
        later.next_at(at(10)).unwrap().to_string(),
        "2099-01-01T00:00:00Z"
    );
    let never = house
        .ledger
        .lead(LeadId(2), &house.policy, at(10))
        .unwrap()
        .unwrap();
    assert!(matches!(never.verdict, Verdict::Never(_)));
    assert_eq!(never.next_at(at(10)), None);
    assert!(
        house
            .ledger
            .lead(LeadId(3), &house.policy, at(10))
            .unwrap()
            .is_none()
    );
    assert_eq!(
        house.ledger.campaign_of(LeadId(2)).unwrap(),
        Some(house.campaign.id)
    );
    assert_eq!(house.ledger.campaign_of(LeadId(3)).unwrap(), None);
}

#[test]
fn a_lead_is_found_by_each_of_its_numbers() {
    let house = House::with_leads(&[1]);
    let alternates = vec![CellNumber {
        number: number(12),
        extension: None,
    }];
    house.add(Lead {
        alternates,
        ..lead(2)
    });
    let found = |last| {
        house
            .ledger
            .leads_with(house.campaign.id, &number(last))
            .unwrap()
    };
    assert_eq!(found(1), [LeadId(1)]);
    assert_eq!(found(2), [LeadId(2)]);
    assert_eq!(found(12), [LeadId(2)]);
    assert_eq!(found(3), []);
    let elsewhere = house.ledger.leads_with(CampaignId(9), &number(1));
    assert_eq!(elsewhere.unwrap(), []);
}

#[test]
fn the_queue_is_counted_and_the_live_call_found() {
    let house = House::with_leads(&[1, 2, 3, 4]);
    house
        .ledger
        .forbid(&number(2), "letter", None, at(0))
        .unwrap();
    let before = |id| house.ledger.leads_before(LeadId(id)).unwrap();
    assert_eq!((before(1), before(3), before(4)), (0, 1, 2));
    let call = house.ring(house.run.id);
    assert_eq!(house.ledger.call_of(LeadId(1)).unwrap(), Some(call));
    assert_eq!(house.ledger.call_of(LeadId(3)).unwrap(), None);
    assert_eq!(before(3), 0);
}

#[test]
fn what_waits_is_told_with_its_time() {
    let mut house = House::with_leads(&[1, 2, 3]);
    let waits = |house: &House| {
        let waits = house
            .ledger
            .waits(house.campaign.id, &house.policy, at(10))
            .unwrap();
        let told = waits.into_iter().map(|waits| {
            let first = waits.first.duration_since(at(0)).as_secs();
            (waits.why.unwrap_or_default(), first, waits.leads)
        });
        told.collect::<Vec<_>>()
    };
    assert_eq!(waits(&house), [(String::new(), 10, 3)]);
    let busy = house.ring(house.run.id);
    house.ends(busy, AttemptEnd::new(busy, Disposition::Busy, at(9)));
    let repeat = ("repeat".to_owned(), 9 + 15 * 60, 1);
    assert_eq!(waits(&house), [(String::new(), 10, 2), repeat.clone()]);
    // The seconds of `at` begin at 08:00 of a Friday in UTC.
    house.policy.window.hours = "mon-fri 09:00-18:00".parse().unwrap();
    house.policy.default_zone = TimeZone::UTC;
    let window = ("calling_window".to_owned(), 3_600, 2);
    assert_eq!(waits(&house), [window, repeat]);
}

#[test]
fn what_was_gathered_and_what_it_cost_add_up() {
    let house = House::with_leads(&[1]);
    let first = house.ring(house.run.id);
    let end = AttemptEnd {
        outcome: Some("call_later".to_owned()),
        data: json!({ "day": "monday", "name": "Анна", "sound": {},
            "speech": {}, "answered_by": {} }),
        cost: Some(100),
        talk_ms: Some(4_000),
        ..AttemptEnd::new(first, Disposition::Answered, at(9))
    };
    house.ends(first, end);
    let lead = house.claim_at(house.run.id, 8_000).lead().unwrap();
    let second = house
        .ledger
        .begin_attempt(&attempt_of(&lead, house.run.id))
        .unwrap();
    house.ledger.mark_dialled(second, at(8_001)).unwrap();
    let end = AttemptEnd {
        outcome: Some("agreed".to_owned()),
        data: json!({ "day": "friday" }),
        cost: Some(250),
        talk_ms: Some(6_000),
        ..AttemptEnd::new(second, Disposition::Answered, at(8_009))
    };
    house.ends(second, end);
    let gathered = house.ledger.gathered(lead.id).unwrap();
    assert_eq!(json!(gathered), json!({ "day": "friday", "name": "Анна" }));
    let names = house.ledger.gathered_names(house.campaign.id).unwrap();
    assert_eq!(names, ["day", "name"]);
    let pulse = house.ledger.pulse(house.campaign.id).unwrap();
    assert_eq!(
        (pulse.attempts, pulse.live, pulse.cost),
        (2, 0, Some(Money(350)))
    );
    let mut stats = CampaignStats::default();
    let moscow = TimeZone::get("Europe/Moscow").unwrap();
    let campaign = house.campaign.id;
    house
        .ledger
        .each_fact(campaign, None, &moscow, &mut |fact| stats.add(fact))
        .unwrap();
    assert_eq!(
        (stats.all.contacts, stats.all.average_talk_ms()),
        (2, Some(5_000))
    );
    assert_eq!(house.ledger.leads_reached(campaign, None).unwrap(), (1, 1));
    let mut later = 0;
    house
        .ledger
        .each_fact(campaign, Some(at(9_999)), &moscow, &mut |_| later += 1)
        .unwrap();
    assert_eq!(later, 0);
}

#[test]
fn a_call_whose_words_were_deleted_still_counts() {
    let house = House::with_leads(&[1]);
    let call = house.ring(house.run.id);
    let end = AttemptEnd {
        answered_at: Some(at(4)),
        talk_ms: Some(4_900),
        ..AttemptEnd::new(call, Disposition::Answered, at(9))
    };
    house.ends(call, end);
    let page = |house: &House| {
        let calls = house
            .ledger
            .calls_with_turns(house.campaign.id, AttemptId(0), 10);
        calls.unwrap().len()
    };
    assert_eq!(page(&house), 1);
    house.ledger.delete_call(call, at(20)).unwrap();
    assert_eq!(page(&house), 0);
    let mut talked = None;
    house
        .ledger
        .each_fact(house.campaign.id, None, &TimeZone::UTC, &mut |fact| {
            talked = fact.talk_ms;
        })
        .unwrap();
    assert_eq!(talked, Some(5_000), "from the answer to the end");
}

#[test]
fn many_numbers_are_forbidden_in_one_go() {
    let house = House::with_leads(&[]);
    house
        .ledger
        .forbid(&number(1), "first", None, at(0))
        .unwrap();
    let numbers = [1, 2, 3].map(|last| (number(last), format!("letter {last}")));
    assert_eq!(house.ledger.forbid_all(&numbers, at(1)).unwrap(), 2);
    let kept = house.ledger.is_forbidden(&number(1)).unwrap().unwrap();
    assert_eq!(kept.reason, "first");
    assert_eq!(house.ledger.forbid_all(&numbers, at(2)).unwrap(), 0);
}

#[test]
fn those_left_to_ring_come_with_what_was_done() {
    let house = House::with_leads(&[1, 2, 3, 4]);
    let answered = house.ring(house.run.id);
    house.ends(
        answered,
        AttemptEnd::new(answered, Disposition::Answered, at(9)),
    );
    let busy = house.ring(house.run.id);
    house.ends(busy, AttemptEnd::new(busy, Disposition::Busy, at(9)));
    house
        .ledger
        .forbid(&number(3), "letter", None, at(9))
        .unwrap();
    let mut left = Vec::new();
    let campaign = house.campaign.id;
    house
        .ledger
        .each_left(campaign, &mut |lead| {
            left.push((lead.number, lead.attempts.len()));
        })
        .unwrap();
    assert_eq!(left, [(number(2), 1), (number(4), 0)]);
    let zones = house.ledger.area_zones(0, &house.policy).unwrap();
    assert_eq!(zones, std::slice::from_ref(&house.policy.default_zone));
}
