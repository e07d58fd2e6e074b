//! Calls that are cut short from our side: by a signal at each point of the call, by another process, by the
//! death of the dialer. Nothing may be left on the line, and the history must tell.

use std::time::Duration;

use novodial::rehearsal::callee::Side;
use novodial::rehearsal::speech_service::{Fault, Scope};
use rstest::rstest;

use super::bench::{self, Bench};
use super::desk::Desk;
use super::speech::Speech;

/// The callee who rings for ever.
const RINGS: &str = "+79000000052";
/// The callee who says hello and then answers.
const TALKS: &str = "+79000000001";
/// The callee who never says a word.
const SILENT: &str = "+79000000004";

#[rstest]
#[case::while_it_rings(RINGS, "ringing", "INT", 130)]
#[case::while_the_bot_speaks(TALKS, "алло", "INT", 130)]
#[case::while_the_bot_listens(SILENT, "Здравствуйте", "INT", 130)]
#[case::terminated_while_it_rings(RINGS, "ringing", "TERM", 143)]
#[case::terminated_while_the_bot_speaks(TALKS, "алло", "TERM", 143)]
fn a_signal_ends_the_call_and_leaves_nothing(
    #[case] number: &str,
    #[case] moment: &str,
    #[case] signal: &str,
    #[case] code: i32,
) {
    let (bench, speech) = (bench::shared(), Speech::start());
    let desk = Desk::new(bench, &speech);
    let call = desk.start(&["call", number]);
    call.wait_for(moment);
    call.signal(signal);
    let ended = call.end();
    assert_eq!(ended.code, code, "{ended:?}");
    assert!(!ended.stderr.contains("warning"), "{ended:?}");
    assert_eq!(bench.leftovers(&desk.app), Vec::<String>::new());
    let history = desk
        .run(&["calls", "show", "last", "--format", "json"])
        .json();
    assert_eq!(history["disposition"], "interrupted", "{history:#}");
    assert_eq!(history["hung_up_by"], "bot");
    if number != RINGS {
        let measured = bench.measured(&desk.caller, &number[1..]);
        assert_eq!(measured.released_by, Side::Caller);
        assert!(
            ended.stdout.contains("Здравствуйте"),
            "what was said is told: {ended:?}"
        );
        let recording = history["recording"].as_str().expect("a recording");
        super::recording::Recording::open(recording.as_ref());
    }
}

#[test]
fn a_terminal_that_goes_away_ends_the_call_unless_it_runs_under_nohup() {
    let (bench, speech) = (bench::shared(), Speech::start());
    let desk = Desk::new(bench, &speech);
    for (hangup, then, code) in [("default", None, 143), ("ignore", Some("INT"), 130)] {
        let script = format!("exec env --{hangup}-signal=HUP $novodial call {RINGS}");
        let call = desk.script(&script);
        call.wait_for("ringing");
        call.signal("HUP");
        if let Some(signal) = then {
            call.signal(signal);
        }
        let ended = call.end();
        assert_eq!(ended.code, code, "{ended:?}");
        assert_eq!(bench.leftovers(&desk.app), Vec::<String>::new());
    }
}

#[test]
fn asterisk_closes_the_line_of_a_killed_dialer_and_the_next_run_cleans_up() {
    let (bench, speech) = (bench::shared(), Speech::start());
    let desk = Desk::new(bench, &speech).with("NOVODIAL_CALL_MAX_DURATION", "5s");
    let call = desk.start(&["call", SILENT]);
    call.wait_for("answered");
    call.signal("KILL");
    assert_eq!(call.end().code, -1);
    let measured = bench.measured(&desk.caller, &SILENT[1..]);
    // 4 s of ringing, 5 s of talk, and 5 s on top.
    assert!(measured.released_ms <= 15_000, "{measured:?}");
    assert_eq!(measured.released_by, Side::Caller);
    next_run_cleans_up(&desk, bench);
}

#[rstest]
#[case::at_the_answer(0)]
// The callee has the receiver at the ear by then, and measures.
#[case::after_the_answer(500)]
fn the_number_of_a_dialer_that_was_killed_a_moment_ago_can_be_rung_again(#[case] after_ms: u64) {
    let (bench, speech) = (bench::shared(), Speech::start());
    let desk = Desk::new(bench, &speech);
    let call = desk.start(&["call", SILENT]);
    call.wait_for("answered");
    std::thread::sleep(std::time::Duration::from_millis(after_ms));
    call.signal("KILL");
    assert_eq!(call.end().code, -1);
    next_run_cleans_up(&desk, bench);
    if after_ms > 0 {
        let measured = bench.measured(&desk.caller, &SILENT[1..]);
        assert!(
            measured.released_ms < 10_000,
            "it was not ended: {measured:?}"
        );
    }
    let again = desk.start(&["call", SILENT]);
    again.wait_for("answered");
    again.signal("INT");
    assert_eq!(again.end().code, 130);
}

/// Another call after a run that died in its first one.
fn next_run_cleans_up(desk: &Desk, bench: &dyn Bench) {
    let next = desk.run(&["call", "+79000000051"]);
    assert_eq!(next.code, 10, "{next:?}");
    assert_eq!(bench.leftovers(&desk.app), Vec::<String>::new());
    let history = desk.run(&["calls", "show", "1", "--format", "json"]).json();
    assert_eq!(history["disposition"], "interrupted", "{history:#}");
    let error = history["error"].as_str().expect("why");
    assert!(error.contains("died during the call"), "{error}");
}

#[test]
fn a_call_is_hung_up_from_another_shell_and_the_history_says_who_did() {
    let (bench, speech) = (bench::shared(), Speech::start());
    let desk = Desk::new(bench, &speech);
    for (id, heard) in [("1", "ringing"), ("2", "answered")] {
        let call = desk.start(&["call", SILENT]);
        call.wait_for(heard);
        let hung_up = desk.run(&["calls", "hangup", id, "--format", "json"]);
        assert_eq!(hung_up.code, 0, "{hung_up:?}");
        assert_eq!(hung_up.json()["ended"], true, "{hung_up:?}");
        let ended = call.end();
        // It was none of the callee's doing: neither `no_answer` nor `answered`.
        assert_eq!(ended.code, 130, "{ended:?}");
        let shown = desk.run(&["calls", "show", id, "--format", "json"]).json();
        let end = |key: &str| shown[key].as_str().unwrap_or("").to_owned();
        let end = (end("disposition"), end("outcome"), end("hung_up_by"));
        let ours = ("interrupted".to_owned(), String::new(), "bot".to_owned());
        assert_eq!(end, ours, "{shown:#}");
    }
    assert_eq!(bench.leftovers(&desk.app), Vec::<String>::new());
    let again = desk.run(&["calls", "hangup", "1"]);
    assert_eq!(again.code, 1, "{again:?}");
    assert!(again.stderr.contains("is over already"), "{again:?}");
}

#[rstest]
// A pipe that is full: nobody reads, as on a terminal that was stopped with Ctrl-S.
#[case::reads_late("(head -c 65536 /dev/zero; exec $novodial call +79000000011) | (sleep 25; cat)")]
// The reader has gone.
#[case::has_gone("$novodial call +79000000011 | true")]
fn a_reader_who_does_not_read_does_not_silence_the_bot(#[case] script: &str) {
    let (bench, speech) = (bench::shared(), Speech::start());
    let desk = Desk::new(bench, &speech);
    let call = desk.script(script);
    let measured = bench.measured(&desk.caller, "79000000011");
    let heard = measured.heard().join(" ");
    assert!(
        heard.starts_with("здравствуйте!") && heard.ends_with("всего доброго!"),
        "{heard}"
    );
    let ended = call.end();
    assert_eq!(
        bench.leftovers(&desk.app),
        Vec::<String>::new(),
        "{ended:?}"
    );
    let history = desk
        .run(&["calls", "show", "last", "--format", "json"])
        .json();
    assert_eq!(history["outcome"], "call_later", "{history:#}");
}

#[test]
fn a_signal_before_anybody_is_rung_ends_at_once() {
    let (bench, speech) = (bench::shared(), Speech::start());
    let slow = Fault::SlowFirstAudio(Duration::from_mins(1));
    speech.service.break_synthesis(slow, Scope::Every);
    let desk = Desk::new(bench, &speech);
    for arguments in [
        &["call", TALKS][..],
        &["campaign", "run", "one.csv", "--yes"],
    ] {
        std::fs::write(desk.path("one.csv"), format!("phone\n{TALKS}\n")).expect("a list");
        let before = speech.service.journal().synthesis.len();
        let run = desk.start(arguments);
        speech
            .runtime
            .block_on(speech.service.journal_until(|j| j.synthesis.len() > before));
        run.signal("INT");
        let ended = run.end();
        assert_eq!(ended.code, 130, "{ended:?}");
    }
    assert_eq!(
        bench.offers(&desk.caller, &TALKS[1..]),
        Vec::<Vec<u8>>::new()
    );
}
