//! The ledger against a real file: what is kept, what is refused, what survives.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Timestamp;
use serde_json::json;
use tempfile::TempDir;

use super::*;
use crate::campaign::{AttemptId, Lead, RunId};
use crate::line::{Cause, Disposition};
use crate::phone::PhoneNumber;
use crate::report::OutcomeCount;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn number(last: u32) -> PhoneNumber {
    PhoneNumber::from_e164(&format!("+7900000{last:04}")).unwrap()
}

fn lead(last: u32) -> Lead {
    Lead {
        number: number(last),
        name: Some(format!("Lead {last}")),
        fields: BTreeMap::from([("company".to_owned(), "Ромашка".to_owned())]),
        line: u64::from(last) + 1,
    }
}

struct House {
    folder: TempDir,
    ledger: Ledger,
    run: Run,
    campaign: Campaign,
}

impl House {
    fn with_leads(leads: &[u32]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(&folder.path().join("novodial.db")).unwrap();
        let run = ledger.begin_run("novodial", 7, "host", at(0)).unwrap();
        let campaign = ledger
            .open_campaign("spring", "/lists/spring.csv", None, at(0))
            .unwrap();
        let leads: Vec<_> = leads.iter().map(|&last| lead(last)).collect();
        ledger.import_leads(campaign.id, &leads).unwrap();
        Self {
            folder,
            ledger,
            run,
            campaign,
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("novodial.db")
    }

    fn reopened(&self) -> Ledger {
        Ledger::open(&self.path()).unwrap()
    }

    fn claim(&self, run: RunId) -> Option<LeadRow> {
        self.ledger.next_lead(self.campaign.id, run).unwrap()
    }

    fn attempt_of(&self, lead: &LeadRow, run: RunId) -> NewAttempt {
        NewAttempt {
            lead: Some(lead.id),
            campaign: Some(lead.campaign),
            ..single(run, &lead.number)
        }
    }

    /// Claims, begins and dials the next lead.
    fn ring(&self, run: RunId) -> AttemptId {
        let lead = self.claim(run).unwrap();
        let id = self
            .ledger
            .begin_attempt(&self.attempt_of(&lead, run))
            .unwrap();
        self.ledger.mark_dialled(id, at(2)).unwrap();
        id
    }

    fn end(&self, attempt: AttemptId, disposition: Disposition) {
        let end = AttemptEnd::new(attempt, disposition, at(9));
        self.ledger.end_attempt(&end).unwrap();
    }

    fn later_run(&self, second: i64) -> RunId {
        let run = self.ledger.begin_run("novodial", 8, "host", at(second));
        run.unwrap().id
    }
}

fn single(run: RunId, number: &PhoneNumber) -> NewAttempt {
    use std::sync::atomic::{AtomicU64, Ordering};
    static CHANNEL: AtomicU64 = AtomicU64::new(0);
    NewAttempt {
        run,
        lead: None,
        campaign: None,
        channel_id: format!("channel-{}", CHANNEL.fetch_add(1, Ordering::Relaxed)),
        number: number.clone(),
        caller_id: Some("79000009999".to_owned()),
        trunk: Some("novofon".to_owned()),
        scenario: None,
        at: at(1),
    }
}

#[test]
fn leads_come_in_the_order_of_the_list_and_once() {
    let house = House::with_leads(&[3, 1, 2]);
    let mut rung = Vec::new();
    while let Some(lead) = house.claim(house.run.id) {
        rung.push(lead.number);
    }
    assert_eq!(rung, [number(1), number(2), number(3)]);
    assert_eq!(
        house
            .ledger
            .leads_left(house.campaign.id, house.run.id)
            .unwrap(),
        0
    );
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
fn a_later_run_rings_only_who_was_busy_or_not_there() {
    let numbers: Vec<u32> = (1..=13).collect();
    let house = House::with_leads(&numbers);
    for disposition in Disposition::ALL {
        let attempt = house.ring(house.run.id);
        house.end(attempt, disposition);
    }
    assert_eq!(house.claim(house.run.id), None, "once a run");
    assert_eq!(
        house.claim(house.later_run(5)),
        None,
        "began before the attempts ended"
    );
    let later = house.later_run(60);
    assert_eq!(
        house.ledger.leads_left(house.campaign.id, later).unwrap(),
        3
    );
    let again: Vec<_> = std::iter::from_fn(|| house.claim(later))
        .map(|lead| (lead.number, lead.attempts))
        .collect();
    // Busy, NoAnswer and Congestion stand third, fourth and eighth in `ALL`.
    assert_eq!(again, [(number(3), 1), (number(4), 1), (number(8), 1)]);
}

#[test]
fn a_lead_whose_phone_never_rang_is_for_a_later_run_whatever_failed() {
    let house = House::with_leads(&[1]);
    let lead = house.claim(house.run.id).unwrap();
    let attempt = house.attempt_of(&lead, house.run.id);
    let id = house.ledger.begin_attempt(&attempt).unwrap();
    house.end(id, Disposition::Failed);
    assert_eq!(house.claim(house.run.id), None, "not again in this run");
    let again = house.claim(house.later_run(60)).unwrap();
    assert_eq!((again.id, again.attempts), (lead.id, 1));
}

#[test]
fn a_number_is_never_rung_twice_at_once_whatever_the_campaign() {
    let house = House::with_leads(&[1, 2]);
    let other = house
        .ledger
        .open_campaign("autumn", "/lists/autumn.csv", None, at(0))
        .unwrap();
    house.ledger.import_leads(other.id, &[lead(1)]).unwrap();
    let next = || {
        house
            .ledger
            .next_lead(other.id, house.later_run(1))
            .unwrap()
    };

    let claimed = house.claim(house.run.id).unwrap();
    assert_eq!(next(), None, "claimed elsewhere");
    let attempt = house.attempt_of(&claimed, house.run.id);
    let id = house.ledger.begin_attempt(&attempt).unwrap();
    assert_eq!(next(), None, "rung elsewhere");
    let busy = house
        .ledger
        .begin_attempt(&single(house.run.id, &number(1)));
    let Err(StoreError::Busy { attempt, run }) = busy else {
        panic!("{busy:?}");
    };
    assert_eq!((attempt, run), (id, house.run.id));

    house.end(id, Disposition::Answered);
    assert_eq!(next().unwrap().number, number(1), "done there, new here");
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
    refused(house.attempt_of(&claimed, house.later_run(1)));
    refused(NewAttempt {
        number: number(2),
        ..house.attempt_of(&claimed, house.run.id)
    });
    house.ledger.release_lead(claimed.id).unwrap();
    refused(house.attempt_of(&claimed, house.run.id));
}

#[test]
fn a_released_lead_may_be_claimed_again_by_anyone() {
    let house = House::with_leads(&[1]);
    let first = house.claim(house.run.id).unwrap();
    house.ledger.release_lead(first.id).unwrap();
    let second = house.claim(house.run.id).unwrap();
    let attempt = house.attempt_of(&second, house.run.id);
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
fn the_opt_out_stops_every_way_to_ring_a_number() {
    let house = House::with_leads(&[1, 2]);
    let lead = house.claim(house.run.id).unwrap();
    let attempt = house.attempt_of(&lead, house.run.id);
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
    let listed = other_process.list_forbidden().unwrap();
    assert_eq!(listed.len(), 2);
    assert_eq!(listed[1].attempt, Some(id));

    assert!(house.ledger.allow(&number(2)).unwrap());
    assert!(!house.ledger.allow(&number(2)).unwrap());
    assert_eq!(house.claim(house.run.id).unwrap().number, number(2));
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
        .import_leads(house.campaign.id, &[changed, moved, lead(3)])
        .unwrap();
    let expected = ImportReport {
        added: 1,
        updated: 1,
        unchanged: 1,
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
    };
    assert_eq!(
        house.ledger.lead_counts(house.campaign.id).unwrap(),
        expected
    );
    assert_eq!(
        house
            .ledger
            .leads_left(house.campaign.id, house.run.id)
            .unwrap(),
        1
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
    let attempt = house.attempt_of(&claimed, house.run.id);
    let undialled = house.ledger.begin_attempt(&attempt).unwrap();
    house.claim(house.run.id).unwrap();

    // The process dies here; another one opens the file.
    let ledger = house.reopened();
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
        done: 1,
        retry: 1,
        ..LeadCounts::default()
    };
    assert_eq!(counts, expected);
    assert_eq!(ledger.open_attempts(None).unwrap(), []);
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

fn turn(seq: u32, speaker: Speaker, text: &str) -> TurnRow {
    TurnRow {
        seq,
        speaker,
        text: text.to_owned(),
        state: Some("greeting".to_owned()),
        intent: None,
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
        .record_event(id, 5, "ringing", json!(null))
        .unwrap();
    let detail = json!({"text": "алло"});
    house
        .ledger
        .record_event(id, 9, "heard", detail.clone())
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
        .record_event(id, 5, "heard", json!(secret))
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
fn a_call_is_named_by_its_digits_or_as_the_last() {
    assert_eq!("42".parse(), Ok(CallRef::Id(AttemptId(42))));
    assert_eq!("last".parse(), Ok(CallRef::Last));
    assert!("first".parse::<CallRef>().is_err());
}
