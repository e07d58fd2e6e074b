//! Every line that a character of the rehearsal may say is understood as the character means it.
//!
//! `callees.tsv` holds language, meaning and line; of several meanings any will do, and where the
//! state does not listen for one of them, nothing will do too.

use std::collections::BTreeMap;
use std::path::Path;

use novodial::dialogue::{Classifier, Scenario, StateName};
use rstest::rstest;

const MEANINGS: &str = include_str!("callees.tsv");
const RUSSIAN: &str = include_str!("../../../scenarios/offer.ru.toml");
const ENGLISH: &str = include_str!("../../../scenarios/offer.en.toml");

/// What a state of the offer listens for.
const GREETING: &[&str] = &["greeting"];
const OFFER: &[&str] = &["too_expensive"];
const BOTH: [&str; 11] = [
    "yes",
    "no",
    "not_interested",
    "price",
    "do_not_call",
    "wrong_person",
    "call_later",
    "who_is_calling",
    "robot",
    "human",
    "repeat",
];

fn meanings(language: &str) -> BTreeMap<&'static str, Vec<&'static str>> {
    let lines = MEANINGS.lines().map(|line| {
        let fields: Vec<&str> = line.split('\t').collect();
        (fields[0], fields[1].split(' ').collect(), fields[2])
    });
    lines
        .filter(|(of, ..)| *of == language)
        .map(|(_, meanings, line)| (line, meanings))
        .collect()
}

#[rstest]
#[case("ru", RUSSIAN, "greeting", GREETING)]
#[case("ru", RUSSIAN, "offer", OFFER)]
#[case("en", ENGLISH, "greeting", GREETING)]
#[case("en", ENGLISH, "offer", OFFER)]
fn every_line_is_understood(
    #[case] language: &str,
    #[case] scenario: &str,
    #[case] state: &str,
    #[case] listened: &[&str],
) {
    let scenario = Scenario::parse(scenario).unwrap();
    let now = jiff::civil::date(2026, 11, 23).at(12, 0, 0, 0);
    let classifier = Classifier::new(scenario, Some(StateName(state.to_owned())), now);
    let listened = |name: &&str| BOTH.contains(name) || listened.contains(name);
    let mut wrong = Vec::new();
    for (line, meant) in meanings(language) {
        let found = classifier.classify(line);
        let understood = found.as_ref().map_or("none", |found| found.intent.as_str());
        let unheard = understood == "none" && !meant.iter().all(listened);
        if !meant.contains(&understood) && !unheard {
            wrong.push(format!("{line} {meant:?}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The texts of a value of a character's file, cues in brackets left out.
fn lines_of(value: &toml::Value, lines: &mut Vec<String>) {
    match value {
        toml::Value::String(text) => {
            let mut spoken = String::new();
            for piece in text.split('[') {
                spoken.push_str(piece.split_once(']').map_or(piece, |(_, after)| after));
            }
            let words: Vec<&str> = spoken.split_whitespace().collect();
            lines.push(words.join(" "));
        }
        toml::Value::Array(values) => values.iter().for_each(|value| lines_of(value, lines)),
        toml::Value::Table(table) => {
            let said = table.iter().filter(|(key, _)| *key != "heard");
            said.for_each(|(_, value)| lines_of(value, lines));
        }
        toml::Value::Integer(_)
        | toml::Value::Float(_)
        | toml::Value::Boolean(_)
        | toml::Value::Datetime(_) => {}
    }
}

#[test]
fn every_line_of_every_character_is_judged() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/callees");
    let mut said: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let character: toml::Table = toml::from_str(&text).unwrap();
        for language in ["ru", "en"] {
            if let Some(lines) = character.get(language) {
                lines_of(lines, said.entry(language).or_default());
            }
        }
    }
    for (language, mut lines) in said {
        lines.sort();
        lines.dedup();
        lines.retain(|line| !line.is_empty());
        let judged: Vec<&str> = meanings(language).into_keys().collect();
        assert_eq!(lines, judged, "{language}");
    }
}
