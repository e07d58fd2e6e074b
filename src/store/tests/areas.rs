//! Leads whose numbers live in several places: the window holds for the one that is rung.

use jiff::tz::TimeZone;

use super::*;
use crate::campaign::{CallingWindow, Verdict, WhyLater, Zone};
use crate::phone::{CellNumber, Numbering};

const HOUR: i64 = 3_600;

fn cell(number: &PhoneNumber) -> CellNumber {
    CellNumber {
        number: number.clone(),
        extension: None,
    }
}

fn moscow() -> PhoneNumber {
    PhoneNumber::from_e164("+74950000001").unwrap()
}

/// Seven hours ahead of Moscow.
fn vladivostok() -> PhoneNumber {
    PhoneNumber::from_e164("+74230000001").unwrap()
}

fn far_apart() -> Lead {
    let mut lead = Lead::new(moscow(), 2);
    lead.alternates.push(cell(&vladivostok()));
    lead
}

/// A campaign that rings from nine to eight. It begins on a Friday: eleven in Moscow.
fn house(leads: &[Lead]) -> House {
    let mut house = House::with_leads(&[]);
    house.policy.window = CallingWindow {
        hours: "09:00-20:00".parse().unwrap(),
        holidays: None,
    };
    house.policy.default_zone = TimeZone::get("Europe/Moscow").unwrap();
    house.policy.other_part_of_day = false;
    house.import_placed(leads, at(0));
    house
}

impl House {
    /// As a list is imported: with the places of its numbers.
    pub(super) fn import_placed(&self, leads: &[Lead], at: Timestamp) -> ImportReport {
        let numbering = Numbering::default();
        let rules = ImportRules {
            numbering: Some(&numbering),
            ..ImportRules::default()
        };
        let import = self.ledger.begin_import(self.campaign.id, at).unwrap();
        self.ledger.add_leads(&import, leads, &rules).unwrap()
    }

    /// Claims whoever comes next and rings them under the rules; the number.
    fn ring_under(&self, second: i64) -> Result<(AttemptId, PhoneNumber), StoreError> {
        let lead = self.claim_at(self.run.id, second).lead().unwrap();
        self.begin_under(&lead, second)
    }

    fn begin_under(
        &self,
        lead: &LeadRow,
        second: i64,
    ) -> Result<(AttemptId, PhoneNumber), StoreError> {
        let attempt = NewAttempt {
            at: at(second),
            ..attempt_of(lead, self.run.id)
        };
        let rules = AttemptRules {
            policy: &self.policy,
            caller_day: None,
        };
        let id = self.ledger.begin_attempt_under(&attempt, &rules)?;
        self.ledger
            .mark_dialled_under(id, &self.policy, at(second))?;
        Ok((id, lead.number.clone()))
    }

    fn misses(&self, attempt: AttemptId, second: i64) -> Option<Verdict> {
        let end = AttemptEnd::new(attempt, Disposition::NoAnswer, at(second));
        self.ledger.end_attempt_under(&end, &self.policy).unwrap()
    }
}

#[test]
fn each_number_is_rung_by_the_clock_of_its_own_place() {
    let house = house(&[far_apart()]);
    let (first, rung) = house.ring_under(0).unwrap();
    assert_eq!(rung, moscow());
    // Two hours later it is one in Moscow, and eight in the evening where the other number lives.
    let verdict = house.misses(first, 0);
    let morning = 15 * HOUR;
    assert!(
        matches!(&verdict, Some(Verdict::NotBefore(until, whys))
            if *until == at(morning) && whys.last() == Some(&WhyLater::Window)),
        "{verdict:?}"
    );
    assert_eq!(house.claim_at(house.run.id, 3 * HOUR).lead(), None);
    // Two in the night in Moscow.
    let (second, rung) = house.ring_under(morning).unwrap();
    assert_eq!(rung, vladivostok());
    let verdict = house.misses(second, morning);
    assert!(
        matches!(verdict, Some(Verdict::NotBefore(until, _)) if until == at(22 * HOUR)),
        "nine in Moscow: {verdict:?}"
    );
}

#[test]
fn who_stands_ready_is_found_by_the_place_of_the_number_that_comes_next() {
    let mut house = house(&[far_apart()]);
    let (first, _) = house.ring_under(0).unwrap();
    // Nothing but the hour stands against it from now on.
    house.policy.retry = crate::campaign::RetryRules::new([], jiff::SignedDuration::ZERO);
    house.policy.limits.smallest_gap = jiff::SignedDuration::ZERO;
    house.end(first, Disposition::Busy);
    let waits = |second| {
        let waits = house
            .ledger
            .waits(house.campaign.id, &house.policy, at(second));
        waits.unwrap().remove(0).why
    };
    assert_eq!(waits(2 * HOUR), None, "a busy number comes again");
    let tx = rusqlite::Connection::open(house.path()).unwrap();
    tx.execute("UPDATE attempts SET disposition = 'no_answer'", [])
        .unwrap();
    house
        .ledger
        .plan_campaign(house.campaign.id, &house.policy, &Numbering::default())
        .unwrap();
    assert_eq!(waits(2 * HOUR).as_deref(), Some("calling_window"));
    assert_eq!(house.due(2 * HOUR), Some(15 * HOUR));
}

#[test]
fn a_claim_that_grew_old_is_judged_by_the_clock_of_the_number_it_rings() {
    let house = house(&[far_apart()]);
    let (first, _) = house.ring_under(0).unwrap();
    house.misses(first, 0);
    let claimed = house.claim_at(house.run.id, 15 * HOUR).lead().unwrap();
    // Nine in the evening there; two in the afternoon in Moscow.
    let refused = house.begin_under(&claimed, 27 * HOUR).unwrap_err();
    assert!(matches!(refused, StoreError::OutsideHours(_)), "{refused}");
    house.begin_under(&claimed, 25 * HOUR).unwrap();
}

#[test]
fn a_list_says_by_one_zone_where_all_numbers_of_a_lead_live() {
    let mut lead = far_apart();
    lead.terms.timezone = Zone::parse("Asia/Omsk").ok();
    let house = house(&[lead]);
    let (first, _) = house.ring_under(0).unwrap();
    let verdict = house.misses(first, 0);
    assert!(
        matches!(verdict, Some(Verdict::NotBefore(until, _)) if until == at(2 * HOUR)),
        "{verdict:?}"
    );
}

#[test]
fn a_number_that_the_list_brings_later_has_its_place_too() {
    let house = house(&[Lead::new(moscow(), 2)]);
    let (first, _) = house.ring_under(0).unwrap();
    house.misses(first, 0);
    assert_eq!(house.due(1), Some(2 * HOUR));
    house.import_placed(&[far_apart()], at(10));
    let Claim::Later(until, why) = house.claim_at(house.run.id, 3 * HOUR) else {
        panic!("its next number sleeps");
    };
    assert_eq!((until, why.as_str()), (at(15 * HOUR), "calling_window"));
}

#[test]
fn statistics_and_forecasts_know_where_each_number_lives() {
    let house = house(&[far_apart()]);
    let (first, _) = house.ring_under(0).unwrap();
    house.misses(first, 0);
    let (second, _) = house.ring_under(15 * HOUR).unwrap();
    house.misses(second, 15 * HOUR);
    let mut hours = Vec::new();
    let (ledger, campaign) = (&house.ledger, house.campaign.id);
    ledger
        .each_fact(campaign, None, &TimeZone::UTC, &mut |fact| {
            hours.push(fact.hour);
        })
        .unwrap();
    assert_eq!(hours, [11, 9]);
    let mut left = Vec::new();
    ledger
        .each_left(campaign, &mut |lead| left.push(lead))
        .unwrap();
    let zone = |area| ledger.area_zones(area, &house.policy).unwrap().remove(0);
    let [lead] = &left[..] else {
        panic!("one lead");
    };
    assert_eq!(lead.number, moscow());
    assert_eq!(zone(lead.area).iana_name(), Some("Europe/Moscow"));
    let [(other, area)] = &lead.others[..] else {
        panic!("one other number");
    };
    assert_eq!(other.number, vladivostok());
    assert_eq!(zone(*area).iana_name(), Some("Asia/Vladivostok"));
}
