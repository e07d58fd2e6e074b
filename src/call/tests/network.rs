//! What the network says before the answer, and what the call makes of it.

use super::*;
use crate::line::EarlyMedia;

const OFF: &str = "Аппарат абонента выключен или находится вне зоны действия сети.";
const NO_SUCH: &str = "Набранный вами номер не существует.";
const WAITING: &str = "Абонент разговаривает по другой линии, оставайтесь на линии.";

/// The network opened the audio; no phone rings.
fn progressed() -> Script {
    let mut script = Script::new();
    script.line(LineEvent::Dialled).wait(800);
    script.line(LineEvent::Progress).wait(200);
    script
}

fn commits(script: &Script) -> usize {
    let commits = script.out.iter();
    commits.filter(|it| **it == CallAction::Commit).count()
}

fn given_up(script: &Script) -> bool {
    script.did(&CallAction::Hangup(HangupReason::NoAnswer))
}

#[rstest]
#[case(OFF, EarlyMedia::Unreachable, Disposition::Unreachable)]
#[case(NO_SUCH, EarlyMedia::NoSuchNumber, Disposition::InvalidNumber)]
fn an_announcement_that_was_heard_out_ends_the_call_and_says_why(
    #[case] text: &str,
    #[case] what: EarlyMedia,
    #[case] disposition: Disposition,
) {
    let mut script = progressed();
    script.says(text, 3_000).wait(200);
    assert!(!given_up(&script), "there may be more of it");
    script.wait(200);
    assert!(given_up(&script));
    let end = script.end(16, None);
    assert_eq!(
        (end.disposition, end.hung_up_by),
        (disposition, HungUpBy::Us)
    );
    assert_eq!(end.network_said.map(|said| said.what), Some(what));
    assert_eq!((end.answered_by, script.turns()), (None, vec![]));
}

#[test]
fn a_guess_has_its_text_asked_for_and_decides_nothing() {
    let mut script = progressed();
    script.feed(&CallEvent::SpeechStarted).wait(1_500);
    script.feed(&CallEvent::PartialText(OFF.to_owned()));
    script.feed(&CallEvent::PartialText(OFF.to_owned()));
    assert_eq!(commits(&script), 1);
    script.wait(400).feed(&CallEvent::FinalText(OFF.to_owned()));
    script.wait(2_000);
    assert!(!given_up(&script), "it goes on");
    script.feed(&CallEvent::SpeechPaused).wait(320);
    script.feed(&CallEvent::FinalText(String::new()));
    script.wait(500);
    assert!(given_up(&script));
}

#[test]
fn an_announcement_that_goes_on_to_say_otherwise_ends_nothing() {
    let mut script = progressed();
    script.says(OFF, 3_000).wait(200);
    script.says("Оставьте сообщение после сигнала.", 1_500);
    script.wait(3_000);
    assert!(!given_up(&script));
    let end = script.line(LineEvent::Answered).end(16, None);
    assert_eq!(end.disposition, Disposition::Answered);
}

#[rstest]
#[case::waiting(WAITING, Disposition::NoAnswer, None)]
#[case::busy("Абонент занят.", Disposition::Busy, Some(EarlyMedia::Busy))]
#[case::song("я тебе не верю", Disposition::NoAnswer, None)]
fn what_may_yet_be_answered_rings_on_to_its_time_limit(
    #[case] text: &str,
    #[case] disposition: Disposition,
    #[case] what: Option<EarlyMedia>,
) {
    let mut script = progressed();
    script.says(text, 3_000).wait(20_000);
    assert!(!given_up(&script));
    script.wait(20_000);
    let end = script.end(19, None);
    assert_eq!(end.disposition, disposition);
    assert_eq!(end.network_said.map(|said| said.what), what);
}

#[test]
fn a_phone_that_rang_is_never_no_such_number() {
    let mut script = Script::new();
    script.line(LineEvent::Dialled).wait(500);
    script.line(LineEvent::Ringing).wait(2_000);
    script.says(NO_SUCH, 2_000).wait(1_000);
    let end = script.end(16, None);
    assert_eq!(end.disposition, Disposition::Unreachable);
}

#[rstest]
#[case(CallEvent::BusyTone, Disposition::Busy)]
#[case(CallEvent::CongestionTone, Disposition::Congestion)]
fn a_tone_that_was_heard_long_enough_ends_the_call(
    #[case] tone: CallEvent,
    #[case] disposition: Disposition,
) {
    let mut script = progressed();
    script.feed(&tone);
    assert!(given_up(&script));
    assert_eq!(script.end(16, None).disposition, disposition);
}

#[test]
fn words_say_more_than_the_tone_after_them() {
    let mut script = progressed();
    script.says(NO_SUCH, 2_000).wait(100);
    script.feed(&CallEvent::BusyTone);
    assert!(given_up(&script));
    let end = script.end(16, None);
    assert_eq!(end.disposition, Disposition::InvalidNumber);
}

#[test]
fn a_text_that_the_end_of_the_line_overtakes_is_waited_for_and_says_why() {
    let mut script = progressed();
    script.feed(&CallEvent::SpeechStarted).wait(3_000);
    let declined = Release {
        cause: Cause(21),
        sip: Some(603),
    };
    script.line(LineEvent::Released(declined));
    assert_eq!(commits(&script), 1, "what was being said is asked for");
    script.wait(300).feed(&CallEvent::FinalText(OFF.to_owned()));
    let Some(CallAction::Finish(end)) = script.out.last() else {
        panic!("{:?}", script.out);
    };
    assert_eq!(end.disposition, Disposition::Unreachable);
    assert_eq!((end.release, end.ring_ms), (Some(declined), Some(4_000)));
    assert_eq!(end.hung_up_by, HungUpBy::FarEnd);
}

#[test]
fn a_text_that_never_comes_is_not_waited_for_long() {
    let mut script = progressed();
    script.feed(&CallEvent::SpeechStarted).wait(3_000);
    script.line(LineEvent::Released(Release {
        cause: Cause(21),
        sip: Some(603),
    }));
    script.wait(2_000);
    let Some(CallAction::Finish(end)) = script.out.last() else {
        panic!("{:?}", script.out);
    };
    assert_eq!(end.disposition, Disposition::Rejected);
}

#[test]
fn texts_of_before_the_answer_are_not_the_hello() {
    let mut script = progressed();
    script.feed(&CallEvent::SpeechStarted).wait(2_000);
    script.feed(&CallEvent::SpeechPaused).wait(100);
    script.line(LineEvent::Answered).wait(100);
    script.feed(&CallEvent::PartialText("голосовая почта".to_owned()));
    script.feed(&CallEvent::FinalText(OFF.to_owned()));
    script.wait(200);
    assert_eq!(commits(&script), 1);
    script.says("алло", 400).wait(500);
    assert!(matches!(script.machine.phase(), "speaking"), "we greet");
    script.plays(2_000);
    let end = script.end(16, None);
    assert_eq!(script.turns()[0], (Speaker::Callee, "алло"));
    assert!(script.turns().iter().all(|(_, text)| *text != OFF));
    assert_eq!(end.disposition, Disposition::Answered);
    let answered_by = end.answered_by.map(|verdict| verdict.answerer);
    assert_eq!(answered_by, Some(Answerer::Human));
    assert_eq!(end.network_said, None);
}

#[test]
fn a_song_that_the_answer_cuts_off_is_not_the_hello_either() {
    let mut script = progressed();
    script.feed(&CallEvent::SpeechStarted).wait(4_000);
    script.line(LineEvent::Answered);
    assert_eq!(commits(&script), 1);
    script.wait(400).feed(&CallEvent::SpeechStarted).wait(100);
    script.feed(&CallEvent::FinalText(
        "вы позвонили ивану оставьте сообщение".to_owned(),
    ));
    script.wait(200).feed(&CallEvent::SpeechPaused).wait(320);
    script.feed(&CallEvent::FinalText("алло".to_owned()));
    script.wait(1_000).plays(2_000);
    let end = script.end(16, None);
    assert_eq!(script.turns()[0], (Speaker::Callee, "алло"));
    let answered_by = end.answered_by.map(|verdict| verdict.answerer);
    assert_eq!(answered_by, Some(Answerer::Human));
}

#[test]
fn an_announcement_that_ends_at_the_answer_is_not_the_callees() {
    let mut script = progressed();
    script.feed(&CallEvent::SpeechStarted).wait(2_000);
    script.line(LineEvent::Answered).wait(60);
    script.feed(&CallEvent::SpeechStarted).wait(90);
    script.feed(&CallEvent::SpeechPaused).wait(170);
    script.feed(&CallEvent::FinalText(
        "аппарат абонента выключен или находится вне зоны".to_owned(),
    ));
    script.feed(&CallEvent::FinalText(String::new()));
    script.wait(300).says("алло", 500).wait(600);
    assert!(!script.did(&CallAction::Hangup(HangupReason::Normal)));
    let answered_by = script.end(16, None).answered_by;
    let who = answered_by.map(|verdict| verdict.answerer);
    assert_eq!(who, Some(Answerer::Human));
}

#[test]
fn speech_that_goes_on_across_the_answer_is_a_machines_greeting() {
    let mut script = progressed();
    script.feed(&CallEvent::SpeechStarted).wait(2_000);
    script.line(LineEvent::Answered).wait(60);
    script.feed(&CallEvent::SpeechStarted).wait(300);
    let beginning = "аппарат абонента выключен или находится вне зоны";
    script.feed(&CallEvent::FinalText(beginning.to_owned()));
    let hang_up = CallAction::Hangup(HangupReason::Normal);
    assert!(!script.did(&hang_up), "it may be over");
    script.wait(600);
    script.feed(&CallEvent::PartialText("действия сети".to_owned()));
    assert!(script.did(&hang_up));
    let end = script.end(16, None);
    assert_eq!(end.disposition, Disposition::Machine);
    assert_eq!(script.turns(), vec![]);
}

#[test]
fn the_word_and_the_time_are_kept() {
    let mut script = progressed();
    script.says(OFF, 3_000).wait(1_000);
    let said = script.end(16, None).network_said.unwrap();
    assert_eq!(said.at, CallTime(1_000 + 3_000 + 320));
    let by = said.by.to_string();
    assert_eq!(by, "said: «аппарат абонента выключен»");
    assert_eq!(said.what.as_str(), "unreachable");
}

#[test]
fn a_phone_that_rings_after_the_words_exists_too() {
    let mut script = progressed();
    script.says(NO_SUCH, 2_000).wait(100);
    script.line(LineEvent::Ringing).wait(500);
    let end = script.end(16, None);
    assert_eq!(end.disposition, Disposition::Unreachable);
}

#[test]
fn who_answers_an_advertisement_is_no_machine() {
    let mut script = progressed();
    script.feed(&CallEvent::SpeechStarted).wait(2_000);
    script.line(LineEvent::Answered).wait(60);
    script.feed(&CallEvent::SpeechStarted).wait(300);
    let advert = "услуга замени гудок для подключения нажмите звездочку";
    script.feed(&CallEvent::FinalText(advert.to_owned()));
    script.wait(800).feed(&CallEvent::SpeechPaused).wait(320);
    script.feed(&CallEvent::FinalText("алло да слушаю".to_owned()));
    script.wait(600);
    assert!(!script.did(&CallAction::Hangup(HangupReason::Normal)));
    let answered_by = script.end(16, None).answered_by;
    let who = answered_by.map(|verdict| verdict.answerer);
    assert_eq!(who, Some(Answerer::Human));
}

#[rstest]
#[case::at_once(0, true)]
#[case::in_a_while(11_000, false)]
fn a_late_text_of_the_network_is_not_the_callees(#[case] after_ms: u64, #[case] late: bool) {
    let mut script = progressed();
    // The recogniser gave up on it before the answer.
    script.says("", 2_000).wait(100);
    script.line(LineEvent::Answered).wait(after_ms);
    script.feed(&CallEvent::UnaskedText(OFF.to_owned()));
    script.wait(500);
    let hang_up = CallAction::Hangup(HangupReason::Normal);
    assert_eq!(script.did(&hang_up), !late);
}

#[test]
fn an_opt_out_is_never_taken_for_a_late_text_of_the_network() {
    let mut script = progressed();
    script.says("", 2_000).wait(100);
    script.line(LineEvent::Answered).wait(300);
    script.feed(&CallEvent::SpeechStarted).wait(900);
    script.feed(&CallEvent::UnaskedText("больше не звоните".to_owned()));
    script.wait(500);
    assert!(script.did(&CallAction::DoNotCall), "{:?}", script.out);
}
