//! Callees driven by a bot that is a list of sounds, frame by frame.

use std::collections::VecDeque;

use super::*;
use crate::audio::FRAME_SAMPLES;
use crate::rehearsal::voice::{Listener, speak};

/// A line with a callee at its end and a bot at ours.
struct Line {
    callee: Callee,
    /// What the bot has still to say.
    bot: VecDeque<i16>,
    /// What the bot heard.
    ear: Listener,
    ms: u32,
}

fn part(name: &str) -> Part {
    let all = parts().unwrap();
    all.into_iter().find(|part| part.name == name).unwrap()
}

impl Line {
    fn answered_by(name: &str) -> Self {
        Self {
            callee: Callee::new(&part(name), "74950000001", "79000000000"),
            bot: VecDeque::new(),
            ear: Listener::new(),
            ms: 0,
        }
    }

    fn tick(&mut self) {
        let mut frame = Frame::SILENCE;
        let count = self.bot.len().min(FRAME_SAMPLES);
        for (place, sample) in frame.0.iter_mut().zip(self.bot.drain(..count)) {
            *place = sample;
        }
        // An empty queue sends nothing at all, as on the real line.
        self.callee.frame_in((count > 0).then_some(&frame));
        self.ear.push(&self.callee.frame_out().0);
        self.ms += FRAME_MS;
    }

    /// What the callee says within this time.
    fn hear(&mut self, ms: u32) -> String {
        let until = self.ms + ms;
        while self.ms < until && !self.callee.wants_hangup() {
            self.tick();
        }
        self.ear.take()
    }

    /// Says a text to its end; what the callee says meanwhile.
    fn say(&mut self, text: &str) -> String {
        self.bot.extend(speak(text));
        while !self.bot.is_empty() && !self.callee.wants_hangup() {
            self.tick();
        }
        self.ear.take()
    }
}

impl Line {
    /// Says a text whose frames stall for a while in the middle of a letter.
    fn say_with_stall(&mut self, text: &str, frames: u32) {
        self.bot.extend(speak(text));
        (0..4).for_each(|_| self.tick());
        for _ in 0..frames {
            self.callee.frame_in(None);
            self.callee.frame_out();
            self.ms += FRAME_MS;
        }
        self.hear(4_000);
    }
}

const PROMPT: &str = "добрый день вас беспокоит робот компании ромашка удобно говорить";

#[test]
fn the_list_of_parts_is_whole() {
    let parts = parts().unwrap();
    let numbers: Vec<_> = parts.iter().flat_map(|part| &part.numbers).collect();
    for last in 1..=15 {
        let number = format!("790000000{last:02}");
        assert_eq!(
            numbers.iter().filter(|own| ***own == number).count(),
            1,
            "{number}"
        );
    }
}

#[test]
fn agrees_says_hello_and_then_yes_to_everything() {
    let mut line = Line::answered_by("agrees");
    assert_eq!(line.hear(1_000), "алло");
    let answers = ["да", "да хорошо", "да хорошо"];
    for answer in answers {
        assert_eq!(line.say(PROMPT), "");
        assert_eq!(line.hear(1_500), answer);
    }
    let measured = line.callee.released(Side::Caller);
    assert_eq!(measured.heard(), [PROMPT; 3]);
    assert_eq!(measured.said.len(), 4);
    assert!(measured.last_turn_whole);
}

#[test]
fn a_callee_who_is_spoken_to_at_once_does_not_say_hello() {
    let mut line = Line::answered_by("agrees");
    assert_eq!(line.say(PROMPT), "");
    assert_eq!(line.hear(1_500), "да");
}

#[test]
fn times_are_those_of_the_frames() {
    let mut line = Line::answered_by("agrees");
    line.hear(1_640);
    let began = line.ms;
    line.say(PROMPT);
    let measured = line.callee.released(Side::Caller);
    let hello = &measured.said[0];
    assert_eq!((hello.began_ms, hello.ended_ms), (400, 640));
    assert_eq!(measured.first_sound_ms, Some(began));
    assert_eq!(measured.turns[0].gap_ms, Some(began - hello.ended_ms));
}

#[test]
fn a_pause_between_words_does_not_end_the_turn() {
    let mut line = Line::answered_by("agrees");
    line.hear(1_000);
    line.say("добрый день");
    line.hear(300);
    line.say("это ромашка");
    assert_eq!(line.hear(1_500), "да");
    assert_eq!(
        line.callee.released(Side::Caller).heard(),
        ["добрый день это ромашка"]
    );
}

#[test]
fn silent_never_says_a_word_and_leaves_at_last() {
    let mut line = Line::answered_by("silent");
    line.say(PROMPT);
    assert_eq!(line.hear(130_000), "");
    assert!(line.callee.wants_hangup());
    assert_eq!(line.ms, 120_000 + FRAME_MS);
}

#[test]
fn hangs_up_in_the_first_sentence() {
    let mut line = Line::answered_by("hangs_up");
    line.hear(1_000);
    line.say(PROMPT);
    assert!(line.callee.wants_hangup());
    let measured = line.callee.released(Side::Callee);
    assert_eq!(measured.released_ms, 1_000 + 700 + FRAME_MS);
    assert!(!measured.last_turn_whole);
    assert!(measured.turns[0].interrupted_ms.is_none());
}

#[test]
fn interrupts_the_second_prompt_and_measures_our_silence() {
    let mut line = Line::answered_by("interrupts");
    line.hear(1_000);
    line.say(PROMPT);
    assert_eq!(line.hear(1_500), "да");
    line.bot.extend(speak(PROMPT));
    line.hear(900 + 200);
    line.bot.clear();
    line.hear(3_000);
    let measured = line.callee.released(Side::Caller);
    let turn = &measured.turns[1];
    assert_eq!(turn.interrupted_ms, Some(turn.began_ms + 900));
    assert_eq!(turn.silent_after_ms, Some(200));
    assert_eq!(
        measured.said.last().unwrap().text,
        "подождите мне не интересно"
    );
}

#[test]
fn hesitates_inside_of_a_sentence() {
    let mut line = Line::answered_by("hesitates");
    line.hear(1_000);
    line.say(PROMPT);
    assert_eq!(line.hear(3_000), "ну я да согласен");
    let said = line.callee.released(Side::Caller).said;
    let sound: usize = ["ну я", "да согласен"]
        .map(|text| speak(text).len())
        .iter()
        .sum();
    // Both end with a pause of 60 ms, which is not said.
    let ms = u32::try_from(sound / 8).unwrap() - 120 + 600;
    let length = said[1].ended_ms - said[1].began_ms;
    assert!(length.abs_diff(ms) <= FRAME_MS, "{length} for {ms}");
}

#[test]
fn backchannels_do_not_count_as_the_answer() {
    let mut line = Line::answered_by("backchannels");
    line.hear(1_000);
    assert_eq!(line.say(PROMPT), "угу");
    assert_eq!(line.hear(1_500), "да");
    assert_eq!(
        line.callee.released(Side::Caller).turns[0].interrupted_ms,
        None
    );
}

#[test]
fn a_voicemail_talks_over_the_bot_beeps_and_listens() {
    let mut line = Line::answered_by("voicemail");
    line.say(PROMPT);
    line.hear(8_000);
    line.say(PROMPT);
    assert_eq!(line.hear(5_000), "");
    let measured = line.callee.released(Side::Caller);
    assert_eq!(measured.said.len(), 1);
    assert!(measured.said[0].text.ends_with("сигнала (beep)"));
}

#[test]
fn keys_are_pressed_instead_of_speaking() {
    let mut line = Line::answered_by("keys");
    line.hear(1_000);
    line.say(PROMPT);
    let key = (0..100).find_map(|_| {
        line.tick();
        line.callee.wants_digit()
    });
    assert_eq!(key, Some('1'));
    assert_eq!(line.callee.wants_digit(), None);
    assert_eq!(line.hear(1_000), "");
}

#[test]
fn a_goodbye_that_is_cut_is_not_whole() {
    let mut line = Line::answered_by("refuses");
    line.hear(1_000);
    line.bot.extend(speak("всего доброго до свидания"));
    line.hear(900);
    let measured = line.callee.released(Side::Caller);
    assert!(!measured.last_turn_whole);
    assert_ne!(measured.heard(), ["всего доброго до свидания"]);
}

#[test]
fn the_record_is_a_line_of_json() {
    let line = Line::answered_by("agrees");
    let json = line.callee.released(Side::Caller).to_json().unwrap();
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(value["part"], "agrees");
    assert_eq!(value["released_by"], "caller");
    assert!(!json.contains('\n'));
}

#[test]
fn a_late_frame_is_concealed_and_counted_and_a_gap_is_heard() {
    for (stall, late_frames, lost_frames, is_heard) in [
        (0, 0, 0, true),
        (1, 1, 0, true),
        (2, 2, 0, true),
        (5, 0, 5, false),
    ] {
        let mut line = Line::answered_by("silent");
        line.say_with_stall("здравствуйте", stall);
        let measured = line.callee.released(Side::Caller);
        assert_eq!(measured.late_frames, late_frames, "{stall}");
        assert_eq!(measured.lost_frames, lost_frames, "{stall}");
        assert_eq!(
            measured.heard() == ["здравствуйте"],
            is_heard,
            "{stall}: {measured:?}"
        );
    }
}
