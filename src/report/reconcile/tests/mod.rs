//! The matcher on small cases, and on a rehearsed month.

mod month;

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn attempt(id: i64, when: &str, talked: u32) -> RungAttempt {
    RungAttempt {
        id: AttemptId(id),
        at: at(when),
        called: "79000000001".to_owned(),
        caller_id: Some("74950000000".to_owned()),
        talked: Some(talked),
    }
}

fn leg(id: &str, when: &str, talked: u32) -> ProviderLeg {
    ProviderLeg {
        id: id.to_owned(),
        session: None,
        at: at(when),
        calling: "74950000000".to_owned(),
        called: "79000000001".to_owned(),
        talked: Some(talked),
        charged_seconds: None,
        direction: None,
        per_minute: None,
        charge: Some(Money(10_000)),
        finish: None,
    }
}

fn matched(attempts: &[RungAttempt], legs: &[ProviderLeg]) -> Vec<(i64, String)> {
    let found = reconcile(attempts, &calls(legs), &BTreeSet::new());
    let pairs = found.pairs.iter();
    pairs
        .map(|(id, call)| (id.0, call.legs.join("+")))
        .collect()
}

#[test]
fn a_call_is_known_by_number_caller_id_time_and_talk() {
    let ours = [attempt(1, "2026-11-02T10:00:00Z", 40)];
    let same = leg("a", "2026-11-02T10:00:03Z", 41);
    assert_eq!(
        matched(&ours, std::slice::from_ref(&same)),
        [(1, "a".to_owned())]
    );
    let strangers = [
        ProviderLeg {
            called: "79000000002".to_owned(),
            ..same.clone()
        },
        ProviderLeg {
            calling: "74950000009".to_owned(),
            ..same.clone()
        },
        ProviderLeg {
            at: at("2026-11-02T10:00:20Z"),
            ..same.clone()
        },
        ProviderLeg {
            talked: Some(90),
            ..same.clone()
        },
        ProviderLeg {
            talked: Some(0),
            ..same
        },
    ];
    for stranger in strangers {
        assert_eq!(matched(&ours, &[stranger]), []);
    }
}

#[test]
fn spellings_of_numbers_and_the_login_of_the_line_do_not_matter() {
    let ours = [attempt(1, "2026-11-02T10:00:00Z", 0)];
    let other = ProviderLeg {
        calling: "0012345".to_owned(),
        called: "8 (900) 000-00-01".to_owned(),
        ..leg("a", "2026-11-02T10:00:00Z", 0)
    };
    assert_eq!(matched(&ours, &[other]), [(1, "a".to_owned())]);
}

#[test]
fn a_number_that_the_line_shows_in_place_of_ours_is_ours() {
    let ours = [attempt(1, "2026-11-02T10:00:00Z", 0)];
    let replaced = ProviderLeg {
        calling: "74950000007".to_owned(),
        ..leg("a", "2026-11-02T10:00:00Z", 0)
    };
    let calls = calls(&[replaced]);
    let shown = BTreeSet::from(["74950000007".to_owned()]);
    assert_eq!(reconcile(&ours, &calls, &shown).pairs.len(), 1);
    assert_eq!(reconcile(&ours, &calls, &BTreeSet::new()).pairs.len(), 0);
}

#[test]
fn legs_of_one_session_are_one_call_and_their_charges_add_up() {
    let of_session = |id: &str, seconds: u32| ProviderLeg {
        session: Some("s".to_owned()),
        ..leg(id, "2026-11-02T10:00:00Z", seconds)
    };
    let calls = calls(&[of_session("a", 0), of_session("b", 30)]);
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0].charge, Some(Money(20_000)));
    assert_eq!(calls[0].talked, Some(30));
}

#[test]
fn what_fits_two_is_matched_with_neither() {
    let ours = [attempt(1, "2026-11-02T10:00:00Z", 40)];
    let legs = [
        leg("a", "2026-11-02T10:00:01Z", 40),
        leg("b", "2026-11-02T10:00:05Z", 42),
    ];
    let found = reconcile(&ours, &calls(&legs), &BTreeSet::new());
    assert_eq!((found.pairs.len(), found.doubtful.len()), (0, 2));
    assert_eq!(found.only_here, [AttemptId(1)]);
    let twice = [
        attempt(1, "2026-11-02T10:00:00Z", 40),
        attempt(2, "2026-11-02T10:00:08Z", 40),
    ];
    let found = reconcile(&twice, &calls(&legs[..1]), &BTreeSet::new());
    assert_eq!((found.pairs.len(), found.only_here.len()), (0, 2));
}

#[test]
fn a_clock_that_is_minutes_off_is_found_out_if_enough_calls_agree() {
    let ours: Vec<RungAttempt> = (0..6)
        .map(|n| attempt(n, &format!("2026-11-02T1{n}:00:00Z"), 0))
        .collect();
    let legs: Vec<ProviderLeg> = (0..6)
        .map(|n| leg(&n.to_string(), &format!("2026-11-02T1{n}:04:0{n}Z"), 0))
        .collect();
    assert_eq!(matched(&ours, &legs).len(), 6);
    assert_eq!(matched(&ours[..4], &legs[..4]).len(), 0, "too few to tell");
}

#[test]
fn an_attempt_whose_end_was_not_seen_fits_any_talk() {
    let unseen = RungAttempt {
        talked: None,
        ..attempt(1, "2026-11-02T10:00:00Z", 0)
    };
    assert_eq!(
        matched(&[unseen], &[leg("a", "2026-11-02T10:00:02Z", 77)]).len(),
        1
    );
}

#[test]
fn what_is_charged_for_tells_only_whether_anybody_answered() {
    let charged = |seconds: u32| ProviderLeg {
        talked: None,
        charged_seconds: Some(seconds),
        ..leg("a", "2026-11-02T10:00:02Z", 0)
    };
    let answered = [attempt(1, "2026-11-02T10:00:00Z", 12)];
    let unanswered = [attempt(1, "2026-11-02T10:00:00Z", 0)];
    assert_eq!(matched(&answered, &[charged(60)]).len(), 1);
    assert_eq!(matched(&unanswered, &[charged(60)]).len(), 0);
    assert_eq!(matched(&unanswered, &[charged(0)]).len(), 1);
}
