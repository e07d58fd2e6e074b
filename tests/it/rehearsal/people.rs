//! Every character, rung by the program in one campaign.

use novodial::rehearsal::people::Cast;
use novodial::rehearsal::trouble::Trouble;

use super::stage::*;

/// Who is rung, and what the history says of it: disposition and outcome.
/// Half of those who ask may agree in the end; the seed of the stage decides it.
const EXPECTED: [(&str, &str, &str); 29] = [
    ("agrees", "answered", "agreed"),
    ("announcement", "unreachable", "-"),
    ("asks_price", "answered", "refused"),
    ("asks_robot", "answered", "refused"),
    ("asks_who", "answered", "agreed"),
    ("assistant", "machine", "-"),
    ("backchannels", "answered", "agreed"),
    ("busy", "busy", "-"),
    ("call_later", "answered", "call_later"),
    ("congestion", "congestion", "-"),
    ("declined", "rejected", "-"),
    ("echoes", "answered", "agreed"),
    ("hangs_up", "answered", "hung_up"),
    ("hard_of_hearing", "answered", "agreed"),
    ("hesitates", "answered", "agreed"),
    ("impatient", "answered", "refused"),
    ("interrupts", "answered", "refused"),
    ("keys", "answered", "agreed"),
    ("no_answer", "no_answer", "-"),
    ("no_more_calls", "answered", "do_not_call"),
    ("no_such_number", "invalid_number", "-"),
    ("noisy", "answered", "agreed"),
    ("pauses", "answered", "agreed"),
    ("phone_off", "unreachable", "-"),
    ("refuses", "answered", "refused"),
    ("silent", "answered", "no_input"),
    ("voicemail", "machine", "-"),
    ("wants_human", "answered", "human"),
    ("wrong_person", "answered", "wrong_person"),
];

#[test]
fn every_character_comes_to_its_end_and_the_history_tells_it() {
    let names: Vec<&str> = EXPECTED.iter().map(|(name, ..)| *name).collect();
    let shipped = Cast::shipped().unwrap();
    assert!(shipped.characters().all(|c| names.contains(&&*c.name)));
    let stage = Stage::set(&names, &Trouble::none());
    let ended = stage.campaign("10");
    let mut wrong = Vec::new();
    for (name, disposition, outcome) in EXPECTED {
        let told = stage.told(name);
        if (told.disposition.as_str(), told.outcome.as_str()) != (disposition, outcome) {
            wrong.push(format!("{name}: {told:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}\n{ended:?}", wrong.join("\n"));
    assert_eq!(
        ended.code, 1,
        "busy, no_answer and congestion are left: {ended:?}"
    );
    assert!(ended.stdout.contains("29 calls, "), "{ended:?}");
    for name in ["agrees", "refuses", "call_later", "asks_price"] {
        assert_both_sides_agree(&stage.told(name), &stage.measured(name).unwrap());
    }
}
