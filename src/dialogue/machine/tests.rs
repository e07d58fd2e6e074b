//! The shipped scenarios held in text, and what a mistake in a scenario is told.

use std::sync::Arc;

use rstest::rstest;

use super::*;
use crate::dialogue::lint::lint;

const RUSSIAN: &str = include_str!("../../../scenarios/offer.ru.toml");
const ENGLISH: &str = include_str!("../../../scenarios/offer.en.toml");

fn dialogue(source: &str) -> Dialogue {
    let scenario = Arc::new(Scenario::parse(source).unwrap());
    Dialogue::new(scenario, &Variables::new()).unwrap()
}

fn outcome_of(source: &str, answers: &[&str]) -> (String, bool) {
    let mut dialogue = dialogue(source);
    let mut reply = dialogue.begin();
    let mut do_not_call = false;
    for answer in answers {
        assert!(
            reply.outcome.is_none(),
            "ended before {answer:?} in {}",
            reply.state
        );
        let heard = match *answer {
            "" => Heard::Silence,
            key if key.starts_with('#') => Heard::Key(key.chars().nth(1).unwrap()),
            words => Heard::Words(words.to_owned()),
        };
        reply = dialogue.hear(&heard);
        do_not_call |= reply.do_not_call;
    }
    (
        reply
            .outcome
            .unwrap_or_else(|| format!("open in {}", reply.state)),
        do_not_call,
    )
}

#[rstest]
#[case(&["да", "да хорошо"], "agreed")]
#[case(&["да", "не интересно", "не интересно"], "refused")]
#[case(&["нет не интересно", "нет не интересно"], "refused")]
#[case(&["нет"], "call_later")]
#[case(&["да", "сколько это стоит", "дорого", "нет"], "refused")]
#[case(&["а кто это звонит", "да", "нет спасибо", "нет"], "refused")]
#[case(&["перезвоните завтра"], "call_later")]
#[case(&["вы ошиблись номером"], "wrong_person")]
#[case(&["да", "больше мне не звоните"], "do_not_call")]
#[case(&["", "", ""], "no_input")]
#[case(&["да", "#1"], "agreed")]
#[case(&["абракадабра", "шурум бурум", "трам пам пам"], "no_match")]
fn the_russian_offer_ends_as_it_should(#[case] answers: &[&str], #[case] outcome: &str) {
    let (ended, do_not_call) = outcome_of(RUSSIAN, answers);
    assert_eq!(ended, outcome, "{answers:?}");
    assert_eq!(do_not_call, outcome == "do_not_call");
}

#[rstest]
#[case(&["yes", "sure"], "agreed")]
#[case(&["yes", "not interested", "no"], "refused")]
#[case(&["who is this", "yes", "how much is it", "that is expensive", "no"], "refused")]
#[case(&["yes", "take me off your list"], "do_not_call")]
fn the_english_offer_ends_as_it_should(#[case] answers: &[&str], #[case] outcome: &str) {
    assert_eq!(outcome_of(ENGLISH, answers).0, outcome, "{answers:?}");
}

#[test]
fn the_shipped_scenarios_have_nothing_to_remark() {
    for source in [RUSSIAN, ENGLISH] {
        assert_eq!(
            lint(
                &Scenario::parse(source).unwrap(),
                &["name".to_owned()].into()
            ),
            []
        );
    }
}

#[test]
fn a_question_in_the_middle_returns_to_the_question_in_hand() {
    let mut dialogue = dialogue(RUSSIAN);
    dialogue.begin();
    dialogue.hear(&Heard::Words("да".to_owned()));
    let reply = dialogue.hear(&Heard::Words("кто это".to_owned()));
    assert_eq!(reply.state.0, "offer");
    let states: Vec<_> = reply.say.iter().map(|say| say.state.0.as_str()).collect();
    assert_eq!(states, ["who", "offer"], "each prompt is its own state's");
    assert!(
        reply.say[1].text.starts_with("Вам интересно попробовать"),
        "{:?}",
        reply.say
    );
}

#[test]
fn the_lead_is_named_where_the_name_is_known() {
    let scenario = Arc::new(Scenario::parse(RUSSIAN).unwrap());
    let fields = Variables::from([("name".to_owned(), "Анна".to_owned())]);
    let mut dialogue = Dialogue::new(scenario, &fields).unwrap();
    assert!(
        dialogue.begin().say[0]
            .text
            .starts_with("Здравствуйте, Анна!")
    );
}

#[test]
fn repeat_says_the_question_again() {
    let mut dialogue = dialogue(RUSSIAN);
    dialogue.begin();
    let reply = dialogue.hear(&Heard::Words("повторите пожалуйста".to_owned()));
    assert_eq!(
        (
            reply.state.0.as_str(),
            reply.evidence.unwrap().intent.as_str()
        ),
        ("greeting", "repeat")
    );
    assert!(!reply.say.is_empty());
}

#[rstest]
#[case(
    "start = \"greeting\"",
    "start = \"greetings\"",
    "no such state: `greetings`",
    "did you mean `greeting`?"
)]
#[case(
    "yes = \"offer\", greeting",
    "yes = \"ofer\", greeting",
    "no such state: `ofer`",
    "did you mean `offer`?"
)]
#[case(
    "{ yes = \"offer\"",
    "{ yess = \"offer\"",
    "no such intent: `yess`",
    "did you mean `yes`?"
)]
#[case(
    "barge_in = false",
    "bargein = false",
    "unknown field `bargein`",
    "did you mean `barge_in`?"
)]
#[case(
    "language = \"ru\"",
    "language = \"rus\"",
    "no such language: `rus`",
    "write `ru` or `en`"
)]
#[case(
    "Удобно говорить?",
    "{{ name",
    "the prompt is no template",
    "variables are written {{ name }}"
)]
fn a_mistake_is_named_with_its_place(
    #[case] right: &str,
    #[case] wrong: &str,
    #[case] message: &str,
    #[case] hint: &str,
) {
    let source = RUSSIAN.replacen(right, wrong, 1);
    assert_ne!(source, RUSSIAN);
    let line = source[..source.find(wrong).unwrap()].matches('\n').count() + 1;
    let error = Scenario::parse(&source).unwrap_err();
    assert!(error.message.contains(message), "{error}");
    assert_eq!(
        (error.line, error.hint.as_deref()),
        (line, Some(hint)),
        "{error}"
    );
    assert!(error.column >= 1);
}

#[test]
fn a_variable_nobody_sets_is_found_before_the_call() {
    let source = RUSSIAN.replace("company = \"Ромашка\"\n", "");
    let scenario = Scenario::parse(&source).unwrap();
    let findings = lint(&scenario, &["name".to_owned()].into());
    assert!(
        findings
            .iter()
            .any(|f| f.fatal && f.message.contains("company")),
        "{findings:?}"
    );
    assert!(Dialogue::new(Arc::new(scenario), &Variables::new()).is_err());
}
