//! The way to a person, and back from it.

use super::*;

/// A talk that has just come to the state that hands over, its prompt not yet begun.
fn handed_over(transfer: &str) -> Script {
    let source = format!(
        "[scenario]\nname = \"t\"\nlanguage = \"ru\"\nstart = \"hello\"\n\
         [global.on]\ndo_not_call = \"never\"\n\
         [states.never]\nsay = \"Больше не позвоним.\"\ndo_not_call = true\noutcome = \"do_not_call\"\n\
         [states.hello]\nsay = \"Здравствуйте!\"\non = {{ human = \"person\" }}\n\
         [states.person]\nsay = \"Соединяю.\"\ntransfer = {transfer}\noutcome = \"human\"\n\
         [states.sorry]\nsay = \"Никого нет.\"\ncall_back = true\noutcome = \"nobody\"\n"
    );
    let scenario = Arc::new(Scenario::parse(&source).unwrap());
    let dialogue = Dialogue::new(scenario, &Variables::new()).unwrap();
    let mut script = Script::new();
    script.machine = CallMachine::new(RULES, dialogue);
    script
        .line(LineEvent::Dialled)
        .line(LineEvent::Answered)
        .wait(1_300)
        .say_prompt()
        .feed(&CallEvent::SpeechStarted)
        .wait(500)
        .feed(&CallEvent::SpeechPaused)
        .feed(&CallEvent::FinalText("позовите человека".to_owned()))
        .wait(400);
    script
}

impl Script {
    /// The prompt asked for last is said to its end.
    fn say_prompt(&mut self) -> &mut Self {
        let id = self.prompt.unwrap();
        self.feed(&CallEvent::PromptStarted(id)).wait(1_000);
        self.feed(&CallEvent::PromptEnded {
            id,
            heard_ms: 1_000,
            complete: true,
        })
    }

    fn done(&self, wanted: impl Fn(&CallAction) -> bool) -> usize {
        self.out.iter().filter(|action| wanted(action)).count()
    }

    fn finished(&self) -> &CallEnd {
        let Some(CallAction::Finish(end)) = self.out.last() else {
            panic!("{:#?}", self.out);
        };
        end
    }
}

const HANG_UP: Release = Release {
    cause: Cause(16),
    sip: None,
};

fn is_join(action: &CallAction) -> bool {
    *action == CallAction::Join
}

fn is_music(action: &CallAction) -> bool {
    matches!(action, CallAction::PlayMusic(_))
}

#[test]
fn a_person_is_rung_during_the_prompt_and_joined_out_of_the_music() {
    let mut script = handed_over("\"101\"");
    assert_eq!(script.machine.phase(), "transferring");
    let ordered = |action: &CallAction| {
        matches!(action, CallAction::Transfer(order)
            if order.to == "101" && order.ring_ms == 25_000 && order.whisper.contains("человека"))
    };
    assert_eq!(script.done(ordered), 1, "{:#?}", script.out);
    script.say_prompt();
    assert_eq!((script.done(is_music), script.done(is_join)), (1, 0));
    script.feed(&CallEvent::OperatorReady);
    assert_eq!(script.done(is_join), 1);
    assert!(script.done(|action| *action == CallAction::StopPlaying) > 0);
    let concluded = |action: &CallAction| matches!(action, CallAction::Conclude { .. });
    assert_eq!(script.done(concluded), 0, "not before they talk");
    script.feed(&CallEvent::Joined).feed(&CallEvent::MediaLost);
    assert_eq!(script.done(concluded), 1);
    script.wait(30 * 60 * 1_000);
    assert_eq!(script.machine.phase(), "joined");
    script
        .feed(&CallEvent::OperatorLeft)
        .line(LineEvent::Released(HANG_UP));
    assert_eq!(script.finished().outcome.as_deref(), Some("human"));
    assert_eq!(script.finished().hung_up_by, HungUpBy::Us);
}

#[test]
fn words_are_heard_out_before_the_two_are_joined() {
    let mut script = handed_over("\"101\"");
    script.feed(&CallEvent::OperatorReady);
    assert_eq!(script.done(is_join), 0);
    script.say_prompt();
    assert_eq!((script.done(is_join), script.done(is_music)), (1, 0));
    script
        .feed(&CallEvent::Joined)
        .line(LineEvent::Released(HANG_UP));
    assert_eq!(script.finished().outcome.as_deref(), Some("human"));
    assert_eq!(script.finished().hung_up_by, HungUpBy::FarEnd);
}

#[test]
fn where_nobody_answers_the_dialogue_goes_on() {
    let mut script = handed_over("{ to = \"101\", failed = \"sorry\", music = false }");
    script.say_prompt();
    assert_eq!(script.done(is_music), 0);
    script
        .feed(&CallEvent::TransferFailed)
        .say_prompt()
        .wait(300)
        .line(LineEvent::Released(HANG_UP));
    assert_eq!(script.finished().outcome.as_deref(), Some("nobody"));
    assert_eq!(script.finished().call_back, Some(CallBack::Sometime));
}

#[test]
fn a_line_that_is_busy_does_not_cut_the_prompt() {
    let mut script = handed_over("\"101\"");
    let sorry = |action: &CallAction| matches!(action, CallAction::Play { text, .. } if text.starts_with("Извините"));
    script.feed(&CallEvent::TransferFailed);
    assert_eq!(script.done(sorry), 0);
    script.say_prompt();
    assert_eq!((script.done(sorry), script.done(is_music)), (1, 0));
    assert_eq!(script.done(|action| *action == CallAction::StopPlaying), 0);
}

#[test]
fn without_words_for_it_the_callee_hears_an_apology_and_is_called_back() {
    let mut script = handed_over("{ to = \"101\", ring_s = 10 }");
    script.say_prompt();
    // Nothing at all is heard of the person.
    script.wait(40_000);
    assert_eq!(
        script.done(|action| *action == CallAction::GiveUpTransfer),
        1
    );
    let sorry = |action: &CallAction| matches!(action, CallAction::Play { text, .. } if text.starts_with("Извините"));
    assert_eq!(script.done(sorry), 1);
    script
        .say_prompt()
        .wait(300)
        .line(LineEvent::Released(HANG_UP));
    assert_eq!(script.finished().outcome.as_deref(), Some("call_later"));
    assert_eq!(script.finished().call_back, Some(CallBack::Sometime));
}

#[test]
fn whoever_hangs_up_in_the_music_has_reached_nobody_and_may_still_forbid_calls() {
    let mut script = handed_over("\"101\"");
    script.say_prompt().line(LineEvent::Released(HANG_UP));
    assert_eq!(script.finished().outcome.as_deref(), Some("hung_up"));
    let mut script = handed_over("\"101\"");
    script
        .say_prompt()
        .feed(&CallEvent::SpeechStarted)
        .wait(600)
        .feed(&CallEvent::SpeechPaused)
        .feed(&CallEvent::FinalText("больше мне не звоните".to_owned()));
    assert_eq!(script.done(|action| *action == CallAction::DoNotCall), 1);
    script.line(LineEvent::Released(HANG_UP));
    assert_eq!(script.finished().outcome.as_deref(), Some("do_not_call"));
}

#[test]
fn words_that_cannot_be_said_do_not_cut_off_the_way_to_a_person() {
    let mut script = handed_over("\"101\"");
    script.wait(5_100);
    assert_eq!(script.done(is_music), 1, "{:?}", script.out);
    script.feed(&CallEvent::OperatorReady);
    assert_eq!(script.done(is_join), 1);
    assert!(!script.did(&CallAction::Hangup(HangupReason::Failure)));
}
