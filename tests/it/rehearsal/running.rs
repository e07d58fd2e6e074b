//! How a run goes on and ends, beyond working off a list: a list that grows, money, the hour.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use novodial::rehearsal::trouble::Trouble;
use serde_json::Value;

use super::stage::{Stage, text};
use crate::killed::SCENARIO;

/// The last line of a run in JSON lines.
fn summary(stdout: &str) -> Value {
    let last = stdout.lines().last().expect("a line");
    serde_json::from_str(last).expect("JSON")
}

#[test]
fn a_list_that_grows_in_a_pipe_is_rung_as_it_comes_and_ends_with_the_pipe() {
    let stage = Stage::set(&["no_such_number", "hangs_up"], &Trouble::none());
    let scenario = SCENARIO.replace("Удобно", "Это {{ company }}. Удобно");
    std::fs::write(stage.folder.path().join("own.toml"), scenario).unwrap();
    let run = [
        "campaign",
        "run",
        "-",
        "--campaign",
        "live",
        "--scenario",
        "own.toml",
        "--watch",
        "--yes",
        "--no-wait",
        "--format",
        "jsonl",
    ];
    let mut child = stage
        .command(&run)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut list = child.stdin.take().unwrap();
    let mut told = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next_call = || loop {
        let line: Value = serde_json::from_str(&told.next().unwrap().unwrap()).unwrap();
        if ["ended", "summary"].contains(&text(&line["event"])) {
            break line;
        }
    };
    let number = |callee: &str| format!("+{}", stage.numbers[callee]);
    // A row that is not yet written whole is nobody's.
    write!(
        list,
        "phone,company\n{},Ромашка\n+7900000",
        number("no_such_number"),
    )
    .unwrap();
    assert_eq!(text(&next_call()["number"]), number("no_such_number"));
    // A lead who cannot be spoken to keeps nobody behind it from being rung.
    writeln!(list, "1999,\n{},Ромашка", number("hangs_up")).unwrap();
    assert_eq!(text(&next_call()["number"]), number("hangs_up"));
    drop(list);
    let end = next_call();
    assert_eq!(
        (&end["calls"], &end["reason"]),
        (&2.into(), &"exhausted".into()),
        "{end}"
    );
    // One was put aside unrung: not all is finished.
    assert_eq!(end["aside"], 1, "{end}");
    assert_eq!(child.wait().unwrap().code(), Some(1));
    let leads = ["campaign", "leads", "live", "--state", "refused"];
    let aside = stage.run(&[&leads[..], &["--format", "jsonl"]].concat());
    let aside: Value = serde_json::from_str(aside.stdout.trim()).unwrap();
    assert_eq!(text(&aside["number"]), "+79000001999");
    assert_eq!(aside["why"], serde_json::json!(["no_value"]));
}

#[test]
fn money_and_the_hour_end_a_run_and_what_is_left_is_told() {
    let stage = Stage::set(&["no_such_number", "declined", "busy"], &Trouble::none());
    let run = |more: &[&str]| {
        let run = [
            "campaign",
            "run",
            "leads.csv",
            "--yes",
            "--no-wait",
            "--format",
            "jsonl",
        ];
        stage.run(&[&run[..], more].concat())
    };
    let over = run(&["--until", "00:00"]);
    assert_eq!(over.code, 2, "{over:?}");
    assert!(
        over.stderr
            .contains("00:00 is over for today in Europe/Moscow"),
        "{over:?}"
    );
    let priceless = run(&["--max-cost", "5"]);
    assert_eq!(priceless.code, 2, "{priceless:?}");
    assert!(
        priceless.stderr.contains("no price is set"),
        "{priceless:?}"
    );
    // Each call might last five minutes; each attempt costs ten kopecks in any case.
    let tariff = [
        "--set",
        "tariff.mobile=1",
        "--set",
        "tariff.attempt_fee=0.10",
    ];
    let first = run(&[&tariff[..], &["--max-cost", "5.25"]].concat());
    assert_eq!(first.code, 1, "{first:?}");
    let end = summary(&first.stdout);
    assert_eq!(
        (&end["calls"], &end["reason"]),
        (&2.into(), &"max_cost".into()),
        "{end}"
    );
    assert_eq!(
        (end["cost"].as_f64(), &end["left"]),
        (Some(0.2), &2.into()),
        "{end}"
    );
    // The tariff is kept with the campaign.
    let second = run(&["--max-cost", "9"]);
    let end = summary(&second.stdout);
    assert_eq!(
        (&end["calls"], &end["reason"]),
        (&1.into(), &"exhausted".into()),
        "{end}"
    );
    assert!(end["next_due"].is_string(), "{end}");
}
