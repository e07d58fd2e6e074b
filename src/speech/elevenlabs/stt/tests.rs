//! The ear without a socket: time is added by hand, the service's words are put in its mouth.

use std::time::Duration;

use tokio::time::Instant;

use super::hearing::Hearing;
use super::wire::{BYTES_PER_MS, Chunk};
use crate::audio::Frame;
use crate::speech::RecognizerEvent::{self, Final, Partial, Ready, Unasked};
use crate::speech::elevenlabs::config::SpeechTiming;

/// An ear with its clock and the rules of the service: what was sent since the last commit.
struct Ear {
    hearing: Hearing,
    now: Instant,
    uncommitted: usize,
    sent: Vec<Chunk>,
}

impl Ear {
    fn new() -> Self {
        Self {
            hearing: Hearing::new(SpeechTiming::default()),
            now: Instant::now(),
            uncommitted: 0,
            sent: Vec::new(),
        }
    }

    fn connected() -> Self {
        let mut ear = Self::new();
        ear.connect();
        assert_eq!(ear.events(), [Ready]);
        ear
    }

    fn connect(&mut self) {
        self.uncommitted = 0;
        self.hearing.connected(self.now);
        self.pump();
    }

    /// Sends what is due and holds the service's rule about commits.
    fn pump(&mut self) {
        self.hearing.tick(self.now);
        while let Some(chunk) = self.hearing.next_chunk(self.now) {
            self.uncommitted += chunk.audio.len();
            if chunk.commit {
                let ms = self.uncommitted / BYTES_PER_MS;
                assert!(ms >= 300, "a commit of {ms} ms kills the session");
                self.uncommitted = 0;
            }
            assert!(
                self.uncommitted < 35_800 * BYTES_PER_MS,
                "a segment too long"
            );
            self.sent.push(chunk);
        }
    }

    fn pass(&mut self, ms: u64) {
        let end = self.now + Duration::from_millis(ms);
        self.pump();
        while let Some(deadline) = self.hearing.deadline().filter(|at| *at <= end) {
            assert!(deadline > self.now, "a deadline that does not move");
            self.now = deadline;
            self.pump();
        }
        self.now = end;
    }

    /// So many milliseconds of a sample value, in real time.
    fn say(&mut self, sample: i16, ms: u64) {
        for _ in 0..ms / 20 {
            self.hearing.audio(&Frame([sample; 160]), self.now);
            self.pass(20);
        }
    }

    fn commit(&mut self) {
        self.hearing.commit(self.now);
        self.pump();
    }

    fn answer(&mut self, text: &str) {
        self.hearing.committed(text.to_owned(), false, self.now);
    }

    fn partial(&mut self, text: &str) {
        self.hearing.partial(text.to_owned(), self.now);
    }

    fn events(&mut self) -> Vec<RecognizerEvent> {
        std::iter::from_fn(|| self.hearing.event()).collect()
    }

    /// Everything sent so far, as samples, and how many commits.
    fn take_sent(&mut self) -> (Vec<i16>, usize) {
        let sent = std::mem::take(&mut self.sent);
        let commits = sent.iter().filter(|chunk| chunk.commit).count();
        let bytes: Vec<u8> = sent.into_iter().flat_map(|chunk| chunk.audio).collect();
        let samples = bytes.chunks_exact(2);
        (
            samples.map(|b| i16::from_le_bytes([b[0], b[1]])).collect(),
            commits,
        )
    }
}

fn text(text: &str) -> String {
    text.to_owned()
}

#[test]
fn a_session_begins_with_two_seconds_of_silence_at_once() {
    let mut ear = Ear::connected();
    let (samples, _) = ear.take_sent();
    assert!(samples.len() >= 2 * 8_000, "{}", samples.len());
    assert!(samples.iter().all(|sample| *sample == 0));
}

#[test]
fn audio_goes_in_messages_of_five_frames_and_a_short_one_before_a_commit() {
    let mut ear = Ear::connected();
    ear.take_sent();
    ear.say(7, 260);
    let sizes: Vec<usize> = ear.sent.iter().map(|c| c.audio.len()).collect();
    assert_eq!(sizes, [1_600, 1_600]);
    ear.commit();
    let (samples, commits) = ear.take_sent();
    assert_eq!((samples, commits), (vec![7; 260 * 8], 1));
}

#[test]
fn a_short_commit_is_padded_with_silence() {
    let mut ear = Ear::connected();
    ear.commit_of(1_000);
    ear.take_sent();
    ear.say(7, 40);
    ear.commit();
    let (samples, commits) = ear.take_sent();
    assert_eq!(commits, 1);
    assert_eq!(samples.len(), 350 * 8);
    assert!(samples.starts_with(&[7; 320]) && samples.ends_with(&[0; 310 * 8]));
}

impl Ear {
    /// Speech of a length, committed and answered.
    fn commit_of(&mut self, ms: u64) {
        self.say(7, ms);
        self.commit();
        self.pass(300);
        self.answer("речь");
        assert_eq!(self.events(), [Final(text("речь"))]);
        self.pass(300);
    }
}

#[test]
fn commits_are_answered_in_their_order() {
    let mut ear = Ear::connected();
    ear.say(1, 400);
    ear.commit();
    ear.say(2, 400);
    ear.commit();
    assert_eq!(ear.events(), []);
    ear.answer("раз");
    ear.answer("");
    assert_eq!(ear.events(), [Final(text("раз")), Final(String::new())]);
}

#[test]
fn a_commit_of_nothing_is_answered_here_and_in_its_turn() {
    let mut ear = Ear::connected();
    ear.commit();
    assert_eq!(ear.events(), [Final(String::new())]);
    ear.say(1, 400);
    ear.commit();
    ear.commit();
    assert_eq!(ear.events(), []);
    assert_eq!(ear.take_sent().1, 1);
    ear.answer("да");
    assert_eq!(ear.events(), [Final(text("да")), Final(String::new())]);
}

#[test]
fn a_commit_that_is_never_answered_gets_the_last_guess_once() {
    let mut ear = Ear::connected();
    ear.say(1, 400);
    ear.partial("да хорошо");
    assert_eq!(ear.events(), [Partial(text("да хорошо"))]);
    ear.commit();
    ear.partial("да хорошо бы");
    ear.pass(2_400);
    assert_eq!(ear.events(), []);
    ear.pass(200);
    assert_eq!(ear.events(), [Final(text("да хорошо бы"))]);
    ear.answer("да хорошо было бы");
    assert_eq!(ear.events(), [], "late, and the call has its answer");
}

#[test]
fn late_words_after_an_answer_of_silence_are_not_lost() {
    let mut ear = Ear::connected();
    ear.say(1, 400);
    ear.commit();
    ear.pass(2_600);
    assert_eq!(ear.events(), [Final(String::new())]);
    ear.answer("нет");
    assert_eq!(ear.events(), [Unasked(text("нет"))]);
}

#[test]
fn a_commit_that_was_passed_over_does_not_shift_the_next_answers() {
    let mut ear = Ear::connected();
    ear.say(1, 400);
    ear.commit();
    ear.pass(2_600);
    assert_eq!(ear.events(), [Final(String::new())]);
    ear.say(2, 400);
    ear.commit();
    ear.pass(320);
    ear.answer("второе");
    assert_eq!(ear.events(), [Final(text("второе"))]);
}

#[test]
fn the_echo_of_a_final_is_dropped_and_the_same_word_said_again_is_not() {
    let mut ear = Ear::connected();
    ear.say(1, 400);
    ear.commit();
    ear.pass(300);
    ear.answer("да");
    ear.pass(30);
    ear.partial("да");
    assert_eq!(ear.events(), [Final(text("да"))]);
    ear.pass(60);
    ear.partial("да");
    assert_eq!(ear.events(), [Partial(text("да"))]);
}

#[test]
fn twins_in_any_order_make_one_turn() {
    for plain_first in [true, false] {
        let mut ear = Ear::connected();
        for word in ["да", "да", ""] {
            ear.say(1, 400);
            ear.commit();
            ear.pass(300);
            ear.hearing.committed(text(word), !plain_first, ear.now);
            ear.pass(200);
            ear.hearing.committed(text(word), plain_first, ear.now);
            assert_eq!(ear.events(), [Final(text(word))]);
        }
    }
}

#[test]
fn a_final_said_three_times_is_one() {
    let mut ear = Ear::connected();
    ear.say(1, 400);
    ear.commit();
    ear.pass(300);
    for _ in 0..3 {
        ear.answer("да");
        ear.pass(10);
    }
    assert_eq!(ear.events(), [Final(text("да"))]);
    // And the next commit's answer is still its own.
    ear.say(1, 400);
    ear.commit();
    ear.pass(300);
    ear.answer("да");
    assert_eq!(ear.events(), [Final(text("да"))]);
}

#[test]
fn the_same_word_in_two_quick_commits_is_two_turns() {
    let mut ear = Ear::connected();
    for _ in 0..2 {
        ear.say(1, 300);
        ear.commit();
        ear.pass(20);
        ear.answer("да");
        assert_eq!(ear.events(), [Final(text("да"))], "an answer of 20 ms");
    }
}

#[test]
fn what_the_service_closes_itself_belongs_to_the_turn() {
    let mut ear = Ear::connected();
    ear.say(1, 5_000);
    ear.answer("длинная речь");
    assert_eq!(ear.events(), [Unasked(text("длинная речь"))]);
    ear.uncommitted = 0;
    ear.take_sent();
    ear.commit();
    assert_eq!(
        ear.take_sent().0.len(),
        350 * 8,
        "padded as if all were new"
    );
    ear.answer("");
    assert_eq!(ear.events(), [Final(String::new())]);
}

#[test]
fn a_monologue_is_closed_by_us_at_a_pause() {
    let mut ear = Ear::connected();
    ear.say(3_000, 18_500);
    assert_eq!(ear.take_sent().1, 0);
    ear.say(0, 260);
    assert_eq!(ear.take_sent().1, 1);
    ear.answer("первая часть");
    ear.say(3_000, 400);
    ear.commit();
    ear.answer("вторая");
    let expected = [Unasked(text("первая часть")), Final(text("вторая"))];
    assert_eq!(ear.events(), expected);
}

#[test]
fn a_monologue_without_a_pause_is_closed_in_time_and_so_is_endless_silence() {
    for sample in [3_000, 0] {
        let mut ear = Ear::connected();
        ear.say(sample, 90_000);
        assert!(ear.take_sent().1 >= 3);
        assert_eq!(ear.events(), [], "nothing was owed");
    }
}

#[test]
fn an_idle_session_is_kept_alive() {
    let mut ear = Ear::connected();
    ear.take_sent();
    ear.pass(31_000);
    let (samples, commits) = ear.take_sent();
    assert_eq!(commits, 0);
    assert_eq!(samples.len(), 6 * 800, "100 ms each 5 s");
}

#[test]
fn a_new_session_is_told_what_was_not_answered_and_faster_than_it_was_said() {
    let mut ear = Ear::connected();
    ear.commit_of(1_000);
    ear.say(1, 2_000);
    ear.partial("я хочу");
    ear.commit();
    ear.say(2, 500);
    ear.hearing.broken();
    ear.say(3, 500);
    ear.take_sent();
    ear.connect();
    let first = ear.sent.first().unwrap();
    assert_eq!(first.previous_text.as_deref(), Some("речь"));
    ear.pass(350);
    assert!(ear.sent.iter().skip(1).all(|c| c.previous_text.is_none()));
    let (samples, commits) = ear.take_sent();
    let told: Vec<i16> = samples.into_iter().filter(|s| *s != 0).collect();
    let expected = [vec![1; 16_000], vec![2; 4_000], vec![3; 4_000]].concat();
    assert!(told == expected, "{} samples", told.len());
    assert_eq!(commits, 1);
    ear.answer("я хочу спросить");
    let events = ear.events();
    let expected = [
        Partial(text("я хочу")),
        Ready,
        Final(text("я хочу спросить")),
    ];
    assert_eq!(events, expected);
}

#[test]
fn a_commit_in_a_break_is_answered_once_and_its_words_come_after() {
    let mut ear = Ear::connected();
    ear.say(1, 400);
    ear.hearing.broken();
    ear.commit();
    ear.pass(2_600);
    assert_eq!(ear.events(), [Final(String::new())]);
    ear.take_sent();
    ear.connect();
    ear.pass(300);
    assert_eq!(ear.take_sent().1, 1);
    ear.answer("алло");
    assert_eq!(ear.events(), [Ready, Unasked(text("алло"))]);
}

#[test]
fn what_a_guess_answered_is_not_told_again() {
    let mut ear = Ear::connected();
    ear.say(1, 400);
    ear.partial("да");
    ear.hearing.broken();
    ear.commit();
    ear.pass(2_600);
    assert_eq!(ear.events(), [Partial(text("да")), Final(text("да"))]);
    ear.take_sent();
    ear.connect();
    let (samples, commits) = ear.take_sent();
    assert_eq!(commits, 0);
    assert!(samples.iter().all(|sample| *sample == 0));
}

#[test]
fn giving_up_answers_what_is_owed() {
    let mut ear = Ear::connected();
    ear.say(1, 400);
    ear.partial("да");
    ear.commit();
    ear.say(1, 400);
    ear.commit();
    ear.commit();
    ear.hearing.give_up();
    let expected = [
        Partial(text("да")),
        Final(text("да")),
        Final(String::new()),
        Final(String::new()),
    ];
    assert_eq!(ear.events(), expected);
    ear.commit();
    ear.hearing.give_up();
    assert_eq!(ear.events(), [Final(String::new())]);
}

mod any_order {
    use super::*;
    use proptest::prelude::*;

    #[derive(Debug, Clone)]
    enum Step {
        Say(u64),
        Commit,
        Answer(bool),
        Guess,
        Break,
        Connect,
        Pass(u64),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (20_u64..2_000).prop_map(Step::Say),
            Just(Step::Commit),
            any::<bool>().prop_map(Step::Answer),
            Just(Step::Guess),
            Just(Step::Break),
            Just(Step::Connect),
            (1_u64..4_000).prop_map(Step::Pass),
        ]
    }

    proptest! {
        #[test]
        fn each_commit_brings_one_final_whatever_happens(
            steps in prop::collection::vec(step(), 1..60)
        ) {
            let mut ear = Ear::new();
            let mut live = false;
            let mut owed = 0_usize;
            for (index, step) in steps.into_iter().enumerate() {
                match step {
                    Step::Say(ms) => ear.say(900, ms),
                    Step::Commit => {
                        ear.commit();
                        owed += 1;
                    }
                    Step::Answer(timed) if live => {
                        ear.hearing.committed(format!("слово {index}"), timed, ear.now);
                    }
                    Step::Guess if live => ear.partial("кажется"),
                    Step::Break if live => {
                        ear.hearing.broken();
                        live = false;
                    }
                    Step::Connect if !live => {
                        ear.connect();
                        live = true;
                    }
                    Step::Pass(ms) => ear.pass(ms),
                    Step::Answer(_) | Step::Guess | Step::Break | Step::Connect => {}
                }
            }
            ear.pass(3_000);
            let finals = ear.events().iter().filter(|e| matches!(e, Final(_))).count();
            prop_assert_eq!(finals, owed);
        }
    }
}
