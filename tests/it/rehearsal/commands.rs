//! `call` and `asterisk check` rehearsed, and the commands that look back.

use super::shell::Shell;

#[test]
fn a_call_is_rehearsed_and_resolved_by_its_id() {
    let shell = Shell::new();
    let rehearse = |callee: &str| {
        let number = "8 (900) 000-00-01";
        shell.run(&[
            "call",
            number,
            "--rehearse",
            "--callee",
            callee,
            "--format",
            "json",
        ])
    };
    let busy = rehearse("busy");
    assert_eq!(busy.code, 10, "{busy:#?}");
    let refused = rehearse("no_more_calls");
    assert_eq!(refused.code, 0, "{refused:#?}");
    let told = refused.json();
    assert_eq!(told["id"], "r-2");
    assert_eq!(told["outcome"], "do_not_call");
    for id in ["r-2", "r-last", "last"] {
        let shown = shell.run(&["calls", "show", id, "--format", "json"]);
        assert_eq!(shown.json(), told, "{id}");
    }
    // Who opted out in a rehearsal can be rehearsed again, and is on no real list.
    assert_eq!(rehearse("busy").code, 10);
    let list = shell.run(&["do-not-call", "list", "--format", "json"]);
    assert_eq!(
        list.json()["numbers"].as_array().unwrap().len(),
        0,
        "{list:#?}"
    );
    let calls = shell.run(&["calls", "list", "--format", "json"]).json();
    let ids: Vec<_> = calls["calls"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| &c["id"])
        .collect();
    assert_eq!(ids, ["r-3", "r-2", "r-1"]);
    let real = shell
        .run(&["calls", "list", "--real", "--format", "json"])
        .json();
    assert_eq!(real["calls"].as_array().unwrap().len(), 0);
    let deleted = shell.run(&["calls", "delete", "r-2", "--yes"]);
    assert_eq!(deleted.code, 0, "{deleted:#?}");
    assert_eq!(shell.run(&["calls", "show", "r-2"]).code, 1);
    assert_eq!(
        shell.run(&["calls", "show", "2"]).code,
        1,
        "there is no real one"
    );
    // Several in one go, by their age or by a number.
    let delete = |filter: &[&str]| {
        let arguments = [&["calls", "delete", "--rehearsed", "--yes"], filter];
        shell.run(&[&arguments.concat()[..], &["--format", "json"]].concat())
    };
    let young = delete(&["--older-than", "1d"]);
    assert_eq!(young.json()["deleted"].as_array().unwrap().len(), 0);
    let stranger = delete(&["--number", "+79000001999"]);
    assert_eq!(stranger.json()["deleted"].as_array().unwrap().len(), 0);
    let number = calls["calls"][0]["number"].as_str().unwrap();
    let deleted = delete(&["--number", number]).json();
    assert_eq!(deleted["deleted"][0], "r-3", "{deleted}");
    assert_eq!(shell.run(&["calls", "show", "r-3"]).code, 1);
    let everything = shell.run(&["calls", "delete", "--yes"]);
    assert_eq!(everything.code, 2, "what is deleted is named");
}

#[test]
fn asterisk_is_checked_without_one() {
    let shell = Shell::new();
    let check = shell.run(&["asterisk", "check", "--rehearse", "--format", "json"]);
    assert_eq!(check.code, 0, "{check:#?}");
    let told = check.json();
    assert_eq!(told["rehearsal"], true);
    let lines = told["lines"].as_array().unwrap();
    assert!(lines.iter().all(|line| line["level"] == "ok"), "{told:#}");
    assert!(lines.iter().any(|line| line["what"] == "audio"), "{told:#}");
}

#[test]
fn what_belongs_to_a_rehearsal_is_refused_without_one() {
    let shell = Shell::new();
    for arguments in [
        ["call", "+79000000001", "--callee", "busy"].as_slice(),
        &["call", "+79000000001", "--seed", "2"],
        &["call", "+79000000001", "--rehearse", "--dry-run"],
        &["campaign", "run", "leads.csv", "--continue"],
    ] {
        assert_eq!(shell.run(arguments).code, 2, "{arguments:?}");
    }
    let wrong = shell.run(&[
        "call",
        "+79000000001",
        "--rehearse",
        "--trouble",
        "packet_gap",
    ]);
    assert_eq!(wrong.code, 2, "{wrong:#?}");
    assert!(wrong.stderr.contains("packet_gaps"), "{wrong:#?}");
}

#[test]
fn a_single_call_meets_the_trouble_that_was_asked_for() {
    let shell = Shell::new();
    // A trunk that goes away refuses the call that finds it going.
    for trouble in ["congestion", "trunk_away"] {
        let call = ["call", "+79000000001", "--rehearse", "--format", "json"];
        let call = shell.run(&[&call[..], &["--callee", "agrees", "--trouble", trouble]].concat());
        assert_eq!(call.code, 15, "{call:#?}");
        assert_eq!(call.json()["disposition"], "congestion");
    }
}

#[test]
fn a_rehearsed_call_is_hung_up_from_another_shell() {
    let shell = Shell::new();
    let call = ["call", "+79000000001", "--rehearse", "--format", "jsonl"];
    let call = shell.start(&[&call[..], &["--callee", "silent"]].concat());
    // The bot has said its first words.
    call.next();
    let hung_up = shell.run(&["calls", "hangup", "r-1", "--format", "json"]);
    assert_eq!(hung_up.code, 0, "{hung_up:#?}");
    assert_eq!(hung_up.json()["ended"], true, "{hung_up:#?}");
    assert_eq!(call.wait(), 130);
    let shown = shell
        .run(&["calls", "show", "r-1", "--format", "json"])
        .json();
    assert_eq!(shown["disposition"], "interrupted", "{shown:#}");
    assert_eq!(shown["hung_up_by"], "bot", "{shown:#}");
    let none = shell.run(&["calls", "show", "r-99"]);
    assert!(none.stderr.contains("there is no call r-99"), "{none:#?}");
}

#[test]
fn a_rehearsal_is_put_aside_only_by_one_that_begins() {
    let shell = Shell::new();
    shell.file("leads.csv", "phone,callee\n+79000000001,no_more_calls\n");
    let run = |more: &[&str]| {
        let run = ["campaign", "run", "leads.csv", "--rehearse"];
        shell.run(&[&run[..], more].concat())
    };
    assert_eq!(run(&[]).code, 0);
    let unknown = run(&["--trouble", "nope"]);
    assert_eq!(unknown.code, 2, "{unknown:#?}");
    assert!(
        unknown.stderr.contains("there are packet_gaps"),
        "{unknown:#?}"
    );
    assert_eq!(run(&["--callees", "nowhere"]).code, 3);
    shell.file("leads.csv", "phone,callee\n+79000000001,nobody_at_all\n");
    let nobody = run(&[]);
    assert_eq!(nobody.code, 3, "{nobody:#?}");
    let campaigns = shell.run(&["campaign", "list", "--format", "json"]).json();
    assert_eq!(
        campaigns["campaigns"].as_array().unwrap().len(),
        1,
        "{campaigns:#}"
    );
    // What was said in it holds for a call that goes on with it, and no longer for one that does not.
    let call = ["call", "+79000000001", "--rehearse", "--callee", "busy"];
    let goes_on = shell.run(&[&call[..], &["--continue"]].concat());
    assert!(goes_on.stderr.contains("do-not-call"), "{goes_on:#?}");
    assert_eq!(shell.run(&call).code, 10);
}

#[test]
fn a_rehearsal_that_goes_on_is_not_begun_by_another_process() {
    let shell = Shell::new();
    shell.file("leads.csv", "phone,callee\n+79000000001,silent\n");
    let run = [
        "campaign",
        "run",
        "leads.csv",
        "--rehearse",
        "--format",
        "jsonl",
    ];
    let first = shell.start(&run);
    first.next();
    let second = shell.run(&run);
    assert_eq!(second.code, 75, "{second:#?}");
    let skipped = shell.run(&[&run[..], &["--if-running", "skip"]].concat());
    assert_eq!(skipped.code, 0, "{skipped:#?}");
    // A single call beside it takes nothing away from it.
    let call = shell.run(&["call", "+79000000002", "--rehearse", "--callee", "busy"]);
    assert_eq!(call.code, 10, "{call:#?}");
    drop(first);
}
