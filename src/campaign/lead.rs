//! A lead, and what becomes of it after an attempt.

use std::collections::BTreeMap;

use super::Terms;
use crate::phone::{CellNumber, Extension, PhoneNumber};

/// One person to reach, as a lead list names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lead {
    /// Where to ring.
    pub number: PhoneNumber,
    /// What to key in when the exchange behind that number has answered.
    pub extension: Option<Extension>,
    /// Where else to ring, in this order.
    pub alternates: Vec<CellNumber>,
    /// The column `name`, where the list has one.
    pub name: Option<String>,
    /// The reserved columns.
    pub terms: Terms,
    /// Every other column, by its name in small letters with `_` for spaces.
    pub fields: BTreeMap<String, String>,
    /// The line of the list it stands on, from 1; leads are rung in this order.
    pub line: u64,
}

impl Lead {
    /// A lead of which nothing is known but its number.
    pub fn new(number: PhoneNumber, line: u64) -> Self {
        Self {
            number,
            extension: None,
            alternates: Vec::new(),
            name: None,
            terms: Terms::default(),
            fields: BTreeMap::new(),
            line,
        }
    }

    /// Fills what the first row of a lead left empty from a row that repeats it.
    pub fn merge(&mut self, repeat: Self) {
        self.name = self.name.take().or(repeat.name);
        self.terms.merge(repeat.terms);
        for number in repeat.alternates {
            let known = number.number == self.number && number.extension == self.extension;
            if !known && !self.alternates.contains(&number) {
                self.alternates.push(number);
            }
        }
        for (key, value) in repeat.fields {
            let known = self.fields.entry(key).or_default();
            if known.is_empty() {
                *known = value;
            }
        }
    }

    /// What a prompt may name: the fields, and `name`.
    pub fn variables(&self) -> BTreeMap<String, String> {
        let mut variables = self.fields.clone();
        if let Some(name) = &self.name {
            variables.insert("name".to_owned(), name.clone());
        }
        variables
    }
}

/// Where a lead stands in its campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LeadState {
    /// Never tried.
    New,
    /// A run has claimed it and is ringing it, or about to.
    InCall,
    /// Never rung again by this campaign.
    Done,
    /// A later run may ring it again.
    Retry,
}

impl LeadState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::New, Self::InCall, Self::Done, Self::Retry];

    /// The word in the database and in messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::InCall => "in_call",
            Self::Done => "done",
            Self::Retry => "retry",
        }
    }

    /// The state of a word, if it is one.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_a_word_of_its_own() {
        for state in LeadState::ALL {
            assert_eq!(LeadState::parse(state.as_str()), Some(state));
        }
        assert_eq!(LeadState::parse("later"), None);
    }

    #[test]
    fn the_name_is_a_variable_too() {
        let mut lead = Lead::new(PhoneNumber::from_e164("+79000000001").unwrap(), 2);
        lead.name = Some("Анна".into());
        lead.fields = BTreeMap::from([("company".into(), "Ромашка".into())]);
        let variables = lead.variables();
        assert_eq!(variables["name"], "Анна");
        assert_eq!(variables["company"], "Ромашка");
    }
}
