//! Campaigns as their owner looks at them: a ledger is filled through the store, then every command
//! is asked. Times of today are cut out.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::io::Write as _;
use std::process::Stdio;

use jiff::{Timestamp, ToSpan};
use novodial::campaign::{LeadPolicy, Money};
use novodial::line::Disposition;
use novodial::phone::PhoneNumber;
use novodial::store::{AttemptEnd, Campaign, EventRow, Ledger, NewAttempt, Run, Speaker, TurnRow};
use serde_json::{Value, json};

use crate::cli::{OFFER, Shell};

const LIST: &str = "\
phone,name,город,not_before
89000000001,Анна,Пермь,
89000000002,Борис,Москва,
89000000003,Вера,,
89000000004,Глеб,,2099-01-01
89000000005,Дина,,
89000000006;89000000016,Егор,,
";

/// A shell beside a campaign `spring` of six leads.
struct Office {
    shell: Shell,
    ledger: Ledger,
    campaign: Campaign,
    run: Run,
}

/// What becomes of a lead in an attempt.
struct End {
    disposition: Disposition,
    outcome: Option<&'static str>,
    talk_ms: Option<i64>,
    data: Value,
}

impl End {
    fn of(disposition: Disposition) -> Self {
        Self {
            disposition,
            outcome: None,
            talk_ms: None,
            data: Value::Null,
        }
    }
}

impl Office {
    fn new() -> Self {
        let shell = Shell::new()
            .file("spring.csv", LIST)
            .offering()
            .set_up()
            .variable("NOVODIAL_POLICY_HOURS", "any")
            .variable("NOVODIAL_ASTERISK_CALLER_ID", "+74950000000");
        let added = shell.run(&["campaign", "add", "spring.csv"]);
        assert!(added.starts_with("0\n"), "{added}");
        let ledger = Ledger::open(&shell.path("novodial.db")).unwrap();
        let run = ledger
            .begin_run("novodial", 7, "host", Timestamp::now())
            .unwrap();
        let campaign = ledger.campaign("spring").unwrap();
        Self {
            shell,
            ledger,
            campaign,
            run,
        }
    }

    /// Six leads: reached, busy, on the do-not-call list, for later, never rung, and with two numbers.
    fn at_work() -> Self {
        let office = Self::new();
        let reached = End {
            outcome: Some("agreed"),
            talk_ms: Some(21_500),
            data: json!({ "day": "2026-11-25", "sound": { "talk_over_ms": 1 } }),
            ..End::of(Disposition::Answered)
        };
        office.ring(reached);
        office.ring(End::of(Disposition::Busy));
        let third = PhoneNumber::from_e164("+79000000003").unwrap();
        let now = Timestamp::now();
        office
            .ledger
            .forbid(&third, "asked by letter", None, now)
            .unwrap();
        office
    }

    /// Rings the next lead, now.
    fn ring(&self, end: End) {
        let (ledger, now) = (&self.ledger, Timestamp::now());
        let policy = LeadPolicy::default();
        let claim = ledger.next_lead(self.campaign.id, self.run.id, &policy, now);
        let lead = claim.unwrap().lead().unwrap();
        let attempt = NewAttempt {
            run: self.run.id,
            lead: Some(lead.id),
            campaign: Some(lead.campaign),
            channel_id: format!("channel-{}-{}", lead.id, lead.attempts),
            number: lead.number.clone(),
            extension: None,
            caller_id: Some("+74950000000".to_owned()),
            trunk: Some("novofon".to_owned()),
            scenario: Some("scenario.toml".to_owned()),
            at: now,
        };
        let id = ledger.begin_attempt(&attempt).unwrap();
        ledger.mark_dialled(id, now).unwrap();
        for (seq, speaker, text) in [
            (0, Speaker::Bot, "Здравствуйте, это \"Ромашка\"."),
            (1, Speaker::Callee, "да, слушаю"),
        ] {
            if end.disposition == Disposition::Answered {
                let turn = TurnRow {
                    seq,
                    speaker,
                    text: text.to_owned(),
                    state: None,
                    intent: None,
                    advised: false,
                    at_ms: i64::from(seq) * 1000,
                    duration_ms: None,
                    latency_ms: None,
                    cut_at_ms: None,
                };
                ledger.record_turn(id, &turn).unwrap();
            }
        }
        let row = AttemptEnd {
            outcome: end.outcome.map(str::to_owned),
            answered_at: end.talk_ms.map(|_| now),
            talk_ms: end.talk_ms,
            data: end.data,
            cost: Some(Money(3_000).0),
            ..AttemptEnd::new(id, end.disposition, now + 1.milliseconds())
        };
        ledger.end_attempt_under(&row, &policy).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> String {
        without_times(&self.shell.run(arguments))
    }

    /// The object, or the objects, on stdout.
    fn json(&self, arguments: &[&str]) -> Vec<Value> {
        let arguments = [arguments, &["--format", "jsonl"]].concat();
        let text = self.shell.run(&arguments);
        let out = text.split("--- stdout\n").nth(1).unwrap();
        let out = out.split("--- stderr").next().unwrap();
        out.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

/// Cuts out dates with times of this century's start; those of 2099 stay.
fn without_times(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("20") {
        let (before, from) = rest.split_at(at);
        let is_time = from.len() >= 19
            && from.is_char_boundary(19)
            && !from.starts_with("2099")
            && from[..19].char_indices().all(|(place, sign)| match place {
                4 | 7 => sign == '-',
                10 => sign == ' ' || sign == 'T',
                13 | 16 => sign == ':',
                _ => sign.is_ascii_digit(),
            });
        shown.push_str(before);
        if is_time {
            shown.push_str("[time]");
            rest = &from[19..];
            if let Some(decimals) = rest.strip_prefix('.') {
                rest = decimals.trim_start_matches(|sign: char| sign.is_ascii_digit());
            }
            rest = rest.strip_prefix("+03:00").unwrap_or(rest);
        } else {
            shown.push_str(&from[..2]);
            rest = &from[2..];
        }
    }
    shown + rest
}

#[test]
fn show_tells_progress_endings_and_what_waits_for_when() {
    let office = Office::at_work();
    insta::assert_snapshot!(office.run(&["campaign", "show", "spring"]));
    let shown = &office.json(&["campaign", "show", "spring"])[0];
    assert_eq!(shown["schema"], "novodial.campaign/1");
    assert_eq!(shown["state"], "open");
    let leads = &shown["leads"];
    assert_eq!((&leads["total"], &leads["done"]), (&json!(6), &json!(1)));
    assert_eq!(shown["cost"], json!(0.6));
    assert_eq!(shown["attempts"][0]["count"], 1);
}

#[test]
fn stats_tell_rates_with_their_bands() {
    let office = Office::at_work();
    let text = office.run(&["campaign", "stats", "spring"]);
    assert!(
        text.contains("answer-seizure ratio  50.0 % (9.5 to 90.5)"),
        "{text}"
    );
    assert!(text.contains("average call          21.5 s"), "{text}");
    assert!(text.contains("attempts per contact  2.0"), "{text}");
    assert!(text.contains("leads reached         1 of 2 rung"), "{text}");
    assert!(text.contains("+74950000000"), "{text}");
    let stats = &office.json(&["campaign", "stats", "spring"])[0];
    assert_eq!(
        stats["contact_rate"],
        json!({ "value": 0.5, "low": 0.0945, "high": 0.9055, "n": 2 })
    );
    assert_eq!(stats["dispositions"], json!({ "answered": 1, "busy": 1 }));
    assert_eq!(stats["by_attempt"][0]["dialled"], 2);
    let hours = stats["by_hour"].as_array().unwrap();
    let dialled: u64 = hours
        .iter()
        .map(|hour| hour["dialled"].as_u64().unwrap())
        .sum();
    assert_eq!(dialled, 2);
    let none = &office.json(&["campaign", "stats", "spring", "--since", "2099-01-01"])[0];
    assert_eq!(none["contact_rate"]["value"], Value::Null);
    let nothing = Office::new().run(&["campaign", "stats", "spring"]);
    assert!(nothing.contains("no call has ended yet"), "{nothing}");
}

#[test]
fn every_lead_is_listed_with_its_next_attempt_and_why() {
    let office = Office::at_work();
    insta::assert_snapshot!(office.run(&["campaign", "leads", "spring"]));
    let retry = office.run(&["campaign", "leads", "spring", "--state", "retry"]);
    assert!(
        retry.contains("Борис") && !retry.contains("Анна"),
        "{retry}"
    );
    let first = office.run(&["campaign", "leads", "spring", "--limit", "2"]);
    assert!(first.contains("these are the first 2"), "{first}");
    let none = office.run(&["campaign", "leads", "spring", "--state", "in_call"]);
    assert!(none.ends_with("--- stderr\nno such leads\n"), "{none}");
    let bad = office.run(&["campaign", "leads", "spring", "--state", "lost"]);
    assert!(bad.starts_with("2\n"), "{bad}");
    let leads = office.json(&["campaign", "leads", "spring"]);
    assert_eq!(leads.len(), 6);
    assert_eq!(leads[0]["outcome"], "agreed");
    assert_eq!(leads[2]["why"], json!(["do_not_call"]));
    let whole = office
        .shell
        .run(&["campaign", "leads", "spring", "--format", "json"]);
    let whole: Value = serde_json::from_str(
        whole
            .split("--- stdout\n")
            .nth(1)
            .unwrap()
            .split("--- stderr")
            .next()
            .unwrap(),
    )
    .unwrap();
    assert_eq!(whole["schema"], "novodial.leads/1");
    assert_eq!(whole["leads"].as_array().unwrap().len(), 6);
}

#[test]
fn why_answers_in_one_line_for_each_lead() {
    let office = Office::at_work();
    let answers: Vec<String> = (1..=6)
        .map(|id| {
            let text = office.run(&["campaign", "why", &id.to_string()]);
            let line = text.strip_prefix("0\n--- stdout\n").unwrap();
            let line = line.strip_suffix("\n--- stderr\n").unwrap();
            assert!(!line.contains('\n'), "{line}");
            line.to_owned()
        })
        .collect();
    insta::assert_snapshot!(answers.join("\n"));
    let by_number = office.run(&["campaign", "why", "8 900 000-00-16"]);
    assert!(
        by_number.contains("lead 6 of spring"),
        "its other number: {by_number}"
    );
    let answer = &office.json(&["campaign", "why", "+79000000005"])[0];
    assert_eq!(
        answer["leads_before"], 1,
        "one that waits for 2099 was not judged yet"
    );
    assert_eq!(answer["why"], json!([]));
    insta::assert_snapshot!(office.run(&["campaign", "why", "+79000000099"]));
    insta::assert_snapshot!(office.run(&["campaign", "why", "77", "--campaign", "sprung"]));
    assert!(office.run(&["campaign", "why", "77"]).starts_with("1\n"));
    assert!(office.run(&["campaign", "why", "0"]).starts_with("2\n"));
}

#[test]
fn a_campaign_is_paused_resumed_and_cancelled_from_any_shell() {
    let office = Office::at_work();
    let run = |word: &str| office.run(&["campaign", word, "spring"]);
    let lines = [
        "pause", "pause", "resume", "resume", "cancel", "pause", "cancel", "resume",
    ]
    .map(run);
    insta::assert_snapshot!(lines.join("\n"));
    let path = office.shell.path("novodial.db");
    let lock = novodial::driver::CampaignLock::take(&path, office.campaign.id).unwrap();
    let shown = &office.json(&["campaign", "show", "spring"])[0];
    assert_eq!(shown["runner_pid"], json!(std::process::id()));
    assert!(run("pause").contains("no new calls; the run ends (to go on"));
    drop(lock);
    let policy = LeadPolicy::default();
    let claim =
        office
            .ledger
            .next_lead(office.campaign.id, office.run.id, &policy, Timestamp::now());
    assert_eq!(claim.unwrap().lead(), None, "nobody is handed out");
    let paused = office.run(&["campaign", "why", "5"]);
    assert!(
        paused.contains("is not rung while the campaign is paused"),
        "{paused}"
    );
    let shown = office.run(&["campaign", "show", "spring"]);
    assert!(shown.contains("Campaign spring, paused"), "{shown}");
    assert!(
        shown.contains("nobody before novodial campaign resume spring"),
        "{shown}"
    );
    assert!(office.run(&["campaign", "list"]).contains("spring  paused"));
    let change = &office.json(&["campaign", "cancel", "spring"])[0];
    assert_eq!(
        (&change["state"], &change["changed"]),
        (&json!("cancelled"), &json!(true))
    );
}

#[test]
fn the_nearest_name_is_told() {
    let office = Office::new();
    for command in [
        "show", "stats", "leads", "pause", "resume", "cancel", "export",
    ] {
        let text = office.run(&["campaign", command, "sping"]);
        assert!(
            text.starts_with("1\n")
                && text.contains("there is no campaign `sping`\nhint: write spring;"),
            "{command}: {text}"
        );
    }
    let none = Shell::new().run(&["campaign", "show", "sping"]);
    assert!(
        none.contains("hint: there is none yet: novodial campaign add"),
        "{none}"
    );
}

#[test]
fn calls_are_written_out_with_what_was_said() {
    let office = Office::at_work();
    insta::assert_snapshot!(office.run(&["campaign", "export", "spring"]));
    let calls = office.json(&["campaign", "export", "spring"]);
    assert_eq!(calls.len(), 2);
    assert_eq!(calls[0]["schema"], "novodial.call/1");
    assert_eq!(calls[0]["turns"][1]["text"], "да, слушаю");
    assert_eq!(
        (&calls[0]["cost"], &calls[0]["line"]),
        (&json!(0.3), &json!(2))
    );
    let told = office.run(&["campaign", "export", "spring", "--out", "calls.csv"]);
    assert!(
        told.ends_with("--- stderr\n[folder]/calls.csv: 2 calls written\n"),
        "{told}"
    );
    let written = std::fs::read(office.shell.path("calls.csv")).unwrap();
    assert!(written.starts_with(b"\xef\xbb\xbfid,campaign,lead,"));
    assert!(!office.shell.path("calls.csv.part").exists());
    let nowhere = office.run(&["campaign", "export", "spring", "--out", "no/such/calls.csv"]);
    assert!(
        nowhere.starts_with("4\n") && nowhere.contains("hint:"),
        "{nowhere}"
    );
}

#[test]
fn leads_are_written_out_with_their_columns_and_can_be_read_again() {
    let office = Office::at_work();
    insta::assert_snapshot!(office.run(&["campaign", "export", "spring", "--leads"]));
    let leads = office.json(&["campaign", "export", "spring", "--leads"]);
    assert_eq!(leads[0]["columns"]["город"], "Пермь");
    assert_eq!(leads[0]["slots"], json!({ "day": "2026-11-25" }));
    assert_eq!(leads[5]["columns"]["phone"], "+79000000006; +79000000016");
    office.run(&[
        "campaign",
        "export",
        "spring",
        "--leads",
        "--out",
        "again.csv",
    ]);
    let check = office.run(&["campaign", "check", "again.csv", "--format", "json"]);
    assert!(
        check.starts_with("0\n") && check.contains("\"leads\": 6"),
        "{check}"
    );
}

#[test]
fn a_plan_tells_the_end_and_the_cost_with_their_bands() {
    let office = Office::at_work();
    let plan = office.run(&["campaign", "plan", "spring", "--days", "30"]);
    // The lead of 2099 is not reached in a month.
    assert!(plan.starts_with("1\n"), "{plan}");
    assert!(
        plan.contains("left       5 leads") || plan.contains("left       4 leads"),
        "{plan}"
    );
    assert!(
        plan.contains("exhausted  not within 30 days: 1 (1 to 1) leads are left then"),
        "{plan}"
    );
    assert!(
        plan.contains("cost       not known: no prices are set"),
        "{plan}"
    );
    assert!(plan.contains("only 2 calls, and a usual list"), "{plan}");
    let office = Office::new();
    let office = Office {
        shell: office.shell.variable("NOVODIAL_TARIFF_ATTEMPT_FEE", "0.30"),
        ..office
    };
    std::fs::write(
        office.shell.path("spring.csv"),
        LIST.replace("2099-01-01", ""),
    )
    .unwrap();
    assert!(
        office
            .run(&["campaign", "add", "spring.csv"])
            .starts_with("0\n")
    );
    let fixed = [
        "campaign",
        "plan",
        "spring",
        "--runs",
        "8",
        "--max-calls",
        "2",
    ];
    let plan = &office.json(&fixed)[0];
    let whole = |of: &str, part: &str| plan[of][part].as_f64().unwrap();
    assert!(whole("calls", "least") >= 6.0, "each is rung: {plan}");
    let (least, middle, most) = (
        whole("cost", "least"),
        whole("cost", "middle"),
        whole("cost", "most"),
    );
    assert!(
        0.3 * 6.0 <= least && least <= middle && middle < most,
        "{plan}"
    );
    assert_eq!(plan["exhausted"]["runs"], 8);
    assert_eq!((&plan["leads"], &plan["max_calls"]), (&json!(6), &json!(2)));
    let again = &office.json(&fixed)[0];
    assert_eq!(
        again["conversations"], plan["conversations"],
        "the same seed"
    );
    assert!(
        office
            .run(&["campaign", "plan", "sping"])
            .contains("hint: write spring;")
    );
}

#[test]
fn many_numbers_are_forbidden_at_once() {
    let shell = Shell::new()
        .file(
            "plain.txt",
            "+79000000001\n8 900 000-00-02\n12\n+79000000001\n",
        )
        .file(
            "table.csv",
            "Телефон;reason\n89000000003;по письму\n89000000001;ещё раз\n",
        );
    insta::assert_snapshot!(shell.run(&["do-not-call", "import", "plain.txt"]));
    let table = shell.run(&["do-not-call", "import", "table.csv", "--format", "json"]);
    assert!(
        table.starts_with("0\n") && table.contains("\"added\": 1"),
        "{table}"
    );
    assert!(table.contains("\"known\": 1"), "{table}");
    let entry = shell.run(&["do-not-call", "check", "+79000000003"]);
    assert!(entry.contains("по письму"), "{entry}");
    let kept = shell.run(&["do-not-call", "check", "+79000000001"]);
    assert!(
        kept.contains("imported from plain.txt"),
        "the first reason stays: {kept}"
    );
    let mut command = shell.std_command(&["do-not-call", "import", "-", "--reason", "пульт"]);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(b"89000000009\n")
        .unwrap();
    assert!(child.wait_with_output().unwrap().status.success());
    assert!(
        shell
            .run(&["do-not-call", "check", "89000000009"])
            .contains("пульт")
    );
    // Whoever asks is put on the list, whichever countries may be rung today.
    let abroad = shell.run(&["do-not-call", "add", "+77010000001", "+442079460000"]);
    assert!(abroad.starts_with("0\n"), "{abroad}");
    let abroad = shell.run(&["do-not-call", "check", "8 701 000 00 01"]);
    assert!(abroad.contains("+77010000001 is on the list"), "{abroad}");
    assert!(
        shell
            .run(&["do-not-call", "import", "no.txt"])
            .starts_with("3\n")
    );
}

/// A call of an adaptive campaign that found no conversation: what was said, and its events.
fn dropped(office: &Office, farewell: &str, scenario: Option<&str>) -> String {
    let (ledger, now) = (&office.ledger, Timestamp::now());
    let attempt = NewAttempt {
        run: office.run.id,
        lead: None,
        campaign: None,
        channel_id: format!("channel-dropped-{}", scenario.unwrap_or_default()),
        number: PhoneNumber::from_e164("+79000000007").unwrap(),
        extension: None,
        caller_id: None,
        trunk: None,
        scenario: scenario.map(str::to_owned),
        at: now,
    };
    let id = ledger.begin_attempt(&attempt).unwrap();
    let released = json!({ "cause": 16, "sip": 200 });
    let events = [
        (100, "dialled", Value::Null),
        (3_000, "answered", Value::Null),
        (3_300, "dropped", Value::Null),
        (3_400, "prompt_started", json!({ "prompt": 0 })),
        (
            4_900,
            "prompt_ended",
            json!({ "prompt": 0, "heard_ms": 1_500, "complete": true }),
        ),
        (5_000, "far_end_hung_up", released.clone()),
        (5_020, "released", released),
    ];
    let events = events.map(|(at_ms, kind, detail)| EventRow {
        at_ms,
        kind: kind.to_owned(),
        detail,
    });
    ledger.record_events(id, &events).unwrap();
    let turn = TurnRow {
        seq: 0,
        speaker: Speaker::Bot,
        text: farewell.to_owned(),
        state: Some("waiting".to_owned()),
        intent: None,
        advised: false,
        at_ms: 3_400,
        duration_ms: Some(1_500),
        latency_ms: None,
        cut_at_ms: None,
    };
    ledger.record_turn(id, &turn).unwrap();
    let end = AttemptEnd {
        outcome: Some("dropped".to_owned()),
        ..AttemptEnd::new(id, Disposition::Answered, now + 1.milliseconds())
    };
    ledger.end_attempt(&end).unwrap();
    id.to_string()
}

#[test]
fn an_answer_without_a_conversation_is_replayed_as_it_was() {
    let farewell = "Извините, сейчас все линии заняты. Мы вам перезвоним. До свидания!";
    let office = Office::new();
    let id = dropped(&office, farewell, None);
    let told = office.run(&["calls", "replay", &id]);
    let expected = format!("0\n--- stdout\ncall {id}: 1 turn as then, outcome dropped\n");
    assert!(told.starts_with(&expected), "{told}");
    assert!(!told.contains("of another version"), "{told}");
}

#[test]
fn a_call_is_replayed_along_the_scenario_it_was_held_along_or_not_at_all() {
    let farewell = "Извините, сейчас все линии заняты. Мы вам перезвоним. До свидания!";
    let office = Office::new();
    let replay = |id: &str| office.run(&["calls", "replay", id]);
    let shipped = dropped(&office, farewell, Some("survey.ru"));
    let told = replay(&shipped);
    assert!(
        told.starts_with("0\n") && !told.contains("warning"),
        "{told}"
    );
    let id = dropped(&office, farewell, Some("dentist"));
    let told = replay(&id);
    assert!(
        told.starts_with("3\n") && told.contains("along the scenario `dentist`, which is not here"),
        "{told}"
    );
    let dentist = OFFER.replace("name = \"offer.ru\"", "name = \"dentist\"");
    std::fs::write(office.shell.path("teeth.toml"), dentist).unwrap();
    let told = replay(&id);
    assert!(
        told.starts_with("0\n") && !told.contains("warning"),
        "{told}"
    );
}

#[test]
fn a_dry_run_tells_what_the_run_would_find_and_writes_nothing() {
    let office = Office::at_work();
    let before = std::fs::read(office.shell.path("novodial.db")).unwrap();
    let dry = |list: &str, more: &[&str]| {
        let arguments = [&["campaign", "run", list, "--dry-run"], more].concat();
        office.json(&arguments).remove(0)
    };
    for list in ["spring.csv", "spring"] {
        let told = dry(list, &[]);
        // Of six: one is reached, one was busy, one does not want to be called, one is for 2099.
        let counts = ["would_ring", "now", "later", "done", "do_not_call"];
        let counts = counts.map(|key| told[key].as_u64().unwrap());
        assert_eq!(counts, [2, 2, 2, 1, 1], "{list}: {told:#}");
        assert!(told["next_due"].is_string(), "{told:#}");
        assert_eq!(dry(list, &["--limit", "1"])["would_ring"], 1);
    }
    // The window has just closed, and opens in an hour at the earliest.
    let hour = Timestamp::now().in_tz("Europe/Moscow").unwrap().hour();
    let closed = format!("{:02}:00-{:02}:00", (hour + 2) % 23, (hour + 2) % 23 + 1);
    let hours = format!("policy.hours={closed}");
    let told = dry("spring.csv", &["--set", &hours]);
    assert_eq!(
        (&told["would_ring"], &told["later"]),
        (&json!(0), &json!(4)),
        "{closed}: {told:#}"
    );
    let text = office.run(&["campaign", "run", "spring.csv", "--dry-run"]);
    assert!(
        text.contains("would ring 2 leads now through `novofon`"),
        "{text}"
    );
    // The same stem at another path is another list.
    std::fs::create_dir(office.shell.path("other")).unwrap();
    std::fs::write(office.shell.path("other/spring.csv"), LIST).unwrap();
    let other = office.run(&["campaign", "run", "other/spring.csv", "--dry-run"]);
    assert!(
        other.starts_with("3\n") && other.contains("belongs to the list"),
        "{other}"
    );
    let after = std::fs::read(office.shell.path("novodial.db")).unwrap();
    assert!(before == after && !office.shell.path("spring.rejected.csv").exists());
}
