//! The shipped characters against the shipped scenarios, by their words alone.

use std::collections::BTreeSet;
use std::sync::Arc;

use rstest::rstest;

use super::*;
use crate::dialogue::{Dialogue, Heard, Reply, Scenario, Variables};
use crate::rehearsal::callee::{Act, Mind};

mod calls;
mod cast;
mod documentation;
mod everyone;
mod files;
mod lines;
mod virtual_call;

const RUSSIAN: &str = include_str!("../../../../scenarios/offer.ru.toml");
const ENGLISH: &str = include_str!("../../../../scenarios/offer.en.toml");

/// How a talk in which nobody interrupts ends: its outcome, or that the callee hung up.
fn talk(source: &str, character: &Character, seed: u64) -> (String, Vec<String>) {
    let scenario = Arc::new(Scenario::parse(source).unwrap());
    let fields = Variables::from([("name".to_owned(), "Анна".to_owned())]);
    let mut mind = Mind::new(Arc::clone(character.person(scenario.language)), seed);
    let mut dialogue = Dialogue::new(scenario, &fields).unwrap();
    let mut reply = dialogue.begin();
    let mut lines = Vec::new();
    for _ in 0..20 {
        lines.push(format!("bot: {}", said(&reply)));
        if let Some(outcome) = reply.outcome {
            return (outcome, lines);
        }
        let acts = mind.reply(&said(&reply));
        if acts.contains(&Act::HangUp) {
            return ("hung up".to_owned(), lines);
        }
        let heard = heard(&acts);
        lines.push(format!("{heard:?}"));
        reply = dialogue.hear(&heard);
    }
    panic!("no end: {lines:#?}");
}

/// All that a reply says.
fn said(reply: &Reply) -> String {
    let texts: Vec<&str> = reply
        .say
        .iter()
        .map(|prompt| prompt.text.as_str())
        .collect();
    texts.join(" ")
}

/// What reaches the bot of what the callee did.
fn heard(acts: &[Act]) -> Heard {
    let (mut words, mut key) = (Vec::new(), None);
    for act in acts {
        match act {
            Act::Say(text) => words.push(text.as_str()),
            Act::Press(pressed) => key = Some(*pressed),
            Act::PauseMs(_) | Act::Beep { .. } | Act::NoiseMs(_) | Act::HangUp => {}
        }
    }
    match (key, words.is_empty()) {
        (Some(key), _) => Heard::Key(key),
        (None, true) => Heard::Silence,
        (None, false) => Heard::Words(words.join(" ")),
    }
}

fn outcomes(source: &str, name: &str) -> BTreeSet<String> {
    let cast = Cast::shipped().unwrap();
    let character = cast.named(name).unwrap();
    (0..60)
        .map(|seed| talk(source, &character, seed).0)
        .collect()
}

#[rstest]
#[case("agrees", &["agreed"])]
#[case("refuses", &["refused"])]
#[case("hesitates", &["agreed"])]
#[case("pauses", &["agreed"])]
#[case("asks_who", &["agreed", "refused"])]
#[case("asks_robot", &["agreed", "refused"])]
#[case("asks_price", &["agreed", "refused"])]
#[case("call_later", &["call_later"])]
#[case("wants_human", &["human"])]
#[case("wrong_person", &["wrong_person"])]
#[case("no_more_calls", &["do_not_call"])]
#[case("silent", &["no_input"])]
#[case("interrupts", &["refused"])]
#[case("backchannels", &["agreed"])]
#[case("keys", &["agreed"])]
#[case("echoes", &["agreed"])]
#[case("noisy", &["agreed", "refused"])]
#[case("hard_of_hearing", &["agreed"])]
#[case("impatient", &["refused"])]
fn the_scenario_ends_as_the_character_wants(
    #[case] name: &str,
    #[case] expected: &[&str],
    #[values(RUSSIAN, ENGLISH)] source: &str,
) {
    let expected: BTreeSet<String> = expected.iter().map(|o| (*o).to_owned()).collect();
    assert_eq!(outcomes(source, name), expected, "{name}");
}
