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

/// What sounds like consent beside a farewell, a condition or irony.
#[rstest]
#[case(Language::Russian, "да да до свидания", "goodbye")]
#[case(Language::Russian, "да конечно пока", "goodbye")]
#[case(Language::Russian, "было бы интересно я бы позвонил", "no")]
#[case(Language::Russian, "согласен что это бред", "no")]
#[case(Language::Russian, "не против если вы отстанете", "do_not_call")]
#[case(Language::Russian, "хочу чтобы вы отстали", "do_not_call")]
#[case(Language::Russian, "да оставьте меня", "do_not_call")]
#[case(Language::Russian, "да ну", "none")]
#[case(Language::Russian, "да боже мой", "none")]
#[case(Language::Russian, "да у нас есть", "none")]
#[case(Language::English, "yeah i do mind", "no")]
#[case(Language::English, "yes i mind", "no")]
#[case(Language::English, "if i was interested i would call you", "no")]
#[case(Language::English, "do i sound interested", "no")]
#[case(Language::English, "great just what i needed", "no")]
#[case(Language::English, "yeah yeah bye", "goodbye")]
#[case(Language::English, "yes thank you goodbye", "goodbye")]
#[case(Language::Russian, "Не, звоните мне больше", "do_not_call")]
#[case(Language::Russian, "Не, спасибо", "no")]
#[case(Language::Russian, "Не, хочу", "no")]
#[case(Language::Russian, "Не, согласен", "no")]
#[case(Language::Russian, "Не, удобно", "call_later")]
#[case(Language::Russian, "было бы интересно я бы заказал", "no")]
#[case(Language::Russian, "если бы было хорошо я бы купил", "no")]
#[case(
    Language::Russian,
    "скажу что угодно лишь бы вы отстали",
    "do_not_call"
)]
#[case(Language::Russian, "давайте чтобы вы уже отстали", "do_not_call")]
#[case(Language::Russian, "давайте чтобы все отстали от меня", "do_not_call")]
#[case(Language::Russian, "соглашусь чтобы отстали", "do_not_call")]
#[case(Language::English, "do we look interested to you", "no")]
#[case(Language::English, "does it look like i'm interested", "no")]
#[case(Language::English, "actually i do mind", "no")]
#[case(Language::English, "yeah we mind", "no")]
#[case(Language::English, "yes i do mind", "no")]
#[case(Language::English, "i've changed my mind", "no")]
#[case(Language::Russian, "да но не утром", "call_later")]
#[case(Language::Russian, "да но не в среду", "call_later")]
#[case(Language::Russian, "да но не мне", "no")]
#[case(Language::English, "yes but not in the morning", "call_later")]
#[case(Language::English, "yes but not for me", "no")]
#[case(Language::Russian, "мне надо подумать", "none")]
#[case(Language::Russian, "да мне надо идти", "none")]
#[case(Language::Russian, "нам нужно время подумать", "none")]
#[case(Language::Russian, "это надо обсудить", "none")]
#[case(Language::Russian, "буду думать", "none")]
#[case(Language::Russian, "буду иметь в виду", "none")]
#[case(Language::Russian, "буду в четыре", "none")]
#[case(Language::English, "i'd like to think about it", "none")]
#[case(Language::English, "i changed my mind put me off", "no")]
#[case(Language::English, "yes i have a lot on my mind", "none")]
#[case(Language::English, "yes i had something else in mind", "none")]
#[case(Language::English, "i don't know sign me up", "none")]
#[case(Language::English, "i don't know yes", "none")]
#[case(Language::Russian, "за два часа", "none")]
#[case(Language::Russian, "мне интересно кто звонит", "who_is_calling")]
#[case(Language::Russian, "интересно почему я", "none")]
#[case(Language::Russian, "было бы интересно лет десять назад", "none")]
#[case(Language::Russian, "возьму на заметку", "none")]
#[case(Language::Russian, "возьму паузу", "none")]
#[case(Language::Russian, "куплю когда деньги будут", "none")]
#[case(Language::Russian, "запишите другой номер", "none")]
#[case(Language::Russian, "очень рад за вас", "none")]
#[case(Language::Russian, "нормально а у вас", "none")]
#[case(Language::Russian, "хорошо бы", "none")]
#[case(Language::English, "okay let me think about it", "none")]
#[case(Language::English, "i'd like to be taken off", "do_not_call")]
#[case(Language::English, "of course you do", "none")]
#[case(Language::English, "sure you are", "none")]
#[case(Language::English, "go on get off my phone", "no")]
#[case(Language::English, "agree to what", "none")]
#[case(Language::English, "i'm interested in getting off this call", "none")]
#[case(Language::English, "i used to be interested", "none")]
#[case(Language::English, "i was interested last year", "none")]
// And what is consent all the same.
#[case(Language::Russian, "мне интересно", "yes")]
#[case(Language::Russian, "возьму", "yes")]
#[case(Language::Russian, "запишите меня", "yes")]
#[case(Language::Russian, "очень рада", "yes")]
#[case(Language::English, "of course i do", "yes")]
#[case(Language::English, "fine with me", "yes")]
#[case(Language::English, "i'm interested", "yes")]
#[case(Language::English, "i'd like to try it", "yes")]
#[case(Language::English, "of course you can", "yes")]
#[case(Language::Russian, "мне это нужно", "yes")]
#[case(Language::Russian, "нам надо да", "yes")]
#[case(Language::Russian, "да мне нужно", "yes")]
#[case(Language::Russian, "нам такое нужно", "yes")]
#[case(Language::Russian, "буду", "yes")]
#[case(Language::Russian, "да буду", "yes")]
#[case(Language::Russian, "конечно я буду", "yes")]
#[case(Language::Russian, "будем брать", "yes")]
#[case(Language::Russian, "было бы здорово я бы заказал", "yes")]
#[case(Language::Russian, "было бы хорошо я бы купила", "yes")]
#[case(Language::Russian, "давайте чтобы баллы не пропали", "yes")]
#[case(Language::Russian, "если скидки не пропали беру", "yes")]
#[case(Language::English, "it sounds interesting", "yes")]
#[case(Language::English, "that sounds interesting", "yes")]
#[case(Language::English, "it looks interesting", "yes")]
#[case(Language::English, "yes would you mind booking me in", "yes")]
#[case(Language::English, "yes it's been on my mind", "yes")]
#[case(Language::English, "yes i had it in mind", "yes")]
#[case(Language::English, "yes i've changed my mind sign me up", "yes")]
#[case(Language::English, "i changed my mind put me down", "yes")]
#[case(Language::Russian, "оставьте меня в списке", "yes")]
#[case(Language::Russian, "если недолго то давайте", "yes")]
#[case(Language::Russian, "да я пока свободен да говорите", "yes")]
#[case(Language::English, "i don't mind", "yes")]
fn consent_is_not_heard_where_none_is(
    #[case] language: Language,
    #[case] text: &str,
    #[case] intent: &str,
) {
    assert_eq!(classify(language, text), intent, "{text}");
}

/// A request to ring is no wish to be rung no more because something before it is denied.
#[rstest]
#[case(Language::English, "i don't know, call me later")]
#[case(Language::English, "not now, call me later")]
#[case(Language::English, "not really, call me next week")]
#[case(Language::English, "i don't think so, call me tomorrow")]
#[case(Language::English, "i can't, call me on monday")]
#[case(Language::English, "i won't be here, call me on monday")]
#[case(Language::English, "don't have time, call me later")]
#[case(Language::Russian, "не сейчас, звоните завтра")]
#[case(Language::Russian, "не знаю, звоните завтра")]
#[case(Language::Russian, "не могу говорить, звоните вечером")]
#[case(Language::Russian, "не дома, звоните потом")]
#[case(Language::Russian, "не очень удобно, звоните завтра")]
fn what_is_denied_before_a_call_back_takes_it_not_away(
    #[case] language: Language,
    #[case] text: &str,
) {
    assert_eq!(classify(language, text), "call_later", "{text}");
    // Where a scenario listens for no call-back it is no opt-out either.
    let set = IntentSet::standard(language).unwrap();
    let found = set.classify(text, |name| ["yes", "no", "do_not_call"].contains(&name));
    let found = found.map(|evidence| evidence.intent);
    assert_ne!(found.as_deref(), Some("do_not_call"), "{text}");
}

/// And an opt-out stays one beside the same words.
#[rstest]
#[case(Language::English, "i don't know you, don't call me")]
#[case(Language::English, "not now, and don't call me again")]
#[case(Language::English, "i don't think you should call me")]
#[case(Language::English, "you can't call me")]
#[case(Language::English, "i don't want you to call me later")]
#[case(Language::Russian, "не могу больше, не звоните")]
#[case(Language::Russian, "не сейчас, больше мне не звоните")]
#[case(Language::Russian, "не знаю вас, не звоните сюда")]
#[case(Language::Russian, "не надо мне звонить завтра")]
fn what_is_denied_beside_an_opt_out_takes_it_not_away(
    #[case] language: Language,
    #[case] text: &str,
) {
    assert_eq!(classify(language, text), "do_not_call", "{text}");
}

/// A scenario's own intents, which a negation or a doubt further off takes away too.
#[rstest]
#[case(Language::Russian, "отмените", "cancel")]
#[case(Language::Russian, "не хочу отмените", "cancel")]
#[case(Language::Russian, "приду", "coming")]
#[case(Language::Russian, "не отменяйте", "none")]
#[case(Language::Russian, "не надо отменять", "none")]
#[case(Language::Russian, "не нужно ничего отменять", "none")]
#[case(Language::Russian, "вряд ли приду", "none")]
#[case(Language::Russian, "сомневаюсь что приду", "none")]
#[case(Language::Russian, "не сомневаюсь что приду", "coming")]
#[case(Language::English, "cancel it", "cancel")]
#[case(Language::English, "i don't want it cancel", "cancel")]
#[case(Language::English, "i don't want to cancel", "none")]
#[case(Language::English, "i'm not going to cancel", "none")]
#[case(Language::English, "i'll come", "coming")]
#[case(Language::English, "i doubt i'll come", "none")]
#[case(Language::English, "i'm not sure i'll come", "none")]
// A request is meant though a doubt goes before it.
#[case(Language::Russian, "не знаю отмените", "cancel")]
#[case(Language::Russian, "Не знаю, отмените пожалуйста", "cancel")]
#[case(Language::Russian, "Не, отмените", "cancel")]
#[case(Language::Russian, "Не, не отменяйте", "none")]
#[case(Language::Russian, "не знаю приду", "none")]
#[case(Language::Russian, "не знаю отменять ли", "none")]
#[case(Language::Russian, "не думаю что отмените", "none")]
#[case(Language::English, "I don't know, cancel it", "cancel")]
#[case(Language::English, "i don't know just cancel it", "cancel")]
#[case(Language::English, "i'm not sure cancel it", "cancel")]
#[case(Language::English, "i don't know if i'll cancel it", "none")]
#[case(Language::English, "i don't know about cancelling", "none")]
#[case(Language::English, "i don't think i'll cancel", "none")]
fn what_is_denied_or_doubted_is_not_meant(
    #[case] language: Language,
    #[case] text: &str,
    #[case] intent: &str,
) {
    let mut set = IntentSet::standard(language).unwrap();
    for (name, phrases) in [
        ("cancel", ["отменить", "cancel"]),
        ("coming", ["приду", "i'll come"]),
    ] {
        let phrases = phrases.map(str::to_owned).to_vec();
        let rules = Rules {
            phrases,
            ..Rules::default()
        };
        set.define(name, &rules).unwrap();
    }
    let found = set.classify_answer(text, |name| ["cancel", "coming"].contains(&name));
    let found = found.map_or_else(|| "none".to_owned(), |evidence| evidence.intent);
    assert_eq!(found, intent, "{text}");
}

/// As docs/scenario.md tells it: «у нас есть» is consent only where the scenario asks after it.
#[rstest]
#[case("да у нас есть", "have")]
#[case("у меня есть", "have")]
#[case("нет", "no")]
#[case("у нас нет", "no")]
fn what_is_no_consent_may_be_listened_for(#[case] text: &str, #[case] intent: &str) {
    let mut set = IntentSet::standard(Language::Russian).unwrap();
    let rules = Rules {
        extends: Some("yes".to_owned()),
        phrases: ["у меня|нас есть", "имеется"].map(str::to_owned).to_vec(),
        ..Rules::default()
    };
    set.define("have", &rules).unwrap();
    let found = set.classify_answer(text, |name| ["have", "no"].contains(&name));
    let found = found.map_or_else(|| "none".to_owned(), |evidence| evidence.intent);
    assert_eq!(found, intent, "{text}");
}

#[test]
fn no_priority_of_a_scenario_reaches_that_of_an_opt_out() {
    let mut set = IntentSet::standard(Language::Russian).unwrap();
    let buy = Rules {
        priority: Some(100),
        sure: vec!["доставьте две бутыли воды".to_owned()],
        ..Rules::default()
    };
    set.define("buy", &buy).unwrap();
    let never = Rules {
        priority: Some(1),
        ..Rules::default()
    };
    set.define("do_not_call", &never).unwrap();
    let both = "доставьте две бутыли воды и больше мне не звоните";
    assert_eq!(set.classify(both, |_| true).unwrap().intent, "do_not_call");
}

#[test]
fn a_scenario_may_give_a_standard_intent_another_priority() {
    let mut set = IntentSet::standard(Language::Russian).unwrap();
    let intent = |set: &IntentSet| {
        let found = set.classify("нет сколько это стоит", |_| true);
        found.unwrap().intent
    };
    assert_eq!(intent(&set), "price");
    let rules = Rules {
        priority: Some(90),
        ..Rules::default()
    };
    set.define("no", &rules).unwrap();
    assert_eq!(intent(&set), "no");
}

/// Nobody says so much in one turn, and yet it is judged at once, and an opt-out wherever it stands.
#[test]
fn a_turn_of_thousands_of_words_is_judged() {
    let set = IntentSet::standard_ref(Language::Russian).unwrap();
    let babble = "да ну я вот тут сижу и думаю про это самое дело ".repeat(150);
    let long = |middle: &str, end: &str| format!("{babble} {middle} {babble} {end}");
    let found = |text: &str| set.classify_answer(text, |_| true).map(|e| e.intent);
    let opted_out = found(&long("больше мне не звоните", "да говорите"));
    assert_eq!(opted_out.as_deref(), Some("do_not_call"));
    let answer = found(&long("сколько это стоит", "перезвоните завтра"));
    assert_eq!(answer.as_deref(), Some("call_later"));
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
