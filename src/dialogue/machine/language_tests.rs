//! Every construct of the language, each in a scenario of its own size.

use std::sync::Arc;

use super::*;
use crate::dialogue::scenario::Expect;

/// A scenario with these tables after a usual head.
fn scenario(tables: &str) -> Arc<Scenario> {
    let head = "[scenario]\nname = \"t\"\nlanguage = \"ru\"\nstart = \"start\"\n";
    let end = "\n[states.end]\noutcome = \"done\"\n";
    Arc::new(
        Scenario::parse(&format!("{head}{tables}{end}")).unwrap_or_else(|error| {
            panic!("{error}");
        }),
    )
}

fn begun(tables: &str) -> (Dialogue, Reply) {
    let now = jiff::civil::date(2026, 11, 23).at(10, 0, 0, 0);
    let mut dialogue = Dialogue::new(scenario(tables), &Variables::new())
        .unwrap()
        .at(now);
    let reply = dialogue.begin();
    (dialogue, reply)
}

fn says(reply: &Reply) -> Vec<&str> {
    reply
        .say
        .iter()
        .map(|prompt| prompt.text.as_str())
        .collect()
}

impl Dialogue {
    fn words(&mut self, text: &str) -> Reply {
        self.hear(&Heard::Words(text.to_owned()))
    }
}

#[test]
fn wordings_are_taken_in_turn_and_none_comes_twice_running() {
    let (mut dialogue, first) = begun(
        "[states.start]\nsay = [\"раз\", \"два\", \"три\"]\non = { yes = \"end\", no = \"start\" }",
    );
    let mut said = vec![first.say[0].text.clone()];
    for _ in 0..7 {
        said.push(dialogue.words("нет").say[0].text.clone());
    }
    assert!(said.windows(2).all(|pair| pair[0] != pair[1]), "{said:?}");
    assert_eq!(said[..4], ["раз", "два", "три", "раз"]);
}

#[test]
fn a_guard_chooses_among_ways_and_without_one_that_holds_it_is_no_match() {
    let (mut dialogue, _) = begun(
        "[states.start]\nsay = \"?\"\nkeys = { 1 = { go = \"start\", add = { n = 1 } } }\n\
         on = { yes = [{ if = \"n >= 2\", go = \"end\" }, { if = \"n == 1\", go = \"other\" }] }\n\
         [states.other]\nsay = \"другое\"\nnext = \"start\"",
    );
    let missed = dialogue.words("да");
    assert_eq!(
        (missed.state.0.as_str(), says(&missed)),
        ("start", vec!["?"])
    );
    dialogue.hear(&Heard::Key('1'));
    assert_eq!(says(&dialogue.words("да")), ["другое", "?"]);
    dialogue.hear(&Heard::Key('1'));
    assert_eq!(dialogue.words("да").outcome.as_deref(), Some("done"));
}

#[test]
fn a_prompt_that_cannot_be_said_is_never_silence() {
    let tables = |again: &str| {
        format!(
            "[slots.n]\nkind = \"number\"\n[states.start]\nsay = \"?\"\nslots = {{ n = \"ask\" }}\n\
             [states.ask]\nsay = \"Вы {{{{ n | ordinal }}}} в очереди.\"\n{again}\
             on = {{ yes = \"end\" }}\n"
        )
    };
    for (again, said) in [
        ("", "Вы 1.5 в очереди."),
        ("again = \"Ждёте?\"\n", "Ждёте?"),
    ] {
        let (mut dialogue, _) = begun(&tables(again));
        let reply = dialogue.words("полтора");
        assert_eq!(says(&reply), [said]);
        assert_eq!(reply.faults.len(), 1, "{:?}", reply.faults);
        assert!(reply.faults[0].contains("`ask`"), "{:?}", reply.faults);
    }
}

#[test]
fn a_circle_behind_a_condition_is_said_once_and_told() {
    let (mut dialogue, _) = begun(
        "[states.start]\nsay = \"?\"\non = { yes = \"a\" }\n\
         [states.a]\nsay = \"а\"\nnext = [{ if = \"x\", go = \"end\" }, \"b\"]\n\
         [states.b]\nsay = \"б\"\nnext = \"a\"\n",
    );
    let reply = dialogue.words("да");
    assert_eq!(says(&reply), ["а", "б"]);
    assert!(
        reply.faults[0].contains("round and round"),
        "{:?}",
        reply.faults
    );
}

#[test]
fn whole_numbers_are_asked_for_where_there_are_bounds() {
    let (mut dialogue, _) = begun(
        "[slots.n]\nkind = \"number\"\nmin = 1\n[states.start]\nsay = \"?\"\nslots = { n = \"end\" }",
    );
    let reply = dialogue.words("пять с половиной");
    assert_eq!((reply.state.0.as_str(), reply.outcome), ("start", None));
    assert_eq!(dialogue.words("пять").outcome.as_deref(), Some("done"));
}

#[test]
fn the_lead_language_is_one_of_the_scenario_in_whatever_letters() {
    let text = "[scenario]\nname = \"t\"\nlanguage = \"ru\"\nlanguages = [\"en\"]\nstart = \"start\"\n\
        [states.start]\nsay = { ru = \"Да?\", en = \"Yes?\" }\non = { yes = \"end\" }\n\
        [states.end]\noutcome = \"done\"\n";
    let scenario = Arc::new(Scenario::parse(text).unwrap());
    let lead = |code: &str| Variables::from([("language".to_owned(), code.to_owned())]);
    let mut english = Dialogue::new(Arc::clone(&scenario), &lead("EN")).unwrap();
    assert_eq!(says(&english.begin()), ["Yes?"]);
    let refused = Dialogue::new(scenario, &lead("de")).unwrap_err();
    assert!(refused.message.contains("ru and en"), "{refused}");
}

#[test]
fn counters_of_visits_count_entries_and_not_repetitions() {
    let (mut dialogue, _) = begun(
        "[states.start]\nsay = \"{{ visits.start }}\"\nagain = \"ещё раз\"\n\
         on = { no = [{ if = \"visits.start > 1\", go = \"end\" }, { go = \"start\" }] }",
    );
    assert_eq!(says(&dialogue.hear(&Heard::Silence)), ["ещё раз"]);
    assert_eq!(says(&dialogue.words("нет")), ["2"]);
    assert_eq!(dialogue.words("нет").outcome.as_deref(), Some("done"));
}

const SUB: &str = "[states.start]\nsay = \"Удобно?\"\nagain = \"Так удобно?\"\n\
    on = { yes = \"end\", price = { call = \"ask\" }, no = { call = \"ask\", then = \"after\" } }\n\
    [states.ask]\nsay = \"Сказать цену?\"\non = { yes = \"tell\", no = \"return\", robot = \"who\" }\n\
    [states.tell]\nsay = \"Сто рублей.\"\nnext = \"return\"\n\
    [states.who]\nsay = \"Да, робот.\"\nnext = \"back\"\n\
    [states.after]\nsay = \"Тогда позже.\"\nnext = \"end\"";

#[test]
fn a_sub_dialogue_returns_to_where_it_was_called() {
    let (mut dialogue, _) = begun(SUB);
    assert_eq!(says(&dialogue.words("сколько стоит")), ["Сказать цену?"]);
    let back = dialogue.words("да");
    assert_eq!(says(&back), ["Сто рублей.", "Так удобно?"]);
    assert_eq!(back.state.0, "start");
    dialogue.words("сколько стоит");
    assert_eq!(says(&dialogue.words("нет")), ["Так удобно?"]);
}

#[test]
fn back_inside_a_sub_dialogue_is_not_its_end_and_then_is() {
    let (mut dialogue, _) = begun(SUB);
    dialogue.words("нет");
    let who = dialogue.words("это робот");
    assert_eq!(
        (who.state.0.as_str(), says(&who)),
        ("ask", vec!["Да, робот.", "Сказать цену?"])
    );
    let over = dialogue.words("нет");
    assert_eq!(
        (says(&over), over.outcome.as_deref()),
        (vec!["Тогда позже."], Some("done"))
    );
}

#[test]
fn a_sub_dialogue_that_is_asked_for_again_returns_once() {
    let (mut dialogue, _) = begun(
        "[global.on]\nprice = { call = \"ask\" }\n\
        [states.start]\nsay = \"Удобно?\"\non = { yes = \"end\" }\n\
        [states.ask]\nsay = \"Сказать цену?\"\non = { no = \"return\", yes = \"more\" }\n\
        [states.more]\nsay = \"Со скидкой?\"\non = { no = \"return\" }",
    );
    for _ in 0..3 {
        assert_eq!(says(&dialogue.words("сколько стоит")), ["Сказать цену?"]);
    }
    assert_eq!(says(&dialogue.words("нет")), ["Удобно?"]);
    dialogue.words("сколько стоит");
    dialogue.words("да");
    dialogue.words("сколько стоит");
    assert_eq!(says(&dialogue.words("нет")), ["Удобно?"]);
    assert_eq!(dialogue.frames.len(), 0);
}

/// Called from another question after it was left, it returns to that one.
#[test]
fn a_sub_dialogue_that_was_left_does_not_return_to_its_first_question() {
    let (mut dialogue, _) = begun(
        "[states.start]\nsay = \"Удобно?\"\non = { yes = \"end\", price = { call = \"ask\" } }\n\
        [states.ask]\nsay = \"Сказать цену?\"\non = { no = \"return\", yes = \"order\" }\n\
        [states.order]\nsay = \"Сколько?\"\non = { yes = \"end\", price = { call = \"ask\" } }",
    );
    dialogue.words("сколько стоит");
    assert_eq!(says(&dialogue.words("да")), ["Сколько?"]);
    assert_eq!(dialogue.frames.len(), 0);
    dialogue.words("сколько стоит");
    assert_eq!(says(&dialogue.words("нет")), ["Сколько?"]);
}

#[test]
fn a_sub_dialogue_that_calls_itself_does_not_grow_without_end() {
    let (mut dialogue, _) =
        begun("[states.start]\nsay = \"?\"\non = { yes = { call = \"start\" }, no = \"end\" }");
    for _ in 0..20 {
        dialogue.words("да");
    }
    assert!(dialogue.frames.len() <= 16);
}

const SLOTS: &str = "[slots.when]\nkind = \"moment\"\n[slots.people]\nkind = \"number\"\nmin = 1\n\
    max = 50\n[slots.opinion]\nkind = \"text\"\n\
    [slots.city]\nkind = \"choice\"\nchoices = { msk = [\"москва\"], spb = [\"петербург\", \"питер\"] }\n\
    [global.on]\ncall_later = { go = \"later\", collect = \"when\" }\ndo_not_call = \"end\"\n\
    [states.later]\nsay = \"Перезвоним.\"\ncall_back = \"when\"\noutcome = \"later\"\n\
    [states.start]\nsay = \"Сколько человек и где?\"\n\
    slots = { people = \"when\", city = \"start\" }\non = { no = \"end\", price = \"price\" }\n\
    [states.price]\nsay = \"Дорого.\"\nnext = \"back\"\n\
    [states.when]\nsay = \"{{ people | count('человек', 'человека', 'человек') }}. Когда?\"\n\
    slots = { when = [{ if = \"not when.timed\", go = \"hour\" }, { go = \"open\" }] }\n\
    [states.hour]\nsay = \"В какой час?\"\nslots = { when = \"open\" }\n\
    [states.open]\nsay = \"{{ when | moment }}. Что улучшить?\"\nslots = { opinion = \"end\" }\n\
    on = { price = \"price\" }";

fn filled(reply: &Reply) -> Vec<(&str, &str)> {
    let slots = reply.actions.iter().filter_map(|action| {
        let Action::SlotFilled { slot, value, .. } = action else {
            return None;
        };
        Some((slot.as_str(), value.as_str()))
    });
    slots.collect()
}

#[test]
fn slots_are_filled_several_at_once_and_lead_on() {
    let (mut dialogue, _) = begun(SLOTS);
    let reply = dialogue.words("да нас двадцать один человек в питере");
    assert_eq!(filled(&reply), [("people", "21"), ("city", "spb")]);
    assert_eq!(reply.evidence.as_ref().unwrap().intent, "people");
    assert_eq!(says(&reply), ["двадцать один человек. Когда?"]);
    assert_eq!(dialogue.words("завтра").state.0, "hour");
    let reply = dialogue.words("завтра в три");
    assert_eq!(says(&reply), ["завтра в пятнадцать часов. Что улучшить?"]);
    let reply = dialogue.words("мне кажется да почти всё и так хорошо");
    assert_eq!(reply.outcome.as_deref(), Some("done"));
    let data = dialogue.data();
    assert_eq!(data["opinion"], "мне кажется да почти всё и так хорошо");
    assert_eq!(data["when"], "2026-11-24T15:00");
}

#[test]
fn a_number_that_is_asked_for_is_not_a_place_in_a_list() {
    let (mut dialogue, _) = begun(SLOTS);
    assert_eq!(filled(&dialogue.words("двое")), [("people", "2")]);
}

#[test]
fn a_number_out_of_bounds_is_not_taken() {
    let (mut dialogue, _) = begun(SLOTS);
    let reply = dialogue.words("двести");
    assert_eq!((reply.state.0.as_str(), filled(&reply)), ("start", vec![]));
}

#[test]
fn an_intent_that_stands_without_the_slot_beats_it_and_collects_what_it_wants() {
    let (mut dialogue, _) = begun(SLOTS);
    dialogue.words("двое");
    let reply = dialogue.words("перезвоните завтра в пять");
    assert_eq!(reply.outcome.as_deref(), Some("later"));
    let at = Some("2026-11-24T17:00".to_owned());
    assert!(
        reply.actions.contains(&Action::CallBack { at }),
        "{:?}",
        reply.actions
    );
}

#[test]
fn an_opt_out_beats_every_slot_and_a_question_a_free_answer() {
    let (mut dialogue, _) = begun(SLOTS);
    dialogue.words("двое");
    dialogue.words("завтра в три");
    assert_eq!(dialogue.words("сколько это стоит").state.0, "open");
    assert_eq!(
        dialogue
            .words("больше никогда мне не звоните у меня всё и так есть")
            .evidence
            .unwrap()
            .intent,
        "do_not_call"
    );
}

#[test]
fn the_kind_of_answer_sets_the_patience() {
    let scenario = scenario(SLOTS);
    let listen = |name: &str| scenario.states[&StateName(name.to_owned())].listen;
    assert_eq!(listen("open").expect, Expect::Open);
    assert!(listen("open").endpoint_ms > listen("start").endpoint_ms);
}

#[test]
fn actions_come_in_order_and_once() {
    let (mut dialogue, first) = begun(
        "[variables]\nsales = \"101\"\n[states.start]\nsay = \"Секунду.\"\nset = { a = \"x{{ sales }}\" }\n\
         tag = [\"hot\", \"new\"]\nsend_keys = \"1w2\"\nplay = \"a.wav\"\non = { yes = \"person\", no = \"start\" }\n\
         [states.person]\nsay = \"Соединяю.\"\ntransfer = { to = \"{{ sales }}\", failed = \"sorry\" }\n\
         outcome = \"human\"\ndata = { who = \"{{ a }}\" }\n\
         [states.sorry]\nsay = \"Не отвечают.\"\ndo_not_call = true\noutcome = \"sorry\"",
    );
    assert_eq!(
        first.actions,
        [
            Action::Set {
                name: "a".to_owned(),
                value: "x101".to_owned()
            },
            Action::Tag("hot".to_owned()),
            Action::Tag("new".to_owned()),
            Action::PlayFile {
                state: StateName("start".to_owned()),
                file: "a.wav".to_owned(),
                after: 1
            },
            Action::SendKeys {
                state: StateName("start".to_owned()),
                keys: "1w2".to_owned(),
                after: 1
            },
        ]
    );
    let again = dialogue.words("нет");
    assert!(!again.actions.contains(&Action::Tag("hot".to_owned())));
    let person = dialogue.words("да");
    assert_eq!(
        person.actions,
        [Action::Transfer {
            to: "101".to_owned(),
            whisper: "Звонок от робота. Было сказано: нет. да. Соединяю.".to_owned(),
            ring_s: 25,
            music: true,
        }]
    );
    assert_eq!(person.outcome.as_deref(), Some("human"));
    let data = serde_json::json!({ "who": "x101", "tags": ["hot", "new"] });
    assert_eq!(dialogue.data(), data);
    let failed = dialogue.hear(&Heard::TransferFailed);
    assert_eq!(
        (says(&failed), failed.do_not_call),
        (vec!["Не отвечают."], true)
    );
    assert_eq!(dialogue.outcome(), Some("sorry"));
}

#[test]
fn a_notice_before_the_question_keeps_both_from_being_interrupted() {
    let (mut dialogue, first) = begun(
        "[states.start]\nsay = \"Это робот.\"\nbarge_in = false\nnext = \"ask\"\n\
         [states.ask]\nsay = \"Удобно?\"\non = { yes = \"end\", no = \"ask\" }",
    );
    assert_eq!((says(&first).len(), first.barge_in), (2, false));
    assert!(dialogue.words("нет").barge_in);
}

#[test]
fn a_talk_that_never_ends_is_ended_after_so_many_turns() {
    let head = "[scenario]\nname = \"t\"\nlanguage = \"ru\"\nstart = \"start\"\nturns = 3\n";
    let states = "[global]\nno_match = \"bye\"\n[states.start]\nsay = \"?\"\n\
        on = { yes = \"start\", no = \"bye\" }\n[states.bye]\nsay = \"Пора.\"\noutcome = \"long\"\n";
    let scenario = Arc::new(Scenario::parse(&format!("{head}{states}")).unwrap());
    let mut dialogue = Dialogue::new(scenario, &Variables::new()).unwrap();
    dialogue.begin();
    for _ in 0..3 {
        assert_eq!(dialogue.words("да").outcome, None);
    }
    let over = dialogue.words("да");
    assert_eq!(
        (says(&over), over.outcome.as_deref()),
        (vec!["Пора."], Some("long"))
    );
}

#[test]
fn an_opt_out_is_granted_however_long_the_talk_was() {
    let head = "[scenario]\nname = \"t\"\nlanguage = \"ru\"\nstart = \"start\"\nturns = 2\n";
    let states = "[global]\nno_match = \"bye\"\n[global.on]\ndo_not_call = \"never\"\n\
        [states.start]\nsay = \"?\"\non = { yes = \"start\", no = \"bye\" }\n\
        [states.bye]\nsay = \"Пора.\"\noutcome = \"long\"\n\
        [states.never]\nsay = \"Извините.\"\noutcome = \"do_not_call\"\ndo_not_call = true\n";
    let scenario = Arc::new(Scenario::parse(&format!("{head}{states}")).unwrap());
    let mut dialogue = Dialogue::new(scenario, &Variables::new()).unwrap();
    dialogue.begin();
    for _ in 0..2 {
        assert_eq!(dialogue.words("да").outcome, None);
    }
    let reply = dialogue.words("больше мне не звоните");
    assert_eq!(reply.outcome.as_deref(), Some("do_not_call"));
    assert!(reply.do_not_call);
}

#[test]
fn the_language_is_the_leads_or_changes_in_the_talk() {
    let source = "[scenario]\nname = \"t\"\nlanguage = \"ru\"\nlanguages = [\"ru\", \"en\"]\n\
        start = \"start\"\n[intents.english]\nphrases = { ru = [\"по английски\"], en = [\"english\"] }\n\
        [states.start]\nsay = { ru = \"Удобно?\", en = \"Can you talk?\" }\n\
        on = { yes = \"end\", english = { go = \"start\", set = { language = \"en\" } } }\n\
        [states.end]\noutcome = \"done\"\n";
    let scenario = Arc::new(Scenario::parse(source).unwrap());
    let mut dialogue = Dialogue::new(Arc::clone(&scenario), &Variables::new()).unwrap();
    assert_eq!(says(&dialogue.begin()), ["Удобно?"]);
    assert_eq!(
        says(&dialogue.words("говорите по английски")),
        ["Can you talk?"]
    );
    assert_eq!(dialogue.words("yes sure").outcome.as_deref(), Some("done"));
    let fields = Variables::from([("language".to_owned(), "en".to_owned())]);
    let mut dialogue = Dialogue::new(scenario, &fields).unwrap();
    assert_eq!(says(&dialogue.begin()), ["Can you talk?"]);
}

#[test]
fn a_lead_without_a_column_that_is_needed_is_not_rung() {
    let source = "[scenario]\nname = \"t\"\nlanguage = \"ru\"\nstart = \"start\"\nfields = [\"debt\"]\n\
        [slots.day]\nkind = \"date\"\n\
        [states.start]\nsay = \"Долг {{ debt | money }}.\"\nslots = { day = \"end\" }\n\
        [states.end]\nsay = \"До {{ day | date(case='genitive') }}.\"\noutcome = \"done\"\n";
    let scenario = Arc::new(Scenario::parse(source).unwrap());
    let dialogue = |debt: &str| {
        let fields = Variables::from([("debt".to_owned(), debt.to_owned())]);
        Dialogue::new(Arc::clone(&scenario), &fields)
    };
    assert!(
        dialogue(" ")
            .unwrap_err()
            .message
            .contains("brings no `debt`")
    );
    assert!(
        dialogue("много")
            .unwrap_err()
            .message
            .contains("not a number")
    );
    let prompts = dialogue("1500").unwrap().prompts();
    assert_eq!(
        prompts,
        ["Долг тысяча пятьсот рублей."],
        "what is not known yet is left out"
    );
}

#[test]
fn a_person_is_told_who_it_is_and_nobody_there_is_an_apology_and_a_call_back() {
    let scenario = scenario(
        "[states.start]\nsay = \"Слушаю.\"\non = { human = \"person\", no = \"start\" }\n\
         [states.person]\nsay = \"Соединяю.\"\ntransfer = { to = \"PJSIP/anna\", \
         whisper = \"{{ name }} говорит: {{ said }}\", ring_s = 10, music = false }\noutcome = \"human\"",
    );
    let fields = Variables::from([("name".to_owned(), "Пётр".to_owned())]);
    let mut dialogue = Dialogue::new(scenario, &fields).unwrap();
    dialogue.begin();
    for words in ["нет", "не знаю", "нет, погодите"] {
        dialogue.words(words);
    }
    let reply = dialogue.words("позовите человека");
    let order = Action::Transfer {
        to: "PJSIP/anna".to_owned(),
        whisper: "Пётр говорит: не знаю. нет, погодите. позовите человека".to_owned(),
        ring_s: 10,
        music: false,
    };
    assert_eq!(reply.actions, [order]);
    let prompts = dialogue.prompts();
    let failed = dialogue.hear(&Heard::TransferFailed);
    let said = says(&failed)[0].to_owned();
    assert!(
        said.starts_with("Извините") && prompts.contains(&said),
        "{said}"
    );
    assert_eq!(failed.outcome.as_deref(), Some("call_later"));
    assert_eq!(failed.actions, [Action::CallBack { at: None }]);
}
