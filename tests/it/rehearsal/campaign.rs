//! The README's first command: a campaign of different callees, run twice.

use std::collections::BTreeMap;

use serde_json::Value;

use super::shell::{Ended, Running, Shell, project};

/// How each number ended: disposition and outcome.
fn ends(run: &Ended) -> BTreeMap<String, (String, Option<String>)> {
    let calls = run.lines().into_iter();
    calls
        .filter(|line| line["schema"] == "novodial.call/1")
        .map(|call| {
            let text = |key: &str| call[key].as_str().map(str::to_owned);
            let end = (text("disposition").unwrap(), text("outcome"));
            (text("number").unwrap(), end)
        })
        .collect()
}

#[test]
fn a_campaign_is_rehearsed_to_its_end_and_again_with_the_same_ends() {
    let shell = Shell::new();
    let leads = project("examples/leads.csv");
    let arguments = ["campaign", "run", &leads, "--rehearse", "--format", "jsonl"];
    let first = shell.run(&arguments);
    assert_eq!(first.code, 0, "{first:#?}");
    let first_ends = ends(&first);
    assert!((12..20).contains(&first_ends.len()), "{first_ends:#?}");
    let kinds: std::collections::BTreeSet<_> = first_ends.values().collect();
    assert!(kinds.len() >= 7, "different callees: {kinds:#?}");
    marked(&first);
    conversations_can_be_read_and_heard(&shell, &first);
    let second = shell.run(&arguments);
    assert_eq!(second.code, 0, "{second:#?}");
    assert_eq!(ends(&second), first_ends, "the same seed, the same day");
    let campaigns = shell.run(&["campaign", "list", "--format", "json"]).json();
    let names: Vec<_> = campaigns["campaigns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|campaign| campaign["name"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(names, ["r-leads 1", "r-leads"], "the first one is kept");
    assert!(!shell.path("novodial.toml").exists());
}

/// It says of itself everywhere that it is none of the real ones.
fn marked(run: &Ended) {
    for line in run.lines() {
        assert_eq!(line["rehearsal"], true, "{line}");
        if line["schema"] == "novodial.call/1" {
            let id = format!("r-{}", line["attempt_id"]);
            assert_eq!(line["id"], Value::from(id));
        }
    }
    assert!(run.stderr.contains("nobody is rung"), "{}", run.stderr);
}

fn conversations_can_be_read_and_heard(shell: &Shell, run: &Ended) {
    let answered = |line: &Value| line["disposition"] == "answered";
    let lines = run.lines();
    let talk = lines.iter().find(|line| answered(line)).expect("a talk");
    let id = talk["id"].as_str().unwrap();
    let shown = shell.run(&["calls", "show", id]);
    assert!(
        shown.stdout.starts_with(&format!("Call {id} to ")) && shown.stdout.contains("rehearsed"),
        "{shown:#?}"
    );
    for turn in talk["turns"].as_array().unwrap() {
        let text = turn["text"].as_str().unwrap();
        assert!(shown.stdout.contains(text), "no `{text}`: {shown:#?}");
    }
    let readme = shell.run(&["calls", "show", "r-1"]);
    assert!(readme.stdout.contains("agreed"), "{readme:#?}");
    let recording = std::fs::read(talk["recording"].as_str().unwrap()).unwrap();
    assert_eq!(&recording[..4], b"RIFF");
    let talk_ms = usize::try_from(talk["talk_ms"].as_i64().unwrap()).unwrap();
    // Two sides of 16 bits at 8 kHz.
    assert!(recording.len().abs_diff(talk_ms * 32) < 32_000);
}

#[test]
fn a_rehearsal_that_is_continued_rings_only_who_is_left() {
    let shell = Shell::new();
    shell.file(
        "few.csv",
        "phone,callee\n+79000000001,busy\n+79000000002,no_such_number\n+79000000003,busy\n",
    );
    let run = |more: &[&str], code: i32| {
        let arguments = [
            &[
                "campaign",
                "run",
                "few.csv",
                "--rehearse",
                "--format",
                "jsonl",
            ],
            more,
        ];
        let run = shell.run(&arguments.concat());
        assert_eq!(run.code, code, "{run:#?}");
        ends(&run).into_keys().collect::<Vec<_>>()
    };
    let all = ["+79000000001", "+79000000002", "+79000000003"];
    assert_eq!(run(&["--limit", "2"], 1), all[..2]);
    let left = run(&["--continue"], 0);
    assert!(!left.contains(&all[1].to_owned()), "it was done: {left:?}");
    assert!(left.contains(&all[2].to_owned()), "{left:?}");
    assert_eq!(run(&[], 0), all, "anew");
}

#[test]
fn callees_drawn_by_a_seed_come_to_the_same_ends_twice() {
    let shell = Shell::new();
    let numbers: Vec<_> = (1..=8).map(|at| format!("+7900000000{at}")).collect();
    shell.file("drawn.csv", &format!("phone\n{}\n", numbers.join("\n")));
    let run = || {
        let day = ["campaign", "run", "drawn.csv", "--rehearse", "--seed", "7"];
        let run = shell.run(&[&day[..], &["--format", "jsonl", "--max-calls", "8"]].concat());
        let calls = run.lines().into_iter();
        let mut ends: Vec<String> = calls
            .filter(|line| line["schema"] == "novodial.call/1")
            .map(|call| {
                let word = |key: &str| call[key].to_string();
                [word("number"), word("disposition"), word("outcome")].join(" ")
            })
            .collect();
        ends.sort();
        (run.code, ends)
    };
    let first = run();
    let kinds: std::collections::BTreeSet<_> = first.1.iter().map(|end| &end[14..]).collect();
    assert!(kinds.len() >= 3, "{first:#?}");
    assert_eq!(run(), first, "every call of every lead");
}

#[test]
fn a_callee_that_nobody_knows_is_told_with_the_line() {
    let shell = Shell::new();
    shell.file(
        "few.csv",
        "phone,callee\n+79000000001,agrees\n+79000000002,agree\n",
    );
    let run = shell.run(&["campaign", "run", "few.csv", "--rehearse"]);
    assert_eq!(run.code, 3, "{run:#?}");
    assert!(
        run.stderr.contains("few.csv:3: no such callee: `agree`"),
        "{run:#?}"
    );
    assert!(run.stderr.contains("agrees"), "{run:#?}");
}

/// What a run tells from here on to its summary.
fn events(run: &Running) -> Vec<Value> {
    let mut told = Vec::new();
    loop {
        told.push(run.next());
        if told.last().unwrap()["event"] == "summary" {
            return told;
        }
    }
}

/// The first call of a run that was paused meanwhile, from its choice to its end.
fn each_step_is_told(told: &[Value]) {
    let named = |name: &str| -> Vec<&Value> {
        let lines = told.iter();
        lines.filter(|line| line["event"] == name).collect()
    };
    assert_eq!(named("campaign_paused").len(), 1, "{told:#?}");
    let steps = [
        "run_started",
        "lead_chosen",
        "call_begun",
        "dialling",
        "ringing",
        "answered",
        "turn",
        "ended",
        "lead_finished",
        "summary",
    ];
    let seen = told.iter().map(|line| line["event"].as_str().unwrap());
    let mut seen: Vec<_> = seen.filter(|event| steps.contains(event)).collect();
    seen.dedup();
    assert_eq!(seen, steps, "{told:#?}");
    for line in told {
        assert!(line["at"].is_string() && line["run"].is_i64(), "{line}");
        assert_eq!(line["campaign"], "r-few", "{line}");
    }
    for step in &steps[1..steps.len() - 1] {
        assert_eq!(named(step)[0]["lead"], "r-1", "{step}");
    }
    let limits = &named("run_started")[0]["limits"];
    assert_eq!(
        (&limits["max_calls"], &limits["mode"]),
        (&1.into(), &"progressive".into())
    );
    let call = named("ended")[0];
    assert_eq!(
        (&call["disposition"], &call["outcome"]),
        (&"answered".into(), &"agreed".into())
    );
    let said = |speaker: &str| named("turn").iter().any(|turn| turn["speaker"] == speaker);
    assert!(said("bot") && said("callee"), "{told:#?}");
    assert_eq!(named("turn").len(), call["turns"].as_array().unwrap().len());
}

#[test]
fn nobody_reads_any_more_and_the_run_ends_politely() {
    let shell = Shell::new();
    shell.file(
        "few.csv",
        "phone,callee\n+79000000001,hangs_up\n+79000000002,busy\n+79000000003,busy\n",
    );
    let arguments = [
        "campaign",
        "run",
        "few.csv",
        "--rehearse",
        "--max-calls",
        "1",
    ];
    let mut run = shell.start(&[&arguments[..], &["--format", "jsonl"]].concat());
    while run.next()["event"] != "answered" {}
    run.read_no_more();
    assert_eq!(run.wait(), 1, "leads are left");
    let shown = shell
        .run(&["campaign", "show", "r-few", "--format", "json"])
        .json();
    assert_eq!(
        (&shown["live"], &shown["attempts_made"]),
        (&0.into(), &1.into()),
        "{shown:#}"
    );
}

#[test]
fn on_a_terminal_each_call_that_goes_on_has_its_line() {
    let shell = Shell::new();
    shell.file("few.csv", "phone,callee\n+79000000001,agrees\n");
    shell.file("ask.toml", ASKING);
    let run = [
        "campaign",
        "run",
        "few.csv",
        "--rehearse",
        "--scenario",
        "ask.toml",
    ];
    let run = shell.run_on_terminal(&run);
    assert_eq!(run.code, 0, "{run:#?}");
    for shown in [
        "+7 900 ***-**-01",
        "ringing",
        "speaking",
        "callee: ",
        "bot: ",
    ] {
        assert!(run.stdout.contains(shown), "no {shown}: {run:#?}");
    }
    assert!(!run.stdout.contains("79000000001"), "{run:#?}");
    what_was_gathered_is_kept(&shell);
}

/// A talk of one question.
const ASKING: &str = r#"
[scenario]
name = "ask"
language = "ru"
start = "greeting"
attempts = 1
[global]
no_input = "bye"
no_match = "bye"
[slots.opinion]
kind = "text"
[states.greeting]
say = "Что нам улучшить?"
slots = { opinion = "bye" }
[states.bye]
say = "Спасибо! До свидания."
outcome = "answered"
"#;

/// What the callee answered stands in the history of the call and in the list that is exported.
fn what_was_gathered_is_kept(shell: &Shell) {
    let call = shell
        .run(&["calls", "show", "r-last", "--format", "json"])
        .json();
    let opinion = call["data"]["opinion"].as_str().unwrap_or_default();
    assert!(!opinion.is_empty(), "{call:#}");
    let export = ["campaign", "export", "r-few", "--leads"];
    let export = shell.run(&export).stdout;
    let lines: Vec<&str> = export.lines().collect();
    assert!(
        lines[0].contains("opinion") && lines[1].contains(opinion),
        "{export}"
    );
}

#[test]
fn a_run_is_paused_from_another_shell_and_its_talk_comes_to_its_end() {
    let shell = Shell::new();
    shell.file(
        "few.csv",
        "phone,callee\n+79000000001,agrees\n+79000000002,agrees\n+79000000003,agrees\n",
    );
    let arguments = [
        "campaign",
        "run",
        "few.csv",
        "--rehearse",
        "--max-calls",
        "1",
    ];
    let run = shell.start(&[&arguments[..], &["--format", "jsonl"]].concat());
    // Before it rings a pause takes the call back.
    let talks = || {
        let shown = shell.run(&["calls", "show", "r-1", "--format", "json"]);
        shown.code == 0 && shown.json()["answered_at"].is_string()
    };
    let begins = (0..600).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(100));
        talks()
    });
    assert!(begins, "nobody answers");
    let paused = shell
        .run(&["campaign", "pause", "r-few", "--format", "json"])
        .json();
    assert_eq!(
        (&paused["state"], &paused["live"]),
        (&"paused".into(), &1.into())
    );
    let told = events(&run);
    each_step_is_told(&told);
    let end = told.last().unwrap();
    assert_eq!(
        (&end["reason"], &end["calls"], &end["left"]),
        (&"paused".into(), &1.into(), &2.into())
    );
    assert_eq!(run.wait(), 1);
    let why = shell.run(&["campaign", "why", "r-2"]);
    assert!(
        why.stdout
            .contains("is not rung while the campaign is paused"),
        "{why:#?}"
    );
    let refused = shell.run(&[&arguments[..], &["--continue"]].concat());
    assert_eq!(refused.code, 1, "{refused:#?}");
    assert!(
        refused.stderr.contains("novodial campaign resume r-few"),
        "{refused:#?}"
    );
    assert_eq!(shell.run(&["campaign", "resume", "r-few"]).code, 0);
    let rest = shell.run(
        &[
            &arguments[..],
            &["--continue", "--limit", "1", "--format", "jsonl"],
        ]
        .concat(),
    );
    assert_eq!(ends(&rest).len(), 1, "{rest:#?}");
}
