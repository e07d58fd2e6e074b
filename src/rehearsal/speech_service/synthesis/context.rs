//! One context of a synthesis socket: the text that waits and when it is spoken.
//!
//! Text is gathered until a flush, the automatic mode or the schedule of lengths lets it go. The
//! voice settings of the first message bind all later ones.

use std::time::Duration;

use serde_json::Value;

use super::messages::{Incoming, Refusal};

/// Characters to gather before the first, second, third and later generations.
const SCHEDULE: [usize; 4] = [120, 160, 250, 290];
/// What `try_trigger_generation` needs at least.
const LEAST_TO_TRIGGER: usize = 20;

/// A context that has not been closed.
#[derive(Debug)]
pub(super) struct Context {
    buffer: String,
    settings: Option<Value>,
    schedule: Vec<usize>,
    generations: usize,
    /// When the client last said something to it.
    pub(super) last_message: Duration,
}

impl Context {
    /// Opens a context by its first message.
    pub(super) fn new(now: Duration, first: &Incoming) -> Self {
        Self {
            buffer: String::new(),
            settings: first.voice_settings.clone(),
            schedule: first.schedule.clone().unwrap_or_else(|| SCHEDULE.to_vec()),
            generations: 0,
            last_message: now,
        }
    }

    /// Checks a later message against the first one.
    pub(super) fn check(&self, message: &Incoming) -> Result<(), Refusal> {
        let late = message.voice_settings.is_some() && message.voice_settings != self.settings;
        if late {
            let text = "voice_settings field must be provided in the first message and then \
                        either be not provided or not change.";
            return Err(Refusal::new("invalid_voice_settings", text));
        }
        Ok(())
    }

    /// Takes a text in, and gives out what is to be spoken now, if anything.
    pub(super) fn add(&mut self, message: &Incoming, auto_mode: bool) -> Option<String> {
        self.buffer
            .push_str(message.text.as_deref().unwrap_or_default());
        if message.flush || auto_mode {
            return self.take_all();
        }
        let length = self.buffer.chars().count();
        let step = self.generations.min(self.schedule.len().saturating_sub(1));
        let enough = self.schedule.get(step).copied().unwrap_or(120);
        if length >= enough || (message.try_trigger && length >= LEAST_TO_TRIGGER) {
            return self.take_words();
        }
        None
    }

    /// All that waits.
    pub(super) fn take_all(&mut self) -> Option<String> {
        let text = std::mem::take(&mut self.buffer);
        self.generated(text)
    }

    /// All whole words that wait.
    fn take_words(&mut self) -> Option<String> {
        let end = self.buffer.rfind(char::is_whitespace)?;
        let rest = self.buffer.split_off(end);
        let text = std::mem::replace(&mut self.buffer, rest);
        self.generated(text)
    }

    fn generated(&mut self, text: String) -> Option<String> {
        if text.trim().is_empty() {
            return None;
        }
        self.generations += 1;
        Some(text)
    }

    /// Text that nobody asked to speak yet.
    pub(super) fn has_text(&self) -> bool {
        !self.buffer.trim().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Incoming {
        Incoming {
            text: Some(text.to_owned()),
            ..Incoming::default()
        }
    }

    #[test]
    fn text_waits_for_its_schedule() {
        let first = Incoming {
            schedule: Some(vec![50, 60]),
            ..text(" ")
        };
        let mut context = Context::new(Duration::ZERO, &first);
        assert_eq!(context.add(&text("слово "), false), None);
        let spoken = context.add(&text(&"слово ".repeat(8)), false).unwrap();
        assert_eq!(spoken.trim(), "слово ".repeat(9).trim());
        assert_eq!(
            context.add(&text(&"слово ".repeat(9)), false),
            None,
            "54 of 60"
        );
        assert!(context.add(&text("слово "), false).is_some());
    }

    #[test]
    fn words_that_come_in_two_messages_are_not_torn() {
        let mut context = Context::new(Duration::ZERO, &text(" "));
        let trigger = Incoming {
            try_trigger: true,
            ..text("здравствуйте уважаемый иван ива")
        };
        let spoken = context.add(&trigger, false).unwrap();
        assert_eq!(spoken, "здравствуйте уважаемый иван");
        let flush = Incoming {
            flush: true,
            ..text("нович ")
        };
        assert_eq!(context.add(&flush, false).unwrap().trim(), "иванович");
    }

    #[test]
    fn a_trigger_needs_some_text_and_a_flush_none() {
        let mut context = Context::new(Duration::ZERO, &text(" "));
        let trigger = Incoming {
            try_trigger: true,
            ..text("да, да ")
        };
        assert_eq!(context.add(&trigger, false), None);
        let flush = Incoming {
            flush: true,
            ..text(" ")
        };
        assert_eq!(context.add(&flush, false).unwrap().trim(), "да, да");
        assert_eq!(context.add(&flush, false), None, "nothing waits");
    }
}
