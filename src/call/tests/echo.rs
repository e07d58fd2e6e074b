//! Lines that return our voice: what of a text is ours, and what is the callee's all the same.

use super::*;

const SCENARIO: &str = r#"
[scenario]
name = "echo"
language = "ru"
start = "ask"

[global]
no_input = "bye"
no_match = "bye"
on = { do_not_call = "do_not_call" }

[states.ask]
say = "Номер из справочника. Скажите не звоните или скажите согласен."
again = "Повторите, пожалуйста."
on = { yes = "bye" }

[states.do_not_call]
say = "Больше не побеспокоим."
do_not_call = true
outcome = "do_not_call"

[states.bye]
say = "До свидания."
outcome = "ended"
"#;

/// The first prompt is about to be heard on such a line.
fn asked() -> Script {
    let mut script = Script::of(RULES, SCENARIO).picked_up();
    script.feed(&CallEvent::EchoFound);
    script.wait(300).says("алло", 400).wait(100);
    assert!(script.last_prompt().starts_with("Номер из"));
    script
}

#[test]
fn a_callee_who_says_the_words_we_named_is_heard() {
    let mut script = asked();
    script.plays(4_000).wait(900).says("не звоните", 500);
    assert!(script.did(&CallAction::DoNotCall));
    // And in the middle of our prompt.
    let mut script = asked();
    let id = script.prompt.unwrap();
    script.feed(&CallEvent::PromptStarted(id)).wait(2_000);
    script.says("не звоните", 500);
    assert!(script.did(&CallAction::DoNotCall));
}

#[test]
fn a_word_of_our_prompt_is_an_answer_in_a_turn_of_the_callees() {
    let mut script = asked();
    let from = script.turns().len();
    script
        .plays(4_000)
        .wait(900)
        .says("Согласен", 500)
        .wait(2_000);
    assert_eq!(script.turns()[from + 1..], [(Speaker::Callee, "Согласен")]);
}

#[test]
fn what_comes_back_while_we_speak_is_no_turn() {
    let mut script = asked();
    let id = script.prompt.unwrap();
    let from = script.turns().len();
    script.feed(&CallEvent::PromptStarted(id)).wait(1_000);
    script.says("Номер из", 150);
    // No voice was found, and the recogniser heard some all the same.
    script.feed(&CallEvent::UnaskedText("скажите согл".to_owned()));
    let ended = CallEvent::PromptEnded {
        id,
        heard_ms: 4_000,
        complete: true,
    };
    script.wait(2_000).feed(&ended).wait(2_000);
    let turns = script.turns();
    assert!(turns[from..].iter().all(|turn| turn.0 == Speaker::Bot));
    assert!(turns.len() > from, "{turns:?}");
}

/// The first prompt sounds for so long when the line returns it: on a line not known to do so.
fn returned(after_ms: u64, text: &str) -> Script {
    let mut script = Script::of(RULES, SCENARIO).picked_up();
    script.wait(300).says("алло", 400).wait(100);
    let id = script.prompt.unwrap();
    script.feed(&CallEvent::PromptStarted(id)).wait(after_ms);
    script.feed(&CallEvent::SpeechStarted).wait(200);
    script.feed(&CallEvent::PartialText(text.to_owned()));
    script.wait(80).feed(&CallEvent::SpeechPaused).wait(320);
    script.feed(&CallEvent::FinalText(text.to_owned()));
    script.wait(500);
    script
}

#[test]
fn the_beginning_of_our_first_prompt_is_an_echo_before_the_line_is_known() {
    let held = CallAction::HoldPlaying;
    for text in ["Ном", "номер", "Номер из справ", "омер"] {
        let mut script = returned(180, text);
        assert!(script.did(&held) && script.did(&CallAction::GoOnPlaying));
        // What goes on where it was held comes back too.
        script.feed(&CallEvent::SpeechStarted).wait(200);
        script.feed(&CallEvent::PartialText("из сп".to_owned()));
        script.wait(80).feed(&CallEvent::SpeechPaused).wait(320);
        script.feed(&CallEvent::FinalText("из сп".to_owned()));
        script.wait(500);
        assert!(!script.did(&CallAction::StopPlaying), "{text}");
    }
    for (after_ms, text) in [(180, "стоп"), (180, "номер какой"), (1_500, "номер")]
    {
        let script = returned(after_ms, text);
        assert!(script.did(&CallAction::StopPlaying), "{text}");
    }
}
