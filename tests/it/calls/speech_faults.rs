//! The speech service through proxies, and its faults in the middle of a talk: none of them drops
//! the callee without a word.

use std::time::Duration;

use novodial::rehearsal::callee::Measured;
use novodial::rehearsal::proxy::{Login, Proxy, ProxyKind};
use novodial::rehearsal::speech_service::{Fault, Scope};
use rstest::rstest;
use serde_json::Value;

use super::bench;
use super::desk::Desk;
use super::speech::Speech;

/// Agrees: two answers.
const TALKS: &str = "+79000000001";
/// One answer, and a goodbye.
const LATER: &str = "+79000000011";

/// Makes a call that must be answered; what was told of it, and what the callee noticed.
fn talk(desk: &Desk, number: &str) -> (Value, Measured) {
    let bench = bench::shared();
    let ended = desk.run(&["call", number, "--format", "json"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    let measured = bench.measured(&desk.caller, &number[1..]);
    assert_eq!(bench.leftovers(&desk.app), Vec::<String>::new());
    assert!(measured.last_turn_whole, "{measured:?}");
    (ended.json(), measured)
}

#[rstest]
#[case::http(ProxyKind::Http, false)]
#[case::http_with_a_password(ProxyKind::Http, true)]
#[case::socks(ProxyKind::Socks5, false)]
#[case::socks_with_a_password(ProxyKind::Socks5, true)]
fn recognition_and_synthesis_pass_through_a_proxy(#[case] kind: ProxyKind, #[case] locked: bool) {
    let speech = Speech::start();
    let login = locked.then(|| Login {
        user: "operator".to_owned(),
        password: "secret".to_owned(),
    });
    let proxy = speech
        .runtime
        .block_on(Proxy::start(kind, login))
        .expect("a proxy");
    let desk = Desk::new(bench::shared(), &speech).with("NOVODIAL_ELEVENLABS_PROXY", proxy.url());
    let (call, _) = talk(&desk, LATER);
    assert_eq!(call["outcome"], "call_later", "{call:#}");
    let journal = speech.service.journal();
    assert_eq!(journal.recognition.len(), 1);
    assert!(!journal.synthesis.is_empty());
    // One for the socket of recognition, the others for synthesis.
    assert!(proxy.tunnels() >= 2, "{}", proxy.tunnels());
    assert_eq!(proxy.refused(), 0);
}

#[rstest]
#[case::closed_without_a_word(Fault::CloseAfter(Duration::from_secs(3)))]
#[case::reset(Fault::ResetAfter(Duration::from_secs(3)))]
#[case::reset_in_the_middle_of_an_answer(Fault::ResetAfter(Duration::from_millis(6_500)))]
#[case::an_error(Fault::RecognitionError("chunk_size_exceeded"))]
fn a_broken_recognition_is_mended_while_the_talk_goes_on(#[case] fault: Fault) {
    let speech = Speech::start();
    speech.service.break_recognition(fault, Scope::Next(1));
    let desk = Desk::new(bench::shared(), &speech);
    let (call, measured) = talk(&desk, TALKS);
    assert_eq!(call["outcome"], "agreed", "{call:#}");
    let goodbye = measured
        .heard()
        .last()
        .copied()
        .unwrap_or_default()
        .to_owned();
    assert!(goodbye.ends_with("всего доброго!"), "{measured:?}");
    assert!(speech.service.journal().recognition.len() >= 2);
}

#[test]
fn a_recognition_that_cannot_be_mended_ends_with_an_apology() {
    let speech = Speech::start();
    speech
        .service
        .break_recognition(Fault::RefuseAuth, Scope::Every);
    let desk = Desk::new(bench::shared(), &speech);
    let (call, measured) = talk(&desk, TALKS);
    assert_eq!(call["outcome"], "speech_failed", "{call:#}");
    assert!(call["error"].is_string(), "{call:#}");
    let heard = measured.heard().join(" ");
    assert!(heard.starts_with("здравствуйте!"), "{heard}");
    assert!(heard.contains("извините"), "{heard}");
}

#[test]
fn a_service_that_dies_in_a_talk_does_not_drop_the_callee() {
    let speech = Speech::start();
    let desk = Desk::new(bench::shared(), &speech);
    let call = desk.start(&["call", TALKS]);
    call.wait_for("алло");
    let Speech { service, runtime } = speech;
    runtime.block_on(service.stop());
    let ended = call.end();
    assert_eq!(ended.code, 0, "{ended:?}");
    let measured = bench::shared().measured(&desk.caller, &TALKS[1..]);
    let heard = measured.heard().join(" ");
    assert!(
        heard.contains("извините") && measured.last_turn_whole,
        "{measured:?}"
    );
    assert!(ended.stderr.contains("hint: "), "{ended:?}");
}

#[test]
fn prompts_that_break_while_they_are_fetched_are_fetched_again() {
    let speech = Speech::start();
    let lost = Fault::LoseAfter(Duration::from_millis(300));
    speech.service.break_synthesis(lost, Scope::Next(2));
    let desk = Desk::new(bench::shared(), &speech);
    let (call, measured) = talk(&desk, TALKS);
    assert_eq!(call["outcome"], "agreed", "{call:#}");
    let greeting = measured.heard()[0].to_owned();
    assert!(greeting.ends_with("удобно говорить?"), "{measured:?}");
}

#[test]
fn a_second_call_to_the_same_person_costs_no_synthesis() {
    let speech = Speech::start();
    let desk = Desk::new(bench::shared(), &speech);
    talk(&desk, LATER);
    let paid = speech.service.credits_used();
    assert!(paid > 0);
    talk(&desk, LATER);
    assert_eq!(
        speech.service.credits_used(),
        paid,
        "the prompts lie in the cache"
    );
}
