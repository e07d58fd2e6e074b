//! Past calls told again by the scenario they were held with, and by edited ones.

use super::*;

const OFFER: &str = include_str!("../../../scenarios/offer.ru.toml");

fn words(text: &str) -> Heard {
    Heard::Words(text.to_owned())
}

/// A call as the scenario held it.
fn past(heard: &[Heard], outcome: &str) -> PastCall {
    let scenario = Arc::new(Scenario::parse(OFFER).unwrap());
    let mut dialogue = Dialogue::new(scenario, &Variables::new()).unwrap();
    let said = |reply: &Reply| {
        let prompts = reply.say.iter();
        prompts
            .map(|prompt| (prompt.state.0.clone(), prompt.text.clone()))
            .collect()
    };
    let opening = said(&dialogue.begin());
    let steps = heard.iter().map(|heard| {
        let state = Some(dialogue.state().0.clone());
        PastStep {
            heard: heard.clone(),
            state,
            said: said(&dialogue.hear(heard)),
        }
    });
    PastCall {
        fields: Variables::new(),
        now: jiff::civil::date(2026, 11, 23).at(10, 0, 0, 0),
        opening,
        steps: steps.collect(),
        outcome: Some(outcome.to_owned()),
    }
}

fn retold(source: &str, call: &PastCall) -> Retold {
    retell(&Arc::new(Scenario::parse(source).unwrap()), call)
}

#[test]
fn the_same_scenario_tells_the_same() {
    let call = past(
        &[
            words("да"),
            Heard::Silence,
            words("кто это"),
            Heard::Key('1'),
        ],
        "agreed",
    );
    assert_eq!(
        retold(OFFER, &call),
        Retold::Same(Some("agreed".to_owned()))
    );
}

#[test]
fn a_callee_who_hung_up_does_so_again() {
    let mut call = past(&[words("да"), words("кто это")], "hung_up");
    call.steps[1].said.clear();
    assert_eq!(
        retold(OFFER, &call),
        Retold::Same(Some("hung_up".to_owned()))
    );
}

#[test]
fn a_question_after_the_old_one_takes_its_answer_away() {
    let call = past(&[words("да"), words("да")], "agreed");
    let from = OFFER.find("[states.offer]").unwrap();
    let (before, after) = OFFER.split_at(from);
    let more = "next = \"more\"\n[states.more]\nsay = \"Ещё?\"\nagain = ";
    let edited = format!("{before}{}", after.replacen("again = ", more, 1));
    let found = retold(&edited, &call);
    let Retold::Diverged(divergence) = &found else {
        panic!("{found:?}");
    };
    assert_eq!((divergence.step, divergence.now.0.as_str()), (1, "more"));
    assert_eq!(found.outcome(), Some("unknown"));
}

#[test]
fn a_renamed_state_and_new_words_in_an_old_one_are_no_divergence() {
    let call = past(&[words("да"), words("да")], "agreed");
    let renamed = OFFER
        .replace("\"offer\"", "\"pitch\"")
        .replace("[states.offer]", "[states.pitch]");
    let reworded = OFFER.replace("Мы предлагаем", "Предлагаем");
    for source in [renamed, reworded] {
        assert_ne!(source, OFFER);
        assert_eq!(
            retold(&source, &call),
            Retold::Same(Some("agreed".to_owned()))
        );
    }
}

#[test]
fn another_way_is_a_divergence_and_its_outcome_is_known_only_where_it_ends() {
    let call = past(&[words("да"), words("это дорого"), words("да")], "agreed");
    let on = "too_expensive = \"expensive\"";
    let asks = OFFER.replacen(on, "too_expensive = \"objection\"", 1);
    let found = retold(&asks, &call);
    let Retold::Diverged(divergence) = &found else {
        panic!("{found:?}");
    };
    assert_eq!(
        (divergence.step, divergence.then.0.as_str()),
        (2, "expensive")
    );
    assert_eq!(divergence.now.0, "objection");
    assert_eq!(found.outcome(), Some("unknown"));
    let ends = OFFER.replacen(on, "too_expensive = \"refused\"", 1);
    assert_eq!(retold(&ends, &call).outcome(), Some("refused"));
}

#[test]
fn fields_that_are_not_known_any_more_are_made_up() {
    let call = past(&[words("да"), words("да")], "agreed");
    let source = OFFER.replace("Мы предлагаем", "{{ manager }} предлагает");
    assert_eq!(
        retold(&source, &call),
        Retold::Same(Some("agreed".to_owned()))
    );
}
