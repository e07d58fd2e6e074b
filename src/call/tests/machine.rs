//! Machines that answer: hung up on, left a message, or talked with.

use super::*;

const GREETING: &str = "вы позвонили ивану я не могу ответить";
const MESSAGE: &str = "Здравствуйте! Перезвоните нам.";

/// A voicemail has answered and speaks.
fn answered_by_machine(on_machine: OnMachine) -> Script {
    let mut script = Script::with(CallRules {
        on_machine,
        ..RULES
    });
    script.machine = script.machine.clone().with_message(MESSAGE.to_owned());
    script
        .line(LineEvent::Dialled)
        .line(LineEvent::Answered)
        .wait(300)
        .feed(&CallEvent::SpeechStarted)
        .wait(1_500)
        .feed(&CallEvent::PartialText(GREETING.to_owned()));
    // A guess decides nothing: its text is asked for.
    assert!(!hung_up(&script) && script.did(&CallAction::Commit));
    script
        .wait(320)
        .feed(&CallEvent::FinalText(GREETING.to_owned()));
    script
}

fn hung_up(script: &Script) -> bool {
    let hang_up = |action: &CallAction| matches!(action, CallAction::Hangup(_));
    script.out.iter().any(hang_up)
}

fn left(script: &Script) -> bool {
    let message_left = |action: &CallAction| {
        matches!(action, CallAction::Conclude { outcome, .. }
            if outcome.as_deref() == Some("message_left"))
    };
    script.out.iter().any(message_left) && script.last_prompt() == MESSAGE
}

#[test]
fn a_message_is_left_after_the_beep_and_to_its_end() {
    let mut script = answered_by_machine(OnMachine::Message);
    assert!(script.did(&CallAction::ListenForBeep) && !hung_up(&script));
    script
        .wait(3_000)
        .feed(&CallEvent::SpeechPaused)
        .wait(800)
        .feed(&CallEvent::SpeechStarted)
        .wait(900)
        .feed(&CallEvent::SpeechPaused);
    assert!(!left(&script), "not before the beep");
    script.wait(200).feed(&CallEvent::Beep);
    assert!(left(&script));
    let id = script.prompt.unwrap();
    script.feed(&CallEvent::PromptStarted(id));
    // The machine says a word more: nothing is cut.
    script.feed(&CallEvent::SpeechStarted).wait(900);
    assert!(!script.did(&CallAction::StopPlaying) && !hung_up(&script));
    script
        .feed(&CallEvent::PromptEnded {
            id,
            heard_ms: 2_000,
            complete: true,
        })
        .wait(300);
    let end = script.end(16, None);
    assert_eq!(end.disposition, Disposition::Machine);
    assert_eq!(end.outcome.as_deref(), Some("message_left"));
}

#[test]
fn a_machine_without_a_beep_is_left_a_message_once_it_is_silent() {
    let mut script = answered_by_machine(OnMachine::Message);
    script
        .wait(2_000)
        .feed(&CallEvent::SpeechPaused)
        .wait(2_000);
    assert!(!left(&script));
    script.wait(600);
    assert!(left(&script));
}

#[test]
fn a_machine_that_speaks_for_ever_and_a_fax_are_hung_up_on() {
    let mut script = answered_by_machine(OnMachine::Message);
    script.wait(35_000);
    assert!(hung_up(&script) && !left(&script));
    let mut script = answered_by_machine(OnMachine::Message);
    script.feed(&CallEvent::Fax);
    assert!(hung_up(&script));
    assert_eq!(script.end(16, None).outcome, None);
}

#[test]
fn a_machine_is_hung_up_on_or_talked_with_as_it_is_set() {
    let script = answered_by_machine(OnMachine::HangUp);
    assert!(hung_up(&script));
    let mut script = answered_by_machine(OnMachine::Talk);
    assert!(!hung_up(&script));
    // Neither its words nor their length tell it again.
    script
        .wait(4_000)
        .feed(&CallEvent::FinalText(GREETING.to_owned()))
        .feed(&CallEvent::SpeechPaused)
        .wait(500);
    assert!(!hung_up(&script));
    assert!(
        script.last_prompt().contains("робот"),
        "{}",
        script.last_prompt()
    );
}

#[test]
fn voicemail_is_told_by_its_words() {
    let mut script = Script::answered();
    script.wait(200).feed(&CallEvent::SpeechStarted).wait(1_800);
    let words = "вы позвонили ивану оставьте сообщение после сигнала".to_owned();
    script.feed(&CallEvent::PartialText(words.clone()));
    let hang_up = CallAction::Hangup(HangupReason::Normal);
    assert!(!script.did(&hang_up), "by a guess");
    script.wait(320).feed(&CallEvent::FinalText(words));
    assert!(script.did(&hang_up));
    let end = script.end(16, None);
    assert_eq!((end.disposition, end.outcome), (Disposition::Machine, None));
    let verdict = end.answered_by.unwrap();
    assert_eq!(verdict.answerer, Answerer::Voicemail);
    let said = "said: «вы позвонили ивану оставьте сообщение после сигнала»";
    assert_eq!(
        (verdict.reason.to_string().as_str(), verdict.after_ms),
        (said, 2_320)
    );
}

#[test]
fn a_television_behind_somebody_does_not_keep_us_silent_for_ever() {
    let mut script = Script::new();
    script
        .line(LineEvent::Dialled)
        .line(LineEvent::Answered)
        .wait(300)
        .feed(&CallEvent::SpeechStarted)
        .wait(1_000)
        .feed(&CallEvent::FinalText("алло".to_owned()))
        .wait(3_900);
    assert_eq!(script.machine.phase(), "answered");
    script.wait(200);
    assert!(!hung_up(&script));
    assert!(script.prompt.is_some(), "{:?}", script.out);
}

#[test]
fn who_wishes_to_be_called_no_more_is_no_machine_whatever_it_sounds_like() {
    for words in [
        "я отзываю согласие на обработку персональных данных",
        "прекратите звонить в нерабочее время",
    ] {
        let mut script = greeted();
        let id = script.prompt.unwrap();
        script
            .feed(&CallEvent::PromptStarted(id))
            .wait(300)
            .says(words, 2_500);
        assert!(script.did(&CallAction::DoNotCall), "{words}");
        script.wait(400);
        assert!(!hung_up(&script), "{words}: a farewell is said");
    }
}

#[test]
fn one_who_rants_without_a_pause_may_have_asked_to_be_called_no_more() {
    let mut script = Script::new();
    script
        .line(LineEvent::Dialled)
        .line(LineEvent::Answered)
        .wait(300)
        .feed(&CallEvent::SpeechStarted)
        .wait(5_000);
    assert!(hung_up(&script), "five seconds, and no word understood");
    script.line(LineEvent::Released(Release {
        cause: Cause(16),
        sip: None,
    }));
    script
        .wait(300)
        .feed(&CallEvent::FinalText("больше сюда не звоните".to_owned()));
    assert!(script.did(&CallAction::DoNotCall));
}

#[test]
fn a_deadline_that_another_event_overtakes_is_still_kept() {
    // Somebody speaks without a pause and without words: a television.
    let mut script = Script::with(CallRules {
        on_machine: OnMachine::Talk,
        ..RULES
    })
    .picked_up();
    script.wait(200).feed(&CallEvent::SpeechStarted).wait(4_800);
    let (at, timer) = script.machine.deadline().unwrap();
    assert_eq!(timer, Timer::LongGreeting);
    script.now = at.plus(3);
    script.feed(&CallEvent::PartialText("погода".to_owned()));
    script.wait(10);
    assert!(!script.last_prompt().is_empty(), "{:?}", script.out);
}
