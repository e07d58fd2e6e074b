//! Machines that answer: a message is left after the beep, from its start.

use super::desk::Desk;
use super::speech::Speech;
use crate::embedded::Embedded;

/// The voicemail of the lab: it speaks, beeps and listens.
const VOICEMAIL: &str = "79000000008";
const MESSAGE: &str = "Здравствуйте! Перезвоните нам, пожалуйста.";

#[test]
fn a_message_is_left_after_the_beep_and_its_first_word_is_there() {
    let (bench, speech) = (Embedded::shared(), Speech::start());
    let desk = Desk::new(bench, &speech)
        .with("NOVODIAL_CALL_ON_MACHINE", "message")
        .with("NOVODIAL_CALL_MACHINE_MESSAGE", MESSAGE);
    let call = desk.run(&["call", &format!("+{VOICEMAIL}"), "--format", "json"]);
    assert_eq!(call.code, 14, "{call:?}");
    let told = call.json();
    assert_eq!(told["disposition"], "machine", "{told:#}");
    assert_eq!(told["outcome"], "message_left", "{told:#}");
    let measured = bench.wait_for_measured(&desk.caller, VOICEMAIL);
    let what = format!("{measured:#?}");
    let beep = measured
        .said
        .iter()
        .rfind(|said| said.text.contains("(beep)"));
    let beep = beep.expect("a beep").ended_ms;
    let recorded: Vec<_> = measured
        .turns
        .iter()
        .filter(|turn| turn.ended_ms > beep)
        .collect();
    let [message] = recorded[..] else {
        panic!("{what}");
    };
    assert!(message.began_ms >= beep, "clipped: {what}");
    assert!(message.began_ms < beep + 1_500, "late: {what}");
    assert!(message.text.starts_with("здравствуйте!"), "{what}");
    assert!(message.text.ends_with("пожалуйста."), "{what}");
}
