//! What the talk comes to, and calls that are promised: kept before the callee is told.

use super::*;

const LATER: &str = r#"
[scenario]
name = "later"
language = "ru"
start = "greeting"
[global]
no_input = "bye"
no_match = "bye"
[states.greeting]
say = "Удобно говорить?"
on = { yes = "bye", no = "later", call_later = "later" }
[states.later]
say = "Хорошо, перезвоним."
call_back = true
outcome = "later"
[states.bye]
say = "До свидания."
outcome = "no_input"
"#;

#[test]
fn a_promise_is_kept_before_it_is_said_and_stands_in_the_end_of_the_call() {
    let scenario = Arc::new(Scenario::parse(LATER).unwrap());
    let dialogue = Dialogue::new(scenario, &Variables::new()).unwrap();
    let mut script = Script::new();
    script.machine = CallMachine::new(RULES, dialogue);
    script.line(LineEvent::Dialled).wait(500);
    script.line(LineEvent::Ringing).wait(2_000);
    script.line(LineEvent::Answered);
    script.wait(300).says("алло", 400).wait(100);
    script
        .plays(1_500)
        .wait(300)
        .says("перезвоните завтра", 900)
        .wait(600);
    assert_eq!(script.last_prompt(), "Хорошо, перезвоним.");
    let place = |wanted: &dyn Fn(&CallAction) -> bool| script.out.iter().rposition(wanted);
    let kept = CallAction::Conclude {
        outcome: Some("later".to_owned()),
        call_back: Some(CallBack::Sometime),
        data: serde_json::json!({}),
    };
    let kept = place(&|action| *action == kept).expect("it is kept");
    let said = place(&|action| matches!(action, CallAction::Play { .. })).expect("it is said");
    assert!(kept < said, "{:?}", script.out);
    // The receiver goes down in the middle of the promise.
    let end = script.end(16, None);
    assert_eq!(end.call_back, Some(CallBack::Sometime));
    assert_eq!(end.outcome.as_deref(), Some("later"));
}
