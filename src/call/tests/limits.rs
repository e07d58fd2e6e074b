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
