//! A model's advice in virtual time: asked once, heeded in time, and never in the rules' stead.

use super::*;

/// What no rule understands.
const RIDDLE: &str = "картошку посадили";

/// A call whose first prompt was heard out, and that may ask.
fn listening() -> Script {
    let mut script = Script::with(CallRules {
        advice_ms: Some(700),
        greet: Greet::AtOnce,
        ..RULES
    });
    script.line(LineEvent::Dialled).line(LineEvent::Answered);
    script.plays(3_000).wait(200);
    script
}

fn questions(script: &Script) -> Vec<u32> {
    let asked = script.out.iter().filter_map(|action| {
        let CallAction::Ask { question, .. } = action else {
            return None;
        };
        Some(*question)
    });
    asked.collect()
}

fn advise(script: &mut Script, question: u32, intent: Option<&str>) {
    let intent = intent.map(str::to_owned);
    script.feed(&CallEvent::Advised { question, intent });
}

/// The callee's last turn: what was understood, and whether by a model.
fn understood(script: &Script) -> (Option<String>, bool) {
    let turn = script.out.iter().rev().find_map(|action| {
        let CallAction::Record(turn) = action else {
            return None;
        };
        Some(turn).filter(|turn| turn.speaker == Speaker::Callee)
    });
    let turn = turn.expect("nothing was recorded");
    (turn.intent.clone(), turn.advised)
}

#[test]
fn it_is_asked_at_the_endpoint_and_answered_as_soon_as_it_says_something() {
    let mut script = listening();
    script.says(RIDDLE, 900).wait(600);
    assert_eq!(questions(&script), [1]);
    advise(&mut script, 1, Some("yes"));
    assert_eq!(understood(&script), (Some("yes".to_owned()), true));
    assert_eq!(script.machine.dialogue.state().0, "offer");
    assert_eq!(questions(&script), [1]);
}

#[test]
fn what_the_rules_understand_is_not_asked_about() {
    let mut script = listening();
    script.says("нет", 900).wait(3_000);
    assert_eq!(questions(&script), Vec::<u32>::new());
    assert_eq!(understood(&script), (Some("no".to_owned()), false));
}

#[test]
fn without_a_model_nobody_is_asked() {
    let mut script = Script::with(CallRules {
        greet: Greet::AtOnce,
        ..RULES
    });
    script.line(LineEvent::Dialled).line(LineEvent::Answered);
    script.plays(3_000).wait(200).says(RIDDLE, 900).wait(3_000);
    assert_eq!(questions(&script), Vec::<u32>::new());
    assert_eq!(understood(&script), (None, false));
}

#[test]
fn a_late_or_ignorant_model_leaves_the_rules_answer() {
    for silent in [true, false] {
        let mut script = listening();
        script.says(RIDDLE, 900).wait(600);
        assert_eq!(questions(&script), [1]);
        if !silent {
            advise(&mut script, 1, None);
        }
        let from = script.out.len();
        // No longer than without a model: the time that is let to the callee to go on.
        script.wait(1_300);
        assert!(script.out.len() > from, "no answer");
        assert_eq!(understood(&script), (None, false));
        advise(&mut script, 1, Some("yes"));
        assert_eq!(script.machine.dialogue.state().0, "greeting");
    }
}

#[test]
fn a_callee_who_goes_on_makes_the_advice_void() {
    let mut script = listening();
    script.says(RIDDLE, 900).wait(600);
    script.feed(&CallEvent::SpeechStarted).wait(300);
    advise(&mut script, 1, Some("yes"));
    assert_eq!(
        script.machine.dialogue.state().0,
        "greeting",
        "no answer over speech"
    );
    script.feed(&CallEvent::SpeechPaused).wait(320);
    script.feed(&CallEvent::FinalText("больше не звоните".to_owned()));
    script.wait(2_000);
    assert_eq!(understood(&script), (Some("do_not_call".to_owned()), false));
    assert!(script.did(&CallAction::DoNotCall));
}

#[test]
fn an_answer_to_another_question_is_not_heard() {
    let mut script = listening();
    script.says(RIDDLE, 900).wait(600);
    advise(&mut script, 7, Some("yes"));
    assert_eq!(script.machine.dialogue.state().0, "greeting");
    script.wait(2_000);
    assert_eq!(understood(&script), (None, false));
}
