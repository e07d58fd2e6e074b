//! Calls that are handed to a person, on the lab and on the embedded exchange: one list of cases.

use novodial::rehearsal::callee::Measured;
use serde_json::Value;

use super::bench::{self, Bench};
use super::desk::Desk;
use super::speech::Speech;
use crate::embedded::Embedded;

/// The callee who asks for a person, digits.
const CALLEE: &str = "79000000018";
/// The person who takes calls, digits.
const OPERATOR: &str = "79000000017";
const SCENARIO: &str = r#"
[scenario]
name = "person"
language = "ru"
start = "hello"
disclosure = false

[variables]
operator = "+79000000017"

[global]
no_input = "bye"
no_match = "bye"

[states.hello]
say = "Здравствуйте! Это робот. Чем помочь?"
on = { human = "person", no = "bye" }

[states.person]
say = "Соединяю, не кладите трубку."
transfer = { to = "{{ operator }}", ring_s = 3 }
outcome = "human"

[states.bye]
say = "Всего доброго!"
outcome = "refused"
"#;
const APOLOGY: &str = "сейчас никто не может ответить";

/// What is dialled for the person, and whether the call is taken there.
const CASES: [(&str, bool); 4] = [
    ("+79000000017", true),
    // Busy, rings on, no such number.
    ("+79000000051", false),
    ("+79000000052", false),
    ("+79000000055", false),
];

#[test]
fn a_call_is_handed_to_a_person_or_comes_back() {
    every_case(bench::shared());
}

#[test]
fn a_call_is_handed_to_a_person_or_comes_back_on_the_embedded_exchange() {
    every_case(Embedded::shared());
}

fn every_case(bench: &dyn Bench) {
    let speech = Speech::start();
    std::thread::scope(|scope| {
        let speech = &speech;
        for (operator, taken) in CASES {
            scope.spawn(move || check(bench, speech, operator, taken));
        }
    });
}

fn check(bench: &dyn Bench, speech: &Speech, operator: &str, taken: bool) {
    let desk = Desk::new(bench, speech).file("person.toml", SCENARIO);
    let (number, operator) = (format!("+{CALLEE}"), format!("operator={operator}"));
    let call = desk.run(&[
        "call",
        &number,
        "--scenario",
        "person.toml",
        "--var",
        "name=Анна",
        "--var",
        &operator,
        "--format",
        "json",
    ]);
    let told = call.json();
    let callee = bench.measured(&desk.caller, CALLEE);
    let heard = callee.heard().join(" ");
    assert!(heard.contains("не кладите трубку"), "{heard}");
    if taken {
        let operator = bench.measured(&desk.caller, OPERATOR);
        handed_over(&told, &callee, &operator);
    } else {
        came_back(&told, &heard);
    }
    assert_eq!(bench.leftovers(&desk.app), Vec::<String>::new(), "{call:?}");
}

fn handed_over(told: &Value, callee: &Measured, operator: &Measured) {
    let (heard, there) = (callee.heard().join(" "), operator.heard().join(" "));
    let what = format!("{told:#}\ncallee: {callee:#?}\noperator: {operator:#?}");
    assert_eq!(told["outcome"], "human", "{what}");
    // Who it is and what was said is for the person alone.
    for word in ["анна", "соедините с оператором"] {
        assert!(
            there.contains(word) && !heard.contains(word),
            "{word}: {what}"
        );
    }
    // They hear each other.
    assert!(heard.contains("слушаю вас"), "{what}");
    assert!(there.contains("нужна вода"), "{what}");
    assert!(heard.contains("до свидания"), "{what}");
    assert_eq!(told["hung_up_by"], "bot", "the person left first: {what}");
}

fn came_back(told: &Value, heard: &str) {
    assert!(heard.contains(APOLOGY), "{heard}");
    assert_eq!(told["outcome"], "call_later", "{told:#}");
    assert_eq!(told["hung_up_by"], "bot", "{told:#}");
}
