//! What a person decides to say: from the words of the bot, with no sound and no clock.
//!
//! Every choice is drawn from a stream that only the seed, the kind of the choice and its count
//! name. One "hello?" more on a slow machine therefore changes nothing of what follows.

use std::sync::Arc;

use super::part::Act;
use super::person::{Lines, Meanwhile, Person};
use super::spread::Spread;
use crate::language::{Token, tokenize};
use crate::rehearsal::random::Random;

/// A person in one call.
#[derive(Debug, Clone)]
pub struct Mind {
    person: Arc<Person>,
    seed: u64,
    /// How often each rule has answered.
    used: Vec<u32>,
    turns: u32,
    replies: u32,
    misheard: u32,
    sequence_at: usize,
    otherwise: u32,
    dead_airs: usize,
}

impl Mind {
    /// A person who has just picked up; the seed is the call's own.
    pub fn new(person: Arc<Person>, seed: u64) -> Self {
        Self {
            used: vec![0; person.speech.rules.len()],
            person,
            seed,
            turns: 0,
            replies: 0,
            misheard: 0,
            sequence_at: 0,
            otherwise: 0,
            dead_airs: 0,
        }
    }

    /// Whose mind it is.
    pub fn person(&self) -> &Arc<Person> {
        &self.person
    }

    /// What is said on picking up.
    pub fn hello(&self) -> Vec<Act> {
        self.draw(&self.person.speech.hello, "hello", 0)
    }

    /// From the answer to the hello, in milliseconds.
    pub fn hello_ms(&self) -> u32 {
        self.time(self.person.manner.hello_ms, "hello after", 0)
    }

    /// From the end of the bot's turn to the next reply, in milliseconds.
    pub fn reaction_ms(&self) -> u32 {
        self.time(self.person.manner.reaction_ms, "reaction", self.replies)
    }

    /// How long dead air is borne this time, in milliseconds.
    pub fn patience_ms(&self) -> Option<u32> {
        let spread = self.person.manner.patience_ms?;
        let count = u32::try_from(self.dead_airs).unwrap_or(u32::MAX);
        Some(self.time(spread, "patience", count))
    }

    /// The reply to what was heard of the bot's turn; empty is silence.
    pub fn reply(&mut self, heard: &str) -> Vec<Act> {
        let heard = tokenize(heard);
        self.turns += 1;
        self.replies += 1;
        if self.does_not_understand(&heard) {
            self.misheard += 1;
            let lines = &self.person.speech.not_understood;
            return self.draw(lines, "not understood", self.misheard);
        }
        if let Some(acts) = self.reply_by_rule(&heard) {
            return acts;
        }
        if let Some(lines) = self.person.speech.sequence.get(self.sequence_at) {
            let acts = self.draw(lines, &format!("sequence {}", self.sequence_at), 0);
            self.sequence_at += 1;
            return acts;
        }
        self.otherwise += 1;
        self.draw(&self.person.speech.otherwise, "otherwise", self.otherwise)
    }

    /// The bot's turn was answered while it went on.
    pub fn turn_was_answered(&mut self) {
        self.turns += 1;
    }

    /// What is said into dead air; `None` if the person has had enough.
    pub fn dead_air(&mut self) -> Option<Vec<Act>> {
        let lines = self.person.speech.dead_air.get(self.dead_airs)?;
        let acts = self.draw(lines, &format!("dead air {}", self.dead_airs), 0);
        self.dead_airs += 1;
        Some(acts)
    }

    /// Whether something is done in this turn of the bot, counted from 1.
    pub(super) fn chances(&self, at: usize, meanwhile: &Meanwhile, turn: u32) -> bool {
        let share = self.stream(&format!("chance {at}"), turn).share() * 100.0;
        share < f64::from(meanwhile.chance_percent)
    }

    /// What is done while the bot speaks, for the `count`th time.
    pub(super) fn meanwhile(&self, at: usize, meanwhile: &Meanwhile, count: u32) -> Vec<Act> {
        self.draw(&meanwhile.say, &format!("meanwhile {at}"), count)
    }

    /// A time that belongs to something done while the bot speaks.
    pub(super) fn meanwhile_ms(&self, at: usize, spread: Spread, count: u32) -> u32 {
        self.time(spread, &format!("meanwhile ms {at}"), count)
    }

    /// Nothing but noise came, or the ear is bad. Who has no word for it answers all the same.
    fn does_not_understand(&self, heard: &[Token]) -> bool {
        if self.person.speech.not_understood.is_empty() {
            return false;
        }
        let share = self.stream("mishears", self.turns).share() * 100.0;
        heard.is_empty() || share < f64::from(self.person.manner.mishears_percent)
    }

    fn reply_by_rule(&mut self, heard: &[Token]) -> Option<Vec<Act>> {
        let person = Arc::clone(&self.person);
        let mut rules = person.speech.rules.iter().zip(&mut self.used).enumerate();
        let (at, (rule, used)) = rules.find(|(_, (rule, used))| {
            let is_left = rule.times.is_none_or(|times| **used < times);
            is_left && rule.heard.iter().any(|phrase| phrase.is_in(heard))
        })?;
        *used += 1;
        let count = *used;
        Some(self.draw(&rule.say, &format!("rule {at}"), count))
    }

    fn draw(&self, lines: &Lines, choice: &str, count: u32) -> Vec<Act> {
        let mut random = self.stream(choice, count);
        lines
            .get(random.index(lines.len()))
            .map(|script| script.perform(&mut random))
            .unwrap_or_default()
    }

    fn time(&self, spread: Spread, choice: &str, count: u32) -> u32 {
        spread.draw(&mut self.stream(choice, count))
    }

    fn stream(&self, choice: &str, count: u32) -> Random {
        Random::named(self.seed, &format!("{choice} {count}"))
    }
}
