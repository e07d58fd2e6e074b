//! The share of utterances that the standard intents understand, of those that the rules were
//! written with and of those that were held out.
//!
//! Of what is held out only numbers are told: see `tests/utterances/README.md`.

use std::collections::BTreeMap;

use novodial::dialogue::{IntentSet, STANDARD_INTENTS};
use novodial::language::Language;

const FILES: [(Language, bool, &str); 4] = [
    (
        Language::Russian,
        false,
        include_str!("../../utterances/ru.dev.tsv"),
    ),
    (
        Language::English,
        false,
        include_str!("../../utterances/en.dev.tsv"),
    ),
    (
        Language::Russian,
        true,
        include_str!("../../utterances/ru.heldout.tsv"),
    ),
    (
        Language::English,
        true,
        include_str!("../../utterances/en.heldout.tsv"),
    ),
];
/// Written to break the rules, when they were there.
const HOSTILE: [(Language, &str); 2] = [
    (
        Language::Russian,
        include_str!("../../utterances/ru.hostile.tsv"),
    ),
    (
        Language::English,
        include_str!("../../utterances/en.hostile.tsv"),
    ),
];
/// What must be right, of a hundred.
const LEAST: f64 = 95.0;

/// The utterances of a file: what each means, and what it was taken for.
fn judged(language: Language, file: &str) -> Vec<(&str, String, &str)> {
    let set = IntentSet::standard_ref(language).unwrap();
    let lines = file.lines().map(|line| line.split_once('\t').unwrap());
    lines
        .map(|(meant, text)| {
            let found = set.classify(text, |name| STANDARD_INTENTS.contains(&name));
            let found = found.map_or_else(|| "none".to_owned(), |evidence| evidence.intent);
            (meant, found, text)
        })
        .collect()
}

fn percent_right(held_out: bool) -> f64 {
    let files = FILES.iter().filter(|(_, held, _)| *held == held_out);
    let all: Vec<_> = files
        .flat_map(|(language, _, file)| judged(*language, file))
        .collect();
    let right = all
        .iter()
        .filter(|(meant, found, _)| meant == found)
        .count();
    100.0 * right as f64 / all.len() as f64
}

#[test]
fn what_the_rules_were_written_with_is_understood() {
    let percent = percent_right(false);
    assert!(percent >= LEAST, "{percent:.1} %");
}

#[test]
fn what_was_held_out_is_understood() {
    let percent = percent_right(true);
    assert!(percent >= LEAST, "{percent:.1} %");
}

#[test]
fn no_refusal_and_no_opt_out_is_taken_for_consent() {
    let refusals = ["no", "do_not_call", "wrong_person"];
    for (language, held_out, file) in FILES {
        let mut consents = judged(language, file);
        consents.retain(|(meant, found, _)| refusals.contains(meant) && found == "yes");
        // What was held out is counted and not shown.
        let shown: Vec<&str> = consents.iter().filter(|_| !held_out).map(|u| u.2).collect();
        assert_eq!(consents.len(), 0, "{language:?}: {shown:?}");
    }
}

#[test]
fn what_was_written_to_break_the_rules_does_not() {
    let all = HOSTILE
        .iter()
        .flat_map(|(language, file)| judged(*language, file));
    let (right, wrong): (Vec<_>, Vec<_>) = all.partition(|(meant, found, _)| meant == found);
    let percent = 100.0 * right.len() as f64 / (right.len() + wrong.len()) as f64;
    assert!(percent >= LEAST, "{percent:.1} %: {wrong:#?}");
    let consents: Vec<_> = wrong
        .iter()
        .filter(|(_, found, _)| found == "yes")
        .collect();
    assert!(consents.is_empty(), "{consents:#?}");
}

#[test]
fn the_set_is_large_enough_to_tell() {
    for language in [Language::Russian, Language::English] {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for (_, _, file) in FILES.iter().filter(|(of, ..)| *of == language) {
            for (intent, _) in file.lines().map(|line| line.split_once('\t').unwrap()) {
                *counts.entry(intent).or_default() += 1;
            }
        }
        for intent in STANDARD_INTENTS {
            assert!(
                counts[intent] >= 12,
                "{language:?} {intent}: {}",
                counts[intent]
            );
        }
        assert!(counts["none"] >= 60 && counts.values().sum::<usize>() >= 400);
        assert_eq!(counts.len(), STANDARD_INTENTS.len() + 1, "{counts:?}");
    }
}
