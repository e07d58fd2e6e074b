//! A character: a line, and who is at its end.

use std::sync::Arc;

use super::line::{Fate, Line, LinePlan};
use crate::language::Language;
use crate::rehearsal::callee::{Callee, Person};

/// Who answers, or what happens instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Character {
    /// What it is called: the name of its file without `.toml`.
    pub name: String,
    /// What it does, in a line for a person.
    pub about: String,
    /// How the line behaves before the answer.
    pub line: Line,
    pub(super) russian: Arc<Person>,
    pub(super) english: Option<Arc<Person>>,
}

impl Character {
    /// Whether a call to it is answered, by a person or by a machine.
    pub fn answers(&self) -> bool {
        self.line.fate == Fate::Answers
    }

    /// Whether a machine answers.
    pub fn is_machine(&self) -> bool {
        self.answers() && self.russian.manner.machine
    }

    /// What one call meets before the answer; the seed is the call's own
    /// ([`super::call_seed`]).
    pub fn line_plan(&self, call_seed: u64) -> LinePlan {
        self.line.plan(call_seed)
    }

    /// The person, speaking this language if they can, else Russian.
    pub fn person(&self, language: Language) -> &Arc<Person> {
        match language {
            Language::English => self.english.as_ref().unwrap_or(&self.russian),
            Language::Russian => &self.russian,
        }
    }

    /// Whether the character speaks this language.
    pub fn speaks(&self, language: Language) -> bool {
        language == Language::Russian || self.english.is_some()
    }

    /// The callee who has just picked up. Caller and number are digits, for the record only.
    pub fn pick_up(
        &self,
        language: Language,
        (caller, number): (&str, &str),
        call_seed: u64,
    ) -> Callee {
        let person = Arc::clone(self.person(language));
        Callee::of(person, caller, number, call_seed)
    }
}
