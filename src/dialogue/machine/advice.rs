//! What may be asked of a model where the rules find nothing, and what is made of its answer.
//!
//! The rules go first: what they understand is never asked about, so that no model turns a refusal
//! or an opt-out into consent. A model chooses among what the state listens for, or it says
//! nothing. What it hears as consent, or as anything a scenario defines itself, leads on in the
//! talk but never into a conclusion: an order, an appointment or a promise to pay stands on words
//! that the rules know, and otherwise the question is asked again. What lets the callee go (an
//! opt-out, another time, a person) may conclude where the model hears it twice running, since it
//! blocks a number for good or ends a talk. A refusal never does: «есть возражения?» is agreed with
//! a no, and a visit is cancelled with one.

use super::super::intent::{Evidence, IntentSet};
use super::{Dialogue, Meaning, REPEAT};
use crate::language::Language;

/// What ends a talk in the callee's favour: a mistake costs a lead, and nobody a promise.
const LETS_GO: [&str; 7] = [
    "do_not_call",
    "no",
    "wrong_person",
    "call_later",
    "human",
    "voicemail",
    "goodbye",
];
/// Of these, what may mean anything, by the question that it answers.
const REFUSAL: &str = "no";
/// Where the rules hear one of these among everything people say, no model hears consent.
const AGAINST: [&str; 4] = ["do_not_call", "no", "wrong_person", "call_later"];

/// A question to a model: which of these did the callee mean?
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The language of the talk.
    pub language: Language,
    /// What we asked, as the scenario has it: the lead's fields are not filled in.
    pub asked: String,
    /// What the callee said.
    pub said: String,
    /// The intents that the state listens for, each with its meaning in a line.
    pub intents: Vec<(String, String)>,
}

impl Dialogue {
    /// What to ask a model about an utterance; `None` where the rules understand it, or where
    /// nothing is listened for.
    pub fn question(&self, utterance: &str) -> Option<Question> {
        if utterance.trim().is_empty() || self.meaning(utterance) != Meaning::Nothing {
            return None;
        }
        let set = self.intents()?;
        let state = self.present().filter(|state| !state.is_final())?;
        let listened = |name: &&str| {
            *name == REPEAT
                || state.on.contains_key(*name)
                || self.scenario.global.on.contains_key(*name)
        };
        let names = set.names().filter(listened);
        let intents = names.map(|name| (name.to_owned(), set.meaning_of(name)));
        let asked = state.say.of(self.language());
        Some(Question {
            language: self.language(),
            asked: asked
                .first()
                .map_or_else(String::new, |text| text.text.clone()),
            said: utterance.trim().to_owned(),
            intents: intents.collect(),
        })
    }

    /// What an utterance means with a model's advice. The rules go first. `doubted` is what the
    /// model heard in the answer before, and was asked back about.
    pub(super) fn advised(&self, utterance: &str, intent: &str, doubted: Option<&str>) -> Meaning {
        let ruled = self.meaning(utterance);
        let (Meaning::Nothing, Some(set), Some(question)) =
            (&ruled, self.intents(), self.question(utterance))
        else {
            return ruled;
        };
        if !question.intents.iter().any(|(name, _)| name == intent) {
            return ruled;
        }
        let Some(state) = self.present() else {
            return ruled;
        };
        let advised = Meaning::Intent {
            evidence: Evidence::advised(intent, utterance),
            filled: self.collected(utterance, state, intent),
        };
        let lets_go = LETS_GO.iter().any(|known| set.stands_for(intent, known));
        let confirmed = doubted == Some(intent) && !set.stands_for(intent, REFUSAL);
        let spoken_against = set.stands_for(intent, "yes") && is_against(set, utterance);
        let concludes = || {
            let reply = self.clone().take(advised.clone());
            reply.outcome.is_some() || reply.promises()
        };
        if spoken_against || (!(lets_go && confirmed) && concludes()) {
            return ruled;
        }
        advised
    }
}

/// Whether anything in an utterance speaks against consent.
fn is_against(set: &IntentSet, utterance: &str) -> bool {
    let refusal = set.classify(utterance, |name| AGAINST.contains(&name));
    refusal.is_some() || set.denies(utterance)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rstest::rstest;

    use super::super::Heard;
    use super::*;
    use crate::dialogue::{By, Scenario, Variables};

    const OFFER: &str = include_str!("../../../scenarios/offer.ru.toml");
    const RIDDLE: &str = "картошку посадили";

    /// The offer, at its greeting or at the question that concludes it.
    fn offer(asked: bool) -> Dialogue {
        let scenario = Arc::new(Scenario::parse(OFFER).unwrap());
        let mut dialogue = Dialogue::new(scenario, &Variables::new()).unwrap();
        dialogue.begin();
        if asked {
            dialogue.hear(&Heard::Words("да".to_owned()));
            assert_eq!(dialogue.state().0, "offer");
        }
        dialogue
    }

    fn advised(dialogue: &mut Dialogue, words: &str, intent: &str) -> (Option<String>, String) {
        let (words, intent) = (words.to_owned(), intent.to_owned());
        let reply = dialogue.hear(&Heard::Advised { words, intent });
        (reply.evidence.map(|found| found.intent), reply.state.0)
    }

    #[test]
    fn a_question_offers_what_the_state_listens_for_and_no_field_of_the_lead() {
        let scenario = Arc::new(Scenario::parse(OFFER).unwrap());
        let fields = [("name".to_owned(), "Аркадий".to_owned())].into();
        let mut dialogue = Dialogue::new(scenario, &fields).unwrap();
        dialogue.begin();
        let question = dialogue.question(RIDDLE).unwrap();
        let names: Vec<&str> = question
            .intents
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        for listened in ["yes", "no", "do_not_call", "human", "repeat"] {
            assert!(names.contains(&listened), "{names:?}");
        }
        assert!(
            !names.contains(&"voicemail") && !names.contains(&"denial"),
            "{names:?}"
        );
        assert!(!format!("{question:?}").contains("Аркадий"), "{question:?}");
        assert_eq!(question.said, RIDDLE);
    }

    #[test]
    fn what_the_rules_understand_is_no_question() {
        for words in ["да", "нет", "больше не звоните", "", "  "] {
            assert_eq!(offer(false).question(words), None, "{words}");
        }
    }

    #[rstest]
    // Consent leads on, and never into a conclusion.
    #[case(false, RIDDLE, "yes", Some("yes"), "offer")]
    #[case(true, RIDDLE, "yes", None, "offer")]
    // A refusal leads on too, and never into a conclusion.
    #[case(false, RIDDLE, "no", None, "greeting")]
    #[case(true, RIDDLE, "no", Some("no"), "objection")]
    // What lets the callee go is asked back about.
    #[case(true, RIDDLE, "do_not_call", None, "offer")]
    #[case(true, RIDDLE, "call_later", None, "offer")]
    // The rules go first.
    #[case(false, "больше не звоните", "yes", Some("do_not_call"), "do_not_call")]
    // No consent where something is denied, and nothing that was not offered.
    #[case(false, "не картошку", "yes", None, "greeting")]
    #[case(false, RIDDLE, "voicemail", None, "greeting")]
    #[case(false, RIDDLE, "agreed", None, "greeting")]
    fn advice_is_taken_where_it_can_do_no_harm(
        #[case] asked: bool,
        #[case] words: &str,
        #[case] intent: &str,
        #[case] understood: Option<&str>,
        #[case] state: &str,
    ) {
        let (found, entered) = advised(&mut offer(asked), words, intent);
        assert_eq!((found.as_deref(), entered.as_str()), (understood, state));
    }

    #[rstest]
    #[case("do_not_call", "do_not_call", "do_not_call")]
    #[case("call_later", "call_later", "call_later")]
    // Another thing was heard, or something was understood in between.
    #[case("call_later", "do_not_call", "offer")]
    #[case("no", "no", "objection")]
    fn what_lets_the_callee_go_concludes_when_it_is_heard_twice(
        #[case] first: &str,
        #[case] second: &str,
        #[case] state: &str,
    ) {
        let mut dialogue = offer(true);
        advised(&mut dialogue, RIDDLE, first);
        assert_eq!(advised(&mut dialogue, RIDDLE, second).1, state);
    }

    #[test]
    fn a_question_in_between_is_no_second_time() {
        let mut dialogue = offer(true);
        advised(&mut dialogue, RIDDLE, "do_not_call");
        dialogue.hear(&Heard::Words("кто это".to_owned()));
        assert_eq!(advised(&mut dialogue, RIDDLE, "do_not_call").1, "offer");
    }

    #[rstest]
    #[case("Есть возражения?", "no = \"order\"", "no")]
    #[case("Перенести или отменить?", "yes = \"start\"\nno = \"order\"", "no")]
    fn a_models_no_is_no_order(#[case] asked: &str, #[case] ways: &str, #[case] intent: &str) {
        let source = format!(
            "[scenario]\nname = \"t\"\nlanguage = \"ru\"\nstart = \"start\"\n\
             [states.start]\nsay = \"{asked}\"\n[states.start.on]\n{ways}\n\
             [states.order]\nsay = \"Готово.\"\noutcome = \"agreed\"\n"
        );
        let scenario = Arc::new(Scenario::parse(&source).unwrap());
        let mut dialogue = Dialogue::new(scenario, &Variables::new()).unwrap();
        dialogue.begin();
        for _ in 0..2 {
            assert_eq!(advised(&mut dialogue, RIDDLE, intent).1, "start");
        }
        dialogue.hear(&Heard::Words("нет".to_owned()));
        assert_eq!(dialogue.outcome(), Some("agreed"));
    }

    #[test]
    fn what_a_model_understood_is_remembered_too() {
        let mut dialogue = offer(false);
        advised(&mut dialogue, RIDDLE, "yes");
        assert_eq!(dialogue.render("{{ said }}").unwrap(), RIDDLE);
    }

    #[test]
    fn the_evidence_says_who_understood() {
        let words = RIDDLE.to_owned();
        let intent = "yes".to_owned();
        let reply = offer(false).hear(&Heard::Advised { words, intent });
        let evidence = reply.evidence.unwrap();
        assert_eq!((evidence.by, evidence.heard.as_str()), (By::Model, RIDDLE));
        let ruled = offer(false).hear(&Heard::Words("да".to_owned()));
        assert_eq!(ruled.evidence.unwrap().by, By::Rules);
    }
}
