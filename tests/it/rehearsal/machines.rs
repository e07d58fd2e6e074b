//! Who answered, heard in real time: each kind that callees of a rehearsal can be, named with its
//! reason in the events, in the history and in what a person reads.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use super::shell::Shell;

/// A callee, what is said on picking up, who it is, and how the reason begins.
const CALLEES: [(&str, &str, &str, &str); 6] = [
    ("person", "Алло?", "human", "spoke "),
    (
        "announcement",
        "Аппарат абонента выключен или находится вне зоны действия сети.",
        "announcement",
        "said: «аппарат абонента",
    ),
    (
        "assistant",
        "Алло. [pause 900] Это голосовой помощник. Что передать?",
        "assistant",
        "said: «",
    ),
    (
        "mailbox",
        "Доброе утро. [pause 400] До связи. [pause 300] [tone 1000 500]",
        "voicemail",
        "beeped",
    ),
    ("fax", "[tone 2100 2800]", "fax", "the tone of a fax"),
    (
        "network",
        "[tone 950 330][tone 1400 330][tone 1800 330]",
        "announcement",
        "the network's information tones",
    ),
];

fn stage(shell: &Shell) {
    std::fs::create_dir(shell.path("callees")).unwrap();
    let mut leads = "phone,name,callee\n".to_owned();
    for (at, (name, hello, who, _)) in CALLEES.iter().enumerate() {
        let machine = *who != "human";
        let callee = format!(
            "about = \"Is {who}.\"\n[line]\nsetup_ms = 100\nring_ms = 600\n\
             [person]\nhello_ms = 400\nmachine = {machine}\nstay_ms = 9000\n\
             [ru]\nhello = \"{hello}\"\n"
        );
        shell.file(&format!("callees/{name}.toml"), &callee);
        writeln!(leads, "+7900000400{at},Анна,{name}").unwrap();
    }
    shell.file("leads.csv", &leads);
}

fn word<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

#[test]
fn each_kind_of_machine_is_named_with_its_reason() {
    let shell = Shell::new();
    stage(&shell);
    let run = shell.run(&[
        "campaign",
        "run",
        "leads.csv",
        "--rehearse",
        "--no-wait",
        "--callees",
        "callees",
        "--max-calls",
        "6",
        "--cps",
        "6",
        "--format",
        "jsonl",
    ]);
    let lines = run.lines();
    let of_number = |event: &str| -> BTreeMap<String, Value> {
        let events = lines.iter().filter(|line| line["event"] == event);
        events
            .map(|line| (word(line, "number").to_owned(), line.clone()))
            .collect()
    };
    let (told, ended) = (of_number("answered_by"), of_number("ended"));
    for (at, (name, _, who, reason)) in CALLEES.iter().enumerate() {
        let number = format!("+7900000400{at}");
        let (Some(told), Some(ended)) = (told.get(&number), ended.get(&number)) else {
            panic!("{name}: {run:#?}");
        };
        assert_eq!(word(told, "kind"), *who, "{told:#} {ended:#}");
        let kept = &ended["data"]["answered_by"];
        assert_eq!(word(kept, "kind"), *who, "{ended:#}");
        assert!(word(kept, "reason").starts_with(reason), "{ended:#}");
        let disposition = if *who == "human" {
            "answered"
        } else {
            "machine"
        };
        assert_eq!(word(ended, "disposition"), disposition, "{ended:#}");
        let shown = shell.run(&["calls", "show", word(ended, "id")]);
        let line = format!("answered by  {who} ({}", word(kept, "reason"));
        assert!(shown.stdout.contains(&line), "{shown:#?}");
    }
}
