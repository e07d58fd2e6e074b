//! What a reply brings to the callee's ear, in its order: words, files and keys.

use std::collections::VecDeque;

use crate::dialogue::{Action, Prompt, StateName};

/// Something for the callee's ear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    /// Words.
    Words(Prompt),
    /// A file of the scenario, by its name among its sounds.
    File { state: StateName, file: String },
    /// Keys.
    Keys { state: StateName, keys: String },
}

/// The words of a reply, with its files and keys after those that they follow.
pub(super) fn sequence(say: Vec<Prompt>, actions: &[Action]) -> VecDeque<Item> {
    let mut others = actions.iter().filter_map(placed).peekable();
    let mut items = VecDeque::new();
    for (said, prompt) in say.into_iter().enumerate() {
        while let Some((_, item)) = others.next_if(|(after, _)| *after <= said) {
            items.push_back(item);
        }
        items.push_back(Item::Words(prompt));
    }
    items.extend(others.map(|(_, item)| item));
    items
}

/// What an action adds to the words, and how many of them it follows.
fn placed(action: &Action) -> Option<(usize, Item)> {
    match action {
        Action::PlayFile { state, file, after } => {
            let (state, file) = (state.clone(), file.clone());
            Some((*after, Item::File { state, file }))
        }
        Action::SendKeys { state, keys, after } if !keys.is_empty() => {
            let (state, keys) = (state.clone(), keys.clone());
            Some((*after, Item::Keys { state, keys }))
        }
        Action::SendKeys { .. }
        | Action::Set { .. }
        | Action::SlotFilled { .. }
        | Action::Tag(_)
        | Action::DoNotCall
        | Action::CallBack { .. }
        | Action::Transfer { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state() -> StateName {
        StateName("a".to_owned())
    }

    fn shown(say: &[&str], actions: &[Action]) -> Vec<String> {
        let prompt = |text: &&str| Prompt {
            state: state(),
            text: (*text).to_owned(),
        };
        let items = sequence(say.iter().map(prompt).collect(), actions);
        let shown = items.into_iter().map(|item| match item {
            Item::Words(prompt) => prompt.text,
            Item::File { file, .. } => file,
            Item::Keys { keys, .. } => keys,
        });
        shown.collect()
    }

    fn file(file: &str, after: usize) -> Action {
        let (state, file) = (state(), file.to_owned());
        Action::PlayFile { state, file, after }
    }

    fn keys(keys: &str, after: usize) -> Action {
        let (state, keys) = (state(), keys.to_owned());
        Action::SendKeys { state, keys, after }
    }

    #[test]
    fn files_and_keys_come_after_the_words_they_follow() {
        let actions = [
            keys("1", 0),
            Action::DoNotCall,
            file("a.wav", 1),
            keys("2", 1),
            file("b.wav", 2),
        ];
        assert_eq!(
            shown(&["one", "two"], &actions),
            ["1", "one", "a.wav", "2", "two", "b.wav"]
        );
        assert_eq!(shown(&[], &[file("a.wav", 0)]), ["a.wav"]);
        assert_eq!(shown(&["one"], &[keys("", 0)]), ["one"]);
    }
}
