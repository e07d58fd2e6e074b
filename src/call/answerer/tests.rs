//! Who answered, told by words, by time and by sound.

use rstest::rstest;

use super::words::{MACHINE, SURE, weigh};
use super::*;

/// A greeting as a list of signs.
struct Call {
    judge: Judge,
    now: CallTime,
    found: Vec<Finding>,
}

impl Call {
    fn answered() -> Self {
        let mut judge = Judge::new(5_000);
        judge.answered(CallTime(1_000));
        Self {
            judge,
            now: CallTime(1_000),
            found: Vec::new(),
        }
    }

    fn sign(&mut self, sign: Sign<'_>) -> &mut Self {
        self.found.extend(self.judge.take(self.now, sign));
        self
    }

    fn wait(&mut self, ms: u64) -> &mut Self {
        let until = self.now.plus(ms);
        while let Some(at) = self.judge.deadline().filter(|at| *at <= until) {
            self.now = at;
            self.sign(Sign::Time);
        }
        self.now = until;
        self
    }

    /// Speech of this length whose text comes as it does.
    fn says(&mut self, text: &str, ms: u64) -> &mut Self {
        self.sign(Sign::SpeechStarted)
            .wait(ms)
            .sign(Sign::SpeechPaused)
            .wait(320)
            .sign(Sign::Text(text))
    }

    fn who(&self) -> Option<Answerer> {
        self.judge.verdict().map(|verdict| verdict.answerer)
    }

    fn why(&self) -> String {
        let verdict = self.judge.verdict();
        verdict.map_or(String::new(), |verdict| verdict.reason.to_string())
    }
}

#[rstest]
#[case("здравствуйте вы позвонили иванову я не могу ответить")]
#[case("оставьте ваше сообщение после сигнала")]
#[case("оставьте пожалуйста сообщение после сигнала")]
#[case("аппарат абонента выключен или находится вне зоны действия сети")]
#[case("обонент вне зоны действия сети")]
#[case("набраный вами номер не обслуживается")]
#[case("все операторы сейчас заняты пожалуйста оставайтесь на линии")]
#[case("hi you have reached john")]
#[case("please leave a message after the tone")]
fn machines_are_known_by_what_they_say(#[case] text: &str) {
    assert!(weigh(text).points >= MACHINE, "{:?}", weigh(text));
}

#[rstest]
#[case("алло")]
#[case("да слушаю вас")]
#[case("вы куда звоните")]
#[case("hello who is this")]
#[case("")]
#[case("телефон мужа выключен перезвоните позже")]
#[case("это не автоответчик говорите")]
#[case("я думала это автоответчик")]
#[case("вы позвонили не туда")]
#[case("здравствуйте вы позвонили в компанию василёк слушаю вас")]
#[case("я сейчас не могу говорить перезвоните позже")]
#[case("оставьте меня в покое")]
#[case("вы не тот номер набрали")]
#[case("девушка вы неправильно набрали номер")]
#[case("соедините с оператором")]
#[case("секретарь слушает добрый день")]
#[case("добрый день компания ромашка меня зовут анна чем могу помочь")]
fn people_are_not_machines(#[case] text: &str) {
    assert!(weigh(text).points < MACHINE, "{:?}", weigh(text));
}

/// Texts that the table was not learned from, by their words alone.
#[test]
fn unknown_texts_are_told_by_the_table() {
    let (mut people, mut machines) = ((0, 0), (0, 0));
    for line in include_str!("../../../tests/corpus/greetings/held.txt").lines() {
        let Some((label, text)) = line.split_once(' ').filter(|(label, _)| *label != "#") else {
            continue;
        };
        let words = text.split(']').filter_map(|part| part.split('[').next());
        let is_machine = weigh(&words.collect::<String>()).points >= MACHINE;
        let (wrong, of) = if label == "human" {
            (&mut people.0, &mut people.1)
        } else {
            (&mut machines.0, &mut machines.1)
        };
        *wrong += usize::from(is_machine == (label == "human"));
        *of += 1;
    }
    assert_eq!((people.1, machines.1), (100, 100));
    assert!(people.0 <= 2, "{} people are taken for machines", people.0);
    assert!(machines.0 <= 10, "{} machines for people", machines.0);
}

#[test]
fn what_is_quoted_are_the_words_that_tell() {
    let told = weigh("Здравствуйте! Оставьте, пожалуйста, сообщение.");
    assert_eq!(told.quoted, "здравствуйте оставьте пожалуйста сообщение");
    assert_eq!(told.machine, Answerer::Voicemail);
    assert_eq!(told.count, 4);
}

#[test]
fn who_says_a_word_and_waits_is_a_person_350_ms_later() {
    let mut call = Call::answered();
    call.wait(400).sign(Sign::SpeechStarted).wait(600);
    call.sign(Sign::SpeechPaused).wait(269);
    assert_eq!(call.who(), None);
    call.wait(1);
    assert_eq!(call.who(), Some(Answerer::Human));
    assert_eq!(call.why(), "spoke 0.5 s and waited"); // 580 ms
    assert_eq!(call.judge.verdict().unwrap().after_ms, 400 + 600 + 350 - 80);
}

#[test]
fn a_guess_asks_for_its_text_and_decides_nothing() {
    let mut call = Call::answered();
    call.wait(400).sign(Sign::SpeechStarted).wait(1_200);
    call.sign(Sign::Guess("аппарат абонента выключен"));
    assert_eq!(call.found, [Finding::AskText]);
    call.wait(300)
        .sign(Sign::Guess("аппарат абонента выключен или"));
    assert_eq!(call.found.len(), 1, "asked once");
    call.sign(Sign::Text("аппарат абонента выключен или находится"));
    assert_eq!(call.who(), Some(Answerer::Announcement));
    let why = "said: «аппарат абонента выключен или находится»";
    assert_eq!(call.why(), why);
    let misheard = Call::answered()
        .sign(Sign::SpeechStarted)
        .sign(Sign::Guess("автоответчик"))
        .sign(Sign::Text("это не автоответчик"))
        .who();
    assert_eq!(misheard, None);
}

#[test]
fn who_is_still_speaking_may_yet_say_what_only_a_person_says() {
    let company = "здравствуйте вы позвонили в компанию";
    let mut call = Call::answered();
    call.sign(Sign::SpeechStarted).wait(1_800);
    call.sign(Sign::Text(company));
    let points = weigh(company).points;
    assert!((MACHINE..SURE).contains(&points), "{points}");
    assert_eq!(call.who(), None);
    let mut silent = Call {
        judge: call.judge.clone(),
        now: call.now,
        found: Vec::new(),
    };
    call.wait(900).sign(Sign::SpeechPaused);
    call.sign(Sign::Text("василёк слушаю вас")).wait(500);
    assert_eq!(call.who(), Some(Answerer::Human), "{}", call.why());
    silent.sign(Sign::SpeechPaused).wait(500);
    assert!(silent.who().is_some_and(Answerer::is_machine));
}

#[test]
fn a_person_at_first_may_turn_out_to_be_a_machine() {
    let mut call = Call::answered();
    call.says("здравствуйте", 700).wait(200);
    assert_eq!(call.who(), Some(Answerer::Human));
    call.sign(Sign::WeSpeak)
        .says("это голосовой помощник", 1_500);
    assert_eq!(call.who(), Some(Answerer::Assistant));
}

#[test]
fn speech_without_an_end_is_a_machines_and_a_television_is_not() {
    let mut call = Call::answered();
    call.sign(Sign::SpeechStarted).wait(4_939);
    assert_eq!(call.who(), None);
    call.wait(1);
    assert_eq!(call.who(), Some(Answerer::Voicemail));
    assert_eq!(call.why(), "spoke 5.0 s without a pause");
    let mut call = Call::answered();
    call.sign(Sign::SpeechStarted).wait(1_000);
    call.sign(Sign::Text("алло"));
    call.wait(9_000);
    assert_eq!(call.who(), None);
}

#[test]
fn who_speaks_on_over_us_is_no_person() {
    let long = "ну вот и добрались с божьей помощью";
    let more = "а погода у нас стоит такая чудесная";
    let mut call = Call::answered();
    call.says(long, 2_400).sign(Sign::WeSpeak).wait(100);
    call.says(more, 2_600);
    assert_eq!(call.who(), Some(Answerer::Voicemail), "{:?}", call.found);
    assert!(call.why().starts_with("spoke on for 4."), "{}", call.why());
    let person = "да девушка я вас слушаю только говорите громче";
    let mut call = Call::answered();
    call.says(person, 2_400).sign(Sign::WeSpeak).wait(100);
    call.says(more, 2_600);
    assert_eq!(call.who(), Some(Answerer::Human));
}

#[test]
fn our_own_voice_come_back_without_words_is_no_machine() {
    let mut call = Call::answered();
    call.says("да", 400).wait(200).sign(Sign::WeSpeak).wait(120);
    call.sign(Sign::SpeechStarted).wait(6_000);
    assert_eq!(call.who(), Some(Answerer::Human), "{}", call.why());
}

#[test]
fn a_person_who_interrupts_us_at_length_stays_one() {
    let busy = "я сейчас за рулём мне неудобно разговаривать давайте завтра после обеда";
    let mut call = Call::answered();
    call.says("да", 400).wait(200).sign(Sign::WeSpeak).wait(800);
    call.sign(Sign::SpeechStarted).wait(200);
    call.sign(Sign::WeEnded(false)).wait(4_900);
    call.sign(Sign::Text(busy));
    assert_eq!(call.who(), Some(Answerer::Human), "{}", call.why());
}

#[test]
fn an_answer_to_us_may_be_long_and_may_speak_of_voicemails() {
    let mut call = Call::answered();
    call.says("алло", 500)
        .wait(200)
        .sign(Sign::WeSpeak)
        .wait(3_000)
        .sign(Sign::WeEnded(true))
        .wait(300)
        .says(
            "ну я же вам оставлял сообщение на той неделе и никто",
            6_000,
        );
    assert_eq!(call.who(), Some(Answerer::Human), "{:?}", call.found);
}

#[test]
fn tones_and_music_tell_where_nobody_speaks() {
    let beep = Call::answered().wait(700).sign(Sign::Beep).wait(999).who();
    assert_eq!(beep, None);
    let beep = Call::answered()
        .wait(700)
        .sign(Sign::Beep)
        .wait(1_000)
        .who();
    assert_eq!(beep, Some(Answerer::Voicemail));
    let mut recorded = Call::answered();
    recorded
        .sign(Sign::Beep)
        .wait(500)
        .says("алло", 500)
        .wait(900);
    assert_eq!(
        recorded.who(),
        Some(Answerer::Human),
        "a beep of a recorder"
    );
    let long = Call::answered()
        .says("до встречи", 1_200)
        .sign(Sign::Beep)
        .who();
    assert_eq!(long, Some(Answerer::Voicemail));
    let short = Call::answered().says("да", 400).sign(Sign::Beep).who();
    assert_ne!(short, Some(Answerer::Voicemail), "a microwave oven");
    let person = Call::answered()
        .says("алло да слушаю вас", 1_300)
        .sign(Sign::Beep)
        .who();
    assert_ne!(person, Some(Answerer::Voicemail), "a recorder, or a car");
    // The line beeps before the words of its greeting are there.
    for (words, who) in [
        ("алло да слушаю вас", Answerer::Human),
        ("оставьте сообщение после сигнала", Answerer::Voicemail),
        ("", Answerer::Voicemail),
    ] {
        let mut call = Call::answered();
        call.sign(Sign::SpeechStarted).wait(1_300);
        call.sign(Sign::SpeechPaused).wait(100).sign(Sign::Beep);
        assert_eq!(call.who(), None, "{words}");
        call.wait(220).sign(Sign::Text(words)).wait(1_000);
        assert_eq!(call.who(), Some(who), "{words}");
    }
    let music = Call::answered().sign(Sign::Music).who();
    assert_eq!(music, Some(Answerer::Music));
    let radio = Call::answered().says("алло", 500).sign(Sign::Music).who();
    assert_ne!(radio, Some(Answerer::Music));
    let fax = Call::answered().sign(Sign::FaxTone).who();
    assert_eq!(fax, Some(Answerer::Fax));
    let network = Call::answered()
        .sign(Sign::Beep)
        .wait(330)
        .sign(Sign::InformationTones)
        .who();
    assert_eq!(network, Some(Answerer::Announcement));
}

#[test]
fn the_first_machine_stands_and_twenty_seconds_are_enough() {
    let mut call = Call::answered();
    call.sign(Sign::FaxTone).sign(Sign::Beep);
    assert_eq!(call.found.len(), 1);
    let mut call = Call::answered();
    call.wait(20_001).sign(Sign::FaxTone);
    assert_eq!(call.who(), None);
}
