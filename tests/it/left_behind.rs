//! What a killed process left in the ledger, and lists that join a campaign: told truly by every
//! command. Nobody is rung.

use jiff::Timestamp;
use novodial::campaign::LeadPolicy;
use novodial::line::Disposition;
use novodial::phone::PhoneNumber;
use novodial::store::{AttemptEnd, Ledger, NewAttempt};

use crate::cli::Shell;

const NUMBER: &str = "+79000000001";

/// A rehearsal that was killed in its only call.
fn killed() -> Shell {
    let shell = Shell::new().variable("NOVODIAL_POLICY_HOURS", "any");
    let list = shell.path("spring.csv").display().to_string();
    let shell = shell.file("spring.csv", "phone\n89000000001\n");
    let added = shell.run(&["campaign", "add", "spring.csv"]);
    assert!(added.starts_with("0\n"), "{added}");
    let rehearsed = shell.path("novodial-rehearsal.db");
    std::fs::rename(shell.path("novodial.db"), &rehearsed).unwrap();
    let ledger = Ledger::open(&rehearsed).unwrap();
    let (run, _) = ring(&ledger, &list);
    // Its lock is there, and nobody holds it.
    let lock = format!("novodial-rehearsal.db-run-{run}.lock");
    shell.file(&lock, "")
}

/// Begins the call to the only lead: its run, and the call.
fn ring(ledger: &Ledger, list: &str) -> (novodial::campaign::RunId, NewAttempt) {
    let now = Timestamp::now();
    let campaign = ledger.campaign("spring").unwrap();
    assert_eq!(campaign.source, list);
    let run = ledger.begin_run("novodial", 7, "host", now).unwrap();
    let claim = ledger.next_lead(campaign.id, run.id, &LeadPolicy::default(), now);
    let lead = claim.unwrap().lead().unwrap();
    let attempt = NewAttempt {
        run: run.id,
        lead: Some(lead.id),
        campaign: Some(lead.campaign),
        channel_id: "channel-1".to_owned(),
        number: lead.number.clone(),
        extension: None,
        caller_id: None,
        trunk: None,
        scenario: None,
        at: now,
    };
    let id = ledger.begin_attempt(&attempt).unwrap();
    ledger.mark_dialled(id, now).unwrap();
    (run.id, attempt)
}

#[test]
fn a_call_whose_process_was_killed_is_told_ended_and_deleted() {
    let shell = killed();
    let shown = shell.run(&["campaign", "show", "r-spring"]);
    for told in [
        "1 left in a call",
        "1 made, 0 live",
        "1 call without an end, whose process is gone",
        "novodial calls hangup r-1",
    ] {
        assert!(shown.contains(told), "no `{told}`: {shown}");
    }
    let why = shell.run(&["campaign", "why", "r-1"]);
    let told = "was being rung when its process ended; the next run goes on with it (call r-1)";
    assert!(why.contains(told), "{why}");
    let delete = ["calls", "delete", "r-1", "--yes"];
    let kept = shell.run(&delete);
    assert!(kept.starts_with("1\n"), "{kept}");
    let told = "error: call r-1 has no end yet: the process that held it is gone\n\
                hint: end it first: novodial calls hangup r-1";
    assert!(kept.contains(told), "{kept}");
    let ended = shell.run(&["calls", "hangup", "r-1"]);
    let told = "call r-1 is ended: the process that held it is gone";
    assert!(ended.starts_with("0\n") && ended.contains(told), "{ended}");
    let again = shell.run(&["calls", "hangup", "r-1"]);
    assert!(again.contains("call r-1 is over already"), "{again}");
    let call = shell.run(&["calls", "show", "r-1", "--format", "json"]);
    assert!(call.contains("\"disposition\": \"interrupted\""), "{call}");
    let deleted = shell.run(&delete);
    assert!(deleted.starts_with("0\n"), "{deleted}");
    let shown = shell.run(&["campaign", "show", "r-spring"]);
    assert!(!shown.contains("without an end"), "{shown}");
    // Only what was rehearsed was looked at.
    assert!(!shell.path("novodial.db").exists());
}

#[test]
fn a_number_off_the_list_whose_lead_opted_out_is_told_to_stay_done_with() {
    let shell = Shell::new().file("spring.csv", "phone\n89000000001\n");
    let list = shell.path("spring.csv").display().to_string();
    let added = shell.run(&["campaign", "add", "spring.csv"]);
    assert!(added.starts_with("0\n"), "{added}");
    let ledger = Ledger::open(&shell.path("novodial.db")).unwrap();
    ring(&ledger, &list);
    let (number, now) = (PhoneNumber::from_e164(NUMBER).unwrap(), Timestamp::now());
    let call = ledger.open_attempts(None).unwrap().remove(0).id;
    ledger.opt_out(&number, call, now).unwrap();
    let mut end = AttemptEnd::new(call, Disposition::Answered, now);
    end.outcome = Some("do_not_call".to_owned());
    ledger.end_attempt(&end).unwrap();
    let off = shell.run(&["do-not-call", "remove", NUMBER]);
    assert!(off.starts_with("0\n"), "{off}");
    let told = "+79000000001 may be rung again\nbut lead 1 of spring is done with (reached: \
                do_not_call), and stays so; to ring it all the same: novodial call +79000000001";
    assert!(off.contains(told), "{off}");
    let off = shell.run(&["do-not-call", "remove", NUMBER]);
    assert!(off.starts_with("1\n") && !off.contains("but lead"), "{off}");
}

#[test]
fn another_list_joins_a_campaign_that_was_named_and_no_other() {
    let shell = Shell::new()
        .file("leads.csv", "phone,city\n89000000001,A\n")
        .set_up()
        .offering();
    let added = shell.run(&["campaign", "add", "leads.csv"]);
    assert!(added.starts_with("0\n"), "{added}");
    std::fs::create_dir(shell.path("moved")).unwrap();
    let shell = shell.file(
        "moved/leads.csv",
        "phone,name\n89000000001,B\n89000000002,C\n",
    );
    let go_on = "hint: go on with its people: novodial campaign run leads; put those of this list to \
                 them: novodial campaign add moved/leads.csv --campaign leads";
    for command in ["run", "add"] {
        let told = shell.run(&["campaign", command, "moved/leads.csv"]);
        assert!(told.starts_with("3\n") && told.contains(go_on), "{told}");
        assert!(told.contains("; or keep this list apart"), "{told}");
    }
    let named = ["moved/leads.csv", "--campaign", "leads"];
    let told = shell.run(&[&["campaign", "run"], &named[..]].concat());
    assert!(told.starts_with("3\n") && told.contains(go_on), "{told}");
    assert!(!told.contains("keep this list apart"), "{told}");
    let told = shell.run(&[&["campaign", "add"], &named[..]].concat());
    assert!(told.starts_with("0\n"), "{told}");
    assert!(
        told.contains("the people of moved/leads.csv join those of"),
        "{told}"
    );
    let ledger = Ledger::open(&shell.path("novodial.db")).unwrap();
    let campaign = ledger.campaign("leads").unwrap();
    assert_eq!(ledger.lead_counts(campaign.id).unwrap().total(), 2);
    assert!(campaign.source.ends_with("/leads.csv") && !campaign.source.contains("moved"));
    assert_eq!(campaign.titles, ["phone", "city", "name"]);
}

#[test]
fn why_leads_are_refused_is_told_with_the_next_command() {
    let shell = Shell::new()
        .file(
            "leads.csv",
            "phone,consent\n89000000001,\n89000000002,\n89000000003,no\n",
        )
        .set_up()
        .offering()
        .variable("NOVODIAL_POLICY_PRESET", "ru")
        .variable("NOVODIAL_POLICY_PURPOSE", "advertising");
    let run = ["campaign", "run", "leads.csv"];
    for run in [&run[..], &[&run[..], &["--dry-run"]].concat()] {
        let told = shell.run(run);
        let why = "refused: 2 no consent to such calls (column `consent`); 1 ";
        assert!(told.starts_with("0\n") && told.contains(why), "{told}");
        let next = "; each of them: novodial campaign leads leads --state refused";
        assert!(told.contains(next), "{told}");
    }
}

#[test]
fn who_only_reads_makes_no_ledger_and_is_told_that_there_is_none() {
    let shell = Shell::new();
    for command in [
        &["campaign", "list"][..],
        &["calls", "list"],
        &["do-not-call", "list"],
    ] {
        let told = shell.run(&[&["--database", "nope.db"], command].concat());
        assert!(told.starts_with("0\n"), "{told}");
        let warned = "warning: there is no ledger at ";
        assert!(
            told.contains(warned) && told.contains("nope.db yet"),
            "{told}"
        );
        let usual = shell.run(command);
        assert!(!usual.contains("warning"), "{usual}");
    }
    for path in ["nope.db", "novodial.db"] {
        assert!(!shell.path(path).exists(), "{path}");
    }
}
