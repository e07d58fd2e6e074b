//! The shipped characters on the line with the production machine, frame by frame.

use rstest::rstest;

use super::virtual_call::{Left, ring};
use super::*;
use crate::line::Disposition;
use crate::rehearsal::callee::Side;

fn call(name: &str, source: &str, seed: u64) -> Left {
    let cast = Cast::shipped().unwrap();
    ring(source, &cast.named(name).unwrap(), call_seed(seed, name, 1))
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
#[case("interrupts", &["refused"])]
#[case("backchannels", &["agreed"])]
#[case("keys", &["agreed"])]
#[case("echoes", &["agreed"])]
#[case("noisy", &["agreed", "refused"])]
#[case("hard_of_hearing", &["agreed"])]
#[case("impatient", &["refused"])]
fn a_call_ends_as_the_character_wants(
    #[case] name: &str,
    #[case] outcomes: &[&str],
    #[values((RUSSIAN, 1), (ENGLISH, 2))] (source, seed): (&str, u64),
) {
    let left = call(name, source, seed);
    assert_eq!(left.end.disposition, Disposition::Answered);
    let outcome = left.end.outcome.unwrap_or_default();
    assert!(
        outcomes.contains(&outcome.as_str()),
        "{outcome}: {:#?}",
        left.turns
    );
    assert_eq!(left.forbidden, outcome == "do_not_call");
    assert_eq!(left.measured.released_by, Side::Caller);
    assert!(left.measured.last_turn_whole, "the goodbye is heard out");
    assert!(left.measured.turns.len() >= 2);
}

#[rstest]
#[case("voicemail")]
#[case("assistant")]
fn a_machine_is_told_by_its_words(
    #[case] name: &str,
    #[values((RUSSIAN, 1), (ENGLISH, 2))] (source, seed): (&str, u64),
) {
    let left = call(name, source, seed);
    assert_eq!(
        left.end.disposition,
        Disposition::Machine,
        "{:#?}",
        left.turns
    );
}

#[test]
fn who_says_nothing_is_asked_again_and_let_go() {
    let left = call("silent", RUSSIAN, 1);
    assert_eq!(left.end.outcome.as_deref(), Some("no_input"));
    assert_eq!(left.measured.turns.len(), 4);
    assert!(left.measured.said.is_empty());
}

#[test]
fn who_hangs_up_early_hears_a_part_of_the_first_sentence() {
    for (source, seed) in [(RUSSIAN, 1), (ENGLISH, 2)] {
        let left = call("hangs_up", source, seed);
        assert_eq!(left.end.outcome.as_deref(), Some("hung_up"));
        assert_eq!(left.measured.released_by, Side::Callee);
        assert_eq!(left.measured.turns.len(), 1);
        assert!(!left.measured.last_turn_whole);
    }
}

#[test]
fn who_interrupts_makes_the_bot_fall_silent() {
    let left = call("interrupts", RUSSIAN, 1);
    let offer = &left.measured.turns[1];
    assert!(offer.interrupted_ms.is_some());
    assert!(offer.silent_after_ms.unwrap() < 1_000, "{offer:?}");
    assert!(!offer.text.ends_with("интересно?"), "{offer:?}");
}

#[test]
fn backchannels_are_said_and_stop_nobody() {
    let left = call("backchannels", RUSSIAN, 1);
    let signs = ["угу", "ага", "так"];
    let said = left.measured.said.iter();
    assert!(
        said.filter(|said| signs.contains(&said.text.as_str()))
            .count()
            >= 3
    );
    let heard = left.measured.heard().join(" ");
    for end in ["удобно говорить?", "вам интересно?", "всего доброго!"]
    {
        assert!(heard.contains(end), "{heard}");
    }
}

#[test]
fn the_same_seed_has_the_same_talk_and_another_one_another() {
    let talk = |seed| call("asks_price", RUSSIAN, seed).turns;
    let first = talk(1);
    assert_eq!(first, talk(1));
    assert!((2..5).any(|seed| talk(seed) != first));
}
