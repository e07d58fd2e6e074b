//! A model that is asked where the rules do not know, in calls with sound: it is right, it answers
//! nonsense, it is late.

use std::fmt::Write as _;
use std::time::Duration;

use novodial::rehearsal::chat_service::{ChatOptions, ChatService, Saying};
use serde_json::Value;

use super::shell::Shell;

const KEY: &str = "sk-rehearsal-only";
/// What each callee says first, what the model says to it, and how long it thinks.
const CALLEES: [(&str, &str, &str, u64); 3] = [
    ("right", "картошку посадили", r#"{"intent":"yes"}"#, 50),
    ("nonsense", "в огороде бузина", "I would say yes!", 50),
    ("late", "сороки прилетели", r#"{"intent":"yes"}"#, 60_000),
];

fn service() -> (tokio::runtime::Runtime, ChatService) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let sayings = CALLEES.map(|(_, words, content, ms)| {
        let (content, after) = (content.to_owned(), Duration::from_millis(ms));
        (words.to_owned(), Saying { content, after })
    });
    let options = ChatOptions {
        key: KEY.to_owned(),
        model: "small".to_owned(),
        sayings: sayings.into(),
    };
    let service = runtime.block_on(ChatService::start(options)).unwrap();
    (runtime, service)
}

fn stage(service: &ChatService) -> Shell {
    let shell = Shell::new().with(&[
        ("NOVODIAL_UNDERSTANDING_LLM_URL".to_owned(), service.url()),
        (
            "NOVODIAL_UNDERSTANDING_LLM_MODEL".to_owned(),
            "small".to_owned(),
        ),
        (
            "NOVODIAL_UNDERSTANDING_LLM_API_KEY".to_owned(),
            KEY.to_owned(),
        ),
    ]);
    std::fs::create_dir(shell.path("callees")).unwrap();
    let mut leads = "phone,callee\n".to_owned();
    for (at, (callee, words, ..)) in CALLEES.iter().enumerate() {
        let file = format!(
            "about = \"Speaks in riddles once.\"\n[line]\nsetup_ms = 100\nring_ms = 300\n\
             [person]\nhello_ms = 200\nreaction_ms = 150\n\
             [ru]\nhello = \"Алло?\"\nsequence = [\"{words}\"]\notherwise = \"Да.\"\n"
        );
        shell.file(&format!("callees/{callee}.toml"), &file);
        writeln!(leads, "+7900000300{at},{callee}").unwrap();
    }
    shell.file("leads.csv", &leads);
    shell
}

/// The callee's turns after the hello: what was understood, by whom.
fn understood(call: &Value) -> Vec<(Option<&str>, Option<&str>)> {
    let turns = call["turns"].as_array().unwrap().iter();
    turns
        .filter(|turn| turn["speaker"] == "callee" && !turn["state"].is_null())
        .map(|turn| (turn["intent"].as_str(), turn["by"].as_str()))
        .collect()
}

#[test]
fn a_model_helps_where_it_is_right_and_does_no_harm_where_it_is_not() {
    let (_runtime, service) = service();
    let shell = stage(&service);
    let run = shell.run(&[
        "campaign",
        "run",
        "leads.csv",
        "--rehearse",
        "--no-wait",
        "--scenario",
        "offer.ru",
        "--callees",
        "callees",
        "--format",
        "jsonl",
        "-v",
    ]);
    let lines = run.lines();
    let calls: Vec<&Value> = lines
        .iter()
        .filter(|line| line["schema"] == "novodial.call/1")
        .collect();
    assert_eq!(calls.len(), CALLEES.len(), "{run:#?}");
    let (ruled, unknown) = ((Some("yes"), Some("rules")), (None, None));
    for call in calls {
        assert_eq!(call["outcome"], "agreed", "{call:#}");
        let expected = match call["number"].as_str().unwrap() {
            "+79000003000" => vec![(Some("yes"), Some("model")), ruled],
            _ => vec![unknown, ruled, ruled],
        };
        assert_eq!(understood(call), expected, "{call:#}");
        let shown = shell.run(&["calls", "show", call["id"].as_str().unwrap()]);
        let by_model = call["number"] == "+79000003000";
        assert_eq!(shown.stdout.contains("by: model"), by_model, "{shown:#?}");
        let replayed = shell.run(&["calls", "replay", call["id"].as_str().unwrap()]);
        assert_eq!(replayed.code, 0, "{replayed:#?}");
    }
    assert_eq!(service.asked().len(), CALLEES.len());
    assert!(!format!("{run:?}").contains(KEY), "the key is told");
}
