//! Callees who say something and hang up before its text is there.

use super::*;

const HUNG_UP: LineEvent = LineEvent::Released(Release {
    cause: Cause(16),
    sip: None,
});

/// A callee who speaks for this long when the line goes.
fn left_speaking(ms: u64) -> Script {
    let mut script = greeted();
    script.wait(300).feed(&CallEvent::SpeechStarted).wait(ms);
    script.out.clear();
    script.line(HUNG_UP).line(LineEvent::Lost);
    assert_eq!(script.out, [CallAction::Commit], "the end is not told yet");
    script
}

fn ended(script: &Script) -> CallEnd {
    match script.out.last() {
        Some(CallAction::Finish(end)) => end.clone(),
        other => panic!("not finished: {other:?}"),
    }
}

#[test]
fn a_wish_to_be_called_no_more_holds_though_the_receiver_goes_down() {
    let mut script = left_speaking(900);
    let answered = 2_500;
    let talked = script.now.since(CallTime(answered));
    let text = CallEvent::FinalText("больше мне не звоните".to_owned());
    script.wait(330).feed(&text);
    assert!(script.did(&CallAction::DoNotCall));
    let end = ended(&script);
    assert_eq!(end.outcome.as_deref(), Some("do_not_call"));
    assert_eq!(end.disposition, Disposition::Answered);
    assert_eq!(end.talk_ms, Some(talked), "the wait is no talk");
    let words = (Speaker::Callee, "больше мне не звоните");
    assert!(script.turns().contains(&words));
}

#[test]
fn other_last_words_are_kept_and_the_callee_hung_up() {
    let mut script = left_speaking(400);
    let text = CallEvent::FinalText("нет спасибо".to_owned());
    script.wait(330).feed(&text);
    assert_eq!(ended(&script).outcome.as_deref(), Some("hung_up"));
    assert!(script.turns().contains(&(Speaker::Callee, "нет спасибо")));
    assert!(!script.did(&CallAction::DoNotCall));
}

#[test]
fn last_words_that_never_come_are_not_waited_for_for_ever() {
    let mut script = left_speaking(400);
    // The recogniser may have to connect again.
    script.wait(9_990);
    assert!(
        !script
            .out
            .iter()
            .any(|it| matches!(it, CallAction::Finish(_)))
    );
    script.wait(10);
    assert_eq!(ended(&script).outcome.as_deref(), Some("hung_up"));
}

#[test]
fn a_wish_of_which_only_a_guess_came_holds() {
    let guess = CallEvent::PartialText("больше не звоните".to_owned());
    for lost in [false, true] {
        let mut script = greeted();
        script.wait(300).feed(&CallEvent::SpeechStarted).wait(700);
        script.feed(&guess).line(HUNG_UP);
        assert!(!script.did(&CallAction::DoNotCall), "a guess is not final");
        if lost {
            script.feed(&CallEvent::RecognizerFailed);
        } else {
            script.wait(10_000);
        }
        assert!(script.did(&CallAction::DoNotCall), "{lost}");
        assert_eq!(ended(&script).outcome.as_deref(), Some("do_not_call"));
    }
}

#[test]
fn last_words_are_heard_whoever_ended_the_call() {
    let stops = [
        (CallEvent::MediaLost, 10_000),
        // Somebody waits for us to end.
        (CallEvent::Stop(StopReason::User), 2_000),
    ];
    for (stop, patience) in stops {
        let mut script = greeted();
        script.wait(300).feed(&CallEvent::SpeechStarted).wait(700);
        script.feed(&stop).line(HUNG_UP);
        let text = CallEvent::FinalText("больше не звоните".to_owned());
        script.wait(patience - 1).feed(&text);
        assert!(script.did(&CallAction::DoNotCall), "{stop:?}");
        assert_eq!(ended(&script).outcome.as_deref(), Some("do_not_call"));
        assert_eq!(ended(&script).disposition, Disposition::Answered);
    }
}

#[test]
fn what_the_callee_was_told_holds_though_the_farewell_breaks_off() {
    let stops = [CallEvent::MediaLost, CallEvent::Stop(StopReason::User)];
    for stop in stops {
        let mut script = greeted();
        script.wait(300).says("нет не надо", 500).wait(500);
        script.plays(2_000).wait(300).says("нет", 300).wait(500);
        assert_eq!(script.machine.phase(), "closing");
        script.feed(&stop).line(HUNG_UP);
        let end = ended(&script);
        assert_eq!(end.disposition, Disposition::Answered, "{stop:?}");
        assert_eq!(end.outcome.as_deref(), Some("refused"));
    }
    let mut script = greeted();
    script.wait(300).feed(&CallEvent::MediaLost).line(HUNG_UP);
    assert_eq!(ended(&script).disposition, Disposition::Failed);
}

#[test]
fn a_callee_who_left_in_silence_is_not_waited_for() {
    let mut script = greeted();
    script.wait(500).line(HUNG_UP);
    assert_eq!(ended(&script).outcome.as_deref(), Some("hung_up"));
}

#[test]
fn a_wish_said_over_our_own_hang_up_holds() {
    let mut script = greeted();
    script
        .wait(300)
        .says("нет не надо", 500)
        .wait(500)
        .plays(2_000);
    script.wait(300).says("нет", 300).wait(500).plays(1_500);
    script.feed(&CallEvent::SpeechStarted).wait(500);
    assert!(script.did(&CallAction::Hangup(HangupReason::Normal)));
    script.line(HUNG_UP);
    let text = CallEvent::FinalText("и больше не звоните".to_owned());
    script.wait(330).feed(&text);
    assert!(script.did(&CallAction::DoNotCall));
    assert_eq!(ended(&script).hung_up_by, HungUpBy::Us);
}
