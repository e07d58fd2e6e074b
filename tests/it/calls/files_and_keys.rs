//! What a scenario plays and presses comes to the callee, in its order.

use novodial::rehearsal::voice::{audible, speak};

use super::bench::{self, Bench};
use super::desk::Desk;
use super::speech::Speech;
use crate::embedded::Embedded;

/// The callee who agrees to everything, digits.
const CALLEE: &str = "79000000001";
const SCENARIO: &str = r#"
[scenario]
name = "files"
language = "ru"
start = "hello"
disclosure = false

[variables]
extension = "12"

[global]
no_input = "bye"
no_match = "bye"

[global.on]
do_not_call = "bye"

[states.hello]
say = "Здравствуйте! Это робот. Можно?"
on = { yes = "tune" }

[states.tune]
say = "Послушайте."
play = "sounds/tune.wav"
send_keys = "{{ extension }}w3#"
next = "bye"

[states.bye]
say = "Всего доброго!"
outcome = "done"
"#;
/// What the file says, in the voice that callees understand.
const FILE_SAYS: &str = "песня про море и ветер";

#[test]
fn a_file_is_heard_and_keys_arrive() {
    check(bench::shared());
}

#[test]
fn a_file_is_heard_and_keys_arrive_on_the_embedded_exchange() {
    check(Embedded::shared());
}

fn check(bench: &dyn Bench) {
    let speech = Speech::start();
    let desk = Desk::new(bench, &speech).file("files.toml", SCENARIO);
    let number = format!("+{CALLEE}");
    let arguments = [
        "call",
        &number,
        "--scenario",
        "files.toml",
        "--format",
        "json",
    ];
    let refused = desk.run(&arguments);
    assert_eq!(refused.code, 3, "{refused:?}");
    let place = "files.toml:24:8: `sounds/tune.wav` cannot be played";
    assert!(refused.stderr.contains(place), "{refused:?}");
    assert_eq!(bench.offers(&desk.caller, CALLEE).len(), 0);

    std::fs::create_dir(desk.path("sounds")).unwrap();
    std::fs::write(desk.path("sounds/tune.wav"), wav(&speak(FILE_SAYS))).unwrap();
    let call = desk.run(&arguments);
    let told = call.json();
    assert_eq!(told["outcome"], "done", "{call:?}");
    let callee = bench.measured(&desk.caller, CALLEE);
    let heard = callee.heard().join(" ");
    let mut from = 0;
    for part in ["послушайте", &audible(FILE_SAYS), "всего доброго"] {
        let at = heard[from..].find(part);
        from += at.unwrap_or_else(|| panic!("no `{part}`: {heard}"));
    }
    assert_eq!(bench.keys(&callee), "123#");
    for part in ["[sounds/tune.wav]", "[keys 12w3#]"] {
        assert!(call.stdout.contains(part), "{call:?}");
    }
    assert_eq!(bench.leftovers(&desk.app), Vec::<String>::new());
}

/// Mono, 16 bits, 16 kHz: each sample twice.
fn wav(samples: &[i16]) -> Vec<u8> {
    let data: Vec<u8> = samples
        .iter()
        .flat_map(|sample| [*sample; 2])
        .flat_map(i16::to_le_bytes)
        .collect();
    let size = u32::try_from(data.len()).unwrap();
    let mut bytes = Vec::new();
    bytes.extend(b"RIFF");
    bytes.extend((36 + size).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    bytes.extend(16_000_u32.to_le_bytes());
    bytes.extend(32_000_u32.to_le_bytes());
    bytes.extend(b"\x02\0\x10\0data");
    bytes.extend(size.to_le_bytes());
    bytes.extend(data);
    bytes
}

#[test]
fn a_desk_behind_an_exchange_is_reached_by_its_extension() {
    let bench = bench::shared();
    let speech = Speech::start();
    let desk = Desk::new(bench, &speech)
        .file("files.toml", SCENARIO)
        .file("sounds/tune.wav", "")
        .file("leads.csv", "phone,name\n+7 900 000-00-01 доб. 12,Анна\n");
    std::fs::write(desk.path("sounds/tune.wav"), wav(&speak(FILE_SAYS))).unwrap();
    let run = desk.run(&[
        "campaign",
        "run",
        "leads.csv",
        "--yes",
        "--no-wait",
        "--scenario",
        "files.toml",
    ]);
    // Who answers at once is the exchange; at the desk nobody says hello.
    let callee = bench.measured(&desk.caller, CALLEE);
    assert_eq!(bench.keys(&callee), "12", "{run:?}");
    assert_eq!(callee.heard(), Vec::<String>::new(), "{run:?}");
    let calls = desk.run(&["calls", "show", "last", "--format", "json"]);
    assert_eq!(calls.json()["disposition"], "no_answer", "{calls:?}");
    assert!(calls.stdout.contains("[keys www12]"), "{calls:?}");
}
