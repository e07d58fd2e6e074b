//! Answered calls for which no conversation is free yet.

use super::*;

const GREETING: &str = "Одну секунду, пожалуйста.";
const FAREWELL: &str = "Все линии заняты. До свидания.";

pub(super) fn words() -> WaitingWords {
    WaitingWords {
        greeting: GREETING.to_owned(),
        farewell: FAREWELL.to_owned(),
    }
}

fn waiting() -> Script {
    let mut script = Script::new();
    script.machine = script.machine.clone().waiting_for_seat(words());
    script.line(LineEvent::Dialled).wait(3_000);
    script.line(LineEvent::Answered);
    script
}

fn opening() -> String {
    let mut script = Script::answered();
    script.wait(1_500).last_prompt().to_owned()
}

#[test]
fn whoever_finds_a_conversation_at_once_notices_nothing() {
    let mut script = waiting();
    script.wait(300).feed(&CallEvent::Seated).wait(1_200);
    assert_eq!(script.last_prompt(), opening());
    let said = script
        .out
        .iter()
        .filter(|action| matches!(action, CallAction::Play { .. }));
    assert_eq!(said.count(), 1);
}

#[test]
fn whoever_waits_hears_a_word_and_then_the_dialogue() {
    let mut script = waiting();
    script.feed(&CallEvent::SpeechStarted).wait(400);
    script.feed(&CallEvent::SpeechPaused).wait(400);
    assert_eq!(script.last_prompt(), GREETING);
    // A conversation that comes free meanwhile does not cut the word short.
    script.feed(&CallEvent::Seated).wait(100);
    assert_eq!(script.last_prompt(), GREETING);
    script.plays(900);
    assert_eq!(script.last_prompt(), opening());
    script.plays(2_000);
    assert_eq!(script.machine.phase(), "listening");
}

#[test]
fn a_conversation_that_comes_after_the_word_lets_the_callee_finish() {
    let mut script = waiting();
    script.wait(1_300).plays(900);
    script.feed(&CallEvent::SpeechStarted).wait(200);
    script.feed(&CallEvent::Seated).wait(100);
    assert_eq!(script.last_prompt(), GREETING);
    script.feed(&CallEvent::SpeechPaused).wait(400);
    assert_eq!(script.last_prompt(), opening());
}

#[rstest]
#[case::silent(300)]
#[case::while_the_word_is_said(1_900)]
fn whoever_waits_in_vain_is_let_go_politely_and_recorded_as_dropped(#[case] after_ms: u64) {
    let mut script = waiting();
    script.wait(after_ms).feed(&CallEvent::Dropped);
    if script.last_prompt() == GREETING {
        script.plays(500);
    }
    assert_eq!(script.last_prompt(), FAREWELL);
    script.plays(1_500).wait(300);
    assert!(script.did(&CallAction::Hangup(HangupReason::Normal)));
    let end = script.end(16, Some(200));
    assert_eq!(end.disposition, Disposition::Answered);
    assert_eq!(end.outcome.as_deref(), Some(DROPPED));
    assert!(script.turns().contains(&(Speaker::Bot, FAREWELL)));
}

#[test]
fn whoever_hangs_up_before_a_conversation_is_free_was_dropped_too() {
    let end = waiting().wait(900).end(16, Some(200));
    assert_eq!(end.outcome.as_deref(), Some(DROPPED));
    let mut seated = waiting();
    let end = seated.feed(&CallEvent::Seated).wait(900).end(16, Some(200));
    assert_eq!(end.outcome.as_deref(), Some("hung_up"));
}
