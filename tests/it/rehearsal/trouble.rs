//! Each trouble of the exchange: what the callee heard, and what the history says.

use serde_json::Value;

use super::exchange::variables;
use super::shell::{Running, Shell};
use crate::cli::OFFER;

/// An exchange on which everybody agrees, and in trouble.
struct Troubled {
    exchange: Running,
    shell: Shell,
}

impl Troubled {
    fn new(trouble: &str) -> Self {
        let shell = Shell::new();
        shell.file("scenario.toml", OFFER);
        shell.file("trouble.toml", &format!("about = \"A test.\"\n\n{trouble}"));
        let leads: Vec<_> = (1..=9).map(|n| format!("+7900000000{n},agrees")).collect();
        shell.file(
            "leads.csv",
            &format!("phone,callee\n{}\n", leads.join("\n")),
        );
        let arguments = [
            [
                "exchange",
                "--leads",
                "leads.csv",
                "--trouble",
                "trouble.toml",
            ]
            .as_slice(),
            &["--haste", "5", "--format", "jsonl"],
        ];
        let exchange = shell.start(&arguments.concat());
        let shell = shell.with(&variables(&exchange));
        Self { exchange, shell }
    }

    /// Calls the number that ends so: what the history says, and what the callee tells.
    fn call(&self, n: u32) -> (Value, Value) {
        let number = format!("+7900000000{n}");
        let call = self.shell.run(&["call", &number, "--format", "json"]);
        let told = self.exchange.next();
        assert_eq!(told["number"], number.trim_start_matches('+'), "{call:#?}");
        (call.json(), told)
    }
}

fn heard(told: &Value) -> Vec<&str> {
    let turns = told["measured"]["turns"].as_array().unwrap();
    turns
        .iter()
        .map(|turn| turn["text"].as_str().unwrap())
        .collect()
}

fn said(call: &Value) -> Vec<&str> {
    let turns = call["turns"].as_array().unwrap();
    let bot = turns.iter().filter(|turn| turn["speaker"] == "bot");
    bot.map(|turn| turn["text"].as_str().unwrap()).collect()
}

#[test]
fn congestion_refuses_a_call_before_it_rings() {
    let troubled = Troubled::new("[[trouble]]\nwhat = \"congestion\"\nuntil = 1\n");
    let (call, told) = troubled.call(1);
    assert_eq!(
        (&call["disposition"], &call["sip"]),
        (&"congestion".into(), &503.into())
    );
    assert_eq!(told["measured"], Value::Null);
    let (call, told) = troubled.call(2);
    assert_eq!(call["outcome"], "agreed", "the next one is let through");
    assert_eq!(told["measured"]["last_turn_whole"], true);
}

#[test]
fn a_trunk_that_goes_away_refuses_calls_until_it_is_back() {
    let troubled = Troubled::new("[[trouble]]\nwhat = \"trunk_away\"\nuntil = 1\nfor_ms = 2500\n");
    let (call, told) = troubled.call(1);
    assert_eq!(call["disposition"], "congestion", "{call:#}");
    assert_eq!(told["measured"], Value::Null);
    let away = troubled.shell.run(&["call", "+79000000002"]);
    assert_eq!(away.code, 15, "no channel can be made: {away:#?}");
    assert!(away.stdout.contains("trunk_unreachable"), "{away:#?}");
    let mut tries = 0;
    while troubled.shell.run(&["call", "+79000000003"]).code != 0 {
        tries += 1;
        assert!(tries < 100, "it comes back");
    }
    assert_eq!(troubled.exchange.next()["answered"], true);
}

#[test]
fn packet_gaps_tear_what_the_callee_hears_and_the_history_hears_worse_too() {
    let troubled = Troubled::new(
        "[[trouble]]\nwhat = \"packet_gaps\"\nlost_percent = 25\ngap_ms = [60, 120, 200]\n",
    );
    let (call, told) = troubled.call(1);
    assert_eq!(call["disposition"], "answered");
    assert_eq!(
        said(&call)[0].split(' ').count(),
        9,
        "what was said is known: {call:#}"
    );
    let heard = heard(&told).join(" ");
    let whole = said(&call)[0].to_lowercase();
    assert!(!heard.contains(&whole), "heard all of it: {heard}");
    let understood = call["turns"].as_array().unwrap().iter();
    let understood: Vec<_> = understood
        .filter(|turn| turn["speaker"] == "callee")
        .collect();
    let spoken = told["measured"]["said"].as_array().unwrap();
    let pairs = understood.iter().zip(spoken);
    let torn = pairs.filter(|(heard, said)| {
        let letters = |value: &Value| value["text"].as_str().unwrap().to_lowercase();
        letters(heard) != letters(said)
    });
    assert!(
        torn.count() > 0 || understood.len() != spoken.len(),
        "{call:#} {told:#}"
    );
}

#[test]
fn events_that_overtake_the_answer_change_nothing() {
    let troubled = Troubled::new("[[trouble]]\nwhat = \"early_event\"\n");
    let (call, told) = troubled.call(1);
    assert_eq!(
        (&call["disposition"], &call["outcome"]),
        (&"answered".into(), &"agreed".into())
    );
    assert_eq!(heard(&told).len(), said(&call).len());
}

#[test]
fn a_call_goes_on_while_the_event_socket_is_lost() {
    let troubled =
        Troubled::new("[[trouble]]\nwhat = \"events_lost\"\nafter_ms = 4000\nfor_ms = 1500\n");
    let (call, told) = troubled.call(1);
    assert_eq!(call["disposition"], "answered", "{call:#}");
    assert_eq!(
        call["outcome"], "agreed",
        "the talk came to its end: {call:#}"
    );
    assert_eq!(heard(&told).len(), said(&call).len());
    assert_eq!(told["measured"]["last_turn_whole"], true);
}
