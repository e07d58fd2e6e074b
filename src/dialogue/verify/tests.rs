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
fn a_talk_where_each_question_is_asked_once_is_weighed_and_rings_are_told() {
    let found = verdict(
        "[states.start]\nsay = \"Раз?\"\non = { yes = \"two\", price = \"price\" }\n\
         [states.price]\nsay = \"Сто.\"\nnext = \"back\"\n\
         [states.two]\nsay = \"Два?\"\non = { yes = \"half\", no = \"end\" }\n\
         [states.half]\nsay = \"Полгода?\"\non = { yes = \"two\", no = \"end\" }",
    );
    let (once, cost) = &found.once;
    assert_eq!(once.turns, 3, "{once:?}");
    assert!((cost - FREE.cost(once.ms, once.characters)).abs() < 1e-9);
    assert!(once.ms < found.longest.by_time.ms);
    let rings: Vec<Vec<&str>> = found
        .rings
        .iter()
        .map(|ring| ring.iter().map(|state| state.0.as_str()).collect())
        .collect();
    assert_eq!(rings, [["half", "two"]]);
    assert_eq!(messages(&found), Vec::<&str>::new());
}

#[test]
fn a_ring_that_a_counter_leaves_is_none() {
    let found = verdict(
        "[states.start]\nsay = \"Раз?\"\non = { yes = [{ if = \"visits.start > 2\", go = \"end\" }, \"two\"] }\n\
         [states.two]\nsay = \"Два?\"\non = { yes = \"start\", no = \"end\" }",
    );
    assert_eq!(found.rings, Vec::<Vec<StateName>>::new());
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
fn a_talk_that_cannot_begin_proves_nothing() {
    let found =
        verdict("[states.start]\nsay = \"{{ 5 | money(curency='EUR') }}\"\non = { yes = \"end\" }");
    assert_eq!(found.situations, 0);
    let [only] = messages(&found)[..] else {
        panic!("{:?}", messages(&found));
    };
    assert!(only.starts_with("no talk can begin: "), "{only}");
}

#[test]
fn a_circle_that_a_condition_does_not_leave_is_shown() {
    let found = verdict(
        "[states.start]\nsay = \"Раз?\"\non = { yes = \"a\" }\n\
         [states.a]\nsay = \"А.\"\nnext = [{ if = \"missing\", go = \"end\" }, \"b\"]\n\
         [states.b]\nsay = \"Б.\"\nnext = \"a\"",
    );
    let problem = &found.problems[0];
    assert!(problem.message.contains("round and round"), "{problem:?}");
    assert_eq!(problem.dialogue.len(), 4, "{problem:?}");
}

#[test]
fn many_columns_are_not_all_tried_and_nothing_false_is_said_of_it() {
    let ways = (0..4)
        .map(|n| {
            let target = |value| format!("{{ if = \"c{n} == '{value}'\", go = \"s{n}{value}\" }}");
            let list: Vec<String> = ["a", "b", "d", "e"].map(target).into();
            let states: String = ["a", "b", "d", "e"]
                .map(|value| {
                    let next = if n == 3 {
                        "end".to_owned()
                    } else {
                        format!("q{}", n + 1)
                    };
                    format!("[states.s{n}{value}]\nnext = \"{next}\"\n")
                })
                .concat();
            let next = if n == 3 {
                "end".to_owned()
            } else {
                format!("q{}", n + 1)
            };
            format!(
                "{states}[states.q{n}]\nnext = [{}, \"{next}\"]\n",
                list.join(", ")
            )
        })
        .collect::<Vec<String>>()
        .concat();
    let found = verdict(&format!(
        "{ways}[states.start]\nsay = \"Раз?\"\non = {{ yes = \"q0\" }}"
    ));
    assert_eq!(messages(&found), Vec::<&str>::new());
    assert!(found.incomplete);
}

#[test]
fn a_farewell_is_no_person() {
    let head = HEAD.replace("human = \"person\"", "human = \"end\"");
    let states = "[states.start]\nsay = \"Раз?\"\non = { yes = \"person\" }";
    let scenario = Scenario::parse(&format!("{head}{states}")).unwrap();
    let found = verify(&scenario, &FREE);
    assert_eq!(
        messages(&found),
        ["in state `start` a person cannot be reached"]
    );
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
