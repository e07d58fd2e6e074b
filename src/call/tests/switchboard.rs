//! Calls to a desk behind an exchange that answers for it.

use super::*;

const HUNG_UP: LineEvent = LineEvent::Released(Release {
    cause: Cause(16),
    sip: None,
});
/// 1.5 s before the keys, three keys of 200 ms, 1.5 s until somebody may be there.
const CONNECTED_MS: u64 = 3_600;

fn at_the_exchange() -> Script {
    let mut script = Script::new();
    script.machine = script.machine.clone().to_extension("123");
    script.picked_up()
}

fn is_silent(script: &Script) -> bool {
    let speaks = |action: &CallAction| matches!(action, CallAction::Play { .. });
    !script.out.iter().any(speaks)
}

#[test]
fn the_extension_is_keyed_in_and_the_desks_hello_begins_the_talk() {
    let mut script = at_the_exchange();
    assert!(script.did(&CallAction::SendKeys("www123".to_owned())));
    // The exchange greets, as machines do.
    script.wait(300).says("вы позвонили в компанию", 2_000);
    assert!(is_silent(&script), "{:?}", script.out);
    script.wait(8_000);
    assert!(is_silent(&script), "the desk rings: {:?}", script.out);
    script.says("алло", 400).wait(100);
    assert!(script.last_prompt().starts_with("Здравствуйте!"));
    let told = script.turns();
    assert!(told.contains(&(Speaker::Bot, "[keys www123]")), "{told:?}");
    let greeting = (Speaker::Callee, "вы позвонили в компанию");
    assert!(told.contains(&greeting), "{told:?}");
}

#[test]
fn an_exchange_that_still_speaks_is_no_hello() {
    let mut script = at_the_exchange();
    script.wait(CONNECTED_MS + 500);
    script.says("соединяю с абонентом ожидайте на линии", 2_000);
    script.wait(4_000);
    assert!(is_silent(&script), "{:?}", script.out);
    script.says("да слушаю вас", 700).wait(100);
    assert!(script.last_prompt().starts_with("Здравствуйте!"));
    // Where the text never comes, whoever spoke is talked with.
    let mut script = at_the_exchange();
    script.wait(CONNECTED_MS + 500);
    script.feed(&CallEvent::SpeechStarted).wait(500);
    script.feed(&CallEvent::SpeechPaused).wait(1_000);
    assert!(is_silent(&script), "{:?}", script.out);
    script.wait(3_000);
    assert!(!is_silent(&script), "{:?}", script.out);
}

#[test]
fn where_nobody_is_at_the_desk_it_is_rung_another_time() {
    let mut script = at_the_exchange();
    script.wait(CONNECTED_MS + 29_990);
    assert_eq!(script.machine.phase(), "answered");
    script.wait(20).line(HUNG_UP);
    assert!(script.did(&CallAction::Hangup(HangupReason::Normal)));
    let Some(CallAction::Finish(end)) = script.out.last() else {
        panic!("{:?}", script.out);
    };
    assert_eq!(end.disposition, Disposition::NoAnswer);
    assert_eq!(end.outcome, None);
    assert!(end.talk_ms.is_some(), "the exchange's answer is paid for");
}

#[test]
fn somebody_who_never_pauses_is_talked_with_where_machines_are() {
    let rules = CallRules {
        on_machine: OnMachine::Talk,
        ..RULES
    };
    let mut script = Script::with(rules).picked_up();
    script.wait(300).feed(&CallEvent::SpeechStarted).wait(6_000);
    assert!(script.last_prompt().starts_with("Здравствуйте!"));
}

#[test]
fn a_hello_that_follows_upon_the_exchange_is_heard_and_noise_is_none() {
    let mut script = at_the_exchange();
    script.wait(CONNECTED_MS + 500);
    script.says("ваш звонок очень важен для нас", 2_000);
    script.feed(&CallEvent::SpeechStarted).wait(700);
    script.feed(&CallEvent::SpeechPaused).wait(320);
    script.feed(&CallEvent::FinalText("алло слушаю вас".to_owned()));
    script.wait(500);
    assert!(!is_silent(&script), "{:?}", script.out);
    // A cough, or the tone of the desk's telephone taken for a voice.
    let mut script = at_the_exchange();
    script.wait(CONNECTED_MS + 500).says("", 400).wait(20_000);
    assert!(is_silent(&script), "{:?}", script.out);
    script.says("алло", 400).wait(500);
    assert!(!is_silent(&script), "{:?}", script.out);
}
