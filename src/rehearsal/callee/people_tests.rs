//! People driven by a bot that is a list of sounds, frame by frame.

use std::collections::VecDeque;

use super::*;
use crate::audio::FRAME_SAMPLES;
use crate::rehearsal::voice::{Listener, speak};

/// A line with a person at its end and a bot at ours.
struct Line {
    callee: Callee,
    bot: VecDeque<i16>,
    ear: Listener,
    ms: u32,
}

fn lines(texts: &[&str]) -> Lines {
    let scripts = texts.iter().map(|text| Script::parse(text).unwrap());
    scripts.collect()
}

/// A person without a word, whose times are all fixed.
fn nobody() -> Person {
    Person {
        name: "somebody".to_owned(),
        manner: Manner {
            hello_ms: Spread::always(400),
            reaction_ms: Spread::always(200),
            ..Manner::default()
        },
        speech: Speech::default(),
    }
}

fn rule(heard: &str, say: &[&str], times: Option<u32>) -> Rule {
    Rule {
        heard: vec![Phrase::new(heard).unwrap()],
        say: lines(say),
        times,
    }
}

fn meanwhile(say: &str) -> Meanwhile {
    Meanwhile {
        turn: None,
        heard: Vec::new(),
        after_ms: Spread::always(0),
        every_ms: None,
        times: None,
        chance_percent: 100,
        takes_floor: true,
        say: lines(&[say]),
    }
}

impl Line {
    fn to(person: Person, seed: u64) -> Self {
        Self {
            callee: Callee::of(Arc::new(person), "74950000001", "79000000000", seed),
            bot: VecDeque::new(),
            ear: Listener::new(),
            ms: 0,
        }
    }

    fn tick(&mut self) -> Frame {
        let mut frame = Frame::SILENCE;
        let count = self.bot.len().min(FRAME_SAMPLES);
        for (place, sample) in frame.0.iter_mut().zip(self.bot.drain(..count)) {
            *place = sample;
        }
        self.callee.frame_in((count > 0).then_some(&frame));
        let out = self.callee.frame_out();
        self.ear.push(&out.0);
        self.ms += FRAME_MS;
        out
    }

    /// What the callee says within this time.
    fn hear(&mut self, ms: u32) -> String {
        let until = self.ms + ms;
        while self.ms < until && !self.callee.wants_hangup() {
            self.tick();
        }
        self.ear.take()
    }

    /// Says a text and waits for the answer; all that is heard meanwhile.
    fn say(&mut self, text: &str) -> String {
        self.bot.extend(speak(text));
        while !self.bot.is_empty() && !self.callee.wants_hangup() {
            self.tick();
        }
        self.hear(2_000)
    }
}

#[test]
fn rules_answer_what_was_heard_and_the_rest_is_answered_in_order() {
    let mut person = nobody();
    person.speech = Speech {
        rules: vec![
            rule("сколько", &["триста"], Some(1)),
            rule("удобно", &["да удобно"], None),
        ],
        sequence: vec![lines(&["первое"]), lines(&["второе"])],
        otherwise: lines(&["прочее"]),
        ..Speech::default()
    };
    let mut line = Line::to(person, 1);
    for (said, answer) in [
        ("вам удобно?", "да удобно"),
        ("что угодно", "первое"),
        ("сколько это", "триста"),
        ("сколько это", "второе"),
        ("неудобная мебель", "прочее"),
        ("удобно ли", "да удобно"),
        ("и так далее", "прочее"),
    ] {
        assert_eq!(line.say(said), answer, "{said}");
    }
}

#[test]
fn what_is_broken_on_the_way_is_not_understood() {
    let mut person = nobody();
    person.speech.otherwise = lines(&["да"]);
    person.speech.not_understood = lines(&["повторите"]);
    let mut line = Line::to(person, 1);
    assert_eq!(line.say("вам интересно"), "да");
    // The same words backwards are sound, and no speech.
    line.bot.extend(speak("вам интересно").iter().rev());
    assert_eq!(line.hear(4_000), "повторите");
}

#[test]
fn a_bad_ear_misses_its_share() {
    let mut person = nobody();
    person.speech.otherwise = lines(&["да"]);
    person.speech.not_understood = lines(&["что"]);
    person.manner.mishears_percent = 40;
    let misses = |seed| {
        let mut mind = Mind::new(Arc::new(person.clone()), seed);
        let said = (0..200).map(|_| mind.reply("вам интересно"));
        said.filter(|acts| *acts == [Act::Say("что".to_owned())])
            .count()
    };
    assert!((60..100).contains(&misses(1)), "{}", misses(1));
    assert_eq!(misses(2), misses(2));
}

#[test]
fn dead_air_is_borne_twice_and_then_no_more() {
    let mut person = nobody();
    person.speech.hello = lines(&["да"]);
    person.speech.dead_air = vec![lines(&["алло"]), lines(&["говорите"])];
    person.manner.patience_ms = Some(Spread::always(3_000));
    let mut line = Line::to(person, 1);
    assert_eq!(line.hear(20_000), "да алло говорите");
    assert!(line.callee.wants_hangup());
    let measured = line.callee.released(Side::Callee);
    let begins: Vec<u32> = measured.said.iter().map(|said| said.began_ms).collect();
    let waited: Vec<u32> = measured
        .said
        .windows(2)
        .map(|pair| pair[1].began_ms - pair[0].ended_ms)
        .collect();
    assert_eq!((begins[0], waited), (400, vec![3_000, 3_000]));
    let last = measured.said.last().unwrap();
    assert_eq!(measured.released_ms, last.ended_ms + 3_000 + FRAME_MS);
}

#[test]
fn air_is_not_dead_while_somebody_speaks_or_thinks() {
    let mut person = nobody();
    person.speech.otherwise = lines(&["да"]);
    person.manner.patience_ms = Some(Spread::always(1_000));
    person.manner.reaction_ms = Spread::always(1_500);
    let mut line = Line::to(person, 1);
    for _ in 0..3 {
        line.bot.extend(speak("это довольно длинное предложение"));
        while !line.bot.is_empty() {
            line.tick();
        }
        assert_eq!(line.hear(500 + 1_500 + 500), "да");
    }
    assert!(!line.callee.wants_hangup());
    line.hear(1_000);
    assert!(line.callee.wants_hangup());
}

#[test]
fn certain_words_are_interrupted_once_they_are_heard() {
    let mut person = nobody();
    person.speech.otherwise = lines(&["да"]);
    person.speech.meanwhile = vec![Meanwhile {
        heard: vec![Phrase::new("бесплатно").unwrap()],
        after_ms: Spread::always(100),
        ..meanwhile("не верю")
    }];
    let mut line = Line::to(person, 1);
    assert_eq!(line.say("доставка на дом"), "да");
    line.bot
        .extend(speak("доставка бесплатно и навсегда без обязательств"));
    assert_eq!(line.hear(8_000), "не верю", "and no answer to the rest");
    let turns = line.callee.released(Side::Caller).turns;
    // Two words of 8 and 9 letters and a pause between; the word counts once it is followed by
    // a pause or another word.
    let word_ends = turns[1].began_ms + (8 + 1 + 9) * 60;
    let interrupted = turns[1].interrupted_ms.unwrap();
    assert!(
        (word_ends..word_ends + 320).contains(&interrupted),
        "{interrupted} {word_ends}"
    );
    assert_eq!(turns[0].interrupted_ms, None);
}

#[test]
fn signs_of_listening_come_again_and_again_and_never_over_ones_own_words() {
    let mut person = nobody();
    person.speech.otherwise = lines(&["да"]);
    person.speech.meanwhile = vec![Meanwhile {
        after_ms: Spread::always(500),
        every_ms: Some(Spread::always(1_000)),
        times: Some(3),
        takes_floor: false,
        ..meanwhile("угу")
    }];
    let mut line = Line::to(person, 1);
    let long = "это очень длинное предложение которое никак не может кончиться само";
    assert_eq!(line.say(long), "угу угу угу да");
    assert_eq!(line.say(long), "да", "three times are all");
    let turns = line.callee.released(Side::Caller).turns;
    assert!(turns.iter().all(|turn| turn.interrupted_ms.is_none()));
}

#[test]
fn a_chance_is_drawn_turn_by_turn() {
    let mut person = nobody();
    person.speech.meanwhile = vec![Meanwhile {
        chance_percent: 50,
        takes_floor: false,
        ..meanwhile("угу")
    }];
    let said = |seed| -> Vec<bool> {
        let mut line = Line::to(person.clone(), seed);
        (0..12).map(|_| line.say("добрый день") == "угу").collect()
    };
    let first = said(1);
    let count = first.iter().filter(|said| **said).count();
    assert!((2..=10).contains(&count), "{first:?}");
    assert_eq!(first, said(1));
}

#[test]
fn what_follows_before_the_answer_belongs_to_the_same_turn() {
    let mut person = nobody();
    person.manner.reaction_ms = Spread::always(700);
    person.speech.rules = vec![rule("удобно", &["да"], None)];
    person.speech.otherwise = lines(&["что"]);
    let mut line = Line::to(person, 1);
    line.bot.extend(speak("вам удобно говорить"));
    // Longer than the end of a turn, shorter than the reaction after it.
    line.bot.extend(vec![0; 8_000 * 7 / 10]);
    line.bot.extend(speak("я подожду"));
    assert_eq!(line.hear(6_000), "да");
}

#[test]
fn the_bot_hears_itself_where_the_line_echoes() {
    let mut person = nobody();
    person.speech.otherwise = lines(&["да"]);
    person.manner.sound.echo = Some(Echo {
        db: -20,
        delay_ms: 180,
    });
    let mut line = Line::to(person, 1);
    assert_eq!(line.say("добрый день"), "добрый день да");
    let measured = line.callee.released(Side::Caller);
    assert_eq!(
        measured.said.len(),
        1,
        "an echo is not what the callee said"
    );
}

#[test]
fn noise_is_always_there_and_drowns_no_word() {
    let mut person = nobody();
    person.speech.otherwise = lines(&["да хорошо"]);
    person.manner.sound.noise_dbfs = Some(-46);
    let mut line = Line::to(person, 1);
    assert!(line.tick().0.iter().any(|sample| *sample != 0));
    assert_eq!(line.say("добрый день"), "да хорошо");
}
