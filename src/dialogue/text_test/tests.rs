//! Text files that hold, that fail, and that are none.

use rstest::rstest;

use super::*;

const OFFER: &str = include_str!("../../../scenarios/offer.ru.toml");

fn held(text: &str) -> (Vec<Failure>, Coverage) {
    let scenario = Arc::new(Scenario::parse(OFFER).unwrap());
    let mut coverage = Coverage::of(&scenario);
    let failures = hold(&scenario, &Dialogues::parse(text).unwrap(), &mut coverage);
    (failures, coverage)
}

#[test]
fn a_dialogue_that_goes_as_written_holds() {
    let (failures, coverage) = held(
        "# who agrees\nlead: name=Анна\n\n== consent\nbot: Здравствуйте, Анна! …записывается. …\n\
         callee: да\nintent: yes\nstate: offer\noutcome: none\nbot: …\ncallee: (silence)\n\
         state: offer\nintent: none\ncallee: [1]\nbot: Отлично! …\noutcome: agreed\n\
         == opt out\ncallee: не звоните мне больше\ndo: do_not_call\noutcome: do_not_call\n",
    );
    assert_eq!(failures, []);
    assert_eq!(coverage.states().0, 4);
    assert_eq!(coverage.transitions().0, 3);
    let missed: Vec<&str> = coverage
        .missed_transitions()
        .map(|(what, _)| what)
        .collect();
    assert!(missed.contains(&"offer: price → price"), "{missed:?}");
    assert!(
        missed.contains(&"any state: silence → no_input"),
        "{missed:?}"
    );
    assert!(!missed.contains(&"offer: [1] → agreed"), "{missed:?}");
}

#[rstest]
#[case("bot: Привет", "bot: Привет", "bot: Здравствуйте! Это робот")]
#[case("bot: …\nbot: …\nbot: ещё", "bot: …", "bot: (nothing more)")]
#[case("callee: да\nstate: price", "state price", "state offer")]
#[case("callee: да\nintent: no", "intent no", "intent yes")]
#[case("callee: да\noutcome: agreed", "outcome agreed", "outcome none")]
#[case(
    "callee: да\ncallee: да\ncallee: да",
    "an answer is waited for",
    "the talk is over with the outcome agreed"
)]
#[case(
    "callee: да\nslot: a = 1",
    "a slot, or what is kept",
    "there is none: `a`"
)]
#[case(
    "callee: да\nstate: ofer",
    "a state of the scenario",
    "there is none: `ofer`; did you mean `offer`?"
)]
#[case(
    "callee: да\nintent: yess",
    "an intent or a slot of the scenario",
    "there is none: `yess`; did you mean `yes`?"
)]
#[case(
    "callee: да\noutcome: agred",
    "an outcome of the scenario",
    "there is none: `agred`; did you mean `agreed`?"
)]
#[case(
    "lead: nmae = Анна\ncallee: да",
    "a column that the scenario asks for",
    "there is none: `nmae`; did you mean `name`?"
)]
#[case("callee: да\ntag: hot", "the tag `tag hot`", "none")]
#[case("callee: да\ndo: transfer 1", "the action `transfer 1`", "none")]
fn what_is_not_as_written_is_told(
    #[case] lines: &str,
    #[case] expected: &str,
    #[case] found: &str,
) {
    let (failures, _) = held(&format!("== case\n{lines}\n"));
    let [failure] = failures.as_slice() else {
        panic!("{failures:?}");
    };
    assert_eq!(failure.expected, expected);
    assert!(failure.found.starts_with(found), "{failure}");
}

#[test]
fn the_line_of_a_failure_is_its_own_and_later_dialogues_are_held_too() {
    let (failures, _) =
        held("== a\ncallee: да\n\nstate: price\nstate: offer\n== b\nstate: offer\n");
    let lines: Vec<usize> = failures.iter().map(|failure| failure.line).collect();
    assert_eq!(lines, [4, 7]);
}

#[test]
fn a_bot_that_says_nothing_or_not_what_is_written_fails() {
    let text = "[scenario]\nname = \"t\"\nlanguage = \"ru\"\nstart = \"a\"\n[slots.n]\nkind = \"number\"\n\
        [states.a]\nsay = \"Сколько?\"\nslots = { n = \"b\" }\non = { yes = \"c\" }\n\
        [states.b]\nsay = \"{{ n | ordinal }}?\"\non = { yes = \"end\" }\n\
        [states.c]\nsay = \"{% if n %}Да?{% endif %}\"\non = { yes = \"end\" }\n\
        [states.end]\noutcome = \"done\"\n";
    let scenario = Arc::new(Scenario::parse(text).unwrap());
    let mut coverage = Coverage::of(&scenario);
    let talks = "== a\ncallee: полтора\nstate: b\n== b\ncallee: да\nstate: c\n";
    let failures = hold(&scenario, &Dialogues::parse(talks).unwrap(), &mut coverage);
    let found: Vec<&str> = failures
        .iter()
        .map(|failure| failure.found.as_str())
        .collect();
    assert!(found[0].contains("cannot be said"), "{found:?}");
    assert_eq!(found[1], "silence");
}

#[rstest]
#[case(
    "bot: x",
    1,
    "`bot` stands before the first dialogue",
    "begin one with `== a name`"
)]
#[case("== a\nbott: x", 2, "no such word: `bott`", "did you mean `bot`?")]
#[case(
    "== a\nhello",
    2,
    "`hello` is no line of a dialogue",
    "write `bot: …`, `callee: …`, or `== a name` for a new dialogue"
)]
#[case("now: soon", 1, "`soon` is no time", "write it as 2026-11-23T10:00")]
#[case(
    "== a\ncallee: (silense)",
    2,
    "`(silense)` is nothing a callee does",
    "write (silence), (nobody takes the call), or the words without brackets"
)]
#[case(
    "== a\ncallee: [12]",
    2,
    "no such key: `[12]`",
    "keys are 0 to 9, * and #, one to a line: [1]"
)]
#[case("lead: name", 1, "`name` has no value", "write name = value")]
fn what_is_no_dialogue_is_refused(
    #[case] text: &str,
    #[case] line: usize,
    #[case] message: &str,
    #[case] hint: &str,
) {
    let error = Dialogues::parse(text).unwrap_err();
    assert_eq!(
        (error.line, error.message.as_str(), error.hint.as_str()),
        (line, message, hint)
    );
}

#[rstest]
#[case("", "", true)]
#[case("а б", "а  б", true)]
#[case("а…", "а б в", true)]
#[case("…в", "а б в", true)]
#[case("а … в", "а б в", true)]
#[case("а…б…в", "а б в", true)]
#[case("а…г…в", "а б в", false)]
#[case("а", "а б", false)]
#[case("б…", "а б", false)]
fn dots_stand_for_any_text(#[case] pattern: &str, #[case] text: &str, #[case] fits: bool) {
    assert_eq!(matches(pattern, text), fits);
}
