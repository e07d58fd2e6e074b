//! Times that end a call by themselves.

use super::*;

#[test]
fn the_longest_call_ends_by_itself() {
    let mut script = Script::with(CallRules {
        max_duration_ms: 5_000,
        ..RULES
    });
    script
        .line(LineEvent::Dialled)
        .line(LineEvent::Answered)
        .wait(5_001);
    assert!(script.did(&CallAction::Hangup(HangupReason::Normal)));
    assert_eq!(script.end(16, None).outcome.as_deref(), Some("time_limit"));
}

#[test]
fn a_prompt_that_does_not_begin_ends_in_a_farewell_and_not_in_silence() {
    let mut script = greeted();
    script.wait(300).says("а кто это", 500).wait(400);
    assert_eq!(script.machine.phase(), "speaking");
    let asked = script.last_prompt().to_owned();
    script.wait(4_000);
    assert_eq!(script.last_prompt(), asked);
    script.wait(1_100);
    assert!(script.did(&CallAction::StopPlaying));
    assert_ne!(script.last_prompt(), asked, "words that are at hand");
    assert_eq!(script.machine.phase(), "closing");
    let mut silent = script.machine.clone();
    script.plays(1_500).wait(300);
    assert!(script.did(&CallAction::Hangup(HangupReason::Normal)));
    // Where they do not begin either, nobody is kept on the line.
    let mut out = Vec::new();
    let (at, timer) = silent.deadline().unwrap();
    assert_eq!(timer, Timer::Prompt);
    silent.handle(at, &CallEvent::Timeout(timer), &mut out);
    assert!(out.contains(&CallAction::Hangup(HangupReason::Failure)));
}

#[test]
fn a_prompt_that_has_begun_may_be_long() {
    let mut script = greeted();
    script.wait(300).says("а кто это", 500).wait(400);
    let id = script.prompt.unwrap();
    script.wait(4_500).feed(&CallEvent::PromptStarted(id));
    script.wait(60_000);
    assert_eq!(script.machine.phase(), "speaking");
}
