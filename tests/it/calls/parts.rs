//! A call to every part, over both kinds of media: what the shell, the history, the recording, the
//! callee and the exchange tell of it must agree.

use std::path::Path;
use std::sync::Mutex;

use novodial::rehearsal::callee::{Measured, Side};
use serde_json::Value;

use super::bench::{self, Bench};
use super::cases::{CASES, Case};
use super::desk::{Desk, Ended};
use super::heard::{STALL, differs, follow};
use super::recording::{self, Recording};
use super::speech::Speech;
use crate::embedded::Embedded;

/// Calls at once. They wait most of the time; the exchange and the ears need the rest.
const AT_ONCE: usize = 6;
/// A-law, in RTP.
const ALAW: u8 = 8;
/// Longer than any callee may wait for an answer.
const SILENCE_MS: u32 = 2_000;
/// The bot falls silent within this, once a callee takes the floor.
const YIELD_MS: u32 = 700;
/// Frames of 20 ms that may come late in a call on a busy machine.
const LATE_FRAMES: u32 = 10;
/// Calls in which a busy machine may cost a letter; a fault of ours would not be content with them.
const ROUGH_CALLS: usize = 2;

#[test]
fn every_part_over_websocket_media() {
    every_part(bench::shared(), "websocket");
}

#[test]
fn every_part_over_rtp_media() {
    every_part(bench::shared(), "rtp");
}

#[test]
fn every_part_on_the_embedded_exchange() {
    every_part(Embedded::shared(), "websocket");
}

#[test]
fn every_part_on_the_embedded_exchange_over_rtp_media() {
    every_part(Embedded::shared(), "rtp");
}

/// Makes all calls, several at once, and tells of all that went wrong.
fn every_part(bench: &dyn Bench, media: &str) {
    let speech = Speech::start();
    let queue = Mutex::new(CASES.iter());
    let (faults, rough) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(case) = next(&queue) {
                    let name = format!("{} ({})", case.number, case.part);
                    let checked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                        check(case, bench, &speech, media)
                    }));
                    match checked {
                        Ok(false) => {}
                        Ok(true) => rough.lock().expect("the lock").push(name),
                        Err(_) => faults.lock().expect("the lock").push(name),
                    }
                }
            });
        }
    });
    let faults = faults.into_inner().expect("the lock");
    assert!(
        faults.is_empty(),
        "over {media} media, see above: {faults:#?}"
    );
    let rough = rough.into_inner().expect("the lock");
    assert!(
        rough.len() <= ROUGH_CALLS,
        "rough over {media} media: {rough:#?}"
    );
    let violations = speech.service.journal().violations();
    assert!(violations.is_empty(), "{violations:#?}");
}

fn next<'a>(queue: &Mutex<std::slice::Iter<'a, Case>>) -> Option<&'a Case> {
    queue.lock().expect("the lock").next()
}

/// One call, and everything that is known of it afterwards; whether it was rough.
fn check(case: &Case, bench: &dyn Bench, speech: &Speech, media: &str) -> bool {
    let desk = Desk::new(bench, speech).file(
        "offer.en.toml",
        include_str!("../../../scenarios/offer.en.toml"),
    );
    let number = format!("+{}", case.number);
    let mut arguments = vec!["call", &number, "--media", media, "--format", "json"];
    arguments.extend(case.arguments);
    let ended = desk.run(&arguments);
    let what = format!("{} over {media}: {ended:?}", case.part);
    assert_eq!(ended.code, case.exit, "{what}");
    let call = ended.json();
    told(case, &call, &what);
    shown(case, &desk, &call);
    if case.outcome == Some("do_not_call") {
        let again = desk.run(&["call", &number]);
        assert_eq!(again.code, 17, "{again:?}");
    }
    let offers = bench.offers(&desk.caller, case.number);
    assert_eq!(offers.len(), 1, "rung once, with our caller id: {what}");
    assert_eq!(offers[0].first(), Some(&ALAW), "{offers:?}");
    assert_eq!(bench.leftovers(&desk.app), Vec::<String>::new(), "{what}");
    if !case.is_answered() {
        assert_eq!(call["recording"], Value::Null, "{what}");
        return false;
    }
    let measured = bench.measured(&desk.caller, case.number);
    let rough_to_hear = noticed(case, &call, &measured);
    recorded(case, &call, &measured) || rough_to_hear
}

/// What the program told.
fn told(case: &Case, call: &Value, what: &str) {
    assert_eq!(call["schema"], "novodial.call/1", "{what}");
    assert_eq!(call["number"], format!("+{}", case.number), "{what}");
    assert_eq!(call["disposition"], case.disposition, "{what}");
    assert_eq!(call["outcome"].as_str(), case.outcome, "{what}");
    assert_eq!(call["hung_up_by"], case.hung_up_by, "{what}");
    let talk = talk(call);
    let fits = |(turn, wanted): (&String, &&str)| match wanted.strip_suffix('…') {
        Some(beginning) => turn.starts_with(beginning),
        None => turn == wanted,
    };
    let fit = talk.len() == case.talk.len() && talk.iter().zip(case.talk).all(fits);
    assert!(fit, "{talk:#?} is not {:#?}; {what}", case.talk);
    assert!(
        call["attempt_id"].is_i64() && call["ring_ms"].is_i64(),
        "{what}"
    );
    assert_eq!(call["talk_ms"].is_i64(), case.is_answered(), "{what}");
    assert_eq!(call["error"], Value::Null, "{what}");
    for turn in turns(call) {
        for key in ["speaker", "text", "state", "intent", "at_ms", "latency_ms"] {
            assert!(turn.get(key).is_some(), "no {key}: {what}");
        }
    }
}

fn turns(call: &Value) -> &[Value] {
    call["turns"].as_array().map_or(&[], Vec::as_slice)
}

/// The talk in the notation of the cases.
fn talk(call: &Value) -> Vec<String> {
    turns(call)
        .iter()
        .map(|turn| {
            let text = |key: &str| turn[key].as_str().unwrap_or_default();
            match (text("speaker"), turn["cut_at_ms"].is_null(), text("intent")) {
                ("bot", true, _) => format!("bot: {}", text("state")),
                ("bot", false, _) => format!("bot: {}, cut", text("state")),
                (_, _, "") => format!("callee: {}", text("text")),
                (_, _, intent) => format!("callee: {} [{intent}]", text("text")),
            }
        })
        .collect()
}

/// What the history shows afterwards.
fn shown(case: &Case, desk: &Desk, call: &Value) {
    let again = desk.run(&["calls", "show", "last", "--format", "json"]);
    assert_eq!(again.json(), *call);
    let Ended { code, stdout, .. } = desk.run(&["calls", "show", "last"]);
    assert_eq!(code, 0);
    assert!(stdout.contains(case.disposition), "{stdout}");
    assert!(
        stdout.contains(case.outcome.unwrap_or_default()),
        "{stdout}"
    );
    let network_said = format!("network said {}", case.network_said);
    assert_eq!(
        stdout.contains(&network_said),
        !case.network_said.is_empty(),
        "{stdout}"
    );
    for turn in turns(call) {
        let text = turn["text"].as_str().expect("a text");
        let speaker = turn["speaker"].as_str().expect("a speaker");
        // Words that told who answered stand above, too.
        let told = |line: &str| line.contains(text) && line.contains(speaker);
        assert!(stdout.lines().any(told), "no `{text}`: {stdout}");
    }
}

/// What the callee noticed: the prompts whole, nobody talked over, no long silence. Whether the
/// voice was rough.
fn noticed(case: &Case, call: &Value, measured: &Measured) -> bool {
    let what = format!("{}: {measured:?} {call}", case.part);
    let heard = follow(&measured.heard().join(" "), call);
    let heard = heard.unwrap_or_else(|fault| panic!("{fault}; {what}"));
    let turns = &measured.turns;
    let over = turns.iter().find(|turn| turn.talked_over);
    assert!(over.is_none(), "talked over: {what}");
    let long = turns.iter().filter_map(|turn| turn.gap_ms).max();
    assert!(
        long.unwrap_or_default() < SILENCE_MS,
        "a long silence: {what}"
    );
    let deaf = turns.iter().filter_map(|turn| turn.silent_after_ms).max();
    assert!(
        deaf.unwrap_or_default() < YIELD_MS,
        "went on talking: {what}"
    );
    if case.hung_up_by == "bot" {
        assert_eq!(measured.released_by, Side::Caller, "{what}");
        assert!(measured.last_turn_whole, "the goodbye was clipped: {what}");
    } else {
        assert_eq!(measured.released_by, Side::Callee, "{what}");
    }
    heard.lost > case.held * STALL || measured.late_frames > LATE_FRAMES
}

/// What the recording holds: left the callee's words, right the bot's, as far as they were heard.
/// Whether it is rough.
fn recorded(case: &Case, call: &Value, measured: &Measured) -> bool {
    let path = call["recording"].as_str().expect("a recording");
    let recording = Recording::open(Path::new(path));
    let what = format!("{}: {recording:?} {measured:?}", case.part);
    let left = recording::text(&recording.callee);
    let said = callee_said(measured);
    let lost = match case.disposition {
        // We hang up while it speaks.
        "machine" => differs(&left, said.get(..left.len()).unwrap_or_default()),
        _ => differs(&left, &said),
    };
    assert!(lost <= STALL, "{what}");
    let right = follow(&recording::text(&recording.bot), call);
    let right = right.unwrap_or_else(|fault| panic!("recorded: {fault}; {what}"));
    let heard = follow(&measured.heard().join(" "), call).expect("it was checked before");
    for (right, heard) in right.letters.iter().zip(&heard.letters) {
        assert!(right.abs_diff(*heard) <= STALL, "{what}");
    }
    let talk_ms = call["talk_ms"].as_u64().expect("a length");
    assert!(
        recording.length_ms.abs_diff(talk_ms) < 1_000,
        "{talk_ms}: {what}"
    );
    if let (Some(word), Some(first)) = (recording.bot.first(), measured.first_sound_ms) {
        let at_ms = word.start / 8;
        assert!(
            at_ms.abs_diff(first.into()) < 400,
            "{at_ms}, not {first}: {what}"
        );
    }
    lost > 0 || right.lost > case.held * STALL
}

/// All that the callee said.
fn callee_said(measured: &Measured) -> String {
    let texts: Vec<_> = measured
        .said
        .iter()
        .map(|said| said.text.as_str())
        .collect();
    texts.join(" ").replace(" (beep)", "")
}
