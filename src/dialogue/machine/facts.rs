//! What a dialogue knows: variables, slots, and how often it was where.

use std::collections::{BTreeMap, VecDeque};

use jiff::civil::DateTime;
use minijinja::Value;

use super::super::scenario::{Change, Put, Scenario, StateName};
use super::super::template::{self, TemplateError, Variables};
use crate::dialogue::guard::Known;
use crate::language::Language;

/// Variables, counters and the time.
#[derive(Debug, Clone, Default)]
pub(in crate::dialogue) struct Facts {
    pub(in crate::dialogue) variables: Variables,
    pub(in crate::dialogue) visits: BTreeMap<StateName, u32>,
    pub(in crate::dialogue) misses: u32,
    pub(in crate::dialogue) turns: u32,
    /// The callee's local time.
    pub(in crate::dialogue) now: Option<DateTime>,
    /// The callee's last words, the latest last.
    pub(in crate::dialogue) said: VecDeque<String>,
}

/// So many of the callee's answers are remembered word by word.
const REMEMBERED: usize = 3;

impl Known for Facts {
    fn value(&self, name: &str) -> Option<String> {
        if let Some(state) = name.strip_prefix("visits.") {
            let visits = self.visits.get(&StateName(state.to_owned()));
            return Some(visits.copied().unwrap_or_default().to_string());
        }
        match name {
            "misses" => Some(self.misses.to_string()),
            "turns" => Some(self.turns.to_string()),
            "now" => self.now.map(minute),
            "today" => self.now.map(|now| now.date().to_string()),
            "said" => Some(self.said.iter().cloned().collect::<Vec<_>>().join(". ")),
            "tomorrow" => Some(self.now?.date().tomorrow().ok()?.to_string()),
            _ => self.variables.get(name).cloned(),
        }
    }
}

/// `2026-11-23T15:00`: what templates and guards compare.
fn minute(at: DateTime) -> String {
    at.strftime("%Y-%m-%dT%H:%M").to_string()
}

impl Facts {
    /// Remembers what the callee said.
    pub(in crate::dialogue) fn hear(&mut self, words: &str) {
        if self.said.len() == REMEMBERED {
            self.said.pop_front();
        }
        self.said.push_back(words.trim().to_owned());
    }

    /// The language in hand: the variable `language`, where the scenario knows it.
    pub(in crate::dialogue) fn language(&self, scenario: &Scenario) -> Language {
        self.variables
            .get("language")
            .and_then(|code| Language::parse(&code.trim().to_lowercase()))
            .filter(|wanted| scenario.languages().any(|known| known == *wanted))
            .unwrap_or(scenario.language)
    }

    /// Renders a template of the scenario.
    ///
    /// # Errors
    /// A variable without a value, or a filter that refuses its input.
    pub(in crate::dialogue) fn render(
        &self,
        scenario: &Scenario,
        text: &str,
    ) -> Result<String, TemplateError> {
        template::render_with(self.language(scenario), text, &self.values(scenario, text))
    }

    /// Renders what [`Self::render`] refuses, as well as it can be said.
    pub(in crate::dialogue) fn render_anyhow(&self, scenario: &Scenario, text: &str) -> String {
        template::render_anyhow(text, &self.values(scenario, text))
    }

    /// What a text may ask for.
    fn values(&self, scenario: &Scenario, text: &str) -> BTreeMap<String, Value> {
        let mut values = template::values(&self.variables);
        for name in ["misses", "turns", "now", "today", "tomorrow", "said"] {
            // `moment` tells "tomorrow" from "on Wednesday" by what is now.
            let wanted = text.contains(name) || (name == "now" && text.contains("moment"));
            if let Some(value) = self.value(name).filter(|_| wanted) {
                values.insert(name.to_owned(), Value::from(value));
            }
        }
        if text.contains("visits") {
            let counts = scenario.states.keys().map(|state| {
                let visits = self.visits.get(state).copied().unwrap_or_default();
                (state.0.clone(), visits)
            });
            values.insert("visits".to_owned(), Value::from_pairs(counts));
        }
        values
    }

    /// Sets or raises a variable; its new value. A template that cannot be rendered changes
    /// nothing: `scenario check` finds those.
    pub(in crate::dialogue) fn change(
        &mut self,
        scenario: &Scenario,
        change: &Change,
    ) -> Option<String> {
        let value = match &change.put {
            Put::Set(text) => self.render(scenario, &text.text).ok()?,
            Put::Add(more) => {
                let now = self.variables.get(&change.name);
                let now: i64 = now.and_then(|value| value.parse().ok()).unwrap_or_default();
                now.saturating_add(*more).to_string()
            }
        };
        self.variables.insert(change.name.clone(), value.clone());
        Some(value)
    }
}
