//! What a run is told of the calls before it.

use super::*;
use crate::campaign::DROPPED;

#[test]
fn calls_are_counted_by_the_number_they_showed_and_remembered_in_their_order() {
    let house = House::with_leads(&[1, 2, 3]);
    let shown = |number: &str| Some(number.to_owned());
    let mut attempts = Vec::new();
    for (caller_id, second) in [
        ("+74950000001", 1),
        ("+74950000002", 20),
        ("+74950000001", 40),
    ] {
        let lead = house.claim(house.run.id).unwrap();
        let attempt = NewAttempt {
            caller_id: shown(caller_id),
            at: at(second),
            ..attempt_of(&lead, house.run.id)
        };
        attempts.push(house.ledger.begin_attempt(&attempt).unwrap());
    }
    for (attempt, second) in attempts.iter().zip([2, 21]) {
        house.ledger.mark_dialled(*attempt, at(second)).unwrap();
    }
    let counts = house.ledger.calls_by_caller_id(at(0)).unwrap();
    let expected = [("+74950000001", 1), ("+74950000002", 1)];
    let expected = expected.map(|(number, count)| (number.to_owned(), count));
    assert_eq!(
        counts,
        expected.into_iter().collect(),
        "the third was never sent"
    );
    assert_eq!(house.ledger.calls_by_caller_id(at(20)).unwrap().len(), 1);

    let ledger = &house.ledger;
    ledger.mark_answered(attempts[1], at(30)).unwrap();
    let mut end = AttemptEnd::new(attempts[1], Disposition::Answered, at(33));
    end.outcome = Some(DROPPED.to_owned());
    ledger.end_attempt(&end).unwrap();
    let end = AttemptEnd::new(attempts[0], Disposition::Busy, at(35));
    ledger.end_attempt(&end).unwrap();
    let past = ledger.past_calls(house.campaign.id, 10).unwrap();
    assert_eq!(past.len(), 2);
    assert_eq!((past[0].placed, past[0].answered), (at(21), Some(at(30))));
    assert!(past[0].dropped && !past[1].dropped);
    assert_eq!(past[1].disposition, Disposition::Busy);
    assert_eq!(ledger.past_calls(house.campaign.id, 1).unwrap(), past[1..]);
}

#[test]
fn all_who_ring_with_a_caller_id_share_its_day() {
    let house = House::with_leads(&[1, 2, 3]);
    let caller_day = CallerDay {
        since: at(0),
        calls: 2,
    };
    let rules = AttemptRules {
        policy: &house.policy,
        caller_day: Some(caller_day),
    };
    let begin = |run, rules: &AttemptRules<'_>| {
        let lead = house.claim(run).unwrap();
        let begun = house
            .ledger
            .begin_attempt_under(&attempt_of(&lead, run), rules);
        if begun.is_err() {
            house.ledger.release_lead(lead.id).unwrap();
        }
        begun
    };
    // A single call of another process, and one that was not sent after all.
    let other = house.reopened();
    let single = other.begin_attempt(&single(house.run.id, &number(9)));
    other.mark_dialled(single.unwrap(), at(2)).unwrap();
    let unsent = begin(house.run.id, &rules).unwrap();
    let refused = begin(house.later_run(1), &rules).unwrap_err();
    assert!(
        matches!(&refused, StoreError::CallerIdSpent(id) if id == "79000009999"),
        "{refused:?}"
    );
    house.end(unsent, Disposition::Failed);
    begin(house.run.id, &rules).unwrap();
    let tomorrow = AttemptRules {
        caller_day: Some(CallerDay {
            since: at(2),
            ..caller_day
        }),
        ..rules
    };
    assert!(begin(house.run.id, &rules).is_err());
    begin(house.run.id, &tomorrow).unwrap();
}
