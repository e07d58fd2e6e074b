//! Files and keys among the words.

use super::*;

const SCENARIO: &str = r#"
[scenario]
name = "t"
language = "ru"
start = "hello"

[variables]
extension = "12-34"

[states.hello]
say = "Здравствуйте!"
on = { yes = "menu", no = "bye" }

[states.menu]
say = "Минуту."
play = "tune.wav"
send_keys = "w{{ extension }}#"
next = "hear"

[states.hear]
say = "Слышно?"
on = { yes = "bye" }

[states.bye]
say = "До свидания!"
send_keys = "9"
outcome = "done"
"#;

/// What came out since `from`, of what the callee hears.
fn heard(script: &Script, from: usize) -> Vec<String> {
    let shown = script.out[from..].iter().filter_map(|action| {
        if let CallAction::Play { text, .. } = action {
            Some(text.clone())
        } else if let CallAction::PlayFile { file, .. } = action {
            Some(file.clone())
        } else if let CallAction::SendKeys(keys) = action {
            Some(keys.clone())
        } else {
            matches!(action, CallAction::Hangup(_)).then(|| "hang up".to_owned())
        }
    });
    shown.collect()
}

fn greeted() -> Script {
    let mut script = Script::of(RULES, SCENARIO).picked_up();
    script.wait(1_300).plays(1_000).wait(200);
    script
}

#[test]
fn a_file_and_keys_follow_their_words_in_turn() {
    let mut script = greeted();
    let from = script.out.len();
    script.says("да", 500).wait(1_000);
    assert_eq!(heard(&script, from), ["Минуту."]);
    script.plays(800);
    assert_eq!(heard(&script, from), ["Минуту.", "tune.wav"]);
    script.plays(2_000);
    // Half a second, five keys of 200 ms, and as much again that Asterisk may be late.
    let keys = "w1234#";
    assert_eq!(heard(&script, from), ["Минуту.", "tune.wav", keys]);
    script.wait(1_690);
    assert_eq!(script.machine.phase(), "speaking");
    assert_eq!(heard(&script, from).len(), 3);
    script.wait(20);
    assert_eq!(heard(&script, from).last().unwrap(), "Слышно?");
    script.plays(500);
    assert_eq!(script.machine.phase(), "listening");
    let told = script.out.iter().filter_map(|action| {
        let CallAction::Record(turn) = action else {
            return None;
        };
        Some((turn.text.as_str(), turn.duration_ms))
    });
    let told: Vec<_> = told.collect();
    assert!(told.contains(&("[tune.wav]", 2_000)), "{told:?}");
    assert!(told.contains(&("[keys w1234#]", 1_500)), "{told:?}");
}

#[test]
fn keys_after_the_goodbye_are_sent_before_we_hang_up() {
    let mut script = greeted();
    let from = script.out.len();
    script.says("нет", 500).wait(1_000).plays(700);
    assert_eq!(heard(&script, from), ["До свидания!", "9"]);
    script.wait(600);
    assert_eq!(heard(&script, from).len(), 2);
    script.wait(100);
    assert_eq!(heard(&script, from), ["До свидания!", "9", "hang up"]);
}

#[test]
fn who_interrupts_the_words_hears_neither_file_nor_keys() {
    let mut script = greeted();
    let from = script.out.len();
    script.says("да", 500).wait(1_000);
    let id = script.prompt.unwrap();
    script.feed(&CallEvent::PromptStarted(id)).wait(300);
    script.feed(&CallEvent::SpeechStarted).wait(700);
    script.feed(&CallEvent::PromptEnded {
        id,
        heard_ms: 800,
        complete: false,
    });
    script.wait(3_000);
    assert_eq!(heard(&script, from), ["Минуту."]);
}

#[test]
fn keys_are_not_sent_on_a_guess() {
    let mut script = greeted();
    let from = script.out.len();
    script
        .feed(&CallEvent::SpeechStarted)
        .wait(300)
        .feed(&CallEvent::PartialText("да".to_owned()))
        .wait(200)
        .feed(&CallEvent::SpeechPaused)
        .wait(1_000);
    assert_eq!(heard(&script, from), Vec::<String>::new());
    script.feed(&CallEvent::FinalText("да".to_owned()));
    assert_eq!(heard(&script, from), ["Минуту."]);
}
