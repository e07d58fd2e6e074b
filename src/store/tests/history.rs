//! Calls as they are listed, shown, counted and deleted.

use serde_json::json;

use super::*;
use crate::line::Cause;
use crate::report::OutcomeCount;

fn event(at_ms: i64, kind: &str, detail: serde_json::Value) -> EventRow {
    EventRow {
        at_ms,
        kind: kind.to_owned(),
        detail,
    }
}

fn turn(seq: u32, speaker: Speaker, text: &str) -> TurnRow {
    TurnRow {
        seq,
        speaker,
        text: text.to_owned(),
        state: Some("greeting".to_owned()),
        intent: None,
        advised: false,
        at_ms: i64::from(seq) * 1000,
        duration_ms: Some(900),
        latency_ms: (speaker == Speaker::Bot).then_some(400 + i64::from(seq)),
        cut_at_ms: None,
    }
}

#[test]
fn a_call_is_shown_as_it_was() {
    let house = House::with_leads(&[1]);
    let id = house.ring(house.run.id);
    let cut = TurnRow {
        cut_at_ms: Some(300),
        ..turn(0, Speaker::Bot, "Здравствуйте")
    };
    let turns = [cut, turn(1, Speaker::Callee, "алло")];
    house
        .ledger
        .record_turn(id, &turn(0, Speaker::Bot, "Здрав"))
        .unwrap();
    house.ledger.record_turn(id, &turns[1]).unwrap();
    house.ledger.record_turn(id, &turns[0]).unwrap();
    house
        .ledger
        .record_events(id, &[event(5, "ringing", json!(null))])
        .unwrap();
    let detail = json!({"text": "алло"});
    house
        .ledger
        .record_events(id, &[event(9, "heard", detail.clone())])
        .unwrap();
    house.ledger.mark_ringing(id, at(3)).unwrap();
    house.ledger.mark_answered(id, at(4)).unwrap();
    let end = AttemptEnd {
        outcome: Some("agreed".to_owned()),
        cause: Some(Cause(16)),
        sip: Some(200),
        hung_up_by: Some(HungUpBy::Bot),
        answered_at: Some(at(5)),
        ring_ms: Some(1000),
        talk_ms: Some(5000),
        recording: Some("recordings/1.wav".into()),
        data: json!({"slot": 1}),
        ..AttemptEnd::new(id, Disposition::Answered, at(9))
    };
    house.ledger.end_attempt(&end).unwrap();

    let shown = house.reopened().call(CallRef::Last).unwrap();
    assert_eq!(shown, house.ledger.call(CallRef::Id(id)).unwrap());
    assert_eq!(shown.turns, turns);
    assert_eq!(shown.events.len(), 2);
    assert_eq!(
        (shown.events[1].at_ms, &shown.events[1].detail),
        (9, &detail)
    );
    let call = shown.call;
    assert_eq!(call.disposition, Some(Disposition::Answered));
    assert_eq!(call.outcome.as_deref(), Some("agreed"));
    assert_eq!((call.cause, call.sip), (Some(Cause(16)), Some(200)));
    assert_eq!(call.hung_up_by, Some(HungUpBy::Bot));
    assert_eq!(
        (call.ringing_at, call.answered_at),
        (Some(at(3)), Some(at(5)))
    );
    assert_eq!((call.ring_ms, call.talk_ms), (Some(1000), Some(5000)));
    assert_eq!(call.recording, Some("recordings/1.wav".into()));
    assert_eq!(call.data, json!({"slot": 1}));
    assert_eq!(
        (call.campaign.as_deref(), call.name.as_deref()),
        (Some("spring"), Some("Lead 1"))
    );
    assert_eq!((call.ordinal, call.app), (1, house.run.app.clone()));
    assert_eq!(
        house.ledger.latencies(None, Some(house.run.id)).unwrap(),
        [400]
    );
}

#[test]
fn calls_are_found_by_every_filter() {
    let house = House::with_leads(&[1, 2, 3]);
    for (outcome, disposition) in [
        (Some("agreed"), Disposition::Answered),
        (Some("refused"), Disposition::Answered),
        (None, Disposition::Busy),
    ] {
        let id = house.ring(house.run.id);
        let end = AttemptEnd {
            outcome: outcome.map(str::to_owned),
            ..AttemptEnd::new(id, disposition, at(9))
        };
        house.ledger.end_attempt(&end).unwrap();
    }
    let late = NewAttempt {
        at: at(100),
        scenario: Some("offer".to_owned()),
        ..single(house.run.id, &number(9))
    };
    house.ledger.begin_attempt(&late).unwrap();
    let found = |filter: CallFilter| -> Vec<i64> {
        let calls = house.ledger.calls(&filter).unwrap();
        calls.iter().map(|call| call.attempt.0).collect()
    };
    let all = CallFilter::default;
    assert_eq!(found(all()), [4, 3, 2, 1]);
    assert_eq!(
        found(CallFilter {
            disposition: Some(Disposition::Busy),
            ..all()
        }),
        [3]
    );
    assert_eq!(
        found(CallFilter {
            outcome: Some("agreed".into()),
            ..all()
        }),
        [1]
    );
    assert_eq!(
        found(CallFilter {
            number: Some(number(2)),
            ..all()
        }),
        [2]
    );
    assert_eq!(
        found(CallFilter {
            campaign: Some("spring".into()),
            ..all()
        }),
        [3, 2, 1]
    );
    for (scenario, calls) in [("no-such", vec![]), ("offer", vec![4])] {
        let scenario = Some(scenario.to_owned());
        assert_eq!(found(CallFilter { scenario, ..all() }), calls);
    }
    assert_eq!(
        found(CallFilter {
            since: Some(at(50)),
            ..all()
        }),
        [4]
    );
    assert_eq!(
        found(CallFilter {
            limit: Some(2),
            ..all()
        }),
        [4, 3]
    );

    let counts = house.ledger.summary(Some(house.campaign.id), None).unwrap();
    assert_eq!(counts.len(), 3);
    let busy = OutcomeCount {
        disposition: Disposition::Busy,
        outcome: None,
        count: 1,
    };
    assert!(counts.contains(&busy));
    assert_eq!(house.ledger.summary(None, Some(RunId(99))).unwrap(), []);
}

#[test]
fn a_deleted_call_leaves_no_word_in_the_file_and_its_number_stays_done() {
    let house = House::with_leads(&[1]);
    let id = house.ring(house.run.id);
    let secret = "SECRET-WORDS-OF-THE-CALLEE";
    house
        .ledger
        .record_turn(id, &turn(0, Speaker::Callee, secret))
        .unwrap();
    house
        .ledger
        .record_events(id, &[event(5, "heard", json!(secret))])
        .unwrap();
    let open = house.ledger.delete_call(id, at(8));
    assert!(matches!(open, Err(StoreError::StillOpen(_))), "{open:?}");
    let end = AttemptEnd {
        recording: Some("r.wav".into()),
        ..AttemptEnd::new(id, Disposition::Answered, at(9))
    };
    house.ledger.end_attempt(&end).unwrap();
    let deleted = house.ledger.delete_call(id, at(10)).unwrap();
    assert_eq!(deleted.recording, Some("r.wav".into()));
    let again = house.ledger.delete_call(id, at(11));
    assert!(matches!(again, Err(StoreError::NoSuchCall(_))), "{again:?}");
    let last = house.ledger.call(CallRef::Last);
    assert!(matches!(last, Err(StoreError::NoCalls)), "{last:?}");
    assert_eq!(house.ledger.calls(&CallFilter::default()).unwrap(), []);
    assert_eq!(house.claim(house.later_run(60)), None);
    for file in std::fs::read_dir(house.folder.path()).unwrap() {
        let path = file.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let found = bytes
            .windows(secret.len())
            .any(|part| part == secret.as_bytes());
        assert!(!found, "{}", path.display());
    }
}

#[test]
fn several_calls_are_deleted_together_or_none_of_them() {
    let house = House::with_leads(&[1, 2]);
    let (ended, open) = (house.ring(house.run.id), house.ring(house.run.id));
    let end = AttemptEnd::new(ended, Disposition::Answered, at(9));
    house.ledger.end_attempt(&end).unwrap();
    let calls = || {
        let calls = house.ledger.calls(&CallFilter::default()).unwrap();
        calls.len()
    };
    let refused = house.ledger.delete_calls(&[ended, open], at(10));
    assert!(matches!(refused, Err(StoreError::StillOpen(id)) if id == open));
    assert_eq!(calls(), 2);
    house.ledger.delete_calls(&[ended], at(11)).unwrap();
    assert_eq!(calls(), 1);
}

#[test]
fn a_call_is_named_by_its_digits_or_as_the_last() {
    assert_eq!("42".parse(), Ok(CallRef::Id(AttemptId(42))));
    assert_eq!("last".parse(), Ok(CallRef::Last));
    assert!("first".parse::<CallRef>().is_err());
}
