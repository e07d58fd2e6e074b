//! Everybody who can be rung in a rehearsal: each number has its character.
//!
//! A lead that names a callee has that one; behind any other number stands whom the cast draws
//! for it, attempt by attempt.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::cast::{Cast, CastError, call_seed};
use super::character::Character;
use crate::language::Language;
use crate::rehearsal::exchange::{Callees, Calling, Line};

/// Who has which number.
#[derive(Debug, Clone)]
pub struct Everyone {
    cast: Arc<Cast>,
    seed: u64,
    language: Language,
    haste: u32,
    /// Of the leads that name their callee, by number.
    named: BTreeMap<String, Arc<Character>>,
    /// Attempts that were made in earlier runs, by number.
    earlier: BTreeMap<String, u32>,
}

impl Everyone {
    /// Numbers whose callees are drawn from a cast by a seed, and speak this language if they can.
    pub fn new(cast: Arc<Cast>, seed: u64, language: Language) -> Self {
        Self {
            cast,
            seed,
            language,
            haste: 1,
            named: BTreeMap::new(),
            earlier: BTreeMap::new(),
        }
    }

    /// Lets everything before an answer take so many times less than in life.
    #[must_use]
    pub fn in_haste(mut self, times: u32) -> Self {
        self.haste = times.max(1);
        self
    }

    /// Gives a number to the callee whom its lead names.
    ///
    /// # Errors
    /// Nobody is called so; the hint has the nearest name.
    pub fn assign(&mut self, number: &str, callee: &str) -> Result<(), CastError> {
        let character = self.cast.named(callee)?;
        self.named.insert(key(number), character);
        Ok(())
    }

    /// Counts the attempts of earlier runs at a number, so that a rehearsal that is continued
    /// does not meet the same moments again.
    pub fn attempted(&mut self, number: &str, attempts: u32) {
        self.earlier.insert(key(number), attempts);
    }

    /// Whom an attempt, from 1 within this run, meets; and the seed of that call.
    pub fn met(&self, number: &str, attempt: u32) -> (Arc<Character>, u64) {
        let key = key(number);
        let attempt = attempt + self.earlier.get(&key).copied().unwrap_or(0);
        let character = self
            .named
            .get(&key)
            .map_or_else(|| self.cast.draw(self.seed, &key, attempt), Arc::clone);
        (character, call_seed(self.seed, &key, attempt))
    }
}

impl Callees for Everyone {
    fn line(&self, calling: &Calling) -> Line {
        let (character, seed) = self.met(&calling.number, calling.attempt);
        let plan = character.line_plan(seed).hastened(self.haste);
        let (caller, number) = (calling.caller_digits(), calling.digits());
        Line::planned(&plan, || {
            character.pick_up(self.language, (&caller, &number), seed)
        })
    }
}

/// A number in the form in which it is compared: digits, a Russian one with 7 in front.
fn key(number: &str) -> String {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    match digits.strip_prefix('8') {
        Some(rest) if rest.len() == 10 => format!("7{rest}"),
        _ => digits,
    }
}
