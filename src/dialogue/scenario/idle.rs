//! What may be written and would do nothing, or not what it says.

use super::State;
use super::document::{Name, Node, Table};
use super::read::Reader;
use crate::dialogue::slot::SlotKind;

/// What only a state that waits for an answer has a use for.
const LISTENING: [&str; 5] = ["again", "attempts", "no_input", "no_match", "listen"];
/// What an endpoint or a number is like, as an example.
const SOMEBODY: &str = "a number, an endpoint such as PJSIP/anna, or {{ variable }}";

impl<'a> Reader<'a> {
    /// Fields of a state that its kind has no use for.
    pub(super) fn refuse_idle(&mut self, name: &Name<'a>, table: &Table<'a>, state: &State) {
        if state.listens() {
            return;
        }
        for field in LISTENING {
            let Some(node) = table.get(field) else {
                continue;
            };
            // Whether the prompt may be interrupted stands under `listen` too.
            let used = node.as_table().is_some_and(|listen| {
                let mut names = listen.entries().into_iter().map(|(name, _)| name.text);
                field == "listen" && names.all(|name| name == "barge_in")
            });
            if !used {
                let name = name.text;
                let message = format!("`{field}` does nothing: state `{name}` waits for no answer");
                let hint = "remove it, or give the state `on`, `keys` or `slots`";
                self.faults.add(node.place(), message, hint);
            }
        }
    }

    /// A slot for `call_back` that holds no day: nobody would know when to ring.
    pub(super) fn refuse_timeless(&mut self, name: &str, node: &Node<'a>) {
        let Some(spec) = self.slots.get(name) else {
            return;
        };
        if ![SlotKind::Moment, SlotKind::Date].contains(&spec.kind) {
            let message = format!("slot `{name}` does not say on which day to call back");
            let hint = "name a slot of kind \"moment\" or \"date\", or write `true`";
            self.faults.add(node.place(), message, hint);
        }
    }

    /// Somebody to transfer to whom no exchange can ring.
    pub(super) fn refuse_nobody(&mut self, to: &Node<'a>) {
        let text = to.as_text().unwrap_or_default().trim();
        let number = text
            .chars()
            .all(|c| c.is_ascii_digit() || "+ ()-*#".contains(c));
        let number = number && text.contains(|c: char| c.is_ascii_digit());
        let endpoint = text.split_once('/').is_some_and(|(kind, name)| {
            let kind = !kind.is_empty() && kind.chars().all(|c| c.is_ascii_alphanumeric());
            kind && !name.is_empty() && !name.contains(char::is_whitespace)
        });
        if !(text.is_empty() || text.contains('{') || number || endpoint) {
            let message = format!("nobody can be rung at `{text}`");
            self.faults
                .add(to.place(), message, format!("write {SOMEBODY}"));
        }
    }
}
