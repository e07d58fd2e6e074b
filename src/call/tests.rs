//! The machine of a call in virtual time: what it does about each event, and what never happens.

use std::sync::Arc;

use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::dialogue::{Dialogue, Scenario, Variables};
use crate::line::{Cause, Disposition, HangupReason, LineEvent, Release};

mod advice;
mod call_back;
mod echo;
mod last_words;
mod limits;
mod machine;
mod network;
mod seat;
mod sequence;
mod switchboard;
mod transfer;

const RULES: CallRules = CallRules {
    advice_ms: None,
    ring_timeout_ms: 30_000,
    max_duration_ms: 300_000,
    greet: Greet::AfterHello,
    on_machine: OnMachine::HangUp,
    longest_hello_ms: 5_000,
};

/// A call told as a list of events at times; deadlines that pass on the way are reported.
struct Script {
    machine: CallMachine,
    now: CallTime,
    out: Vec<CallAction>,
    prompt: Option<PromptId>,
}

impl Script {
    fn with(rules: CallRules) -> Self {
        Self::of(rules, include_str!("../../scenarios/offer.ru.toml"))
    }

    fn of(rules: CallRules, scenario: &str) -> Self {
        let scenario = Arc::new(Scenario::parse(scenario).unwrap());
        let dialogue = Dialogue::new(scenario, &Variables::new()).unwrap();
        let machine = CallMachine::new(rules, dialogue);
        Self {
            machine,
            now: CallTime(0),
            out: Vec::new(),
            prompt: None,
        }
    }

    fn new() -> Self {
        Self::with(RULES)
    }

    fn feed(&mut self, event: &CallEvent) -> &mut Self {
        let from = self.out.len();
        self.machine.handle(self.now, event, &mut self.out);
        for action in &self.out[from..] {
            if let CallAction::Play { id, .. } | CallAction::PlayFile { id, .. } = action {
                self.prompt = Some(*id);
            }
        }
        self
    }

    /// Lets time pass, deadlines and all.
    fn wait(&mut self, ms: u64) -> &mut Self {
        let until = self.now.plus(ms);
        while let Some((at, timer)) = self.machine.deadline().filter(|(at, _)| *at <= until) {
            self.now = self.now.max(at);
            self.feed(&CallEvent::Timeout(timer));
        }
        self.now = until;
        self
    }

    fn line(&mut self, event: LineEvent) -> &mut Self {
        self.feed(&CallEvent::Line(event))
    }

    fn answered() -> Self {
        Self::new().picked_up()
    }

    fn picked_up(mut self) -> Self {
        let script = &mut self;
        script
            .line(LineEvent::Dialled)
            .wait(500)
            .line(LineEvent::Ringing)
            .wait(2_000)
            .line(LineEvent::Answered);
        self
    }

    /// The callee says something and pauses; the text comes 320 ms after the commit.
    fn says(&mut self, text: &str, ms: u64) -> &mut Self {
        self.feed(&CallEvent::SpeechStarted)
            .wait(ms)
            .feed(&CallEvent::SpeechPaused);
        self.wait(320).feed(&CallEvent::FinalText(text.to_owned()))
    }

    /// The prompt under way is played for this long; to its end where it lasts no longer.
    fn plays(&mut self, ms: u64) -> &mut Self {
        let id = self.prompt.expect("no prompt");
        self.feed(&CallEvent::PromptStarted(id)).wait(ms);
        let heard_ms = u32::try_from(ms).unwrap();
        self.feed(&CallEvent::PromptEnded {
            id,
            heard_ms,
            complete: true,
        })
    }

    fn last_prompt(&self) -> &str {
        self.out
            .iter()
            .rev()
            .find_map(|action| {
                let CallAction::Play { text, .. } = action else {
                    return None;
                };
                Some(text.as_str())
            })
            .unwrap_or("")
    }

    fn did(&self, wanted: &CallAction) -> bool {
        self.out.contains(wanted)
    }

    fn end(&mut self, cause: u8, sip: Option<u16>) -> CallEnd {
        let release = Release {
            cause: Cause(cause),
            sip,
        };
        self.line(LineEvent::Released(release));
        match self.out.last() {
            Some(CallAction::Finish(end)) => end.clone(),
            other => panic!("not finished: {other:?}"),
        }
    }

    fn turns(&self) -> Vec<(Speaker, &str)> {
        let turns = self.out.iter().filter_map(|action| {
            let CallAction::Record(turn) = action else {
                return None;
            };
            Some((turn.speaker, turn.text.as_str()))
        });
        turns.collect()
    }
}

fn greeted() -> Script {
    let mut script = Script::answered();
    script.wait(300).says("алло", 400).wait(100);
    assert!(
        script.last_prompt().starts_with("Здравствуйте!"),
        "{:?}",
        script.out
    );
    script.plays(4_000);
    script
}

#[test]
fn a_talk_runs_from_hello_to_a_goodbye_that_is_heard_out() {
    let mut script = greeted();
    script.wait(400).says("да", 300).wait(500);
    assert!(script.last_prompt().starts_with("Мы предлагаем"));
    script
        .plays(3_000)
        .wait(400)
        .says("да хорошо", 600)
        .wait(500);
    assert!(script.last_prompt().starts_with("Отлично"));
    assert!(!script.did(&CallAction::Hangup(HangupReason::Normal)));
    script.plays(3_000);
    assert!(
        !script.did(&CallAction::Hangup(HangupReason::Normal)),
        "hung up on the goodbye"
    );
    script.wait(1_000);
    assert!(script.did(&CallAction::Hangup(HangupReason::Normal)));
    let end = script.end(16, None);
    assert_eq!(
        (end.disposition, end.outcome.as_deref()),
        (Disposition::Answered, Some("agreed"))
    );
    assert_eq!(end.hung_up_by, HungUpBy::Us);
    assert_eq!(end.ring_ms, Some(2_500));
    let speakers: Vec<_> = script.turns().iter().map(|turn| turn.0).collect();
    assert_eq!(
        speakers.iter().filter(|s| **s == Speaker::Callee).count(),
        3,
        "{:?}",
        script.turns()
    );
    assert_eq!(speakers.iter().filter(|s| **s == Speaker::Bot).count(), 3);
}

#[test]
fn who_says_nothing_is_greeted_after_a_second_and_let_go_after_asking_again() {
    let mut script = Script::answered();
    script.wait(1_100);
    assert_eq!(script.last_prompt(), "");
    script.wait(200);
    assert!(script.last_prompt().starts_with("Здравствуйте"));
    script
        .plays(4_000)
        .wait(7_000)
        .plays(2_000)
        .wait(7_000)
        .plays(2_000)
        .wait(7_000);
    assert!(
        script.last_prompt().starts_with("Похоже, связь"),
        "{}",
        script.last_prompt()
    );
    script.plays(2_000).wait(1_000);
    assert_eq!(script.end(16, None).outcome.as_deref(), Some("no_input"));
}

#[test]
fn an_opt_out_is_written_the_moment_it_is_understood() {
    let mut script = greeted();
    script
        .wait(200)
        .feed(&CallEvent::SpeechStarted)
        .wait(900)
        .feed(&CallEvent::SpeechPaused);
    script
        .wait(320)
        .feed(&CallEvent::FinalText("больше мне не звоните".to_owned()));
    assert!(script.did(&CallAction::DoNotCall));
    script.wait(600);
    assert!(script.last_prompt().contains("больше не будем"));
    script.plays(2_000).wait(1_000);
    assert_eq!(script.end(16, None).outcome.as_deref(), Some("do_not_call"));
    assert_eq!(
        script
            .out
            .iter()
            .filter(|a| **a == CallAction::DoNotCall)
            .count(),
        1
    );
}

#[test]
fn an_opt_out_said_over_the_goodbye_still_counts() {
    let mut script = greeted();
    script
        .wait(300)
        .says("да", 300)
        .wait(600)
        .plays(3_000)
        .wait(300)
        .says("да", 300)
        .wait(600);
    let id = script.prompt.unwrap();
    script
        .feed(&CallEvent::PromptStarted(id))
        .wait(500)
        .says("больше мне не звоните", 900);
    assert!(script.did(&CallAction::DoNotCall));
    script.plays(2_000).wait(1_000);
    assert_eq!(script.end(16, None).outcome.as_deref(), Some("do_not_call"));
}

#[test]
fn a_real_interruption_silences_us_and_a_short_sound_does_not() {
    let mut script = greeted();
    script.wait(300).says("да", 300).wait(600);
    let id = script.prompt.unwrap();
    script.feed(&CallEvent::PromptStarted(id)).wait(500);
    script.says("угу", 180);
    assert!(script.did(&CallAction::HoldPlaying) && script.did(&CallAction::GoOnPlaying));
    script.wait(200).feed(&CallEvent::SpeechStarted).wait(430);
    assert!(
        !script.did(&CallAction::StopPlaying),
        "a short sound does not end a prompt"
    );
    script.wait(20);
    assert!(script.did(&CallAction::StopPlaying));
    script.feed(&CallEvent::PromptEnded {
        id,
        heard_ms: 1_500,
        complete: false,
    });
    script.wait(600).feed(&CallEvent::SpeechPaused).wait(320);
    script
        .feed(&CallEvent::FinalText(
            "подождите мне не интересно".to_owned(),
        ))
        .wait(400);
    assert!(
        script.last_prompt().starts_with("Понимаю."),
        "{}",
        script.last_prompt()
    );
    assert!(
        script
            .out
            .iter()
            .any(|a| matches!(a, CallAction::Record(turn) if turn.cut))
    );
}

#[test]
fn a_cough_holds_the_prompt_for_half_a_second() {
    let mut script = greeted();
    script.wait(300).says("да", 300).wait(600);
    let id = script.prompt.unwrap();
    script.feed(&CallEvent::PromptStarted(id)).wait(500);
    script
        .feed(&CallEvent::SpeechStarted)
        .wait(150)
        .feed(&CallEvent::SpeechPaused);
    assert_eq!(script.out.last(), Some(&CallAction::Commit));
    script.wait(371);
    assert_eq!(script.out.last(), Some(&CallAction::GoOnPlaying));
    script.feed(&CallEvent::FinalText(String::new()));
    assert!(!script.did(&CallAction::StopPlaying));
}

#[test]
fn a_word_over_a_held_prompt_ends_it_at_once() {
    let mut script = greeted();
    script.wait(300).says("да", 300).wait(600);
    let id = script.prompt.unwrap();
    script.feed(&CallEvent::PromptStarted(id)).wait(500);
    script.feed(&CallEvent::SpeechStarted).wait(200);
    script.feed(&CallEvent::PartialText("подожди".to_owned()));
    assert!(script.did(&CallAction::StopPlaying));
}

/// A callee answers the offer with a question of the price; only a guess at it is there.
fn guessing(guess: &str) -> Script {
    let mut script = greeted();
    script
        .wait(300)
        .says("да", 300)
        .wait(600)
        .plays(3_000)
        .wait(300);
    script.feed(&CallEvent::SpeechStarted).wait(900);
    script.feed(&CallEvent::PartialText(guess.to_owned()));
    script.feed(&CallEvent::SpeechPaused).wait(380);
    script
}

#[test]
fn the_next_prompt_may_begin_on_a_guess_and_goes_on_when_it_was_right() {
    let mut script = guessing("сколько это");
    assert!(
        script.last_prompt().starts_with("Это стоит"),
        "{}",
        script.last_prompt()
    );
    let begun = script.prompt;
    script
        .feed(&CallEvent::FinalText("сколько это стоит".to_owned()))
        .wait(10);
    assert!(!script.did(&CallAction::StopPlaying));
    assert_eq!(script.prompt, begun, "the prompt is not said twice");
    script.plays(3_000).wait(300).says("дорого", 400).wait(600);
    assert!(
        script.last_prompt().starts_with("Понимаю. Первая"),
        "{}",
        script.last_prompt()
    );
}

#[test]
fn a_wrong_guess_is_silenced_by_the_text() {
    let mut script = guessing("сколько это");
    script
        .feed(&CallEvent::PromptStarted(script.prompt.unwrap()))
        .wait(60);
    script.feed(&CallEvent::FinalText(
        "сколько это можно слушать дорого".to_owned(),
    ));
    assert!(script.did(&CallAction::StopPlaying));
    script.wait(10);
    assert!(
        script.last_prompt().starts_with("Понимаю. Первая"),
        "{}",
        script.last_prompt()
    );
}

#[test]
fn a_guess_is_given_up_when_no_text_comes_or_the_callee_goes_on() {
    let mut script = guessing("сколько это");
    script.wait(351);
    assert!(script.did(&CallAction::StopPlaying));
    let mut script = guessing("сколько это");
    script.feed(&CallEvent::SpeechStarted);
    assert!(script.did(&CallAction::StopPlaying));
}

#[test]
fn a_guess_never_concludes_anything() {
    for guess in [
        "да",
        "больше не звоните",
        "перезвоните завтра",
        "вы ошиблись номером",
    ] {
        let mut script = guessing(guess);
        assert!(script.last_prompt().starts_with("Мы предлагаем"), "{guess}");
        assert!(!script.did(&CallAction::DoNotCall));
        script
            .feed(&CallEvent::FinalText("да нет не надо".to_owned()))
            .wait(10);
        assert!(
            script.last_prompt().starts_with("Понимаю. Может"),
            "{}",
            script.last_prompt()
        );
    }
}

#[test]
fn half_a_sign_of_listening_is_no_word_and_the_whole_of_it_no_consent() {
    let mut script = greeted();
    script.wait(300).says("да", 300).wait(600);
    let id = script.prompt.unwrap();
    script.feed(&CallEvent::PromptStarted(id)).wait(500);
    script.feed(&CallEvent::SpeechStarted).wait(200);
    script.feed(&CallEvent::PartialText("у".to_owned()));
    assert!(!script.did(&CallAction::StopPlaying));
    script.wait(300);
    assert!(
        script.did(&CallAction::StopPlaying),
        "so long a sound silences us"
    );
    script.feed(&CallEvent::PromptEnded {
        id,
        heard_ms: 900,
        complete: false,
    });
    script.feed(&CallEvent::SpeechPaused).wait(320);
    script
        .feed(&CallEvent::FinalText("угу".to_owned()))
        .wait(1_300);
    assert!(
        script
            .last_prompt()
            .starts_with("Вам интересно попробовать"),
        "{}",
        script.last_prompt()
    );
}

#[test]
fn the_legal_notice_is_never_cut() {
    let mut script = Script::answered();
    script.wait(1_300);
    let id = script.prompt.unwrap();
    script.feed(&CallEvent::PromptStarted(id)).wait(300);
    script
        .feed(&CallEvent::SpeechStarted)
        .wait(2_000)
        .feed(&CallEvent::SpeechPaused);
    script
        .wait(320)
        .feed(&CallEvent::FinalText("да слушаю вас".to_owned()))
        .wait(1_000);
    assert!(!script.did(&CallAction::StopPlaying));
    script
        .feed(&CallEvent::PromptEnded {
            id,
            heard_ms: 4_000,
            complete: true,
        })
        .wait(600);
    assert!(
        script.last_prompt().starts_with("Мы предлагаем"),
        "the answer was not lost"
    );
}

#[test]
fn a_pause_inside_a_sentence_is_not_answered() {
    let mut script = greeted();
    let before = script.out.len();
    script.wait(300).says("ну я", 300).wait(400);
    assert!(
        script.out[before..]
            .iter()
            .all(|a| !matches!(a, CallAction::Play { .. }))
    );
    script.says("да согласен", 500).wait(10);
    assert!(script.last_prompt().starts_with("Мы предлагаем"));
    assert!(
        script
            .turns()
            .contains(&(Speaker::Callee, "ну я да согласен"))
    );
}

#[test]
fn a_key_answers_a_question() {
    let mut script = greeted();
    script
        .wait(300)
        .says("да", 300)
        .wait(600)
        .plays(3_000)
        .wait(500);
    script.line(LineEvent::Digit {
        digit: '1',
        duration_ms: 100,
    });
    assert!(script.turns().contains(&(Speaker::Callee, "[1]")));
    script.wait(200);
    assert!(
        !script.last_prompt().starts_with("Отлично"),
        "not before the telephone is at the ear again"
    );
    script.wait(200);
    assert!(script.last_prompt().starts_with("Отлично"));
}

#[test]
fn a_lost_recogniser_ends_the_talk_with_an_apology_and_not_with_silence() {
    let mut script = greeted();
    script.wait(300).feed(&CallEvent::RecognizerFailed);
    assert!(script.last_prompt().starts_with("Извините"));
    script.plays(2_000).wait(1_000);
    assert_eq!(
        script.end(16, None).outcome.as_deref(),
        Some("speech_failed")
    );
}

#[test]
fn a_callee_who_leaves_in_the_first_sentence_hung_up() {
    let mut script = Script::answered();
    script.wait(1_300);
    let id = script.prompt.unwrap();
    script.feed(&CallEvent::PromptStarted(id)).wait(700);
    let release = Release {
        cause: Cause(16),
        sip: None,
    };
    script.line(LineEvent::FarEndHungUp(release));
    let end = script.end(16, None);
    assert_eq!(end.disposition, Disposition::Answered);
    assert_eq!(
        (end.outcome.as_deref(), end.hung_up_by),
        (Some("hung_up"), HungUpBy::FarEnd)
    );
}

#[rstest]
#[case(17, Some(486), Disposition::Busy)]
#[case(1, Some(404), Disposition::InvalidNumber)]
#[case(34, Some(503), Disposition::Congestion)]
#[case(21, Some(603), Disposition::Rejected)]
#[case(21, Some(403), Disposition::TrunkRefused)]
#[case(19, Some(480), Disposition::Unreachable)]
fn failures_are_classified(
    #[case] cause: u8,
    #[case] sip: Option<u16>,
    #[case] wanted: Disposition,
) {
    let mut script = Script::new();
    script.line(LineEvent::Dialled).wait(100);
    script.line(LineEvent::FarEndHungUp(Release {
        cause: Cause(cause),
        sip,
    }));
    assert_eq!(script.end(cause, sip).disposition, wanted);
}

#[test]
fn ringing_out_is_no_answer_whether_asterisk_ends_it_or_we() {
    let mut script = Script::new();
    script
        .line(LineEvent::Dialled)
        .line(LineEvent::Ringing)
        .wait(30_000);
    assert_eq!(script.end(19, Some(480)).disposition, Disposition::NoAnswer);
    let mut script = Script::new();
    script
        .line(LineEvent::Dialled)
        .line(LineEvent::Ringing)
        .wait(34_000);
    assert!(script.did(&CallAction::Hangup(HangupReason::NoAnswer)));
    assert_eq!(script.end(19, None).disposition, Disposition::NoAnswer);
}

#[test]
fn a_stop_is_an_interruption_in_every_phase() {
    for answered in [false, true] {
        let mut script = if answered { greeted() } else { Script::new() };
        script.feed(&CallEvent::Stop(StopReason::User));
        assert!(
            script
                .out
                .iter()
                .any(|a| matches!(a, CallAction::Hangup(_)))
        );
        assert_eq!(script.end(16, None).disposition, Disposition::Interrupted);
    }
}

fn any_event() -> impl Strategy<Value = CallEvent> {
    let release = Release {
        cause: Cause(16),
        sip: None,
    };
    let words = prop::sample::select(vec![
        "да",
        "нет",
        "",
        "угу",
        "больше не звоните",
        "абракадабра",
        "кто это",
        "оставьте сообщение",
        "аппарат абонента выключен",
    ]);
    prop_oneof![
        4 => Just(CallEvent::SpeechStarted),
        4 => Just(CallEvent::SpeechPaused),
        4 => words.clone().prop_map(|text| CallEvent::FinalText(text.to_owned())),
        2 => words.clone().prop_map(|text| CallEvent::PartialText(text.to_owned())),
        1 => words.prop_map(|text| CallEvent::UnaskedText(text.to_owned())),
        4 => (0..8_u32).prop_map(|id| CallEvent::PromptStarted(PromptId(id))),
        6 => (0..8_u32, any::<bool>()).prop_map(|(id, complete)| CallEvent::PromptEnded {
            id: PromptId(id), heard_ms: 900, complete }),
        1 => (0..8_u32).prop_map(|id| CallEvent::PromptFailed(PromptId(id))),
        1 => Just(CallEvent::RecognizerFailed),
        1 => Just(CallEvent::MediaLost),
        1 => Just(CallEvent::BusyTone),
        1 => Just(CallEvent::Seated),
        1 => Just(CallEvent::Dropped),
        1 => Just(CallEvent::Stop(StopReason::User)),
        2 => Just(CallEvent::Line(LineEvent::Dialled)),
        2 => Just(CallEvent::Line(LineEvent::Ringing)),
        4 => Just(CallEvent::Line(LineEvent::Answered)),
        2 => prop::sample::select(vec!['1', '2', '9', '#'])
            .prop_map(|digit| CallEvent::Line(LineEvent::Digit { digit, duration_ms: 90 })),
        1 => Just(CallEvent::Line(LineEvent::FarEndHungUp(release))),
        1 => Just(CallEvent::Line(LineEvent::Released(release))),
        1 => Just(CallEvent::Line(LineEvent::Lost)),
    ]
}

proptest! {
    #[test]
    fn whatever_happens_the_contract_of_the_machine_holds(
        events in prop::collection::vec((any_event(), 0..4_000_u64), 0..120),
        waits in any::<bool>(),
    ) {
        let mut script = Script::new();
        if waits {
            script.machine = script.machine.clone().waiting_for_seat(seat::words());
        }
        for (event, wait) in &events {
            script.wait(*wait);
            let finished = matches!(script.out.last(), Some(CallAction::Finish(_)));
            let before = script.out.len();
            script.feed(event);
            prop_assert!(!finished || script.out.len() == before, "an action after Finish");
        }
        let finishes = script.out.iter().filter(|a| matches!(a, CallAction::Finish(_))).count();
        let hangups = script.out.iter().filter(|a| matches!(a, CallAction::Hangup(_))).count();
        prop_assert!(finishes <= 1 && hangups <= 1);
        prop_assert!(script.out.iter().filter(|a| **a == CallAction::DoNotCall).count() <= 1);
        prop_assert!(finishes == 1 || script.machine.deadline().is_some(), "no deadline");
        // Left alone, every call comes to its end.
        script.wait(RULES.ring_timeout_ms + RULES.max_duration_ms + 120_000);
        prop_assert!(matches!(script.out.last(), Some(CallAction::Finish(_))));
        prop_assert_eq!(script.machine.deadline(), None);
    }
}
