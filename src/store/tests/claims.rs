//! Claims under the policy: who comes first, who waits, who is never rung again.

use jiff::tz::TimeZone;

use super::*;
use crate::campaign::{
    CALL_LATER, CallingWindow, Consent, LeadId, Quota, Terms, Verdict, WhyLater, Zone,
};
use crate::phone::{CellNumber, Numbering};

const HOUR: i64 = 3_600;

impl House {
    /// Rings the next lead at a time; it ends a second later.
    fn ring_at(
        &self,
        second: i64,
        disposition: Disposition,
    ) -> (LeadId, PhoneNumber, Option<Verdict>) {
        let lead = self.claim_at(self.run.id, second).lead().unwrap();
        let id = self
            .ledger
            .begin_attempt(&attempt_of(&lead, self.run.id))
            .unwrap();
        self.ledger.mark_dialled(id, at(second)).unwrap();
        let end = AttemptEnd::new(id, disposition, at(second + 1));
        let verdict = self.ledger.end_attempt_under(&end, &self.policy).unwrap();
        (lead.id, lead.number, verdict)
    }

    pub(super) fn import(&self, leads: &[Lead], second: i64) {
        self.ledger
            .import_leads(self.campaign.id, leads, at(second))
            .unwrap();
    }

    fn number_at(&self, second: i64) -> Option<PhoneNumber> {
        let lead = self.claim_at(self.run.id, second).lead()?;
        self.ledger.release_lead(lead.id).unwrap();
        Some(lead.number)
    }
}

#[test]
fn a_lead_waits_for_its_repeat_and_is_found_when_it_is_due() {
    let house = House::with_leads(&[1]);
    let (_, _, verdict) = house.ring_at(10, Disposition::Busy);
    assert!(
        matches!(&verdict, Some(Verdict::NotBefore(until, _)) if *until == at(11 + 15 * 60)),
        "{verdict:?}"
    );
    assert_eq!(house.due(20), Some(11 + 15 * 60));
    let later = Claim::Later(at(11 + 15 * 60), "repeat".to_owned());
    assert_eq!(house.claim_at(house.run.id, 20), later);
    assert_eq!(house.number_at(11 + 15 * 60), Some(number(1)));
}

#[test]
fn an_end_without_the_policy_is_judged_by_the_next_claim() {
    let mut house = House::with_leads(&[1]);
    house.policy.other_part_of_day = false;
    let attempt = house.ring(house.run.id);
    house.end(attempt, Disposition::NoAnswer);
    assert_eq!(house.due(10), Some(10), "as far as a quick look tells");
    assert!(matches!(house.claim_at(house.run.id, 10), Claim::Later(_, why) if why == "repeat"));
    assert_eq!(house.due(10), Some(9 + 2 * HOUR));
}

#[test]
fn who_is_rung_too_often_is_given_up_and_more_attempts_bring_it_back() {
    let mut house = House::with_leads(&[1]);
    house.policy.limits.lead_total = Some(1);
    house.ring_at(10, Disposition::Busy);
    let counts = house.ledger.lead_counts(house.campaign.id).unwrap();
    assert_eq!((counts.exhausted, counts.left()), (1, 0));
    assert_eq!(house.claim_at(house.run.id, HOUR), Claim::Exhausted);
    house.policy.limits.lead_total = Some(2);
    let numbering = Numbering::default();
    house
        .ledger
        .plan_campaign(house.campaign.id, &house.policy, &numbering)
        .unwrap();
    assert_eq!(house.number_at(HOUR), Some(number(1)));
}

#[test]
fn a_number_that_does_not_exist_gives_way_to_the_next_of_the_lead() {
    let house = House::with_leads(&[]);
    let other = CellNumber {
        number: number(2),
        extension: None,
    };
    let lead = Lead {
        alternates: vec![other],
        ..lead(1)
    };
    house.import(&[lead], 0);
    assert_eq!(house.ring_at(10, Disposition::InvalidNumber).1, number(1));
    assert_eq!(house.ring_at(12, Disposition::InvalidNumber).1, number(2));
    let counts = house.ledger.lead_counts(house.campaign.id).unwrap();
    assert_eq!(counts.done, 1);
}

#[test]
fn whoever_opted_out_on_one_phone_is_not_rung_on_another() {
    let house = House::with_leads(&[]);
    let other = CellNumber {
        number: number(2),
        extension: None,
    };
    house.import(
        &[Lead {
            alternates: vec![other],
            ..lead(1)
        }],
        0,
    );
    house
        .ledger
        .forbid(&number(2), "asked", None, at(1))
        .unwrap();
    assert_eq!(house.claim_at(house.run.id, 10), Claim::Exhausted);
    house.ledger.allow(&number(2)).unwrap();
    assert_eq!(house.number_at(10), Some(number(1)));
}

#[test]
fn the_smallest_gap_and_the_limits_hold_over_all_campaigns() {
    let mut house = House::with_leads(&[1]);
    house.policy.limits.number = Quota {
        day: Some(1),
        ..Quota::default()
    };
    let single = single(house.run.id, &number(1));
    let id = house.ledger.begin_attempt(&single).unwrap();
    house.ledger.mark_dialled(id, at(5)).unwrap();
    house.end(id, Disposition::Answered);
    let Claim::Later(until, why) = house.claim_at(house.run.id, 20) else {
        panic!("a call by hand counts too");
    };
    let midnight = at(0)
        .to_zoned(TimeZone::UTC)
        .tomorrow()
        .unwrap()
        .start_of_day()
        .unwrap();
    assert_eq!((until, why.as_str()), (midnight.timestamp(), "limit"));
    house.policy.limits.number = Quota::default();
    let numbering = Numbering::default();
    house
        .ledger
        .plan_campaign(house.campaign.id, &house.policy, &numbering)
        .unwrap();
    let later = Claim::Later(at(9 + 15 * 60), "smallest_gap".to_owned());
    assert_eq!(house.claim_at(house.run.id, 20), later);
}

#[test]
fn a_higher_priority_comes_first_until_the_other_has_waited_long_enough() {
    let house = House::with_leads(&[]);
    let with = |last, priority| {
        let mut lead = lead(last);
        lead.terms.priority = priority;
        lead
    };
    house.import(&[with(1, 0), with(2, 5)], 0);
    assert_eq!(house.number_at(1), Some(number(2)));
    // Six hours later even five points more are not enough.
    house.import(&[with(3, 5)], 6 * HOUR);
    house.import(&[with(4, 7)], 6 * HOUR);
    let order: Vec<_> = std::iter::from_fn(|| house.claim_at(house.run.id, 7 * HOUR).lead())
        .map(|lead| lead.number)
        .collect();
    assert_eq!(order, [number(2), number(4), number(1), number(3)]);
}

#[test]
fn leads_are_rung_where_it_is_day_and_the_others_are_not_even_looked_at() {
    let mut house = House::with_leads(&[]);
    house.policy.window = CallingWindow {
        hours: "09:00-20:00".parse().unwrap(),
        holidays: None,
    };
    house.policy.default_zone = TimeZone::get("Europe/Moscow").unwrap();
    let lives = |last, zone: &str| {
        let mut lead = lead(last);
        lead.terms.timezone = Zone::parse(zone).ok();
        lead
    };
    let mut leads: Vec<Lead> = (1..=200)
        .map(|last| lives(last, "Europe/Kaliningrad"))
        .collect();
    leads.push(lives(300, "Asia/Vladivostok"));
    leads.push(lead(400));
    house.import(&leads, 0);
    // 2027-01-15T08:00Z: 10 in Kaliningrad, 11 in Moscow, 18 in Vladivostok.
    let morning = 0;
    assert_eq!(house.number_at(morning), Some(number(1)));
    // Three in the night in Moscow, ten in the morning in Vladivostok.
    let night = 16 * HOUR;
    let callable = |second, most| {
        let asked = (at(second), most);
        let (campaign, policy) = (house.campaign.id, &house.policy);
        house
            .ledger
            .callable_leads(campaign, policy, asked)
            .unwrap()
    };
    assert_eq!(callable(morning, 1_000), 202);
    assert_eq!(callable(morning, 50), 50, "enough is enough");
    assert_eq!(callable(night, 1_000), 1, "the others sleep");
    let rung = house.claim_at(house.run.id, night).lead().unwrap();
    assert_eq!(rung.number, number(300));
    let Claim::Later(until, why) = house.claim_at(house.run.id, night) else {
        panic!("nobody else is awake");
    };
    assert_eq!(
        (until, why.as_str()),
        (at(22 * HOUR), "calling_window"),
        "nine in Moscow"
    );
    let waiting = house.ledger.waiting(house.campaign.id).unwrap();
    assert_eq!(
        (waiting.len(), waiting[0].leads),
        (1, 201),
        "all of them still ready"
    );
}

#[test]
fn a_promised_hour_is_kept_before_everybody_else() {
    let house = House::with_leads(&[1, 2, 3]);
    let lead = house.claim_at(house.run.id, 10).lead().unwrap();
    let id = house
        .ledger
        .begin_attempt(&attempt_of(&lead, house.run.id))
        .unwrap();
    house.ledger.mark_dialled(id, at(10)).unwrap();
    let mut end = AttemptEnd::new(id, Disposition::Answered, at(20));
    end.outcome = Some(CALL_LATER.to_owned());
    end.call_back_at = Some(at(2 * HOUR));
    let verdict = house.ledger.end_attempt_under(&end, &house.policy).unwrap();
    let promised = Verdict::NotBefore(at(2 * HOUR), vec![WhyLater::Promised]);
    assert_eq!(verdict, Some(promised));
    assert_eq!(house.number_at(HOUR), Some(number(2)));
    assert_eq!(
        house.number_at(2 * HOUR),
        Some(number(1)),
        "before the others"
    );
    house.ring_at(2 * HOUR, Disposition::NoAnswer);
    let after: Vec<_> = std::iter::from_fn(|| house.claim_at(house.run.id, 3 * HOUR).lead())
        .map(|lead| lead.number)
        .collect();
    assert_eq!(
        after,
        [number(2), number(3)],
        "kept; now it waits as others do"
    );
    house.ledger.promise(lead.id, at(4 * HOUR)).unwrap();
    assert_eq!(
        house.number_at(4 * HOUR),
        Some(number(1)),
        "promised by hand"
    );
}

#[test]
fn a_promise_is_not_kept_by_a_call_that_never_got_through() {
    let house = House::with_leads(&[1]);
    let lead = house.claim(house.run.id).unwrap();
    house.ledger.release_lead(lead.id).unwrap();
    house.ledger.promise(lead.id, at(HOUR)).unwrap();
    house.ring_at(HOUR, Disposition::Congestion);
    let waiting = house.ledger.waiting(house.campaign.id).unwrap();
    assert_eq!(
        waiting[0].first,
        Some(at(HOUR + 1 + 15 * 60)),
        "as soon as the gap allows"
    );
    assert_eq!(house.number_at(HOUR + 1 + 15 * 60), Some(number(1)));
}

#[test]
fn without_consent_nobody_is_rung_and_a_list_that_brings_it_mends_that() {
    let mut house = House::with_leads(&[1]);
    house.policy.needs_consent = true;
    assert_eq!(house.claim_at(house.run.id, 1), Claim::Exhausted);
    let counts = house.ledger.lead_counts(house.campaign.id).unwrap();
    assert_eq!(counts.refused, 1);
    let agreed = Lead {
        terms: Terms {
            consent: Some(Consent::Given(None)),
            consent_date: "2026-01-01".parse().ok(),
            ..Terms::default()
        },
        ..lead(1)
    };
    house.import(&[agreed], 5);
    assert_eq!(house.number_at(6), Some(number(1)));
}

#[test]
fn a_paused_campaign_rings_nobody() {
    let house = House::with_leads(&[1]);
    let set = |state| {
        house
            .ledger
            .set_campaign_state(house.campaign.id, state, at(5))
            .unwrap()
    };
    assert!(set(CampaignState::Paused));
    assert!(!set(CampaignState::Paused), "it was");
    assert_eq!(
        house.claim_at(house.run.id, 6),
        Claim::Closed(CampaignState::Paused)
    );
    assert_eq!(house.due(6), None);
    assert!(set(CampaignState::Open));
    assert_eq!(house.number_at(7), Some(number(1)));
    let kinds: Vec<_> = house
        .ledger
        .decisions(house.campaign.id)
        .unwrap()
        .into_iter()
        .map(|event| event.kind)
        .collect();
    assert_eq!(kinds, ["created", "paused", "resumed"]);
}

#[test]
fn many_leads_that_must_wait_are_judged_over_several_claims() {
    let mut house = House::with_leads(&[]);
    house.policy.needs_consent = true;
    let mut leads: Vec<Lead> = (1..=150).map(lead).collect();
    let mut agreed = lead(200);
    agreed.terms.consent = Some(Consent::Given(None));
    agreed.terms.consent_date = "2026-01-01".parse().ok();
    leads.push(agreed);
    house.import(&leads, 0);
    let judging = Claim::Later(at(1), "judging".to_owned());
    assert_eq!(house.claim_at(house.run.id, 1), judging);
    assert_eq!(house.claim_at(house.run.id, 1), judging);
    assert_eq!(house.number_at(1), Some(number(200)));
}
