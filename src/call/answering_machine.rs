//! Told by words: whether an answered call reached a machine.
//!
//! What operators and voicemail say is a short list of phrases. They count only in the first
//! seconds of a call, since a person may well speak of voicemail later.

use crate::language::{Token, tokenize};

/// How long after the answer a phrase still tells a machine.
pub(super) const WATCH_MS: u64 = 20_000;
/// A person's first words are shorter than this (published detectors use 2.4 to 5 s).
pub(super) const LONGEST_HELLO_MS: u64 = 5_000;

/// What only machines say.
const PHRASES: &[&str] = &[
    "оставьте сообщение",
    "оставить сообщение",
    "после сигнала",
    "после звукового сигнала",
    "голосовая почта",
    "голосовой почты",
    "автоответчик",
    "вы позвонили",
    "абонент временно недоступен",
    "абонент недоступен",
    "аппарат абонента выключен",
    "телефон выключен",
    "вне зоны действия",
    "не может ответить на ваш звонок",
    "голосовой помощник",
    "голосовой ассистент",
    "набранный номер",
    "номер не существует",
    "leave a message",
    "leave your message",
    "after the tone",
    "after the beep",
    "at the tone",
    "voicemail",
    "voice mail",
    "answering machine",
    "not available right now",
    "is not available",
    "cannot take your call",
    "can't take your call",
    "you have reached",
];

/// Whether a text is what a machine says; the phrase that tells it.
pub(super) fn machine_phrase(text: &str) -> Option<&'static str> {
    let heard = tokenize(text);
    PHRASES
        .iter()
        .copied()
        .find(|phrase| contains(&heard, &tokenize(phrase)))
}

fn contains(heard: &[Token], phrase: &[Token]) -> bool {
    heard
        .windows(phrase.len())
        .any(|window| window.iter().zip(phrase).all(|(a, b)| a.stem == b.stem))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_are_known_by_what_they_say() {
        for text in [
            "здравствуйте вы позвонили иванову я не могу ответить",
            "оставьте ваше сообщение после сигнала",
            "аппарат абонента выключен или находится вне зоны действия сети",
            "hi you have reached john",
        ] {
            assert!(machine_phrase(text).is_some(), "{text}");
        }
    }

    #[test]
    fn people_are_not_machines() {
        for text in [
            "алло",
            "да слушаю вас",
            "а кто это",
            "вы куда звоните",
            "hello who is this",
            "",
        ] {
            assert_eq!(machine_phrase(text), None, "{text}");
        }
    }
}
