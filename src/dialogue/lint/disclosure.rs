//! Who calls, and that a robot does: said whole and in the first five seconds.

use super::Finding;
use crate::dialogue::machine::stand_ins;
use crate::dialogue::scenario::{Disclosure, Scenario, State};
use crate::dialogue::template;
use crate::language::{Language, tokenize};

/// How long it may take until everything is disclosed.
const LONGEST_MS: usize = 5_000;
/// A synthetic voice says some 14 characters a second, blanks included.
const CHARS_PER_SECOND: usize = 14;
/// A lead's name, to measure with.
const USUAL_NAME: &str = "Анна";

/// What tells that a robot speaks; words of a phrase follow one another.
const ROBOT: &[(Language, &[&str])] = &[
    (
        Language::Russian,
        &[
            "робот",
            "автоинформатор",
            "автоответчик",
            "бот",
            "голосовой помощник",
            "голосовой ассистент",
            "виртуальный помощник",
            "виртуальный ассистент",
            "электронный помощник",
            "автоматический звонок",
            "автоматизированный звонок",
        ],
    ),
    (
        Language::English,
        &[
            "robot",
            "bot",
            "automated",
            "automatic",
            "virtual assistant",
            "voice assistant",
            "digital assistant",
            "artificial voice",
            "prerecorded",
            "recorded message",
        ],
    ),
];

/// How long a synthetic voice takes to say a text, in milliseconds.
pub(in crate::dialogue) fn spoken_ms(text: &str) -> u64 {
    (text.chars().count() * 1_000 / CHARS_PER_SECOND) as u64
}

/// Whether the scenario says, in its first prompt and soon enough, who calls and that a robot speaks.
/// One that lifts the check does not, whatever its reason.
pub fn discloses(scenario: &Scenario) -> bool {
    scenario.disclosure != Disclosure::Lifted && findings(scenario).is_empty()
}

pub(super) fn findings(scenario: &Scenario) -> Vec<Finding> {
    let Some(state) = scenario.states.get(&scenario.start) else {
        return Vec::new();
    };
    if scenario.disclosure == Disclosure::Lifted {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for language in scenario.languages() {
        findings.extend(wordings(scenario, state, language));
    }
    if findings.is_empty() && state.barge_in && state.listens() {
        findings.push(Finding::warning(
            &state.place,
            "the disclosure may be interrupted".to_owned(),
            "give the first state `barge_in = false`",
        ));
    }
    findings
}

fn wordings(scenario: &Scenario, state: &State, language: Language) -> Vec<Finding> {
    let mut variables = scenario.defaults.clone();
    variables.extend(stand_ins(scenario));
    for name in &scenario.fields {
        variables.insert(name.clone(), "x".to_owned());
    }
    variables.insert("name".to_owned(), USUAL_NAME.to_owned());
    let mut findings = Vec::new();
    for text in opening(scenario, state, language) {
        // A variable that is missing is told by itself.
        let Ok(said) = template::render(language, &text.text, &variables) else {
            continue;
        };
        for wanted in wanted(scenario, language) {
            match end_of(&said, &wanted.words) {
                None => findings.push(Finding::warning(
                    &text.place,
                    format!("the first prompt does not say {}", wanted.what),
                    "say it in the first sentence; `disclosure` under [scenario] changes what is looked for",
                )),
                Some(end) if end * 1_000 / CHARS_PER_SECOND > LONGEST_MS => {
                    let seconds = end as f64 / CHARS_PER_SECOND as f64;
                    findings.push(Finding::warning(
                        &text.place,
                        format!("{} is said only after {seconds:.1} s", wanted.what),
                        "say it in the first five seconds",
                    ));
                }
                Some(_) => {}
            }
        }
    }
    findings
}

/// The wordings of the first prompt; those of the state after it where the first says nothing.
fn opening<'a>(
    scenario: &'a Scenario,
    state: &'a State,
    language: Language,
) -> &'a [crate::dialogue::scenario::Text] {
    let own = state.say.of(language);
    let next = state
        .next
        .first()
        .and_then(|way| way.target.states().next());
    match next.and_then(|name| scenario.states.get(name)) {
        Some(next) if own.is_empty() => next.say.of(language),
        _ => own,
    }
}

struct Wanted {
    what: String,
    /// Any of these.
    words: Vec<String>,
}

fn wanted(scenario: &Scenario, language: Language) -> Vec<Wanted> {
    if let Disclosure::Words(words) = &scenario.disclosure {
        let each = words.iter().map(|word| Wanted {
            what: format!("“{word}”"),
            words: vec![word.clone()],
        });
        return each.collect();
    }
    let robot = ROBOT.iter().find(|(known, _)| *known == language);
    let robot = robot.map_or(&[][..], |(_, words)| words);
    let mut wanted = vec![Wanted {
        what: "that a robot speaks".to_owned(),
        words: robot.iter().map(|word| (*word).to_owned()).collect(),
    }];
    if let Some(company) = scenario.defaults.get("company").filter(|c| !c.is_empty()) {
        wanted.push(Wanted {
            what: "who calls".to_owned(),
            words: vec![company.clone()],
        });
    }
    wanted
}

/// Where the first of the phrases ends in a text, in characters; compared by stems.
fn end_of(text: &str, phrases: &[String]) -> Option<usize> {
    let phrases: Vec<Vec<String>> = phrases.iter().map(|phrase| stems(phrase)).collect();
    let mut heard: Vec<String> = Vec::new();
    let mut end = 0;
    for piece in text.split_inclusive(char::is_whitespace) {
        end += piece.chars().count();
        heard.extend(stems(piece));
        if phrases.iter().any(|phrase| heard.ends_with(phrase)) {
            return Some(end);
        }
    }
    None
}

fn stems(text: &str) -> Vec<String> {
    tokenize(text).into_iter().map(|token| token.stem).collect()
}
