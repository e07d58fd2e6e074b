//! Words that must, and words that must not, be taken for intents.

use rstest::rstest;

use super::*;

fn classify(language: Language, text: &str) -> String {
    IntentSet::standard(language)
        .unwrap()
        .classify(text, |name| name != "greeting")
        .map_or_else(|| "none".to_owned(), |evidence| evidence.intent)
}

#[test]
fn both_lists_hold_every_standard_intent() {
    for language in [Language::Russian, Language::English] {
        let set = IntentSet::standard(language).unwrap();
        for name in STANDARD_INTENTS {
            assert!(
                set.names().any(|known| known == name),
                "{language:?} {name}"
            );
        }
    }
}

#[rstest]
#[case("не интересно", "no")]
#[case("нет не интересно", "no")]
#[case("не согласен", "no")]
#[case("никогда", "no")]
#[case("это не хорошо", "no")]
#[case("неинтересно", "no")]
#[case("да нет не надо", "no")]
#[case("конечно", "yes")]
#[case("ага", "yes")]
#[case("да хорошо", "yes")]
#[case("почему бы и нет", "yes")]
#[case("ну я да согласен", "yes")]
#[case("я не против", "yes")]
#[case("неудобно", "call_later")]
#[case("мне сейчас неудобно", "call_later")]
#[case("перезвоните завтра", "call_later")]
#[case("отстаньте", "do_not_call")]
#[case("больше мне не звоните", "do_not_call")]
#[case("больше сюда не звоните пожалуйста", "do_not_call")]
#[case("вы ошиблись номером", "wrong_person")]
#[case("а кто это звонит", "who_is_calling")]
#[case("сколько это стоит", "price")]
#[case("это дорого", "too_expensive")]
#[case("куда", "none")]
#[case("правда", "none")]
#[case("продажа", "none")]
#[case("какие данные", "none")]
#[case("застрахуйте", "none")]
fn russian(#[case] text: &str, #[case] intent: &str) {
    assert_eq!(classify(Language::Russian, text), intent, "{text}");
}

#[rstest]
#[case("yes", "yes")]
#[case("not interested", "no")]
#[case("i am not interested", "no")]
#[case("why not", "yes")]
#[case("please do not call me again", "do_not_call")]
#[case("who is this", "who_is_calling")]
#[case("how much does it cost", "price")]
#[case("that is too expensive", "too_expensive")]
#[case("call me back tomorrow", "call_later")]
#[case("you have the wrong number", "wrong_person")]
#[case("yesterday", "none")]
#[case("what did you say", "repeat")]
#[case("sorry what was that", "repeat")]
fn english(#[case] text: &str, #[case] intent: &str) {
    assert_eq!(classify(Language::English, text), intent, "{text}");
}

#[test]
fn only_expected_intents_compete() {
    let set = IntentSet::standard(Language::Russian).unwrap();
    assert_eq!(set.classify("да", |name| name == "no"), None);
}

/// What is said last answers the question, though much else was said before.
#[rstest]
#[case("минуточку я только выйду да говорите", "yes")]
#[case("знаете мы с коллегами да попробуем хорошо", "yes")]
#[case("я тут подумал да согласен", "yes")]
#[case("я тут подумал нет не надо", "no")]
#[case("у нас тут ремонт перезвоните", "call_later")]
#[case("да я тут думаю что подарить сыну на день рождения", "none")]
fn the_last_words_are_the_answer(#[case] text: &str, #[case] intent: &str) {
    let set = IntentSet::standard_ref(Language::Russian).unwrap();
    let listened = ["yes", "no", "call_later", "do_not_call"];
    let found = set.classify_answer(text, |name| listened.contains(&name));
    let found = found.map_or_else(|| "none".to_owned(), |evidence| evidence.intent);
    assert_eq!(found, intent, "{text}");
}

#[test]
fn evidence_tells_the_words_and_its_strength() {
    let set = IntentSet::standard_ref(Language::Russian).unwrap();
    let found = set
        .classify("ну это самое не звоните больше", |_| true)
        .unwrap();
    assert_eq!(found.intent, "do_not_call");
    assert!(found.heard.contains("не звоните"), "{found:?}");
    assert!(found.score() > 0.7 && found.score() <= 1.0, "{found:?}");
}
