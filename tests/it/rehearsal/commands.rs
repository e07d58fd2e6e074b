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
