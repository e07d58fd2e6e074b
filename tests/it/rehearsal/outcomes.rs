//! Every outcome of every scenario that is shipped, come to by voice: for each a callee says what
//! leads there, through the codec, the voice detector and the recogniser.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use novodial::dialogue::Scenario;
use serde_json::Value;

use super::shell::{Shell, project};

/// What is said, by scenario and outcome.
const SAID: &str = include_str!("outcomes.toml");
/// Talks of one campaign at once.
const AT_ONCE: &str = "12";

type Answers = BTreeMap<String, Vec<String>>;

/// What leads to each outcome of a scenario, its own and those of the part it shares.
fn answers(name: &str, scenario: &Scenario) -> Answers {
    let said: toml::Table = toml::from_str(SAID).unwrap();
    let shared = said["common"][scenario.language.code()].clone();
    let mut answers: Answers = shared.try_into().unwrap();
    answers.extend(said[name].clone().try_into::<Answers>().unwrap());
    let outcomes = outcomes(scenario);
    answers.retain(|outcome, _| outcomes.contains(outcome));
    let known: BTreeSet<String> = answers.keys().cloned().collect();
    assert_eq!(known, outcomes, "{name}");
    answers
}

fn outcomes(scenario: &Scenario) -> BTreeSet<String> {
    let states = scenario.states.values();
    states.filter_map(|state| state.outcome.clone()).collect()
}

/// The scenarios in the folder, without the parts that they share.
fn shipped() -> Vec<String> {
    let files = std::fs::read_dir(project("scenarios")).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let scenarios = names.filter_map(|name| name.strip_suffix(".toml").map(str::to_owned));
    scenarios
        .filter(|name| !name.starts_with("common."))
        .collect()
}

fn scenario(name: &str) -> Scenario {
    let text = std::fs::read_to_string(project(&format!("scenarios/{name}.toml"))).unwrap();
    Scenario::load(&text, &mut |part| {
        std::fs::read_to_string(project(&format!("scenarios/{part}"))).map_err(|e| e.to_string())
    })
    .unwrap()
}

/// A folder with a callee for each outcome, and the list that names them.
fn stage(shell: &Shell, language: &str, answers: &Answers) {
    std::fs::create_dir(shell.path("callees")).unwrap();
    let mut leads = "phone,name,callee,when,debt,due\n".to_owned();
    let (hello, name) = match language {
        "ru" => ("Алло?", "Анна Петровна"),
        _ => ("Hello?", "Anna"),
    };
    for (at, (outcome, said)) in answers.iter().enumerate() {
        let callee = format!(
            "about = \"Comes to {outcome}.\"\n[line]\nsetup_ms = 100\nring_ms = 300\n\
             [person]\nhello_ms = 200\nreaction_ms = 150\n\
             [{language}]\nhello = \"{hello}\"\nsequence = {said:?}\n"
        );
        shell.file(&format!("callees/{outcome}.toml"), &callee);
        writeln!(
            leads,
            "+79000002{at:03},{name},{outcome},2031-03-12T15:00,15400.50,2026-11-10"
        )
        .unwrap();
    }
    shell.file("leads.csv", &leads);
}

/// What went otherwise than it should; empty where all is well.
fn rehearse(name: &str) -> Vec<String> {
    let scenario = scenario(name);
    let answers = answers(name, &scenario);
    let shell = Shell::new();
    stage(&shell, scenario.language.code(), &answers);
    let run = shell.run(&[
        "campaign",
        "run",
        "leads.csv",
        "--rehearse",
        "--no-wait",
        "--scenario",
        name,
        "--callees",
        "callees",
        "--max-calls",
        AT_ONCE,
        "--cps",
        "8",
        "--format",
        "jsonl",
    ]);
    let lines = run.lines();
    let calls = lines
        .iter()
        .filter(|line| line["schema"] == "novodial.call/1");
    let mut wrong = Vec::new();
    let mut reached = BTreeSet::new();
    for call in calls {
        let number = call["number"].as_str().unwrap_or_default();
        let at = number
            .strip_prefix("+79000002")
            .and_then(|at| at.parse().ok());
        let wanted = at.and_then(|at: usize| answers.keys().nth(at));
        let Some(wanted) = wanted else {
            wrong.push(format!("{name}: nobody has {number}"));
            continue;
        };
        reached.insert(wanted);
        if call["disposition"] != "answered" || call["outcome"] != wanted.as_str() {
            wrong.push(format!("{name}: {wanted}: {:#}", told(call)));
        }
    }
    for (outcome, _) in answers
        .iter()
        .filter(|(outcome, _)| !reached.contains(outcome))
    {
        wrong.push(format!("{name}: {outcome}: no call {run:#?}"));
    }
    wrong
}

fn told(call: &Value) -> Value {
    let turns = call["turns"].as_array().into_iter().flatten();
    let said = turns.map(|turn| {
        let word = |key: &str| turn[key].as_str().unwrap_or("-").to_owned();
        format!(
            "{}: {} [{}, {}]",
            word("speaker"),
            word("text"),
            word("state"),
            word("intent")
        )
    });
    serde_json::json!({
        "disposition": call["disposition"],
        "outcome": call["outcome"],
        "turns": said.collect::<Vec<_>>(),
    })
}

#[test]
fn every_outcome_of_every_shipped_scenario_is_come_to_by_voice() {
    let names = shipped();
    assert!(names.len() >= 7, "{names:?}");
    // All side by side: they take little but time, and no longer than the longest talk.
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let running: Vec<_> = names
            .into_iter()
            .map(|name| scope.spawn(move || rehearse(&name)))
            .collect();
        running
            .into_iter()
            .flat_map(|run| run.join().unwrap())
            .collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
