//! What goes wrong before a talk: one clear line and a hint each, the documented exit code, nobody
//! rung, and nothing lost of what was recorded before.

use novodial::rehearsal::speech_service::Options;
use rstest::rstest;

use super::bench::{self, Bench};
use super::desk::{Desk, Ended};
use super::speech::Speech;
use crate::cli::OFFER;
use crate::lab::Lab;

/// One that would be rung, were all well.
const NUMBER: &str = "+79000000001";

/// Exactly one line that tells what and why, and a hint; the exit code.
pub(super) fn is_an_error(ended: &Ended, code: i32, texts: &[&str]) {
    assert_eq!(ended.code, code, "{ended:?}");
    let line = |label| {
        let mut lines = ended
            .stderr
            .lines()
            .filter_map(|line| line.strip_prefix(label));
        match (lines.next(), lines.next()) {
            (Some(line), None) if line.len() > 10 => line.to_owned(),
            _ => panic!("not one `{label}`: {ended:?}"),
        }
    };
    let told = format!("{} {}", line("error: "), line("hint: "));
    for text in texts {
        assert!(told.contains(text), "no `{text}`: {ended:?}");
    }
    assert!(!told.contains("defect"), "{ended:?}");
}

/// What is wrong with a shell.
#[derive(Debug, Clone, Copy)]
enum Wrong {
    /// A variable.
    Set(&'static str, &'static str),
    /// A variable that is not there.
    Unset(&'static str),
    /// A scenario in which this is written in place of that.
    Typo(&'static str, &'static str),
    /// The time of day.
    Closed,
}
use Wrong::{Closed, Set, Typo, Unset};

impl Wrong {
    fn make(self, desk: Desk) -> Desk {
        match self {
            Set(name, value) => desk.with(name, value),
            Unset(name) => desk.without(name),
            Typo(right, wrong) => desk.file("scenario.toml", &OFFER.replace(right, wrong)),
            Closed => desk.with("NOVODIAL_POLICY_HOURS", closed_hours()),
        }
    }
}

#[rstest]
#[case::wrong_password(
    Set("NOVODIAL_ASTERISK_PASSWORD", "wrong"), 4, &["ari.conf", "novodial"]
)]
#[case::asterisk_not_running(
    Set("NOVODIAL_ASTERISK_URL", "http://127.0.0.1:9"), 4, &["127.0.0.1:9"]
)]
#[case::scenario_with_a_typo(
    Typo("[states.offer]", "[states.ofer]"),
    3, &["scenario.toml:", "offer", "did you mean `ofer`"]
)]
#[case::scenario_that_is_no_toml(
    Typo("[scenario]", "[scenario"), 3, &["scenario.toml:5:"]
)]
#[case::no_api_key(Unset("ELEVENLABS_API_KEY"), 3, &["ELEVENLABS_API_KEY"])]
#[case::no_voice(
    Unset("NOVODIAL_ELEVENLABS_VOICE_ID"), 3, &["elevenlabs.voice_id"]
)]
#[case::no_password(
    Unset("NOVODIAL_ASTERISK_PASSWORD"), 3, &["NOVODIAL_ASTERISK_PASSWORD"]
)]
#[case::bad_key(Set("ELEVENLABS_API_KEY", "wrong"), 4, &["key"])]
#[case::no_such_voice(
    Set("NOVODIAL_ELEVENLABS_VOICE_ID", "nobody"), 3, &["voice"]
)]
#[case::service_not_reachable(
    Set("NOVODIAL_ELEVENLABS_BASE_URL", "http://127.0.0.1:9"), 4, &["elevenlabs.proxy"]
)]
#[case::dead_http_proxy(
    Set("NOVODIAL_ELEVENLABS_PROXY", "http://127.0.0.1:9"), 4, &["proxy", "127.0.0.1:9"]
)]
#[case::dead_socks_proxy(
    Set("NOVODIAL_ELEVENLABS_PROXY", "socks5://127.0.0.1:9"), 4, &["proxy", "127.0.0.1:9"]
)]
#[case::outside_the_hours(
    Closed, 17, &["calling hours", "hours"]
)]
#[case::unwritable_ledger(
    Set("NOVODIAL_STORAGE_DATABASE", "/proc/novodial.db"), 4, &["/proc/novodial.db"]
)]
fn a_call_that_cannot_be_begun_says_why(
    #[case] wrong: Wrong,
    #[case] code: i32,
    #[case] texts: &[&str],
) {
    let (bench, speech) = (bench::shared(), Speech::start());
    let desk = wrong.make(Desk::new(bench, &speech));
    let call = desk.run(&["call", NUMBER]);
    is_an_error(&call, code, texts);
    let leads = desk.file("list.csv", &format!("phone\n{NUMBER}\n"));
    if code != 17 {
        let run = leads.run(&["campaign", "run", "list.csv", "--yes"]);
        is_an_error(&run, code, texts);
    }
    assert!(
        bench.offers(&leads.caller, &NUMBER[1..]).is_empty(),
        "{call:?}"
    );
}

/// Calling hours that do not hold now, whatever the time in Moscow.
fn closed_hours() -> String {
    let now = jiff::Zoned::now().in_tz("Europe/Moscow").expect("a zone");
    let from = (now.hour() + 2) % 22;
    format!("{from:02}:00-{:02}:00", from + 1)
}

/// A call that was begun, came to nothing because of trunk or line, and is told with a way out.
fn is_trouble(ended: &Ended, code: i32, disposition: &str, text: &str) {
    assert_eq!(ended.code, code, "{ended:?}");
    assert!(ended.stdout.starts_with(disposition), "{ended:?}");
    let line = |label: &str| {
        ended
            .stderr
            .lines()
            .filter(|l| l.starts_with(label))
            .count()
    };
    assert_eq!((line("warning: "), line("hint: ")), (1, 1), "{ended:?}");
    assert!(ended.stderr.contains(text), "{ended:?}");
}

#[test]
fn a_trunk_that_is_not_there_is_told_from_a_callee_who_is_not() {
    let (bench, speech) = (bench::shared(), Speech::start());
    let desk = Desk::new(bench, &speech).with("NOVODIAL_ASTERISK_TRUNK", "nowhere");
    is_trouble(
        &desk.run(&["call", NUMBER]),
        15,
        "trunk_unreachable",
        "nowhere",
    );
    let desk = Desk::new(bench, &speech);
    is_trouble(
        &desk.run(&["call", "+79000000054"]),
        15,
        "trunk_refused",
        "caller id",
    );
    is_trouble(
        &desk.run(&["call", "+79000000056"]),
        15,
        "congestion",
        "503",
    );
}

#[test]
fn a_trunk_that_dies_costs_no_lead_and_loses_no_history() {
    let lab = Lab::start("dead-trunk");
    let speech = Speech::start();
    let desk = Desk::new(&lab, &speech)
        .with("NOVODIAL_CALL_RING_TIMEOUT", "3s")
        .with("NOVODIAL_POLICY_SMALLEST_GAP", "1s")
        .with("NOVODIAL_POLICY_CONGESTION_DELAY", "2s")
        .with("NOVODIAL_CAMPAIGN_BREAKER_PAUSE", "1s")
        .with("NOVODIAL_CAMPAIGN_BREAKER_PAUSES", "1")
        .file("list.csv", "phone\n+79000000053\n");
    assert_eq!(desk.run(&["call", "+79000000055"]).code, 13);
    lab.carrier.stop();
    // Asterisk has not noticed yet: the INVITE stays without an answer.
    is_trouble(
        &desk.run(&["call", NUMBER]),
        15,
        "trunk_unreachable",
        "asterisk check",
    );
    lab.wait_for_trunk("offline");
    is_trouble(
        &desk.run(&["call", NUMBER]),
        15,
        "trunk_unreachable",
        "asterisk check",
    );
    let campaign = ["campaign", "run", "list.csv", "--yes", "--no-wait"];
    let first = desk.run(&campaign);
    assert_eq!(first.code, 5, "the breaker paused once, in vain: {first:?}");
    assert!(first.stdout.contains("0 leads done, 1 left"), "{first:?}");
    assert!(Bench::leftovers(&lab, &desk.app).is_empty());

    lab.carrier.start();
    lab.wait_for_trunk("online");
    // A question that was sent to the dead trunk may yet time out, and call it offline once more.
    std::thread::sleep(std::time::Duration::from_secs(4));
    lab.wait_for_trunk("online");
    let run = desk.run(&campaign);
    assert_eq!(run.code, 1, "who declined is rung another day: {run:?}");
    let list = desk.run(&["calls", "list", "--format", "jsonl"]).lines();
    let words: Vec<_> = list
        .iter()
        .rev()
        .filter_map(|call| call["disposition"].as_str())
        .collect();
    let gone = "trunk_unreachable";
    let expected = ["invalid_number", gone, gone, gone, "rejected"];
    assert_eq!(words, expected, "{first:?}\n{run:?}");
}

#[rstest]
#[case::the_older_shape(true)]
#[case::the_newer_shape(false)]
fn an_empty_account_rings_nobody(#[case] legacy_quota: bool) {
    let bench = bench::shared();
    let speech = Speech::with(Options {
        legacy_quota,
        ..Options::default()
    });
    speech.service.set_credits_left(0);
    let desk = Desk::new(bench, &speech).file("list.csv", &format!("phone\n{NUMBER}\n"));
    is_an_error(&desk.run(&["call", NUMBER]), 4, &["credits"]);
    is_an_error(
        &desk.run(&["campaign", "run", "list.csv", "--yes"]),
        4,
        &["credits"],
    );
    assert!(bench.offers(&desk.caller, &NUMBER[1..]).is_empty());
}

#[test]
fn an_account_that_runs_empty_pauses_the_campaign_between_two_calls() {
    let (bench, speech) = (bench::shared(), Speech::start());
    let list = "phone,name\n+79000000055,Анна\n";
    let desk = Desk::new(bench, &speech)
        .with("NOVODIAL_CAMPAIGN_BREAKER_PAUSE", "1s")
        .with("NOVODIAL_CAMPAIGN_BREAKER_PAUSES", "1")
        .file("list.csv", list);
    let run = ["campaign", "run", "list.csv", "--yes", "--no-wait"];
    let first = desk.run(&run);
    assert_eq!(first.code, 0, "{first:?}");
    // From now on only the greetings by name cost something: some 45 credits each.
    speech.service.set_credits_left(60);
    let desk = desk.file(
        "list.csv",
        &format!("{list}+79000000053,Борис\n+79000000057,Вера\n"),
    );
    let second = desk.run(&run);
    assert_eq!(second.code, 5, "{second:?}");
    assert!(
        second.stdout.contains("top up the ElevenLabs account"),
        "{second:?}"
    );
    assert!(
        second.stdout.contains("1 call, 1 lead done, 2 left"),
        "{second:?}"
    );
    let rung = |number: &str| bench.offers(&desk.caller, number).len();
    assert_eq!(rung("79000000053") + rung("79000000057"), 1, "{second:?}");
    speech.service.set_credits_left(10_000);
    let third = desk.run(&run);
    assert_eq!(third.code, 1, "two are left for another time: {third:?}");
    for number in ["79000000053", "79000000055", "79000000057"] {
        assert_eq!(rung(number), 1, "{number}");
    }
}

#[test]
fn a_broken_row_is_told_with_its_line_and_the_others_are_rung() {
    let (bench, speech) = (bench::shared(), Speech::start());
    let desk = Desk::new(bench, &speech)
        .file(
            "list.csv",
            "phone,name\nno number,Анна\n+79000000053,Борис\n123,Вера\n",
        )
        .file("bad.csv", "phone,name\n\"+79000000055,Анна\n")
        .file("none.csv", "name,town\nАнна,Москва\n");
    let run = desk.run(&["campaign", "run", "list.csv", "--yes", "--no-wait"]);
    assert_eq!(run.code, 1, "who declined is rung another day: {run:?}");
    for place in ["list.csv: line 2: ", "list.csv: line 4: "] {
        assert!(run.stderr.contains(place), "no {place}: {run:?}");
    }
    assert_eq!(bench.offers(&desk.caller, "79000000053").len(), 1);
    is_an_error(
        &desk.run(&["campaign", "run", "bad.csv", "--yes"]),
        3,
        &["bad.csv"],
    );
    is_an_error(
        &desk.run(&["campaign", "run", "none.csv", "--yes"]),
        3,
        &["none.csv", "column"],
    );
    is_an_error(
        &desk.run(&["campaign", "run", "gone.csv", "--yes"]),
        3,
        &["gone.csv"],
    );
}

#[rstest]
#[case::too_short("12345")]
#[case::an_emergency_number("112")]
#[case::another_country("+14155552671")]
#[case::a_premium_number("+78099999999")]
#[case::no_number("алло")]
fn a_number_that_may_not_be_rung_is_refused_before_anything_else(#[case] number: &str) {
    // Without an exchange, without a service: the number comes first.
    let speech = Speech::start();
    let desk =
        Desk::new(bench::shared(), &speech).with("NOVODIAL_ASTERISK_URL", "http://127.0.0.1:9");
    is_an_error(&desk.run(&["call", number]), 2, &[number]);
}
