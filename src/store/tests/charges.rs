//! Charges: written by the provider's ids, and not twice.

use super::*;
use crate::campaign::Money;
use crate::report::ProviderLeg;
use crate::store::ChargesRecorded;

fn leg(id: &str, charge: i64) -> ProviderLeg {
    ProviderLeg {
        id: id.to_owned(),
        session: Some(format!("s{id}")),
        at: Timestamp::UNIX_EPOCH,
        calling: "74950000000".to_owned(),
        called: "79000000001".to_owned(),
        talked: Some(30),
        charged_seconds: Some(60),
        direction: Some("mobile".to_owned()),
        per_minute: Some(Money(25_000)),
        charge: Some(Money(charge)),
        finish: None,
    }
}

/// A finished call to the first lead, dialled at second 10 and talked over for 20 s.
fn finished(house: &House) -> AttemptId {
    let claimed = house.claim(house.run.id).unwrap();
    let attempt = attempt_of(&claimed, house.run.id);
    let id = house.ledger.begin_attempt(&attempt).unwrap();
    house.ledger.mark_dialled(id, at(10)).unwrap();
    house.ledger.mark_answered(id, at(15)).unwrap();
    let end = AttemptEnd::new(id, Disposition::Answered, at(35));
    house.ledger.end_attempt(&end).unwrap();
    id
}

#[test]
fn a_charge_is_kept_once_and_brought_up_to_date() {
    let house = House::with_leads(&[1]);
    let attempt = finished(&house);
    let recorded = |new, changed| ChargesRecorded { new, changed };
    let legs = [(leg("a", 50_000), Some(attempt)), (leg("b", 25_000), None)];
    assert_eq!(house.ledger.record_charges(&legs).unwrap(), recorded(2, 0));
    assert_eq!(house.ledger.record_charges(&legs).unwrap(), recorded(0, 0));
    let missed = [(leg("a", 51_000), None)];
    assert_eq!(
        house.ledger.record_charges(&missed).unwrap(),
        recorded(0, 1)
    );
    let charged = house.ledger.charged_of_attempt(attempt).unwrap();
    assert_eq!(charged, Some(Money(51_000)), "the match is not forgotten");
    let all = house.ledger.charged_of_campaign(house.campaign.id).unwrap();
    assert_eq!(all, (1, Money(51_000)));
    let kept = house
        .reopened()
        .charges_since(Timestamp::UNIX_EPOCH)
        .unwrap();
    assert_eq!(kept, [leg("a", 51_000), leg("b", 25_000)]);
}

#[test]
fn an_attempt_tells_what_it_is_known_by() {
    let house = House::with_leads(&[1, 2]);
    let id = finished(&house);
    // The second was never dialled: the provider cannot know of it.
    let claimed = house.claim(house.run.id).unwrap();
    let attempt = attempt_of(&claimed, house.run.id);
    house.ledger.begin_attempt(&attempt).unwrap();
    let found = house.ledger.dialled_between(at(0), at(100)).unwrap();
    let [one] = found.as_slice() else {
        panic!("{found:?}");
    };
    assert_eq!(
        (one.rung.id, one.rung.at, one.rung.talked),
        (id, at(10), Some(20))
    );
    assert_eq!(one.rung.called, "79000000001");
    assert_eq!(
        house.ledger.dialled_span(house.campaign.id).unwrap(),
        Some((at(10), at(10)))
    );
    assert_eq!(house.ledger.dialled_between(at(11), at(100)).unwrap(), []);
}
