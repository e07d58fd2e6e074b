//! Import, claims, and who is rung again.

use super::*;
use crate::campaign::{Verdict, WhyNever};

#[test]
fn leads_come_in_the_order_of_the_list_and_once() {
    let house = House::with_leads(&[3, 1, 2]);
    let mut rung = Vec::new();
    while let Some(lead) = house.claim(house.run.id) {
        rung.push(lead.number);
    }
    assert_eq!(rung, [number(1), number(2), number(3)]);
    assert_eq!(house.due(1), None);
    assert_eq!(house.claim_at(house.run.id, 1), Claim::Exhausted);
}

#[test]
fn a_lead_brings_its_name_and_its_fields() {
    let house = House::with_leads(&[1]);
    let row = house.claim(house.run.id).unwrap();
    assert_eq!(row.name.as_deref(), Some("Lead 1"));
    assert_eq!(row.fields["company"], "Ромашка");
    assert_eq!((row.line, row.attempts), (2, 0));
}

#[test]
fn a_released_lead_may_be_claimed_again_by_anyone() {
    let house = House::with_leads(&[1]);
    let first = house.claim(house.run.id).unwrap();
    house.ledger.release_lead(first.id).unwrap();
    let second = house.claim(house.run.id).unwrap();
    let attempt = attempt_of(&second, house.run.id);
    let id = house.ledger.begin_attempt(&attempt).unwrap();
    house.ledger.release_lead(second.id).unwrap();
    let counts = house.ledger.lead_counts(house.campaign.id).unwrap();
    assert_eq!(
        counts.in_call, 1,
        "a lead with an open attempt cannot be released"
    );
    house.ledger.mark_dialled(id, at(2)).unwrap();
    house.end(id, Disposition::Answered);
    house.ledger.release_lead(second.id).unwrap();
    let counts = house.ledger.lead_counts(house.campaign.id).unwrap();
    assert_eq!(counts.done, 1, "nor one that is done");
}

#[test]
fn a_second_import_adds_and_updates_and_resets_nothing() {
    let house = House::with_leads(&[1, 2]);
    let attempt = house.ring(house.run.id);
    house.end(attempt, Disposition::Answered);
    let mut changed = lead(1);
    changed.name = None;
    let moved = Lead { line: 9, ..lead(2) };
    let report = house
        .ledger
        .import_leads(house.campaign.id, &[changed, moved, lead(3)], at(0))
        .unwrap();
    let expected = ImportReport {
        added: 1,
        updated: 1,
        unchanged: 1,
        repeats: Vec::new(),
    };
    assert_eq!(report, expected);
    let counts = house.ledger.lead_counts(house.campaign.id).unwrap();
    assert_eq!((counts.done, counts.new, counts.total()), (1, 2, 3));
    assert_eq!(
        house.claim(house.run.id).unwrap().number,
        number(3),
        "line 4 before line 9"
    );
}

#[test]
fn an_import_in_pieces_merges_what_repeats_and_a_later_one_replaces() {
    let house = House::with_leads(&[]);
    let import = house.ledger.begin_import(house.campaign.id, at(1)).unwrap();
    let rules = ImportRules::default();
    let add =
        |import: &ImportId, leads: &[Lead]| house.ledger.add_leads(import, leads, &rules).unwrap();
    let nameless = Lead {
        name: None,
        ..lead(1)
    };
    assert_eq!(add(&import, std::slice::from_ref(&nameless)).added, 1);
    let mut repeat = Lead {
        line: 40,
        ..lead(1)
    };
    repeat.terms.priority = 7;
    repeat
        .fields
        .insert("company".to_owned(), "Вектор".to_owned());
    let report = add(&import, &[repeat]);
    let expected = Repeat {
        line: 40,
        first_line: 2,
    };
    assert_eq!((report.added, report.repeats), (0, vec![expected]));
    let claimed = house.claim(house.run.id).unwrap();
    assert_eq!(claimed.name.as_deref(), Some("Lead 1"));
    assert_eq!(claimed.fields["company"], "Ромашка", "the first row wins");
    assert_eq!(claimed.terms.priority, 7);
    house.ledger.release_lead(claimed.id).unwrap();

    let later = house.ledger.begin_import(house.campaign.id, at(2)).unwrap();
    assert_eq!(add(&later, &[nameless]).updated, 1);
    let claimed = house.claim(house.run.id).unwrap();
    assert_eq!((claimed.name, claimed.terms.priority), (None, 0));
}

#[test]
fn two_desks_behind_one_number_are_two_leads() {
    let house = House::with_leads(&[]);
    let desk = |digits: &str| Lead {
        extension: crate::phone::Extension::parse(digits),
        ..lead(1)
    };
    let leads = [desk("12"), desk("13"), desk("12")];
    let report = house
        .ledger
        .import_leads(house.campaign.id, &leads, at(1))
        .unwrap();
    assert_eq!((report.added, report.repeats.len()), (2, 1));
    let first = house.claim(house.run.id).unwrap();
    assert_eq!(first.extension.unwrap().as_str(), "12");
    assert_eq!(house.claim(house.run.id), None, "the number is being rung");
}

#[test]
fn counts_name_every_lead_once() {
    let house = House::with_leads(&[1, 2, 3, 4, 5]);
    let done = house.ring(house.run.id);
    house.end(done, Disposition::Answered);
    let busy = house.ring(house.run.id);
    house.end(busy, Disposition::Busy);
    house.ring(house.run.id);
    for last in [1, 4] {
        house
            .ledger
            .forbid(&number(last), "x", None, at(9))
            .unwrap();
    }
    let expected = LeadCounts {
        new: 1,
        in_call: 1,
        done: 1,
        retry: 1,
        forbidden: 1,
        ..LeadCounts::default()
    };
    assert_eq!(
        house.ledger.lead_counts(house.campaign.id).unwrap(),
        expected
    );
}

#[test]
fn a_campaigns_name_belongs_to_one_list() {
    let house = House::with_leads(&[]);
    let error = house
        .ledger
        .open_campaign("spring", "/elsewhere/spring.csv", None, at(1))
        .unwrap_err();
    assert!(matches!(error, StoreError::CampaignPathDiffers { .. }));
    assert!(error.to_string().contains("/lists/spring.csv"));
    let again = house
        .ledger
        .open_campaign("spring", "/lists/spring.csv", Some("offer.ru.toml"), at(1))
        .unwrap();
    assert_eq!(again.id, house.campaign.id);
    assert_eq!(house.ledger.campaign("spring").unwrap(), again);
    assert_eq!(again.scenario.as_deref(), Some("offer.ru.toml"));
    assert_eq!(house.ledger.campaigns().unwrap(), [again]);
    let missing = house.ledger.campaign("winter");
    assert!(matches!(missing, Err(StoreError::NoSuchCampaign(_))));
}

#[test]
fn a_lead_that_was_put_aside_is_told_so_and_tried_again_by_the_next_run() {
    let house = House::with_leads(&[1, 2]);
    let (ledger, campaign) = (&house.ledger, house.campaign.id);
    let with_city = |last| {
        let mut lead = lead(last);
        lead.fields.insert("city".to_owned(), "Пермь".to_owned());
        lead
    };
    house.import(&[with_city(2)], 1);
    let brought = || ledger.variables_of_all(campaign).unwrap().contains("city");
    assert!(!brought());
    assert!(ledger.variables_of_any(campaign).unwrap().contains("city"));
    let aside = house.claim(house.run.id).unwrap();
    assert_eq!(aside.number, number(1));
    ledger.set_aside(aside.id, &WhyNever::NoValue).unwrap();
    assert_eq!(ledger.lead_counts(campaign).unwrap().refused, 1);
    assert!(brought(), "those that are left all bring it");
    let view = ledger
        .lead(aside.id, &house.policy, at(2))
        .unwrap()
        .unwrap();
    assert_eq!(view.verdict, Verdict::Never(WhyNever::NoValue));
    let next = || house.claim(house.run.id).map(|lead| lead.number);
    assert_eq!((next(), next()), (Some(number(2)), None));
    // Another policy plans anew, and does not count on it.
    let policy = LeadPolicy {
        needs_consent: true,
        ..house.policy.clone()
    };
    let numbering = crate::phone::Numbering::default();
    ledger.plan_campaign(campaign, &policy, &numbering).unwrap();
    assert!(brought());
    ledger
        .set_aside(house.claim(house.run.id).unwrap().id, &WhyNever::NoValue)
        .unwrap();
    assert_eq!(ledger.try_aside_again(campaign).unwrap(), 1);
    assert_eq!(next(), Some(number(1)));
    ledger.set_aside(aside.id, &WhyNever::TextRefused).unwrap();
    assert!(!brought(), "it has all, and is asked like the others");
    assert_eq!(ledger.try_aside_again(campaign).unwrap(), 1);
    assert_eq!(next(), Some(number(1)));
    assert_eq!(ledger.leads_aside(campaign).unwrap(), 0);
    ledger.set_aside(aside.id, &WhyNever::SpeechFault).unwrap();
    assert_eq!(ledger.leads_aside(campaign).unwrap(), 1);
    assert_eq!(ledger.try_aside_again(campaign).unwrap(), 1);
    assert_eq!(next(), Some(number(1)));
    ledger.set_aside(aside.id, &WhyNever::TextRefused).unwrap();
    let view = ledger
        .lead(aside.id, &house.policy, at(2))
        .unwrap()
        .unwrap();
    assert_eq!(view.verdict, Verdict::Never(WhyNever::TextRefused));
    house.import(&[with_city(1)], 3);
    assert_eq!(next(), Some(number(1)), "its row was mended");
}
