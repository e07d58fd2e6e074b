//! How it is to talk with the bot, measured by the callees: `-- conversation`.
//!
//! Four suites of calls against the embedded exchange, whose speech service takes as long as the
//! real one: complete answers (how long until the bot speaks), answers with a pause inside (does
//! it wait), interruptions (how soon it is silent), and signs of listening, coughs, echo and noise
//! (does it go on). All figures are those of the callee's ear, in frames of 20 ms.

use super::stage::{Callee, Stage, percentile};
use super::truth;
use serde_json::Value;

/// Talks at once: few, so that the machine is no part of what is measured.
const AT_ONCE: usize = 6;

/// What is measured together: its name, and what measures it.
type Suite = (&'static str, fn(bool));

/// The suites whose names are given, all four where none is; `show` prints each talk that missed its
/// aim.
pub(super) fn measure(words: &[String]) {
    let show = words.iter().any(|word| word == "show");
    let suites: [Suite; 4] = [
        ("answers", answers),
        ("pauses", pauses),
        ("interruptions", interruptions),
        ("alarms", false_alarms),
    ];
    let named = |suite: &str| words.iter().any(|word| word == suite);
    let some = suites.iter().any(|(name, _)| named(name));
    for (_, suite) in suites.iter().filter(|(name, _)| !some || named(name)) {
        suite(show);
    }
}

/// A callee who answers what the benchmark's scenario asks.
fn callee(name: &str, person: &str, answers: [&str; 5], more: &str) -> Callee {
    let [greeting, offer, kitchen, people, yes] = answers;
    let rule =
        |heard: &str, say: &str| format!("[[ru.when]]\nheard = [\"{heard}\"]\nsay = \"{say}\"\n\n");
    let rules = [
        rule("удобно говорить", greeting),
        rule("вам интересно", offer),
        rule("хранить бутыли", kitchen),
        rule("сколько человек", people),
        rule("верно", yes),
        rule("удобно утром", yes),
    ];
    let text = format!(
        "about = \"Measures.\"\n\n[line]\nring_ms = 1000\n\n[person]\nhello_ms = 500\nreaction_ms = 400\n\
         {person}\n[ru]\nhello = \"Алло?\"\nnot_understood = \"Что?\"\n\n{}{more}",
        rules.concat()
    );
    (name.to_owned(), text)
}

fn answers(show: bool) {
    let callees = [
        [
            "Да, удобно.",
            "Да, интересно.",
            "Да, есть.",
            "Двенадцать человек.",
            "Да, верно.",
        ],
        ["Да.", "Да.", "Да.", "Сорок.", "Да."],
        [
            "Да, говорите.",
            "Интересно.",
            "Конечно, есть.",
            "Двадцать пять человек.",
            "Верно.",
        ],
        [
            "Удобно, слушаю вас.",
            "Да, конечно.",
            "Есть.",
            "Семь.",
            "Хорошо.",
        ],
        [
            "Да-да, слушаю.",
            "Ну да.",
            "Да, кухня есть.",
            "Сто двадцать.",
            "Да, всё верно.",
        ],
    ];
    let callees: Vec<_> = (1..)
        .zip(callees)
        .map(|(at, answers)| callee(&format!("answers{at}"), "", answers, ""))
        .collect();
    let stage = Stage::set(&callees, 6);
    let calls = stage.measure(AT_ONCE, 2.0);
    let (mut constant, mut spoken, mut first) = (Vec::new(), Vec::new(), Vec::new());
    for call in &calls {
        let hello = call["said"][0]["ended_ms"].as_u64();
        first.extend(
            hello
                .zip(call["first_sound_ms"].as_u64())
                .map(|(hello, bot)| bot.saturating_sub(hello)),
        );
        for turn in list(&call["turns"]).iter().skip(1) {
            let text = turn["text"].as_str().unwrap();
            let gap = turn["gap_ms"].as_u64();
            let synthesised = ["записал", "хватит"].iter().any(|word| text.contains(word));
            let list = if synthesised {
                &mut spoken
            } else {
                &mut constant
            };
            list.extend(gap);
            if show && gap.is_none_or(|gap| gap > 700) {
                println!("  slow: {turn} after {}", call["said"]);
            }
        }
    }
    println!(
        "complete answers, from their end to the bot's first sound, {} calls",
        calls.len()
    );
    print_times("hello, then the greeting", &first);
    print_times("the next prompt is constant", &constant);
    print_times("the next prompt says what was just heard", &spoken);
    truth::compare(&stage, &calls);
}

fn pauses(show: bool) {
    let callees: Vec<_> = (0..10)
        .map(|at| {
            let pause = |turn: usize| format!("[pause {}]", 300 + (at * 5 + turn) * 10 + turn);
            let [first, second, third, fourth, fifth] = [0, 1, 2, 3, 4].map(pause);
            let answers: [String; 5] = if at % 2 == 0 {
                [
                    format!("Ну {first} да, говорите."),
                    format!("Мне кажется {second} что да, интересно."),
                    format!("У нас тут {third} есть кухня, да."),
                    format!("Ну примерно {fourth} тридцать человек."),
                    format!("В общем {fifth} да, верно."),
                ]
            } else {
                [
                    format!("Э-э {first} да, удобно."),
                    format!("Я бы {second} попробовал, да."),
                    format!("Сейчас вспомню {third} да, есть."),
                    format!("Нас в офисе {fourth} пятнадцать."),
                    format!("Если подумать {fifth} то да."),
                ]
            };
            let answers = answers.each_ref().map(String::as_str);
            callee(&format!("pauses{at}"), "", answers, "")
        })
        .collect();
    let calls = Stage::set(&callees, 1).measure(AT_ONCE, 2.0);
    let (mut said, mut early) = (0, 0);
    for call in &calls {
        for utterance in list(&call["said"]).iter().skip(1) {
            let text = utterance["text"].as_str().unwrap();
            if text.split_whitespace().count() < 3 {
                continue;
            }
            said += 1;
            let within = |ms: u64| {
                (number(utterance, "began_ms")..number(utterance, "ended_ms")).contains(&ms)
            };
            let turns = list(&call["turns"]);
            if turns.iter().any(|turn| within(number(turn, "began_ms"))) {
                early += 1;
                if show {
                    println!("  answered early: {utterance} by {turns:?}");
                }
            }
        }
    }
    println!(
        "answers with a pause of 300 to 800 ms inside: {early} of {said} answered before their end"
    );
}

fn interruptions(show: bool) {
    let texts = [
        "Подождите, мне не интересно.",
        "Стоп, а кто вы такие?",
        "Нет, спасибо, не надо.",
        "Послушайте, я занят.",
        "Сколько это стоит?",
    ];
    let callees: Vec<_> = (1..)
        .zip(texts)
        .map(|(at, text)| {
            let more =
                format!("[[ru.meanwhile]]\nafter_ms = [700, 1500, 2400]\nsay = \"{text}\"\n\n");
            callee(&format!("interrupts{at}"), "", ["Да."; 5], &more)
        })
        .collect();
    let calls = Stage::set(&callees, 6).measure(AT_ONCE, 2.0);
    let (mut silent, mut count) = (Vec::new(), 0);
    for call in &calls {
        for turn in list(&call["turns"]) {
            // A farewell is said to its end, whoever speaks.
            let farewell = turn["text"].as_str().unwrap().contains("всего доброго");
            if turn["interrupted_ms"].is_null() || farewell {
                continue;
            }
            count += 1;
            let after = turn["silent_after_ms"].as_u64();
            silent.extend(after);
            if show && after.is_none_or(|after| after > 350) {
                println!("  late: {turn} in {}", call["said"]);
            }
        }
    }
    let stopped = silent.iter().filter(|ms| **ms <= 500).count();
    println!(
        "interruptions of other prompts than the farewell: {stopped} of {count} stopped the bot"
    );
    print_times("from their onset to the bot's last sound", &silent);
}

fn false_alarms(show: bool) {
    let sounds = [
        "Угу.",
        "ага",
        "так",
        "[noise 250]",
        "[noise 400]",
        "мм",
        "[tone 1200 120]",
    ];
    let answers = [
        "Да, удобно.",
        "Да, интересно.",
        "Да, есть.",
        "Двенадцать.",
        "Да, верно.",
    ];
    let mut callees: Vec<_> = (1..)
        .zip(sounds)
        .map(|(at, sound)| {
            let more = format!(
                "[[ru.meanwhile]]\nafter_ms = [600, 1200, 1900]\ntakes_floor = false\nsay = \"{sound}\"\n\n"
            );
            callee(&format!("listens{at}"), "", answers, &more)
        })
        .collect();
    for (name, person) in [
        ("echo", "echo = { db = -20, delay_ms = 120 }\n"),
        ("echo_late", "echo = { db = -26, delay_ms = 300 }\n"),
        ("street", "noise_dbfs = -45\n"),
    ] {
        callees.push(callee(name, person, answers, ""));
    }
    let calls = Stage::set(&callees, 2).measure(AT_ONCE, 2.0);
    // A prompt that was ended for good lacks its last word.
    let ends = ["говорить", "интересно", "бутыли", "офисе", "верно", "утром"];
    let (mut prompts, mut ended) = (0, 0);
    for call in &calls {
        let heard: Vec<_> = list(&call["turns"])
            .iter()
            .map(|turn| turn["text"].as_str().unwrap().to_owned())
            .collect();
        // A prompt that is held may be held within a word.
        let heard = heard.concat().replace(' ', "");
        for end in ends {
            prompts += 1;
            if !heard.contains(end) {
                ended += 1;
                if show {
                    println!("  {}: no `{end}` in {heard}", call["part"]);
                }
            }
        }
    }
    println!(
        "signs of listening, coughs, tones, echo, noise: {ended} of {prompts} prompts ended by them"
    );
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn number(value: &Value, key: &str) -> u64 {
    value[key].as_u64().unwrap()
}

fn print_times(what: &str, times: &[u64]) {
    let at = |percent| percentile(times, percent).map_or("-".to_owned(), |ms| ms.to_string());
    println!(
        "  {what}: p50 {} ms, p95 {} ms, longest {} ms, of {}",
        at(50),
        at(95),
        at(100),
        times.len()
    );
}
