//! What is proved of good scenarios, and what is shown of bad ones.

use super::*;

const FREE: Tariff = Tariff {
    minute: 3.0,
    attempt: 0.5,
    thousand_characters: 10.0,
};

const HEAD: &str = "[scenario]\nname = \"t\"\nlanguage = \"ru\"\nstart = \"start\"\nturns = 4\n\
    [global]\nno_input = \"end\"\nno_match = \"end\"\n[global.on]\ndo_not_call = \"forget\"\n\
    human = \"person\"\n[states.forget]\nsay = \"Хорошо.\"\ndo_not_call = true\n\
    outcome = \"do_not_call\"\n[states.person]\nsay = \"Перезвонят.\"\ncall_back = true\n\
    outcome = \"human\"\n[states.end]\nsay = \"Пока.\"\noutcome = \"done\"\n";

fn verdict(states: &str) -> Verdict {
    let scenario = Scenario::parse(&format!("{HEAD}{states}")).unwrap();
    verify(&scenario, &FREE)
}

fn messages(verdict: &Verdict) -> Vec<&str> {
    verdict
        .problems
        .iter()
        .map(|p| p.message.as_str())
        .collect()
}

#[test]
fn the_shipped_offers_hold() {
    for source in [
        include_str!("../../../scenarios/offer.ru.toml"),
        include_str!("../../../scenarios/offer.en.toml"),
    ] {
        let scenario = Scenario::parse(source).unwrap();
        let verdict = verify(&scenario, &FREE);
        assert_eq!(verdict.problems, []);
        assert!(!verdict.incomplete);
        for outcome in [
            "agreed",
            "refused",
            "do_not_call",
            "wrong_person",
            "no_input",
        ] {
            assert!(verdict.outcomes.contains_key(outcome), "{outcome}");
        }
        let agreed = &verdict.outcomes["agreed"];
        let answers = agreed.iter().filter(|line| matches!(line, Line::Callee(_)));
        assert_eq!(answers.count(), 2, "{agreed:?}");
        let longest = &verdict.longest;
        assert_eq!(longest.by_time.turns, 31, "thirty answers and the end");
        assert!(longest.by_time.ms > 120_000, "{longest:?}");
        let (dearest, cost) = &longest.by_cost;
        assert!((cost - FREE.cost(dearest.ms, dearest.characters)).abs() < 1e-9);
        assert!(longest.by_characters.characters >= longest.by_time.characters);
    }
}

#[test]
fn a_state_where_the_wish_is_not_granted_is_shown_with_the_dialogue_that_leads_there() {
    let found = verdict(
        "[states.start]\nsay = \"Раз?\"\non = { yes = \"two\" }\n\
         [states.two]\nsay = \"Два?\"\non = { yes = \"end\", do_not_call = \"end\", human = \"start\" }",
    );
    assert_eq!(
        messages(&found),
        [
            "in state `two` one cannot opt out",
            "in state `two` a person cannot be reached"
        ]
    );
    let lines = [
        Line::Bot("Раз?".to_owned()),
        Line::Callee("(yes)".to_owned()),
        Line::Bot("Два?".to_owned()),
    ];
    assert_eq!(found.problems[0].dialogue, lines);
}

#[test]
fn a_condition_that_opens_the_wish_only_sometimes_is_found() {
    let found = verdict(
        "[slots.n]\nkind = \"number\"\n[states.start]\nsay = \"Раз?\"\nslots = { n = \"two\" }\n\
         [states.two]\nsay = \"Два?\"\n\
         on = { yes = \"end\", do_not_call = [{ if = \"n == 7\", go = \"end\" }, { go = \"forget\" }] }",
    );
    assert_eq!(messages(&found), ["in state `two` one cannot opt out"]);
    let shown = format!("{:?}", found.problems[0].dialogue);
    assert!(shown.contains("(n = 7)"), "{shown}");
}

#[test]
fn a_state_behind_a_condition_that_never_holds_is_found() {
    let found = verdict(
        "[states.start]\nsay = \"Раз?\"\nset = { n = \"1\" }\n\
         on = { yes = [{ if = \"n > 3\", go = \"far\" }, { go = \"end\" }] }\n\
         [states.far]\nsay = \"Далеко.\"\nnext = \"end\"",
    );
    assert_eq!(
        messages(&found),
        ["state `far` is never entered: no condition leads there"]
    );
}

#[test]
fn a_talk_that_only_the_limit_ends_is_found() {
    let scenario = "[scenario]\nname = \"t\"\nlanguage = \"ru\"\nstart = \"start\"\n\
        [states.start]\nsay = \"Раз?\"\nno_input = \"start\"\nno_match = \"start\"\n\
        on = { yes = \"start\" }\n[states.end]\noutcome = \"done\"\n";
    let found = verify(&Scenario::parse(scenario).unwrap(), &FREE);
    assert_eq!(
        messages(&found)[0],
        "from state `start` no outcome can be reached"
    );
}

#[test]
fn the_longest_call_is_the_longest_path_and_no_longer_than_the_limit() {
    let found = verdict(
        "[states.start]\nsay = \"Раз?\"\nagain = \"Ещё раз, и очень подробно, и очень долго?\"\n\
         on = { yes = \"end\" }",
    );
    let longest = &found.longest.by_characters;
    let shown: Vec<&Line> = longest.dialogue.iter().collect();
    assert_eq!(longest.turns, 5, "{shown:?}");
    assert_eq!(
        shown.last(),
        Some(&&Line::Bot("Перезвонят.".to_owned())),
        "{shown:?}"
    );
    let expected = 4 + 4 * "Ещё раз, и очень подробно, и очень долго?".chars().count() + 11;
    assert_eq!(longest.characters, expected as u64);
}

#[test]
fn columns_of_the_lead_that_conditions_ask_for_are_varied() {
    let found = verdict(
        "[states.start]\nsay = \"Раз{% if debt %}, {{ debt | money }}{% endif %}?\"\n\
         on = { yes = [{ if = \"debt > 1000\", go = \"much\" }, { if = \"not debt\", go = \"none\" }, \"end\"] }\n\
         [states.much]\nsay = \"Много.\"\noutcome = \"much\"\n\
         [states.none]\nsay = \"Нет.\"\noutcome = \"none\"",
    );
    assert_eq!(messages(&found), Vec::<&str>::new());
    for outcome in ["much", "none", "done"] {
        assert!(found.outcomes.contains_key(outcome), "{outcome}");
    }
}
