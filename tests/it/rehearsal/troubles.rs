//! Each trouble: what the callee heard, and what the history says.

use std::time::Duration;

use novodial::rehearsal::exchange::Trunk;
use novodial::rehearsal::speech_service::Journal;

use novodial::rehearsal::trouble::Trouble;

use super::stage::*;

fn set(callees: &[&str], trouble: &str) -> Stage {
    Stage::set(callees, &Trouble::named(trouble).unwrap())
}

/// A talk that went on as if nothing had happened.
fn assert_untroubled(stage: &Stage, callee: &str, outcome: &str) {
    let told = stage.told(callee);
    let summary = (told.disposition.as_str(), told.outcome.as_str());
    assert_eq!(summary, ("answered", outcome), "{told:#?}");
    assert_both_sides_agree(&told, &stage.measured(callee).unwrap());
}

#[test]
fn gaps_are_misheard_on_both_sides_and_the_talk_is_held_all_the_same() {
    let harsh = "[[trouble]]\nwhat = \"packet_gaps\"\nlost_percent = 6\ngap_ms = [20, 60]\n";
    let stage = Stage::set(&["wants_human"], &Trouble::parse("harsh", harsh).unwrap());
    let ended = stage.campaign("1");
    let (told, measured) = (
        stage.told("wants_human"),
        stage.measured("wants_human").unwrap(),
    );
    assert_eq!(told.disposition, "answered", "{ended:?}");
    let greeting = "здравствуйте, анна! это робот компании ромашка, разговор записывается. \
                    удобно говорить?";
    assert_eq!(
        told.said_by("bot")[0],
        greeting,
        "the history tells what was said"
    );
    assert_ne!(measured.heard()[0], greeting, "the callee what was heard");
    assert_ne!(told.outcome, "-", "{told:#?}");
}

#[test]
fn events_that_overtake_the_answer_lose_no_call() {
    let callees = [
        "busy",
        "declined",
        "no_such_number",
        "phone_off",
        "hangs_up",
    ];
    let stage = set(&callees, "early_event");
    let ended = stage.campaign("5");
    let expected = [
        "busy",
        "rejected",
        "invalid_number",
        "unreachable",
        "answered",
    ];
    for (callee, disposition) in callees.into_iter().zip(expected) {
        assert_eq!(stage.told(callee).disposition, disposition, "{ended:?}");
    }
    let left = stage.exchange.ids();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_talk_goes_on_while_the_event_socket_is_gone_and_its_end_is_known() {
    let stage = set(&["call_later", "wants_human"], "events_lost");
    let ended = stage.campaign("2");
    assert!(
        ended.stderr.contains("the connection to Asterisk is lost"),
        "{ended:?}"
    );
    assert!(
        ended.stderr.contains("connected to Asterisk again"),
        "{ended:?}"
    );
    assert_untroubled(&stage, "call_later", "call_later");
    assert_untroubled(&stage, "wants_human", "human");
}

#[test]
fn congestion_strikes_its_calls_and_leaves_their_leads_to_be_rung_again() {
    let callees = ["busy", "declined", "agrees", "refuses", "no_such_number"];
    let stage = set(&callees, "congestion");
    let ended = stage.campaign("1");
    assert_eq!(ended.code, 1, "{ended:?}");
    let dispositions = callees.map(|callee| stage.told(callee).disposition);
    let expected = [
        "busy",
        "rejected",
        "congestion",
        "congestion",
        "invalid_number",
    ];
    assert_eq!(dispositions, expected);
    assert!(stage.measured("agrees").is_none(), "nobody heard a thing");
}

#[test]
fn a_trunk_that_goes_away_is_no_fault_of_the_leads_and_they_are_reached_once_it_is_back() {
    let callees = [
        "declined",
        "phone_off",
        "no_such_number",
        "hangs_up",
        "call_later",
    ];
    let stage = set(&callees, "trunk_away")
        .with("NOVODIAL_POLICY_SMALLEST_GAP", "1s")
        .with("NOVODIAL_POLICY_CONGESTION_DELAY", "8s");
    let first = stage.campaign("1");
    assert_eq!(first.code, 1, "{first:?}");
    assert_eq!(stage.told("hangs_up").disposition, "congestion");
    assert_eq!(stage.told("call_later").disposition, "trunk_unreachable");
    while stage.exchange.condition().trunk != Trunk::Up {
        std::thread::sleep(Duration::from_millis(100));
    }
    let mut second = stage.campaign("2");
    // Nobody is rung again before it is due.
    for _ in 0..60 {
        let reached = |callee| stage.told(callee).disposition == "answered";
        if reached("call_later") && reached("hangs_up") {
            break;
        }
        std::thread::sleep(Duration::from_millis(250));
        second = stage.campaign("2");
    }
    assert_eq!(stage.told("hangs_up").outcome, "hung_up", "{second:?}");
    assert_untroubled(&stage, "call_later", "call_later");
}

#[test]
fn recognition_that_begins_late_has_missed_nothing() {
    let late = "[[trouble]]\nwhat = \"late_speech\"\nby_ms = 4000\n";
    let stage = Stage::set(&["call_later"], &Trouble::parse("late", late).unwrap());
    stage.campaign("1");
    assert_untroubled(&stage, "call_later", "call_later");
}

#[test]
fn recognition_that_is_lost_is_opened_again_within_the_call() {
    let stage = set(&["call_later"], "lost_speech");
    let ended = stage.run(&["campaign", "run", "leads.csv", "--yes", "--no-wait", "-v"]);
    assert!(
        ended.stderr.contains("the recogniser is being reconnected"),
        "{ended:?}"
    );
    let journal = stage.speech.journal();
    assert!(journal.recognition.len() >= 2, "{journal:#?}");
    assert_untroubled(&stage, "call_later", "call_later");
}

#[test]
fn requests_that_are_too_many_are_made_again() {
    let stage = set(&["call_later"], "too_many");
    stage.campaign("1");
    assert!(answered(&stage.speech.journal(), 429) >= 2);
    assert_untroubled(&stage, "call_later", "call_later");
}

#[test]
fn slow_synthesis_is_waited_for_before_the_phone_rings_and_not_by_the_callee() {
    let slow = "[[trouble]]\nwhat = \"slow_synthesis\"\nby_ms = 3000\n";
    let stage = Stage::set(&["call_later"], &Trouble::parse("slow", slow).unwrap());
    stage.campaign("1");
    assert_untroubled(&stage, "call_later", "call_later");
    let measured = stage.measured("call_later").unwrap();
    assert!(measured.first_sound_ms.unwrap() < 2_500, "{measured:#?}");
    assert!(measured.turns[1].gap_ms.unwrap() < 1_500, "{measured:#?}");
}

#[test]
fn an_empty_account_ends_the_talk_politely_and_pauses_the_campaign_until_it_gives_up() {
    let stage = set(&["busy", "declined", "call_later", "agrees"], "quota");
    let ended = stage.campaign("1");
    assert_eq!(ended.code, 5, "{ended:?}");
    let told = [
        "takes no more work from this account: pausing until",
        "takes no more work from this account: trying whether it still is so",
    ];
    assert!(
        told.iter().all(|line| ended.stderr.contains(line)),
        "{ended:?}"
    );
    let summary = ["paused 2 times", "hint: top up the ElevenLabs account"];
    assert!(
        summary.iter().all(|line| ended.stdout.contains(line)),
        "{ended:?}"
    );
    assert_eq!(stage.told("call_later").outcome, "speech_failed");
    let measured = stage.measured("call_later").unwrap();
    let heard = measured.heard().join(" ");
    assert!(
        heard.ends_with("вам перезвонит наш сотрудник. до свидания!"),
        "{heard}"
    );
    assert!(
        stage.measured("agrees").is_none(),
        "nobody is rung any more"
    );
}

/// Requests for speech that were answered with this status.
fn answered(journal: &Journal, status: u16) -> usize {
    let requests = journal.requests.iter();
    requests.filter(|(_, answered)| *answered == status).count()
}
