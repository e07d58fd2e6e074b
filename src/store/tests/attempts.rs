//! Runs and attempts: what is refused, and what a dead run leaves behind.

use serde_json::json;

use super::*;
use crate::campaign::{Verdict, WhyNever};
use crate::phone::CellNumber;

#[test]
fn a_number_is_never_rung_twice_at_once_whatever_the_campaign() {
    let house = House::with_leads(&[1, 2]);
    let other = house
        .ledger
        .open_campaign("autumn", "/lists/autumn.csv", None, at(0))
        .unwrap();
    house
        .ledger
        .import_leads(other.id, &[lead(1)], at(0))
        .unwrap();
    let next = |second| {
        let run = house.later_run(second);
        let claim = house
            .ledger
            .next_lead(other.id, run, &house.policy, at(second));
        claim.unwrap().lead()
    };

    let claimed = house.claim(house.run.id).unwrap();
    assert_eq!(next(1), None, "claimed elsewhere");
    let taken = house
        .ledger
        .begin_attempt(&single(house.run.id, &number(1)));
    assert!(matches!(taken, Err(StoreError::Claimed(_))), "{taken:?}");
    let attempt = attempt_of(&claimed, house.run.id);
    let id = house.ledger.begin_attempt(&attempt).unwrap();
    assert_eq!(next(7), None, "rung elsewhere");
    let busy = house
        .ledger
        .begin_attempt(&single(house.run.id, &number(1)));
    let Err(StoreError::Busy { attempt, run }) = busy else {
        panic!("{busy:?}");
    };
    assert_eq!((attempt, run), (id, house.run.id));

    house.end(id, Disposition::Answered);
    let again = next(60).unwrap();
    assert_eq!(
        again.number,
        number(1),
        "done there, new here: it was never dialled"
    );
}

#[test]
fn only_the_run_that_claimed_a_lead_may_ring_it() {
    let house = House::with_leads(&[1, 2]);
    let claimed = house.claim(house.run.id).unwrap();
    let refused = |attempt: NewAttempt| {
        let result = house.ledger.begin_attempt(&attempt);
        assert!(
            matches!(result, Err(StoreError::NotClaimed(_))),
            "{result:?}"
        );
    };
    refused(attempt_of(&claimed, house.later_run(1)));
    refused(NewAttempt {
        number: number(2),
        ..attempt_of(&claimed, house.run.id)
    });
    house.ledger.release_lead(claimed.id).unwrap();
    refused(attempt_of(&claimed, house.run.id));
}

#[test]
fn the_opt_out_stops_every_way_to_ring_a_number() {
    let house = House::with_leads(&[1, 2]);
    let lead = house.claim(house.run.id).unwrap();
    let attempt = attempt_of(&lead, house.run.id);
    let id = house.ledger.begin_attempt(&attempt).unwrap();
    assert!(
        house
            .ledger
            .forbid(&number(1), "asked", Some(id), at(5))
            .unwrap()
    );
    assert!(
        house
            .ledger
            .forbid(&number(2), "a list", None, at(6))
            .unwrap()
    );
    assert!(
        !house
            .ledger
            .forbid(&number(2), "again", None, at(7))
            .unwrap()
    );

    let other_process = house.reopened();
    let entry = other_process.is_forbidden(&number(2)).unwrap().unwrap();
    assert_eq!((entry.reason.as_str(), entry.added_at), ("a list", at(6)));
    let dialled = other_process.mark_dialled(id, at(8));
    assert!(
        matches!(dialled, Err(StoreError::Forbidden(_))),
        "{dialled:?}"
    );
    let begun = other_process.begin_attempt(&single(house.run.id, &number(2)));
    let Err(StoreError::Forbidden(entry)) = begun else {
        panic!("{begun:?}");
    };
    assert_eq!(entry.number, number(2));
    assert_eq!(house.claim(house.run.id), None);
    let mut listed = Vec::new();
    other_process
        .each_forbidden::<StoreError>(&mut |entry| {
            listed.push(entry);
            Ok(())
        })
        .unwrap();
    assert_eq!(listed.len(), 2);
    assert_eq!(listed[1].attempt, Some(id));

    assert!(house.ledger.allow(&number(2)).unwrap());
    assert!(!house.ledger.allow(&number(2)).unwrap());
    assert_eq!(house.claim(house.run.id).unwrap().number, number(2));
}

#[test]
fn an_application_name_belongs_to_one_run_of_one_ledger() {
    let (one, two) = (House::with_leads(&[]), House::with_leads(&[]));
    let second = one.ledger.begin_run("novodial", 7, "host", at(0)).unwrap();
    let apps = [&one.run.app, &second.app, &two.run.app];
    assert!(
        apps[0] != apps[1] && apps[0] != apps[2] && apps[1] != apps[2],
        "{apps:?}"
    );
    assert!(apps.iter().all(|app| app.starts_with("novodial-")));
    assert_eq!(one.ledger.run(second.id).unwrap(), second);

    one.ledger.end_run(one.run.id, at(5)).unwrap();
    assert_eq!(one.ledger.unfinished_runs().unwrap(), [second]);
    let missing = one.ledger.end_run(RunId(99), at(5));
    assert!(matches!(missing, Err(StoreError::NoSuchRun(RunId(99)))));
}

#[test]
fn what_a_dead_run_left_behind_is_found_and_given_back() {
    let house = House::with_leads(&[1, 2, 3]);
    let dialled = house.ring(house.run.id);
    let claimed = house.claim(house.run.id).unwrap();
    let attempt = attempt_of(&claimed, house.run.id);
    let undialled = house.ledger.begin_attempt(&attempt).unwrap();
    house.claim(house.run.id).unwrap();

    // The process dies here; another one opens the file.
    let ledger = house.reopened();
    let next = ledger.begin_run("novodial", 8, "host", at(10)).unwrap();
    let dead = ledger.unfinished_runs().unwrap().remove(0);
    let open = ledger.open_attempts(Some(dead.id)).unwrap();
    let ids: Vec<_> = open.iter().map(|attempt| attempt.id).collect();
    assert_eq!(ids, [dialled, undialled]);
    assert_eq!(open[0].app, dead.app);
    assert_eq!(open[0].dialled_at, Some(at(2)));
    assert_eq!(open[1].dialled_at, None);
    assert_eq!(open[1].channel_id, attempt.channel_id);
    for attempt in open {
        let end = AttemptEnd::new(attempt.id, Disposition::Interrupted, at(20));
        ledger.end_attempt(&end).unwrap();
    }
    ledger.end_run(dead.id, at(21)).unwrap();
    let counts = ledger.lead_counts(house.campaign.id).unwrap();
    let expected = LeadCounts {
        new: 1,
        retry: 2,
        ..LeadCounts::default()
    };
    assert_eq!(counts, expected);
    assert_eq!(ledger.open_attempts(None).unwrap(), []);
    let claim = |second| {
        let claim = ledger.next_lead(house.campaign.id, next.id, &house.policy, at(second));
        claim.unwrap().lead().map(|lead| lead.number)
    };
    assert_eq!(claim(22), Some(number(3)), "by the run that cleared up");
    assert_eq!(claim(22), None);
    assert_eq!(
        claim(20 + 5 * 60),
        Some(number(2)),
        "never dialled: a short rest"
    );
    assert_eq!(claim(20 + 14 * 60), None);
    assert_eq!(
        claim(20 + 15 * 60),
        Some(number(1)),
        "dialled: the smallest gap"
    );
}

#[test]
fn an_attempt_is_dialled_once_and_ends_once() {
    let house = House::with_leads(&[1]);
    let id = house.ring(house.run.id);
    let twice = house.ledger.mark_dialled(id, at(3));
    assert!(
        matches!(twice, Err(StoreError::AlreadyDialled(_))),
        "{twice:?}"
    );
    house.end(id, Disposition::Busy);
    let end = AttemptEnd::new(id, Disposition::Answered, at(10));
    let again = house.ledger.end_attempt(&end);
    assert!(
        matches!(again, Err(StoreError::AlreadyEnded(_))),
        "{again:?}"
    );
    let late = house.ledger.mark_answered(id, at(11));
    assert!(matches!(late, Err(StoreError::AlreadyEnded(_))), "{late:?}");
    let unknown = house.ledger.mark_ringing(AttemptId(99), at(1));
    assert!(matches!(
        unknown,
        Err(StoreError::NoSuchCall(AttemptId(99)))
    ));
}

#[test]
fn what_a_talk_came_to_outlives_the_process_that_held_it() {
    let house = House::with_leads(&[1, 2]);
    let (told, untold) = (house.ring(house.run.id), house.ring(house.run.id));
    house
        .ledger
        .conclude_attempt(
            told,
            &Conclusion {
                outcome: Some("agreed".to_owned()),
                call_back_at: Some(at(3_600)),
                data: json!({ "day": "monday" }),
            },
        )
        .unwrap();
    let nothing = Conclusion::default();
    house.ledger.conclude_attempt(told, &nothing).unwrap();
    let open = house.reopened().open_attempts(Some(house.run.id)).unwrap();
    let kept: Vec<_> = open
        .iter()
        .map(|attempt| (attempt.outcome.as_deref(), attempt.call_back_at))
        .collect();
    assert_eq!(kept, [(Some("agreed"), Some(at(3_600))), (None, None)]);
    // An end that knows nothing of it does not take it away.
    house.end(told, Disposition::Answered);
    let call = house.ledger.call(CallRef::Id(told)).unwrap();
    assert_eq!(call.call.outcome.as_deref(), Some("agreed"));
    assert_eq!(call.call.data, json!({ "day": "monday" }));
    house.end(untold, Disposition::Interrupted);
    let late = house.ledger.conclude_attempt(untold, &nothing);
    assert!(matches!(late, Err(StoreError::AlreadyEnded(_))), "{late:?}");
}

#[test]
fn the_recording_of_a_process_that_died_is_known_and_can_be_deleted() {
    let house = House::with_leads(&[1]);
    let id = house.ring(house.run.id);
    let path = std::path::Path::new("recordings/1.wav");
    house.ledger.mark_recorded(id, path).unwrap();
    // Whoever ends the call for it knows of no recording.
    house.end(id, Disposition::Interrupted);
    let call = house.ledger.call(CallRef::Id(id)).unwrap().call;
    assert_eq!(call.recording.as_deref(), Some(path));
    let deleted = house.ledger.delete_call(id, at(99)).unwrap();
    assert_eq!(deleted.recording.as_deref(), Some(path));
}

#[test]
fn the_end_of_a_call_is_asked_for_while_it_goes_on_and_of_its_run_alone() {
    let house = House::with_leads(&[]);
    let other = house.later_run(1);
    let begin = |run, last| {
        let attempt = single(run, &number(last));
        house.ledger.begin_attempt(&attempt).unwrap()
    };
    let (first, second) = (begin(house.run.id, 1), begin(house.run.id, 2));
    let foreign = begin(other, 3);
    let asked = |run| house.ledger.hangups_asked(run).unwrap();
    assert_eq!(asked(house.run.id), []);
    house.ledger.ask_hangup(second, at(3)).unwrap();
    house.ledger.ask_hangup(second, at(4)).unwrap();
    house.ledger.ask_hangup(foreign, at(4)).unwrap();
    assert_eq!(
        (asked(house.run.id), asked(other)),
        (vec![second], vec![foreign])
    );
    house.end(second, Disposition::Interrupted);
    assert_eq!(asked(house.run.id), []);
    let over = house.ledger.ask_hangup(second, at(5));
    assert!(
        matches!(over, Err(StoreError::AlreadyEnded(id)) if id == second),
        "{over:?}"
    );
    house.end(first, Disposition::Answered);
}

#[test]
fn a_run_with_an_open_attempt_has_no_end_and_is_found() {
    let house = House::with_leads(&[1, 2]);
    let orphan = house.ring(house.run.id);
    let runs = || -> Vec<RunId> {
        let runs = house.reopened().unfinished_runs().unwrap();
        runs.into_iter().map(|run| run.id).collect()
    };
    house.ledger.end_run(house.run.id, at(5)).unwrap();
    assert_eq!(runs(), [house.run.id], "somebody has to end its attempt");
    // A ledger of an earlier novodial: the run has its end, and the attempt has none.
    let old = rusqlite::Connection::open(house.path()).unwrap();
    old.execute("UPDATE runs SET ended_at = 5", []).unwrap();
    assert_eq!(runs(), [house.run.id]);
    house.end(orphan, Disposition::Interrupted);
    house.ledger.end_run(house.run.id, at(9)).unwrap();
    assert_eq!(runs(), []);
}

#[test]
fn the_end_of_a_call_brings_the_opt_out_that_the_talk_could_not_write() {
    let house = House::with_leads(&[1]);
    let id = house.ring(house.run.id);
    let end = AttemptEnd {
        outcome: Some("do_not_call".to_owned()),
        opted_out: true,
        ..AttemptEnd::new(id, Disposition::Answered, at(9))
    };
    let verdict = house.ledger.end_attempt_under(&end, &house.policy).unwrap();
    let entry = house.ledger.is_forbidden(&number(1)).unwrap().unwrap();
    assert_eq!((entry.attempt, entry.added_at), (Some(id), at(9)));
    let never = matches!(verdict, Some(Verdict::Never(WhyNever::Forbidden(_))));
    assert!(never, "{verdict:?}");
}

/// A lead with another number, claimed; its attempt is not begun.
fn claimed_with_alternate(house: &House) -> NewAttempt {
    let mut lead = lead(1);
    lead.alternates = vec![CellNumber {
        number: number(2),
        extension: None,
    }];
    house
        .ledger
        .import_leads(house.campaign.id, &[lead], at(0))
        .unwrap();
    attempt_of(&house.claim(house.run.id).unwrap(), house.run.id)
}

fn rules(policy: &LeadPolicy) -> AttemptRules<'_> {
    AttemptRules {
        policy,
        caller_day: None,
    }
}

/// What is said of a call when this happens to its campaign between claim and dial.
fn meanwhile(happens: impl FnOnce(&mut House)) -> [StoreError; 2] {
    let mut house = House::with_leads(&[]);
    let attempt = claimed_with_alternate(&house);
    let begun = house
        .ledger
        .begin_attempt_under(&attempt, &rules(&house.policy))
        .unwrap();
    happens(&mut house);
    let dialled = house
        .ledger
        .mark_dialled_under(begun, &house.policy, at(60))
        .unwrap_err();
    let open = house.ledger.open_attempts(None).unwrap();
    assert_eq!(open[0].dialled_at, None, "nothing is marked");
    let end = AttemptEnd::new(begun, Disposition::Failed, at(61));
    house.ledger.end_attempt(&end).unwrap();
    let later = NewAttempt {
        at: at(60),
        ..house.claimed_again(&attempt)
    };
    let again = house
        .ledger
        .begin_attempt_under(&later, &rules(&house.policy))
        .unwrap_err();
    assert_eq!(house.ledger.open_attempts(None).unwrap(), []);
    [dialled, again]
}

impl House {
    /// The same attempt, of a lead that was claimed anew.
    fn claimed_again(&self, attempt: &NewAttempt) -> NewAttempt {
        let claimed = rusqlite::Connection::open(self.path()).unwrap();
        claimed
            .execute(
                "UPDATE leads SET state = 'in_call', claimed_number = number",
                [],
            )
            .unwrap();
        NewAttempt {
            channel_id: "again".to_owned(),
            ..attempt.clone()
        }
    }
}

#[test]
fn nobody_is_dialled_whose_campaign_was_paused_since_the_claim() {
    for state in [CampaignState::Paused, CampaignState::Cancelled] {
        let errors = meanwhile(|house| {
            let id = house.campaign.id;
            house.ledger.set_campaign_state(id, state, at(5)).unwrap();
        });
        let told = |error: &StoreError| matches!(error, StoreError::Closed(told) if *told == state);
        assert!(errors.iter().all(told), "{errors:?}");
    }
}

#[test]
fn nobody_is_dialled_whose_window_has_closed_since_the_claim() {
    let errors = meanwhile(|house| {
        // It is eight in the morning.
        house.policy.window.hours = "09:00-22:00".parse().unwrap();
    });
    let told = |error: &StoreError| matches!(error, StoreError::OutsideHours(_));
    assert!(errors.iter().all(told), "{errors:?}");
}

#[test]
fn nobody_is_dialled_who_opted_out_on_another_phone_since_the_claim() {
    let errors = meanwhile(|house| {
        let forbidden = house.ledger.forbid(&number(2), "asked", None, at(5));
        assert!(forbidden.unwrap());
    });
    let told = |error: &StoreError| matches!(error, StoreError::Forbidden(_));
    assert!(errors.iter().all(told), "{errors:?}");
}
