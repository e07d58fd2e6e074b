//! What is read, what is refused, and where the fault is said to be.

use rstest::rstest;

use super::*;

const HEAD: &str = "[scenario]\nname = \"t\"\nlanguage = \"ru\"\nstart = \"start\"\n";
const END: &str = "[states.end]\noutcome = \"done\"\n";

fn fault(tables: &str) -> ScenarioError {
    Scenario::parse(&format!("{HEAD}{END}{tables}\n")).unwrap_err()
}

/// The table under test begins on line 7.
#[rstest]
#[case(
    "[states.start]\nsay = \"?\"\non = { yes = \"ende\" }",
    9,
    14,
    "no such state: `ende`",
    "did you mean `end`?"
)]
#[case(
    "[states.start]\nsay = \"?\"\non = { yes = [{ go = \"end\" }, \"end\"] }",
    9,
    15,
    "what stands after this is never reached",
    "give it an `if`, or put it last"
)]
#[case(
    "[states.start]\nsay = \"?\"\non = { yes = { go = \"end\", iff = \"a\" } }",
    9,
    28,
    "unknown field `iff`",
    "did you mean `if`?"
)]
#[case(
    "[states.start]\nsay = \"?\"\non = { yes = { if = \"a >\", go = \"end\" } }",
    9,
    25,
    "the condition breaks off",
    "write like `score >= 4 and not email`"
)]
#[case(
    "[states.start]\nsay = \"?\"\non = { yes = { if = \"visits.strat > 1\", go = \"end\" } }",
    9,
    21,
    "no such state: `strat`",
    "did you mean `start`?"
)]
#[case(
    "[states.start]\nsay = \"?\"\non = { yes = { set = { a = 1 } } }",
    9,
    14,
    "this leads nowhere",
    "write `go = \"…\"`: a state, `back` or `return`"
)]
#[case(
    "[states.start]\nsay = \"?\"\non = { yes = { go = \"end\", call = \"end\" } }",
    9,
    35,
    "`go` and `call` exclude each other",
    "keep one of them"
)]
#[case(
    "[states.start]\nsay = \"?\"\non = { yes = { go = \"end\", then = \"end\" } }",
    9,
    35,
    "`then` needs a `call`",
    "write `call` instead of `go`, or remove it"
)]
#[case(
    "[states.start]\nsay = \"?\"\nslots = { day = \"end\" }",
    9,
    11,
    "no such slot: `day`",
    "describe it under [slots.day]"
)]
#[case(
    "[states.start]\nsay = \"{{ visits.ende }}\"\nnext = \"end\"",
    8,
    7,
    "no such state: `ende`",
    "did you mean `end`?"
)]
#[case(
    "[states.start]\nsay = \"{{ a | mony }}\"\nnext = \"end\"",
    8,
    7,
    "the prompt is no template: no such filter: `mony`; did you mean `money`?",
    "the filters that there are: novodial docs scenario"
)]
#[case(
    "[states.start]\nsay = 3\nnext = \"end\"",
    8,
    7,
    "here stands a whole number",
    "write a text in quotes"
)]
#[case(
    "[states.start]\nsay = \"?\"\nnext = { if = \"a\", go = \"end\" }",
    9,
    8,
    "no way is left when this condition fails",
    "let the last of `next` have no `if`"
)]
#[case(
    "[states.start]\nsay = \"?\"\nlisten = { expect = \"numbr\" }\non = { yes = \"end\" }",
    9,
    21,
    "no such kind of answer: `numbr`",
    "did you mean `number`?"
)]
#[case(
    "[states.start]\nsay = \"?\"\nlisten = { no_input_ms = 5 }\non = { yes = \"end\" }",
    9,
    26,
    "out of bounds",
    "write a whole number from 500 to 60000"
)]
#[case(
    "[states.start]\non = { yes = \"end\" }",
    7,
    9,
    "state `start` waits for an answer and asks nothing",
    "give it a `say`"
)]
#[case(
    "[states.start]\nsay = \"?\"",
    7,
    9,
    "state `start` leads nowhere",
    "give it `on`, `keys`, `slots`, `next` or `outcome`"
)]
#[case(
    "[states.start]\nsay = { ru = \"а\", de = \"b\" }\nnext = \"end\"",
    8,
    19,
    "not a language of this scenario: `de`",
    "there are: ru"
)]
#[case(
    "[slots.a]\nkind = \"choice\"\n[states.start]\nsay = \"?\"\nnext = \"end\"",
    8,
    8,
    "`choices` and kind \"choice\" belong together",
    ""
)]
#[case(
    "[slots.sound]\nkind = \"yes_no\"\n[states.start]\nsay = \"?\"\nnext = \"end\"",
    7,
    8,
    "`sound` is a word of the history",
    "choose another name"
)]
#[case(
    "[slots.a]\nkind = \"daet\"\n[states.start]\nsay = \"?\"\nnext = \"end\"",
    8,
    8,
    "no such kind of slot: `daet`",
    "did you mean `date`?"
)]
#[case(
    "[variables]\nnow = 1\n[states.start]\nsay = \"?\"\nnext = \"end\"",
    8,
    1,
    "`now` has a value of its own",
    "choose another name"
)]
#[case(
    "[variables]\n\"a b\" = 1\n[states.start]\nsay = \"?\"\nnext = \"end\"",
    8,
    1,
    "`a b` is no name for a variable",
    "letters, digits and _, with a letter first"
)]
#[case(
    "[states.back]\nsay = \"?\"\nnext = \"end\"\n[states.start]\nnext = \"end\"",
    7,
    9,
    "`back` is a word of the language",
    "give the state another name"
)]
#[case(
    "[states.start]\nsay = \"?\"\ndata = [\"a\"]\nnext = \"end\"",
    9,
    8,
    "`data` is kept with an `outcome` only",
    "slots are kept in any case; move it to a state with an `outcome`"
)]
#[case(
    "[slots.a]\nkind = \"number\"\nmin = 7\nmax = 5\n[states.start]\nsay = \"?\"\nnext = \"end\"",
    9,
    7,
    "nothing fits: `min` is 7 and `max` is 5",
    "exchange the two"
)]
#[case(
    "[slots.a]\nkind = \"date\"\nmin = 7\n[states.start]\nsay = \"?\"\nnext = \"end\"",
    9,
    7,
    "`min` means nothing here: the slot takes no number",
    "remove the line"
)]
#[case(
    "[slots.a]\nkind = \"number\"\nmin = \"1\"\n[states.start]\nsay = \"?\"\nnext = \"end\"",
    9,
    7,
    "here stands a text",
    "write a whole number without quotes"
)]
#[case(
    "[states.start]\nsay = \"Это { clinic }.\"\nnext = \"end\"",
    8,
    7,
    "`{ clinic }` would be said as it stands",
    "a variable has two braces: {{ clinic }}"
)]
#[case(
    "[states.start]\nsay = \"?\"\non = { yes = [{ if = '''\na == 1\nand )''', go = \"end\" }, \"end\"] }",
    11,
    5,
    "`)` does not belong here",
    "write like `score >= 4 and not email`"
)]
#[case(
    "[states.start]\nsay = \"?\"\non = { yes = [{ if = \"a == \\\"x\\\" and )\", go = \"end\" }, \"end\"] }",
    9,
    38,
    "`)` does not belong here",
    "write like `score >= 4 and not email`"
)]
#[case(
    "[states.start]\nsay = \"?\"\nagain = \"??\"\nnext = \"end\"",
    9,
    9,
    "`again` does nothing: state `start` waits for no answer",
    "remove it, or give the state `on`, `keys` or `slots`"
)]
#[case(
    "[slots.n]\nkind = \"time\"\n[states.start]\nsay = \"?\"\ncall_back = \"n\"\nslots = { n = \"end\" }",
    11,
    13,
    "slot `n` does not say on which day to call back",
    "name a slot of kind \"moment\" or \"date\", or write `true`"
)]
#[case(
    "[states.start]\nsay = \"?\"\ntransfer = \"наш офис\"\noutcome = \"x\"",
    9,
    12,
    "nobody can be rung at `наш офис`",
    "write a number, an endpoint such as PJSIP/anna, or {{ variable }}"
)]
#[case(
    "[state.bye]\nsay = \"?\"\noutcome = \"bye\"\n[states.start]\nsay = \"?\"\nnext = \"bye\"",
    7,
    2,
    "unknown field `state`",
    "did you mean `states`?"
)]
fn a_mistake_is_told_with_its_place_and_its_mend(
    #[case] tables: &str,
    #[case] line: usize,
    #[case] column: usize,
    #[case] message: &str,
    #[case] hint: &str,
) {
    let error = fault(tables);
    assert_eq!(error.message, message);
    assert_eq!((error.line, error.column), (line, column), "{error}");
    assert_eq!(error.hint.as_deref().unwrap_or_default(), hint);
    assert_eq!(error.file, None);
}

#[test]
fn all_mistakes_are_told_at_once_in_order() {
    let error =
        fault("[states.start]\nsay = \"?\"\nforeign = 1\non = { yess = \"end\", no = \"ned\" }");
    let lines: Vec<(usize, &str)> = error.all().map(|e| (e.line, e.message.as_str())).collect();
    assert_eq!(
        lines,
        [
            (9, "unknown field `foreign`"),
            (10, "no such intent: `yess`"),
            (10, "no such state: `ned`"),
        ]
    );
}

#[test]
fn a_state_whose_field_is_misspelt_does_not_lack_it_besides() {
    let error = fault("[states.start]\nsya = \"?\"\non = { yes = \"end\" }");
    let told: Vec<_> = error
        .all()
        .map(|e| (&*e.message, e.hint.as_deref()))
        .collect();
    assert_eq!(told, [("unknown field `sya`", Some("did you mean `say`?"))]);
}

#[test]
fn one_mistake_that_others_follow_from_is_told_alone() {
    for (wrong, message) in [
        (HEAD.replace("\"ru\"", "\"rus\""), "no such language: `rus`"),
        (
            HEAD.replace("start = \"start\"\n", ""),
            "`start` is missing",
        ),
        (format!("include = []\n{HEAD}"), "an empty list"),
        (format!("include = 5\n{HEAD}"), "here stands a whole number"),
        (format!("include = [\"\"]\n{HEAD}"), "an empty text"),
    ] {
        let states = "[states.start]\nsay = \"?\"\non = { yes = \"end\", no = \"end\" }\n";
        let error = Scenario::parse(&format!("{wrong}{END}{states}")).unwrap_err();
        let told: Vec<&str> = error.all().map(|e| e.message.as_str()).collect();
        assert_eq!(told, [message]);
        assert!(error.hint.is_some(), "{message}");
    }
}

#[test]
fn fractions_are_taken_where_nothing_speaks_against_them() {
    let whole = |slot: &str| {
        let text = format!(
            "{HEAD}{END}[slots.n]\nkind = \"number\"\n{slot}[states.start]\nsay = \"?\"\n\
             slots = {{ n = \"end\" }}\n"
        );
        Scenario::parse(&text).unwrap().slots["n"].whole
    };
    assert!(!whole(""));
    assert!(whole("min = 1\n"));
    assert!(whole("whole = true\n"));
    assert!(!whole("max = 5\nwhole = false\n"));
}

#[test]
fn what_is_no_toml_is_told_with_its_place() {
    let error = fault("[states.start]\nsay = \"?");
    assert_eq!(error.line, 8, "{error}");
}

fn load(main: &str, files: &[(&str, &str)]) -> Result<Scenario, ScenarioError> {
    Scenario::load(main, &mut |path| {
        let found = files.iter().find(|(name, _)| *name == path);
        found
            .map(|(_, text)| (*text).to_owned())
            .ok_or_else(|| "no such file".to_owned())
    })
}

const SHARED: &str = "include = [\"../words.toml\"]\n[variables]\ncompany = \"Ромашка\"\n\
    [global.on]\ndo_not_call = \"forget\"\n[states.forget]\nsay = \"{{ company }} не позвонит.\"\n\
    do_not_call = true\noutcome = \"do_not_call\"\n";
const WORDS: &str = "[intents.thanks]\nphrases = [\"спасибо\"]\n";
const MAIN: &str = "include = [\"parts/shared.toml\"]\n[scenario]\nname = \"t\"\nlanguage = \"ru\"\n\
    start = \"start\"\n[variables]\ncompany = \"Лютик\"\n[states.start]\nsay = \"?\"\n\
    on = { thanks = \"end\" }\n[states.end]\noutcome = \"done\"\n";

#[test]
fn what_is_included_is_there_and_what_includes_stands_over_it() {
    let files = [("parts/shared.toml", SHARED), ("words.toml", WORDS)];
    let scenario = load(MAIN, &files).unwrap();
    assert_eq!(scenario.defaults["company"], "Лютик");
    assert!(
        scenario
            .states
            .contains_key(&StateName("forget".to_owned()))
    );
    assert!(scenario.global.on.contains_key("do_not_call"));
}

#[test]
fn a_mistake_in_an_included_file_names_the_file() {
    let shared = SHARED.replace("outcome", "outcom");
    let files = [
        ("parts/shared.toml", shared.as_str()),
        ("words.toml", WORDS),
    ];
    let error = load(MAIN, &files).unwrap_err();
    let told: Vec<String> = error.all().map(ToString::to_string).collect();
    assert_eq!(error.file.as_deref(), Some("parts/shared.toml"));
    assert_eq!(
        told,
        ["parts/shared.toml, line 9, column 1: unknown field `outcom`"]
    );
}

#[test]
fn a_file_that_is_missing_or_includes_itself_is_told_where_it_is_asked_for() {
    let error = load(MAIN, &[("parts/shared.toml", SHARED)]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "parts/shared.toml, line 1, column 12: `words.toml` cannot be included: no such file"
    );
    let circle = "include = [\"parts/shared.toml\"]\n";
    let files = [("parts/shared.toml", SHARED), ("words.toml", circle)];
    let error = load(MAIN, &files).unwrap_err();
    assert_eq!(error.message, "`parts/shared.toml` includes itself");
    let alone = "[scenario]\nname = \"x\"\n";
    let error = load(MAIN, &[("parts/shared.toml", alone)]).unwrap_err();
    let foreign = error.all().find(|e| e.file.is_some()).unwrap();
    assert_eq!(
        foreign.message,
        "an included file has no [scenario] of its own"
    );
}

#[test]
fn limits_of_listening_are_inherited_field_by_field() {
    let tables = "[listen]\nno_input_ms = 4000\nbarge_in = false\n[states.start]\nsay = \"?\"\n\
        listen = { endpoint_ms = 900 }\non = { yes = \"end\" }";
    let scenario = Scenario::parse(&format!("{HEAD}{END}{tables}\n")).unwrap();
    let state = &scenario.states[&StateName("start".to_owned())];
    assert_eq!(
        (state.listen.no_input_ms, state.listen.endpoint_ms),
        (4000, 900)
    );
    assert!(!state.barge_in);
}

proptest::proptest! {
    #[test]
    fn reading_never_panics(text in "(\\[(states|slots|global|listen)\\.?[a-z]{0,3}\\]\n|(say|on|go|next|slots|kind) = (\"[a-z{} |.]{0,6}\"|\\[\\]|\\{[a-z]{0,2} ?= ?\"x\"\\}|1)\n){0,12}") {
        let _outcome = Scenario::parse(&format!("{HEAD}{text}"));
    }
}
