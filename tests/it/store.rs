//! The ledger under several writers, and under a process that is killed.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use jiff::Timestamp;
use novodial::campaign::{AttemptId, Lead, LeadPolicy};
use novodial::line::Disposition;
use novodial::phone::PhoneNumber;
use novodial::store::{AttemptEnd, CallRef, Ledger, NewAttempt, Run};

const DATABASE: &str = "NOVODIAL_TEST_DATABASE";

fn leads(count: u32) -> Vec<Lead> {
    (1..=count)
        .map(|last| {
            let number = PhoneNumber::from_e164(&format!("+7900000{last:04}")).unwrap();
            Lead::new(number, u64::from(last) + 1)
        })
        .collect()
}

fn now() -> Timestamp {
    Timestamp::now()
}

/// A ledger of its own on the file, as another process has it, and a run.
fn worker(path: &Path) -> (Ledger, Run) {
    let ledger = Ledger::open(path).unwrap();
    let run = ledger.begin_run("novodial", std::process::id(), "host", now());
    (ledger, run.unwrap())
}

/// Rings the next lead of the campaign; `None` when there is none.
fn ring(ledger: &Ledger, run: &Run, name: &str) -> Option<(AttemptId, PhoneNumber)> {
    let campaign = ledger.campaign(name).unwrap();
    let policy = LeadPolicy::default();
    let claim = ledger
        .next_lead(campaign.id, run.id, &policy, now())
        .unwrap();
    let lead = claim.lead()?;
    let attempt = NewAttempt {
        run: run.id,
        lead: Some(lead.id),
        campaign: Some(campaign.id),
        channel_id: format!("{}-{}", run.app, lead.id),
        number: lead.number.clone(),
        extension: None,
        caller_id: None,
        trunk: None,
        scenario: None,
        at: now(),
    };
    let id = ledger.begin_attempt(&attempt).unwrap();
    Some((id, lead.number))
}

#[test]
fn writers_at_once_never_ring_one_number_twice() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("novodial.db");
    let ledger = Ledger::open(&path).unwrap();
    let campaign = ledger.open_campaign("c", "/c.csv", None, now()).unwrap();
    ledger
        .import_leads(campaign.id, &leads(120), now())
        .unwrap();
    let rung: Vec<_> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let (ledger, run) = worker(&path);
                    let mut rung = Vec::new();
                    while let Some((id, number)) = ring(&ledger, &run, "c") {
                        ledger.mark_dialled(id, now()).unwrap();
                        let end = AttemptEnd::new(id, Disposition::Answered, now());
                        ledger.end_attempt(&end).unwrap();
                        rung.push(number);
                    }
                    rung
                })
            })
            .collect();
        let rung = workers.into_iter().flat_map(|one| one.join().unwrap());
        rung.collect()
    });
    assert_eq!(rung.len(), 120);
    let numbers: BTreeSet<_> = rung.iter().collect();
    assert_eq!(numbers.len(), 120);
    assert_eq!(ledger.lead_counts(campaign.id).unwrap().done, 120);
}

/// The process that the test below kills: rings lead after lead and says so after each commit.
#[test]
#[ignore = "a process of its own, started by the test below"]
fn rings_until_killed() {
    let path = std::env::var_os(DATABASE).expect("started by the test below");
    let (ledger, run) = worker(Path::new(&path));
    while let Some((id, _)) = ring(&ledger, &run, "c") {
        println!("begun {id}");
        ledger.mark_dialled(id, now()).unwrap();
        println!("dialled {id}");
    }
}

#[test]
fn what_was_committed_survives_a_kill_and_is_found_open() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("novodial.db");
    let ledger = Ledger::open(&path).unwrap();
    let campaign = ledger.open_campaign("c", "/c.csv", None, now()).unwrap();
    ledger
        .import_leads(campaign.id, &leads(9000), now())
        .unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--ignored",
            "--exact",
            "store::rings_until_killed",
            "--nocapture",
        ])
        .env(DATABASE, &path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = Vec::new();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    while said.len() < 40 {
        said.push(lines.next().expect("it rings on").unwrap());
    }
    child.kill().unwrap();
    said.extend(lines.map_while(Result::ok));
    child.wait().unwrap();

    let run = ledger.unfinished_runs().unwrap().remove(0);
    let open = ledger.open_attempts(Some(run.id)).unwrap();
    let mut checked = 0;
    for line in &said {
        let Some((what, id)) = line.rsplit_once(' ') else {
            continue;
        };
        // The test harness's own line comes before the first "begun".
        let (Ok(id), true) = (AttemptId::parse(id), !what.contains("running")) else {
            continue;
        };
        let found = open.iter().find(|attempt| attempt.id == id);
        let found = found.unwrap_or_else(|| panic!("attempt {id} was lost"));
        assert!(
            !what.ends_with("dialled") || found.dialled_at.is_some(),
            "{line}"
        );
        checked += 1;
    }
    assert!(checked >= 30, "{said:?}");
    let (ledger, next) = worker(&path);
    let (id, number) = ring(&ledger, &next, "c").unwrap();
    assert!(
        open.iter().all(|attempt| attempt.number != number),
        "rung twice"
    );
    assert_eq!(ledger.call(CallRef::Last).unwrap().call.attempt, id);
}
