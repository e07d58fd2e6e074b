//! Lists, worked through by the binary on the real line.

use std::collections::BTreeMap;

use serde_json::Value;

use super::bench;
use super::cases::CASES;
use super::desk::Desk;
use super::errors::is_an_error;
use super::speech::Speech;

/// The list that is shipped: all the parts.
const LEADS: &str = include_str!("../../../examples/leads.csv");
/// Of the parts, the one that is rung again a moment after it was busy, where the policy says so.
const BUSY: &str = "79000000051";
/// A policy under which that one is due at once, and no other.
const SOON: [&str; 4] = [
    "--set",
    "policy.busy_delays=1s",
    "--set",
    "policy.smallest_gap=1s",
];

/// The numbers of the shipped list, digits.
fn numbers() -> Vec<String> {
    let digits = |line: &str| -> String {
        let phone = line.split(',').next().unwrap_or_default();
        let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
        format!("7{}", &digits[digits.len() - 10..])
    };
    LEADS.lines().skip(1).map(digits).collect()
}

/// The calls of a shell, the oldest first.
fn history(desk: &Desk) -> Vec<Value> {
    let list = desk.run(&["calls", "list", "--format", "jsonl", "--limit", "500"]);
    assert_eq!(list.code, 0, "{list:?}");
    let mut calls = list.lines();
    calls.reverse();
    calls
}

fn moment(call: &Value, key: &str) -> jiff::Timestamp {
    call[key].as_str().expect("a time").parse().expect("a time")
}

/// How many calls by disposition and outcome.
fn counted(calls: &[Value]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for call in calls {
        let word = |key: &str| call[key].as_str().unwrap_or("-").to_owned();
        *counts
            .entry(format!("{} {}", word("disposition"), word("outcome")))
            .or_default() += 1;
    }
    counts
}

#[test]
fn a_list_of_all_parts_is_worked_through_and_nobody_who_is_done_is_rung_again() {
    let (bench, speech) = (bench::shared(), Speech::start());
    let desk = Desk::new(bench, &speech).file("leads.csv", LEADS);
    let run = [
        "campaign",
        "run",
        "leads.csv",
        "--yes",
        "--no-wait",
        "--max-calls",
        "5",
        "--cps",
        "2",
    ];
    let first = desk.run(&run);
    assert_eq!(first.code, 1, "seven may be rung again: {first:?}");
    assert!(
        first.stdout.contains("16 calls, 9 leads done, 7 left")
            && first.stdout.contains("the next is due "),
        "{first:?}"
    );
    let calls = history(&desk);
    assert_eq!(counted(&calls), expected(), "{first:?}");
    for words in expected().keys() {
        let word = words.split(' ').next().unwrap_or_default();
        assert!(
            first.stdout.contains(word),
            "no {word} in the summary: {first:?}"
        );
    }
    assert!(
        first.stderr.contains("/16 done, "),
        "no progress: {first:?}"
    );
    keeps_the_pace(&calls);

    let second = desk.run(&run);
    assert_eq!(second.code, 1, "{second:?}");
    assert!(
        second.stdout.contains("0 calls, 9 leads done, 7 left"),
        "nobody is due yet: {second:?}"
    );
    let named = [
        &["campaign", "run", "leads", "--yes", "--limit", "1"],
        &SOON[..],
    ]
    .concat();
    let third = desk.run(&named);
    assert_eq!(third.code, 1, "{third:?}");
    assert!(
        third.stdout.contains("1 call, 9 leads done, 7 left"),
        "{third:?}"
    );
    for number in numbers() {
        let rings = 1 + usize::from(number == BUSY);
        assert_eq!(bench.offers(&desk.caller, &number).len(), rings, "{number}");
    }
    assert_eq!(bench.leftovers(&desk.app), Vec::<String>::new());
    let violations = speech.service.journal().violations();
    assert!(violations.is_empty(), "{violations:#?}");
}

/// How the parts end when they are rung in Russian: as the cases say, but for the one who speaks
/// English and is not understood.
fn expected() -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for case in CASES
        .iter()
        .filter(|case| numbers().iter().any(|n| n == case.number))
    {
        let outcome = match case.arguments {
            [] => case.outcome.unwrap_or("-"),
            _ => "no_match",
        };
        *counts
            .entry(format!("{} {outcome}", case.disposition))
            .or_default() += 1;
    }
    counts
}

/// Five calls at once at most, and five where it can be; two new ones a second at most.
fn keeps_the_pace(calls: &[Value]) {
    let begun: Vec<_> = calls
        .iter()
        .map(|call| moment(call, "created_at"))
        .collect();
    let ended: Vec<_> = calls.iter().map(|call| moment(call, "ended_at")).collect();
    let live = |at| {
        let open = begun.iter().zip(&ended);
        open.filter(|(from, until)| **from <= at && at < **until)
            .count()
    };
    let most = begun.iter().map(|at| live(*at)).max();
    assert_eq!(most, Some(5), "calls at once");
    for pair in begun.windows(2) {
        let gap = pair[1].duration_since(pair[0]).as_millis();
        // The rate holds for the moment of the decision; the row is written some milliseconds later.
        assert!(gap >= 400, "{gap} ms between two calls");
    }
}

#[test]
fn a_campaign_tells_itself_as_json() {
    let (bench, speech) = (bench::shared(), Speech::start());
    let desk = Desk::new(bench, &speech).file(
        "quick.csv",
        "phone\n+79000000051\n+79000000053\n+79000000055\n",
    );
    let run = [
        "campaign",
        "run",
        "quick.csv",
        "--yes",
        "--no-wait",
        "--cps",
        "5",
        "--format",
    ];
    let first = desk.run(&[&run[..], &["json"]].concat());
    assert_eq!(first.code, 1, "{first:?}");
    let told = first.json();
    assert_eq!(told["schema"], "novodial.campaign_run/1");
    assert_eq!(
        (&told["calls"], &told["done"], &told["left"]),
        (&3.into(), &1.into(), &2.into())
    );
    assert_eq!(told["reason"], "exhausted");
    assert!(moment(&told, "next_due") > jiff::Timestamp::UNIX_EPOCH);
    assert_eq!(
        told["attempts"].as_array().map(Vec::len),
        Some(3),
        "{told:#}"
    );

    // What is due in a moment is waited for.
    let again = [
        "campaign",
        "run",
        "quick.csv",
        "--yes",
        "--limit",
        "1",
        "--format",
        "jsonl",
    ];
    let second = desk.run(&[&again[..], &SOON].concat());
    let lines = second.lines();
    let events: Vec<_> = lines
        .iter()
        .filter_map(|line| line["event"].as_str())
        .filter(|event| !["waiting", "draining", "lead_refused", "ringing"].contains(event))
        .collect();
    assert_eq!(
        events,
        [
            "run_started",
            "lead_chosen",
            "call_begun",
            "dialling",
            "ended",
            "retry_planned",
            "summary"
        ],
        "{second:?}"
    );
    let ended = lines.iter().find(|line| line["event"] == "ended").unwrap();
    assert_eq!(
        (&ended["schema"], &ended["disposition"]),
        (&"novodial.call/1".into(), &"busy".into())
    );
    assert!(moment(ended, "next_attempt_at") > moment(ended, "ended_at"));
    let summary = lines.last().unwrap();
    assert_eq!(summary["schema"], "novodial.campaign_run/1");
    let shown = desk
        .run(&["campaign", "show", "quick", "--format", "json"])
        .json();
    assert!(shown["schema"].is_string(), "{shown:#}");
}

#[test]
fn who_wants_no_more_calls_is_rung_by_nothing_from_then_on() {
    let (bench, speech) = (bench::shared(), Speech::start());
    let desk = Desk::new(bench, &speech)
        .file("two.csv", "phone\n+79000000007\n+79000000053\n")
        .file("again.csv", "phone\n8 900 000-00-07\n");
    let first = desk.run(&["campaign", "run", "two.csv", "--yes", "--no-wait"]);
    assert_eq!(first.code, 1, "who declined is rung another day: {first:?}");
    let call = desk.run(&["call", "8 (900) 000-00-07"]);
    is_an_error(&call, 17, &["do-not-call"]);
    let other = desk.run(&["campaign", "run", "again.csv", "--yes"]);
    assert_eq!(other.code, 0, "{other:?}");
    assert!(other.stdout.contains("nobody is left to ring"), "{other:?}");
    assert_eq!(bench.offers(&desk.caller, "79000000007").len(), 1);
    assert_eq!(bench.offers(&desk.caller, "79000000053").len(), 1);
}

#[test]
fn a_campaign_is_run_by_one_process_and_drains_at_the_first_signal() {
    let (bench, speech) = (bench::shared(), Speech::start());
    let desk = Desk::new(bench, &speech).file(
        "long.csv",
        "phone\n+79000000007\n+79000000053\n+79000000055\n",
    );
    let run = [
        "campaign",
        "run",
        "long.csv",
        "--yes",
        "--no-wait",
        "--max-calls",
        "1",
    ];
    let first = desk.start(&run);
    bench.wait_for_offer(&desk.caller, "79000000007");
    let second = desk.run(&run);
    is_an_error(&second, 75, &["being run by another process (process "]);
    let cron = desk.run(&[&run[..], &["--if-running", "skip"]].concat());
    assert_eq!(cron.code, 0, "{cron:?}");

    first.signal("INT");
    let first = first.end();
    assert_eq!(first.code, 130, "{first:?}");
    assert!(
        first.stdout.contains("do_not_call"),
        "the talk comes to its end, as the summary tells: {first:?}"
    );
    assert!(
        first.stdout.contains("1 call, 1 lead done, 2 left"),
        "{first:?}"
    );
    let rest = desk.run(&run);
    assert_eq!(rest.code, 1, "who declined is rung another day: {rest:?}");
    for number in ["79000000007", "79000000053", "79000000055"] {
        assert_eq!(bench.offers(&desk.caller, number).len(), 1, "{number}");
    }
}

#[test]
fn the_second_signal_hangs_up_and_a_killed_campaign_goes_on_where_it_was() {
    let (bench, speech) = (bench::shared(), Speech::start());
    let list = "phone\n+79000000004\n+79000000001\n+79000000053\n";
    let desk = Desk::new(bench, &speech).file("list.csv", list);
    let run = [
        "campaign",
        "run",
        "list.csv",
        "--yes",
        "--no-wait",
        "--max-calls",
        "1",
    ];
    let killed = desk.start(&run);
    bench.wait_for_offer(&desk.caller, "79000000004");
    killed.signal("KILL");
    killed.end();
    let stopped = desk.start(&run);
    bench.wait_for_offer(&desk.caller, "79000000001");
    stopped.signal("TERM");
    stopped.wait_for("no new calls");
    stopped.signal("TERM");
    let stopped = stopped.end();
    assert_eq!(stopped.code, 143, "{stopped:?}");
    assert_eq!(bench.leftovers(&desk.app), Vec::<String>::new());
    let rest = desk.run(&run);
    assert_eq!(rest.code, 1, "the smallest gap holds: {rest:?}");
    for number in ["79000000004", "79000000001", "79000000053"] {
        assert_eq!(bench.offers(&desk.caller, number).len(), 1, "{number}");
    }
    let words = counted(&history(&desk));
    assert_eq!(words.get("interrupted -"), Some(&2), "{words:#?}");
}

#[test]
fn the_same_name_at_another_path_is_another_list_and_refused() {
    let (bench, speech) = (bench::shared(), Speech::start());
    let desk = Desk::new(bench, &speech)
        .file("list.csv", "phone\n+79000000053\n")
        .file("other/list.csv", "phone\n+79000000055\n");
    let first = desk.run(&["campaign", "run", "list.csv", "--yes", "--no-wait"]);
    assert_eq!(first.code, 1, "{first:?}");
    let other = desk.run(&["campaign", "run", "other/list.csv", "--yes"]);
    is_an_error(&other, 3, &["list.csv", "--campaign"]);
    let named = desk.run(&[
        "campaign",
        "run",
        "other/list.csv",
        "--campaign",
        "other",
        "--yes",
    ]);
    assert_eq!(named.code, 0, "{named:?}");
    assert_eq!(bench.offers(&desk.caller, "79000000055").len(), 1);
}

#[test]
fn nobody_is_rung_without_consent() {
    let (bench, speech) = (bench::shared(), Speech::start());
    let desk = Desk::new(bench, &speech).file("list.csv", "phone\n+79000000053\n");
    let run = desk.run(&["campaign", "run", "list.csv"]);
    is_an_error(&run, 2, &["would ring 1 person along `offer.ru`"]);
    assert!(bench.offers(&desk.caller, "79000000053").is_empty());
}
